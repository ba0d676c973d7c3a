#include <pthread.h>
#include <stdarg.h>

#include "library.h"

// What is used of libtiff 4; its handle is opaque here, tags and values are those of the TIFF specification.
enum {
  tag_width = 256, tag_height = 257, tag_bits = 258, tag_compression = 259, tag_photometric = 262,
  tag_orientation = 274, tag_samples = 277, tag_planar = 284, tag_color_map = 320, tag_tile_width = 322,
  tag_tile_height = 323, tag_rows = 278, tag_extra_samples = 338, tag_format = 339, tag_profile = 34675,
  tag_jpeg_color_mode = 65538
};
enum { is_min_white, is_min_black, is_rgb, is_palette, is_mask, is_separated, is_ycbcr };
enum { unsigned_whole = 1, signed_whole, real, unstated };

typedef struct tiff_file tiff_file;

static struct {
  tiff_file *(*open)(
      const char *name, const char *mode, void *user, ptrdiff_t (*read)(void *, void *, ptrdiff_t),
      ptrdiff_t (*write)(void *, void *, ptrdiff_t), uint64_t (*seek)(void *, uint64_t, int), int (*close)(void *),
      uint64_t (*size)(void *), int (*map)(void *, void **, uint64_t *), void (*unmap)(void *, void *, uint64_t));
  void (*close)(tiff_file *file);
  int (*get)(tiff_file *file, uint32_t tag, ...);
  int (*get_defaulted)(tiff_file *file, uint32_t tag, ...);
  int (*set)(tiff_file *file, uint32_t tag, ...);
  int (*is_tiled)(tiff_file *file);
  ptrdiff_t (*tile_size)(tiff_file *file);
  ptrdiff_t (*strip_size)(tiff_file *file);
  ptrdiff_t (*tile_row)(tiff_file *file);
  ptrdiff_t (*line_size)(tiff_file *file);
  uint32_t (*tile)(tiff_file *file, uint32_t x, uint32_t y, uint32_t z, uint16_t sample);
  uint32_t (*strip)(tiff_file *file, uint32_t row, uint16_t sample);
  ptrdiff_t (*read_tile)(tiff_file *file, uint32_t tile, void *bytes, ptrdiff_t count);
  ptrdiff_t (*read_strip)(tiff_file *file, uint32_t strip, void *bytes, ptrdiff_t count);
  int (*read_rgba)(tiff_file *file, uint32_t width, uint32_t height, uint32_t *raster, int orientation, int stops);
  int (*can_read_rgba)(tiff_file *file, char message[1024]);
  int (*set_directory)(tiff_file *file, uint16_t directory);
  uint16_t (*directories)(tiff_file *file);
  void *(*set_error_handler)(void (*handler)(const char *module, const char *format, va_list arguments));
  void *(*set_warning_handler)(void (*handler)(const char *module, const char *format, va_list arguments));
  const char *(*version)(void);
  bool is_here;
} tiff;

static _Thread_local char last_message[160];

static void on_error(const char *module, const char *format, va_list arguments) {
  (void)module;
  if (!*last_message) vsnprintf(last_message, sizeof last_message, format, arguments);
}

static void load(void) {
  static const char *const names[] = {
      "libtiff.so.6", "libtiff.so.5", "libtiff.6.dylib", "libtiff.5.dylib", "libtiff.dylib", NULL};
  const limn_symbol symbols[] = {
      {"TIFFClientOpen", &tiff.open},
      {"TIFFClose", &tiff.close},
      {"TIFFGetField", &tiff.get},
      {"TIFFGetFieldDefaulted", &tiff.get_defaulted},
      {"TIFFSetField", &tiff.set},
      {"TIFFIsTiled", &tiff.is_tiled},
      {"TIFFTileSize", &tiff.tile_size},
      {"TIFFStripSize", &tiff.strip_size},
      {"TIFFTileRowSize", &tiff.tile_row},
      {"TIFFScanlineSize", &tiff.line_size},
      {"TIFFComputeTile", &tiff.tile},
      {"TIFFComputeStrip", &tiff.strip},
      {"TIFFReadEncodedTile", &tiff.read_tile},
      {"TIFFReadEncodedStrip", &tiff.read_strip},
      {"TIFFReadRGBAImageOriented", &tiff.read_rgba},
      {"TIFFRGBAImageOK", &tiff.can_read_rgba},
      {"TIFFSetDirectory", &tiff.set_directory},
      {"TIFFNumberOfDirectories", &tiff.directories},
      {"TIFFSetErrorHandler", &tiff.set_error_handler},
      {"TIFFSetWarningHandler", &tiff.set_warning_handler},
      {"TIFFGetVersion", &tiff.version},
  };
  tiff.is_here = limn_open(names, symbols, sizeof symbols / sizeof *symbols);
  if (!tiff.is_here) return;
  tiff.set_error_handler(on_error);
  tiff.set_warning_handler(NULL);
}

