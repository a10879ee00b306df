#include "core/files/fingerprint.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <stdexcept>

namespace mergarium {

struct Fingerprint::State {
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
};

Fingerprint::Fingerprint() : state_(std::make_unique<State>()) {
    if (!state_->context || EVP_DigestInit_ex(state_->context.get(), EVP_sha256(), nullptr) != 1)
        throw std::runtime_error("SHA-256 is not available from the OpenSSL library.");
}

Fingerprint::~Fingerprint() = default;

void Fingerprint::add(std::span<const std::byte> bytes) {
    EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size());
}

void Fingerprint::add(std::uint64_t number) {
    std::array<std::byte, 8> bytes;
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(number >> (8 * i));
    add(bytes);
}

void Fingerprint::add(std::string_view text) {
    add(std::uint64_t{text.size()});
    add(std::as_bytes(std::span(text)));
}

std::array<std::byte, 32> Fingerprint::digest() {
    std::array<std::byte, 32> digest{};
    EVP_DigestFinal_ex(state_->context.get(), reinterpret_cast<unsigned char*>(digest.data()), nullptr);
    return digest;
}

std::string Fingerprint::hex() {
    std::string text;
    for (const auto byte : digest()) text += fmt::format("{:02x}", static_cast<unsigned>(byte));
    return text;
}

}  // namespace mergarium
