#include "limn_onednn.h"
#include "vectors.hpp"

// Convolutions of 3 × 3 taps by Winograd's minimal filtering (Lavin & Gray, "Fast algorithms for convolutional neural
// networks", 2016): a tile of m × m outputs costs (m + 2)² products per pair of channels instead of 9 m².
//
// Every function does one phase for a part of the work; no number depends on how the work is divided.

using namespace limn;

namespace {

// The interpolation points of F(4, 3): 0, ±a, ±b, infinity. These are kinder to rounding than the paper's 0, ±1, ±2.
constexpr float a = 0.625f, b = 1.5f, A = a * a, B = b * b;

// One axis of the transforms, in place: `v` holds numbers `stride` apart. F(2, 3) has the points 0, ±1, infinity.
template <int m, int stride>
INLINED void transformInput(Lanes *v) {
  const auto d = [v](int i) __attribute__((always_inline)) -> Lanes & { return v[i * stride]; };
  if constexpr (m == 2) {
    const Lanes sum = d(1) + d(2), difference = d(2) - d(1);
    d(0) = d(2) - d(0), d(3) = d(3) - d(1), d(1) = sum, d(2) = difference;
  } else {
    const Lanes evenA = d(4) - B * d(2), oddA = a * (d(3) - B * d(1));
    const Lanes evenB = d(4) - A * d(2), oddB = b * (d(3) - A * d(1));
    d(0) = A * B * d(0) - (A + B) * d(2) + d(4);
    d(5) = A * B * d(1) - (A + B) * d(3) + d(5);
    d(1) = evenA + oddA, d(2) = evenA - oddA, d(3) = evenB + oddB, d(4) = evenB - oddB;
  }
}

template <int m, int stride>
INLINED void transformOutput(Lanes *v) {
  const auto d = [v](int i) __attribute__((always_inline)) -> Lanes & { return v[i * stride]; };
  if constexpr (m == 2) {
    const Lanes first = d(0) + d(1) + d(2);
    d(1) = d(1) - d(2) + d(3), d(0) = first;
  } else {
    const Lanes sumA = d(1) + d(2), oddA = d(1) - d(2), sumB = d(3) + d(4), oddB = d(3) - d(4);
    d(0) = d(0) + sumA + sumB, d(1) = a * oddA + b * oddB, d(2) = A * sumA + B * sumB;
    d(3) = a * A * oddA + b * B * oddB + d(5);
  }
}

// From one of the (m + 2)² planes to the next: a cache line more than they take, or all would compete for the same few.
INLINED int64_t inputStride(const limn_winograd *s) { return s->group * s->inputs + 16; }
INLINED int64_t outputStride(const limn_winograd *s) { return s->group * s->outputs + 16; }

struct Tile {
  int64_t image, top, left;  // of its outputs
};

INLINED Tile tileAt(const limn_winograd *s, int64_t index) {
  const int64_t columns = (s->output[1] + s->tile - 1) / s->tile, rows = (s->output[0] + s->tile - 1) / s->tile;
  return {index / (rows * columns), index / columns % rows * s->tile, index % columns * s->tile};
}

template <int m>
INLINED void inputTile(
    const limn_winograd *s, const float *x, float *transformed, int64_t block, int64_t index, int64_t place) {
  const int n = m + 2;
  const Tile tile = tileAt(s, index);
  const int64_t top = tile.top - s->padding[0], left = tile.left - s->padding[1], area = s->input[0] * s->input[1];
  const bool isInside = top >= 0 && left >= 0 && top + n <= s->input[0] && left + n <= s->input[1];
  const float *from = x + ((tile.image * (s->inputs / 16) + block) * area + top * s->input[1] + left) * 16;
  Lanes v[n * n];
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < n; ++j) {
      const bool exists = isInside || (top + i >= 0 && top + i < s->input[0] && left + j >= 0 && left + j < s->input[1]);
      v[i * n + j] = exists ? load(from + (i * s->input[1] + j) * 16) : Lanes{};
    }
  for (int i = 0; i < n; ++i) transformInput<m, n>(v + i);
  for (int i = 0; i < n; ++i) transformInput<m, 1>(v + i * n);
  for (int i = 0; i < n * n; ++i) store(transformed + i * inputStride(s) + (block * s->group + place) * 16, v[i]);
}

template <int m>
INLINED void outputTile(
    const limn_winograd *s, const float *products, const float *bias, const float *addend, float *y, int64_t block,
    int64_t index, int64_t place) {
  const int n = m + 2;
  const Tile tile = tileAt(s, index);
  const int64_t area = s->output[0] * s->output[1];
  const float low = s->low, high = s->high;
  const float *from = products + (block / 2 * s->group + place) * 32 + block % 2 * 16;
  Lanes v[n * n];
  for (int i = 0; i < n * n; ++i) v[i] = load(from + i * outputStride(s));
  for (int i = 0; i < n; ++i) transformOutput<m, n>(v + i);
  for (int i = 0; i < m; ++i) transformOutput<m, 1>(v + i * n);
  const Lanes shift = bias ? load(bias + block * 16) : Lanes{};
  const int64_t start = (tile.image * (s->outputs / 16) + block) * area + tile.top * s->output[1] + tile.left;
  for (int i = 0; i < m && tile.top + i < s->output[0]; ++i)
    for (int j = 0; j < m && tile.left + j < s->output[1]; ++j) {
      const int64_t at = (start + i * s->output[1] + j) * 16;
      Lanes result = v[i * n + j] + shift;
      if (addend) result += load(addend + at);
      result = result < low ? Lanes{} + low : result;
      store(y + at, result > high ? Lanes{} + high : result);
    }
}

