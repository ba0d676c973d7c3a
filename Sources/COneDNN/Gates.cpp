#include "limn_onednn.h"
#include "vectors.hpp"

// Simple passes over memory, compiled once for each width of vectors that a processor may have.

// A result may be an operand's own memory: its scalars are written only after those of the same place are read.
#if defined(__clang__)
#define INDEPENDENTLY _Pragma("clang loop vectorize(assume_safety)")
#else
#define INDEPENDENTLY _Pragma("GCC ivdep")
#endif

WIDE void limn_gate(
    const float *cotangent, const float *output, float *result, size_t count, float bound, bool keeps_negative) {
  INDEPENDENTLY
  for (size_t i = 0; i < count; ++i) {
    const float v = cotangent[i], y = output[i];
    const bool passes = (y > 0) & (y < bound) & (keeps_negative | (v > 0));
    result[i] = passes ? v : 0;
  }
}

WIDE void limn_rectify(const float *x, float *result, size_t count) {
  INDEPENDENTLY
  for (size_t i = 0; i < count; ++i) result[i] = x[i] > 0 ? x[i] : 0;
}

WIDE void limn_accumulate(const float *x, float *sum, size_t count) {
  INDEPENDENTLY
  for (size_t i = 0; i < count; ++i) sum[i] += x[i];
}
