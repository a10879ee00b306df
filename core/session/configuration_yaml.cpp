#include "core/session/configuration.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <charconv>
#include <cmath>
#include <fstream>
#include <initializer_list>
#include <set>
#include <sstream>

namespace mergarium {
namespace {

/// Where messages say that a key stands.
class Source {
public:
    Source(std::string name, const std::vector<Override>& overrides) : name_(std::move(name)) {
        for (const auto& one : overrides) overridden_.insert(one.key);
    }

    [[noreturn]] void refuse(const std::string& key, const YAML::Mark& mark, std::string_view sentence) const {
        throw ConfigurationError(fmt::format("{}: {}: {}.", place(key, mark), key, sentence));
    }

private:
    std::string place(const std::string& key, const YAML::Mark& mark) const {
        for (std::string prefix = key; !prefix.empty(); prefix.resize(prefix.find_last_of('.') + 1 ? prefix.find_last_of('.') : 0))
            if (overridden_.contains(prefix)) return "--set " + prefix;
        return mark.is_null() ? name_ : fmt::format("{}, line {}", name_, mark.line + 1);
    }

    std::string name_;
    std::set<std::string> overridden_;
};

/// One YAML map, read key by key; `close` refuses what nobody asked for.
class Section {
public:
    Section(const YAML::Node& node, std::string path, const Source& source) : node_(node), path_(std::move(path)), source_(source) {
        if (!node_.IsMap()) source_.refuse(path_.empty() ? "the file" : path_, node_.Mark(), "must be a map of keys and values");
        std::set<std::string> seen;
        for (const auto& entry : node_) {
            const auto key = entry.first.IsScalar() ? entry.first.Scalar() : std::string("?");
            if (!seen.insert(key).second) source_.refuse(full(key), entry.first.Mark(), "stands here a second time; remove one");
        }
    }

    std::optional<YAML::Node> find(const std::string& key) {
        known_.insert(key);
        for (const auto& entry : node_)
            if (entry.first.IsScalar() && entry.first.Scalar() == key) return entry.second;
        return std::nullopt;
    }

    std::string full(const std::string& key) const { return path_.empty() ? key : path_ + "." + key; }

    [[noreturn]] void refuse(const std::string& key, const YAML::Node& value, std::string_view sentence) const {
        source_.refuse(full(key), value.Mark(), sentence);
    }

    void text(const std::string& key, std::string& into) {
        if (const auto value = find(key)) into = scalar(key, *value);
    }

    void whole(const std::string& key, std::uint64_t& into) {
        if (const auto value = find(key)) into = wholeOf(key, *value);
    }

    void number(const std::string& key, double& into) {
        if (const auto value = find(key)) into = numberOf(key, *value);
    }

    void truth(const std::string& key, bool& into) {
        const auto value = find(key);
        if (!value) return;
        if (!value->IsScalar() || !YAML::convert<bool>::decode(*value, into)) refuse(key, *value, "must be true or false");
    }

    template <typename Choice>
    void choice(const std::string& key, std::initializer_list<Choice> choices, Choice& into) {
        const auto value = find(key);
        if (!value) return;
        const auto word = scalar(key, *value);
        std::string names;
        for (const Choice one : choices) {
            if (nameOf(one) == word) {
                into = one;
                return;
            }
            names += (names.empty() ? "" : ", ") + std::string(nameOf(one));
        }
        refuse(key, *value, fmt::format("is '{}', but must be one of: {}", word, names));
    }

    std::string scalar(const std::string& key, const YAML::Node& value) const {
        if (!value.IsScalar()) refuse(key, value, "must be a single value");
        return value.Scalar();
    }

    std::uint64_t wholeOf(const std::string& key, const YAML::Node& value) const {
        const auto word = scalar(key, value);
        std::uint64_t number = 0;
        const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
        if (error != std::errc{} || end != word.data() + word.size())
            refuse(key, value, fmt::format("is '{}', but must be a whole number of at least 0", word));
        return number;
    }

    double numberOf(const std::string& key, const YAML::Node& value) const {
        const auto word = scalar(key, value);
        double number = 0.0;
        const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
        if (error != std::errc{} || end != word.data() + word.size() || !std::isfinite(number))
            refuse(key, value, fmt::format("is '{}', but must be a finite number", word));
        return number;
    }

