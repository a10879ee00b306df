#include "core/configuration/task_yaml.h"

namespace mergarium {
namespace {

QuestionFile readQuestionFile(const YAML::Node& node, const Source& source) {
    QuestionFile file;
    Section section(node, "task.files", source);
    section.text("name", file.name);
    section.path("train", file.train);
    section.path("test", file.test);
    section.number("held_out", file.heldOut);
    section.number("weight", file.weight);
    section.whole("limit", file.limit);
    section.close();
    return file;
}

CausalLmSettings readCausalLm(Section& section) {
    CausalLmSettings task;
    if (const auto files = section.find("files")) {
        if (!files->IsSequence())
            section.refuse("files", *files, "must be a list of maps like {train: questions.jsonl}");
        for (const auto& one : *files) task.files.push_back(readQuestionFile(one, section.source()));
    }
    section.choice("scoring",
                   {QuestionScoring::ExactMatch, QuestionScoring::MultipleChoice, QuestionScoring::Likelihood},
                   task.scoring);
    section.text("prompt", task.prompt);
    section.text("chat", task.chat);
    section.text("system", task.system);
    section.text("reference", task.reference);
    section.text("choices", task.choices);
    section.truth("length_normalized", task.lengthNormalized);
    if (const auto value = section.find("extract")) {
        if (value->IsMap()) {
            Section inner(*value, section.full("extract"), section.source());
            inner.text("pattern", task.pattern);
            inner.close();
            task.extraction = Extraction::Pattern;
        } else if (value->IsScalar() && value->Scalar() == "text") {
            task.extraction = Extraction::Text;
        } else if (value->IsScalar() && value->Scalar() == "last-number") {
            task.extraction = Extraction::LastNumber;
        } else {
            section.refuse("extract", *value, "must be text, last-number, or a map like {pattern: '#### (.*)'}");
        }
    }
    section.texts("stop", task.stop);
    section.whole("max_new_tokens", task.maxNewTokens);
    section.whole("batch", task.batch);
    return task;
}

CommandSettings readCommand(Section& section) {
    CommandSettings task;
    task.folder = section.source().resolve("task.folder", ".");
    section.texts("program", task.program);
    section.path("folder", task.folder);
    section.path("samples", task.samples);
    section.path("test_samples", task.testSamples);
    section.choice("lifetime", {EvaluatorLifetime::Kept, EvaluatorLifetime::PerChild}, task.lifetime);
    section.choice("handover", {Handover::Folder, Handover::InPlace}, task.handover);
    section.number("timeout", task.timeout);
    section.whole("batch", task.batch);
    section.path("scratch", task.scratch);
    return task;
}

template <typename Value>
void put(YAML::Emitter& out, const char* key, const Value& value) {
    out << YAML::Key << key << YAML::Value << value;
}

void put(YAML::Emitter& out, const char* key, const std::filesystem::path& path) {
    if (!path.empty()) put(out, key, path.string());
}

void put(YAML::Emitter& out, const char* key, const std::vector<std::string>& texts) {
    out << YAML::Key << key << YAML::Value << YAML::Flow << YAML::BeginSeq;
    for (const auto& text : texts) out << YAML::DoubleQuoted << text;
    out << YAML::EndSeq;
}

void putText(YAML::Emitter& out, const char* key, const std::string& text) {
    out << YAML::Key << key << YAML::Value << YAML::DoubleQuoted << text;
}

void write(YAML::Emitter&, const DigitsSettings&) {}

void write(YAML::Emitter& out, const CausalLmSettings& task) {
    out << YAML::Key << "files" << YAML::Value << YAML::BeginSeq;
    for (const auto& file : task.files) {
        out << YAML::BeginMap;
        if (!file.name.empty()) putText(out, "name", file.name);
        put(out, "train", file.train);
        put(out, "test", file.test);
        put(out, "held_out", fmt::format("{}", file.heldOut));
        put(out, "weight", fmt::format("{}", file.weight));
        put(out, "limit", file.limit);
        out << YAML::EndMap;
    }
    out << YAML::EndSeq;
    put(out, "scoring", std::string(nameOf(task.scoring)));
    putText(out, "prompt", task.prompt);
    putText(out, "chat", task.chat);
    putText(out, "system", task.system);
    putText(out, "reference", task.reference);
    putText(out, "choices", task.choices);
    put(out, "length_normalized", task.lengthNormalized);
    out << YAML::Key << "extract" << YAML::Value;
    if (task.extraction == Extraction::Pattern) {
        out << YAML::Flow << YAML::BeginMap;
        putText(out, "pattern", task.pattern);
        out << YAML::EndMap;
    } else {
        out << (task.extraction == Extraction::Text ? "text" : "last-number");
    }
    put(out, "stop", task.stop);
    put(out, "max_new_tokens", task.maxNewTokens);
    put(out, "batch", task.batch);
}

void write(YAML::Emitter& out, const CommandSettings& task) {
    put(out, "program", task.program);
    put(out, "folder", task.folder);
    put(out, "samples", task.samples);
    put(out, "test_samples", task.testSamples);
    put(out, "lifetime", std::string(nameOf(task.lifetime)));
    put(out, "handover", std::string(nameOf(task.handover)));
    put(out, "timeout", fmt::format("{}", task.timeout));
    put(out, "batch", task.batch);
    put(out, "scratch", task.scratch);
}

}  // namespace

void readTask(const YAML::Node& node, TaskSettings& task, const Source& source) {
    Section section(node, "task", source);
    auto kind = kindOf(task);
    section.choice("kind", {TaskKind::Digits, TaskKind::CausalLm, TaskKind::Command}, kind);
    switch (kind) {
        case TaskKind::Digits: task = DigitsSettings{}; break;
        case TaskKind::CausalLm: task = readCausalLm(section); break;
        case TaskKind::Command: task = readCommand(section); break;
    }
    section.close();
}

void readFounders(const YAML::Node& node, FounderSettings& founders, const Section& top) {
    if (node.IsScalar()) {
        for (const auto kind :
             {DigitsFounders::ReferenceSpecialists, DigitsFounders::Specialists, DigitsFounders::Random})
            if (node.Scalar() == nameOf(kind)) {
                founders = kind;
                return;
            }
        top.refuse(
            "founders", node,
            fmt::format(
                "is '{}', but must be reference-specialists, specialists, random, or a list of model folders or files",
                node.Scalar()));
    }
    if (!node.IsSequence()) top.refuse("founders", node, "must be a name or a list");
    std::vector<CheckpointFounder> models;
    for (const auto& one : node) {
        CheckpointFounder founder;
        if (one.IsMap()) {
            Section section(one, "founders", top.source());
            section.path("base", founder.base);
            section.path("adapter", founder.adapter);
            section.close();
            if (founder.base.empty()) top.refuse("founders", one, "a map needs the key base, the path of a model");
        } else {
            founder.base = top.pathOf("founders", one);
        }
        models.push_back(std::move(founder));
    }
    founders = std::move(models);
}

void readTensorRules(const YAML::Node& node, TensorRules& rules, const Source& source) {
    Section section(node, "tensors", source);
    section.texts("exclude", rules.exclude);
    if (const auto freeze = section.find("freeze")) {
        if (!freeze->IsSequence())
            section.refuse("freeze", *freeze, "must be a list of maps like {pattern: '*norm*', founder: 1}");
        for (const auto& one : *freeze) {
            Section inner(one, "tensors.freeze", source);
            FreezeRule rule;
            std::uint64_t founder = 1;
            inner.text("pattern", rule.pattern);
            inner.whole("founder", founder);
            inner.close();
            if (rule.pattern.empty() || founder == 0)
                section.refuse("freeze", one, "needs a pattern and a founder, counted from 1");
            rule.founder = founder - 1;
            rules.freeze.push_back(std::move(rule));
        }
    }
    section.truth("common_vocabulary", rules.commonVocabulary);
    section.close();
}

void writeTask(YAML::Emitter& out, const TaskSettings& task) {
    out << YAML::BeginMap;
    put(out, "kind", std::string(nameOf(kindOf(task))));
    std::visit([&](const auto& settings) { write(out, settings); }, task);
    out << YAML::EndMap;
}

void writeFounders(YAML::Emitter& out, const FounderSettings& founders) {
    if (const auto* kind = std::get_if<DigitsFounders>(&founders)) {
        out << std::string(nameOf(*kind));
        return;
    }
    out << YAML::BeginSeq;
    for (const auto& founder : std::get<std::vector<CheckpointFounder>>(founders)) {
        if (founder.adapter.empty()) {
            out << founder.base.string();
            continue;
        }
        out << YAML::BeginMap;
        put(out, "base", founder.base);
        put(out, "adapter", founder.adapter);
        out << YAML::EndMap;
    }
    out << YAML::EndSeq;
}

void writeTensorRules(YAML::Emitter& out, const TensorRules& rules) {
    out << YAML::BeginMap;
    put(out, "exclude", rules.exclude);
    out << YAML::Key << "freeze" << YAML::Value << YAML::BeginSeq;
    for (const auto& rule : rules.freeze) {
        out << YAML::Flow << YAML::BeginMap;
        putText(out, "pattern", rule.pattern);
        put(out, "founder", rule.founder + 1);
        out << YAML::EndMap;
    }
    out << YAML::EndSeq;
    put(out, "common_vocabulary", rules.commonVocabulary);
    out << YAML::EndMap;
}

}  // namespace mergarium
