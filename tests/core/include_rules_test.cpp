#include <QTest>
#include "tests/support/suite.h"

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

namespace fs = std::filesystem;

namespace {

using Names = std::set<std::string>;

const fs::path kSource = MERGARIUM_SOURCE_DIR;

/// What each folder of core includes of the others: all of it and no more. A new line here is a decision.
const std::map<std::string, Names> kCore{
    {"answers", {"archive", "evaluation", "genome", "run", "store", "tasks"}},
    {"archive", {"genome", "images"}},
    {"checkpoint", {"files"}},
    {"cluster",
     {"checkpoint", "compute", "configuration", "evaluation", "fields", "files", "founders", "progress", "run",
      "search", "text"}},
    {"comparison", {"figures", "run", "statistics", "text"}},
    {"compute", {"checkpoint", "diffusion", "families", "founders", "modules", "networks", "progress", "tasks"}},
    {"configuration", {"fields", "founders", "search", "tasks"}},
    {"database", {"archive", "files", "run"}},
    {"diffusion", {"checkpoint", "families", "files", "images"}},
    {"drafts", {"configuration", "database"}},
    {"evaluation",
     {"archive", "checkpoint", "compute", "configuration", "files", "founders", "genes", "genome", "images", "parallel",
      "run", "search", "startup", "subprocess", "tasks", "text"}},
    {"export",
     {"archive", "checkpoint", "evaluation", "fields", "files", "founders", "genes", "genome", "gguf", "labels",
      "models", "run", "store"}},
    {"families", {"files"}},
    {"fields", {"files"}},
    {"figures", {"text"}},
    {"files", {"subprocess"}},
    {"founders", {"checkpoint", "diffusion", "families", "fields", "files", "genes"}},
    {"genes", {"checkpoint", "diffusion", "families", "files", "parallel"}},
    {"genome", {"checkpoint", "files", "founders", "genes", "models", "parallel", "progress", "random"}},
    {"gguf", {"checkpoint", "families", "files", "progress", "tokenization"}},
    {"history", {"archive", "evaluation", "genome", "images", "run", "store"}},
    {"images", {"files"}},
    {"import", {"database", "run", "store"}},
    {"kernels", {"families"}},
    {"labels", {"archive", "database", "run", "store"}},
    {"mating", {"archive", "random"}},
    {"merging", {"checkpoint", "fields", "files", "founders", "gguf", "models", "progress", "random", "tokenization"}},
    {"models", {"checkpoint", "files", "founders", "progress"}},
    {"modules", {}},
    {"networks",
     {"checkpoint", "diffusion", "families", "files", "founders", "genome", "images", "kernels", "progress", "random"}},
    {"parallel", {}},
    {"progress", {}},
    {"random", {}},
    {"report",
     {"archive", "configuration", "fields", "figures", "files", "founders", "progress", "run", "session", "store",
      "text"}},
    {"run", {"archive", "checkpoint", "configuration", "genes", "subprocess", "tasks"}},
    {"search", {"archive", "checkpoint", "fields", "files", "genome", "mating", "random", "tasks"}},
    {"session",
     {"archive", "cluster", "configuration", "database", "evaluation", "history", "run", "search", "store",
      "subprocess", "tasks", "text"}},
    {"startup", {"files", "subprocess"}},
    {"statistics", {}},
    {"store",
     {"archive", "checkpoint", "configuration", "database", "files", "genes", "genome", "images", "run", "search"}},
    {"subprocess", {}},
    {"sweeps", {"comparison", "configuration", "database", "fields", "files", "session", "store"}},
    {"tasks",
     {"checkpoint", "diffusion", "families", "fields", "files", "founders", "genome", "images", "models", "networks",
      "progress", "random", "subprocess", "templates", "text", "tokenization"}},
    {"templates", {"files", "text"}},
    {"text", {}},
    {"tokenization", {"files", "modules", "text"}},
    {"trial",
     {"configuration", "evaluation", "files", "founders", "genome", "progress", "subprocess", "tasks", "text"}},
};

struct Include {
    /// As it is written, with its quotes or brackets.
    std::string what;
    int line = 0;
};

/// Every source file below a folder, named from the repository's root, with what it includes.
std::map<std::string, std::vector<Include>> filesBelow(const std::string& folder) {
    static const std::regex kInclude(R"(^\s*#\s*include\s*([<"][^>"]+[>"]))");
    std::map<std::string, std::vector<Include>> files;
    for (const auto& entry : fs::recursive_directory_iterator(kSource / folder)) {
        const auto extension = entry.path().extension();
        if (extension != ".h" && extension != ".cpp") continue;
        auto& includes = files[fs::relative(entry.path(), kSource).string()];
        std::ifstream stream(entry.path());
        std::string line;
        std::smatch found;
        for (int number = 1; std::getline(stream, line); ++number)
            if (std::regex_search(line, found, kInclude)) includes.push_back({found[1], number});
    }
    return files;
}

