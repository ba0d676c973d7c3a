#include "limn_onednn.h"
#include "vectors.hpp"

// The data gradient of a convolution of few channels, as a network's first is: in blocks of 16 channels most of the
// work would be spent on padding.

using namespace limn;

namespace {

// The places along one axis of the output that a place of the input went into, with the tap of each.
INLINED bool reaches(const limn_window *s, int axis, int64_t place, int64_t tap, int64_t *output) {
  const int64_t offset = place + s->padding[axis] - tap * s->dilations[axis];
  *output = offset / s->strides[axis];
  return offset >= 0 && offset % s->strides[axis] == 0 && *output < s->output[axis];
}

// `pixels` places of a row, a stride apart, so that they meet the same taps.
template <int channels, int pixels>
INLINED void patch(
    const limn_window *s, const float *cotangent, const float *weights, float *gradient, int64_t blocks, int64_t row,
    int64_t column) {
  Lanes sums[pixels][channels] = {};
  const int64_t area = s->output[0] * s->output[1];
  for (int64_t i = 0; i < s->kernel[0]; ++i) {
    int64_t y, x;
    if (!reaches(s, 0, row, i, &y)) continue;
    for (int64_t j = 0; j < s->kernel[1]; ++j) {
      if (!reaches(s, 1, column, j, &x)) continue;
      const float *v = cotangent + (y * s->output[1] + x) * 16;
      const float *w = weights + (i * s->kernel[1] + j) * blocks * channels * 16;
      for (int64_t b = 0; b < blocks; ++b, v += area * 16, w += channels * 16) {
        Lanes factors[channels];
        for (int c = 0; c < channels; ++c) factors[c] = load(w + c * 16);
        for (int p = 0; p < pixels; ++p) {
          const Lanes from = load(v + p * 16);
          for (int c = 0; c < channels; ++c) sums[p][c] += from * factors[c];
        }
      }
    }
  }
  const int64_t stride = s->strides[1];
  for (int c = 0; c < channels; ++c) {
    float *to = gradient + (c * s->input[0] + row) * s->input[1] + column;
    if constexpr (pixels == 1) {
      *to = sum(sums[0][c]);
    } else {
      for (int p = 0; p < pixels; p += 4) {
        const Quad four = limn::sums(sums[p][c], sums[p + 1][c], sums[p + 2][c], sums[p + 3][c]);
        for (int i = 0; i < 4; ++i) to[(p + i) * stride] = four[i];
      }
    }
  }
}

template <int channels>
INLINED void row(
    const limn_window *s, const float *cotangent, const float *weights, float *gradient, int64_t blocks, int64_t row) {
  const int pixels = 4;
  const int64_t stride = s->strides[1], reach = (s->kernel[1] - 1) * s->dilations[1];
  for (int64_t phase = 0; phase < stride && phase < s->input[1]; ++phase)
    for (int64_t column = phase; column < s->input[1];) {
      const int64_t last = column + (pixels - 1) * stride;
      // Away from the borders every place meets all the taps that the first one does.
      if (last < s->input[1] && column + s->padding[1] >= reach &&
          last + s->padding[1] < s->output[1] * stride) {
        patch<channels, pixels>(s, cotangent, weights, gradient, blocks, row, column);
        column += pixels * stride;
      } else {
        patch<channels, 1>(s, cotangent, weights, gradient, blocks, row, column);
        column += stride;
      }
    }
}

}  // namespace

WIDE void limn_stem_gradient(
    const limn_window *s, const float *cotangent, const float *weights, float *gradient, int channels, int64_t blocks,
    size_t first, size_t last) {
  const size_t height = size_t(s->input[0]);
  for (size_t i = first; i < last; ++i) {
    const float *from = cotangent + int64_t(i / height) * blocks * s->output[0] * s->output[1] * 16;
    float *to = gradient + int64_t(i / height) * channels * s->input[0] * s->input[1];
    const auto at = int64_t(i % height);
    switch (channels) {
      case 1: row<1>(s, from, weights, to, blocks, at); break;
      case 2: row<2>(s, from, weights, to, blocks, at); break;
      case 3: row<3>(s, from, weights, to, blocks, at); break;
      default: row<4>(s, from, weights, to, blocks, at); break;
    }
  }
}
