#include "core/text/tokenizer.h"

#include <nlohmann/json.hpp>

#include <QtTest>

#include <filesystem>
#include <fstream>

using namespace mergarium;
using Json = nlohmann::json;

namespace {

const std::filesystem::path kData = MERGARIUM_TEST_DATA "/tokenizers";

Json readJson(const std::filesystem::path& file) { return Json::parse(std::ifstream(file)); }

using Ids = std::vector<std::int32_t>;

}  // namespace

class TokenizerTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theReferenceIsMetInEveryCase_data() {
        QTest::addColumn<QString>("family");
        for (const auto& entry : std::filesystem::directory_iterator(kData)) {
            const auto name = entry.path().filename().string();
            QTest::newRow(name.c_str()) << QString::fromStdString(name);
        }
    }
    void theReferenceIsMetInEveryCase() {
        QFETCH(QString, family);
        const auto folder = kData / family.toStdString();
        const auto tokenizer = Tokenizer::open(folder);
        const auto expected = readJson(folder / "expected.json");
        QVERIFY(expected["cases"].size() >= 1);
        for (const auto& one : expected["cases"]) {
            const auto text = one["text"].get<std::string>();
            const auto ids = tokenizer->encode(text, SpecialTokens::Add);
            const auto plain = tokenizer->encode(text, SpecialTokens::Leave);
            std::vector<std::string> tokens;
            for (const auto id : ids) tokens.push_back(tokenizer->tokenOf(id));
            const auto where = one["text"].dump();
            QVERIFY2(ids == one["ids"].get<Ids>(), where.c_str());
            QVERIFY2(plain == one["ids_no_special"].get<Ids>(), where.c_str());
            QVERIFY2(tokens == one["tokens"].get<std::vector<std::string>>(), where.c_str());
            QVERIFY2(tokenizer->decode(ids, false) == one["decoded"], where.c_str());
            QVERIFY2(tokenizer->decode(ids, true) == one["decoded_skip_special"], where.c_str());
            QVERIFY2(tokenizer->decode(plain, false) == one["decoded_no_special_ids"], where.c_str());
        }
        for (const auto& one : expected.value("decode_only", Json::array())) {
            const auto ids = one["ids"].get<Ids>();
            QVERIFY2(tokenizer->decode(ids, false) == one["decoded"], one["ids"].dump().c_str());
            QVERIFY2(tokenizer->decode(ids, true) == one["decoded_skip_special"], one["ids"].dump().c_str());
        }
    }
};

QTEST_APPLESS_MAIN(TokenizerTest)
#include "tokenizer_test.moc"
