#include "limn_onednn.h"
#include "vectors.hpp"

// Few rows times a large matrix: the time is that of reading the matrix, which is therefore read once and as it lies.

using namespace limn;

namespace {

// Rows of `weights` by rows of `x`, all of them contiguous.
template <int outputs, int images>
INLINED void dot(const float *x, const float *weights, size_t inputs, float (&result)[images][outputs]) {
  Lanes sums[images][outputs] = {};
  size_t k = 0;
  for (; k + 16 <= inputs; k += 16) {
    Lanes w[outputs];
    for (int n = 0; n < outputs; ++n) w[n] = load(weights + n * inputs + k);
    for (int m = 0; m < images; ++m) {
      const Lanes v = load(x + m * inputs + k);
      for (int n = 0; n < outputs; ++n) sums[m][n] += v * w[n];
    }
  }
  for (int m = 0; m < images; ++m)
    for (int n = 0; n < outputs; ++n) {
      float rest = 0;
      for (size_t i = k; i < inputs; ++i) rest += x[m * inputs + i] * weights[n * inputs + i];
      result[m][n] = sum(sums[m][n]) + rest;
    }
}

template <int outputs, int images>
INLINED void dotInto(
    const float *x, const float *weights, const float *bias, float *y, size_t inputs, size_t stride) {
  float result[images][outputs];
  dot<outputs, images>(x, weights, inputs, result);
  for (int m = 0; m < images; ++m)
    for (int n = 0; n < outputs; ++n) y[m * stride + n] = result[m][n] + (bias ? bias[n] : 0);
}

template <int outputs>
INLINED void dotAll(
    const float *x, const float *weights, const float *bias, float *y, size_t images, size_t inputs, size_t stride) {
  size_t m = 0;
  for (; m + 4 <= images; m += 4)
    dotInto<outputs, 4>(x + m * inputs, weights, bias, y + m * stride, inputs, stride);
  for (; m < images; ++m) dotInto<outputs, 1>(x + m * inputs, weights, bias, y + m * stride, inputs, stride);
}

}  // namespace

WIDE void limn_row_products(
    const float *x, const float *weights, const float *bias, float *y, size_t images, size_t inputs, size_t outputs,
    size_t first, size_t last) {
  size_t n = first;
  for (; n + 4 <= last; n += 4)
    dotAll<4>(x, weights + n * inputs, bias ? bias + n : nullptr, y + n, images, inputs, outputs);
  for (; n < last; ++n)
    dotAll<1>(x, weights + n * inputs, bias ? bias + n : nullptr, y + n, images, inputs, outputs);
}

namespace {

// Adds `count` rows of `weights`, each times its factor, to a run of `y`.
template <int count>
INLINED void addRows(
    const float *const *rows, const float *const *factors, size_t inputs, float *y, size_t images, size_t outputs,
    size_t first, size_t last) {
  size_t n = first;
  for (; n + 16 <= last; n += 16) {
    Lanes w[count];
    for (int i = 0; i < count; ++i) w[i] = load(rows[i] + n);
    for (size_t m = 0; m < images; ++m) {
      Lanes sum = load(y + m * outputs + n);
      for (int i = 0; i < count; ++i) sum += w[i] * factors[i][m * inputs];
      store(y + m * outputs + n, sum);
    }
  }
  for (; n < last; ++n)
    for (size_t m = 0; m < images; ++m)
      for (int i = 0; i < count; ++i) y[m * outputs + n] += rows[i][n] * factors[i][m * inputs];
}

}  // namespace

WIDE void limn_column_products(
    const float *x, const float *weights, const float *bias, float *y, size_t images, size_t inputs, size_t outputs,
    size_t first, size_t last) {
  for (size_t m = 0; m < images; ++m)
    for (size_t n = first; n < last; ++n) y[m * outputs + n] = bias ? bias[n] : 0;
  const float *rows[8], *factors[8];
  int count = 0;
  for (size_t k = 0; k < inputs; ++k) {
    // Cotangents of one class, or behind a rectifier, are mostly zeros: their rows need not be read.
    bool counts = false;
    for (size_t m = 0; m < images; ++m) counts |= x[m * inputs + k] != 0;
    if (!counts) continue;
    rows[count] = weights + k * outputs, factors[count] = x + k;
    if (++count < 8) continue;
    addRows<8>(rows, factors, inputs, y, images, outputs, first, last);
    count = 0;
  }
  for (int i = 0; i < count; ++i) addRows<1>(rows + i, factors + i, inputs, y, images, outputs, first, last);
}
