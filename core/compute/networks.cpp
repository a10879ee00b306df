#include "core/compute/networks.h"

#include "core/modules/module.h"

namespace mergarium {

std::unique_ptr<Networks> openNetworks(const std::string& device, std::size_t threads) {
    using Open = Networks* (*)(const std::string&, std::size_t);
    return std::unique_ptr<Networks>(
        Module("mergarium_networks.so").function<Open>("mergariumOpenNetworks")(device, threads));
}

}  // namespace mergarium
