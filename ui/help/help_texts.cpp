#include "ui/help/help_texts.h"

#include "ui/theme/translation.h"

namespace mergarium::help {
namespace {

/// One of resources/screenshots, with what it shows for those who don't see it.
QString picture(const QString& file, const QString& shown) {
    return QStringLiteral("<p><img src='picture:%1' alt='%2'></p>").arg(file, shown.toHtmlEscaped());
}

}  // namespace

QString newRun() {
    return tr(
        "<h2>New run</h2>"
        "<p>A preset at the left, all of its parameters at the right. What differs from the preset is bold and says "
        "\u201cchanged\u201d. A value that can't be run is marked, and the line at the foot says why; hover over a "
        "name to read what the parameter does and which values it takes.</p>"
        "<p>The report below the presets is found out while you type: how many parameters and samples there are, how "
        "much memory it takes, what a language model will be asked, and what stands in the way.</p>"
        "<p>What you edit is kept in the database while you edit it, and is there again when the window is opened the "
        "next time. Drafts in the menu Run lists what is kept, to be opened, duplicated, renamed and removed. Where "
        "another preset is chosen, \u201cBack to my edits\u201d brings back what was there.</p>"
        "<p>Files and folders can be dropped: model folders and safetensors files become founders, JSON lines become "
        "questions, and a run configuration in YAML fills the form.</p>"
        "<p><b>Keys.</b> Enter starts, Ctrl+Z goes back to the edits. In the list of founders Delete removes one and "
        "Ctrl+Up and Ctrl+Down move it: "
        "the first founder gives an exported model its configuration.</p>");
}

QString overview() {
    return tr(
        "<h2>Overview</h2>"
        "<p>The curves are the best and the mean score of the archive on the training samples, the held-out score of "
        "the member that is best in training (not the best held-out score of all: that would be picking on the test "
        "set), and coverage: the share of the samples that at least one member solves. A wide gap between coverage "
        "and the best member is what merging has left to win.</p>"
        "<p>The table is the archive. Fitness is what a member earns in competition, the sum of its shares s/z over "
        "all samples; who is lowest leaves next. \u201cAlone\u201d counts the samples that no other member solves: "
        "they keep a weak specialist alive. Click a column's head to sort.</p>"
        "<p><b>Keys.</b> Left and Right move along the curves, with Shift faster, End shows the latest again. In the "
        "table the arrow keys choose a member, which the Inspector shows.</p>");
}

QString niches() {
    return tr("<h2>Niches</h2>") + picture("niches.png", tr("Twenty members compete for 1,437 handwritten digits")) +
           tr("<p>A row is a member, the fittest above; a column is a training sample, or several where there is no "
              "room. "
              "The brighter a cell, the larger the member's share of what the sample is worth: s/z with alpha = 1. A "
              "sample "
              "that all solve is dim in every row; one that a single member solves is bright in that row alone: its "
              "niche. "
              "The bar above says how contested each sample is, the numbers beside the rows are fitness.</p>"
              "<p>Samples stand by class, by difficulty, or by owner, which puts a member's niche in one piece. Where "
              "samples share a column it shows their mean, or the largest, so that a single one isn't lost. The "
              "Inspector "
              "says what every member answers to the chosen sample, right or wrong.</p>"
              "<p>Where members paint, Pictures shows what the fittest painted beside the references, caption by "
              "caption: the best score of a caption is bold, the bar under a name says how much of the member comes "
              "from which founder. Two members are compared side by side. The arrow keys go from picture to picture "
              "and from caption to caption, Enter inspects; Save figure in the menu of the right mouse button writes "
              "the whole as one PNG.</p>"
              "<p><b>Keys.</b> Arrows move a cursor, Enter inspects its sample, Ctrl+Enter its member. + and - zoom, "
              "Home "
              "shows all, Shift with Left and Right pans.</p>");
}

QString attraction() {
    return tr("<h2>Attraction</h2>") +
           picture("attraction.png", tr("Why a pair was drawn: the samples that made parent 2 attractive")) +
           tr("<p>The matrix is g(a, b), what parent 2 (column) can do that parent 1 (row) can't, weighted by how "
              "contested "
              "it is. Parent 1 is drawn by fitness; parent 2 in proportion to its row. A bright column is a member "
              "that many "
              "lack something of. Between members that solve the same there is nothing, so like seldom mates with "
              "like. "
              "Without attraction in the configuration it is shown as it would have been.</p>"
              "<p>The table has the latest matings: who was drawn, what the child scored on the training samples, and "
              "whether it came into the archive, in whose place. Choose one to see its cell as long as both parents "
              "live.</p>"
              "<p><b>Keys.</b> Arrows move over the matrix, Enter inspects parent 2, Ctrl+Enter parent 1.</p>");
}

QString births() {
    return tr(
        "<h2>Births</h2>"
        "<p>Every evaluation of the run in a row: the parents, the splice that cut the child together, its training "
        "score and fitness, whether it came into the archive, and whom it replaced there. Children that were rejected "
        "early were not scored to the end, because they were certain to be the weakest whatever came; their score is "
        "the mean over the samples until then.</p>"
        "<p>The filters narrow the rows down, a click on a column's head sorts them, whatever the length of the "
        "run. Saved as CSV, every birth that passes them is written, in this order.</p>"
        "<p><b>Keys.</b> Arrows choose a birth; Page Up and Page Down go faster.</p>");
}

QString genome() {
    return tr("<h2>Genome</h2>") +
           picture("genome.png", tr("Members in the colours of two founders, with split points")) +
           tr("<p>A ribbon per member along the flat parameter vector, in depth order: embeddings, layers, head. Its "
              "colours "
              "say which founder each part comes from, mixed where founders are mixed. An edge is a split point. "
              "Stretches "
              "that look alike in many members have spread through the archive by descent, whatever they do.</p>"
              "<p>Members with mutations are no mixtures of founders, and can't be painted.</p>"
              "<p><b>Keys.</b> Arrows move a cursor, Enter inspects its member, T zooms to the tensor, its layer, "
              "everything. "
              "+ and - zoom, Home shows all, Shift with Left and Right pans.</p>");
}

QString lineage() {
    return tr("<h2>Lineage</h2>") +
           picture("lineage.png", tr("The best member's ancestors, with the splice at each birth")) +
           tr("<p>Where a member comes from: its ancestors back to the founders, a birth each, with the splice that "
              "made it "
              "and what it could do that neither parent could. A child that adds nothing has lived because others "
              "left. "
              "The line goes as far back, and forth to descendants, as the two numbers above say.</p>"
              "<p><b>Keys.</b> Arrows move from member to member, Enter inspects. + and - zoom, Home shows all.</p>");
}

QString breed() {
    return tr(
        "<h2>Breed</h2>"
        "<p>Pairs two members by hand. Choose the parents, set split points on the ribbons and a mixing ratio: parent "
        "2 weighs that much before the first split point, and from each one on the parents change places. The third "
        "ribbon is what the child would be made of. Once the run is paused, the child can be scored, whole: the table "
        "lists where it is better or worse than both parents, and the sentence above says whether it would be admitted "
        "and who would leave.</p>"
        "<p>A child that is admitted takes the run's next step, in place of the one that the strategy would propose. "
        "That is an event of the run: whoever resumes it breeds the same child again. A child that is dropped changes "
        "nothing.</p>"
        "<p><b>Keys.</b> Arrows move a cursor, S sets a split point there or takes it away, Ctrl with Left and Right "
        "moves it. + and - zoom, Home shows all.</p>");
}

QString compare() {
    return tr("<h2>Compare</h2>") + picture("compare.png", tr("Six arms with standard errors, and the table")) +
           tr("<p>Arms side by side, over the finished runs of each, a seed per run: the mean against evaluations, "
              "with one "
              "standard error to either side. Single runs have no band.</p>"
              "<p>The table says where they end: mean and standard error, the 95 % confidence interval by Student's t, "
              "the "
              "area under the curve, which is how fast an arm gets there, and the difference to the first arm over the "
              "seeds that both have, with p of the paired t-test. With many arms some p is small by chance.</p>"
              "<p><b>Keys.</b> Left and Right read the curves. In the table Space shows or hides an arm; the chosen "
              "one is "
              "stressed.</p>");
}

QString sweep() {
    return tr(
        "<h2>Sweep</h2>"
        "<p>A base configuration, arms that differ in some parameters, axes whose values are combined with every arm, "
        "and seeds. Fields and YAML are two views of one text; what the command line carries out is the same file. "
        "Runs go seed by seed, so that arms grow alike and a comparison makes sense early.</p>"
        "<p>A sweep that is stopped goes on where it stood. Runs that are stored are not run again, also when arms "
        "or seeds are added. Jobs are runs at a time; they change no result.</p>"
        "<p>What you edit is kept as a draft while you edit it, as in New run; a file is written by Save as.</p>"
        "<p><b>Keys.</b> Ctrl+Shift+F5 starts and stops from anywhere. Enter shows the chosen run.</p>");
}

QString runs() {
    return tr(
        "<h2>Runs</h2>"
        "<p>Every run in the database. The runs of a sweep can be folded into one line. Best is the held-out score of "
        "the member that is best in training, a dash where nothing is held out; the small curve is the best training "
        "score from the begin to now, each from its own least to its own largest value. \u201cInterrupted\u201d: the "
        "program ended without stopping the run; it can be resumed, and ends as it would have ended. "
        "\u201cElsewhere\u201d: "
        "another process computes it, such as the command line; it is followed here about once a second, and paused "
        "and "
        "stopped there.</p>"
        "<p>File opens another database in this window, and copies runs of another one into this one. A database that "
        "is dropped on the window is opened, too. The recipe.yaml of an exported model, opened or dropped, makes the "
        "same model again, once it is said where.</p>"
        "<p>Extend gives a run more evaluations, also one that has finished: it goes on with the same stream of random "
        "numbers, and ends as if it had had its new budget from the start. Parameters of its strategy can become "
        "others "
        "there, too, from the next evaluation on; the archive may become smaller, and then the weakest leave. A model "
        "can join the founders: it takes one evaluation. The run keeps every change, and is repeated with it.</p>"
        "<p>Several runs can be chosen and compared; of one run of a sweep the whole sweep is. Several can be deleted, "
        "too, a sweep's line with all of its runs. Undo in the message, or in the menu Run, brings them back until the "
        "window closes.</p>"
        "<p><b>Keys.</b> Enter opens the chosen run, F2 renames it, Shift+F2 writes notes on it (Ctrl+Enter keeps "
        "them, Escape doesn't), Delete deletes what is chosen, Ctrl+Z undoes that, Ctrl+F searches by name, sweep, "
        "seed and notes.</p>");
}

QString leaving() {
    return tr(
        "<h3>Out of the window</h3>"
        "<p>Ctrl+Shift+E, or a right click on a picture, saves it as SVG, PDF or PNG in the size that you name: light, "
        "as for paper, as close as it is zoomed, with what is selected. In SVG and PDF lines stay lines and letters "
        "stay letters.</p>"
        "<p>A right click on a table saves all of its rows as CSV, numbers with all their digits; Ctrl+C copies the "
        "chosen ones. File, Report of this run, writes what is known of a stored run as one HTML file, or as "
        "PDF.</p>");
}

QString queue() {
    return tr(
        "<h2>Queue</h2>"
        "<p>Runs that wait for others to end. When a run is started while another one goes on, it can be put here: it "
        "begins by itself once the one before it has finished, was stopped, or failed. One that can\u2019t begin is "
        "passed over and keeps the reason, which is read when it is chosen; Try again lets it wait once more.</p>"
        "<p>The queue is kept in the database. Runs that are found there when the window opens wait until the queue is "
        "started. Hold begins no more of them, and leaves the run that goes alone.</p>"
        "<p><b>Keys.</b> Ctrl+Up and Ctrl+Down move the chosen run, Delete takes it out.</p>");
}

QString inspector() {
    return tr(
        "<h2>Inspector</h2>"
        "<p>Whatever was chosen last in any view. Of a member: its scores, its fitness, its parents with split point "
        "and mixing ratio, and the samples that it alone solves. Of a sample: its picture or its text, how contested "
        "it is, and who solves it with which share, or what every member painted for it, the best score first. Names "
        "are "
        "links.</p>"
        "<p>A member that has left the archive keeps its last known numbers for as long as it is looked at. One that "
        "lives can be exported as a model folder.</p>");
}

}  // namespace mergarium::help
