#pragma once
#include <stddef.h>
#include <stdint.h>

/// The libraries, each of which may be missing.
typedef enum { LIMN_LIBWEBP, LIMN_LIBTIFF, LIMN_GIFLIB, LIMN_LIBHEIF, LIMN_LCMS } limn_library;

/// The version of a library that is here, such as "4.5.0"; NULL where it is not.
const char *limn_library_version(limn_library library);

typedef enum {
  LIMN_PICTURE_OK,
  LIMN_PICTURE_NO_LIBRARY,
  LIMN_PICTURE_CORRUPT,
  LIMN_PICTURE_UNSUPPORTED,
  LIMN_PICTURE_TOO_LARGE,
  LIMN_PICTURE_NO_MEMORY,
  LIMN_PICTURE_NO_SUCH_PAGE,
} limn_picture_status;

/// How a sample is stored, in the machine's own byte order.
typedef enum { LIMN_BYTES, LIMN_WORDS, LIMN_FLOATS } limn_sample_type;

/// What the samples mean.
typedef enum { LIMN_GRAY, LIMN_RGB, LIMN_CMYK, LIMN_BANDS } limn_sample_meaning;

typedef struct {
  limn_picture_status status;
  uint32_t width, height;  ///< Also set when the status is LIMN_PICTURE_TOO_LARGE.
  uint32_t channels;       ///< Interleaved samples of each pixel, alpha included.
  limn_sample_type type;
  limn_sample_meaning meaning;
  int alpha;            ///< 0: none; 1: the last channel; 2: the last channel, by which colours are multiplied.
  float white;          ///< The sample that is white; 0 where the file does not say.
  void *samples;        ///< To be freed by the caller; NULL unless the status is LIMN_PICTURE_OK.
  uint32_t pages;       ///< How many pictures the file holds; 0 where nobody counted.
  uint32_t orientation; ///< As EXIF numbers them; 0 where the file says nothing, or it has been undone.
  uint8_t *profile;     ///< The colour profile, to be freed by the caller; NULL where there is none.
  size_t profile_count;
  char message[200];
} limn_picture;

/// Decodes one picture of a file in memory, the one with this number from 0 on; bigger ones than the limit are refused
/// before memory is asked for.
limn_picture limn_webp_decode(const uint8_t *bytes, size_t count, uint32_t page, uint64_t pixel_limit);
limn_picture limn_tiff_decode(const uint8_t *bytes, size_t count, uint32_t page, uint64_t pixel_limit);
limn_picture limn_gif_decode(const uint8_t *bytes, size_t count, uint32_t page, uint64_t pixel_limit);
limn_picture limn_heif_decode(const uint8_t *bytes, size_t count, uint32_t page, uint64_t pixel_limit);

/// What became of colours in a profile of their own.
typedef enum {
  LIMN_COLORS_CONVERTED,
  LIMN_COLORS_ARE_SRGB,    ///< The profile changes no colour by more than one of 255 levels.
  LIMN_COLORS_UNREADABLE,  ///< The profile is damaged, or of other colours than the samples.
} limn_color_status;

/// Converts samples (bytes or words) of a profile to sRGB of the same type, in three channels.
///
/// `name`, of at least 100 bytes, becomes what the profile calls itself.
limn_color_status limn_to_srgb(
    const uint8_t *profile, size_t profile_count, limn_sample_meaning meaning, limn_sample_type type,
    const void *samples, void *converted, size_t pixels, char *name);
