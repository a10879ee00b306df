#pragma once

class QApplication;
class QLabel;
class QString;

namespace mergarium {

/// From now on labels and tooltips of the application show their text as it is: Qt would take a name with a tag in it
/// for HTML. A label that is to show HTML says so (QLabel::setTextFormat), and takes the colours of
/// another theme once there is one. May be called again.
void showLabelsAsPlainText(QApplication& application);

/// Shows a sentence as it is, in the colour of warnings or in that of all other texts.
void showSentence(QLabel& label, const QString& sentence);
void showWarning(QLabel& label, const QString& sentence);
/// A name, and beside it or below what it is called elsewhere, softly.
enum class Alias { Beside, Below };
void showNamed(QLabel& label, const QString& name, const QString& alias, Alias where = Alias::Beside);

}  // namespace mergarium
