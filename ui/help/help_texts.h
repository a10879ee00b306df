#pragma once

#include <QString>

namespace mergarium::help {

/// What the views say of themselves, for people who know the paper: what is shown, how it is read, and which keys. HTML
/// that begins with a heading.
QString newRun();
QString overview();
QString niches();
QString attraction();
QString births();
QString genome();
QString lineage();
QString breed();
QString compare();
QString sweep();
QString runs();
QString queue();
QString inspector();
/// For all of them: how pictures, tables and runs are saved.
QString leaving();

}  // namespace mergarium::help
