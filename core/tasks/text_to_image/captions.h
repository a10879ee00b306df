#pragma once

#include "core/images/image.h"
#include "core/tasks/sample_set.h"
#include "core/tasks/text_to_image/text_to_image_settings.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace mergarium {

/// What is painted, and what the picture is compared with.
struct Caption {
    std::string text;
    /// The reference photo; empty: there is none.
    std::filesystem::path reference;
    /// As the file names it.
    std::string referenceName;
    /// Index into Captions::files.
    std::uint32_t file = 0;
    /// "captions.jsonl, line 7".
    std::string place;
};

struct Captions {
    std::vector<std::string> files;
    /// Per file, how much a caption of it counts.
    std::vector<double> weights;
    std::vector<Caption> train;
    std::vector<Caption> test;
};

/// Reads the files that a task names, and looks whether reference photos are there. Throws std::runtime_error with file
/// and line.
Captions readCaptions(const TextToImageSettings& settings);

/// Opens a reference photo. Throws std::runtime_error that names the caption's file and line, and the photo's.
Image readReference(const Caption& caption);

/// Told of every training caption's photo that is there.
using OnReference = std::function<void(std::size_t caption, const Image& photo)>;

/// The training captions as people see them: grouped by file, with photos as thumbnails of one size, on white where
/// their shapes differ. Reads all photos; throws as readReference.
SampleSet samplesOf(const Captions& captions, const OnReference& onReference = nullptr);

}  // namespace mergarium
