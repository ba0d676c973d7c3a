#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// What became of a file: longjmp stays on this side, Swift sees a status.
typedef enum { LIMN_PNG_OK, LIMN_PNG_CORRUPT, LIMN_PNG_TOO_LARGE, LIMN_PNG_NO_MEMORY } limn_png_status;

typedef struct {
  limn_png_status status;
  uint32_t width, height;  ///< Also set when the status is LIMN_PNG_TOO_LARGE.
  uint8_t *bytes;          ///< To be freed by the caller; NULL unless the status is LIMN_PNG_OK.
  size_t count;
  uint16_t *words;  ///< Samples of 16 bits beside the bytes, which are their high ones; NULL for files of fewer.
  char message[200];  ///< libpng's own words when the file is corrupt.
} limn_png_result;

/// Decodes to RGB of 8 bits, and of 16 where the file has as many, transparency laid over white, gamma ignored. Where
/// `saturates`, 16-bit samples are bytes alone, their value up to 255.
limn_png_result limn_png_decode(const uint8_t *bytes, size_t count, uint64_t pixel_limit, bool saturates);

/// A run of rows on its way into a PNG file, compressed by itself so that several can be at once.
typedef struct {
  uint8_t *bytes;  ///< To be freed by the caller; NULL where memory is lacking.
  size_t count;
  uint32_t checksum;  ///< Adler-32 of the filtered rows.
  size_t filtered;    ///< How many bytes they are.
} limn_png_band;

/// Compresses rows of 8-bit RGB; the same pixels give the same bytes, whoever does it.
limn_png_band limn_png_compress(
    const uint8_t *samples, uint32_t width, uint32_t height, uint32_t first_row, uint32_t rows);

/// The file that all bands of a picture make, in order.
limn_png_result limn_png_assemble(const limn_png_band *bands, size_t count, uint32_t width, uint32_t height);

/// Unpacks a zlib stream of at most `limit` bytes.
///
/// @return The bytes, to be freed by the caller; NULL where it is damaged, or larger.
uint8_t *limn_png_inflate(const uint8_t *bytes, size_t count, size_t limit, ptrdiff_t *unpacked);

/// A grey picture of 8 or 16 bits a sample, the more significant byte first; the same samples give the same bytes.
limn_png_result limn_png_encode_gray(const uint8_t *samples, uint32_t width, uint32_t height, int bits);
