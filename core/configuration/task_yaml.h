#pragma once

#include "core/configuration/yaml_section.h"

namespace mergarium {

/// The parts of a configuration that say what is merged and what it is scored on, from YAML and back. Bad values throw
/// ConfigurationError, naming key and line.
void readTask(const YAML::Node& node, TaskSettings& task, const Source& source);
/// `top` is the section in which the key `founders` stands.
void readFounders(const YAML::Node& node, FounderSettings& founders, const Section& top);
void readTensorRules(const YAML::Node& node, TensorRules& rules, const Source& source);

void writeTask(YAML::Emitter& out, const TaskSettings& task);
void writeFounders(YAML::Emitter& out, const FounderSettings& founders);
void writeTensorRules(YAML::Emitter& out, const TensorRules& rules);

}  // namespace mergarium
