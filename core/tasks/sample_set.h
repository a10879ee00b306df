#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace mergarium {

/// A greyscale picture, row by row, 0 (black) to 255 (white). A view: the sample set owns the pixels.
struct Picture {
    std::size_t width = 0;
    std::size_t height = 0;
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
    /// Empty when samples have no picture.
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
        const std::size_t area = pictureWidth * pictureHeight;
        return {pictureWidth, pictureHeight, std::span(pixels).subspan(sample * area, area)};
    }
};

}  // namespace mergarium
