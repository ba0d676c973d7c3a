#include "limn_png.h"

#include <png.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

// All that must survive a longjmp lives here, behind a pointer, never in registers of the function that called setjmp.
typedef struct {
  limn_png_result result;
  const uint8_t *input;
  size_t remaining;
  png_bytep *rows;
} job;

static void fail(png_structp png, png_const_charp message) {
  job *j = png_get_error_ptr(png);
  j->result.status = LIMN_PNG_CORRUPT;
  strncpy(j->result.message, message, sizeof j->result.message - 1);
  png_longjmp(png, 1);
}

static void ignore(png_structp png, png_const_charp message) { (void)png, (void)message; }

static void pull(png_structp png, png_bytep out, size_t count) {
  job *j = png_get_io_ptr(png);
  if (count > j->remaining) png_error(png, "the file ends too early");
  memcpy(out, j->input, count);
  j->input += count;
  j->remaining -= count;
}

// Compacts RGBA to RGB in place: the reader is never behind the writer.
static void lay_over_white(uint8_t *samples, size_t pixels) {
  for (size_t i = 0; i < pixels; i++) {
    unsigned alpha = samples[4 * i + 3];
    for (size_t c = 0; c < 3; c++) {
      unsigned sum = samples[4 * i + c] * alpha + 255 * (255 - alpha) + 127;
      samples[3 * i + c] = (uint8_t)(sum / 255);
    }
  }
}

// Cuts 16-bit samples to 8 bits, in place: what does not fit becomes the largest that does.
static void saturate(uint8_t *samples, size_t count) {
  for (size_t i = 0; i < count; i++) samples[i] = samples[2 * i] ? 255 : samples[2 * i + 1];
}

static void decode(png_structp png, png_infop info, job *j, uint64_t pixel_limit, bool saturates) {
  limn_png_result *r = &j->result;
  png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
  // Colour profiles, texts and the like are skipped unread: none of them changes a sample here.
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
  png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
  png_read_info(png, info);
  r->width = png_get_image_width(png, info);
  r->height = png_get_image_height(png, info);
  uint64_t pixels = (uint64_t)r->width * r->height;
  if (pixels > pixel_limit) {
    r->status = LIMN_PNG_TOO_LARGE;
    return;
  }
  png_set_expand(png);
  bool is_wide = saturates && png_get_bit_depth(png, info) == 16;
  if (!is_wide) png_set_strip_16(png);
  png_set_gray_to_rgb(png);
  png_set_interlace_handling(png);
  png_read_update_info(png, info);
  size_t channels = png_get_channels(png, info), stride = png_get_rowbytes(png, info);
  if (stride != channels * r->width * (is_wide ? 2 : 1) || channels < 3 || channels > 4) png_error(png, "unexpected sample layout");
  r->count = 3 * pixels;
  r->bytes = malloc(stride * r->height);
  j->rows = malloc(r->height * sizeof *j->rows);
  if (!r->bytes || !j->rows) {
    r->status = LIMN_PNG_NO_MEMORY;
    return;
  }
  for (uint32_t y = 0; y < r->height; y++) j->rows[y] = r->bytes + y * stride;
  png_read_image(png, j->rows);
  png_read_end(png, NULL);
  if (is_wide) saturate(r->bytes, pixels * channels);
  if (channels == 4) {
    lay_over_white(r->bytes, pixels);
    uint8_t *shrunk = realloc(r->bytes, r->count);
    if (shrunk) r->bytes = shrunk;
  }
}

static limn_png_result finish(job *j) {
  free(j->rows);
  if (j->result.status != LIMN_PNG_OK) {
    free(j->result.bytes);
    j->result.bytes = NULL;
  }
  return j->result;
}

limn_png_result limn_png_decode(const uint8_t *bytes, size_t count, uint64_t pixel_limit, bool saturates) {
  job j = {.input = bytes, .remaining = count};
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &j, fail, ignore);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  if (!info) {
    j.result.status = LIMN_PNG_NO_MEMORY;
  } else if (!setjmp(png_jmpbuf(png))) {
    png_set_read_fn(png, &j, pull);
    decode(png, info, &j, pixel_limit, saturates);
  }
  png_destroy_read_struct(&png, &info, NULL);
  return finish(&j);
}
