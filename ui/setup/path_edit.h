#pragma once

#include <QWidget>

class QLineEdit;

namespace mergarium {

/// A path, typed, chosen or dropped.
class PathEdit : public QWidget {
    Q_OBJECT

public:
    enum class Kind { File, Folder };

    PathEdit(Kind kind, const QString& empty, QWidget* parent);

    /// For screen readers, where no label stands beside it.
    void setName(const QString& name);
    void setPath(const QString& path);
    QString path() const;

Q_SIGNALS:
    void changed();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QLineEdit* line_ = nullptr;
};

}  // namespace mergarium
