#include "core/templates/model_template.h"
#include "tests/support/suite.h"
#include "tests/support/tensor_files.h"

#include <QTemporaryDir>
#include <QTest>

#include <filesystem>

using namespace mergarium;
namespace fs = std::filesystem;

// Where a model's chat templates and tokens are found: as transformers finds them.
class ModelTemplateTest : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> temporary_;
    fs::path folder_;

    void write(const char* name, std::string_view text) const {
        fs::create_directories((folder_ / name).parent_path());
        test::writeText(folder_ / name, text);
    }
    std::string asked(std::string_view name = {}) const { return ModelTemplate::open(folder_, name).ask("S", "Q"); }
    std::string refusal(std::string_view name = {}) const {
        return test::messageOf([&] { (void)asked(name); });
    }

private Q_SLOTS:
    void init() {
        temporary_ = std::make_unique<QTemporaryDir>();
        folder_ = temporary_->path().toStdString();
    }

    void aTemplateIsATextOfTheTokenizersSettings() {
        write(
            "tokenizer_config.json",
            R"({"chat_template": "{{ bos_token }}{% for m in messages %}<{{ m.role }}>{{ m['content'] }}{{ eos_token }}{% endfor %}{% if add_generation_prompt %}>{% endif %}{{ tools is none }}{{ documents is none }}{{ pad_token }}{{ add_bos_token }}",
                  "bos_token": "<s>", "eos_token": {"content": "</s>", "lstrip": false}, "pad_token": null,
                  "add_bos_token": true})");
        QCOMPARE(asked(), std::string("<s><system>S</s><user>Q</s>>TrueTrue"));
        QCOMPARE(ModelTemplate::open(folder_).ask(std::nullopt, "Q"), std::string("<s><user>Q</s>>TrueTrue"));
    }

    void oneOfSeveralIsNamed() {
        write("tokenizer_config.json",
              R"({"chat_template": [{"name": "default", "template": "d"}, {"name": "tool_use", "template": "t"}]})");
        QCOMPARE(asked(), std::string("d"));
        QCOMPARE(asked("tool_use"), std::string("t"));
        QCOMPARE(refusal("rag"), folder_.string() + ": it has no chat template 'rag'; there are default, tool_use.");
        write("tokenizer_config.json", R"({"chat_template": [{"name": "rag", "template": "r"}]})");
        QCOMPARE(refusal(), folder_.string() + ": none of its chat templates is the default; name one of rag.");
    }

    void aFileOfItsOwnComesBeforeTheSettings() {
        write("tokenizer_config.json", R"({"chat_template": "settings", "bos_token": "<b>"})");
        write("chat_template.json", R"({"chat_template": "processor"})");
        write("chat_template.jinja", "{{ bos_token }}file\n");
        QCOMPARE(asked(), std::string("<b>file"));
        write("additional_chat_templates/tool_use.jinja", "tools");
        QCOMPARE(asked("tool_use"), std::string("tools"));
        fs::remove_all(folder_ / "additional_chat_templates");
        fs::remove(folder_ / "chat_template.jinja");
        QCOMPARE(asked(), std::string("settings"));
        fs::remove(folder_ / "tokenizer_config.json");
        QCOMPARE(asked(), std::string("processor"));
    }

    void whereThereIsNoneTheFixedOnesAreNamed() {
        write("tokenizer_config.json", R"({"chat_template": null})");
        QCOMPARE(refusal(), folder_.string() +
                                ": the model has no chat template of its own (chat_template.jinja, "
                                "tokenizer_config.json); take one of plain, alpaca, chatml, gemma, llama2, llama3, "
                                "mistral, phi3, zephyr.");
    }

    void tokensAreThoseThatTransformersKnows() {
        write("chat_template.jinja",
              "{{ bos_token }}{{ eos_token }}{{ image_token }}{{ additional_special_tokens|join('+') }}");
        write("special_tokens_map.json",
              R"({"bos_token": "<map>", "additional_special_tokens": ["<x>", {"content": "<y>"}]})");
        write("tokenizer_config.json", R"({"bos_token": "<c>", "extra_special_tokens": {"image_token": "<i>"}})");
        QCOMPARE(asked(), std::string("<map><i><x>+<y>"));
        // Where all tokens are listed the map is of an older version.
        write("tokenizer_config.json", R"({"bos_token": "<c>", "added_tokens_decoder": {}})");
        QCOMPARE(asked(), std::string("<c><x>+<y>"));
        fs::remove(folder_ / "special_tokens_map.json");
        write("tokenizer_config.json", R"({"tokenizer_class": "LlamaTokenizerFast", "bos_token": null})");
        QCOMPARE(asked(), std::string("</s>"));
    }

    void whatIsNoTemplateIsRefusedByPlace() {
        write("tokenizer_config.json", R"({"chat_template": 5})");
        QCOMPARE(refusal(),
                 (folder_ / "tokenizer_config.json").string() + ": the chat template is neither a text nor a list.");
        write("tokenizer_config.json", R"({"chat_template": [{"name": 1}]})");
        QCOMPARE(refusal(), (folder_ / "tokenizer_config.json").string() +
                                ": a chat template is no object with a name and a template.");
        write("tokenizer_config.json", R"({"chat_template": "a\n{{ raise_exception('No system text') }}"})");
        QCOMPARE(refusal(), (folder_ / "tokenizer_config.json").string() +
                                ", chat_template, line 2: it refuses what it is asked: No system text.");
        write("chat_template.jinja", "{{ a");
        QCOMPARE(refusal(), (folder_ / "chat_template.jinja").string() + ", line 1: a {{ has no end.");
    }

    void linksOutOfTheFolderAreNotFollowed() {
        QTemporaryDir elsewhere;
        test::writeText(elsewhere.filePath("secret").toStdString(), "secret");
        fs::create_symlink(elsewhere.filePath("secret").toStdString(), folder_ / "chat_template.jinja");
        QVERIFY(refusal().find("is not followed") != std::string::npos);
    }
};

MERGARIUM_SUITE(ModelTemplateTest)
#include "model_template_test.moc"
