#pragma once

#include <QDialog>
#include <QString>

#include <functional>
#include <utility>
#include <vector>

class QFormLayout;
class QPushButton;

namespace mergarium {

/// What the program says of itself.
struct About {
    /// "0.1.0 (commit 0123456789ab)".
    QString version;
    /// "Apache License 2.0".
    QString licence;
    /// What computes, stores and draws: name and version.
    std::vector<std::pair<QString, QString>> parts;
};

/// Version, licence and parts, as a table that can be copied into a report. Never blocks the window: `tell` is called
/// on another thread, since asking libtorch means loading it.
class AboutDialog : public QDialog {
    Q_OBJECT

public:
    using Tell = std::function<About()>;

    explicit AboutDialog(Tell tell, QWidget* parent = nullptr);

    /// All of it, a line each; empty until it is known.
    QString text() const { return text_; }

private:
    void present(const About& about);
    void addRow(const QString& name, const QString& value);

    QFormLayout* rows_ = nullptr;
    QPushButton* copy_ = nullptr;
    QString text_;
};

}  // namespace mergarium
