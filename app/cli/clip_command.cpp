#include "app/cli/commands.h"
#include "app/cli/exit_code.h"
#include "app/cli/json_output.h"
#include "app/cli/picture_model.h"
#include "app/cli/say.h"
#include "core/compute/networks.h"
#include "core/files/json.h"
#include "core/images/read_image.h"
#include "core/text/words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <stdexcept>

namespace mergarium::cli {
namespace {

std::vector<std::string> textsIn(const std::string& path) {
    const auto list = readJson(path, {.bytes = 16'000'000, .values = 1'000'000});
    const bool texts = list.is_array() && std::ranges::all_of(list, [](const auto& one) { return one.is_string(); });
    if (!texts || list.empty()) throw std::runtime_error(fmt::format("{}: is no JSON list of texts.", path));
    return list.get<std::vector<std::string>>();
}

/// Numbers in names by their value: image_2 before image_10.
bool comesBefore(const std::string& a, const std::string& b) {
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < a.size() && j < b.size()) {
        if (!digit(a[i]) || !digit(b[j])) {
            if (a[i] != b[j]) return a[i] < b[j];
            ++i;
            ++j;
            continue;
        }
        const auto number = [&](const std::string& text, std::size_t& at) {
            while (at + 1 < text.size() && text[at] == '0' && digit(text[at + 1])) ++at;
            const auto begin = at;
            while (at < text.size() && digit(text[at])) ++at;
            return text.substr(begin, at - begin);
        };
        const auto first = number(a, i);
        const auto second = number(b, j);
        if (first.size() != second.size()) return first.size() < second.size();
        if (first != second) return first < second;
    }
    return a.size() - i != b.size() - j ? a.size() - i < b.size() - j : a < b;
}

std::vector<std::filesystem::path> picturesIn(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> files;
    if (!std::filesystem::is_directory(folder))
        throw std::runtime_error(fmt::format("{}: there is no such folder.", folder.string()));
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        auto ending = entry.path().extension().string();
        std::ranges::transform(ending, ending.begin(), [](unsigned char c) { return std::tolower(c); });
        const bool picture = ending == ".png" || ending == ".jpg" || ending == ".jpeg" || ending == ".webp";
        if (picture && entry.is_regular_file()) files.push_back(entry.path());
    }
    if (files.empty())
        throw std::runtime_error(fmt::format("{}: there is no PNG, JPEG or WebP file in it.", folder.string()));
    std::ranges::sort(
        files, [](const auto& a, const auto& b) { return comesBefore(a.filename().string(), b.filename().string()); });
    return files;
}

double cosine(const std::vector<float>& a, const std::vector<float>& b) {
    double sum = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * b[i];
    return sum;
}

}  // namespace

int clip(const Options& options) {
    const auto texts = textsIn(options.texts);
    const auto files = picturesIn(options.images);
    const auto networks = openNetworks(options.device.value_or("auto"), options.threads);
    const auto model = networks->clipModel(options.checkpoint, promptReaderIn(options.checkpoint));
    std::vector<std::vector<float>> imageEmbeddings;
    // One by one: photos are large.
    for (const auto& file : files) {
        const auto image = readImage(file);
        imageEmbeddings.push_back(model->images({&image, 1}).front());
    }
    const auto textEmbeddings = model->texts(texts);
    auto similarity = nlohmann::ordered_json::array();
    for (std::size_t i = 0; i < files.size(); ++i) {
        std::vector<double> row;
        for (const auto& text : textEmbeddings) row.push_back(cosine(imageEmbeddings[i], text));
        if (!options.json) say("{:.4f}  {}\n", fmt::join(row, " "), files[i].filename().string());
        similarity.push_back(std::move(row));
    }
    if (options.json)
        print({{"text_embeds", textEmbeddings}, {"image_embeds", imageEmbeddings}, {"similarity", similarity}});
    return kSuccess;
}

}  // namespace mergarium::cli
