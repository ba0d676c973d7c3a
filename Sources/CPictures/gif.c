#include <pthread.h>

#include "library.h"

// What is used of giflib, whose structures are these since version 5.0.
typedef struct {
  uint8_t red, green, blue;
} color;

typedef struct {
  int count, bits;
  bool is_sorted;
  color *colors;
} color_map;

typedef struct {
  int left, top, width, height;
  bool is_interlaced;
  color_map *map;
} description;

typedef struct {
  int width, height, resolution, background;
  uint8_t aspect;
  color_map *map;
  int image_count;
  description image;
  void *saved;
  int extension_count;
  void *extensions;
  int error;
  void *user;
  void *hidden;
} gif_file;

enum { image_record = 2, extension_record = 3, end_record = 4, graphics_control = 0xF9 };

static struct {
  gif_file *(*open)(void *user, int (*read)(gif_file *file, uint8_t *bytes, int count), int *error);
  int (*close)(gif_file *file, int *error);
  int (*record_type)(gif_file *file, int *type);
  int (*image_header)(gif_file *file);
  int (*line)(gif_file *file, uint8_t *line, int count);
  int (*extension)(gif_file *file, int *code, uint8_t **block);
  int (*next_extension)(gif_file *file, uint8_t **block);
  const char *(*words)(int error);
  bool is_here;
} gif;

static void load(void) {
  static const char *const names[] = {"libgif.so.7", "libgif.7.dylib", "libgif.dylib", NULL};
  const limn_symbol symbols[] = {
      {"DGifOpen", &gif.open},           {"DGifCloseFile", &gif.close},
      {"DGifGetRecordType", &gif.record_type}, {"DGifGetImageHeader", &gif.image_header},
      {"DGifGetLine", &gif.line},        {"DGifGetExtension", &gif.extension},
      {"DGifGetExtensionNext", &gif.next_extension}, {"GifErrorString", &gif.words},
  };
  gif.is_here = limn_open(names, symbols, sizeof symbols / sizeof *symbols);
}

bool limn_has_gif(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  return gif.is_here;
}

// The library does not tell its version.
const char *limn_gif_version(void) { return "5"; }

typedef struct {
  const uint8_t *bytes;
  size_t remaining;
} input;

static int pull(gif_file *file, uint8_t *bytes, int count) {
  input *from = file->user;
  size_t taken = count < 0 ? 0 : (size_t)count < from->remaining ? (size_t)count : from->remaining;
  memcpy(bytes, from->bytes, taken);
  from->bytes += taken;
  from->remaining -= taken;
  return (int)taken;
}

/// How one picture of the file is laid on those before it.
typedef struct {
  int transparent;
  int disposal;
} control;

/// Draws the picture whose header has been read on the canvas; false where it is damaged.
static bool draw(gif_file *file, control how, uint8_t *canvas, uint8_t *line) {
  const description *image = &file->image;
  const color_map *map = image->map ? image->map : file->map;
  if (image->width <= 0 || image->height <= 0 || image->width > 65535 || image->height > 65535) return false;
  static const int starts[] = {0, 4, 2, 1}, steps[] = {8, 8, 4, 2};
  int passes = image->is_interlaced ? 4 : 1;
  for (int pass = 0; pass < passes; pass++) {
    int start = image->is_interlaced ? starts[pass] : 0, step = image->is_interlaced ? steps[pass] : 1;
    for (int y = start; y < image->height; y += step) {
      if (!gif.line(file, line, image->width)) return false;
      int row = image->top + y;
      if (row < 0 || row >= file->height) continue;
      for (int x = 0; x < image->width; x++) {
        int column = image->left + x;
        if (column < 0 || column >= file->width || line[x] == how.transparent) continue;
        if (!map || line[x] >= map->count) return false;
        uint8_t *pixel = canvas + 4 * ((size_t)row * file->width + column);
        const color *drawn = &map->colors[line[x]];
        pixel[0] = drawn->red, pixel[1] = drawn->green, pixel[2] = drawn->blue, pixel[3] = 255;
      }
    }
  }
  return true;
}

/// Makes the rectangle of the last picture see-through, as it asks for where its disposal is 2.
static void clear(const gif_file *file, description image, uint8_t *canvas) {
  for (int y = image.top < 0 ? 0 : image.top; y < image.top + image.height && y < file->height; y++) {
    for (int x = image.left < 0 ? 0 : image.left; x < image.left + image.width && x < file->width; x++) {
      memset(canvas + 4 * ((size_t)y * file->width + x), 0, 4);
    }
  }
}

