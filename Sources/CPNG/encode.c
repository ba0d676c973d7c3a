#include "limn_png.h"

#include <png.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

// How far back deflate finds repetitions.
enum { window = 32768 };

// Fixed, so that the bytes do not depend on a library's defaults. Higher levels take twice the time for a few per cent.
enum { level = 3 };

static int distance(int a, int b) { return a < b ? b - a : a - b; }

static uint8_t paeth(int left, int above, int corner) {
  int to_left = distance(above, corner), to_above = distance(left, corner);
  int to_corner = distance(left + above, 2 * corner);
  int nearer = to_above <= to_corner ? above : corner;
  return (uint8_t)(to_left <= to_above && to_left <= to_corner ? left : nearer);
}

// Three of the filters that a row can be stored by (PNG specification, section 9.2), each after the byte that names it:
// the sample's difference from its left neighbour, from the one above, and from Paeth's choice of its neighbours.
static void filter_by(int kind, const uint8_t *restrict row, const uint8_t *restrict above, size_t stride, uint8_t *restrict out) {
  out[0] = (uint8_t)kind;
  for (size_t i = 0; i < 3 && i < stride; i++) out[i + 1] = kind == 1 ? row[i] : (uint8_t)(row[i] - above[i]);
  switch (kind) {
    case 1:
      for (size_t i = 3; i < stride; i++) out[i + 1] = (uint8_t)(row[i] - row[i - 3]);
      break;
    case 2:
      for (size_t i = 3; i < stride; i++) out[i + 1] = (uint8_t)(row[i] - above[i]);
      break;
    default:
      for (size_t i = 3; i < stride; i++) out[i + 1] = (uint8_t)(row[i] - paeth(row[i - 3], above[i], above[i - 3]));
  }
}

// How large the differences are: the usual guess at how well they compress.
static uint64_t magnitude(const uint8_t *differences, size_t count) {
  uint64_t sum = 0;
  for (size_t i = 0; i < count; i++) sum += differences[i] < 128 ? differences[i] : 256u - differences[i];
  return sum;
}

// Writes a row by the filter that leaves the smallest differences; `spare` has room for one more, and `above` is NULL
// over the first.
static void filter(const uint8_t *row, const uint8_t *above, size_t stride, uint8_t *out, uint8_t *spare) {
  if (!above) {
    filter_by(1, row, row, stride, out);
    return;
  }
  uint64_t least = UINT64_MAX;
  for (int kind = 1; kind <= 4; kind += kind) {
    filter_by(kind, row, above, stride, spare);
    uint64_t sum = magnitude(spare + 1, stride);
    if (sum >= least) continue;
    least = sum;
    memcpy(out, spare, stride + 1);
  }
}