bool limn_has_tiff(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  return tiff.is_here;
}

const char *limn_tiff_version(void) {
  static _Thread_local char text[32];
  // "LIBTIFF, Version 4.5.0", a line end and a copyright.
  const char *number = strstr(tiff.version(), "Version ");
  if (!number || sscanf(number, "Version %31[0-9.]", text) != 1) return "4";
  return text;
}

typedef struct {
  const uint8_t *bytes;
  uint64_t count, place;
} input;

static ptrdiff_t pull(void *user, void *bytes, ptrdiff_t count) {
  input *from = user;
  if (count < 0 || from->place >= from->count) return 0;
  uint64_t left = from->count - from->place, taken = (uint64_t)count < left ? (uint64_t)count : left;
  memcpy(bytes, from->bytes + from->place, taken);
  from->place += taken;
  return (ptrdiff_t)taken;
}

static ptrdiff_t push(void *user, void *bytes, ptrdiff_t count) { return (void)user, (void)bytes, (void)count, 0; }

static uint64_t seek(void *user, uint64_t offset, int whence) {
  input *from = user;
  uint64_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? from->place : from->count;
  return from->place = base + offset;
}

static int stay_open(void *user) { return (void)user, 0; }
static uint64_t size_of(void *user) { return ((input *)user)->count; }

// Mapped: what the library need not copy costs no memory.
static int map(void *user, void **bytes, uint64_t *count) {
  input *from = user;
  *bytes = (void *)from->bytes;
  *count = from->count;
  return 1;
}
static void unmap(void *user, void *bytes, uint64_t count) { (void)user, (void)bytes, (void)count; }

/// How the samples of a picture lie in the file.
typedef struct {
  uint32_t width, height, block_width, block_height;
  uint16_t bits, samples, format, photometric;
  bool is_planar, is_tiled;
} layout;

static layout read_layout(tiff_file *file) {
  layout it = {0};
  uint16_t planar = 1;
  tiff.get(file, tag_width, &it.width);
  tiff.get(file, tag_height, &it.height);
  tiff.get_defaulted(file, tag_bits, &it.bits);
  tiff.get_defaulted(file, tag_samples, &it.samples);
  tiff.get_defaulted(file, tag_format, &it.format);
  tiff.get_defaulted(file, tag_planar, &planar);
  if (!tiff.get(file, tag_photometric, &it.photometric)) it.photometric = it.samples >= 3 ? is_rgb : is_min_black;
  it.is_planar = planar == 2 && it.samples > 1;
  it.is_tiled = tiff.is_tiled(file);
  if (it.is_tiled) {
    tiff.get(file, tag_tile_width, &it.block_width);
    tiff.get(file, tag_tile_height, &it.block_height);
  } else {
    it.block_width = it.width;
    tiff.get_defaulted(file, tag_rows, &it.block_height);
    if (it.block_height > it.height) it.block_height = it.height;
  }
  return it;
}

static float half(uint16_t bits) {
  int exponent = bits >> 10 & 31, fraction = bits & 1023;
  float magnitude = exponent == 0 ? (float)fraction / (1 << 24) : exponent == 31 ? (fraction ? __builtin_nanf("") : __builtin_inff())
      : (exponent < 25 ? (float)(1024 + fraction) / (1 << (25 - exponent)) : (float)(1024 + fraction) * (1 << (exponent - 25)));
  return bits >> 15 ? -magnitude : magnitude;
}

