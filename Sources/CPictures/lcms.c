#include <pthread.h>

#include "library.h"

// What is used of Little CMS 2; handles are opaque here.
enum { perceptual = 0, description = 0 };

static struct {
  void *(*open)(const void *profile, uint32_t count);
  void *(*create_srgb)(void);
  int (*close)(void *profile);
  uint32_t (*color_space)(void *profile);
  uint32_t (*text)(void *profile, int which, const char *language, const char *country, char *text, uint32_t count);
  void *(*create_transform)(void *from, uint32_t from_type, void *to, uint32_t to_type, uint32_t intent, uint32_t flags);
  void (*transform)(void *transform, const void *from, void *to, uint32_t pixels);
  void (*delete_transform)(void *transform);
  int (*version)(void);
  bool is_here;
} lcms;

static void load(void) {
  static const char *const names[] = {"liblcms2.so.2", "liblcms2.2.dylib", "liblcms2.dylib", NULL};
  const limn_symbol symbols[] = {
      {"cmsOpenProfileFromMem", &lcms.open},
      {"cmsCreate_sRGBProfile", &lcms.create_srgb},
      {"cmsCloseProfile", &lcms.close},
      {"cmsGetColorSpace", &lcms.color_space},
      {"cmsGetProfileInfoASCII", &lcms.text},
      {"cmsCreateTransform", &lcms.create_transform},
      {"cmsDoTransform", &lcms.transform},
      {"cmsDeleteTransform", &lcms.delete_transform},
      {"cmsGetEncodedCMMversion", &lcms.version},
  };
  lcms.is_here = limn_open(names, symbols, sizeof symbols / sizeof *symbols);
}

bool limn_has_lcms(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  return lcms.is_here;
}

const char *limn_lcms_version(void) {
  static _Thread_local char text[32];
  int version = lcms.version();
  snprintf(text, sizeof text, "%d.%d", version / 1000, version % 1000 / 10);
  return text;
}

/// Colours are counted from 3 on in the library's types of pixels: grey, RGB, CMYK.
static uint32_t pixel_type(limn_sample_meaning meaning, limn_sample_type type) {
  uint32_t space = meaning == LIMN_GRAY ? 3 : meaning == LIMN_RGB ? 4 : 6;
  uint32_t channels = meaning == LIMN_GRAY ? 1 : meaning == LIMN_RGB ? 3 : 4;
  return space << 16 | channels << 3 | (type == LIMN_WORDS ? 2 : 1);
}

static uint32_t signature(limn_sample_meaning meaning) {
  return meaning == LIMN_GRAY ? 0x47524159 : meaning == LIMN_RGB ? 0x52474220 : 0x434D594B;
}

/// Whether conversion leaves the colours of a coarse grid where they are, up to one level of 255.
static bool changes_nothing(void *profile, void *srgb, limn_sample_meaning meaning) {
  if (meaning == LIMN_CMYK) return false;
  uint32_t type = pixel_type(meaning, LIMN_BYTES);
  void *transform = lcms.create_transform(profile, type, srgb, pixel_type(LIMN_RGB, LIMN_BYTES), perceptual, 0);
  if (!transform) return false;
  uint8_t colors[3 * 216], converted[3 * 216];
  size_t count = meaning == LIMN_GRAY ? 52 : 216;
  for (size_t i = 0; i < count; i++) {
    if (meaning == LIMN_GRAY) {
      colors[i] = (uint8_t)(5 * i);
    } else {
      colors[3 * i] = (uint8_t)(51 * (i / 36)), colors[3 * i + 1] = (uint8_t)(51 * (i / 6 % 6));
      colors[3 * i + 2] = (uint8_t)(51 * (i % 6));
    }
  }
  lcms.transform(transform, colors, converted, (uint32_t)count);
  lcms.delete_transform(transform);
  for (size_t i = 0; i < 3 * count; i++) {
    int before = meaning == LIMN_GRAY ? colors[i / 3] : colors[i];
    if (abs(before - converted[i]) > 1) return false;
  }
  return true;
}

limn_color_status limn_to_srgb(
    const uint8_t *profile, size_t profile_count, limn_sample_meaning meaning, limn_sample_type type,
    const void *samples, void *converted, size_t pixels, char *name) {
  *name = 0;
  if (!limn_has_lcms() || type == LIMN_FLOATS || meaning == LIMN_BANDS) return LIMN_COLORS_UNREADABLE;
  void *opened = lcms.open(profile, (uint32_t)profile_count), *srgb = lcms.create_srgb();
  limn_color_status status = LIMN_COLORS_UNREADABLE;
  if (opened && srgb && lcms.color_space(opened) == signature(meaning)) {
    lcms.text(opened, description, "en", "US", name, 99);
    if (changes_nothing(opened, srgb, meaning)) {
      status = LIMN_COLORS_ARE_SRGB;
    } else {
      void *transform = lcms.create_transform(
          opened, pixel_type(meaning, type), srgb, pixel_type(LIMN_RGB, type), perceptual, 0);
      size_t width = type == LIMN_WORDS ? 2 : 1, channels = meaning == LIMN_GRAY ? 1 : meaning == LIMN_RGB ? 3 : 4;
      for (size_t done = 0; transform && done < pixels;) {
        size_t part = pixels - done < 1 << 20 ? pixels - done : 1 << 20;
        lcms.transform(
            transform, (const uint8_t *)samples + done * channels * width, (uint8_t *)converted + done * 3 * width,
            (uint32_t)part);
        done += part;
      }
      if (transform) {
        lcms.delete_transform(transform);
        status = LIMN_COLORS_CONVERTED;
      }
    }
  }
  if (opened) lcms.close(opened);
  if (srgb) lcms.close(srgb);
  return status;
}
