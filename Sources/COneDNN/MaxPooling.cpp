#include "limn_onednn.h"
#include "vectors.hpp"

// The way back through max pooling, without a workspace: the maxima are found again, in the one pass that hands out
// cotangents.

using namespace limn;

namespace {

template <class V, class Mask>
INLINED void plane(const limn_window *s, const float *x, const float *cotangent, float *gradient) {
  const int width = sizeof(V) / sizeof(float);
  int64_t cleared = 0;
  for (int64_t row = 0; row < s->output[0]; ++row) {
    const int64_t top = row * s->strides[0] - s->padding[0];
    int64_t end = row + 1 < s->output[0] ? top + (s->kernel[0] - 1) * s->dilations[0] + 1 : s->input[0];
    if (end > s->input[0]) end = s->input[0];
    if (end > cleared) {
      memset(gradient + cleared * s->input[1] * width, 0, size_t(end - cleared) * s->input[1] * sizeof(V));
      cleared = end;
    }
    for (int64_t column = 0; column < s->output[1]; ++column) {
      const int64_t left = column * s->strides[1] - s->padding[1];
      V best = {};
      Mask place = {};
      place -= 1;
      for (int64_t i = 0; i < s->kernel[0]; ++i) {
        const int64_t h = top + i * s->dilations[0];
        if (h < 0 || h >= s->input[0]) continue;
        for (int64_t j = 0; j < s->kernel[1]; ++j) {
          const int64_t w = left + j * s->dilations[1];
          if (w < 0 || w >= s->input[1]) continue;
          const int32_t at = int32_t(h * s->input[1] + w);
          const V v = load<V>(x + int64_t(at) * width);
          // Only a larger one displaces the first.
          const Mask wins = (v > best) | (place < 0);
          best = wins ? v : best;
          place = wins ? Mask{} + at : place;
        }
      }
      const V v = load<V>(cotangent + (row * s->output[1] + column) * width);
      for (int64_t i = 0; i < s->kernel[0]; ++i) {
        const int64_t h = top + i * s->dilations[0];
        if (h < 0 || h >= s->input[0]) continue;
        for (int64_t j = 0; j < s->kernel[1]; ++j) {
          const int64_t w = left + j * s->dilations[1];
          if (w < 0 || w >= s->input[1]) continue;
          const int32_t at = int32_t(h * s->input[1] + w);
          float *to = gradient + int64_t(at) * width;
          store(to, load<V>(to) + (place == at ? v : V{}));
        }
      }
    }
  }
}

}  // namespace

WIDE void limn_max_pooling_gradient(
    const limn_window *s, int width, const float *x, const float *cotangent, float *gradient, size_t first,
    size_t last) {
  const size_t inputs = size_t(s->input[0] * s->input[1] * width), outputs = size_t(s->output[0] * s->output[1] * width);
  for (size_t i = first; i < last; ++i) {
    if (width == 16)
      plane<Lanes, LaneMask>(s, x + i * inputs, cotangent + i * outputs, gradient + i * inputs);
    else
      plane<HalfLanes, HalfLaneMask>(s, x + i * inputs, cotangent + i * outputs, gradient + i * inputs);
  }
}
