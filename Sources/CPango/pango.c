#include "limn_pango.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>

// What is used of Pango and GObject, unchanged since Pango 1.44; everything they hand out is opaque here.
typedef struct {
  int x, y, width, height;
} rectangle;

enum { pango_scale = 1024, left_to_right = 0, normal = 400, bold = 700 };

static struct {
  void *(*font_map)(void);
  void (*list_families)(void *map, void ***families, int *count);
  void *(*create_context)(void *cairo);
  void (*set_font_options)(void *context, const void *options);
  void (*set_round_glyph_positions)(void *context, int rounds);
  void (*set_base_dir)(void *context, int direction);
  void (*set_language)(void *context, void *language);
  void *(*language_from_string)(const char *language);
  void *(*description_new)(void);
  void (*description_free)(void *description);
  void (*set_family)(void *description, const char *family);
  void (*set_weight)(void *description, int weight);
  void (*set_absolute_size)(void *description, double size);
  void *(*layout_new)(void *context);
  void (*set_font_description)(void *layout, const void *description);
  void (*set_auto_dir)(void *layout, int follows_text);
  void (*set_single_paragraph_mode)(void *layout, int is_single);
  void (*set_text)(void *layout, const char *text, int length);
  int (*unknown_glyphs_count)(void *layout);
  void *(*get_line)(void *layout, int line);
  void (*line_extents)(void *line, rectangle *ink, rectangle *logical);
  void (*show_line)(void *cairo, void *line);
  void (*free)(void *memory);
  void (*unref)(void *object);
  bool is_loaded;
} pango;

static void *open_library(void) {
  static const char *const names[] = {"libpangocairo-1.0.so.0", "libpangocairo-1.0.0.dylib", "libpangocairo-1.0.dylib"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    // The libraries that it needs come with it, and are searched with it.
    void *library = dlopen(names[i], RTLD_LAZY | RTLD_LOCAL);
    if (library) return library;
  }
  return NULL;
}

static void load(void) {
  void *library = open_library();
  if (!library) return;
  struct {
    const char *name;
    void *place;
  } const functions[] = {
      {"pango_cairo_font_map_get_default", &pango.font_map},
      {"pango_font_map_list_families", &pango.list_families},
      {"pango_cairo_create_context", &pango.create_context},
      {"pango_cairo_context_set_font_options", &pango.set_font_options},
      {"pango_context_set_round_glyph_positions", &pango.set_round_glyph_positions},
      {"pango_context_set_base_dir", &pango.set_base_dir},
      {"pango_context_set_language", &pango.set_language},
      {"pango_language_from_string", &pango.language_from_string},
      {"pango_font_description_new", &pango.description_new},
      {"pango_font_description_free", &pango.description_free},
      {"pango_font_description_set_family", &pango.set_family},
      {"pango_font_description_set_weight", &pango.set_weight},
      {"pango_font_description_set_absolute_size", &pango.set_absolute_size},
      {"pango_layout_new", &pango.layout_new},
      {"pango_layout_set_font_description", &pango.set_font_description},
      {"pango_layout_set_auto_dir", &pango.set_auto_dir},
      {"pango_layout_set_single_paragraph_mode", &pango.set_single_paragraph_mode},
      {"pango_layout_set_text", &pango.set_text},
      {"pango_layout_get_unknown_glyphs_count", &pango.unknown_glyphs_count},
      {"pango_layout_get_line_readonly", &pango.get_line},
      {"pango_layout_line_get_extents", &pango.line_extents},
      {"pango_cairo_show_layout_line", &pango.show_line},
      {"g_free", &pango.free},
      {"g_object_unref", &pango.unref},
  };
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    void *function = dlsym(library, functions[i].name);
    if (!function) return;
    *(void **)functions[i].place = function;
  }
  pango.is_loaded = true;
}

static bool has_fonts(void) {
  void **families = NULL;
  int count = 0;
  pango.list_families(pango.font_map(), &families, &count);
  pango.free(families);
  return count > 0;
}

struct limn_pango {
  void *context;
};

struct limn_line {
  void *layout;
};

limn_pango *limn_pango_create(void *cairo, const void *options) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  if (!pango.is_loaded || !has_fonts()) return NULL;
  limn_pango *created = malloc(sizeof *created);
  if (!created) return NULL;
  created->context = pango.create_context(cairo);
  pango.set_font_options(created->context, options);
  // Letters stand where their metrics say, at every scale.
  pango.set_round_glyph_positions(created->context, 0);
  // Sheets are in English; names that run from right to left are set apart in them.
  pango.set_base_dir(created->context, left_to_right);
  return created;
}

void limn_pango_destroy(limn_pango *destroyed) {
  if (!destroyed) return;
  pango.unref(destroyed->context);
  free(destroyed);
}

limn_line *limn_line_create(
    limn_pango *on, const char *text, size_t length, const char *language, const char *family, bool is_bold,
    double size) {
  limn_line *line = malloc(sizeof *line);
  if (!line) return NULL;
  pango.set_language(on->context, pango.language_from_string(language));
  line->layout = pango.layout_new(on->context);
  void *description = pango.description_new();
  pango.set_family(description, family);
  pango.set_weight(description, is_bold ? bold : normal);
  pango.set_absolute_size(description, size * pango_scale);
  pango.set_font_description(line->layout, description);
  pango.description_free(description);
  pango.set_auto_dir(line->layout, 0);
  pango.set_single_paragraph_mode(line->layout, 1);
  pango.set_text(line->layout, text, (int)length);
  return line;
}

void limn_line_destroy(limn_line *line) {
  if (!line) return;
  pango.unref(line->layout);
  free(line);
}

double limn_line_width(const limn_line *line) {
  rectangle ink = {0}, logical = {0};
  pango.line_extents(pango.get_line(line->layout, 0), &ink, &logical);
  int end = logical.x + logical.width, overhang = ink.x + ink.width;
  return (double)(end > overhang ? end : overhang) / pango_scale;
}

bool limn_line_lacks_letters(const limn_line *line) { return pango.unknown_glyphs_count(line->layout) > 0; }

void limn_line_draw(const limn_line *line, void *cairo) { pango.show_line(cairo, pango.get_line(line->layout, 0)); }