// `rows` tiles by 32 outputs. Meanwhile a share of the next weights is fetched, whose reading would be waited for.
template <int rows>
INLINED void product(const limn_winograd *s, const float *v, const float *u, float *result, const float *next, int share) {
  Lanes sums[rows][2] = {};
  for (int64_t block = 0; block < s->inputs / 16; ++block, v += s->group * 16) {
    for (int line = 0; line < share; ++line) __builtin_prefetch(next + (block * 32 + line) * 16, 0, 2);
    for (int i = 0; i < 16; ++i, u += 32) {
      const Lanes left = load(u), right = load(u + 16);
      for (int row = 0; row < rows; ++row) {
        const float factor = v[row * 16 + i];
        sums[row][0] += factor * left, sums[row][1] += factor * right;
      }
    }
  }
  for (int row = 0; row < rows; ++row) store(result + row * 32, sums[row][0]), store(result + row * 32 + 16, sums[row][1]);
}

const int most = 12;  // rows: more would not fit into the registers

INLINED void anyProduct(
    const limn_winograd *s, const float *v, const float *u, float *result, const float *next, int share, int64_t rows) {
  switch (rows) {
#define ROWS(n) \
  case n: return product<n>(s, v, u, result, next, share);
    ROWS(1) ROWS(2) ROWS(3) ROWS(4) ROWS(5) ROWS(6) ROWS(7) ROWS(8) ROWS(9) ROWS(10) ROWS(11)
#undef ROWS
    default: return product<most>(s, v, u, result, next, share);
  }
}

}  // namespace

// Blocks of channels go outside, tiles inside: neighbouring tiles share most of their memory.
WIDE void limn_winograd_input(
    const limn_winograd *s, const float *x, float *transformed, int64_t tile, size_t first, size_t last) {
  for (int64_t block = 0; block < s->inputs / 16; ++block)
    for (size_t i = first; i < last; ++i)
      s->tile == 2 ? inputTile<2>(s, x, transformed, block, tile + i, i)
                   : inputTile<4>(s, x, transformed, block, tile + i, i);
}

WIDE void limn_winograd_products(
    const limn_winograd *s, const float *transformed, const float *weights, float *products, int64_t count,
    size_t first, size_t last) {
  const int64_t panels = s->outputs / 32, parts = (count + most - 1) / most;
  const int share = int((32 + parts - 1) / parts);
  for (size_t i = first; i < last; ++i) {
    const int64_t plane = int64_t(i) / panels, panel = int64_t(i) % panels;
    const float *u = weights + int64_t(i) * s->inputs * 32;
    for (int64_t part = 0; part < parts; ++part) {
      const int64_t start = count * part / parts, end = count * (part + 1) / parts;
      anyProduct(
          s, transformed + plane * inputStride(s) + start * 16, u,
          products + plane * outputStride(s) + (panel * s->group + start) * 32,
          u + s->inputs * 32 + part * share * 16, i + 1 < last ? share : 0, end - start);
    }
  }
}

WIDE void limn_winograd_output(
    const limn_winograd *s, const float *products, const float *bias, const float *addend, float *y, int64_t tile,
    size_t first, size_t last) {
  for (int64_t block = 0; block < s->outputs / 16; ++block)
    for (size_t i = first; i < last; ++i)
      s->tile == 2 ? outputTile<2>(s, products, bias, addend, y, block, tile + i, i)
                   : outputTile<4>(s, products, bias, addend, y, block, tile + i, i);
}

namespace {

// One axis of the weights' transform: `n` numbers from three.
template <int m>
INLINED void transformTaps(const double (&g)[3], double *result) {
  if constexpr (m == 2) {
    result[0] = -g[0], result[1] = (g[0] + g[1] + g[2]) / 2, result[2] = (g[0] - g[1] + g[2]) / 2, result[3] = g[2];
  } else {
    const double points[] = {0, a, -a, b, -b};
    const double scales[] = {A * B, 2 * A * (A - B), 2 * A * (A - B), 2 * B * (B - A), 2 * B * (B - A)};
    for (int i = 0; i < 5; ++i) result[i] = (g[0] + points[i] * (g[1] + points[i] * g[2])) / scales[i];
    result[5] = g[2];
  }
}

template <int m>
void transformWeights(
    const float *weights, float *transformed, int64_t outputs, int64_t inputs, bool isGradient, int64_t first,
    int64_t last) {
  const int n = m + 2;
  for (int64_t output = first; output < last; ++output)
    for (int64_t input = 0; input < inputs; ++input) {
      // The gradient's weights have their channels exchanged and are turned by half.
      const float *g = weights + (isGradient ? input * outputs + output : output * inputs + input) * 9;
      double columns[3][n], all[n];
      for (int j = 0; j < 3; ++j) {
        const auto tap = [&](int i) { return double(isGradient ? g[8 - (i * 3 + j)] : g[i * 3 + j]); };
        const double column[] = {tap(0), tap(1), tap(2)};
        transformTaps<m>(column, columns[j]);
      }
      for (int i = 0; i < n; ++i) {
        const double row[] = {columns[0][i], columns[1][i], columns[2][i]};
        transformTaps<m>(row, all);
        for (int j = 0; j < n; ++j)
          transformed[(((i * n + j) * (outputs / 32) + output / 32) * inputs + input) * 32 + output % 32] = float(all[j]);
      }
    }
}

}  // namespace

void limn_winograd_weights(
    const float *weights, float *transformed, int tile, int64_t outputs, int64_t inputs, bool is_gradient,
    size_t first, size_t last) {
  const auto transform = tile == 2 ? transformWeights<2> : transformWeights<4>;
  transform(weights, transformed, outputs, inputs, is_gradient, int64_t(first), int64_t(last));
}
