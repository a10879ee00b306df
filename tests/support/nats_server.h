#pragma once

#include <QDir>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <thread>

namespace mergarium::test {

/// A port of the loopback interface that nobody listens on.
inline int freePort() {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address);
    socklen_t size = sizeof address;
    ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
    ::close(socket);
    return ntohs(address.sin_port);
}

/// nats-server with JetStream on the loopback interface, with a store of its own.
class NatsServer {
public:
    explicit NatsServer(QStringList more = {}) : port_(freePort()), more_(std::move(more)) {}
    ~NatsServer() { kill(); }

    /// Empty where it isn't installed.
    static QString program() {
        const auto found = QStandardPaths::findExecutable("nats-server");
        return found.isEmpty() ? QStandardPaths::findExecutable("nats-server", {"/usr/sbin", "/usr/local/bin"}) : found;
    }

    /// Returns once it answers.
    bool start() {
        process_.setProcessChannelMode(QProcess::MergedChannels);
        process_.start(program(), QStringList{"-js", "-a", "127.0.0.1", "-p", QString::number(port_), "-sd",
                                              store_.path(), "--pid", store_.filePath("pid")} +
                                      more_);
        for (int attempt = 0; attempt < 3000 && process_.state() != QProcess::NotRunning; ++attempt) {
            if (answers()) return true;
            process_.waitForReadyRead(10);
        }
        return false;
    }
    /// As kill -9 does.
    void kill() {
        if (process_.state() == QProcess::NotRunning) return;
        process_.kill();
        process_.waitForFinished(-1);
    }

    std::string url() const { return "nats://127.0.0.1:" + std::to_string(port_); }

private:
    bool answers() const {
        const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(static_cast<std::uint16_t>(port_));
        const bool connected = ::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
        ::close(socket);
        return connected;
    }

    int port_;
    QStringList more_;
    QTemporaryDir store_;
    QProcess process_;
};

}  // namespace mergarium::test
