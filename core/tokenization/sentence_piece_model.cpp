#include "core/tokenization/sentence_piece_model.h"

#include "core/files/beneath.h"
#include "core/files/excerpt.h"
#include "core/modules/module.h"
#include "core/tokenization/sentence_piece_check.h"

#include <fmt/format.h>

#include <stdexcept>

namespace mergarium::text {
namespace {

/// Models of 256,000 pieces have 5 MB.
constexpr std::size_t kLargest = 32'000'000;

using MakeModel = const SentencePieceModel* (*)(const std::string&, bool);

/// The library carries an old protobuf of its own under the common names, and libtorch brings another: linked into one
/// program they take each other's functions and crash. So the one file that uses it is a module that looks names up in
/// its own libraries first.
MakeModel loadModule() {
#if defined(__SANITIZE_ADDRESS__)
    throw std::runtime_error(
        "A tokenizer.model can't be read by a build with the address sanitizer: provide a tokenizer.json.");
#else
    return Module("mergarium_sentencepiece.so", Module::Names::OwnFirst).function<MakeModel>("makeSentencePieceModel");
#endif
}

}  // namespace

std::unique_ptr<const SentencePieceModel> readSentencePieceModel(const std::filesystem::path& file,
                                                                 bool prefixEveryPiece) {
    const auto serialized = readBeneath(file, kLargest);
    const auto make = loadModule();
    try {
        checkSentencePieceModel(serialized);
        return std::unique_ptr<const SentencePieceModel>(make(serialized, prefixEveryPiece));
    } catch (const std::exception& error) {
        throw std::runtime_error(
            fmt::format("{}: not a usable SentencePiece model: {}.", file.string(), excerptOf(error.what(), 500)));
    }
}

}  // namespace mergarium::text