/// "core/genome/splice.h" -> "genome"; empty for what is not in a folder of core.
std::string folderOfCore(const std::string& path) {
    static const std::regex kFolder("^[<\"]?core/([^/]+)/");
    std::smatch found;
    return std::regex_search(path, found, kFolder) ? found[1].str() : std::string();
}

bool isLibtorch(const std::string& include) {
    static const std::regex kLibtorch("^[<\"](torch|ATen|c10|caffe2)/");
    return std::regex_search(include, kLibtorch);
}

/// Files of these that include libtorch, themselves or through others of them.
Names filesThatReachLibtorch(const std::map<std::string, std::vector<Include>>& files) {
    Names reach;
    for (bool grows = true; grows;) {
        grows = false;
        for (const auto& [name, includes] : files)
            for (const auto& include : includes)
                if (isLibtorch(include.what) || reach.contains(include.what.substr(1, include.what.size() - 2)))
                    grows = reach.insert(name).second || grows;
    }
    return reach;
}

/// The sources that core's build files list for a library: its own list, and those of the kinds.
Names sourcesOf(const std::string& library) {
    Names sources;
    const auto take = [&](const fs::path& file, const std::string& begin) {
        std::ifstream stream(file);
        const std::string text(std::istreambuf_iterator<char>(stream), {});
        const auto from = text.find(begin);
        if (from == std::string::npos) return;
        std::istringstream words(text.substr(from, text.find(')', from) - from));
        const auto folder = fs::relative(file.parent_path(), kSource).string() + "/";
        const std::string here = "${CMAKE_CURRENT_LIST_DIR}/";
        for (std::string word; words >> word;)
            if (word.ends_with(".cpp"))
                sources.insert(folder + (word.starts_with(here) ? word.substr(here.size()) : word));
    };
    take(kSource / "core/CMakeLists.txt", "add_library(" + library + " ");
    for (const auto& entry : fs::recursive_directory_iterator(kSource / "core"))
        if (entry.path().filename() == "sources.cmake") take(entry.path(), "target_sources(" + library + " ");
    return sources;
}

QString listed(const Names& names) {
    QStringList list;
    for (const auto& name : names) list << QString::fromStdString(name);
    return list.join(' ');
}

}  // namespace

