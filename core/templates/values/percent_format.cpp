#include "core/templates/values/operators.h"
#include "core/templates/values/python_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace mergarium::jinja {
namespace {

/// One place to be filled: %-5.2f, %(name)s.
struct Conversion {
    std::string name;
    bool left = false, zeros = false, sign = false;
    std::size_t width = 0;
    std::optional<int> precision;
    char kind = 0;
};

constexpr std::size_t kWidest = 1000;

class PercentReader {
public:
    PercentReader(std::string_view format, std::size_t at) : format_(format), at_(at) {}

    Conversion read() {
        Conversion result;
        if (next() == '(') {
            const auto end = format_.find(')', at_);
            if (end == format_.npos) throw Fault("a % format has a '(' without its ')'");
            result.name = format_.substr(at_ + 1, end - at_ - 1);
            at_ = end + 1;
        }
        for (; std::string_view("-0+ #").find(next()) != std::string_view::npos; ++at_) {
            result.left = result.left || next() == '-';
            result.zeros = result.zeros || next() == '0';
            result.sign = result.sign || next() == '+';
        }
        result.width = number();
        if (next() == '.') {
            ++at_;
            result.precision = static_cast<int>(number());
        }
        result.kind = next();
        ++at_;
        return result;
    }
    std::size_t at() const { return at_; }

private:
    char next() const {
        if (at_ >= format_.size()) throw Fault("a % format ends early");
        return format_[at_];
    }
    std::size_t number() {
        std::size_t value = 0;
        for (; next() >= '0' && next() <= '9'; ++at_) {
            value = value * 10 + static_cast<std::size_t>(next() - '0');
            if (value > kWidest) throw Fault(fmt::format("a % format is wider than {}", kWidest));
        }
        return value;
    }

    std::string_view format_;
    std::size_t at_;
};

std::string numberText(const Conversion& how, const Value& value) {
    if (!value.isNumber()) throw Fault(fmt::format("%{} is for numbers, and not for a {}", how.kind, typeName(value)));
    if (how.kind == 'f') return fmt::format("{:.{}f}", value.real(), how.precision.value_or(6));
    if (value.isReal() && (how.kind == 'x' || !(std::abs(value.real()) < 9e18)))
        throw Fault(fmt::format("%{} is for whole numbers", how.kind));
    const auto whole = value.isWhole() ? value.whole() : static_cast<std::int64_t>(value.real());
    return how.kind == 'x' ? fmt::format("{:x}", whole) : fmt::to_string(whole);
}

std::string filled(Budget& budget, const Conversion& how, const Value& value) {
    std::string text;
    switch (how.kind) {
        case 's': text = printed(budget, value); break;
        case 'r': text = represented(budget, value); break;
        case 'd':
        case 'i':
        case 'f':
        case 'x': text = numberText(how, value); break;
        default: throw Fault(fmt::format("%{} is not known among formats", how.kind));
    }
    const bool number = how.kind != 's' && how.kind != 'r';
    if (number && how.sign && !text.starts_with('-')) text.insert(0, 1, '+');
    if (!number && how.precision)
        text =
            printed(budget, sliced(budget, Value::text(text), Value(), Value(std::int64_t{*how.precision}), Value()));
    const auto length = characterCount(text);
    if (length >= how.width) return text;
    const auto missing = how.width - length;
    if (how.left) return text.append(missing, ' ');
    if (number && how.zeros) return text.insert(text.starts_with('-') || text.starts_with('+') ? 1 : 0, missing, '0');
    return text.insert(0, missing, ' ');
}

}  // namespace

std::string formatted(Budget& budget, std::string_view format, const Value& values) {
    const auto* tuple = values.items() && values.items()->kind == Items::Kind::Tuple ? values.items() : nullptr;
    const auto count = tuple ? tuple->values.size() : 1;
    std::string text;
    std::size_t used = 0;
    budget.goThrough(format.size());
    for (std::size_t at = 0; at < format.size();) {
        const auto mark = std::min(format.find('%', at), format.size());
        text += format.substr(at, mark - at);
        if (mark == format.size()) break;
        PercentReader reader(format, mark + 1);
        const auto how = reader.read();
        at = reader.at();
        if (how.kind == '%') {
            text += '%';
            continue;
        }
        const Value* value = nullptr;
        if (!how.name.empty()) {
            value = values.isMapping() ? find(budget, values.mapping(), how.name) : nullptr;
            if (!value) throw Fault("a % format names a value that isn't there");
        } else {
            if (used == count) throw Fault("a % format has more places than values");
            value = tuple ? &tuple->values[used] : &values;
            ++used;
        }
        text += filled(budget, how, *value);
        budget.take(text.size() / 8 + how.width);
    }
    // Python minds only what isn't like a mapping, which a list is to it.
    const bool minds = tuple || values.isText() || values.isNumber() || values.isNone();
    if (used < count && minds) throw Fault("a % format has fewer places than values");
    return text;
}

}  // namespace mergarium::jinja
