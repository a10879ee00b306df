#pragma once

#include <nlohmann/json.hpp>

#include <QProcess>

#include <string>

namespace mergarium::test {

/// How a program ended; -1: not by itself.
struct Ended {
    int code = 0;
    QByteArray output, errors;

    nlohmann::json json() const { return nlohmann::json::parse(output.begin(), output.end()); }
    std::string hash() const { return json().at("archive_hash"); }
};

inline Ended endOf(QProcess& process) {
    process.waitForFinished(-1);
    return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1, process.readAllStandardOutput(),
            process.readAllStandardError()};
}

/// mergarium-cli with these arguments.
inline Ended cli(const QStringList& arguments, const QString& folder = {}) {
    QProcess process;
    if (!folder.isEmpty()) process.setWorkingDirectory(folder);
    process.start(MERGARIUM_CLI, arguments);
    return endOf(process);
}

/// A shell script that scores the founders, models 1 and 2, and does `then` about all others.
inline std::string fickleEvaluator(const std::string& then) {
    return "while IFS= read -r line; do\n id=${line#*: }; id=${id%%,*}\n case $line in *'\"model\": '[12],*) ;; *) " +
           then +
           ";; esac\n count=${line#*\\\"count\\\": }; count=${count%%,*}; scores=1\n"
           " while [ $count -gt 1 ]; do scores=\"$scores, 0\"; count=$((count - 1)); done\n"
           " echo \"{\\\"id\\\": $id, \\\"scores\\\": [$scores]}\"\ndone\n";
}

}  // namespace mergarium::test
