#include "limn_jpeg.h"

#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

// A progressive file may hold thousands of empty scans, each costing a pass over the whole picture.
enum { SCAN_LIMIT = 500 };

// All that must survive a longjmp lives here, behind a pointer, never in registers of the function that called setjmp.
typedef struct {
  struct jpeg_error_mgr errors;
  struct jpeg_progress_mgr progress;
  jmp_buf escape;
  limn_jpeg_result result;
  uint8_t *line;
  unsigned char *encoded;
  unsigned long encoded_count;
} job;

static _Noreturn void give_up(job *j, limn_jpeg_status status, const char *message) {
  j->result.status = status;
  if (message) strncpy(j->result.message, message, sizeof j->result.message - 1);
  longjmp(j->escape, 1);
}

static _Noreturn void on_error(j_common_ptr codec) {
  job *j = codec->client_data;
  char message[JMSG_LENGTH_MAX];
  codec->err->format_message(codec, message);
  switch (codec->err->msg_code) {
    case JERR_BAD_PRECISION:
    case JERR_SOF_UNSUPPORTED:
    case JERR_ARITH_NOTIMPL:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_NOT_COMPILED:
      give_up(j, LIMN_JPEG_UNSUPPORTED, message);
    case JERR_IMAGE_TOO_BIG:
      if (codec->is_decompressor) {
        j->result.width = ((j_decompress_ptr)codec)->image_width;
        j->result.height = ((j_decompress_ptr)codec)->image_height;
      }
      give_up(j, LIMN_JPEG_TOO_LARGE, message);
    case JERR_OUT_OF_MEMORY:
      give_up(j, LIMN_JPEG_NO_MEMORY, message);
    default:
      give_up(j, LIMN_JPEG_CORRUPT, message);
  }
}

// Level -1 is a warning. Padding, odd version numbers and scan orders lose no pixel; all else does.
static void on_message(j_common_ptr codec, int level) {
  if (level >= 0) return;
  switch (codec->err->msg_code) {
    case JWRN_EXTRANEOUS_DATA:
    case JWRN_JFIF_MAJOR:
    case JWRN_ADOBE_XFORM:
    case JWRN_BOGUS_PROGRESSION:
      return;
    default:
      on_error(codec);
  }
}

static void on_progress(j_common_ptr codec) {
  if (codec->is_decompressor && ((j_decompress_ptr)codec)->input_scan_number > SCAN_LIMIT) {
    give_up(codec->client_data, LIMN_JPEG_CORRUPT, "too many scans");
  }
}

static void prepare(job *j) {
  jpeg_std_error(&j->errors);
  j->errors.error_exit = on_error;
  j->errors.emit_message = on_message;
  j->progress.progress_monitor = on_progress;
}

// CMYK files store ink complemented, so that 255 is bare paper: a product of light, as printing is.
static void multiply_black(const uint8_t *cmyk, uint8_t *rgb, size_t pixels) {
  for (size_t i = 0; i < pixels; i++) {
    for (size_t c = 0; c < 3; c++) rgb[3 * i + c] = (uint8_t)((cmyk[4 * i + c] * cmyk[4 * i + 3] + 127) / 255);
  }
}

static void decode(struct jpeg_decompress_struct *codec, job *j, uint64_t pixel_limit) {
  limn_jpeg_result *r = &j->result;
  jpeg_read_header(codec, TRUE);
  r->width = codec->image_width;
  r->height = codec->image_height;
  if ((uint64_t)r->width * r->height > pixel_limit) give_up(j, LIMN_JPEG_TOO_LARGE, NULL);
  if (codec->data_precision != 8) {
    char message[64];
    snprintf(message, sizeof message, "Unsupported JPEG data precision %d", codec->data_precision);
    give_up(j, LIMN_JPEG_UNSUPPORTED, message);
  }
  bool four = codec->jpeg_color_space == JCS_CMYK || codec->jpeg_color_space == JCS_YCCK;
  codec->out_color_space = four ? JCS_CMYK : JCS_RGB;
  codec->dct_method = JDCT_ISLOW;
  size_t stride = (size_t)3 * r->width;
  r->count = stride * r->height;
  r->bytes = malloc(r->count);
  j->line = malloc((size_t)4 * r->width);
  if (!r->bytes || !j->line) give_up(j, LIMN_JPEG_NO_MEMORY, NULL);
  jpeg_start_decompress(codec);
  while (codec->output_scanline < codec->output_height) {
    uint8_t *row = r->bytes + codec->output_scanline * stride, *target = four ? j->line : row;
    jpeg_read_scanlines(codec, &target, 1);
    if (four) multiply_black(j->line, row, r->width);
  }
  jpeg_finish_decompress(codec);
}

static limn_jpeg_result finish(job *j) {
  free(j->line);
  if (j->result.status != LIMN_JPEG_OK) {
    free(j->result.bytes);
    j->result.bytes = NULL;
  }
  return j->result;
}

limn_jpeg_result limn_jpeg_decode(const uint8_t *bytes, size_t count, uint64_t pixel_limit) {
  job j = {0};
  struct jpeg_decompress_struct codec = {0};
  prepare(&j);
  codec.err = &j.errors;
  codec.client_data = &j;
  if (!setjmp(j.escape)) {
    jpeg_create_decompress(&codec);
    codec.progress = &j.progress;
    jpeg_mem_src(&codec, (unsigned char *)bytes, (unsigned long)count);
    decode(&codec, &j, pixel_limit);
  }
  jpeg_destroy_decompress(&codec);
  return finish(&j);
}

limn_jpeg_result limn_jpeg_encode(const uint8_t *samples, uint32_t width, uint32_t height, int quality) {
  job j = {0};
  struct jpeg_compress_struct codec = {0};
  prepare(&j);
  codec.err = &j.errors;
  codec.client_data = &j;
  if (!setjmp(j.escape)) {
    jpeg_create_compress(&codec);
    jpeg_mem_dest(&codec, &j.encoded, &j.encoded_count);
    codec.image_width = width;
    codec.image_height = height;
    codec.input_components = 3;
    codec.in_color_space = JCS_RGB;
    jpeg_set_defaults(&codec);
    jpeg_set_quality(&codec, quality, TRUE);
    for (int c = 0; c < 3; c++) codec.comp_info[c].h_samp_factor = codec.comp_info[c].v_samp_factor = 1;
    codec.dct_method = JDCT_ISLOW;
    codec.optimize_coding = TRUE;
    jpeg_start_compress(&codec, TRUE);
    while (codec.next_scanline < height) {
      JSAMPROW row = (JSAMPROW)samples + (size_t)codec.next_scanline * 3 * width;
      jpeg_write_scanlines(&codec, &row, 1);
    }
    jpeg_finish_compress(&codec);
  }
  jpeg_destroy_compress(&codec);
  // After a failure the destination may already have freed the block that `encoded` still names.
  if (j.result.status == LIMN_JPEG_OK) {
    j.result.bytes = j.encoded;
    j.result.count = j.encoded_count;
  }
  return finish(&j);
}
