#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace mergarium {

/// A run is being computed, said about twice a second. `key` is of one sitting: a run that is gone on with has another.
struct RunIsAlive {
    std::string key;
    /// RunOffer::digest.
    std::string offer;
    bool operator==(const RunIsAlive&) const = default;
};

/// A worker that has all that it takes asks whether it may help.
struct WorkerApplication {
    std::string worker;
    std::string offer;
    /// "CPU, 4 threads"
    std::string device;
    std::string processor;
    bool operator==(const WorkerApplication&) const = default;
};

/// Empty: it may. Else why not, one sentence.
struct Admittance {
    std::string refusal;
    bool operator==(const Admittance&) const = default;
};

/// How a worker is, said about once a second.
struct SignOfLife {
    std::string worker;
    std::string device;
    std::string processor;
    /// What it does, or lacks, for people.
    std::string state;
    /// Of this run, since it began with it; and a second, lately.
    std::uint64_t tickets = 0;
    double rate = 0.0;
    bool operator==(const SignOfLife&) const = default;
};

/// A part of a file of the offer, which is `file`-th of those that it names (filesOf); at most kMostPart bytes.
struct PartWanted {
    std::string offer;
    std::uint64_t file = 0;
    std::uint64_t begin = 0;
    std::uint64_t size = 0;
    bool operator==(const PartWanted&) const = default;
};
inline constexpr std::size_t kMostPart = std::size_t{512} << 10;

std::vector<std::byte> encode(const RunIsAlive& message);
std::vector<std::byte> encode(const WorkerApplication& message);
std::vector<std::byte> encode(const Admittance& message);
std::vector<std::byte> encode(const SignOfLife& message);
std::vector<std::byte> encode(const PartWanted& message);
// Each throws std::runtime_error with one sentence for other bytes.
RunIsAlive decodeAlive(std::span<const std::byte> bytes);
WorkerApplication decodeApplication(std::span<const std::byte> bytes);
Admittance decodeAdmittance(std::span<const std::byte> bytes);
SignOfLife decodeSignOfLife(std::span<const std::byte> bytes);
PartWanted decodePartWanted(std::span<const std::byte> bytes);

}  // namespace mergarium
