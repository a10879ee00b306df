#include "ui/setup/founder_list.h"
#include "tests/support/suite.h"

#include <QDir>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using namespace mergarium;
using namespace mergarium::test;

// The founders of a new run as a list of names.
class FounderListTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void foundersAreAddedRemovedAndMovedByKeys() {
        QTemporaryDir folder;
        const auto model = [&](const char* name) {
            const auto path = folder.filePath(name);
            QDir().mkpath(path);
            QFile file(path + "/model.safetensors");
            file.open(QFile::WriteOnly);
            return path;
        };
        FounderList list;
        QSignalSpy changed(&list, &FounderList::changed);
        list.add({model("a"), model("b"), model("c")});
        QCOMPARE(list.founders().size(), 3u);
        QCOMPARE(changed.size(), 1);
        auto* view = list.findChild<QListWidget*>();
        view->setCurrentRow(2);
        QTest::keyClick(view, Qt::Key_Up, Qt::ControlModifier);
        QCOMPARE(QString::fromStdString(list.founders()[1].base.filename().string()), QString("c"));
        QTest::keyClick(view, Qt::Key_Delete);
        QCOMPARE(list.founders().size(), 2u);
        QCOMPARE(QString::fromStdString(list.founders()[1].base.filename().string()), QString("b"));

        // An adapter goes onto the chosen founder; what is no model is refused by name.
        const auto adapter = folder.filePath("lora");
        QDir().mkpath(adapter);
        QFile(adapter + "/adapter_config.json").open(QFile::WriteOnly);
        view->setCurrentRow(0);
        list.add({adapter});
        QCOMPARE(list.founders()[0].adapter, AdapterStack(adapter.toStdString()));
        // A second one beside it, and weights as text.
        list.add({adapter});
        const auto both = "/m+" + adapter + "*0.5+" + adapter;
        view->item(0)->setText(both);
        QTRY_COMPARE(list.founders()[0].base, std::filesystem::path("/m"));
        QCOMPARE(list.founders()[0].adapter,
                 AdapterStack({{adapter.toStdString(), 0.5}, {adapter.toStdString(), 1.0}}));
        QTRY_COMPARE(view->item(0)->text(), both);
        list.add({folder.path()});
        QCOMPARE(list.founders().size(), 2u);
        const auto labels = list.findChildren<QLabel*>();
        QVERIFY(std::any_of(labels.begin(), labels.end(),
                            [&](auto* label) { return label->text().contains("holds no safetensors file"); }));
    }

    void aModelOfHuggingFacesCacheIsShownByItsName() {
        QTemporaryDir folder;
        qputenv("HF_HUB_CACHE", folder.path().toUtf8());
        const auto repository = folder.filePath("models--org--name");
        QDir().mkpath(repository + "/snapshots/0f3a");
        QFile(repository + "/snapshots/0f3a/model.safetensors").open(QFile::WriteOnly);
        FounderList list;
        list.add({repository});
        const auto place = repository + "/snapshots/0f3a";
        QCOMPARE(QString::fromStdString(list.founders().at(0).base.string()), place);
        const auto* item = list.findChild<QListWidget*>()->item(0);
        QCOMPARE(item->text(), QString("org/name"));
        QVERIFY(item->toolTip().startsWith(place));
        qunsetenv("HF_HUB_CACHE");
    }
};

MERGARIUM_SUITE(FounderListTest)
#include "founder_list_test.moc"
