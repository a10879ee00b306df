#include "ui/files/ask_for_path.h"

#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QWidget>

namespace mergarium {
namespace {

constexpr const char* kFolders = "rememberedFolders";

/// A dialog is a window of its own, and knows whose.
const QWidget& outermost(const QWidget& widget) {
    const auto* one = &widget;
    while (one->parentWidget()) one = one->parentWidget();
    return *one;
}

QString beginOf(const PathQuestion& question) {
    return question.at.isEmpty() ? folderFor(*question.parent, question.purpose) : question.at;
}

QString remembering(const PathQuestion& question, const QString& chosen) {
    if (!chosen.isEmpty()) rememberFolder(*question.parent, question.purpose, chosen);
    return chosen;
}

}  // namespace

QString askForFile(const PathQuestion& question) {
    return remembering(
        question, QFileDialog::getOpenFileName(question.parent, question.title, beginOf(question), question.filter));
}

QStringList askForFiles(const PathQuestion& question) {
    const auto chosen =
        QFileDialog::getOpenFileNames(question.parent, question.title, beginOf(question), question.filter);
    remembering(question, chosen.value(0));
    return chosen;
}

QString askForFolder(const PathQuestion& question) {
    return remembering(question, QFileDialog::getExistingDirectory(question.parent, question.title, beginOf(question)));
}

QString askWhereToSave(const PathQuestion& question, const QString& name) {
    const auto folder = beginOf(question);
    return remembering(
        question, QFileDialog::getSaveFileName(question.parent, question.title,
                                               folder.isEmpty() ? name : QDir(folder).filePath(name), question.filter));
}

QString folderFor(const QWidget& widget, const QString& purpose) {
    return rememberedFolders(outermost(widget)).value(purpose).toString();
}

void rememberFolder(QWidget& widget, const QString& purpose, const QString& path) {
    auto& window = const_cast<QWidget&>(outermost(widget));
    auto folders = rememberedFolders(window);
    // Of a chosen folder the one around it: its neighbours are chosen next.
    folders.insert(purpose, QFileInfo(path).absolutePath());
    setRememberedFolders(window, folders);
}

QVariantMap rememberedFolders(const QWidget& window) { return window.property(kFolders).toMap(); }

void setRememberedFolders(QWidget& window, const QVariantMap& folders) { window.setProperty(kFolders, folders); }

}  // namespace mergarium