// On Debian Qt, libtorch and SQLite all sit in /usr/include, so the compiler would not object to a layer reaching
// across.
class IncludeRulesTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void layersIncludeOnlyWhatTheyMay_data() {
        QTest::addColumn<QString>("folder");
        QTest::addColumn<QString>("forbidden");
        const auto row = [](const char* name, const QString& folder, const char* forbidden) {
            QTest::newRow(name) << folder << QString(forbidden);
        };
        row("core has no Qt", "core", "[<\"](Q[A-Za-z]+(/|>)|Qt|qcustomplot)");
        row("core doesn't know ui or app", "core", "\"(ui|app)/");
        row("ui has no SQL", "ui", "[<\"](sqlite3|SQLiteCpp|QtSql|QSql)");
        row("ui doesn't know app", "ui", "\"app/");
        row("app has no SQL", "app", "[<\"](sqlite3|SQLiteCpp|QtSql|QSql)");
        row("the archive knows no tasks", "core/archive",
            "\"core/(tasks|networks|kernels|compute|search|evaluation|store|session|mating)/");
        row("strategies know no SQL and no networks", "core/search",
            "\"core/(networks|kernels|compute|evaluation|store|session)/");
        // Who computes knows nobody who selects or stores.
        for (const auto* folder : {"kernels", "networks", "compute", "tasks"})
            row(qPrintable(QString("%1 don't know the archive").arg(folder)), QString("core/%1").arg(folder),
                "\"core/(archive|mating|search|evaluation|run|store|session|sweeps|configuration)/");
        for (const auto& [folder, allowed] : kCore)
            if (!Names{"database", "drafts", "import", "labels", "store"}.contains(folder))
                row(qPrintable(QString("SQL stays beside the store: %1").arg(folder.c_str())),
                    QString("core/%1").arg(folder.c_str()), "[<\"](sqlite3|SQLiteCpp)");
    }

    void layersIncludeOnlyWhatTheyMay() {
        QFETCH(QString, folder);
        QFETCH(QString, forbidden);
        const std::regex rule("^" + forbidden.toStdString());
        // A build of the core alone may lack the layers above.
        if (!fs::exists(kSource / folder.toStdString())) QSKIP("not here");
        const auto files = filesBelow(folder.toStdString());
        QVERIFY(!files.empty());
        for (const auto& [name, includes] : files)
            for (const auto& [what, line] : includes)
                QVERIFY2(!std::regex_search(what, rule),
                         qPrintable(QString("%1:%2: %3").arg(name.c_str()).arg(line).arg(what.c_str())));
    }

    void aFolderOfCoreIncludesTheOthersThatItMay_data() {
        QTest::addColumn<QString>("folder");
        Names folders;
        for (const auto& [folder, allowed] : kCore) folders.insert(folder);
        for (const auto& entry : fs::directory_iterator(kSource / "core"))
            if (entry.is_directory()) folders.insert(entry.path().filename().string());
        for (const auto& folder : folders) QTest::newRow(folder.c_str()) << QString::fromStdString(folder);
    }
    void aFolderOfCoreIncludesTheOthersThatItMay() {
        QFETCH(QString, folder);
        const auto name = folder.toStdString();
        QVERIFY2(kCore.contains(name), "the table doesn't name it");
        QVERIFY2(fs::is_directory(kSource / "core" / name), "the table names a folder that isn't there");
        Names included;
        for (const auto& [file, includes] : filesBelow("core/" + name))
            for (const auto& include : includes)
                if (const auto other = folderOfCore(include.what); !other.empty() && other != name)
                    included.insert(other);
        QCOMPARE(listed(included), listed(kCore.at(name)));
    }

    void foldersOfCoreIncludeEachOtherInNoCircle() {
        // Takes away those that include nothing that is left, until nothing is left.
        auto left = kCore;
        for (bool shrinks = true; shrinks;)
            shrinks =
                std::erase_if(left, [&](const auto& folder) {
                    return std::ranges::none_of(folder.second, [&](const auto& other) { return left.contains(other); });
                }) > 0;
        Names circle;
        for (const auto& [folder, others] : left) circle.insert(folder);
        QVERIFY2(circle.empty(), qPrintable(listed(circle)));
    }

    // Directly or through a header: what reaches libtorch is linked to it, and programs start without.
    void onlyTheNetworksModuleReachesLibtorch() {
        auto files = filesBelow("core");
        for (const auto* layer : {"ui", "app"})
            if (fs::exists(kSource / layer)) files.merge(filesBelow(layer));
        auto module = sourcesOf("mergarium_networks");
        module.merge(sourcesOf("mergarium_kernels"));
        QVERIFY(module.size() > 5);
        int sources = 0;
        for (const auto& name : filesThatReachLibtorch(files)) {
            if (!name.ends_with(".cpp")) continue;
            ++sources;
            QVERIFY2(module.contains(name), name.c_str());
        }
        QVERIFY(sources > 5);
        for (const auto& name : module) QVERIFY2(files.contains(name), name.c_str());
    }
};

MERGARIUM_SUITE(IncludeRulesTest)
#include "include_rules_test.moc"
