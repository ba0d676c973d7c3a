#include "limn_deflate.h"

#include <stdlib.h>
#include <zlib.h>

limn_png_bytes limn_png_deflate(const uint8_t *bytes, size_t count) {
  uLongf room = compressBound(count);
  limn_png_bytes result = {malloc(room), 0};
  if (!result.bytes) return result;
  if (compress2(result.bytes, &room, bytes, count, 9) == Z_OK) {
    result.count = room;
  } else {
    free(result.bytes);
    result.bytes = NULL;
  }
  return result;
}
