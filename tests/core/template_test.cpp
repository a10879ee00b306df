#include "core/templates/template.h"
#include "tests/support/example_models.h"
#include "tests/support/message_of.h"
#include "tests/support/suite.h"

#include <nlohmann/json.hpp>

#include <QTest>

#include <filesystem>
#include <map>

using namespace mergarium;
using Variables = nlohmann::ordered_json;

namespace {

const std::filesystem::path kTemplates = MERGARIUM_TEST_DATA "/templates";

std::string printedBy(std::string_view text, const Variables& variables = Variables::object()) {
    return Template("t", text).render(variables);
}

/// What is printed, or that it is refused, as the reference says it.
Variables outcomeOf(std::string_view text, const Variables& variables) {
    try {
        return printedBy(text, variables);
    } catch (const std::runtime_error&) {
        return nullptr;
    }
}

QString refusalBy(std::string_view text, const Variables& variables = Variables::object()) {
    return QString::fromStdString(test::messageOf([&] { printedBy(text, variables); }));
}

}  // namespace

// What Jinja2 itself makes of the templates in tests/data/templates is in expected.json there (make.py).
class TemplateTest : public QObject {
    Q_OBJECT

    Variables expected_;

private Q_SLOTS:
    void initTestCase() { expected_ = Variables::parse(test::textOf(kTemplates / "expected.json")); }

    void conversationsReadAsJinjaPrintsThem() {
        std::map<std::string, std::string> texts;
        int refused = 0;
        for (const auto& chat : expected_["chats"]) {
            const auto name = chat["template"].get<std::string>();
            if (!texts.contains(name)) texts[name] = test::textOf(kTemplates / name);
            QCOMPARE(outcomeOf(texts[name], chat["variables"]).dump(), chat["printed"].dump());
            refused += chat["printed"].is_null();
        }
        QCOMPARE(texts.size(), std::size_t{6});
        QVERIFY(refused > 10 && refused < 40);
    }

    void theLanguageIsJinjas() {
        for (const auto& one : expected_["language"]) {
            const auto text = one["template"].get<std::string>();
            const auto result = outcomeOf(text, expected_["values"]);
            QVERIFY2(result == one["printed"],
                     (text + "\nexpected " + one["printed"].dump() + "\n  actual " + result.dump()).c_str());
        }
        QVERIFY(expected_["language"].size() > 150);
    }

    void lineEndsAreOne() {
        QCOMPARE(printedBy("a\r\nb\rc\n\r\n"), std::string("a\nb\nc\n"));
        QCOMPARE(printedBy("{% if true %}\r\na{% endif %}"), std::string("a"));
    }

    void theDateIsAlwaysTheSame() {
        QCOMPARE(printedBy("{{ strftime_now('%d %b %Y') }}"), std::string("26 Jul 2024"));
        QVERIFY(refusalBy("{{ strftime_now('%q') }}").contains("doesn't know '%q'"));
    }

    void whatIsWrongIsSaidWithItsLine_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("message");
        const auto row = [](const char* text, const char* message) { QTest::newRow(text) << text << message; };
        row("a\n{% if x %}\nb", "t, line 2: there is no elif, or else, or endif for what begins here.");
        row("a\n{{ 1 +\n }}", "t, line 3: there is }} where an expression is expected.");
        row("\n\n{{ x.y }}", "t, line 3: 'x' is undefined.");
        row("\n{{ [1]|zip }}", "t, line 2: there is no filter 'zip'.");
        row("{{ 1 is zip }}", "t, line 1: there is no test 'zip'.");
        row("{{ 'a'.zip() }}", "t, line 1: a str has no 'zip'.");
        row("\n{% include 'x' %}", "t, line 2: the tag 'include' is not known, or needs other templates.");
        row("{% for x in y recursive %}{% endfor %}", "t, line 1: recursive loops are not known.");
        row("{{ [].append(1) }}", "t, line 1: a list can't be changed (append): only namespaces can.");
        row("{% macro f() %}\n{{ raise_exception('No.') }}\n{% endmacro %}\n{{ f() }}",
            "t, line 2: it refuses what it is asked: No.");
        row("{{ '\\ud83d' }}", "t, line 1: a text in quotes has the escape of no character (d83d).");
        row("{# a", "t, line 1: a comment has no end.");
    }
    void whatIsWrongIsSaidWithItsLine() {
        QFETCH(QString, text);
        QFETCH(QString, message);
        QCOMPARE(refusalBy(text.toStdString()), message);
    }
};

MERGARIUM_SUITE(TemplateTest)
#include "template_test.moc"
