#include "ui/setup/founder_list.h"

#include "core/checkpoint/model_place.h"
#include "core/founders/adapters/lora.h"
#include "core/founders/founder_names.h"
#include "ui/files/ask_for_path.h"
#include "ui/files/file_drops.h"
#include "ui/theme/plain_labels.h"
#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include <algorithm>
#include <stdexcept>
#include <system_error>

namespace mergarium {
namespace {

QString text(const std::filesystem::path& path) { return QString::fromStdString(path.string()); }

QString withoutStop(QString sentence) {
    if (sentence.endsWith('.')) sentence.chop(1);
    return sentence;
}

bool isThere(const std::filesystem::path& path) {
    std::error_code ignored;
    return std::filesystem::exists(path, ignored);
}

bool holdsTensors(const std::filesystem::path& folder) {
    std::error_code failed;
    for (std::filesystem::directory_iterator entry(folder, failed), end; !failed && entry != end;
         entry.increment(failed))
        if (entry->path().extension() == ".safetensors") return true;
    return false;
}

}  // namespace

QString founderProblem(const std::filesystem::path& named) {
    std::error_code ignored;
    std::filesystem::path path;
    try {
        path = placeOfModel(named);
    } catch (const std::runtime_error& error) {
        return withoutStop(error.what());
    }
    if (!isThere(path)) return QObject::tr("%1 is not there").arg(text(path));
    // Its components have the tensors; whoever opens it says what is wrong.
    if (isThere(path / "model_index.json")) return {};
    if (std::filesystem::is_directory(path, ignored))
        return holdsTensors(path) ? QString() : QObject::tr("%1 holds no safetensors file").arg(text(path));
    return path.extension() == ".safetensors" ? QString() : QObject::tr("%1 is no safetensors file").arg(text(path));
}

FounderList::FounderList(QWidget* parent) : QWidget(parent), list_(new QListWidget(this)), note_(new QLabel(this)) {
    list_->setObjectName("founderList");
    list_->setAccessibleName(tr("Founders"));
    list_->setTextElideMode(Qt::ElideMiddle);
    list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    list_->setFixedHeight(fontMetrics().lineSpacing() * 6);
    list_->installEventFilter(this);
    setFocusProxy(list_);
    note_->setWordWrap(true);
    const auto button = [this](const QString& words, const QString& tip, const auto& act) {
        auto* one = new QPushButton(words, this);
        one->setToolTip(tip);
        // The row of them is the widest thing in the form.
        one->setMinimumWidth(fontMetrics().horizontalAdvance(words) + fontMetrics().height());
        connect(one, &QPushButton::clicked, this, act);
        return one;
    };
    auto* folder = button(
        tr("Add fol&der..."), tr("Add a Hugging Face model folder, or an adapter to the chosen founder."), [this] {
            const auto path = askForFolder({.parent = this, .purpose = "models", .title = tr("Model folder")});
            if (!path.isEmpty()) add({path});
        });
    auto* file = button(tr("&Add file..."), tr("Add safetensors files."), [this] {
        add(askForFiles({.parent = this,
                         .purpose = "models",
                         .title = tr("Model files"),
                         .filter = tr("Safetensors (*.safetensors)")}));
    });
    remove_ = button(tr("Rem&ove"), tr("Remove the chosen founder (Delete)."), [this] { removeCurrent(); });
    up_ = button(
        QStringLiteral("\u2191"),
        tr("Move the chosen founder up (Ctrl+Up). The first founder gives the exported model its configuration."),
        [this] { move(-1); });
    down_ = button(QStringLiteral("\u2193"), tr("Move the chosen founder down (Ctrl+Down)."), [this] { move(1); });
    for (auto* one : {up_, down_}) one->setMaximumWidth(fontMetrics().height() * 2);
    up_->setAccessibleName(tr("Up"));
    down_->setAccessibleName(tr("Down"));

    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(fontMetrics().height() / 4);
    for (auto* one : {folder, file, remove_, up_, down_}) buttons->addWidget(one);
    buttons->addStretch(1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(list_);
    layout->addWidget(note_);
    layout->addLayout(buttons);

    list_->setEditTriggers(QAbstractItemView::DoubleClicked | QAbstractItemView::EditKeyPressed);
    connect(list_, &QListWidget::itemChanged, this, [this](const QListWidgetItem* item) { rename(list_->row(item)); });
    auto* drops = new FileDrops(list_);
    connect(drops, &FileDrops::dropped, this, &FounderList::add);
    connect(list_, &QListWidget::currentRowChanged, this, [this](int row) {
        remove_->setEnabled(row >= 0);
        up_->setEnabled(row > 0);
        down_->setEnabled(row >= 0 && row + 1 < list_->count());
    });
    refresh(-1);
}

void FounderList::setFounders(std::vector<CheckpointFounder> founders) {
    if (founders == founders_) return;
    founders_ = std::move(founders);
    refresh(0);
}

void FounderList::add(const QStringList& paths) {
    if (paths.isEmpty()) return;
    int current = list_->currentRow();
    QString refused;
    for (const auto& one : paths) {
        const std::filesystem::path named = one.toStdString();
        const auto problem = founderProblem(named);
        const auto path = problem.isEmpty() ? placeOfModel(named) : named;
        if (isAdapter(path)) {
            const int on = current >= 0 ? current : static_cast<int>(founders_.size()) - 1;
            if (on < 0)
                refused = tr("%1 is an adapter: add the model that it belongs to first.").arg(one);
            else
                founders_[static_cast<std::size_t>(on)].adapter.add({.path = path});
            continue;
        }
        if (!problem.isEmpty()) {
            refused = tr("%1.").arg(problem);
            continue;
        }
        founders_.push_back({.base = path, .adapter = {}});
        current = static_cast<int>(founders_.size()) - 1;
    }
    refresh(current);
    if (!refused.isEmpty()) showWarning(*note_, refused);
    Q_EMIT changed();
}

void FounderList::rename(int row) {
    const auto words = list_->item(row)->text().trimmed();
    if (!words.isEmpty()) founders_[static_cast<std::size_t>(row)] = founderNamed(words.toStdString());
    // The item's editor is still at work.
    QMetaObject::invokeMethod(
        this,
        [this, row] {
            refresh(row);
            Q_EMIT changed();
        },
        Qt::QueuedConnection);
}

void FounderList::removeCurrent() {
    const int row = list_->currentRow();
    if (row < 0) return;
    founders_.erase(founders_.begin() + row);
    refresh(std::min(row, static_cast<int>(founders_.size()) - 1));
    Q_EMIT changed();
}

void FounderList::move(int by) {
    const int row = list_->currentRow();
    const int to = row + by;
    if (row < 0 || to < 0 || to >= static_cast<int>(founders_.size())) return;
    std::swap(founders_[static_cast<std::size_t>(row)], founders_[static_cast<std::size_t>(to)]);
    refresh(to);
    Q_EMIT changed();
}

void FounderList::refresh(int current) {
    QSignalBlocker quiet(list_);
    list_->clear();
    for (const auto& founder : founders_) {
        const auto words = QString::fromStdString(textOf(founder));
        auto* item = new QListWidgetItem(words, list_);
        item->setFlags(item->flags() | Qt::ItemIsEditable);
        item->setToolTip(tr("%1\nF2 changes it: a path, BASE+ADAPTER, or BASE+ONE*0.7+OTHER for adapters with weights.")
                             .arg(text(founder.base)));
        if (!founderProblem(founder.base).isEmpty()) item->setForeground(colorsOf(palette()).warning);
    }
    quiet.unblock();
    showSentence(*note_, founders_.size() >= 2
                             ? QString()
                             : tr("Drop at least two model folders or safetensors files of one architecture here."));
    list_->setCurrentRow(std::min(current, list_->count() - 1));
    Q_EMIT list_->currentRowChanged(list_->currentRow());
}

void FounderList::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && list_) refresh(list_->currentRow());
}

bool FounderList::eventFilter(QObject* watched, QEvent* event) {
    if (watched != list_ || event->type() != QEvent::KeyPress) return QWidget::eventFilter(watched, event);
    const auto* key = static_cast<QKeyEvent*>(event);
    const bool control = key->modifiers() & Qt::ControlModifier;
    if (key->key() == Qt::Key_Delete)
        removeCurrent();
    else if (control && key->key() == Qt::Key_Up)
        move(-1);
    else if (control && key->key() == Qt::Key_Down)
        move(1);
    else
        return QWidget::eventFilter(watched, event);
    return true;
}

}  // namespace mergarium
