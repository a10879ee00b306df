#pragma once

#include <QCoreApplication>
#include <QString>

namespace mergarium {

/// `text` in the reader's language, for code that is no QObject; `%n` stands for `count`.
inline QString tr(const char* text, int count = -1) {
    return QCoreApplication::translate("mergarium", text, nullptr, count);
}

}  // namespace mergarium
