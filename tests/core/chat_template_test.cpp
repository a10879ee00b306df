#include "core/text/chat_template.h"
#include "tests/support/message_of.h"
#include "tests/support/suite.h"

#include <nlohmann/json.hpp>

#include <QTest>

using namespace mergarium;

namespace {

/// What is said where `action` is refused.
QString refusalOf(const std::function<void()>& action) { return QString::fromStdString(test::messageOf(action)); }

std::string filled(std::string_view text, const char* fields) {
    return PlaceholderTemplate(text).fill(nlohmann::json::parse(fields));
}

}  // namespace

class ChatTemplateTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void familiesAreAddressedTheirWay_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("withSystem");
        QTest::addColumn<QString>("without");
        QTest::newRow("plain") << "plain"
                               << "Be brief.\n\nHi"
                               << "Hi";
        QTest::newRow("chatml")
            << "chatml"
            << "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n"
            << "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n";
        QTest::newRow("llama2") << "llama2"
                                << "[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nHi [/INST]"
                                << "[INST] Hi [/INST]";
        QTest::newRow("llama3") << "llama3"
                                << "<|start_header_id|>system<|end_header_id|>\n\nBe "
                                   "brief.<|eot_id|><|start_header_id|>user<|end_header_id|>"
                                   "\n\nHi<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n"
                                << "<|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|><|start_header_id|>"
                                   "assistant<|end_header_id|>\n\n";
        QTest::newRow("mistral") << "mistral"
                                 << "[INST] Be brief.\n\nHi [/INST]"
                                 << "[INST] Hi [/INST]";
        QTest::newRow("gemma") << "gemma"
                               << "<start_of_turn>user\nBe brief.\n\nHi<end_of_turn>\n<start_of_turn>model\n"
                               << "<start_of_turn>user\nHi<end_of_turn>\n<start_of_turn>model\n";
        QTest::newRow("phi3") << "phi3"
                              << "<|system|>\nBe brief.<|end|>\n<|user|>\nHi<|end|>\n<|assistant|>\n"
                              << "<|user|>\nHi<|end|>\n<|assistant|>\n";
        QTest::newRow("zephyr") << "zephyr"
                                << "<|system|>\nBe brief.</s>\n<|user|>\nHi</s>\n<|assistant|>\n"
                                << "<|user|>\nHi</s>\n<|assistant|>\n";
    }
    void familiesAreAddressedTheirWay() {
        QFETCH(QString, name);
        QFETCH(QString, withSystem);
        QFETCH(QString, without);
        const auto family = chatTemplateNamed(name.toStdString());
        QCOMPARE(QString::fromStdString(applyChatTemplate(family, "Be brief.", "Hi")), withSystem);
        QCOMPARE(QString::fromStdString(applyChatTemplate(family, std::nullopt, "Hi")), without);
    }

    void everyNameNamesItsTemplate() {
        QCOMPARE(chatTemplateNames().size(), 9u);
        for (const auto name : chatTemplateNames()) QCOMPARE(nameOf(chatTemplateNamed(name)), name);
    }

    void anUnknownNameIsAnsweredWithThoseThereAre() {
        const auto message = refusalOf([] { chatTemplateNamed("llama9"); });
        QVERIFY2(message.contains("llama9") && message.contains("chatml"), qPrintable(message));
    }

    void placeholdersAreFilledFromFields() {
        QCOMPARE(filled("Question: {question}\nAnswer:", R"({"question": "2+2?", "answer": "4"})"),
                 "Question: 2+2?\nAnswer:");
        QCOMPARE(filled("{a}{b}{a}", R"({"a": 1, "b": true})"), "1true1");
        QCOMPARE(filled("no gap", "{}"), "no gap");
    }

    void whatIsFilledInIsNotFilledAgain() { QCOMPARE(filled("{a}", R"({"a": "{b}", "b": "x"})"), "{b}"); }

    void doubledBracesAreLiteral() { QCOMPARE(filled("{{\"q\": \"{q}\"}}", R"({"q": "x"})"), "{\"q\": \"x\"}"); }

    void placeholdersAreListedOnce() {
        QCOMPARE(PlaceholderTemplate("{b} {a} {{c}} {b}").placeholders(), (std::vector<std::string>{"b", "a"}));
    }

    void anUnknownPlaceholderIsNamed() {
        QVERIFY(refusalOf([] { filled("{question}", R"({"text": "x"})"); }).contains("{question}"));
        QVERIFY(refusalOf([] { filled("{question}", R"({"question": [1]})"); }).contains("question"));
    }

    void unmatchedBracesAreRefused() {
        for (const char* text : {"{question", "a } b", "{}", "{a{b}}", "{"})
            QVERIFY2(refusalOf([&] { PlaceholderTemplate{text}; }).contains("of the template"), text);
    }
};

MERGARIUM_SUITE(ChatTemplateTest)
#include "chat_template_test.moc"
