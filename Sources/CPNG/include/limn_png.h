#pragma once
#include <stddef.h>
#include <stdint.h>

/// What became of a file: longjmp stays on this side, Swift sees a status.
typedef enum { LIMN_PNG_OK, LIMN_PNG_CORRUPT, LIMN_PNG_TOO_LARGE, LIMN_PNG_NO_MEMORY } limn_png_status;

typedef struct {
  limn_png_status status;
  uint32_t width, height;  ///< Also set when the status is LIMN_PNG_TOO_LARGE.
  uint8_t *bytes;          ///< To be freed by the caller; NULL unless the status is LIMN_PNG_OK.
  size_t count;
  char message[200];  ///< libpng's own words when the file is corrupt.
} limn_png_result;

/// Decodes to 8-bit RGB, transparency laid over white, 16-bit samples cut to their high byte, gamma ignored.
limn_png_result limn_png_decode(const uint8_t *bytes, size_t count, uint64_t pixel_limit);

/// Encodes 8-bit RGB; the same pixels give the same bytes.
limn_png_result limn_png_encode(const uint8_t *samples, uint32_t width, uint32_t height);
