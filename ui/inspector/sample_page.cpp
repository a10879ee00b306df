#include "ui/inspector/sample_page.h"

#include "ui/inspector/heading.h"
#include "ui/inspector/picture.h"
#include "ui/inspector/solver_table.h"
#include "ui/members/member_text.h"
#include "ui/niches/niche_frame.h"
#include "ui/pictures/picture_board.h"
#include "ui/session/run_text.h"
#include "ui/table/fitted_columns.h"
#include "ui/table/plain_table.h"

#include <QHeaderView>
#include <QLabel>
#include <QPlainTextEdit>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

namespace mergarium {
namespace {

QPlainTextEdit* makeReader(const QString& name, int lines, QWidget* parent) {
    auto* reader = new QPlainTextEdit(parent);
    reader->setReadOnly(true);
    reader->setTabChangesFocus(true);
    reader->setAccessibleName(name);
    reader->setMinimumHeight(reader->fontMetrics().lineSpacing() * 3);
    reader->setMaximumHeight(reader->fontMetrics().lineSpacing() * lines);
    return reader;
}

/// Leaves the reader where it was scrolled to when nothing changed.
void setWords(QPlainTextEdit* reader, const QString& words) {
    if (reader->toPlainText() != words) reader->setPlainText(words);
}

}  // namespace

SamplePage::SamplePage(QWidget* parent)
    : QWidget(parent),
      title_(makeHeading(this)),
      picture_(new QLabel(this)),
      facts_(new QLabel(this)),
      question_(makeReader(tr("Question and reference"), 12, this)),
      solvers_(new QLabel(this)),
      model_(new SolverTable(this)),
      table_(makePlainTable(this)),
      problem_(new QLabel(this)),
      whose_(new QLabel(this)),
      answer_(makeReader(tr("Answer"), 10, this)),
      board_(new PictureBoard(this)) {
    facts_->setWordWrap(true);
    solvers_->setWordWrap(true);
    problem_->setWordWrap(true);
    problem_->setTextFormat(Qt::PlainText);
    problem_->setObjectName("sample.noAnswers");
    table_->setModel(model_);
    table_->setItemDelegateForColumn(SolverTable::ShareColumn, new ShareDelegate(table_));
    table_->setAccessibleName(tr("Members and what they make of the sample"));
    columns_ = new FittedColumns(*table_, GivesWay::All);
    columns_->setKey(SolverTable::MemberColumn);

    auto* layout = new QVBoxLayout(this);
    layout->addWidget(title_);
    layout->addWidget(picture_);
    layout->addWidget(question_);
    layout->addWidget(facts_);
    layout->addWidget(solvers_);
    layout->addWidget(table_, 1);
    layout->addWidget(problem_);
    layout->addWidget(whose_);
    layout->addWidget(answer_);
    layout->addWidget(board_, 1);
    board_->setObjectName("sample.pictures");
    connect(board_, &PictureBoard::memberSelected, this, &SamplePage::memberSelected);
    connect(table_->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &SamplePage::showAnswer);
    const auto choose = [this](const QModelIndex& index) {
        if (const auto member = model_->keyOf(index.row())) Q_EMIT memberSelected({*member});
    };
    connect(table_, &QTableView::activated, this, choose);
    table_->setToolTip(tr("Double-click a member, or press Enter, to inspect it."));
}

void SamplePage::show(const SnapshotPtr& snapshot, std::size_t sample) {
    title_->setText(tr("Sample %1").arg(countText(sample)));
    const auto& set = snapshot->run->samples;
    const auto picture = set ? pictureOf(*set, sample, fontMetrics().height() * 9, devicePixelRatioF()) : QPixmap();
    solvers_->show();
    picture_->setVisible(!picture.isNull());
    picture_->setPixmap(picture);
    picture_->setAccessibleName(tr("Picture of sample %1").arg(countText(sample)));

    const auto group = groupText(*snapshot, sample);
    auto noun = groupNoun(*snapshot);
    if (!noun.isEmpty()) noun[0] = noun[0].toUpper();
    const auto total = tr("Niche total z: %1").arg(numberText(nicheTotal(*snapshot, sample), 2));
    facts_->setText(group.isEmpty() ? total : tr("%1: %2\n%3").arg(noun, group, total));

    const bool texts = set && set->hasTexts() && sample < set->texts.size();
    question_->setVisible(texts);
    question_->setMaximumHeight(fontMetrics().lineSpacing() * (hasPictures(snapshot) ? 5 : 12));
    if (texts) showQuestion(set->texts[sample]);

    auto solvers = solversOf(*snapshot, sample);
    const auto members =
        std::count_if(snapshot->members.begin(), snapshot->members.end(), [](const auto& m) { return m != nullptr; });
    solvers_->setText(solvers.empty()       ? tr("No member solves this sample.")
                      : solvers.size() == 1 ? tr("One of %1 members solves it.").arg(members)
                                            : tr("%1 of %2 members solve it.").arg(solvers.size()).arg(members));
    const bool painted = hasPictures(snapshot);
    board_->setVisible(painted);
    if (painted) return showPictures(snapshot, sample);
    board_->setContent({});
    // Wrong answers are as telling as right ones.
    const bool answers =
        texts || snapshot->answersAwaited ||
        std::ranges::any_of(snapshot->members, [](const MemberPtr& member) { return member && member->answers; });
    auto rows = answers ? answersTo(*snapshot, sample) : std::move(solvers);
    table_->setVisible(!rows.empty());
    table_->setColumnHidden(SolverTable::AnswerColumn, !answers);
    // Sentences take what room there is; a word stands beside the member.
    auto* header = table_->horizontalHeader();
    columns_->setWide(texts ? SolverTable::AnswerColumn : SolverTable::ShareColumn);
    header->moveSection(header->visualIndex(SolverTable::AnswerColumn),
                        texts ? SolverTable::AnswerColumn : SolverTable::ScoreColumn);
    model_->setSolvers(std::move(rows));
    const auto awaited = awaitedAnswersText(*snapshot);
    problem_->setText(awaited.isEmpty() ? QString::fromStdString(snapshot->whyNoAnswers) : awaited);
    problem_->setVisible(!problem_->text().isEmpty());
    whose_->setVisible(texts);
    answer_->setVisible(texts);
    if (texts && !table_->currentIndex().isValid()) table_->selectRow(0);
    showAnswer();
}

/// The pictures say all that the table would.
void SamplePage::showPictures(const SnapshotPtr& snapshot, std::size_t sample) {
    for (QWidget* one : std::initializer_list<QWidget*>{picture_, solvers_, table_, problem_, whose_, answer_})
        one->hide();
    board_->setContent(wallOf(snapshot, sample));
}

void SamplePage::mark(std::optional<MemberId> member) { board_->select(member, {}); }

void SamplePage::showQuestion(const SampleText& text) {
    setWords(
        question_,
        tr("%1\n\nReference: %2").arg(QString::fromStdString(text.question), QString::fromStdString(text.reference)));
}

void SamplePage::showAnswer() {
    const auto* one = model_->solver(table_->currentIndex().row());
    whose_->setText(one ? tr("Answer of %1").arg(memberText(one->member)) : QString());
    setWords(answer_, !one ? QString() : one->answer.isNull() ? tr("Its answer is not known.") : one->answer);
}

}  // namespace mergarium
