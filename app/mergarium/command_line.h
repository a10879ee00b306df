#pragma once

#include "app/about/manual.h"
#include "core/run/snapshot.h"
#include "ui/main_window.h"

#include <QCommandLineParser>
#include <QSize>
#include <QString>

#include <optional>

namespace mergarium {

/// What the window is asked for on the command line. Every option is named once, for the parser, --help, and the
/// manual.
class CommandLine {
public:
    CommandLine();

    /// Answers --help, --version and --manual on stdout, which takes no display. False when the window is wanted.
    bool answer(const QStringList& arguments);
    /// Ends the program with one line on stderr for options that it hasn't.
    void process(const QCoreApplication& application) { parser_.process(application); }

    // After `process`. Throw std::runtime_error naming the option for values that make no sense.
    /// The database is left empty when none was named.
    WindowOptions window() const;
    bool isThemed() const { return parser_.isSet(theme_); }
    /// A file that is opened in the window and is no database.
    std::optional<QString> document() const;
    std::optional<RunId> resumed() const;
    std::optional<QString> preset() const;
    std::optional<QString> screenshots() const;
    QSize size() const;

    QString help() const;
    Manual manual() const;

private:
    const QCommandLineOption help_{{"h", "help"}, "Print this help and end."};
    const QCommandLineOption version_{{"v", "version"}, "Print the versions of Mergarium and its libraries, and end."};
    const QCommandLineOption database_{
        "db", "The run database, made when it isn't there (default: runs.db in your data folder).", "FILE"};
    const QCommandLineOption preset_{"preset", "Start this preset at once.", "PRESET"};
    const QCommandLineOption resume_{"resume", "Go on with this run.", "N"};
    const QCommandLineOption resources_{"resources", "The folder with data, founders and presets.", "FOLDER"};
    const QCommandLineOption threads_{"threads", "Threads that score (default: all cores but one).", "N"};
    const QCommandLineOption theme_{"theme", "The colours.", "system|light|dark"};
    const QCommandLineOption screenshots_{"screenshots", "Write pictures of every pane into this folder and end.",
                                          "FOLDER"};
    const QCommandLineOption size_{"size", "Of the window on the pictures.", "WxH", "1280x800"};
    /// For packages: man, bash or zsh.
    QCommandLineOption manual_{"manual", {}, "FORM"};
    QCommandLineParser parser_;
};

}  // namespace mergarium
