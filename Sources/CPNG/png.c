#include "limn_png.h"

#include <png.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

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

// Cuts 16-bit samples, the high byte first, to 8 bits in place: what does not fit becomes the largest that does.
static void saturate(uint8_t *samples, size_t count) {
  for (size_t i = 0; i < count; i++) samples[i] = samples[2 * i] ? 255 : samples[2 * i + 1];
}

// Cuts 16-bit samples, the high byte first, to that byte in place.
static void keep_high_bytes(uint8_t *samples, size_t count) {
  for (size_t i = 0; i < count; i++) samples[i] = samples[2 * i];
}

// RGB of 16 bits in the machine's order, from samples of 3 or 4 channels, the high byte first.
static void copy_words(const uint8_t *samples, size_t channels, size_t pixels, uint16_t *words) {
  for (size_t i = 0; i < pixels; i++) {
    const uint8_t *pixel = samples + 2 * channels * i;
    uint64_t alpha = channels == 4 ? (uint64_t)pixel[6] << 8 | pixel[7] : 65535;
    for (size_t c = 0; c < 3; c++) {
      uint64_t sample = (uint64_t)pixel[2 * c] << 8 | pixel[2 * c + 1];
      words[3 * i + c] = (uint16_t)((sample * alpha + 65535 * (65535 - alpha) + 32767) / 65535);
    }
  }
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
  bool is_wide = png_get_bit_depth(png, info) == 16;
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
  if (is_wide && saturates) {
    saturate(r->bytes, pixels * channels);
  } else if (is_wide) {
    r->words = malloc(3 * pixels * sizeof *r->words);
    if (!r->words) {
      r->status = LIMN_PNG_NO_MEMORY;
      return;
    }
    copy_words(r->bytes, channels, pixels, r->words);
    keep_high_bytes(r->bytes, pixels * channels);
  }
  if (channels == 4) lay_over_white(r->bytes, pixels);
  if (channels == 4 || is_wide) {
    uint8_t *shrunk = realloc(r->bytes, r->count);
    if (shrunk) r->bytes = shrunk;
  }
}

static limn_png_result finish(job *j) {
  free(j->rows);
  if (j->result.status != LIMN_PNG_OK) {
    free(j->result.bytes);
    free(j->result.words);
    j->result.bytes = NULL;
    j->result.words = NULL;
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

uint8_t *limn_png_inflate(const uint8_t *bytes, size_t count, size_t limit, ptrdiff_t *unpacked) {
  // Profiles hardly compress more than a hundredfold; what does is made to fill memory.
  size_t capacity = count < limit / 128 ? 128 * count + 4096 : limit;
  uint8_t *result = malloc(capacity);
  uLongf length = capacity;
  if (result && uncompress(result, &length, bytes, count) == Z_OK) {
    *unpacked = (ptrdiff_t)length;
    return result;
  }
  free(result);
  return NULL;
}
