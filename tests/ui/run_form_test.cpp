#include "ui/setup/run_form.h"
#include "core/configuration/presets.h"
#include "core/fields/kinds.h"
#include "tests/support/shipped_presets.h"
#include "tests/support/suite.h"
#include "ui/setup/founder_list.h"
#include "ui/setup/number_boxes.h"
#include "ui/setup/question_files.h"

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QScrollArea>
#include <QScrollBar>
#include <QTableWidget>
#include <QTest>

using namespace mergarium;
using namespace mergarium::test;

namespace {

void choose(RunForm& form, const char* key, const char* kind) {
    form.findChild<QComboBox*>(key)->setCurrentText(kind);
    // Rows of the other kind go when the window gets round to it.
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    QCoreApplication::sendPostedEvents();
}

}  // namespace

class RunFormTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void formKeepsEveryPresetAsItIs_data() {
        QTest::addColumn<int>("index");
        const auto all = shippedPresets();
        for (int index = 0; index < static_cast<int>(all.size()); ++index)
            QTest::newRow(all[static_cast<std::size_t>(index)].name.c_str()) << index;
    }

    void formKeepsEveryPresetAsItIs() {
        QFETCH(int, index);
        const auto configuration = shippedPresets()[static_cast<std::size_t>(index)].configuration;
        RunForm form;
        form.setConfiguration(configuration, configuration);
        QVERIFY(form.configuration() == configuration);
        QVERIFY(!form.violation());
        QVERIFY(!form.isChanged());
    }

    void everyPresetFitsANarrowPage_data() { formKeepsEveryPresetAsItIs_data(); }

    // Beside both panes in a window of 1280 pixels.
    void everyPresetFitsANarrowPage() {
        QFETCH(int, index);
        const auto configuration = shippedPresets()[static_cast<std::size_t>(index)].configuration;
        RunForm form;
        form.setConfiguration(configuration, configuration);
        form.show();
        const int most = 82 * form.fontMetrics().averageCharWidth();
        QVERIFY2(form.minimumSizeHint().width() <= most,
                 qPrintable(QString("%1 > %2").arg(form.minimumSizeHint().width()).arg(most)));
    }

    void keysGoBelowNamesInsteadOfScrollingSideways() {
        const auto all = shippedPresets();
        const auto lm = std::ranges::find_if(all, [](const auto& one) { return one.configuration.task.index() > 0; });
        QVERIFY(lm != all.end());
        QScrollArea area;
        auto* form = new RunForm;
        form->setConfiguration(lm->configuration, lm->configuration);
        area.setWidget(form);
        area.setWidgetResizable(true);
        area.show();
        const int least = form->minimumSizeHint().width() + area.verticalScrollBar()->sizeHint().width() + 2;
        for (const int width : {3 * least, least, 3 * least}) {
            area.resize(width, 500);
            QTRY_COMPARE(area.horizontalScrollBar()->maximum(), 0);
            int named = 0;
            for (const auto* label : form->findChildren<QLabel*>())
                if (label->isVisibleTo(form) && label->text().contains("task.kind")) {
                    ++named;
                    QTRY_COMPARE(label->text().contains("<br>"), width == least);
                }
            QCOMPARE(named, 1);
        }
    }

    void formKeepsWhatIsOutOfTheOrdinary() {
        RunConfiguration configuration;
        configuration.strategy =
            M2n2Settings{.competition = {.alpha = 0.0625, .capacity = Capacity::Best, .epsilon = 1e-12},
                         .splice = {.splits = {3, 64},
                                    .ratio = BetaRatio{0.0123},
                                    .interpolation = Interpolation::SlerpPerSide,
                                    .mutation = 0.00003}};
        configuration.seed = 9'007'199'254'740'993ull;  // more than a double can hold
        configuration.device = "cuda:1";
        RunForm form;
        form.setConfiguration(configuration, configuration);
        QVERIFY(form.configuration() == configuration);
    }

    void formKeepsALanguageTask() {
        CausalLmSettings task;
        task.files = {
            {.name = "sums",
             .train = "/data/train.jsonl",
             .test = "/data/test.jsonl",
             .heldOut = 0.0,
             .weight = 2.5,
             .limit = 100},
            {.name = "", .train = "/data/words.jsonl", .test = {}, .heldOut = 0.1, .weight = 1.0, .limit = 0}};
        task.prompt = "Question: {question}\nAnswer:";
        task.chat = "chatml";
        task.system = "Be brief.";
        task.reference = "solution";
        task.extraction = Extraction::Pattern;
        task.pattern = "#### (.*)";
        task.stop = {"\n\n", "Question: ", "\\"};
        task.maxNewTokens = 64;
        task.batch = 8;
        RunConfiguration configuration;
        configuration.task = task;
        configuration.founders = std::vector<CheckpointFounder>{{.base = "/models/a", .adapter = {}},
                                                                {.base = "/models/b", .adapter = "/models/b-lora"}};
        configuration.tensors = {.exclude = {"*.rotary_emb.inv_freq"},
                                 .freeze = {{.pattern = "*norm*", .founder = 1}},
                                 .commonVocabulary = true};
        configuration.strategy = RatioSearchSettings{.ratio = EvenRatios{}, .earlyRejection = false};
        RunForm form;
        form.setConfiguration(configuration, configuration);
        QVERIFY(form.configuration() == configuration);
        QVERIFY(!form.violation());
        std::get<CausalLmSettings>(configuration.task).scoring = QuestionScoring::MultipleChoice;
        std::get<CausalLmSettings>(configuration.task).choices = "options";
        std::get<CausalLmSettings>(configuration.task).lengthNormalized = false;
        form.setConfiguration(configuration, configuration);
        QVERIFY(form.configuration() == configuration);
    }

    void formKeepsACommandTask() {
        CommandSettings task;
        task.program = {"python3", "my evaluator.py", "--say", "it's \"so\"", "", "C:\\\\here", "\"quoted\""};
        task.folder = "/data/here";
        task.samples = "/data/samples.jsonl";
        task.testSamples = "/data/held out.jsonl";
        task.lifetime = EvaluatorLifetime::PerChild;
        task.handover = Handover::InPlace;
        task.timeout = 12.5;
        task.batch = 32;
        task.scratch = "/dev/shm";
        RunConfiguration configuration;
        configuration.task = task;
        configuration.founders = std::vector<CheckpointFounder>{{.base = "/a.safetensors", .adapter = {}},
                                                                {.base = "/b.safetensors", .adapter = {}}};
        RunForm form;
        form.setConfiguration(configuration, configuration);
        QVERIFY(form.configuration() == configuration);
        QVERIFY(!form.violation());
    }

    void eachTaskShowsItsOwnFields() {
        RunForm form;
        form.show();
        auto* task = form.findChild<QComboBox*>("task.kind");
        const auto sees = [&](const char* key) {
            const auto* editor = form.findChild<QWidget*>(key);
            return editor && editor->isVisible();
        };
        QVERIFY(!sees("task.prompt") && !sees("task.program") && !sees("tensors.freeze"));
        task->setCurrentText("causal-lm");
        QCoreApplication::sendPostedEvents();
        QVERIFY(sees("task.prompt") && sees("tensors.freeze") && sees("task.extract"));
        QVERIFY(!sees("task.program") && !sees("task.choices"));
        QCOMPARE(form.violation()->key, std::string("task.files"));
        form.findChild<QComboBox*>("task.scoring")->setCurrentText("multiple-choice");
        QCoreApplication::sendPostedEvents();
        QVERIFY(sees("task.choices") && !sees("task.extract"));
        task->setCurrentText("command");
        QVERIFY(sees("task.program") && !sees("task.prompt"));
        task->setCurrentText("digits");
        QVERIFY(!form.violation());
        QVERIFY(!form.isChanged());
    }

    void theModelsOwnChatTemplateIsOffered() {
        RunForm form;
        form.findChild<QComboBox*>("task.kind")->setCurrentText("causal-lm");
        auto* chat = form.findChild<QComboBox*>("task.chat");
        QVERIFY(chat && chat->findText("model") >= 0);
        QVERIFY(chat->whatsThis().contains("first founder's own") || chat->toolTip().contains("first founder's own"));
        for (const char* name : {"model", "model:tool_use"}) {
            chat->setCurrentText(name);
            QCOMPARE(std::get<CausalLmSettings>(form.configuration().task).chat, std::string(name));
        }
    }

    void numbersOfQuestionFilesAreCheckedAsTheyAreTyped() {
        RunForm form;
        form.findChild<QComboBox*>("task.kind")->setCurrentText("causal-lm");
        auto* table = form.findChild<QTableWidget*>("questionFiles");
        form.findChild<QuestionFiles*>()->add({"/data/a.jsonl"});
        form.findChild<FounderList*>()->setFounders({{.base = "/a", .adapter = {}}, {.base = "/b", .adapter = {}}});
        table->item(0, 3)->setText("much");
        QCOMPARE(form.violation()->key, std::string("task.files"));
        table->item(0, 3)->setText("3");
        table->item(0, 2)->setText("1.5");
        QCOMPARE(form.violation()->key, std::string("task.files"));
        table->item(0, 2)->setText("0.25");
        QVERIFY(!form.violation());
    }

    void everyKindOfStrategyHasAFieldForEachOfItsParameters() {
        RunForm form;
        for (const auto& settings : defaultKinds<StrategySettings>()) {
            choose(form, "strategy.kind", std::string(kindOf(settings)).c_str());
            QCOMPARE(form.configuration().strategy, settings);
            for (const auto& entry : parametersOf(form.configuration())) {
                if (!entry.key.starts_with("strategy.") || entry.shorthand) continue;
                auto* editor = form.findChild<QWidget*>(QString::fromStdString(entry.key));
                QVERIFY2(editor, entry.key.c_str());
                QVERIFY2(editor->toolTip().contains(QString::fromStdString(entry.help)), entry.key.c_str());
            }
        }
        choose(form, "strategy.kind", "map-elites");
        QVERIFY(!form.findChild<QWidget*>("strategy.archive"));
        QVERIFY(form.findChild<QWidget*>("strategy.descriptors"));
    }

    void anotherKindKeepsWhatBothHaveAndStartsFromItsOwnDefaults() {
        RunForm form;
        form.findChild<CountBox*>("strategy.archive")->setValue(33);
        form.findChild<NumberBox*>("strategy.mutation")->setValue(0.25);
        choose(form, "strategy.kind", "ga");
        const auto ga = std::get<GaSettings>(form.configuration().strategy);
        QCOMPARE(ga.archive, 33u);
        QCOMPARE(ga.splice.mutation, 0.25);
        QCOMPARE(ga.competition.alpha, 0.0);
        QVERIFY(!ga.attraction);
        QVERIFY(form.isChanged());
        form.setConfiguration({}, {});
        QVERIFY(!form.isChanged());
        QCOMPARE(traitsOf(form.configuration().strategy).competition.alpha, 1.0);
    }

    void whatIsTypedArrives() {
        RunForm form;
        form.findChild<NumberBox*>("strategy.alpha")->setValue(0.0625);
        form.findChild<CountBox*>("splitsMost")->setValue(12);
        form.findChild<QComboBox*>("strategy.capacity")->setCurrentText("best");
        const auto m2n2 = std::get<M2n2Settings>(form.configuration().strategy);
        QCOMPARE(m2n2.competition.alpha, 0.0625);
        QCOMPARE(m2n2.competition.capacity, Capacity::Best);
        QCOMPARE(m2n2.splice.splits, (SplitCount{1, 12}));
        form.findChild<NumberBox*>("strategy.alpha")->findChild<QLineEdit*>()->setText("much");
        QCOMPARE(form.violation()->key, std::string("strategy.alpha"));
        QCOMPARE(QString::fromStdString(form.violation()->sentence), QString("must be a number from 0 to 100"));
    }

    void whatTheWindowHasNoEditorForIsTypedAsYaml() {
        RunForm form;
        choose(form, "strategy.kind", "map-elites");
        auto* line = form.findChild<QLineEdit*>("strategy.descriptors");
        line->setText("{odd: [1, 3], even: [0]}");
        QCOMPARE(std::get<MapElitesSettings>(form.configuration().strategy).descriptors.size(), 2u);
        line->setText("{odd: 1}");
        QCOMPARE(form.violation()->key, std::string("strategy.descriptors"));
    }

    void numbersKeepTheirLastDigit() {
        NumberBox number;
        for (const double value : {0.00003, 0.0625, 0.1, 1e-300, 123456789.123456789, -2.5}) {
            number.setValue(value);
            QCOMPARE(*number.value(), value);
        }
        number.setValue(0.3);
        number.stepBy(1);
        QCOMPARE(*number.value(), 0.31);
        CountBox count;
        count.setUnset("all");
        for (const std::uint64_t value : {0ull, 1ull, 1'000'000ull, 18'446'744'073'709'551'615ull}) {
            count.setValue(value);
            QCOMPARE(*count.value(), value);
        }
        count.setValue(0);
        QCOMPARE(count.text(), QString("all"));
        count.stepBy(-1);
        QCOMPARE(*count.value(), 0u);
        count.stepBy(3);
        QCOMPARE(count.text(), QString("3"));
    }
};

MERGARIUM_SUITE(RunFormTest)
#include "run_form_test.moc"
