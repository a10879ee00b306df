#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace mergarium {

class MappedFile;

/// Opens a file of a model's folder, which strangers may have filled. Links are followed where they stay in the folder,
/// and where they lead as Hugging Face's cache has them: snapshots/REVISION/NAME to ../../blobs/HASH of the same
/// repository. The folder itself may be a link: it was named by the person. What is checked is what is opened, whatever
/// happens to the folder meanwhile; what is no regular file is refused before it can block. Throws std::runtime_error
/// with one sentence: the file, and where its link leads.
std::shared_ptr<const MappedFile> openBeneath(const std::filesystem::path& folder, std::string_view name);

/// The bytes of such a file, of at most `most` bytes, which is checked before memory is taken. Throws likewise.
std::string readBeneath(const std::filesystem::path& file, std::size_t most);

}  // namespace mergarium
