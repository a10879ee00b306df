#pragma once

#include "ui/figures/file_job.h"
#include "ui/figures/write_figure.h"
#include "ui/message_bar/message_bar.h"

#include <QObject>

#include <filesystem>
#include <functional>

class QTableView;
class QWidget;

namespace mergarium {

/// Lets what is seen leave the window: pictures as figures, tables as CSV, runs as reports. Asks where to, writes in
/// the background, and says what came of it.
class FigureDesk : public QObject {
    Q_OBJECT

public:
    explicit FigureDesk(QWidget* window);

    /// Whom a view is about.
    enum class About { TheRun, AllRuns };
    /// From now on the pictures and tables in `view` have a menu of their own, and tables are copied with Ctrl+C. Those
    /// that have it already keep it.
    void serve(QWidget& view, About about = About::TheRun);
    /// The shown run's name, for names of files and titles.
    void setRun(const QString& name) { run_ = name; }

    /// Asks how and where to save the picture that is seen in `view`.
    void askFigure(QWidget& view);
    /// Called on another thread, for a name that ends with .html or .pdf; throws with one sentence, or Cancelled where
    /// `progress` says so.
    using WriteReport = std::function<void(const std::filesystem::path& path, const Progress& progress)>;
    void askReport(WriteReport write);

    /// Without asking; `picture` is a FigureSource.
    void saveFigure(QWidget& picture, const QString& name, const FigureForm& form, const QString& path);
    void saveTable(const QTableView& table, const QString& path);
    void saveReport(WriteReport write, const QString& path);

Q_SIGNALS:
    void said(const mergarium::Message& message);

private:
    void askHow(QWidget& picture, const QString& name);
    void askTable(const QTableView& table, About about);
    void start(const QString& path, FileJob::Work work);
    void fail(const QString& sentence);
    QWidget* window_ = nullptr;
    QString run_;
    FigureForm form_;
};

/// The picture that is seen in a view; null where there is none.
QWidget* pictureIn(QWidget& view);

}  // namespace mergarium
