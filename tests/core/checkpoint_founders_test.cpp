#include "core/evaluation/checkpoint_founders.h"

#include "core/export/merge_models.h"
#include "core/founders/founder_watch.h"
#include "tests/support/example_models.h"
#include "tests/support/suite.h"

#include <QTest>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <limits>

using namespace mergarium;
using namespace mergarium::test;
namespace fs = std::filesystem;

namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

}  // namespace

// Founders that have changed, or that can't be mixed.
class CheckpointFoundersTest : public QObject, private ExampleModels {
    Q_OBJECT

    /// Model b with numbers that are not finite in two tensors.
    void spoil() const {
        auto embedding = numbers(24, 1), norm = numbers(4, 2);
        embedding[3] = embedding[5] = kNan;
        embedding[7] = -kInfinity;
        norm[0] = kInfinity;
        writeTensors(folder_ / "b" / "model.safetensors",
                     {tensorOf("model.embed_tokens.weight", DType::BF16, {6, 4}, embedding),
                      tensorOf("model.layers.0.mlp.weight", DType::BF16, {8, 4}, numbers(32, 3)),
                      tensorOf("model.layers.1.mlp.weight", DType::BF16, {8, 4}, numbers(32, 4)),
                      tensorOf("model.norm.weight", DType::BF16, {4}, norm),
                      {"model.position_ids", DType::I64, {4}, std::vector<std::byte>(32, std::byte{0xff})}});
    }
    OpenedFounders open(const TensorRules& rules = {}) const {
        return openFounders({request("").first, request("").second}, rules, cache());
    }
    std::string hash(const FounderSource& source, Hashes hashes = Hashes::All) const {
        return contentsOfFounder(source, cache(), nullptr, hashes).hash;
    }
    /// Changes a byte in place.
    void change(const fs::path& file, std::uint64_t offset) const {
        const FileDescriptor writer(::open(file.c_str(), O_RDWR));
        char byte = 0;
        QCOMPARE(::pread(writer.number(), &byte, 1, static_cast<off_t>(offset)), 1);
        byte ^= 1;
        QCOMPARE(::pwrite(writer.number(), &byte, 1, static_cast<off_t>(offset)), 1);
    }

private Q_SLOTS:
    void foundersAreSaidToBeScoredWithWhatTheyBorrow() {
        const auto outline = [](const char* name, const std::vector<const char*>& tensors) {
            FounderOutline founder{.name = name, .tensors = {}};
            for (const auto* one : tensors) founder.tensors.push_back({one, DType::BF16, {6, 4}, 24});
            return founder;
        };
        std::vector<FounderOutline> founders{outline("a", {"embed_tokens.weight", "norm.weight", "lm_head.weight"}),
                                             outline("b", {"embed_tokens.weight", "norm.weight"}),
                                             outline("c", {"embed_tokens.weight", "lm_head.weight"})};
        founders[1].tiedEmbeddings = true;
        const auto loans = [&](const std::vector<FreezeRule>& freeze) {
            return loansOf(align(founders, {.exclude = {}, .freeze = freeze}), founders);
        };
        const auto of = loans({{"norm.weight", 0}, {"lm_head.weight", 0}});
        QCOMPARE(of.size(), std::size_t{2});
        QVERIFY2(of[0].starts_with("b is scored with 2 tensors of a in place of its own"), of[0].c_str());
        // What it doesn't have is nothing of its own.
        QVERIFY2(of[1].starts_with("c is scored with a tensor of a"), of[1].c_str());
        QVERIFY(loans({}).empty());
    }

    void init() { writeBoth(); }

    void numbersThatAreNotFiniteAreCountedAndRefused() {
        spoil();
        // Again, when the cache knows them.
        for (int time = 0; time < 2; ++time) {
            const auto message = messageOf([&] { open(); });
            QVERIFY2(message.starts_with((folder_ / "b").string() + ": numbers that are not finite") &&
                         message.find("model.embed_tokens.weight (2 NaN, 1 infinite), model.norm.weight (0 NaN, 1 "
                                      "infinite)") != std::string::npos,
                     message.c_str());
        }
        const auto message = messageOf([&] { open({.exclude = {"*norm*"}, .freeze = {}}); });
        QVERIFY2(message.find("norm") == std::string::npos, message.c_str());
        open({.exclude = {"*norm*"}, .freeze = {{"*embed*", 0}}});
    }

    void noMergeOfThemIsLeft_data() {
        QTest::addColumn<bool>("angle");
        QTest::newRow("with an angle") << true;
        QTest::newRow("without") << false;
    }
    void noMergeOfThemIsLeft() {
        QFETCH(bool, angle);
        spoil();
        auto merge = request("merged");
        if (!angle) merge.interpolation = Interpolation::Lerp;
        for (int time = 0; time < 2; ++time) {
            const auto message = messageOf([&] { mergeModels(merge, cache()); });
            QVERIFY2(message.find("model.norm.weight (0 NaN, 1 infinite)") != std::string::npos, message.c_str());
            QVERIFY(!fs::exists(folder_ / "merged"));
            QVERIFY(unfinished().empty());
        }
    }

    void otherBytesUnderAStateThatHasNotChangedAreFound() {
        const auto file = folder_ / "a" / "model.safetensors";
        const auto source = openFounder(request("").first, folder_);
        const auto before = hash(*source);
        QCOMPARE(hash(*source), before);
        // The state that is compared is the one from before.
        change(file, fs::file_size(file) - 1);
        QVERIFY(hash(*source) != before);
    }

    void aByteBetweenTheSamplesIsFoundWhereAllAreRead() {
        const auto folder = writeModel("a", 1, DType::BF16, 40'000);
        const auto source = openFounder({.base = folder, .adapter = {}}, folder_);
        const auto before = hash(*source);
        change(folder / "model.safetensors", 10'000);
        QCOMPARE(hash(*source), before);
        QVERIFY(hash(*source, Hashes::Anew) != before);
    }

    void aFileThatIsWrittenToInUseIsNoticed() {
        const auto file = folder_ / "a" / "model.safetensors";
        FounderWatch watch({openFounder(request("").first, folder_)});
        watch.look();
        QCOMPARE(::chmod(file.c_str(), 0600), 0);
        watch.look();
        change(file, fs::file_size(file) - 1);
        const auto message = messageOf([&] { watch.look(); });
        QVERIFY2(message.starts_with(file.string() + ": was changed while it was in use"), message.c_str());
    }

    void aFileThatIsTruncatedInUseIsNoticed() {
        const auto file = folder_ / "a" / "model.safetensors";
        const auto opened = open();
        FounderWatch watch(opened.sources);
        fs::resize_file(file, 100);
        for (const auto& message :
             {messageOf([&] { watch.look(); }), messageOf([&] { gramOf(opened, cache()); }), messageOf([&] {
                  std::vector<float> values(opened.founders->length());
                  opened.founders->read(0, 0, values);
              })})
            QVERIFY2(message.starts_with(file.string() + ": was truncated"), message.c_str());
    }
};

MERGARIUM_SUITE(CheckpointFoundersTest)
#include "checkpoint_founders_test.moc"
