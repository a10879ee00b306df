#include "core/fields/source.h"
#include "core/fields/yaml.h"
#include "core/files/excerpt.h"
#include "core/files/text_file.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace mergarium {
namespace {

constexpr std::size_t kMostLevels = 100;
/// Aliases of aliases multiply: a kilobyte of YAML can name a billion values, and as many bytes.
constexpr std::size_t kMostValues = 1'000'000;
constexpr std::size_t kMostCopied = 64'000'000;

/// What a value takes.
struct Extent {
    std::size_t values = 0;
    std::size_t bytes = 0;
    std::size_t levels = 0;

    Extent& operator+=(const Extent& inner) {
        values += inner.values;
        bytes += inner.bytes;
        levels = std::max(levels, inner.levels + 1);
        return *this;
    }
};

/// Takes the library's events one by one, so that what is too much is refused before it is in memory.
class Builder final : public YAML::EventHandler {
public:
    explicit Builder(std::string_view source) : source_(source) {}

    /// Null before the document.
    Value value;

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (documents_++ > 0) refuse(mark, "a second document begins here, where a file may have one");
    }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { add(mark, anchor, Value()); }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& text) override {
        Value scalar(text);
        scalar.quoted = tag == "!";
        add(mark, anchor, std::move(scalar), {1, text.size(), 0});
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const auto found = anchors_.find(anchor);
        if (found == anchors_.end()) refuse(mark, "this alias stands within what it is an alias of");
        copied_ += found->second.extent.bytes;
        if (copied_ > kMostCopied) refuse(mark, "the aliases copy too much text");
        add(mark, 0, found->second.value, found->second.extent);
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(mark, anchor, Value(Value::List{}));
    }
    void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open(mark, anchor, Value(Value::Map{}));
    }
    void OnSequenceEnd() override { close(); }
    void OnMapEnd() override { close(); }

private:
    /// A list or map whose end hasn't come yet.
    struct Open {
        Value value;
        Extent extent{1, 0, 0};
        YAML::anchor_t anchor = 0;
        YAML::Mark mark;
        /// In a map: of the value to come.
        bool hasKey = false;
        std::set<std::string> keys;
    };
    struct Anchored {
        Value value;
        Extent extent;
    };

    [[noreturn]] void refuse(const YAML::Mark& mark, std::string_view sentence) const {
        throw ConfigurationError(fmt::format("{}, line {}: {}.", source_, mark.line + 1, sentence));
    }

    [[noreturn]] void refuseKey(const YAML::Mark& mark) const {
        const auto above = path();
        refuse(mark, fmt::format("this is not YAML: {}{}a key must be a single value, and every bracket be closed",
                                 above, above.empty() ? "" : ": "));
    }

    /// The dotted key of what comes next, as it goes into a sentence.
    std::string path() const {
        std::string dotted;
        for (const auto& one : open_)
            if (one.hasKey) dotted += (dotted.empty() ? "" : ".") + excerptOf(one.value.map().back().key);
        return excerptOf(dotted);
    }

    void open(const YAML::Mark& mark, YAML::anchor_t anchor, Value&& container) {
        if (open_.size() == kMostLevels) refuse(mark, "the values are nested too deeply");
        auto inner = Open{.value = std::move(container), .anchor = anchor, .mark = mark, .keys = {}};
        inner.value.line = mark.line + 1;
        open_.push_back(std::move(inner));
        ++values_;
    }

    void close() {
        auto closed = std::move(open_.back());
        open_.pop_back();
        values_ -= closed.extent.values;
        add(closed.mark, closed.anchor, std::move(closed.value), closed.extent);
    }

    void addKey(const YAML::Mark& mark, const Value& key) {
        auto& map = open_.back();
        if (!key.isScalar()) refuseKey(mark);
        map.value.map().push_back({key.scalar(), {}, mark.line + 1});
        map.hasKey = true;
        if (!map.keys.insert(key.scalar()).second)
            refuse(mark, fmt::format("{}: stands here a second time; remove one", path()));
    }

    void add(const YAML::Mark& mark, YAML::anchor_t anchor, Value one, Extent extent = {1, 0, 0}) {
        if (open_.size() + extent.levels > kMostLevels) refuse(mark, "the values are nested too deeply");
        values_ += extent.values;
        if (values_ > kMostValues) refuse(mark, "there are more than a million values");
        one.line = one.line == 0 ? mark.line + 1 : one.line;
        if (anchor != 0) keep(mark, anchor, one, extent);
        if (open_.empty()) {
            value = std::move(one);
            return;
        }
        auto& parent = open_.back();
        parent.extent += extent;
        if (parent.value.isList()) {
            parent.value.list().push_back(std::move(one));
        } else if (!parent.hasKey) {
            addKey(mark, one);
        } else {
            parent.value.map().back().value = std::move(one);
            parent.hasKey = false;
        }
    }

    /// For the aliases to come.
    void keep(const YAML::Mark& mark, YAML::anchor_t anchor, const Value& one, const Extent& extent) {
        kept_ += extent.values;
        copied_ += extent.bytes;
        if (kept_ > kMostValues || copied_ > kMostCopied) refuse(mark, "the anchors name too much text");
        anchors_[anchor] = {one, extent};
    }

    std::string_view source_;
    std::vector<Open> open_;
    std::map<YAML::anchor_t, Anchored> anchors_;
    std::size_t documents_ = 0, values_ = 0, kept_ = 0, copied_ = 0;
};

}  // namespace

Value parseYaml(std::string_view yaml, std::string_view source) {
    try {
        std::istringstream stream{std::string(withoutByteOrderMark(yaml))};
        YAML::Parser parser(stream);
        Builder builder(source);
        while (parser.HandleNextDocument(builder)) {
        }
        return std::move(builder.value);
    } catch (const YAML::Exception& error) {
        throw ConfigurationError(
            fmt::format("{}, line {}: this is not YAML: {}.", source, error.mark.line + 1, excerptOf(error.msg)));
    }
}

std::string readYamlText(const std::filesystem::path& path, std::size_t most) {
    try {
        return std::string(withoutByteOrderMark(readFile(path, most)));
    } catch (const std::runtime_error& error) {
        throw ConfigurationError(error.what());
    }
}

}  // namespace mergarium