/// The sample with this number in a row of the file, whose bytes the library has put in the machine's order.
static inline double sample(const uint8_t *row, size_t index, const layout *it) {
  switch (it->bits) {
    case 8: return it->format == signed_whole ? (double)((const int8_t *)row)[index] : row[index];
    case 16: {
      uint16_t word;
      memcpy(&word, row + 2 * index, 2);
      return it->format == real ? half(word) : it->format == signed_whole ? (double)(int16_t)word : word;
    }
    case 32: {
      uint32_t word;
      float number;
      memcpy(&word, row + 4 * index, 4);
      memcpy(&number, row + 4 * index, 4);
      return it->format == real ? number : it->format == signed_whole ? (double)(int32_t)word : word;
    }
    case 64: {
      uint64_t word;
      double number;
      memcpy(&word, row + 8 * index, 8);
      memcpy(&number, row + 8 * index, 8);
      return it->format == real ? number : it->format == signed_whole ? (double)(int64_t)word : (double)word;
    }
    default: {
      // Fewer bits, or 10, 12 and 14: packed, the highest bit first.
      uint32_t value = 0;
      for (size_t bit = index * it->bits; bit < (index + 1) * it->bits; bit++) {
        value = value << 1 | (row[bit / 8] >> (7 - bit % 8) & 1);
      }
      return value;
    }
  }
}

/// Puts a sample where it belongs, a whole number of at most 8 or 16 bits as such.
static inline void put(limn_picture *picture, size_t index, double value) {
  switch (picture->type) {
    case LIMN_BYTES: ((uint8_t *)picture->samples)[index] = (uint8_t)value; break;
    case LIMN_WORDS: ((uint16_t *)picture->samples)[index] = (uint16_t)value; break;
    case LIMN_FLOATS: ((float *)picture->samples)[index] = (float)value; break;
  }
}

/// Reads strip by strip or tile by tile; false where one is missing.
static bool read_blocks(tiff_file *file, const layout *it, limn_picture *picture) {
  ptrdiff_t size = it->is_tiled ? tiff.tile_size(file) : tiff.strip_size(file);
  ptrdiff_t stride = it->is_tiled ? tiff.tile_row(file) : tiff.line_size(file);
  size_t in_block = it->is_planar ? 1 : it->samples;
  if (size <= 0 || stride <= 0 || it->block_width == 0 || it->block_height == 0) return false;
  if ((uint64_t)stride * 8 < (uint64_t)it->block_width * in_block * it->bits) return false;
  if ((uint64_t)size < (uint64_t)stride * it->block_height) return false;
  uint8_t *block = malloc((size_t)size);
  if (!block) return false;
  bool is_sound = true;
  for (uint16_t plane = 0; is_sound && plane < (it->is_planar ? it->samples : 1); plane++) {
    for (uint32_t top = 0; is_sound && top < it->height; top += it->block_height) {
      uint32_t rows = it->height - top < it->block_height ? it->height - top : it->block_height;
      for (uint32_t left = 0; is_sound && left < it->width; left += it->block_width) {
        uint32_t columns = it->width - left < it->block_width ? it->width - left : it->block_width;
        ptrdiff_t read = it->is_tiled ? tiff.read_tile(file, tiff.tile(file, left, top, 0, plane), block, size)
                                      : tiff.read_strip(file, tiff.strip(file, top, plane), block, size);
        if (read < (ptrdiff_t)rows * stride) {
          is_sound = false;
          break;
        }
        for (uint32_t y = 0; y < rows; y++) {
          const uint8_t *row = block + (size_t)y * (size_t)stride;
          size_t pixel = (size_t)(top + y) * it->width + left;
          for (uint32_t x = 0; x < columns; x++) {
            for (size_t s = 0; s < in_block; s++) {
              put(picture, (pixel + x) * it->samples + plane + s, sample(row, x * in_block + s, it));
            }
          }
        }
      }
    }
  }
  free(block);
  return is_sound;
}

