#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace mergarium {

/// Hugging Face's cache of downloads: $HF_HUB_CACHE, $HF_HOME/hub, or huggingface/hub in the user's folder for caches.
/// Empty where there is no home; may not exist. In it a model "org/name" lies in models--org--name: revisions below
/// snapshots, and which of them a branch is in refs.
std::filesystem::path hubCache();

/// The revision of "ORG/NAME" in hubCache() that refs/main names, else the only one there; absent where that is no such
/// name, or the model isn't there. Throws as placeOfModel.
std::optional<std::filesystem::path> cachedModel(const std::string& name);

/// Where the model lies that a person names. A path within Hugging Face's cache that isn't a revision's own folder, but
/// models--ORG--NAME or a cache with one model in it, stands for the revision that refs/main names, else for the only
/// one there. "ORG/NAME" stands for a model in hubCache(), where there is no such path. All else is as it is named.
/// Throws std::runtime_error with one sentence where such a folder has no revision, or several and none is main's.
std::filesystem::path placeOfModel(const std::filesystem::path& named);

/// "org/name" of a path in such a cache, whoever's it is.
std::optional<std::string> hubName(const std::filesystem::path& path);

/// What a model is called for people: "org/name" in Hugging Face's cache, with the part's folder behind where it is
/// one; else its folder, or its file without the ending where that isn't model.safetensors.
std::string nameOfModel(const std::filesystem::path& path);

}  // namespace mergarium
