#include "tests/fuzz/mutation.h"

#include <algorithm>
#include <array>
#include <random>

namespace mergarium::fuzz {
namespace {

constexpr std::array<std::string_view, 14> kExtremes{"0",
                                                     "-1",
                                                     "1e308",
                                                     "-1e308",
                                                     "1e999",
                                                     "0.5",
                                                     "255",
                                                     "65536",
                                                     "2147483647",
                                                     "2147483648",
                                                     "4294967296",
                                                     "9223372036854775807",
                                                     "18446744073709551615",
                                                     "99999999999999999999999"};
/// Of a span that is removed or repeated.
constexpr std::size_t kLongest = 40;

class Mutation {
public:
    Mutation(std::string_view file, std::uint64_t seed) : file_(file), engine_(seed) {}

    std::string run() {
        for (auto faults = 1 + below(3); faults > 0; --faults) mutate();
        return std::move(file_);
    }

private:
    /// Without std::uniform_int_distribution, which is another one in every library.
    std::size_t below(std::size_t bound) { return bound == 0 ? 0 : static_cast<std::size_t>(engine_() % bound); }

    struct Part {
        std::size_t begin, size;
    };
    Part part() {
        const auto begin = below(file_.size());
        return {begin, std::min(1 + below(kLongest), file_.size() - begin)};
    }

    void mutate() {
        if (file_.empty()) {
            file_ += static_cast<char>(below(256));
            return;
        }
        const auto [begin, size] = part();
        switch (below(8)) {
            case 0: file_[begin] = static_cast<char>(file_[begin] ^ (1 << below(8))); break;
            case 1: file_[begin] = static_cast<char>(below(256)); break;
            case 2: file_.resize(begin); break;
            case 3: file_.erase(begin, size); break;
            case 4: file_.insert(below(file_.size()), file_.substr(begin, size)); break;
            case 5: repeat(begin, size); break;
            case 6: makeExtreme(); break;
            default: file_.replace(below(file_.size()), size, file_.substr(begin, size)); break;
        }
    }

    void repeat(std::size_t begin, std::size_t size) {
        const auto span = file_.substr(begin, size);
        std::string repeated;
        for (auto times = std::size_t{1} << below(12); times > 0; --times) repeated += span;
        file_.insert(begin, repeated);
    }

    void makeExtreme() {
        constexpr std::string_view kDigits = "0123456789";
        auto begin = file_.find_first_of(kDigits, below(file_.size()));
        if (begin == std::string::npos) begin = file_.find_first_of(kDigits);
        if (begin == std::string::npos) return;
        const auto end = std::min(file_.find_first_not_of("0123456789.eE+-", begin), file_.size());
        file_.replace(begin, end - begin, kExtremes[below(kExtremes.size())]);
    }

    std::string file_;
    std::mt19937_64 engine_;
};

}  // namespace

std::string mutated(std::string_view file, std::uint64_t seed) { return Mutation(file, seed).run(); }

}  // namespace mergarium::fuzz
