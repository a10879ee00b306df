#include "app/mergarium/command_line.h"

#include "app/about/version.h"
#include "core/startup/paths.h"
#include "ui/files/file_kind.h"

#include <QtGlobal>

#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <thread>

namespace mergarium {
namespace {

constexpr const char* kSummary = "Evolves new models by merging existing ones: model merging of natural niches (M2N2).";
constexpr const char* kFile =
    "What to open: a run database, such as lab.mergarium; a run or a sweep in YAML; a model's recipe.yaml.";

std::int64_t numberOf(const QCommandLineOption& option, const QString& text) {
    bool whole = false;
    const auto number = text.toLongLong(&whole);
    if (!whole || number < 0)
        throw std::runtime_error("--" + option.names().front().toStdString() + ": must be a whole number, not '" +
                                 text.toStdString() + "'.");
    return number;
}

ThemeKind themeOf(const QString& name) {
    if (name == "system") return ThemeKind::System;
    if (name == "light") return ThemeKind::Light;
    if (name == "dark") return ThemeKind::Dark;
    throw std::runtime_error("--theme: must be system, light or dark, not '" + name.toStdString() + "'.");
}

ManualEntry entryOf(const QCommandLineOption& option) {
    ManualEntry entry{.value = option.valueName().toStdString(), .help = option.description().toStdString()};
    for (const auto& name : option.names()) entry.names.push_back((name.size() > 1 ? "--" : "-") + name.toStdString());
    return entry;
}

}  // namespace

CommandLine::CommandLine() {
    manual_.setFlags(QCommandLineOption::HiddenFromHelp);
    parser_.setApplicationDescription(kSummary);
    parser_.addOptions(
        {help_, version_, database_, preset_, resume_, resources_, threads_, theme_, screenshots_, size_, manual_});
    parser_.addPositionalArgument("FILE", kFile, "[FILE]");
}

bool CommandLine::answer(const QStringList& arguments) {
    // Options of Qt's own are not known yet; process() judges what is wrong.
    parser_.parse(arguments);
    if (parser_.isSet(help_))
        std::fputs(qPrintable(help()), stdout);
    else if (parser_.isSet(version_))
        std::puts(versionText("mergarium", {{"Qt", qVersion()}}).c_str());
    else if (parser_.isSet(manual_))
        std::fputs(writeManual(manual(), parser_.value(manual_).toStdString()).c_str(), stdout);
    else
        return false;
    return true;
}

WindowOptions CommandLine::window() const {
    WindowOptions options;
    options.workplace.resources =
        parser_.isSet(resources_) ? std::filesystem::path(parser_.value(resources_).toStdString()) : findResources();
    const auto named = parser_.isSet(threads_) ? numberOf(threads_, parser_.value(threads_)) : 0;
    // One core stays with the window and the rest of the machine.
    options.workplace.threads =
        named > 0 ? static_cast<std::size_t>(named) : std::max(2u, std::thread::hardware_concurrency()) - 1;
    if (isThemed()) options.theme = themeOf(parser_.value(theme_));

    const auto files = parser_.positionalArguments();
    if (files.size() > 1) throw std::runtime_error("The window opens one file; name one.");
    const bool isDatabase = !files.isEmpty() && !document();
    if (isDatabase && !std::filesystem::exists(files.front().toStdString()))
        throw std::runtime_error(files.front().toStdString() +
                                 ": there is no such file; --db makes a new run database.");
    if (parser_.values(database_).size() + (isDatabase ? 1 : 0) > 1)
        throw std::runtime_error("The window shows one run database; name one file.");
    if (parser_.isSet(database_)) options.workplace.database = parser_.value(database_).toStdString();
    if (isDatabase) options.workplace.database = files.front().toStdString();
    return options;
}

std::optional<QString> CommandLine::document() const {
    const auto file = parser_.positionalArguments().value(0);
    const auto kind = kindOfFile(file);
    return kind == FileKind::Database || kind == FileKind::Other ? std::nullopt : std::optional(file);
}

std::optional<RunId> CommandLine::resumed() const {
    if (!parser_.isSet(resume_)) return std::nullopt;
    return RunId{numberOf(resume_, parser_.value(resume_))};
}

std::optional<QString> CommandLine::preset() const {
    return parser_.isSet(preset_) ? std::optional(parser_.value(preset_)) : std::nullopt;
}

std::optional<QString> CommandLine::screenshots() const {
    return parser_.isSet(screenshots_) ? std::optional(parser_.value(screenshots_)) : std::nullopt;
}

QSize CommandLine::size() const {
    const auto text = parser_.value(size_);
    const auto sides = text.split('x');
    const QSize size = sides.size() == 2 ? QSize(sides[0].toInt(), sides[1].toInt()) : QSize();
    if (size.width() < 100 || size.height() < 100)
        throw std::runtime_error("--size: must be like 1280x800, not '" + text.toStdString() + "'.");
    return size;
}

QString CommandLine::help() const { return parser_.helpText().replace("<executable_name>", "mergarium"); }

Manual CommandLine::manual() const {
    Manual manual{.program = "mergarium", .version = versionNumber(), .summary = kSummary};
    for (const auto& option :
         {help_, version_, database_, preset_, resume_, resources_, threads_, theme_, screenshots_, size_})
        manual.entries.push_back(entryOf(option));
    manual.entries.push_back({.names = {"FILE"}, .value = "FILE", .help = kFile});
    return manual;
}

}  // namespace mergarium
