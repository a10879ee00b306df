#include "ui/trial/attempt_text.h"

#include "ui/pictures/sample_image.h"
#include "ui/session/run_text.h"
#include "ui/theme/theme.h"

#include <QCoreApplication>
#include <QTextCursor>
#include <QTextEdit>

namespace mergarium {
namespace {

/// Of the side of a picture, in lines of text.
constexpr int kPictureLines = 5;
constexpr double kTokenTint = 0.22;

QString said(const char* text) { return QCoreApplication::translate("mergarium::TrialPane", text); }

/// A text of a stranger's, with what can't be seen made visible and its lines kept.
QString visibleText(const std::string& text) {
    QString shown;
    for (const QChar letter : QString::fromStdString(text))
        if (letter == u'\n' || letter == u'\t' || letter.unicode() >= 0x20)
            shown += letter;
        else
            shown += QChar(0x2400 + letter.unicode());
    return shown;
}

QString endingText(const Attempt& attempt) {
    const auto tokens =
        attempt.newTokens == 1 ? said("1 new token") : said("%1 new tokens").arg(countText(attempt.newTokens));
    switch (attempt.ending) {
        case Attempt::Ending::ByItself: return said("Answer (%1, ended by itself)").arg(tokens);
        case Attempt::Ending::CutOff: return said("Answer (%1, cut off)").arg(tokens);
        case Attempt::Ending::None: break;
    }
    return said("Answer");
}

class Page {
public:
    explicit Page(QTextEdit& edit) : edit_(edit), cursor_(edit.document()) {
        const auto colors = colorsOf(edit.palette());
        muted_.setForeground(colors.mutedText);
        token_.setBackground(faded(colors.accent, kTokenTint));
        token_.setFontWeight(QFont::Bold);
        token_.setToolTip(said("A special token: one, whatever its name looks like."));
    }

    void heading(const QString& text) {
        if (!first_) cursor_.insertBlock();
        first_ = false;
        cursor_.insertText(text, muted_);
        cursor_.insertBlock();
    }
    void text(const std::string& text) {
        cursor_.insertText(text.empty() ? said("(nothing)") : visibleText(text), text.empty() ? muted_ : plain_);
    }
    void token(const std::string& name) { cursor_.insertText(visibleText(name), token_); }
    void picture(const Picture& picture) {
        const int side = edit_.fontMetrics().lineSpacing() * kPictureLines;
        cursor_.insertImage(fitted(imageOf(picture), {side, side}));
    }

private:
    QTextEdit& edit_;
    QTextCursor cursor_;
    QTextCharFormat plain_, muted_, token_;
    bool first_ = true;
};

}  // namespace

void writeAttempt(QTextEdit& into, const Attempt& attempt, const SampleSet& samples) {
    into.clear();
    Page page(into);
    if (!attempt.prompt.empty()) {
        page.heading(said("Prompt (%1 tokens)").arg(countText(attempt.promptTokens)));
        for (const auto& piece : attempt.prompt)
            if (piece.special)
                page.token(piece.text);
            else
                page.text(piece.text);
    } else if (samples.hasTexts()) {
        page.heading(said("Question"));
        page.text(samples.texts[attempt.sample].question);
    } else if (samples.hasPictures()) {
        page.heading(said("Picture"));
        page.picture(samples.picture(attempt.sample));
    }
    page.heading(endingText(attempt));
    page.text(attempt.answer);
    page.heading(said("Reference"));
    page.text(attempt.reference);
    into.moveCursor(QTextCursor::Start);
}

}  // namespace mergarium
