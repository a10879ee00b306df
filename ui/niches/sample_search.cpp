#include "ui/niches/sample_search.h"

#include "ui/niches/niche_frame.h"

namespace mergarium {
namespace {

bool has(const SessionSnapshot& snapshot, std::size_t sample, const QString& words) {
    const auto holds = [&](const std::string& text) {
        return QString::fromStdString(text).contains(words, Qt::CaseInsensitive);
    };
    const auto& set = snapshot.run ? snapshot.run->samples : nullptr;
    if (set && set->hasTexts() && sample < set->texts.size() &&
        (holds(set->texts[sample].question) || holds(set->texts[sample].reference)))
        return true;
    return groupText(snapshot, sample).contains(words, Qt::CaseInsensitive);
}

}  // namespace

std::optional<std::size_t> findSample(const SessionSnapshot& snapshot, const QString& words,
                                      std::optional<std::size_t> from) {
    std::size_t count = 0;
    for (const auto& member : snapshot.members)
        if (member) count = member->scores.size();
    const auto wanted = words.trimmed();
    if (wanted.isEmpty() || count == 0) return {};
    bool isNumber = false;
    const auto number = QString(wanted).remove(',').remove('#').toULongLong(&isNumber);
    if (isNumber) return number < count ? std::optional<std::size_t>(number) : std::nullopt;
    const std::size_t first = from ? *from + 1 : 0;
    for (std::size_t i = 0; i < count; ++i)
        if (const auto sample = (first + i) % count; has(snapshot, sample, wanted)) return sample;
    return {};
}

}  // namespace mergarium