    void close() const {
        for (const auto& entry : node_) {
            const auto key = entry.first.IsScalar() ? entry.first.Scalar() : std::string("?");
            if (known_.contains(key)) continue;
            std::string names;
            for (const auto& one : known_) names += (names.empty() ? "" : ", ") + one;
            source_.refuse(full(key), entry.first.Mark(), fmt::format("is not a known key; known here are: {}", names));
        }
    }

private:
    YAML::Node node_;
    std::string path_;
    const Source& source_;
    std::set<std::string> known_;
};

void readSplits(Section& strategy, SplitCount& splits) {
    bool splitPoint = splits.most > 0;
    strategy.truth("split_point", splitPoint);
    if (const auto value = strategy.find("splits")) {
        const auto narrow = [&](const YAML::Node& node) {
            const auto count = strategy.wholeOf("splits", node);
            if (count > 100'000) strategy.refuse("splits", node, fmt::format("must be at most 100,000, not {}", count));
            return static_cast<std::uint32_t>(count);
        };
        if (value->IsSequence() && value->size() == 2)
            splits = {narrow((*value)[0]), narrow((*value)[1])};
        else if (value->IsScalar())
            splits = {narrow(*value), narrow(*value)};
        else
            strategy.refuse("splits", *value, "must be a number of split points, or [least, most]");
    }
    if (!splitPoint) splits = {0, 0};
}

void readRatio(Section& strategy, std::variant<UniformRatio, BetaRatio>& ratio, const Source& source) {
    const auto value = strategy.find("ratio");
    if (!value) return;
    if (value->IsScalar() && value->Scalar() == "uniform") {
        ratio = UniformRatio{};
    } else if (value->IsMap()) {
        Section inner(*value, strategy.full("ratio"), source);
        BetaRatio beta;
        if (!inner.find("beta")) strategy.refuse("ratio", *value, "must be uniform, or a map like {beta: 0.3}");
        inner.number("beta", beta.shape);
        inner.close();
        ratio = beta;
    } else {
        strategy.refuse("ratio", *value, "must be uniform, or a map like {beta: 0.3}");
    }
}

void readStrategy(const YAML::Node& node, RunConfiguration& c, const Source& source) {
    Section strategy(node, "strategy", source);
    strategy.choice("kind", {StrategyKind::M2n2, StrategyKind::Ga}, c.strategy);
    if (c.strategy == StrategyKind::Ga) {  // M2N2 without its two ideas
        c.competition.alpha = 0.0;
        c.attraction = false;
    }
    strategy.whole("archive", c.archive);
    strategy.number("alpha", c.competition.alpha);
    strategy.number("epsilon", c.competition.epsilon);
    strategy.choice("capacity", {Capacity::Unit, Capacity::Best}, c.competition.capacity);
    strategy.truth("attraction", c.attraction);
    strategy.truth("crossover", c.crossover);
    readSplits(strategy, c.splice.splits);
    readRatio(strategy, c.splice.ratio, source);
    strategy.choice("interpolation", {Interpolation::Slerp, Interpolation::Lerp, Interpolation::SlerpPerSide}, c.splice.interpolation);
    strategy.number("mutation", c.splice.mutation);
    strategy.close();
}

/// The node a dotted key names, or the deepest one above it that exists.
YAML::Node nodeAt(const YAML::Node& root, std::string_view key) {
    YAML::Node node = root;
    while (!key.empty()) {
        const auto dot = key.find('.');
        const std::string part(key.substr(0, dot));
        key = dot == std::string_view::npos ? std::string_view{} : key.substr(dot + 1);
        if (!node.IsMap()) break;
        const YAML::Node& constant = node;
        const YAML::Node next = constant[part];
        if (!next.IsDefined()) break;
        node.reset(next);
    }
    return node;
}

void apply(const Override& one, YAML::Node root) {
    YAML::Node value;
    try {
        value = YAML::Load(one.value);
    } catch (const YAML::Exception&) {
        throw ConfigurationError(fmt::format("--set {}: '{}' is not a YAML value.", one.key, one.value));
    }
    YAML::Node node = root;
    std::string_view key = one.key;
    for (auto dot = key.find('.'); dot != std::string_view::npos; dot = key.find('.')) {
        const std::string part(key.substr(0, dot));
        key = key.substr(dot + 1);
        YAML::Node next = node[part];
        if (next.IsDefined() && !next.IsNull() && !next.IsMap())
            throw ConfigurationError(fmt::format("--set {}: '{}' is a single value and has no keys of its own.", one.key, part));
        if (!next.IsDefined() || next.IsNull()) {
            node[part] = YAML::Node(YAML::NodeType::Map);
            next = node[part];
        }
        node.reset(next);
    }
    node[std::string(key)] = value;
}

}  // namespace

Override parseOverride(std::string_view text) {
    const auto equals = text.find('=');
    const auto key = text.substr(0, equals);
    if (equals == std::string_view::npos || key.empty() || key.front() == '.' || key.back() == '.' ||
        key.find("..") != std::string_view::npos)
        throw ConfigurationError(fmt::format("--set {}: must look like strategy.alpha=0.5.", text));
    return {std::string(key), std::string(text.substr(equals + 1))};
}

RunConfiguration parseConfiguration(std::string_view yaml, std::string_view sourceName, const std::vector<Override>& overrides) {
    YAML::Node root;
    try {
        root = YAML::Load(std::string(yaml));
    } catch (const YAML::Exception& error) {
        throw ConfigurationError(fmt::format("{}, line {}: this is not YAML: {}.", sourceName, error.mark.line + 1, error.msg));
    }
    if (root.IsNull()) root = YAML::Node(YAML::NodeType::Map);
    const Source source(std::string(sourceName), overrides);
    if (root.IsMap())
        for (const auto& one : overrides) apply(one, root);

    RunConfiguration c;
    Section top(root, "", source);
    top.text("name", c.name);
    if (const auto node = top.find("task")) {
        Section task(*node, "task", source);
        task.choice("kind", {TaskKind::Digits}, c.task);
        task.close();
    }
    top.choice("founders", {DigitsFounders::ReferenceSpecialists, DigitsFounders::Specialists, DigitsFounders::Random}, c.founders);
    if (const auto node = top.find("strategy")) readStrategy(*node, c, source);
    if (const auto node = top.find("budget")) {
        Section budget(*node, "budget", source);
        budget.whole("evaluations", c.evaluations);
        budget.close();
    }
    top.whole("seed", c.seed);
    top.text("device", c.device);
    top.close();

    if (const auto violation = firstViolation(c))
        source.refuse(violation->key, nodeAt(root, violation->key).Mark(), violation->sentence);
    return c;
}

RunConfiguration readConfiguration(const std::filesystem::path& path, const std::vector<Override>& overrides) {
    std::ifstream stream(path);
    if (!stream || std::filesystem::is_directory(path))
        throw ConfigurationError(fmt::format("{}: there is no such file; name a preset or a run configuration.", path.string()));
    std::ostringstream text;
    text << stream.rdbuf();
    return parseConfiguration(text.str(), path.string(), overrides);
}

std::string toYaml(const RunConfiguration& c) {
    YAML::Emitter out;
    out.SetDoublePrecision(17);
    out << YAML::BeginMap;
    out << YAML::Key << "name" << YAML::Value << c.name;
    out << YAML::Key << "task" << YAML::Value << YAML::Flow << YAML::BeginMap << YAML::Key << "kind" << YAML::Value
        << std::string(nameOf(c.task)) << YAML::EndMap;
    out << YAML::Key << "founders" << YAML::Value << std::string(nameOf(c.founders));
    out << YAML::Key << "strategy" << YAML::Value << YAML::BeginMap;
    out << YAML::Key << "kind" << YAML::Value << std::string(nameOf(c.strategy));
    out << YAML::Key << "archive" << YAML::Value << c.archive;
    out << YAML::Key << "alpha" << YAML::Value << fmt::format("{}", c.competition.alpha);
    out << YAML::Key << "epsilon" << YAML::Value << fmt::format("{}", c.competition.epsilon);
    out << YAML::Key << "capacity" << YAML::Value << std::string(nameOf(c.competition.capacity));
    out << YAML::Key << "attraction" << YAML::Value << c.attraction;
    out << YAML::Key << "crossover" << YAML::Value << c.crossover;
    const auto& splits = c.splice.splits;
    if (splits.most == 0)
        out << YAML::Key << "split_point" << YAML::Value << false;
    else if (splits.least == splits.most)
        out << YAML::Key << "splits" << YAML::Value << splits.least;
    else
        out << YAML::Key << "splits" << YAML::Value << YAML::Flow << YAML::BeginSeq << splits.least << splits.most << YAML::EndSeq;
    out << YAML::Key << "ratio" << YAML::Value;
    if (const auto* beta = std::get_if<BetaRatio>(&c.splice.ratio))
        out << YAML::Flow << YAML::BeginMap << YAML::Key << "beta" << YAML::Value << fmt::format("{}", beta->shape) << YAML::EndMap;
    else
        out << "uniform";
    out << YAML::Key << "interpolation" << YAML::Value << std::string(nameOf(c.splice.interpolation));
    out << YAML::Key << "mutation" << YAML::Value << fmt::format("{}", c.splice.mutation);
    out << YAML::EndMap;
    out << YAML::Key << "budget" << YAML::Value << YAML::Flow << YAML::BeginMap << YAML::Key << "evaluations" << YAML::Value
        << c.evaluations << YAML::EndMap;
    out << YAML::Key << "seed" << YAML::Value << c.seed;
    out << YAML::Key << "device" << YAML::Value << c.device;
    out << YAML::EndMap;
    return std::string(out.c_str()) + "\n";
}

}  // namespace mergarium
