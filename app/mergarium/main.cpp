#include "app/mergarium/screenshots.h"
#include "core/startup/paths.h"
#include "core/startup/tuned_libraries.h"
#include "ui/main_window.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QSettings>

#include <cstdio>
#include <exception>
#include <optional>
#include <stdexcept>
#include <thread>

namespace {

using namespace mergarium;

ThemeKind themeOf(const QString& name) {
    if (name == "system") return ThemeKind::System;
    if (name == "light") return ThemeKind::Light;
    if (name == "dark") return ThemeKind::Dark;
    throw std::runtime_error("--theme: must be system, light or dark, not '" + name.toStdString() + "'.");
}

QSize sizeOf(const QString& text) {
    const auto sides = text.split('x');
    const QSize size = sides.size() == 2 ? QSize(sides[0].toInt(), sides[1].toInt()) : QSize();
    if (size.width() < 100 || size.height() < 100)
        throw std::runtime_error("--size: must be like 1280x800, not '" + text.toStdString() + "'.");
    return size;
}

std::int64_t numberOf(const QString& option, const QString& text) {
    bool whole = false;
    const auto number = text.toLongLong(&whole);
    if (!whole || number < 0)
        throw std::runtime_error("--" + option.toStdString() + ": must be a whole number, not '" + text.toStdString() +
                                 "'.");
    return number;
}

/// One core stays with the window and the rest of the machine.
std::size_t threadsOf(const QString& text) {
    if (const auto named = text.isEmpty() ? 0 : numberOf("threads", text)) return static_cast<std::size_t>(named);
    return std::max(2u, std::thread::hardware_concurrency()) - 1;
}

int open(QApplication& application) {
    QCommandLineParser parser;
    parser.setApplicationDescription(
        "Evolves new models by merging existing ones: model merging of natural niches (M2N2).");
    parser.addHelpOption();
    parser.addVersionOption();
    const QCommandLineOption database("db", "The run database (default: runs.db in your data folder).", "file");
    const QCommandLineOption preset("preset", "Start this preset at once.", "name");
    const QCommandLineOption resume("resume", "Go on with this run.", "number");
    const QCommandLineOption resources("resources", "The folder with data, founders and presets.", "folder");
    const QCommandLineOption threads("threads", "Threads that score (default: all cores but one).", "number");
    const QCommandLineOption theme("theme", "system, light or dark.", "name");
    const QCommandLineOption screenshots("screenshots", "Write pictures of every pane into this folder and end.",
                                         "folder");
    const QCommandLineOption size("size", "Of the window on the pictures.", "WxH", "1280x800");
    parser.addOptions({database, preset, resume, resources, threads, theme, screenshots, size});
    parser.process(application);

    WindowOptions options;
    options.workplace.resources =
        parser.isSet(resources) ? std::filesystem::path(parser.value(resources).toStdString()) : findResources();
    options.workplace.threads = threadsOf(parser.value(threads));
    if (parser.isSet(theme)) options.theme = themeOf(parser.value(theme));
    if (parser.isSet(screenshots))
        return writeScreenshots(options, parser.value(screenshots), sizeOf(parser.value(size)));

    options.workplace.database =
        parser.isSet(database) ? std::filesystem::path(parser.value(database).toStdString()) : defaultDatabase();
    QSettings settings;
    if (parser.isSet(theme)) settings.setValue("window/theme", static_cast<int>(options.theme));
    options.settings = &settings;
    const auto run =
        parser.isSet(resume) ? std::optional(RunId{numberOf("resume", parser.value(resume))}) : std::nullopt;

    MainWindow window(options);
    window.show();
    if (run)
        window.resumeRun(*run);
    else if (parser.isSet(preset))
        window.startPreset(parser.value(preset));
    return QApplication::exec();
}

}  // namespace

int main(int argc, char** argv) {
    restartWithTunedLibraries(argv);
    QApplication application(argc, argv);
    QApplication::setApplicationName("mergarium");
    QApplication::setApplicationDisplayName({});
    QApplication::setApplicationVersion(MERGARIUM_VERSION);
    try {
        return open(application);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "mergarium: %s\n", error.what());
        return 2;
    }
}
