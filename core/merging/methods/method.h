#pragma once

#include "core/checkpoint/dtype.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium {

/// One model's tensor as a method reads it: numbers rounded to the type that is computed in, as fp32. For any thread.
class InputTensor {
public:
    virtual ~InputTensor() = default;

    /// Elements [begin, begin + out.size()). Throws std::runtime_error when a file can't be read or was truncated.
    virtual void read(std::uint64_t begin, std::span<float> out) const = 0;
};

/// By name: numbers, and truth values as 0 and 1.
using ParameterValues = std::map<std::string, double, std::less<>>;

/// What a method makes one tensor of.
struct TensorInputs {
    struct Model {
        std::shared_ptr<const InputTensor> tensor;
        /// For messages.
        std::string name;
        bool isBase = false;
        ParameterValues parameters = {};
    };

    /// Of the output.
    std::string name;
    std::vector<std::int64_t> shape;
    std::uint64_t count = 0;
    /// All arithmetic is in it: F32, or rounded to it once at the end where a method says so.
    DType dtype = DType::F32;
    /// As the configuration lists them.
    std::vector<Model> models;
    ParameterValues parameters = {};
    /// Random masks are functions of these and of the element's position.
    std::uint64_t seed = 0;
    std::uint32_t number = 0;
    /// That a preparation may use.
    std::size_t threads = 1;
    /// Where what is too large for memory is kept.
    std::filesystem::path scratch = {};

    double parameter(std::string_view key) const { return parameters.find(key)->second; }
    bool flag(std::string_view key) const { return parameter(key) != 0.0; }
    /// Null where there is none.
    const Model* base() const;
    /// All but the base.
    std::vector<const Model*> others() const;
    /// Elements of a vector along the last dimension.
    std::uint64_t rowLength() const;
    /// Throws std::runtime_error: "TENSOR: WHAT."
    [[noreturn]] void refuse(std::string_view what) const;
};

/// A tensor whose norms, thresholds and masks are known, so that any stretch of it can be computed. For any thread.
class TensorMerge {
public:
    virtual ~TensorMerge() = default;

    /// Elements [begin, begin + out.size()), before they are rounded to the type that is computed in.
    virtual void values(std::uint64_t begin, std::span<float> out) const = 0;
};

/// A parameter of a method.
struct MethodParameter {
    enum class Kind { Number, Whole, Flag };
    enum class Of { Tensor, Model };

    std::string_view name;
    /// Absent: it has to be given.
    std::optional<double> standard;
    Kind kind = Kind::Number;
    /// A model's is looked up for each model, by the name that the tensor has there.
    Of of = Of::Tensor;
};

enum class BaseRule {
    /// It is a model like the others.
    Listed,
    /// It may have one: what the others differ from it by is merged.
    Optional,
    Required
};

/// A way to make one tensor of several.
struct MergeMethod {
    std::string_view name;
    /// The result is a number times each input, the same for all elements of a tensor, or of a row.
    bool isRecipe = false;
    BaseRule base = BaseRule::Listed;
    /// How many models there have to be, and may be, beside the base where that is Optional or Required.
    std::size_t least = 1, most = 1000;
    /// Whether it draws at random.
    bool isRandom = false;
    /// Models with a tensor of another size are passed over, as long as the base's fits; else they are refused.
    bool passesOver = false;
    std::vector<MethodParameter> parameters;
    /// Reads the inputs as often as it has to. Throws std::runtime_error with one sentence that begins with the tensor.
    std::unique_ptr<TensorMerge> (*prepare)(const TensorInputs& inputs) = nullptr;
};

}  // namespace mergarium
