#include "core/templates/template.h"
#include "tests/support/message_of.h"
#include "tests/support/suite.h"

#include <nlohmann/json.hpp>

#include <QElapsedTimer>
#include <QTest>

#include <string>

using namespace mergarium;

namespace {

std::string manyTimes(std::string_view what, int count) {
    std::string text;
    for (int i = 0; i < count; ++i) text += what;
    return text;
}

}  // namespace

// Templates are anybody's: whatever they are, they end soon, and take little.
class TemplateBoundsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void whatGrowsWithoutEndIsRefused_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("words");
        const auto row = [](const char* name, const std::string& text, const char* words) {
            QTest::newRow(name) << QString::fromStdString(text) << words;
        };
        row("longer than it may be", manyTimes("x", 300'000), "longer than 256 kB");
        row("brackets in brackets", "{{ " + manyTimes("[", 50'000) + manyTimes("]", 50'000) + " }}", "nests too deep");
        row("signs of signs", "{{ " + manyTimes("-", 50'000) + "1 }}", "nests too deep");
        row("not not not", "{{ " + manyTimes("not ", 50'000) + "1 }}", "nests too deep");
        row("ifs in ifs", manyTimes("{% if x %}", 10'000), "nests too deep");
        row("a long sum", "{{ 1" + manyTimes("+1", 50'000) + " }}", "too long");
        row("a long chain", "{{ x" + manyTimes(".x", 50'000) + " }}", "too long");
        row("many filters", "{{ x" + manyTimes("|trim", 20'000) + " }}", "too long");
        row("targets in targets", "{% set " + manyTimes("(", 50'000) + manyTimes(")", 50'000) + " = 1 %}",
            "nests too deep");
        row("a macro that calls itself", "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "calls itself without end");
        row("loops in loops", manyTimes("{% for x in range(9999) %}", 4) + manyTimes("{% endfor %}", 4),
            "too many steps");
        row("a text doubled again and again",
            "{% set n = namespace(t='xxxxxxxx') %}{% for i in range(99) %}{% set n.t = n.t + n.t %}{% endfor %}",
            "makes too much");
        row("a list doubled again and again",
            "{% set n = namespace(t=[1]) %}{% for i in range(99) %}{% set n.t = n.t + n.t %}{% endfor %}", "too m");
        row("lists in lists",
            "{% set n = namespace(t=[1]) %}{% for i in range(9999) %}{% set n.t = [n.t] %}{% endfor %}",
            "lists in lists too deep");
        row("a list that holds one twice, again and again",
            "{% set n = namespace(t=[1]) %}{% for i in range(50) %}{% set n.t = [n.t, n.t] %}{% endfor %}{{ n.t|tojson "
            "}}",
            "too m");
        row("the same compared",
            "{% set n = namespace(t=[1], u=[1]) %}{% for i in range(50) %}{% set n.t = [n.t, n.t] %}{% set n.u = [n.u, "
            "n.u] "
            "%}{% endfor %}{{ n.t == n.u }}",
            "too many steps");
        row("a text many times", "{{ 'x' * 999999999999 }}", "makes too much");
        row("a text many, many times", "{{ 'xyz' * 9223372036854775807 }}", "makes too much");
        row("a list many times", "{{ [1] * 9223372036854775807 }}", "makes too much");
        row("replaced again and again",
            "{% set n = namespace(t='x') %}{% for i in range(99) %}{% set n.t = n.t.replace('', 'xxxx') %}{% endfor %}",
            "too m");
        row("printed again and again", "{% for i in range(99999) %}" + manyTimes("0123456789", 100) + "{% endfor %}",
            "prints more than 16 MiB");
        row("a wide format", "{{ '%999999999d' % 1 }}", "wider than 1000");
        row("a wide indentation", "{{ 'x'|indent(999999999999) }}", "makes too much");
        row("a whole number too large", "{{ 9223372036854775807 + 1 }}", "too large for 64 bits");
        row("a power too large", "{{ 10 ** 10 ** 10 }}", "too large for 64 bits");
        row("a range too long", "{{ range(999999999) }}", "longer than 100000");
        row("comparing long texts",
            "{% set t = 'x' * 9999999 %}{% for i in range(99999) %}{% if t == t ~ 'y' %}{% endif %}{% endfor %}",
            "too m");
    }
    void whatGrowsWithoutEndIsRefused() {
        QFETCH(QString, text);
        QFETCH(QString, words);
        QElapsedTimer timer;
        timer.start();
        const auto message = QString::fromStdString(
            test::messageOf([&] { (void)Template("t", text.toStdString()).render(nlohmann::ordered_json::object()); }));
        QVERIFY2(message.contains(words), qPrintable(message));
        QVERIFY2(message.size() < 300, qPrintable(message));
        QVERIFY2(timer.elapsed() < 20'000, qPrintable(QString::number(timer.elapsed())));
    }

    void whatHoldsItselfIsPrintedAndGoes() {
        // Under a sanitizer nothing may be left behind.
        const char* text =
            "{% set n = namespace(a=1) %}{% set n.n = n %}{% set n.l = [n] %}{% macro f() %}{{ n.a }}{% endmacro %}{% "
            "set "
            "n.f = f %}{% for x in [1] %}{% set n.loop = loop %}{% endfor %}{{ n.n.n.l[0].f() }}{{ n.loop.index }}{{ "
            "n.loop.nextitem }}";
        QCOMPARE(Template("t", text).render(nlohmann::ordered_json::object()), std::string("11"));
    }

    void whatIsAskedMayBeLong() {
        const nlohmann::ordered_json variables{
            {"messages", {{{"role", "user"}, {"content", manyTimes("na\u00efve \n", 500'000)}}}}};
        const auto printed =
            Template("t", "{% for m in messages %}{{ m.content.strip().replace('\n', ' ')|trim }}{% endfor %}")
                .render(variables);
        QCOMPARE(printed.size(), std::size_t{500'000 * 8 - 2});
    }

    void bytesThatAreNoTextAreRefused() {
        QCOMPARE(test::messageOf([] { Template("t", "a\xff"); }), std::string("t, line 1: it is no UTF-8."));
    }
};

MERGARIUM_SUITE(TemplateBoundsTest)
#include "template_bounds_test.moc"