/// Replaces indices by the colours they stand for.
static limn_picture colored(limn_picture picture, tiff_file *file, uint16_t bits) {
  uint16_t *red = NULL, *green = NULL, *blue = NULL;
  size_t pixels = (size_t)picture.width * picture.height;
  if (bits > 8 || !tiff.get(file, tag_color_map, &red, &green, &blue)) {
    return limn_failed(picture, LIMN_PICTURE_CORRUPT, "its colours are not listed");
  }
  const uint8_t *indices = picture.samples;
  uint8_t *colors = malloc(3 * pixels);
  if (!colors) return limn_failed(picture, LIMN_PICTURE_NO_MEMORY, NULL);
  // Some writers list bytes where words belong.
  uint16_t most = 0;
  for (int i = 0; i < 1 << bits; i++) most |= red[i] | green[i] | blue[i];
  int shift = most > 255 ? 8 : 0;
  for (size_t i = 0; i < pixels; i++) {
    uint8_t index = indices[i * picture.channels];
    colors[3 * i] = (uint8_t)(red[index] >> shift), colors[3 * i + 1] = (uint8_t)(green[index] >> shift);
    colors[3 * i + 2] = (uint8_t)(blue[index] >> shift);
  }
  free(picture.samples);
  picture.samples = colors;
  picture.channels = 3;
  picture.type = LIMN_BYTES;
  picture.meaning = LIMN_RGB;
  picture.alpha = 0;
  picture.white = 255;
  return picture;
}

/// Colours that the library knows better, such as YCbCr and L*a*b*: in 8 bits, by its own conversion.
static limn_picture converted(limn_picture picture, tiff_file *file) {
  char message[1024] = "";
  if (!tiff.can_read_rgba(file, message)) return limn_failed(picture, LIMN_PICTURE_UNSUPPORTED, message);
  size_t pixels = (size_t)picture.width * picture.height;
  picture.samples = malloc(4 * pixels);
  if (!picture.samples) return limn_failed(picture, LIMN_PICTURE_NO_MEMORY, NULL);
  // As it is stored; whether it must be turned is known.
  int top_left = picture.orientation ? (int)picture.orientation : 1;
  if (!tiff.read_rgba(file, picture.width, picture.height, picture.samples, top_left, 1)) {
    return limn_failed(picture, LIMN_PICTURE_CORRUPT, *last_message ? last_message : "it ends before its pixels do");
  }
  uint32_t *packed = picture.samples;
  uint8_t *bytes = picture.samples;
  for (size_t i = 0; i < pixels; i++) {
    uint32_t pixel = packed[i];
    for (int c = 0; c < 4; c++) bytes[4 * i + c] = (uint8_t)(pixel >> 8 * c);
  }
  picture.channels = 4;
  picture.type = LIMN_BYTES;
  picture.meaning = LIMN_RGB;
  picture.alpha = 2;
  picture.white = 255;
  return picture;
}