// Deflates `count` bytes at `input`, before which `history` lie that the decoder knows already.
static bool deflate_band(const uint8_t *input, size_t history, size_t count, bool is_last, limn_png_band *band) {
  z_stream stream = {0};
  // Raw: the stream's head and checksum belong to the whole picture.
  if (deflateInit2(&stream, level, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK) return false;
  if (history > 0) deflateSetDictionary(&stream, input - history, (uInt)history);
  size_t capacity = deflateBound(&stream, count) + 64;
  band->bytes = malloc(capacity);
  stream.next_in = (Bytef *)input;
  stream.avail_in = (uInt)count;
  stream.next_out = band->bytes;
  stream.avail_out = (uInt)capacity;
  int status = band->bytes ? deflate(&stream, is_last ? Z_FINISH : Z_SYNC_FLUSH) : Z_MEM_ERROR;
  band->count = stream.total_out;
  bool is_whole = stream.avail_in == 0 && (is_last ? status == Z_STREAM_END : status == Z_OK);
  deflateEnd(&stream);
  return is_whole;
}

limn_png_band limn_png_compress(
    const uint8_t *samples, uint32_t width, uint32_t height, uint32_t first_row, uint32_t rows) {
  limn_png_band band = {0};
  size_t stride = (size_t)width * 3, line = stride + 1;
  uint32_t before = (uint32_t)(window / line) + 1;
  if (before > first_row) before = first_row;
  uint8_t *lines = malloc(line * (before + rows + 1));
  if (!lines) return band;
  for (uint32_t i = 0; i < before + rows; i++) {
    const uint8_t *row = samples + (first_row - before + i) * stride;
    const uint8_t *above = first_row - before + i > 0 ? row - stride : NULL;
    filter(row, above, stride, lines + i * line, lines + (before + rows) * line);
  }
  size_t history = line * before < window ? line * before : window;
  band.filtered = line * rows;
  band.checksum = (uint32_t)adler32(adler32(0, NULL, 0), lines + line * before, (uInt)band.filtered);
  if (!deflate_band(lines + line * before, history, band.filtered, first_row + rows == height, &band)) {
    free(band.bytes);
    band.bytes = NULL;
  }
  free(lines);
  return band;
}

typedef struct {
  limn_png_result result;
  size_t capacity;
} output;

static void fail(png_structp png, png_const_charp message) {
  (void)message;
  ((output *)png_get_error_ptr(png))->result.status = LIMN_PNG_NO_MEMORY;
  png_longjmp(png, 1);
}

static void ignore(png_structp png, png_const_charp message) { (void)png, (void)message; }

static void push(png_structp png, png_bytep bytes, size_t count) {
  output *o = png_get_io_ptr(png);
  if (count > o->capacity - o->result.count) {
    size_t capacity = (o->result.count + count) * 2;
    uint8_t *grown = realloc(o->result.bytes, capacity);
    if (!grown) png_error(png, "out of memory");
    o->result.bytes = grown;
    o->capacity = capacity;
  }
  memcpy(o->result.bytes + o->result.count, bytes, count);
  o->result.count += count;
}

static void flush(png_structp png) { (void)png; }

static void write_chunks(png_structp png, const limn_png_band *bands, size_t count, uint32_t width, uint32_t height) {
  png_write_sig(png);
  uint8_t header[13] = {[8] = 8, [9] = PNG_COLOR_TYPE_RGB};
  png_save_uint_32(header, width);
  png_save_uint_32(header + 4, height);
  png_write_chunk(png, (png_const_bytep)"IHDR", header, sizeof header);
  // A zlib stream (RFC 1950): its head, the bands, and the checksum of all of them.
  const uint8_t head[2] = {0x78, 0x5E};
  png_write_chunk(png, (png_const_bytep)"IDAT", head, sizeof head);
  uLong checksum = adler32(0, NULL, 0);
  for (size_t i = 0; i < count; i++) {
    png_write_chunk(png, (png_const_bytep)"IDAT", bands[i].bytes, bands[i].count);
    checksum = adler32_combine(checksum, bands[i].checksum, (z_off_t)bands[i].filtered);
  }
  uint8_t tail[4];
  png_save_uint_32(tail, (png_uint_32)checksum);
  png_write_chunk(png, (png_const_bytep)"IDAT", tail, sizeof tail);
  png_write_chunk(png, (png_const_bytep)"IEND", NULL, 0);
}

limn_png_result limn_png_assemble(const limn_png_band *bands, size_t count, uint32_t width, uint32_t height) {
  output o = {.result = {.width = width, .height = height}};
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &o, fail, ignore);
  if (!png) {
    o.result.status = LIMN_PNG_NO_MEMORY;
  } else if (!setjmp(png_jmpbuf(png))) {
    png_set_write_fn(png, &o, push, flush);
    write_chunks(png, bands, count, width, height);
  }
  png_destroy_write_struct(&png, NULL);
  if (o.result.status != LIMN_PNG_OK) {
    free(o.result.bytes);
    o.result.bytes = NULL;
  }
  return o.result;
}

limn_png_result limn_png_encode_gray(const uint8_t *samples, uint32_t width, uint32_t height, int bits) {
  output o = {.result = {.width = width, .height = height}};
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &o, fail, ignore);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  if (!info) {
    o.result.status = LIMN_PNG_NO_MEMORY;
  } else if (!setjmp(png_jmpbuf(png))) {
    png_set_write_fn(png, &o, push, flush);
    png_set_compression_level(png, level);
    png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_UP);
    png_set_IHDR(
        png, info, width, height, bits, PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
        PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
    for (uint32_t row = 0; row < height; row++) png_write_row(png, samples + (size_t)row * width * (size_t)(bits / 8));
    png_write_end(png, NULL);
  }
  png_destroy_write_struct(&png, &info);
  if (o.result.status != LIMN_PNG_OK) {
    free(o.result.bytes);
    o.result.bytes = NULL;
  }
  return o.result;
}
