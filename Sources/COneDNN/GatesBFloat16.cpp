#include <cstring>

#include "limn_onednn.h"

// Simple passes over bfloat16, compiled once for each width of vectors that a processor may have.
#if defined(__x86_64__) && defined(__linux__)
#define WIDE __attribute__((target_clones("avx512bw", "avx2", "default")))
#else
#define WIDE
#endif

// A result may be an operand's own memory: its scalars are written only after those of the same place are read.
#if defined(__clang__)
#define INDEPENDENTLY _Pragma("clang loop vectorize(assume_safety)")
#else
#define INDEPENDENTLY _Pragma("GCC ivdep")
#endif

namespace {

inline float widened(uint16_t x) {
  const uint32_t bits = uint32_t(x) << 16;
  float result;
  memcpy(&result, &bits, sizeof result);
  return result;
}

/// To the nearest, ties to even; what is not a number stays so.
inline uint16_t rounded(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  const uint16_t nearest = uint16_t((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
  return (bits & 0x7fffffff) > 0x7f800000 ? uint16_t(bits >> 16 | 0x40) : nearest;
}

// Bits of positive numbers are in the order of the numbers; seen from 1 on, zero and the negative ones come last.
inline bool isBetweenZeroAnd(uint16_t bound, uint16_t x) { return uint16_t(x - 1) < uint16_t(bound - 1); }
inline bool isPositive(uint16_t x) { return uint16_t(x - 1) < 0x7f80; }

}  // namespace

WIDE void limn_gate_bf16(
    const uint16_t *cotangent, const uint16_t *output, uint16_t *result, size_t count, float bound,
    bool keeps_negative) {
  // Outputs that were clipped at the bound have been rounded as it is here.
  const uint16_t limit = rounded(bound);
  if (keeps_negative) {
    INDEPENDENTLY
    for (size_t i = 0; i < count; ++i) result[i] = isBetweenZeroAnd(limit, output[i]) ? cotangent[i] : 0;
  } else {
    INDEPENDENTLY
    for (size_t i = 0; i < count; ++i) {
      const uint16_t v = cotangent[i];
      const bool passes = isBetweenZeroAnd(limit, output[i]) & isPositive(v);
      result[i] = passes ? v : 0;
    }
  }
}

WIDE void limn_rectify_bf16(const uint16_t *x, uint16_t *result, size_t count) {
  INDEPENDENTLY
  for (size_t i = 0; i < count; ++i) result[i] = isPositive(x[i]) ? x[i] : 0;
}

WIDE void limn_accumulate_bf16(const uint16_t *x, uint16_t *sum, size_t count) {
  INDEPENDENTLY
  for (size_t i = 0; i < count; ++i) sum[i] = rounded(widened(sum[i]) + widened(x[i]));
}

WIDE void limn_scale_and_shift_bf16(
    const uint16_t *x, uint16_t *result, size_t count, const float *scale, const float *shift, size_t width) {
  if (width == 1) {
    INDEPENDENTLY
    for (size_t i = 0; i < count; ++i) result[i] = rounded(*scale * widened(x[i]) + *shift);
  } else if (width == 16) {
    for (size_t start = 0; start < count; start += 16) {
      INDEPENDENTLY
      for (size_t i = 0; i < 16; ++i) result[start + i] = rounded(scale[i] * widened(x[start + i]) + shift[i]);
    }
  } else {
    for (size_t start = 0; start < count; start += width)
      for (size_t i = 0; i < width; ++i) result[start + i] = rounded(scale[i] * widened(x[start + i]) + shift[i]);
  }
}
