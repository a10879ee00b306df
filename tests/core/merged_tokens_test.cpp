#include "core/files/scratch_place.h"
#include "core/merging/merge_folder.h"
#include "core/tokenization/tokenizer.h"
#include "tests/support/example_models.h"
#include "tests/support/json_file.h"
#include "tests/support/suite.h"

#include <QTemporaryDir>
#include <QTest>

#include <cmath>

using namespace mergarium;
using namespace mergarium::test;
namespace fs = std::filesystem;

namespace {

const fs::path kCases = MERGARIUM_TEST_DATA "/tokenizer-union";

}  // namespace

// Models whose vocabularies differ, merged token by token.
class MergedTokensTest : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> temporary_;
    fs::path folder_;

    ConfiguredResult merge(const std::string& yaml, const char* out) const {
        return mergeAsConfigured({.configuration = parseMergeConfiguration(yaml, kCases / "models" / "config.yml"),
                                  .folder = folder_ / out,
                                  .scratch = scratchPlace()});
    }
    QString refusal(const std::string& tokenizer) const {
        return QString::fromStdString(messageOf([&] {
            merge(
                "merge_method: linear\nbase_model: base\nmodels:\n  - {model: base, parameters: {weight: 1}}\n"
                "  - {model: b, parameters: {weight: 1}}\ntokenizer:\n" +
                    tokenizer,
                "refused");
        }));
    }

private Q_SLOTS:
    void init() {
        temporary_ = std::make_unique<QTemporaryDir>();
        folder_ = temporary_->path().toStdString();
    }

    void vocabularyAndRowsAreMergekits_data() {
        QTest::addColumn<QString>("name");
        for (const auto& entry : fs::directory_iterator(kCases))
            if (fs::exists(entry.path() / "config.yml"))
                QTest::newRow(entry.path().filename().c_str())
                    << QString::fromStdString(entry.path().filename().string());
    }
    void vocabularyAndRowsAreMergekits() {
        QFETCH(QString, name);
        const auto one = kCases / name.toStdString();
        const auto result = mergeAsConfigured({.configuration = readMergeConfiguration(one / "config.yml"),
                                               .models = {kCases / "models"},
                                               .folder = folder_ / "merged",
                                               .scratch = scratchPlace()});
        const auto expected = mergarium::test::readJson(one / "expected.json");
        const auto tokenizer = Tokenizer::open(result.folder);
        QCOMPARE(tokenizer->vocabularySize(), expected["vocab_size_of_tokenizer"].get<std::size_t>());
        const auto theirs = Tokenizer::open(one);
        for (std::size_t id = 0; id < theirs->vocabularySize(); ++id) {
            const auto token = theirs->tokenOf(static_cast<std::int32_t>(id));
            QVERIFY2(tokenizer->idOf(token), token.c_str());
        }
        // Ids here are the configuration's order, which is that of the reference.
        for (const auto& [token, id] : expected["ids_past_the_base"].items())
            QCOMPARE(tokenizer->idOf(token).value(), id.get<std::int32_t>());
        for (const auto& encoding : expected["encodings"])
            QCOMPARE(tokenizer->encode(encoding["text"].get<std::string>(), SpecialTokens::Leave),
                     encoding["ids"].get<std::vector<std::int32_t>>());
        const auto merged = Checkpoint::open(result.folder), wanted = Checkpoint::open(one);
        QCOMPARE(merged->tensors().size(), wanted->tensors().size());
        for (const auto& tensor : wanted->tensors()) {
            const auto have = valuesOf(*merged, tensor.name), want = valuesOf(*wanted, tensor.name);
            QCOMPARE(merged->find(tensor.name)->shape, tensor.shape);
            for (std::size_t i = 0; i < want.size(); ++i)
                QVERIFY2(
                    std::abs(have[i] - want[i]) <= 1e-6f,
                    qPrintable(
                        QString("%1[%2]: %3 against %4").arg(tensor.name.c_str()).arg(i).arg(have[i]).arg(want[i])));
        }
        QVERIFY(mergarium::test::readJson(result.folder / "config.json") ==
                mergarium::test::readJson(one / "config.json"));
    }

    void newTokensKeepTheSettingsOfTheFirstModelThatHasThem() {
        merge(
            "merge_method: linear\nmodels:\n  - {model: base, parameters: {weight: 1}}\n"
            "  - {model: a, parameters: {weight: 1}}\ntokenizer: {source: union}\n",
            "merged");
        const auto tokenizer = Tokenizer::open(folder_ / "merged");
        QVERIFY(tokenizer->isSpecial(tokenizer->idOf("<|im_start|>").value()));
    }

    void whatOnlyOneModelHasIsSaid() {
        const auto result = merge(
            "merge_method: linear\nmodels:\n  - {model: base, parameters: {weight: 1}}\n"
            "  - {model: b, parameters: {weight: 1}}\ntokenizer: {source: union}\n",
            "merged");
        QCOMPARE(result.notes.size(), 2u);
        QCOMPARE(result.notes[0], std::string("Only base has the token '<|endoftext|>'."));
        QCOMPARE(result.notes[1], std::string("Only b has the tokens '<|eot|>', 'merging'."));
    }

    void aChatTemplateIsWritten() {
        merge("merge_method: linear\nmodels:\n  - {model: base, parameters: {weight: 1}}\nchat_template: chatml\n",
              "merged");
        const auto settings = mergarium::test::readJson(folder_ / "merged" / "tokenizer_config.json");
        QVERIFY(settings["chat_template"].get<std::string>().find("<|im_start|>") != std::string::npos);
        QCOMPARE(settings["eos_token"].get<std::string>(), std::string("</s>"));
        QVERIFY(QString::fromStdString(messageOf([&] {
                    merge(
                        "merge_method: linear\nmodels:\n  - {model: base, parameters: {weight: 1}}\n"
                        "chat_template: nobodys\n",
                        "refused");
                })).contains("'nobodys' is neither auto, chatml nor a template"));
    }

    void whatCannotBeIsRefused() {
        QVERIFY(refusal("  source: c\n").contains("line 7: c is not one of the models"));
        QVERIFY(refusal("  tokens:\n    <x>: {source: {kind: model_token, model: b, token: nowhere}}\n")
                    .contains("line 8: b has no token 'nowhere'"));
        QVERIFY(
            refusal("  tokens:\n    <x>: {source: {kind: model_token, model: b, token_id: 300}}\n").contains("'300'"));
        QVERIFY(refusal("  tokens:\n    x: {sauce: b}\n").contains("tokenizer.tokens.x.sauce"));
        QVERIFY(refusal("  pad_to_multiple_of: 0\n").contains("must be from 1 to 1000000"));
        QVERIFY(!fs::exists(folder_ / "refused"));
    }
};

MERGARIUM_SUITE(MergedTokensTest)
#include "merged_tokens_test.moc"
