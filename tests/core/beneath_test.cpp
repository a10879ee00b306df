#include "core/files/beneath.h"

#include "core/files/mapped_file.h"
#include "tests/support/suite.h"
#include "tests/support/tensor_files.h"

#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

#include <filesystem>
#include <memory>

using namespace mergarium;
using namespace mergarium::test;
namespace fs = std::filesystem;

namespace {

const std::string kHash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b";

}  // namespace

// What a stranger's folder can make us open.
class BeneathTest : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> temporary_;
    fs::path around_, model_;

    void link(const std::string& name, const fs::path& target) const { fs::create_symlink(target, model_ / name); }
    std::string opened(const fs::path& folder, std::string_view name) const {
        const auto file = openBeneath(folder, name);
        const auto bytes = file->bytes();
        return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    }
    void refuses(std::string_view name, const std::string& what) const {
        const auto message = messageOf([&] { openBeneath(model_, name); });
        QVERIFY2(message.starts_with((model_ / name).string() + ": ") && message.find(what) != message.npos,
                 message.c_str());
    }

private Q_SLOTS:
    void init() {
        temporary_ = std::make_unique<QTemporaryDir>();
        around_ = temporary_->path().toStdString();
        model_ = around_ / "snapshots" / "main";
        fs::create_directories(model_ / "inner");
        fs::create_directory(around_ / "blobs");
        writeText(around_ / "secret", "secret");
        writeText(around_ / "blobs" / kHash, "blob");
        writeText(model_ / "file", "file");
        writeText(model_ / "inner" / "file", "inner file");
    }

    void filesAndLinksWithinTheFolderAreOpened() {
        link("same", "file");
        link("deeper", "inner/./file");
        link("around", "inner/../same");
        fs::create_symlink("../file", model_ / "inner" / "up");
        link("down-and-up", "inner/up");
        link("folder", "inner");
        link("by-folder", "folder/file");
        QCOMPARE(opened(model_, "file"), std::string("file"));
        for (const char* name : {"same", "around", "down-and-up"}) QCOMPARE(opened(model_, name), std::string("file"));
        for (const char* name : {"deeper", "by-folder"}) QCOMPARE(opened(model_, name), std::string("inner file"));
    }

    void theFolderItselfMayBeALink() {
        fs::create_directory_symlink(model_, around_ / "link");
        QCOMPARE(opened(around_ / "link", "file"), std::string("file"));
    }

    void blobsOfTheSameCacheAreOpened() {
        link("blob", "../../blobs/" + kHash);
        QCOMPARE(opened(model_, "blob"), std::string("blob"));
        fs::create_symlink("../../../blobs/" + kHash, model_ / "inner" / "blob");
        QCOMPARE(opened(model_ / "inner", "blob"), std::string("blob"));
        // From a subfolder it is one step more.
        QCOMPARE(opened(model_, "inner/blob"), std::string("blob"));
        fs::create_symlink("../../blobs/" + kHash, model_ / "inner" / "near");
        refuses("inner/near", "outside of the model's folder");
    }

    void whatLeadsOutIsRefusedAndSaysWhere_data() {
        QTest::addColumn<QString>("target");
        for (const char* target :
             {"/etc/passwd", "../../secret", "inner/../../../secret", "../main/file", "../../blobs/../secret",
              "../../blobs/secret", "../../snapshots/main/file", "../blobs/9f86d081884c7d659a2feaa0c55ad015a3bf4f1b"})
            QTest::newRow(target) << QString(target);
    }
    void whatLeadsOutIsRefusedAndSaysWhere() {
        QFETCH(QString, target);
        writeText(around_ / "blobs" / "secret", "secret");
        link("link", target.toStdString());
        link("chain", "link");
        for (const char* name : {"link", "chain"})
            refuses(name, "this link leads to " + target.toStdString() + ", outside of the model's folder");
    }

    void aLinkToAFolderOutsideIsNotGoneAlong() {
        link("folder", around_);
        link("link", "folder/secret");
        refuses("link", "this link leads to " + around_.string() + ", outside");
    }

    void blobsThatAreLinksOrOfAnotherFolderAreNotOpened() {
        const std::string other(40, 'b');
        fs::create_symlink("../secret", around_ / "blobs" / other);
        link("link", "../../blobs/" + other);
        refuses("link", "can't be opened");

        fs::create_directories(around_ / "models" / "main");
        fs::create_symlink("../../blobs/" + kHash, around_ / "models" / "main" / "blob");
        const auto message = messageOf([&] { openBeneath(around_ / "models" / "main", "blob"); });
        QVERIFY2(message.find("outside of the model's folder") != message.npos, message.c_str());
    }

    void whatIsNoFileIsRefusedWithoutWaiting() {
        QCOMPARE(::mkfifo((model_ / "pipe").c_str(), 0600), 0);
        link("link", "pipe");
        for (const char* name : {"pipe", "link", "inner"}) refuses(name, "this is no regular file");
    }

    void linksThatLeadNowhereAreTold() {
        link("link", "gone");
        link("circle", "circle");
        refuses("link", "its target gone does not exist");
        refuses("circle", "in circles");
        refuses("gone", "there is no such file");
    }
};

MERGARIUM_SUITE(BeneathTest)
#include "beneath_test.moc"
