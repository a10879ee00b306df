#include "core/export/merge_models.h"
#include "tests/support/example_models.h"
#include "tests/support/suite.h"

#include <QTest>

#include <sys/stat.h>

using namespace mergarium;
using namespace mergarium::test;
namespace fs = std::filesystem;

// What a merged model's folder gives away to those who get it.
class ExportedFilesTest : public QObject, private ExampleModels {
    Q_OBJECT

private Q_SLOTS:
    void init() { writeBoth(); }

    void noFileFromOutsideOfTheFoundersFolderIsCopied() {
        fs::create_directory(folder_ / "home");
        writeText(folder_ / "home" / "id_rsa", "a private key");
        for (const auto& target : {folder_ / "home" / "id_rsa", fs::path("../home/id_rsa")}) {
            fs::create_symlink(target, folder_ / "a" / "merges.txt");
            const auto message = messageOf([&] { mergeModels(request("merged"), cache()); });
            QVERIFY2(
                message.find("a/merges.txt: this link leads to " + target.string() + ", outside") != std::string::npos,
                message.c_str());
            QVERIFY(!fs::exists(folder_ / "merged"));
            QVERIFY(unfinished().empty());
            fs::remove(folder_ / "a" / "merges.txt");
        }
    }

    void whatIsNoFileIsRefusedInsteadOfWaitedFor() {
        QCOMPARE(::mkfifo((folder_ / "a" / "vocab.json").c_str(), 0600), 0);
        const auto message = messageOf([&] { mergeModels(request("merged"), cache()); });
        QVERIFY2(message.find("a/vocab.json: this is no regular file") != std::string::npos, message.c_str());
    }

    void copiedFilesAreNewFilesForOthersToRead() {
        const auto mask = ::umask(0);
        fs::permissions(folder_ / "a" / "tokenizer_config.json",
                        fs::perms::owner_all | fs::perms::group_all | fs::perms::set_uid);
        mergeModels(request("merged"), cache());
        ::umask(mask);
        constexpr auto kExpected =
            fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read | fs::perms::others_read;
        for (const auto& entry : fs::directory_iterator(folder_ / "merged"))
            QCOMPARE(entry.status().permissions(), kExpected);
    }

    void noFileTellsWhereFoundersLieUnlessItIsAskedTo() {
        auto merge = request("merged");
        merge.interpolation = Interpolation::Lerp;
        mergeModels(merge, cache());
        const auto files = filesIn(folder_ / "merged");
        QVERIFY(files.contains("mergekit.yml"));
        for (const auto& [name, text] : files) QVERIFY2(text.find(folder_.string()) == std::string::npos, name.c_str());

        merge.folder = folder_ / "told";
        merge.paths = Paths::Told;
        mergeModels(merge, cache());
        for (const auto& [name, text] : filesIn(folder_ / "told"))
            QCOMPARE(text.find(folder_.string()) != std::string::npos, name == "recipe.yaml");
    }
};

MERGARIUM_SUITE(ExportedFilesTest)
#include "exported_files_test.moc"
