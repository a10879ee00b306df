#include "ui/setup/list_text.h"

#include <QLineEdit>
#include <QRegularExpression>
#include <QStringList>

#include <algorithm>
#include <limits>
#include <utility>

namespace mergarium {
namespace {

const std::vector<std::pair<QChar, QChar>> kEscapes{{'\n', 'n'}, {'\t', 't'}, {' ', 's'}, {'\\', '\\'}};

QString escaped(const QString& word) {
    QString text;
    for (const QChar one : word) {
        const auto found =
            std::find_if(kEscapes.begin(), kEscapes.end(), [&](const auto& escape) { return escape.first == one; });
        text += found == kEscapes.end() ? QString(one) : QString('\\') + found->second;
    }
    return text;
}

QString unescaped(const QString& text) {
    QString word;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const auto found = text[i] != '\\' || i + 1 == text.size()
                               ? kEscapes.end()
                               : std::find_if(kEscapes.begin(), kEscapes.end(),
                                              [&](const auto& escape) { return escape.second == text[i + 1]; });
        word += found == kEscapes.end() ? text[i] : found->first;
        if (found != kEscapes.end()) ++i;
    }
    return word;
}

QStringList parts(const QString& text) { return text.simplified().split(' ', Qt::SkipEmptyParts); }

}  // namespace

QString joinWords(const std::vector<std::string>& words) {
    QStringList all;
    for (const auto& word : words) all << escaped(QString::fromStdString(word));
    return all.join(' ');
}

std::vector<std::string> splitWords(const QString& text) {
    std::vector<std::string> words;
    for (const auto& part : parts(text)) words.push_back(unescaped(part).toStdString());
    return words;
}

QString joinCommand(const std::vector<std::string>& command) {
    QStringList all;
    for (const auto& one : command) {
        auto word = QString::fromStdString(one);
        const bool plain = !word.isEmpty() && !word.contains(QRegularExpression(R"([\s"\\])"));
        all << (plain ? word : '"' + word.replace('\\', "\\\\").replace('"', "\\\"") + '"');
    }
    return all.join(' ');
}

std::vector<std::string> splitCommand(const QString& text) {
    std::vector<std::string> words;
    QString word;
    bool quoted = false, begun = false;
    const auto finish = [&] {
        if (begun) words.push_back(word.toStdString());
        word.clear();
        begun = false;
    };
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (!quoted && text[i].isSpace()) {
            finish();
            continue;
        }
        begun = true;
        if (text[i] == '"')
            quoted = !quoted;
        else
            word += text[i] == '\\' && i + 1 < text.size() ? text[++i] : text[i];
    }
    finish();
    return words;
}

QString joinRules(const std::vector<FreezeRule>& rules) {
    QStringList all;
    for (const auto& rule : rules)
        all << QStringLiteral("%1=%2").arg(QString::fromStdString(rule.pattern)).arg(rule.founder + 1);
    return all.join(' ');
}

std::vector<FreezeRule> splitRules(const QString& text) {
    std::vector<FreezeRule> rules;
    for (const auto& part : parts(text)) {
        const auto cut = part.lastIndexOf('=');
        bool whole = false;
        const auto founder = cut < 0 ? 0 : part.mid(cut + 1).toULongLong(&whole);
        rules.push_back({.pattern = part.left(cut).toStdString(),
                         .founder = whole && founder > 0 ? founder - 1 : std::numeric_limits<std::size_t>::max() - 1});
    }
    return rules;
}

void setWords(QLineEdit* line, const QString& text) {
    if (line->text() == text) return;
    line->setText(text);
    // Where it is longer than the line, it is read from its beginning.
    if (!line->hasFocus()) line->setCursorPosition(0);
}

}  // namespace mergarium
