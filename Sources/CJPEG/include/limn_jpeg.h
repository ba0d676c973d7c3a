#pragma once
#include <stddef.h>
#include <stdint.h>

/// What became of a file: longjmp stays on this side, Swift sees a status.
typedef enum {
  LIMN_JPEG_OK,
  LIMN_JPEG_CORRUPT,
  LIMN_JPEG_UNSUPPORTED,
  LIMN_JPEG_TOO_LARGE,
  LIMN_JPEG_NO_MEMORY
} limn_jpeg_status;

typedef struct {
  limn_jpeg_status status;
  uint32_t width, height;  ///< Also set when the status is LIMN_JPEG_TOO_LARGE.
  uint8_t *bytes;          ///< To be freed by the caller; NULL unless the status is LIMN_JPEG_OK.
  size_t count;
  char message[200];  ///< libjpeg's own words when the file is corrupt or unsupported.
} limn_jpeg_result;

/// Decodes to 8-bit RGB, as stored: EXIF orientation is the caller's business.
///
/// What libjpeg only warns about, but would fill with invented pixels, is an error here.
limn_jpeg_result limn_jpeg_decode(const uint8_t *bytes, size_t count, uint64_t pixel_limit);

/// Encodes 8-bit RGB without chroma subsampling (heat maps are all chroma); quality is 1…100.
limn_jpeg_result limn_jpeg_encode(const uint8_t *samples, uint32_t width, uint32_t height, int quality);
