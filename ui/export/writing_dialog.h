#pragma once

#include "ui/export/export_job.h"
#include "ui/message_bar/message_bar.h"

#include <QDialog>

#include <filesystem>
#include <vector>

class QFormLayout;
class QLabel;
class QLineEdit;
class QPushButton;

namespace mergarium {

class ExportProgress;
class PathEdit;

/// A dialog that makes a model of what a file describes: asks where, writes it on a thread of its own, and shows how
/// far it is. While it writes, its button cancels; closing it cancels, too.
class WritingDialog : public QDialog {
    Q_OBJECT

public:
    bool isWriting() const { return job_->isRunning(); }

Q_SIGNALS:
    /// What came of it, in one sentence.
    void said(const mergarium::Message& message);

public Q_SLOTS:
    void reject() override;

protected:
    /// `verb` is on the button, which is found by `name`.
    WritingDialog(std::filesystem::path file, const QString& title, const QString& verb, const char* name,
                  QWidget* parent);

    /// As addDescribedRow.
    void addRow(const QString& name, QWidget* editor, const char* key, const QString& meaning);
    /// Where the new folder is made, and its name.
    void addPlace(const QString& folderName, const QString& meaning);
    /// These rest while it writes, as the place does.
    void restWhileWriting(std::vector<QWidget*> editors) { editors_ = std::move(editors); }
    /// The folder that is to be made.
    std::filesystem::path wishedFolder() const;
    void start(const ExportJob::Work& work);

    /// Says what is wrong, or what will be done, and whether it can be begun. Called where the place changes.
    virtual void review() = 0;
    /// The button was pressed.
    virtual void begin() = 0;
    virtual QString finishedText(const ExportResult& result) const = 0;
    virtual QString cancelledText() const = 0;

    const std::filesystem::path file_;
    QLabel* title_ = nullptr;
    QFormLayout* rows_ = nullptr;
    PathEdit* parent_ = nullptr;
    QLineEdit* folder_ = nullptr;
    QLabel* verdict_ = nullptr;
    QPushButton* start_ = nullptr;

private:
    void setRunning(bool running);
    void connectJob();

    const QString verb_;
    std::vector<QWidget*> editors_;
    ExportProgress* progress_ = nullptr;
    ExportJob* job_ = nullptr;
};

}  // namespace mergarium
