#pragma once

#include <QDialog>

class QTextBrowser;

namespace mergarium {

/// Says what a view shows, how it is read, and its keys. Stays open beside the window while one works.
///
/// Every view carries its own text as `whatsThis`, in HTML: a heading `<h2>` and what follows.
class HelpWindow : public QDialog {
    Q_OBJECT

public:
    explicit HelpWindow(QWidget* parent);

    /// The text of the innermost view around `widget`, and `keys` (HTML) after it.
    void showFor(const QWidget& widget, const QString& keys);

private:
    QTextBrowser* text_ = nullptr;
};

}  // namespace mergarium
