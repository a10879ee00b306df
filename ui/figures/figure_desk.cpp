#include "ui/figures/figure_desk.h"

#include "core/files/whole_file.h"
#include "ui/figures/figure_dialog.h"
#include "ui/figures/write_table.h"
#include "ui/files/ask_for_path.h"
#include "ui/session/run_text.h"
#include "ui/theme/theme.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QDesktopServices>
#include <QFileInfo>
#include <QPointer>
#include <QRegularExpression>
#include <QTableView>
#include <QUrl>

#include <algorithm>
#include <cmath>
#include <exception>
#include <utility>

namespace mergarium {
namespace {

/// Of a file name, without its ending.
constexpr int kLongestName = 80;

std::filesystem::path pathOf(const QString& path) { return path.toStdString(); }

/// What a file is called that nobody names.
QString fileName(const QString& subject, const QString& what, const QString& ending) {
    static const QRegularExpression kUnfit("[^\\w.]+", QRegularExpression::UseUnicodePropertiesOption);
    auto name = (subject.left(kLongestName / 2) + ' ' + what.toLower()).left(kLongestName).replace(kUnfit, "-");
    while (name.startsWith('-') || name.startsWith('.')) name.remove(0, 1);
    while (name.endsWith('-')) name.chop(1);
    return name + '.' + ending;
}

constexpr const char* kSaving = "saving";

bool isServed(const QWidget& widget) {
    return widget.findChild<QAction*>(kSaving, Qt::FindDirectChildrenOnly) != nullptr;
}

QAction* addAction(QWidget& widget, const QString& text, const QString& tip) {
    auto* action = new QAction(text, &widget);
    action->setToolTip(tip);
    widget.addAction(action);
    // A menu of its own has them too (RunsView).
    if (widget.contextMenuPolicy() == Qt::DefaultContextMenu) widget.setContextMenuPolicy(Qt::ActionsContextMenu);
    return action;
}

}  // namespace

QWidget* pictureIn(QWidget& view) {
    for (auto* one : view.findChildren<QWidget*>())
        if (dynamic_cast<FigureSource*>(one) && one->isVisibleTo(&view)) return one;
    return nullptr;
}

FigureDesk::FigureDesk(QWidget* window) : QObject(window), window_(window) {}

void FigureDesk::serve(QWidget& view, About about) {
    for (auto* one : view.findChildren<QWidget*>()) {
        if (!dynamic_cast<FigureSource*>(one) || isServed(*one)) continue;
        auto* saving = addAction(*one, tr("Save figure..."), tr("As SVG, PDF or PNG, for paper."));
        saving->setObjectName(kSaving);
        connect(saving, &QAction::triggered, this, [this, one, &view] { askHow(*one, view.accessibleName()); });
    }
    for (auto* table : view.findChildren<QTableView*>()) {
        if (isServed(*table)) continue;
        auto* copying = addAction(*table, tr("Copy"), tr("The selected rows, cells separated by tabs."));
        copying->setShortcut(QKeySequence::Copy);
        copying->setShortcutContext(Qt::WidgetShortcut);
        connect(copying, &QAction::triggered, table, [table] {
            if (const auto text = selectedText(*table); !text.isEmpty()) QApplication::clipboard()->setText(text);
        });
        auto* saving = addAction(*table, tr("Save as CSV..."), tr("All rows, numbers with all their digits."));
        saving->setObjectName(kSaving);
        connect(saving, &QAction::triggered, this, [this, table, about] { askTable(*table, about); });
    }
}

void FigureDesk::askFigure(QWidget& view) {
    if (auto* picture = pictureIn(view)) return askHow(*picture, view.accessibleName());
    Q_EMIT said({.sentence = tr("There is no picture here. Choose a view that has one, such as Overview or Niches.")});
}

void FigureDesk::askHow(QWidget& picture, const QString& name) {
    auto* dialog = new FigureDialog(window_);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    const auto& source = dynamic_cast<const FigureSource&>(picture);
    const double own = source.figureShape();
    const double shape = own > 0.0 ? own : static_cast<double>(picture.height()) / std::max(1, picture.width());
    // On the screen it may have to share the room with a table.
    form_.height = std::round(form_.width * std::clamp(shape, 0.55, 1.35));
    dialog->setForm(form_);
    const auto subject = source.figureSubject();
    connect(dialog, &QDialog::accepted, &picture, [this, dialog, &picture, name, subject] {
        form_ = dialog->form();
        const auto path = askWhereToSave({.parent = window_,
                                          .purpose = "figures",
                                          .title = tr("Save the figure"),
                                          .filter = tr("Figure (*.svg *.pdf *.png)")},
                                         fileName(subject.isEmpty() ? run_ : subject, name, "svg"));
        if (!path.isEmpty()) saveFigure(picture, name, form_, path);
    });
    dialog->open();
}

void FigureDesk::saveFigure(QWidget& picture, const QString& name, const FigureForm& form, const QString& path) {
    const auto& source = dynamic_cast<const FigureSource&>(picture);
    try {
        const auto format = figureFormatOf(pathOf(path));
        const auto page = pageOf(form, picture.palette(), tabularFont());
        const auto paint = source.figure(page);
        if (!paint) return fail(tr("There is nothing to be seen yet, so there is no figure either."));
        const auto subject = source.figureSubject().isEmpty() ? run_ : source.figureSubject();
        const auto title = subject.isEmpty() ? name : tr("%1: %2").arg(subject, name);
        start(path, [=](const auto&, const auto&) {
            const auto bytes = figureBytes(paint, page, form, format, title);
            writeWholeFile(pathOf(path), {bytes.constData(), static_cast<std::size_t>(bytes.size())});
        });
    } catch (const std::exception& error) {
        fail(QString::fromUtf8(error.what()));
    }
}

void FigureDesk::askTable(const QTableView& table, About about) {
    const auto path =
        askWhereToSave({.parent = window_,
                        .purpose = "tables",
                        .title = tr("Save the table"),
                        .filter = tr("Comma separated values (*.csv)")},
                       fileName(about == About::TheRun ? run_ : QString(), table.accessibleName(), "csv"));
    if (!path.isEmpty()) saveTable(table, path);
}

void FigureDesk::saveTable(const QTableView& table, const QString& path) {
    start(path, [rows = fileRowsOf(table), path](const std::stop_token& stop, const Progress& progress) {
        writeCsv(rows, pathOf(path), stop, progress);
    });
}

void FigureDesk::askReport(WriteReport write) {
    const auto path = askWhereToSave({.parent = window_,
                                      .purpose = "reports",
                                      .title = tr("Save the report"),
                                      .filter = tr("Report (*.html *.pdf)")},
                                     fileName(run_, tr("report"), "html"));
    if (!path.isEmpty()) saveReport(std::move(write), path);
}

void FigureDesk::saveReport(WriteReport write, const QString& path) {
    start(path,
          [write = std::move(write), path](const auto&, const Progress& progress) { write(pathOf(path), progress); });
}

void FigureDesk::start(const QString& path, FileJob::Work work) {
    auto* job = new FileJob(std::move(work), this);
    const auto name = QFileInfo(path).fileName();
    connect(job, &FileJob::progressed, this, [this, job, name](std::uint64_t done, std::uint64_t total) {
        Q_EMIT said({.sentence = total > 0
                                     ? tr("Writing %1: %2 of %3 rows.").arg(name, countText(done), countText(total))
                                     : tr("Writing %1...").arg(name),
                     .action = tr("Cancel"),
                     .carryOut = [job = QPointer(job)] {
                         if (job) job->cancel();
                     }});
    });
    connect(job, &FileJob::failed, this, &FigureDesk::fail);
    connect(job, &FileJob::cancelled, this,
            [this, name] { Q_EMIT said({.sentence = tr("%1 was not written: it was cancelled.").arg(name)}); });
    connect(job, &FileJob::finished, this, [this, path] {
        Q_EMIT said({.sentence = tr("%1 was saved.").arg(path),
                     .action = tr("Open folder"),
                     .carryOut = [folder = QFileInfo(path).absolutePath()] {
                         QDesktopServices::openUrl(QUrl::fromLocalFile(folder));
                     }});
    });
    for (const auto end : {&FileJob::finished, &FileJob::cancelled}) connect(job, end, job, &QObject::deleteLater);
    connect(job, &FileJob::failed, job, &QObject::deleteLater);
    job->start();
}

void FigureDesk::fail(const QString& sentence) { Q_EMIT said({.kind = Message::Kind::Error, .sentence = sentence}); }

}  // namespace mergarium
