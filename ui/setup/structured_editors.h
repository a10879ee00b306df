#pragma once

#include "core/founders/founder_settings.h"
#include "core/search/shared_fields.h"
#include "core/tasks/causal_lm/causal_lm_settings.h"

#include <QWidget>

#include <span>
#include <string_view>

class QComboBox;
class QLineEdit;
class QStackedLayout;

namespace mergarium {

class CountBox;
class FounderList;
class NumberBox;

/// Least and most split points.
class SplitsEditor : public QWidget {
    Q_OBJECT

public:
    explicit SplitsEditor(QWidget* parent = nullptr);
    void setSplits(const SplitCount& splits);
    /// Absent: what is typed is no number of split points.
    std::optional<SplitCount> splits() const;

Q_SIGNALS:
    void changed();

private:
    CountBox* least_;
    CountBox* most_;
};

/// How mixing ratios are chosen.
class RatioEditor : public QWidget {
    Q_OBJECT

public:
    RatioEditor(bool evenToo, QWidget* parent = nullptr);
    void setRatio(const RatioChoice& ratio);
    /// Absent: the shape is no number.
    std::optional<RatioChoice> ratio() const;

Q_SIGNALS:
    void changed();

private:
    bool evenToo_;
    QComboBox* kind_;
    NumberBox* shape_;
};

/// What of a generated text is the answer.
class ExtractionEditor : public QWidget {
    Q_OBJECT

public:
    explicit ExtractionEditor(QWidget* parent = nullptr);
    void set(Extraction extraction, const std::string& pattern);
    Extraction extraction() const;
    std::string pattern() const;

Q_SIGNALS:
    void changed();

private:
    QComboBox* kind_;
    QLineEdit* pattern_;
};

/// The task's own founders by name, or a list of models.
class FoundersEditor : public QWidget {
    Q_OBJECT

public:
    explicit FoundersEditor(std::span<const std::string_view> own, QWidget* parent = nullptr);
    void setFounders(const FounderSettings& founders);
    FounderSettings founders() const;
    /// Adds models, where founders are models.
    void add(const QStringList& paths);

Q_SIGNALS:
    void changed();

private:
    /// One of the two.
    QComboBox* own_ = nullptr;
    FounderList* models_ = nullptr;
};

}  // namespace mergarium
