#pragma once

#include <filesystem>
#include <string>

namespace mergarium {

/// Where a NATS server is, and how one is let in.
struct ServerAddress {
    /// nats://HOST:4222, or tls://HOST:4222; USER:PASSWORD@ may stand before the host.
    std::string url;
    /// A .creds file as NATS makes them, or a file of one line: USER:PASSWORD, or a token. Empty: none.
    std::filesystem::path credentials = {};
    /// Certificates (PEM) that the server's own is checked against, which makes the connection TLS. Empty: the
    /// system's.
    std::filesystem::path authority = {};
};

/// The address without a password, for people.
std::string inWords(const ServerAddress& address);

bool isEncrypted(const ServerAddress& address);

/// Throws std::runtime_error with one sentence for what is no such address, and for a server on another machine that
/// would be open to anybody: without credentials and without TLS.
void requireProtected(const ServerAddress& address);

}  // namespace mergarium
