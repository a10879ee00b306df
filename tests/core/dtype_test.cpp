#include "core/checkpoint/dtype.h"
#include "core/checkpoint/not_finite.h"
#include "tests/support/suite.h"

#include <QTest>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <span>
#include <vector>

using namespace mergarium;

namespace {

/// A narrow format told by its definition alone: `codes` non-negative finite codes, the value of each, and of the one
/// past the last.
struct Narrow {
    DType dtype;
    int exponentBits, mantissaBits;
    std::uint32_t codes;
    std::uint32_t beyond;

    double value(std::uint32_t code) const {
        const int bias = (1 << (exponentBits - 1)) - 1;
        const auto exponent = static_cast<int>(code >> mantissaBits);
        const double mantissa = code & ((1u << mantissaBits) - 1);
        if (exponent == 0) return std::ldexp(mantissa, 1 - bias - mantissaBits);
        return std::ldexp(mantissa + (1 << mantissaBits), exponent - bias - mantissaBits);
    }

    /// The nearest code by search; of two equally near the even one.
    std::uint32_t nearest(float value) const {
        const double magnitude = std::abs(static_cast<double>(value));
        std::uint32_t low = 0, high = codes;
        if (magnitude >= this->value(codes)) low = codes;
        while (low + 1 < high) {
            const auto middle = (low + high) / 2;
            (this->value(middle) <= magnitude ? low : high) = middle;
        }
        const double down = magnitude - this->value(low), up = this->value(low + 1) - magnitude;
        std::uint32_t code = low < codes && (up < down || (up == down && low % 2 == 1)) ? low + 1 : low;
        if (code >= codes) code = beyond;
        return code | (std::signbit(value) ? 1u << (exponentBits + mantissaBits) : 0);
    }
};

const std::vector<Narrow> kNarrow{{DType::F16, 5, 10, 0x7c00, 0x7c00},
                                  {DType::BF16, 8, 7, 0x7f80, 0x7f80},
                                  {DType::F8E4M3, 4, 3, 0x7f, 0x7f},
                                  {DType::F8E5M2, 5, 2, 0x7c, 0x7c}};

std::vector<std::uint32_t> encoded(DType dtype, const std::vector<float>& values) {
    const auto size = sizeOf(dtype);
    std::vector<std::byte> bytes(values.size() * size + 1);
    fromFloats(dtype, values, bytes.data() + 1);  // an odd address
    std::vector<std::uint32_t> codes(values.size(), 0);
    for (std::size_t i = 0; i < values.size(); ++i) std::memcpy(&codes[i], bytes.data() + 1 + i * size, size);
    return codes;
}

std::vector<float> decodedAll(DType dtype) {
    const auto size = sizeOf(dtype);
    const std::size_t count = std::size_t{1} << (8 * size);
    std::vector<std::byte> bytes(count * size + 1);
    for (std::size_t code = 0; code < count; ++code) std::memcpy(bytes.data() + 1 + code * size, &code, size);
    std::vector<float> values(count);
    toFloats(dtype, bytes.data() + 1, values);
    return values;
}

/// Random bit patterns, every value of the format, and the midpoints between them with their neighbours.
std::vector<float> difficultValues(const Narrow& narrow) {
    std::mt19937 random(7);
    std::vector<float> values{0.0f,
                              -0.0f,
                              std::numeric_limits<float>::denorm_min(),
                              std::numeric_limits<float>::max(),
                              std::numeric_limits<float>::infinity(),
                              -std::numeric_limits<float>::infinity()};
    while (values.size() < 200'000) {
        const auto value = std::bit_cast<float>(static_cast<std::uint32_t>(random()));
        if (!std::isnan(value)) values.push_back(value);
    }
    for (std::uint32_t code = 0; code < narrow.codes; ++code) {
        const auto value = static_cast<float>(narrow.value(code));
        const auto middle = static_cast<float>((narrow.value(code) + narrow.value(code + 1)) / 2);
        for (const float one : {value, middle, std::nextafter(middle, 0.0f), std::nextafter(middle, INFINITY)})
            values.insert(values.end(), {one, -one});
    }
    return values;
}

}  // namespace

class DTypeTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void numbersThatAreNotFiniteAreCountedInEveryType() {
        constexpr float kInfinity = std::numeric_limits<float>::infinity();
        constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
        // Beyond the end of a block, and in an odd place.
        std::vector<float> values(10'001, 1.5f);
        values[0] = values[9'999] = kNan;
        values[1] = values[4'096] = kInfinity;
        values[10'000] = -kInfinity;
        values[2] = -0.0f;
        values[3] = 448.0f;  // the largest of the narrowest type
        for (const auto dtype : {DType::F32, DType::F16, DType::BF16, DType::F8E5M2, DType::F8E4M3}) {
            std::vector<std::byte> bytes(values.size() * sizeOf(dtype) + 1);
            fromFloats(dtype, values, bytes.data() + 1);
            const auto found = countNotFinite(dtype, std::span(bytes).subspan(1));
            const bool knowsInfinity = dtype != DType::F8E4M3;
            QCOMPARE(found, (knowsInfinity ? NotFinite{2, 3} : NotFinite{5, 0}));
        }
        std::vector<double> wide{1.0, kNan, kInfinity, 1e300};
        QCOMPARE(countNotFinite(DType::F64, std::as_bytes(std::span(wide))), (NotFinite{1, 1}));
        const std::vector<std::byte> whole(64, std::byte{0xff});
        QCOMPARE(countNotFinite(DType::I64, whole), NotFinite{});
    }

    void namesAreThoseOfSafetensors() {
        QCOMPARE(dtypeOf("BF16"), DType::BF16);
        QCOMPARE(dtypeOf("F8_E4M3"), DType::F8E4M3);
        QVERIFY(!dtypeOf("bf16"));
        QVERIFY(isFloating(DType::F8E5M2) && !isFloating(DType::I64));
    }

    void everyCodeDecodesToItsValue() {
        for (const auto& narrow : kNarrow) {
            const auto values = decodedAll(narrow.dtype);
            const std::uint32_t sign = 1u << (narrow.exponentBits + narrow.mantissaBits);
            for (std::uint32_t code = 0; code < narrow.codes; ++code) {
                QCOMPARE(static_cast<double>(values[code]), narrow.value(code));
                QCOMPARE(static_cast<double>(values[code | sign]), -narrow.value(code));
                QVERIFY(std::signbit(values[code | sign]));
            }
            for (std::uint32_t code = narrow.codes; code < sign; ++code)
                QVERIFY2(code == narrow.codes && narrow.dtype != DType::F8E4M3 ? std::isinf(values[code])
                                                                               : std::isnan(values[code]),
                         qPrintable(QString("code %1 of %2").arg(code).arg(nameOf(narrow.dtype).data())));
        }
    }

    void valuesAreRoundedToTheNearestWithTiesToEven() {
        for (const auto& narrow : kNarrow) {
            const auto values = difficultValues(narrow);
            const auto codes = encoded(narrow.dtype, values);
            for (std::size_t i = 0; i < values.size(); ++i)
                QVERIFY2(codes[i] == narrow.nearest(values[i]), qPrintable(QString("%1 to %2: %3")
                                                                               .arg(double(values[i]), 0, 'g', 17)
                                                                               .arg(nameOf(narrow.dtype).data())
                                                                               .arg(codes[i], 0, 16)));
        }
    }

    void nanStaysNan() {
        const std::vector<float> nans(9, std::numeric_limits<float>::signaling_NaN());
        for (const auto& narrow : kNarrow) {
            const auto codes = encoded(narrow.dtype, nans);
            for (const auto code : codes) QVERIFY(std::isnan(decodedAll(narrow.dtype)[code]));
        }
    }

    // Few elements take the portable way, many the machine's instructions.
    void allWaysGiveTheSameBits() {
        for (const auto& narrow : kNarrow) {
            auto values = difficultValues(narrow);
            for (std::uint32_t payload = 1; payload < 0x800000; payload += 4099)
                values.push_back(std::bit_cast<float>(0xff800000u | payload));
            const auto codes = encoded(narrow.dtype, values);
            for (std::size_t i = 0; i < values.size(); ++i)
                QCOMPARE(encoded(narrow.dtype, {values[i]}).front(), codes[i]);

            const auto size = sizeOf(narrow.dtype);
            const auto all = decodedAll(narrow.dtype);
            for (std::size_t code = 0; code < all.size(); ++code) {
                std::byte bytes[2];
                std::memcpy(bytes, &code, size);
                float one = 0;
                toFloats(narrow.dtype, bytes, {&one, 1});
                QCOMPARE(std::bit_cast<std::uint32_t>(one), std::bit_cast<std::uint32_t>(all[code]));
            }
        }
    }

    void widerTypesAreRoundedOnce() {
        const std::vector<double> wide{1.0 / 3, 1e300, -1e-300, 16777217.0};
        std::vector<float> values(wide.size());
        toFloats(DType::F64, reinterpret_cast<const std::byte*>(wide.data()), values);
        QCOMPARE(values, (std::vector<float>{1.0f / 3, INFINITY, -0.0f, 16777216.0f}));
    }

    void integersAreNoFloatingNumbers() {
        std::byte byte{};
        float value = 0;
        QVERIFY_EXCEPTION_THROWN(toFloats(DType::I8, &byte, {&value, 1}), std::invalid_argument);
        QVERIFY_EXCEPTION_THROWN(fromFloats(DType::Bool, {&value, 1}, &byte), std::invalid_argument);
    }
};

MERGARIUM_SUITE(DTypeTest)
#include "dtype_test.moc"
