#pragma once

#include <filesystem>

namespace mergarium::fuzz {

/// What a run sends to workers: a ticket, else its offer, else that it is alive.
void readTicketMessage(const std::filesystem::path& path);
/// What a worker sends: a result of three samples, else one of its other messages.
void readResultMessage(const std::filesystem::path& path);

}  // namespace mergarium::fuzz
