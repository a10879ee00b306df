#include "ui/queue/start_question.h"

#include "ui/theme/translation.h"

#include <QMessageBox>
#include <QPushButton>

namespace mergarium {

void askHowToStart(const StartQuestion& question, QWidget* window) {
    auto* box = new QMessageBox(window);
    box->setObjectName("startQuestion");
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setIcon(QMessageBox::Question);
    box->setWindowTitle(tr("Start a run"));
    box->setTextFormat(Qt::PlainText);
    box->setText(tr("%1 is going on.").arg(question.going));
    box->setInformativeText(
        question.queue
            ? tr("%1 can wait until it has ended, or begin in its place; what is stopped is stored, and can "
                 "be resumed.")
                  .arg(question.fresh)
            : tr("%1 can go on in its place; what is stopped is stored, and can be resumed.").arg(question.fresh));
    if (question.queue) {
        auto* queue = box->addButton(tr("&Queue behind it"), QMessageBox::AcceptRole);
        queue->setObjectName("queueBehind");
        QObject::connect(queue, &QPushButton::clicked, window, question.queue);
        box->setDefaultButton(queue);
    }
    auto* start = box->addButton(question.queue ? tr("&Stop it and start") : tr("&Stop it and go on"),
                                 QMessageBox::DestructiveRole);
    start->setObjectName("stopAndStart");
    QObject::connect(start, &QPushButton::clicked, window, question.start);
    box->addButton(QMessageBox::Cancel);
    box->open();
}

}  // namespace mergarium
