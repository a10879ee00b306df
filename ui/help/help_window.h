#pragma once

#include <QDialog>
#include <QString>

class QTextBrowser;

namespace mergarium {

/// Says what a view shows, how it is read, and its keys. Stays open beside the window while one works.
///
/// Every view carries its own text as `whatsThis`, in HTML: a heading `<h2>` and what follows. A picture is named by
/// `picture:` and its file.
class HelpWindow : public QDialog {
    Q_OBJECT

public:
    /// `pictures`: where the pictures of the views lie, one PNG each.
    HelpWindow(const QString& pictures, QWidget* parent);

    /// The text of the innermost view around `widget`, and `keys` (HTML) after it.
    void showFor(const QWidget& widget, const QString& keys);

private:
    QTextBrowser* text_ = nullptr;
};

}  // namespace mergarium
