#include "core/networks/diffusion/tensors_in.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>

namespace mergarium {
namespace {

/// Whether a matrix is stored as a 1x1 convolution, or the other way round.
bool isTheSameMatrix(std::span<const std::int64_t> a, std::span<const std::int64_t> b) {
    if (a.size() < b.size()) std::swap(a, b);
    return a.size() == 4 && b.size() == 2 && std::ranges::equal(a.first(2), b) && a[2] == 1 && a[3] == 1;
}

}  // namespace

void TensorVisitor::linear(const std::string& name, std::int64_t outputs, std::int64_t inputs, Affine& to, bool bias) {
    tensor(name + ".weight", {outputs, inputs}, to.weight);
    if (bias) tensor(name + ".bias", {outputs}, to.bias);
}

void TensorVisitor::convolution(const std::string& name, std::int64_t outputs, std::int64_t inputs, std::int64_t side,
                                Affine& to, bool bias) {
    tensor(name + ".weight", {outputs, inputs, side, side}, to.weight);
    if (bias) tensor(name + ".bias", {outputs}, to.bias);
}

void TensorVisitor::norm(const std::string& name, std::int64_t width, Affine& to) {
    tensor(name + ".weight", {width}, to.weight);
    tensor(name + ".bias", {width}, to.bias);
}

void LayoutOf::tensor(const std::string& name, const std::vector<std::int64_t>& shape, torch::Tensor&) {
    layout.append(prefix_ + name, shape);
}

TensorsIn::TensorsIn(torch::Tensor flat, const Layout& layout, TensorNames names)
    : flat_(std::move(flat)), names_(std::move(names)) {
    const auto take = [&](const std::string& name, const Layout::Tensor& tensor) {
        if (name.starts_with(names_.prefix)) stored_.emplace_back(name.substr(names_.prefix.size()), &tensor);
    };
    for (const auto& one : layout.tensors) take(one.name, one);
    for (const auto& one : layout.frozen) take(one.tensor.name, one.tensor);
    std::ranges::stable_sort(stored_, {}, &decltype(stored_)::value_type::first);
    // Behind the tensors themselves, of which it names one.
    auto aliases = stored_;
    for (const auto& alias : layout.aliases) {
        if (!alias.name.starts_with(names_.prefix) || !alias.of.starts_with(names_.prefix)) continue;
        if (const auto* of = find(alias.of.substr(names_.prefix.size())))
            aliases.emplace_back(alias.name.substr(names_.prefix.size()), of);
    }
    std::ranges::stable_sort(aliases, {}, &decltype(stored_)::value_type::first);
    stored_ = std::move(aliases);
}

const Layout::Tensor* TensorsIn::find(const std::string& name) const {
    const auto found = std::ranges::lower_bound(stored_, name, {}, &decltype(stored_)::value_type::first);
    return found != stored_.end() && found->first == name ? found->second : nullptr;
}

void TensorsIn::tensor(const std::string& name, const std::vector<std::int64_t>& shape, torch::Tensor& view) {
    const auto* stored = find(name);
    for (const auto& spelling : names_.spellings) {
        if (stored != nullptr) break;
        const auto at = name.find(spelling.modern);
        if (at == name.npos) continue;
        auto other = name;
        stored = find(other.replace(at, spelling.modern.size(), spelling.other));
    }
    if (stored == nullptr) {
        faults_.push_back(fmt::format("the tensor {}{} is missing, which the configuration asks for as [{}]",
                                      names_.prefix, name, fmt::join(shape, ", ")));
        return;
    }
    used_.insert(stored);
    if (!isFloating(stored->dtype)) {
        faults_.push_back(
            fmt::format("the tensor {} is {}, where floating numbers are needed", stored->name, nameOf(stored->dtype)));
    } else if (stored->shape != shape && !isTheSameMatrix(stored->shape, shape)) {
        faults_.push_back(fmt::format("the tensor {} has the shape [{}], where the configuration asks for [{}]",
                                      stored->name, fmt::join(stored->shape, ", "), fmt::join(shape, ", ")));
    } else if (flat_.defined()) {
        view = flat_.narrow(0, static_cast<std::int64_t>(stored->begin), static_cast<std::int64_t>(stored->count))
                   .view(shape);
    }
}

std::vector<std::string> TensorsIn::unknown() const {
    std::vector<std::string> names;
    for (const auto& [name, tensor] : stored_)
        if (!used_.contains(tensor) && isFloating(tensor->dtype) && std::ranges::count(names_.idle, name) == 0)
            names.push_back(
                fmt::format("the tensor {} is unknown to the network that the configuration describes", tensor->name));
    return names;
}

void TensorsIn::finish(std::string_view source) const {
    auto faults = faults_;
    std::ranges::move(unknown(), std::back_inserter(faults));
    if (faults.empty()) return;
    const auto others = faults.size() - 1;
    throw std::runtime_error(fmt::format("{}: {}{}.", source, faults.front(),
                                         others == 0
                                             ? ""
                                             : fmt::format("; {} other tensor{} {} fit either", others,
                                                           others == 1 ? "" : "s", others == 1 ? "doesn't" : "don't")));
}

void InSingle::tensor(const std::string&, const std::vector<std::int64_t>&, torch::Tensor& view) {
    view = view.to(torch::kFloat32);
}

}  // namespace mergarium
