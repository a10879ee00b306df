#pragma once

#include "core/comparison/comparison.h"
#include "tests/support/example_snapshot.h"
#include "ui/attraction/attraction_matrix.h"
#include "ui/attraction/attraction_view.h"
#include "ui/compare/compare_plot.h"
#include "ui/figures/figure_desk.h"
#include "ui/genome/genome_canvas.h"
#include "ui/genome/genome_view.h"
#include "ui/lineage/lineage_canvas.h"
#include "ui/lineage/lineage_view.h"
#include "ui/niches/niche_canvas.h"
#include "ui/niches/niches_view.h"
#include "ui/overview/overview_view.h"
#include "ui/overview/progress_plot.h"

#include <QTest>
#include <QXmlStreamReader>

#include <map>
#include <memory>
#include <vector>

namespace mergarium::test {

/// What an SVG document has.
struct Svg {
    bool wellFormed = false;
    QString problem, title;
    QStringList texts;
    int paths = 0, images = 0, clips = 0;
    QSet<QString> fills;
};

inline Svg read(const QByteArray& document) {
    Svg svg;
    QXmlStreamReader xml(document);
    while (!xml.atEnd()) {
        if (xml.readNext() != QXmlStreamReader::StartElement) continue;
        const auto name = xml.name().toString();
        if (name == "path") {
            ++svg.paths;
            svg.fills << xml.attributes().value("fill").toString();
        }
        svg.images += name == "image" ? 1 : 0;
        svg.clips += name == "clipPath" ? 1 : 0;
        if (name == "title") svg.title = xml.readElementText();
        if (name == "text") svg.texts << xml.readElementText();
    }
    svg.wellFormed = !xml.hasError();
    svg.problem = xml.errorString();
    return svg;
}

inline QByteArray bytesOf(const QWidget& picture, const QString& format, const FigureForm& form = {},
                          const QString& title = "title") {
    const auto page = pageOf(form, picture.palette(), tabularFont());
    const auto paint = dynamic_cast<const FigureSource&>(picture).figure(page);
    return paint ? figureBytes(paint, page, form, format, title) : QByteArray();
}

/// A family of founders and their child, whatever is asked for.
inline Family familyOf(const SessionSnapshot& snapshot) {
    Family family;
    for (std::size_t slot = 0; slot < 3; ++slot) family.relatives.push_back({.member = snapshot.members[slot]});
    auto child = *snapshot.members[2];
    child.parentage = Parentage{snapshot.members[0]->id, snapshot.members[1]->id, {.splits = {40}, .ratio = 0.25}};
    family.relatives[2].member = std::make_shared<const Member>(child);
    return family;
}

inline std::shared_ptr<const Comparison> twoArms() {
    std::vector<ComparedRun> runs;
    for (const auto* arm : {"m2n2 & <more>", "ga"})
        for (std::uint64_t seed = 1; seed <= 3; ++seed) {
            ComparedRun run{.arm = arm, .seed = seed, .budget = 1000, .finished = true, .curve = {}};
            for (std::uint64_t step = 0; step <= 1000; step += 50)
                run.curve.push_back({.step = step, .bestTrain = 0.5, .bestTest = 0.0005 * double(step + 10 * seed)});
            runs.push_back(run);
        }
    return std::make_shared<const Comparison>(compareArms("two arms", runs));
}

/// Every picture of the window, each in a view of its own that is shown.
class Pictures {
public:
    explicit Pictures(const SnapshotPtr& snapshot = exampleSnapshot()) : snapshot_(snapshot) {
        addView<OverviewView, ProgressPlot>("overview", selection_);
        addView<NichesView, NicheCanvas>("niches", selection_);
        addView<AttractionView, AttractionMatrix>("attraction", selection_);
        addView<GenomeView, GenomeCanvas>("genome", selection_);
        addView<LineageView, LineageCanvas>(
            "lineage", [this](RunId, MemberId, const FamilyReach&) { return familyOf(*snapshot_); }, selection_);
        auto plot = std::make_unique<ComparePlot>();
        plot->resize(700, 400);
        plot->show(twoArms(), 0);
        pictures_["compare"] = plot.get();
        views_.push_back(std::move(plot));
    }

    QWidget& operator[](const QString& name) { return *pictures_.at(name); }
    Selection& selection() { return selection_; }
    /// Once it has something to be seen.
    QByteArray bytes(const QString& name, const QString& format, const FigureForm& form = {}) {
        QByteArray bytes;
        [&] { QTRY_VERIFY(!(bytes = bytesOf((*this)[name], format, form)).isEmpty()); }();
        return bytes;
    }

private:
    template <class View, class Picture, class... Arguments>
    void addView(const QString& name, Arguments&&... arguments) {
        auto view = std::make_unique<View>(std::forward<Arguments>(arguments)...);
        view->resize(1000, 700);
        view->setSnapshot(snapshot_);
        view->show();
        pictures_[name] = view->template findChild<Picture*>();
        views_.push_back(std::move(view));
    }

    SnapshotPtr snapshot_;
    Selection selection_;
    std::map<QString, QWidget*> pictures_;
    std::vector<std::unique_ptr<QWidget>> views_;
};

}  // namespace mergarium::test