static bool skip_picture(gif_file *file, uint8_t *line) {
  if (file->image.width <= 0 || file->image.width > 65535) return false;
  for (int y = 0; y < file->image.height; y++) {
    if (!gif.line(file, line, file->image.width)) return false;
  }
  return true;
}

limn_picture limn_gif_decode(const uint8_t *bytes, size_t count, uint32_t page, uint64_t pixel_limit) {
  limn_picture picture = {.channels = 4, .type = LIMN_BYTES, .meaning = LIMN_RGB, .alpha = 1, .white = 255};
  if (!limn_has_gif()) return limn_failed(picture, LIMN_PICTURE_NO_LIBRARY, NULL);
  input from = {bytes, count};
  int error = 0;
  gif_file *file = gif.open(&from, pull, &error);
  if (!file) return limn_failed(picture, LIMN_PICTURE_CORRUPT, gif.words(error));
  picture.width = (uint32_t)file->width;
  picture.height = (uint32_t)file->height;
  uint8_t *line = malloc(65536), *kept = NULL;
  size_t size = (size_t)4 * picture.width * picture.height;
  if (size == 0) {
    picture = limn_failed(picture, LIMN_PICTURE_CORRUPT, "it has no pixels");
  } else if (limn_is_too_large(&picture, pixel_limit)) {
    picture = limn_failed(picture, LIMN_PICTURE_TOO_LARGE, NULL);
  } else if (!(picture.samples = calloc(size, 1)) || !line) {
    picture = limn_failed(picture, LIMN_PICTURE_NO_MEMORY, NULL);
  }
  control how = {-1, 0};
  description last = {0};
  int last_disposal = 0, type = 0;
  bool is_drawn = false;
  while (picture.status == LIMN_PICTURE_OK) {
    if (!gif.record_type(file, &type)) {
      // What comes after the wanted picture need not be sound.
      if (!is_drawn) picture = limn_failed(picture, LIMN_PICTURE_CORRUPT, "it ends before its pixels do");
      break;
    }
    if (type == end_record) break;
    if (type == extension_record) {
      int code = 0;
      uint8_t *block = NULL;
      bool is_sound = gif.extension(file, &code, &block);
      while (is_sound && block) {
        if (code == graphics_control && block[0] >= 4) {
          how.transparent = block[1] & 1 ? block[4] : -1;
          how.disposal = block[1] >> 2 & 7;
        }
        is_sound = gif.next_extension(file, &block);
      }
      if (!is_sound) {
        if (!is_drawn) picture = limn_failed(picture, LIMN_PICTURE_CORRUPT, "it ends before its pixels do");
        break;
      }
    } else if (type == image_record) {
      if (!gif.image_header(file)) {
        if (!is_drawn) picture = limn_failed(picture, LIMN_PICTURE_CORRUPT, "it ends before its pixels do");
        break;
      }
      if (is_drawn) {
        // The others are only counted.
        if (!skip_picture(file, line)) break;
      } else {
        if (picture.pages > 0 && last_disposal == 2) clear(file, last, picture.samples);
        if (picture.pages > 0 && last_disposal == 3 && kept) memcpy(picture.samples, kept, size);
        if (how.disposal == 3 && page > 0) {
          if (!kept) kept = malloc(size);
          if (kept) memcpy(kept, picture.samples, size);
        }
        last = file->image;
        last_disposal = how.disposal;
        if (!draw(file, how, picture.samples, line)) {
          picture = limn_failed(picture, LIMN_PICTURE_CORRUPT, "it ends before its pixels do");
          break;
        }
        is_drawn = picture.pages == page;
      }
      picture.pages++;
      how = (control){-1, 0};
    } else {
      if (!is_drawn) picture = limn_failed(picture, LIMN_PICTURE_CORRUPT, "it has a record of no known kind");
      break;
    }
  }
  if (picture.status == LIMN_PICTURE_OK && !is_drawn) {
    picture = picture.pages == 0 ? limn_failed(picture, LIMN_PICTURE_CORRUPT, "it holds no picture")
                                 : limn_failed(picture, LIMN_PICTURE_NO_SUCH_PAGE, NULL);
  }
  free(line);
  free(kept);
  gif.close(file, &error);
  return picture;
}
