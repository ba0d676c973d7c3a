// What the hand-written kernels share: functions compiled once per width of vectors, and sixteen or eight numbers at once.
#pragma once

#include <stdint.h>
#include <string.h>

#if defined(__x86_64__) && defined(__linux__)
#define WIDE __attribute__((target_clones("avx512f", "arch=haswell", "default")))
#else
#define WIDE
#endif

#if defined(__clang__)
// Vectors are handed between functions that become one.
#pragma clang diagnostic ignored "-Wpsabi"
#endif

// The functions that a WIDE one is made of must become part of it, or they would be compiled for the narrowest vectors.
#define INLINED static inline __attribute__((always_inline))

namespace limn {

typedef float Lanes __attribute__((vector_size(64)));
typedef int32_t LaneMask __attribute__((vector_size(64)));
typedef float HalfLanes __attribute__((vector_size(32)));
typedef int32_t HalfLaneMask __attribute__((vector_size(32)));

// Arrays need not be aligned to whole vectors.
template <class V = Lanes>
INLINED V load(const float *from) {
  V result;
  memcpy(&result, from, sizeof result);
  return result;
}

template <class V>
INLINED void store(float *to, V v) {
  memcpy(to, &v, sizeof v);
}

// The sum in pairs, so that it is the same whatever the width of vectors.
INLINED float sum(Lanes v) {
  const auto eight = __builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7) +
                     __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15);
  const auto four = __builtin_shufflevector(eight, eight, 0, 1, 2, 3) + __builtin_shufflevector(eight, eight, 4, 5, 6, 7);
  return (four[0] + four[2]) + (four[1] + four[3]);
}

// The sums of four, in the same order, with half the work.
typedef float Quad __attribute__((vector_size(16)));

INLINED Quad sums(Lanes a, Lanes b, Lanes c, Lanes d) {
  const auto halves = [](Lanes x, Lanes y) __attribute__((always_inline)) {
    return __builtin_shufflevector(x, y, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23) +
           __builtin_shufflevector(x, y, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
  };
  const Lanes ab = halves(a, b), cd = halves(c, d);
  const Lanes fours = __builtin_shufflevector(ab, cd, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27) +
                      __builtin_shufflevector(ab, cd, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
  const Lanes twos = fours + __builtin_shufflevector(fours, fours, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
  return __builtin_shufflevector(twos, twos, 0, 4, 8, 12) + __builtin_shufflevector(twos, twos, 1, 5, 9, 13);
}

}  // namespace limn
