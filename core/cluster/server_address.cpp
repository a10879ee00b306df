#include "core/cluster/server_address.h"

#include "core/text/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <string_view>

namespace mergarium {
namespace {

struct AddressParts {
    std::string_view scheme, login, host, port;
};

AddressParts partsOf(std::string_view url) {
    AddressParts parts;
    const auto colon = url.find("://");
    if (colon == url.npos) return parts;
    parts.scheme = url.substr(0, colon);
    auto rest = url.substr(colon + 3);
    if (const auto at = rest.rfind('@'); at != rest.npos) {
        parts.login = rest.substr(0, at);
        rest = rest.substr(at + 1);
    }
    // An address of IPv6 stands in brackets.
    const auto end = rest.starts_with('[') ? std::min(rest.find(']'), rest.size() - 1) + 1 : rest.find(':');
    parts.host = rest.substr(0, end);
    if (end < rest.size() && rest[end] == ':') parts.port = rest.substr(end + 1);
    return parts;
}

bool isLoopback(std::string_view host) {
    const auto isNumber = [](char c) { return (c >= '0' && c <= '9') || c == '.'; };
    return host == "localhost" || host == "[::1]" || (host.starts_with("127.") && std::ranges::all_of(host, isNumber));
}

bool isPort(std::string_view port) {
    return port.empty() || (port.size() <= 5 && std::ranges::all_of(port, [](char c) { return c >= '0' && c <= '9'; }));
}

}  // namespace

std::string inWords(const ServerAddress& address) {
    const auto parts = partsOf(address.url);
    auto text = fmt::format("{}://{}", parts.scheme, parts.host);
    if (!parts.port.empty()) text += fmt::format(":{}", parts.port);
    return words::visible(parts.scheme.empty() ? address.url : text);
}

bool isEncrypted(const ServerAddress& address) {
    return !address.authority.empty() || partsOf(address.url).scheme == "tls";
}

void requireProtected(const ServerAddress& address) {
    const auto parts = partsOf(address.url);
    if ((parts.scheme != "nats" && parts.scheme != "tls") || parts.host.empty() || !isPort(parts.port))
        throw std::runtime_error(
            fmt::format("{} is no address of a NATS server: write it as nats://HOST:4222, or as tls://HOST:4222.",
                        inWords(address)));
    if (isLoopback(parts.host) || isEncrypted(address) || !parts.login.empty() || !address.credentials.empty()) return;
    throw std::runtime_error(fmt::format(
        "{} is on another machine, and anybody could take part there: give the server users or TLS, and name a file "
        "with credentials (--credentials) or certificates (--tls-ca); docs/cluster.md says how.",
        inWords(address)));
}

}  // namespace mergarium
