#pragma once

#include "core/families/decoder_config.h"
#include "core/founders/founder_source.h"
#include "core/networks/generation_request.h"
#include "core/tasks/kinds.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace mergarium {

/// A language model for interactive use.
class LanguageModel {
public:
    virtual ~LanguageModel() = default;

    virtual const DecoderConfig& config() const = 0;
    /// See networks/generation.h. Throws std::runtime_error for prompts that are empty or longer than the context.
    virtual std::vector<Continuation> generate(const GenerationRequest& request) const = 0;

    struct Reading {
        /// One logit per token of the vocabulary, for what would come next.
        std::vector<float> lastLogits;
        /// Of every token but the first, given those before it.
        std::vector<float> logProbabilities;
    };
    /// `tokens`: at least one, at most the context.
    virtual Reading read(std::span<const std::int32_t> tokens) const = 0;
};

/// What computes with libtorch, on one device. Behind an interface because loading libtorch takes most of a second and
/// 160 MB, which listing runs, merging, or a run that another program scores shouldn't cost. Any thread.
class Networks {
public:
    virtual ~Networks() = default;

    /// Of libtorch: "1.13.1".
    virtual std::string version() const = 0;
    /// Name and version of the library that multiplies matrices on the CPU; empty when it is the slow reference one.
    virtual std::string blas() const = 0;
    /// "CPU" or "CUDA 0".
    virtual std::string device() const = 0;
    /// Why computing is slower than it need be, and the remedy, in one sentence; empty if it is not.
    virtual std::string caution() const = 0;
    /// How many threads the calling thread computes with.
    virtual std::size_t threads() const = 0;
    /// From now on; at least 1.
    virtual void useThreads(std::size_t threads) const = 0;

    /// The task with its data, and the networks that it brings as founders. Throws std::runtime_error where settings,
    /// founders and data don't fit together.
    virtual OpenedTask openTask(const TaskSettings& settings, const TaskInputs& inputs) const = 0;
    /// Of a model with a config.json, adapters included. Throws std::runtime_error naming what is wrong in which file.
    virtual std::unique_ptr<LanguageModel> languageModel(const FounderSource& model) const = 0;
};

/// Loads libtorch where that hasn't been done, and sets the calling thread up to compute. `device`: cpu, cuda, cuda:1,
/// or auto, which is a GPU where there is one; `threads` of the CPU, 0: one per core. Throws std::runtime_error for
/// other names and devices that this machine or this libtorch hasn't.
std::unique_ptr<Networks> openNetworks(const std::string& device, std::size_t threads);

}  // namespace mergarium
