#include "core/figures/drawing.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <map>

namespace mergarium {
namespace {

// Advance widths of the characters from space to tilde in thousandths of the size (Adobe's font metrics of Helvetica).
constexpr std::array<int, 95> kWidths{278,  278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
                                      556,  556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
                                      1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
                                      667,  778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
                                      333,  556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
                                      556,  556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584};

/// Latin-1 from UTF-8; '?' for what isn't in it.
std::string latin(const std::string& text) {
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        if (length == 1)
            out += lead >= 0x20 ? static_cast<char>(lead) : '?';
        else if ((lead == 0xC2 || lead == 0xC3) && i + 1 < text.size())
            out += static_cast<char>((lead << 6) | (static_cast<unsigned char>(text[i + 1]) & 0x3F));
        else
            out += '?';
        i += length;
    }
    return out;
}

std::string quoted(const std::string& text) {
    std::string out(1, '(');
    for (const char letter : latin(text)) {
        if (letter == '(' || letter == ')' || letter == '\\') out += '\\';
        out += letter;
    }
    out += ')';
    return out;
}

struct Writer {
    const Drawing& drawing;
    std::string out;
    /// Opacity, in thousandths, and the name of the graphics state that sets it.
    std::map<int, std::string> states;

    void path(const std::vector<Place>& places) {
        const char* verb = "m";
        for (const auto& place : places) {
            out += fmt::format("{:.2f} {:.2f} {}\n", place.x, drawing.height - place.y, verb);
            verb = "l";
        }
    }
    void set(const Ink& ink) {
        const int opacity = static_cast<int>(ink.opacity * 1000.0 + 0.5);
        const auto state = states.try_emplace(opacity, fmt::format("O{}", states.size())).first;
        const auto part = [&](int shift) { return static_cast<double>((ink.colour >> shift) & 0xFF) / 255.0; };
        out += fmt::format("/{0} gs {1:.3f} {2:.3f} {3:.3f} rg {1:.3f} {2:.3f} {3:.3f} RG\n", state->second, part(16),
                           part(8), part(0));
    }

    void operator()(const Line& line) {
        set(line.ink);
        out += fmt::format("{} w 1 j [{}] 0 d\n", line.width, fmt::join(line.dashes, " "));
        path(line.points);
        out += "S\n";
    }
    void operator()(const Area& area) {
        set(area.ink);
        path(area.points);
        out += "h f\n";
    }
    void operator()(const Label& label) {
        set({});
        const double width = textWidth(label.text, label.size, label.bold);
        const double shift = label.anchor == Anchor::Start ? 0.0 : label.anchor == Anchor::Middle ? 0.5 * width : width;
        const double x = label.place.x - (label.upwards ? 0.0 : shift);
        const double y = drawing.height - label.place.y - (label.upwards ? shift : 0.0);
        out += fmt::format("BT /{} {} Tf {} {:.2f} {:.2f} Tm {} Tj ET\n", label.bold ? "B" : "F", label.size,
                           label.upwards ? "0 1 -1 0" : "1 0 0 1", x, y, quoted(label.text));
    }
};

}  // namespace

double textWidth(const std::string& text, double size, bool bold) {
    double width = 0.0;
    for (const char letter : latin(text)) {
        const auto index = static_cast<std::size_t>(static_cast<unsigned char>(letter)) - 0x20;
        width += index < kWidths.size() ? kWidths[index] : 556;
    }
    // The bold face is about 6 % wider.
    return width * size / 1000.0 * (bold ? 1.06 : 1.0);
}

std::string toPdf(const Drawing& drawing) {
    Writer writer{drawing, {}, {}};
    for (const auto& mark : drawing.marks) std::visit(writer, mark);
    std::string states;
    for (const auto& [opacity, name] : writer.states)
        states += fmt::format("/{} << /ca {:.3f} /CA {:.3f} >> ", name, opacity / 1000.0, opacity / 1000.0);
    const auto font = [](const char* name) {
        return fmt::format("<< /Type /Font /Subtype /Type1 /BaseFont /{} /Encoding /WinAnsiEncoding >>", name);
    };

    const std::array objects{
        std::string("<< /Type /Catalog /Pages 2 0 R >>"),
        std::string("<< /Type /Pages /Kids [3 0 R] /Count 1 >>"),
        fmt::format("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {} {}] /Contents 6 0 R "
                    "/Resources << /Font << /F 4 0 R /B 5 0 R >> /ExtGState << {}>> >> >>",
                    drawing.width, drawing.height, states),
        font("Helvetica"),
        font("Helvetica-Bold"),
        fmt::format("<< /Length {} >>\nstream\n{}\nendstream", writer.out.size(), writer.out),
        fmt::format("<< /Title {} /Producer (Mergarium) >>", quoted(drawing.title)),
    };
    std::string out = "%PDF-1.4\n%\xE2\xE3\xCF\xD3\n";
    std::string table;
    for (std::size_t i = 0; i < objects.size(); ++i) {
        table += fmt::format("{:010} 00000 n \n", out.size());
        out += fmt::format("{} 0 obj\n{}\nendobj\n", i + 1, objects[i]);
    }
    const auto start = out.size();
    out += fmt::format(
        "xref\n0 {0}\n0000000000 65535 f \n{1}trailer\n<< /Size {0} /Root 1 0 R /Info 7 0 R "
        ">>\nstartxref\n{2}\n%%EOF\n",
        objects.size() + 1, table, start);
    return out;
}

}  // namespace mergarium
