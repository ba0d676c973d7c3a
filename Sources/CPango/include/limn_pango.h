#pragma once
#include <stdbool.h>
#include <stddef.h>

/// Pango on one of cairo's drawing contexts.
typedef struct limn_pango limn_pango;

/// Opens Pango's libraries at the first call, since to load them takes longer than to draw most sheets.
///
/// `cairo` is a `cairo_t *`, `options` a `cairo_font_options_t *`. NULL where Pango is not installed, or no font, without
/// which Pango would end the process.
limn_pango *limn_pango_create(void *cairo, const void *options);
void limn_pango_destroy(limn_pango *pango);

/// A line of text with every letter's font and form chosen.
typedef struct limn_line limn_line;

/// Sets `length` bytes of UTF-8; the size is that of the em.
limn_line *limn_line_create(
    limn_pango *pango, const char *text, size_t length, const char *language, const char *family, bool is_bold,
    double size);
void limn_line_destroy(limn_line *line);

/// From the pen's start to its end or the last letter's overhang, whichever is wider.
double limn_line_width(const limn_line *line);

/// Whether any letter would show as a box, since no font has it.
bool limn_line_lacks_letters(const limn_line *line);

/// Draws it from the current point of a `cairo_t *`, on the baseline.
void limn_line_draw(const limn_line *line, void *cairo);
