#include "app/about/version.h"
#include "app/mergarium/command_line.h"
#include "app/mergarium/screenshots.h"
#include "core/compute/networks.h"
#include "core/startup/paths.h"
#include "core/startup/tuned_libraries.h"
#include "core/text/words.h"
#include "ui/studio.h"

#include <QApplication>
#include <QIcon>
#include <QSettings>

#include <cstdio>
#include <exception>
#include <string>

namespace {

using namespace mergarium;

QIcon windowIcon() {
    QIcon icon;
    for (const int size : {16, 24, 32, 48, 64, 128, 256})
        icon.addFile(QStringLiteral(":/icons/mergarium-%1.png").arg(size), {size, size});
    return icon;
}

About about() {
    About all{.version = QString::fromStdString(versionAndCommit()),
              .licence = QObject::tr("Apache License 2.0"),
              .parts = {{QObject::tr("Qt"), QString::fromLatin1(qVersion())}}};
    for (const auto& [name, version] : partsOfMergarium())
        all.parts.emplace_back(QString::fromStdString(name), QString::fromStdString(version));
    std::string device;
    try {
        device = openNetworks("auto", 1)->device();
    } catch (const std::exception& error) {
        device = error.what();
    }
    all.parts.emplace_back(QObject::tr("Device"), QString::fromStdString(device));
    return all;
}

int open(const CommandLine& asked) {
    auto options = asked.window();
    if (const auto folder = asked.screenshots()) return writeScreenshots(options, *folder, asked.size());

    if (options.workplace.database.empty()) options.workplace.database = defaultDatabase();
    QSettings settings("mergarium", "window");
    if (asked.isThemed()) settings.setValue("window/theme", static_cast<int>(options.theme));
    options.settings = &settings;
    options.about = about;
    options.workplace.version = versionAndCommit();
    const auto run = asked.resumed();

    Studio studio(options);
    studio.window().show();
    if (run)
        studio.window().resumeRun({.id = *run});
    else if (const auto preset = asked.preset())
        studio.window().startPreset(*preset);
    if (const auto document = asked.document()) studio.window().openFile(*document);
    return QApplication::exec();
}

int start(int argc, char** argv) {
    CommandLine asked;
    QStringList arguments;
    for (int one = 0; one < argc; ++one) arguments << QString::fromLocal8Bit(argv[one]);
    if (asked.answer(arguments)) return 0;

    QApplication application(argc, argv);
    QApplication::setApplicationName("mergarium");
    QApplication::setApplicationDisplayName({});
    QApplication::setApplicationVersion(QString::fromStdString(versionNumber()));
    // The desktop knows the window by the name of its desktop entry.
    QApplication::setDesktopFileName("mergarium");
    QApplication::setWindowIcon(windowIcon());
    asked.process(application);
    return open(asked);
}

}  // namespace

int main(int argc, char** argv) {
    restartWithTunedLibraries(argv);
    try {
        return start(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "mergarium: %s\n", words::failure(error, "opening the window").c_str());
        return 2;
    }
}