static limn_picture decoded(limn_picture picture, tiff_file *file, uint64_t pixel_limit) {
  layout it = read_layout(file);
  uint16_t orientation = 0, compression = 1;
  picture.width = it.width;
  picture.height = it.height;
  tiff.get(file, tag_orientation, &orientation);
  tiff.get_defaulted(file, tag_compression, &compression);
  picture.orientation = orientation;
  if (it.width == 0 || it.height == 0) return limn_failed(picture, LIMN_PICTURE_CORRUPT, "it has no pixels");
  if (limn_is_too_large(&picture, pixel_limit)) return limn_failed(picture, LIMN_PICTURE_TOO_LARGE, NULL);
  if (it.photometric == is_ycbcr && compression == 7) {
    // JPEG's own conversion, which also spreads the colours that it keeps at half the size.
    tiff.set(file, tag_jpeg_color_mode, 1);
    it.photometric = is_rgb;
  }
  if (it.photometric > is_separated || it.photometric == is_mask) return converted(picture, file);
  if (it.format == unstated) it.format = unsigned_whole;
  bool is_whole = it.format == unsigned_whole || it.format == signed_whole;
  if (!(is_whole && (it.bits <= 16 || it.bits == 32 || it.bits == 64)) &&
      !(it.format == real && (it.bits == 16 || it.bits == 32 || it.bits == 64))) {
    snprintf(last_message, sizeof last_message, "%d bits for each sample, of format %d", it.bits, it.format);
    return limn_failed(picture, LIMN_PICTURE_UNSUPPORTED, last_message);
  }
  if (it.format == signed_whole && it.bits < 8) it.format = unsigned_whole;
  if (it.samples == 0 || it.bits == 0 || it.samples > 512) {
    return limn_failed(picture, LIMN_PICTURE_CORRUPT, "its samples make no sense");
  }
  bool is_small = it.format == unsigned_whole && it.bits <= 16;
  picture.type = is_small ? (it.bits <= 8 ? LIMN_BYTES : LIMN_WORDS) : LIMN_FLOATS;
  picture.white = is_small ? (float)((1u << it.bits) - 1) : 0;
  picture.channels = it.samples;
  uint16_t extra_count = 0, *extras = NULL;
  tiff.get(file, tag_extra_samples, &extra_count, &extras);
  uint16_t colors = it.photometric == is_rgb ? 3 : it.photometric == is_separated ? 4 : 1;
  if (colors > it.samples) return limn_failed(picture, LIMN_PICTURE_CORRUPT, "it has too few samples for its colours");
  bool is_alpha = extra_count == 1 && extras && (extras[0] == 1 || extras[0] == 2) && it.samples == colors + 1;
  picture.alpha = is_alpha ? (extras[0] == 1 ? 2 : 1) : 0;
  picture.meaning = it.samples != colors + (is_alpha ? 1 : 0) ? LIMN_BANDS
      : colors == 3 ? LIMN_RGB : colors == 4 ? LIMN_CMYK : LIMN_GRAY;
  size_t width = picture.type == LIMN_BYTES ? 1 : picture.type == LIMN_WORDS ? 2 : 4;
  size_t pixels = (size_t)it.width * it.height;
  if (it.photometric == is_min_white && !is_small) {
    return limn_failed(picture, LIMN_PICTURE_UNSUPPORTED, "fractions of which the least is white");
  }
  if ((uint64_t)it.block_width * it.block_height > pixel_limit) {
    return limn_failed(picture, LIMN_PICTURE_CORRUPT, "its tiles are larger than any picture");
  }
  // All bands of a picture count as if they were pixels.
  if (it.samples > 4 && pixels * it.samples / 4 > pixel_limit) return limn_failed(picture, LIMN_PICTURE_TOO_LARGE, NULL);
  picture.samples = malloc(pixels * it.samples * width);
  if (!picture.samples) return limn_failed(picture, LIMN_PICTURE_NO_MEMORY, NULL);
  if (!read_blocks(file, &it, &picture)) {
    return limn_failed(picture, LIMN_PICTURE_CORRUPT, *last_message ? last_message : "it ends before its pixels do");
  }
  if (it.photometric == is_palette) return colored(picture, file, it.bits);
  if (it.photometric == is_min_white && is_small && picture.meaning == LIMN_GRAY) {
    for (size_t i = 0; i < pixels; i++) {
      size_t place = i * picture.channels;
      if (picture.type == LIMN_BYTES) {
        ((uint8_t *)picture.samples)[place] = (uint8_t)(picture.white - ((uint8_t *)picture.samples)[place]);
      } else {
        ((uint16_t *)picture.samples)[place] = (uint16_t)(picture.white - ((uint16_t *)picture.samples)[place]);
      }
    }
  }
  uint32_t profile_count = 0;
  void *profile = NULL;
  if (tiff.get(file, tag_profile, &profile_count, &profile)) limn_keep_profile(&picture, profile, profile_count);
  return picture;
}

limn_picture limn_tiff_decode(const uint8_t *bytes, size_t count, uint32_t page, uint64_t pixel_limit) {
  limn_picture picture = {0};
  if (!limn_has_tiff()) return limn_failed(picture, LIMN_PICTURE_NO_LIBRARY, NULL);
  *last_message = 0;
  input from = {bytes, count, 0};
  tiff_file *file = tiff.open("picture", "r", &from, pull, push, seek, stay_open, size_of, map, unmap);
  if (!file) {
    return limn_failed(picture, LIMN_PICTURE_CORRUPT, *last_message ? last_message : "its directory makes no sense");
  }
  picture.pages = tiff.directories(file);
  *last_message = 0;
  if (page >= picture.pages || page > 65535 || !tiff.set_directory(file, (uint16_t)page)) {
    picture = limn_failed(picture, LIMN_PICTURE_NO_SUCH_PAGE, NULL);
  } else {
    picture = decoded(picture, file, pixel_limit);
  }
  tiff.close(file);
  return picture;
}
