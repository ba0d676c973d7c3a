#pragma once
#include <stddef.h>
#include <stdint.h>

/// Bytes to be freed by the caller; NULL where memory is lacking.
typedef struct {
  uint8_t *bytes;
  size_t count;
} limn_png_bytes;

/// Compresses bytes as PNG does its rows: a zlib stream (RFC 1950).
limn_png_bytes limn_png_deflate(const uint8_t *bytes, size_t count);
