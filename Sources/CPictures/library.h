#pragma once
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "limn_pictures.h"

/// A function of a library, and the place where it is kept.
typedef struct {
  const char *name;
  void *place;
} limn_symbol;

/// Opens the first of these libraries that there is, the last name NULL, and finds all of its functions.
bool limn_open(const char *const *names, const limn_symbol *symbols, size_t count);

static inline limn_picture limn_failed(limn_picture picture, limn_picture_status status, const char *message) {
  free(picture.samples);
  free(picture.profile);
  picture.samples = NULL;
  picture.profile = NULL;
  picture.status = status;
  if (message) snprintf(picture.message, sizeof picture.message, "%s", message);
  return picture;
}

static inline bool limn_is_too_large(const limn_picture *picture, uint64_t limit) {
  return (uint64_t)picture->width * picture->height > limit;
}

/// A copy of a colour profile, which none needs megabytes for.
static inline void limn_keep_profile(limn_picture *picture, const void *profile, size_t count) {
  if (!profile || count == 0 || count > 1 << 24) return;
  picture->profile = malloc(count);
  if (!picture->profile) return;
  memcpy(picture->profile, profile, count);
  picture->profile_count = count;
}

/// Whether each library is here; its functions are found on the first call.
bool limn_has_webp(void);
bool limn_has_tiff(void);
bool limn_has_gif(void);
bool limn_has_heif(void);
bool limn_has_lcms(void);
const char *limn_webp_version(void);
const char *limn_tiff_version(void);
const char *limn_gif_version(void);
const char *limn_heif_version(void);
const char *limn_lcms_version(void);
