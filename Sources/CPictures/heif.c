#include <pthread.h>

#include "library.h"

// What is used of libheif since its version 1.3; handles are opaque here.
typedef struct {
  int code, subcode;
  const char *message;
} failure;

enum { is_rgb = 1, rgba_bytes = 11, rgba_words = 15, interleaved = 10, unsupported_filetype = 2, unsupported_feature = 4 };

static struct {
  void *(*context_alloc)(void);
  void (*context_free)(void *context);
  failure (*read)(void *context, const void *bytes, size_t count, const void *options);
  int (*image_count)(void *context);
  int (*image_ids)(void *context, uint32_t *ids, int count);
  failure (*primary)(void *context, void **handle);
  failure (*handle)(void *context, uint32_t id, void **handle);
  void (*handle_release)(const void *handle);
  int (*width)(const void *handle);
  int (*height)(const void *handle);
  int (*bits)(const void *handle);
  int (*is_premultiplied)(const void *handle);
  failure (*decode)(const void *handle, void **image, int colors, int chroma, const void *options);
  const uint8_t *(*plane)(const void *image, int channel, int *stride);
  int (*plane_width)(const void *image, int channel);
  int (*plane_height)(const void *image, int channel);
  void (*image_release)(const void *image);
  size_t (*profile_size)(const void *handle);
  failure (*profile)(const void *handle, void *bytes);
  const char *(*version)(void);
  bool is_here;
} heif;

static void load(void) {
  static const char *const names[] = {"libheif.so.1", "libheif.1.dylib", "libheif.dylib", NULL};
  const limn_symbol symbols[] = {
      {"heif_context_alloc", &heif.context_alloc},
      {"heif_context_free", &heif.context_free},
      {"heif_context_read_from_memory_without_copy", &heif.read},
      {"heif_context_get_number_of_top_level_images", &heif.image_count},
      {"heif_context_get_list_of_top_level_image_IDs", &heif.image_ids},
      {"heif_context_get_primary_image_handle", &heif.primary},
      {"heif_context_get_image_handle", &heif.handle},
      {"heif_image_handle_release", &heif.handle_release},
      {"heif_image_handle_get_width", &heif.width},
      {"heif_image_handle_get_height", &heif.height},
      {"heif_image_handle_get_luma_bits_per_pixel", &heif.bits},
      {"heif_image_handle_is_premultiplied_alpha", &heif.is_premultiplied},
      {"heif_decode_image", &heif.decode},
      {"heif_image_get_plane_readonly", &heif.plane},
      {"heif_image_get_width", &heif.plane_width},
      {"heif_image_get_height", &heif.plane_height},
      {"heif_image_release", &heif.image_release},
      {"heif_image_handle_get_raw_color_profile_size", &heif.profile_size},
      {"heif_image_handle_get_raw_color_profile", &heif.profile},
      {"heif_get_version", &heif.version},
  };
  heif.is_here = limn_open(names, symbols, sizeof symbols / sizeof *symbols);
}

bool limn_has_heif(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  return heif.is_here;
}

const char *limn_heif_version(void) { return heif.version(); }

static limn_picture failed(limn_picture picture, failure error) {
  bool is_unsupported = error.code == unsupported_filetype || error.code == unsupported_feature;
  return limn_failed(picture, is_unsupported ? LIMN_PICTURE_UNSUPPORTED : LIMN_PICTURE_CORRUPT, error.message);
}

/// Copies the pixels of a decoded picture, whose extent is that after turning.
static limn_picture copied(limn_picture picture, const void *image, uint64_t pixel_limit) {
  int width = heif.plane_width(image, interleaved), height = heif.plane_height(image, interleaved), stride = 0;
  const uint8_t *plane = heif.plane(image, interleaved, &stride);
  size_t row = (size_t)4 * (width > 0 ? (size_t)width : 0) * (picture.type == LIMN_WORDS ? 2 : 1);
  if (!plane || width <= 0 || height <= 0 || stride < 0 || (size_t)stride < row) {
    return limn_failed(picture, LIMN_PICTURE_CORRUPT, "it has no pixels");
  }
  picture.width = (uint32_t)width;
  picture.height = (uint32_t)height;
  if (limn_is_too_large(&picture, pixel_limit)) return limn_failed(picture, LIMN_PICTURE_TOO_LARGE, NULL);
  uint8_t *samples = picture.samples = malloc(row * (size_t)height);
  if (!samples) return limn_failed(picture, LIMN_PICTURE_NO_MEMORY, NULL);
  for (int y = 0; y < height; y++) memcpy(samples + (size_t)y * row, plane + (size_t)y * (size_t)stride, row);
  return picture;
}

static limn_picture decoded(limn_picture picture, const void *handle, uint64_t pixel_limit) {
  int width = heif.width(handle), height = heif.height(handle), bits = heif.bits(handle);
  if (width <= 0 || height <= 0) return limn_failed(picture, LIMN_PICTURE_CORRUPT, "it has no pixels");
  picture.width = (uint32_t)width;
  picture.height = (uint32_t)height;
  if (limn_is_too_large(&picture, pixel_limit)) return limn_failed(picture, LIMN_PICTURE_TOO_LARGE, NULL);
  bool is_wide = bits > 8 && bits <= 16;
  picture.type = is_wide ? LIMN_WORDS : LIMN_BYTES;
  picture.white = is_wide ? (float)((1 << bits) - 1) : 255;
  picture.alpha = heif.is_premultiplied(handle) ? 2 : 1;
  void *image = NULL;
  failure error = heif.decode(handle, &image, is_rgb, is_wide ? rgba_words : rgba_bytes, NULL);
  if (error.code) return failed(picture, error);
  picture = copied(picture, image, pixel_limit);
  heif.image_release(image);
  size_t size = heif.profile_size(handle);
  if (picture.status == LIMN_PICTURE_OK && size > 0 && size < 1 << 24 && (picture.profile = malloc(size))) {
    picture.profile_count = heif.profile(handle, picture.profile).code ? 0 : size;
  }
  return picture;
}

limn_picture limn_heif_decode(const uint8_t *bytes, size_t count, uint32_t page, uint64_t pixel_limit) {
  // The library itself turns pictures upright.
  limn_picture picture = {.channels = 4, .meaning = LIMN_RGB, .alpha = 1};
  if (!limn_has_heif()) return limn_failed(picture, LIMN_PICTURE_NO_LIBRARY, NULL);
  void *context = heif.context_alloc(), *handle = NULL;
  if (!context) return limn_failed(picture, LIMN_PICTURE_NO_MEMORY, NULL);
  failure error = heif.read(context, bytes, count, NULL);
  if (error.code) {
    picture = failed(picture, error);
  } else {
    int images = heif.image_count(context);
    picture.pages = images > 0 ? (uint32_t)images : 0;
    if (page == 0) {
      error = heif.primary(context, &handle);
    } else if (page < picture.pages && picture.pages <= 4096) {
      uint32_t ids[4096];
      error = heif.image_ids(context, ids, images) == images ? heif.handle(context, ids[page], &handle)
                                                             : (failure){1, 0, "its pictures are not listed"};
    } else {
      picture = limn_failed(picture, LIMN_PICTURE_NO_SUCH_PAGE, NULL);
    }
    if (picture.status == LIMN_PICTURE_OK) {
      picture = error.code ? failed(picture, error) : decoded(picture, handle, pixel_limit);
    }
    if (handle) heif.handle_release(handle);
  }
  heif.context_free(context);
  return picture;
}
