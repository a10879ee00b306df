#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace mergarium {

/// A picture, row by row from the top, 0 (dark) to 255. A view: the sample set owns the pixels.
struct Picture {
    std::size_t width = 0;
    std::size_t height = 0;
    /// 1: greyscale; 3: red, green and blue of a pixel beside each other.
    std::size_t channels = 1;
    std::span<const std::uint8_t> pixels;
};

/// A sample as text: what is asked, and what is right.
struct SampleText {
    std::string question;
    std::string reference;
};

/// The training samples as people see them: what group each belongs to and how it looks or reads. Immutable once built;
/// shared by the worker and the window.
struct SampleSet {
    /// "class", "file", ...: what `groupNames` are names of.
    std::string groupNoun = "class";
    std::vector<std::string> groupNames;
    /// One per sample: an index into groupNames.
    std::vector<std::uint32_t> groups;
    /// How much a sample counts in the competition, one each; empty: all 1.
    std::vector<double> weights;
    std::size_t pictureWidth = 0;
    std::size_t pictureHeight = 0;
    /// Of all pictures: 1 or 3. Photographs are here as thumbnails (kThumbnailSide).
    std::size_t pictureChannels = 1;
    /// pictureWidth * pictureHeight * pictureChannels of each sample; empty when samples have no picture.
    std::vector<std::uint8_t> pixels;
    /// One per sample; empty when samples have no text.
    std::vector<SampleText> texts;
    /// The identity of all that the samples are scored by, hexadecimal, where they come from files of the user's: a run
    /// can only be resumed on the same samples. Empty for samples that ship with the program.
    std::string hash;

    std::size_t size() const { return groups.size(); }
    bool hasPictures() const { return !pixels.empty(); }
    bool hasTexts() const { return !texts.empty(); }
    Picture picture(std::size_t sample) const {
        const std::size_t length = pictureWidth * pictureHeight * pictureChannels;
        return {pictureWidth, pictureHeight, pictureChannels, std::span(pixels).subspan(sample * length, length)};
    }
};

}  // namespace mergarium
