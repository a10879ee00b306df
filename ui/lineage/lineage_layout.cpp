#include "ui/lineage/lineage_layout.h"

#include <graphviz/gvc.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>

namespace mergarium {
namespace {

constexpr double kPointsPerInch = 72.0;

/// Graphviz keeps state between calls.
std::mutex& graphviz() {
    static std::mutex mutex;
    return mutex;
}

/// Its attributes want characters that may be written to.
void set(void* object, const char* name, const std::string& value) {
    agsafeset(object, const_cast<char*>(name), const_cast<char*>(value.c_str()), const_cast<char*>(""));
}

/// A graph, laid out for as long as this lives.
class Drawing {
public:
    Drawing() : context_(gvContext()), graph_(agopen(const_cast<char*>("lineage"), Agdirected, nullptr)) {
        set(graph_, "nodesep", "0.25");
        set(graph_, "ranksep", "0.45");
    }
    ~Drawing() {
        gvFreeLayout(context_, graph_);
        agclose(graph_);
        gvFreeContext(context_);
    }
    Drawing(const Drawing&) = delete;
    Drawing& operator=(const Drawing&) = delete;

    Agnode_t* addBox(std::size_t name, QSizeF size) {
        auto* node = agnode(graph_, std::to_string(name).data(), 1);
        set(node, "shape", "box");
        set(node, "label", "");
        set(node, "fixedsize", "true");
        set(node, "width", std::to_string(size.width() / kPointsPerInch));
        set(node, "height", std::to_string(size.height() / kPointsPerInch));
        return node;
    }
    Agedge_t* addLine(Agnode_t* from, Agnode_t* to) { return agedge(graph_, from, to, nullptr, 1); }

    void layOut() {
        if (gvLayout(context_, graph_, "dot") != 0)
            throw std::runtime_error(
                "Graphviz can't lay out the family: its layout plugin is missing; reinstall the "
                "package libgvc6.");
    }

    QSizeF size() const {
        const auto box = GD_bb(graph_);
        return {box.UR.x - box.LL.x, box.UR.y - box.LL.y};
    }
    /// Graphviz counts upwards.
    QPointF place(pointf point) const { return {point.x - GD_bb(graph_).LL.x, GD_bb(graph_).UR.y - point.y}; }

private:
    GVC_t* context_;
    Agraph_t* graph_;
};

QPainterPath pathOf(const Drawing& drawing, Agedge_t* edge) {
    QPainterPath path;
    const auto* splines = ED_spl(edge);
    for (std::size_t i = 0; splines && i < static_cast<std::size_t>(splines->size); ++i) {
        const auto& curve = splines->list[i];
        path.moveTo(drawing.place(curve.list[0]));
        for (std::size_t point = 1; point + 2 < static_cast<std::size_t>(curve.size); point += 3)
            path.cubicTo(drawing.place(curve.list[point]), drawing.place(curve.list[point + 1]),
                         drawing.place(curve.list[point + 2]));
        // The curve ends where an arrow's head would begin.
        if (curve.eflag) path.lineTo(drawing.place(curve.ep));
    }
    return path;
}

/// Between those that are there.
std::vector<LineageLine> linesOf(const Family& family) {
    std::map<MemberId, std::size_t> places;
    for (std::size_t i = 0; i < family.relatives.size(); ++i) places[family.relatives[i].member->id] = i;
    std::vector<LineageLine> lines;
    for (std::size_t child = 0; child < family.relatives.size(); ++child) {
        const auto& parentage = family.relatives[child].member->parentage;
        if (!parentage) continue;
        const bool same = parentage->first == parentage->second;
        if (const auto found = places.find(parentage->first); found != places.end())
            lines.push_back({.parent = found->second, .child = child, .fromSecond = same, .path = {}});
        if (const auto found = places.find(parentage->second); found != places.end() && !same)
            lines.push_back(
                {.parent = found->second, .child = child, .fromFirst = false, .fromSecond = true, .path = {}});
    }
    return lines;
}

}  // namespace

LineageLayoutPtr layOut(Family family, QSizeF box) {
    LineageLayout layout{.family = std::move(family), .boxes = {}, .lines = {}, .size = {}};
    layout.lines = linesOf(layout.family);
    if (layout.family.relatives.empty()) return std::make_shared<const LineageLayout>(std::move(layout));

    const std::scoped_lock lock(graphviz());
    Drawing drawing;
    std::vector<Agnode_t*> nodes;
    for (std::size_t i = 0; i < layout.family.relatives.size(); ++i) nodes.push_back(drawing.addBox(i, box));
    std::vector<Agedge_t*> edges;
    for (const auto& line : layout.lines) edges.push_back(drawing.addLine(nodes[line.parent], nodes[line.child]));
    drawing.layOut();
    for (auto* node : nodes) {
        const auto center = drawing.place(ND_coord(node));
        layout.boxes.emplace_back(center.x() - box.width() / 2, center.y() - box.height() / 2, box.width(),
                                  box.height());
    }
    for (std::size_t i = 0; i < edges.size(); ++i) layout.lines[i].path = pathOf(drawing, edges[i]);
    layout.size = drawing.size();
    return std::make_shared<const LineageLayout>(std::move(layout));
}

}  // namespace mergarium
