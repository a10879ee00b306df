// One fuzz target per reader, MERGARIUM_READER. Built with clang and -DMERGARIUM_FUZZ=ON.
#include "tests/fuzz/readers.h"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static mergarium::fuzz::Bench bench;
    static const auto& reader = mergarium::fuzz::readerNamed(MERGARIUM_READER);
    bench.run(reader, {reinterpret_cast<const char*>(data), size});
    return 0;
}
