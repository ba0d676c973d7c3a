#include <pthread.h>

#include "library.h"

// What is used of libwebp and its demultiplexer, whose interface is of version 0x0107 since 2015; handles are opaque here.
enum { demux_abi = 0x0107, format_is_rgba = 1 };

typedef struct {
  const uint8_t *bytes;
  size_t size;
} data;

typedef struct {
  int color_mode, uses_threads;
  uint32_t padding[7];
} animation_options;

typedef struct {
  uint32_t canvas_width, canvas_height, loop_count, background, frame_count;
  uint32_t padding[4];
} animation_info;

static struct {
  int (*options_init)(animation_options *options, int version);
  void *(*decoder_new)(const data *file, const animation_options *options, int version);
  int (*get_info)(const void *decoder, animation_info *info);
  int (*get_next)(void *decoder, uint8_t **rgba, int *timestamp);
  void (*decoder_delete)(void *decoder);
  int (*version)(void);
  bool is_here;
} webp;

static void load(void) {
  static const char *const names[] = {"libwebpdemux.so.2", "libwebpdemux.2.dylib", "libwebpdemux.dylib", NULL};
  const limn_symbol symbols[] = {
      {"WebPAnimDecoderOptionsInitInternal", &webp.options_init},
      {"WebPAnimDecoderNewInternal", &webp.decoder_new},
      {"WebPAnimDecoderGetInfo", &webp.get_info},
      {"WebPAnimDecoderGetNext", &webp.get_next},
      {"WebPAnimDecoderDelete", &webp.decoder_delete},
      {"WebPGetDemuxVersion", &webp.version},
  };
  webp.is_here = limn_open(names, symbols, sizeof symbols / sizeof *symbols);
}

bool limn_has_webp(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  return webp.is_here;
}

const char *limn_webp_version(void) {
  static _Thread_local char text[32];
  int version = webp.version();
  snprintf(text, sizeof text, "%d.%d.%d", version >> 16, version >> 8 & 255, version & 255);
  return text;
}

/// The extent that the file declares, before the library asks for memory; false where it declares none.
static bool read_extent(const uint8_t *b, size_t count, limn_picture *picture) {
  if (count < 30) return false;
  if (!memcmp(b + 12, "VP8X", 4)) {
    picture->width = 1 + (b[24] | b[25] << 8 | (uint32_t)b[26] << 16);
    picture->height = 1 + (b[27] | b[28] << 8 | (uint32_t)b[29] << 16);
  } else if (!memcmp(b + 12, "VP8L", 4)) {
    uint32_t bits = b[21] | b[22] << 8 | b[23] << 16 | (uint32_t)b[24] << 24;
    picture->width = 1 + (bits & 0x3FFF);
    picture->height = 1 + (bits >> 14 & 0x3FFF);
  } else if (!memcmp(b + 12, "VP8 ", 4)) {
    picture->width = (b[26] | b[27] << 8) & 0x3FFF;
    picture->height = (b[28] | b[29] << 8) & 0x3FFF;
  } else {
    return false;
  }
  return picture->width > 0 && picture->height > 0;
}

limn_picture limn_webp_decode(const uint8_t *bytes, size_t count, uint32_t page, uint64_t pixel_limit) {
  limn_picture picture = {.channels = 4, .type = LIMN_BYTES, .meaning = LIMN_RGB, .alpha = 1, .white = 255};
  if (!limn_has_webp()) return limn_failed(picture, LIMN_PICTURE_NO_LIBRARY, NULL);
  if (!read_extent(bytes, count, &picture)) return limn_failed(picture, LIMN_PICTURE_CORRUPT, "its header makes no sense");
  if (limn_is_too_large(&picture, pixel_limit)) return limn_failed(picture, LIMN_PICTURE_TOO_LARGE, NULL);
  animation_options options = {0};
  if (!webp.options_init(&options, demux_abi)) return limn_failed(picture, LIMN_PICTURE_NO_LIBRARY, NULL);
  options.color_mode = format_is_rgba;
  options.uses_threads = 0;
  data file = {bytes, count};
  void *decoder = webp.decoder_new(&file, &options, demux_abi);
  if (!decoder) return limn_failed(picture, LIMN_PICTURE_CORRUPT, "it is cut short or inconsistent");
  animation_info info = {0};
  uint8_t *rgba = NULL;
  int timestamp = 0;
  if (!webp.get_info(decoder, &info) || info.canvas_width != picture.width || info.canvas_height != picture.height) {
    picture = limn_failed(picture, LIMN_PICTURE_CORRUPT, "its parts do not agree");
  } else if ((picture.pages = info.frame_count) <= page) {
    picture = limn_failed(picture, LIMN_PICTURE_NO_SUCH_PAGE, NULL);
  } else {
    bool is_sound = true;
    for (uint32_t frame = 0; is_sound && frame <= page; frame++) is_sound = webp.get_next(decoder, &rgba, &timestamp);
    size_t size = (size_t)4 * picture.width * picture.height;
    if (!is_sound) {
      picture = limn_failed(picture, LIMN_PICTURE_CORRUPT, "it ends before its pixels do");
    } else if (!(picture.samples = malloc(size))) {
      picture = limn_failed(picture, LIMN_PICTURE_NO_MEMORY, NULL);
    } else {
      memcpy(picture.samples, rgba, size);
    }
  }
  webp.decoder_delete(decoder);
  return picture;
}
