#include "limn_report_page.h"

#include <string.h>

static const unsigned char page_html[] = {
#embed "Parts/page.html"
};
static const unsigned char page_css[] = {
#embed "Parts/page.css"
};
static const unsigned char values_js[] = {
#embed "Parts/values.js"
};
static const unsigned char geometry_js[] = {
#embed "Parts/geometry.js"
};
static const unsigned char painting_js[] = {
#embed "Parts/painting.js"
};
static const unsigned char elements_js[] = {
#embed "Parts/elements.js"
};
static const unsigned char boxes_js[] = {
#embed "Parts/boxes.js"
};
static const unsigned char view_js[] = {
#embed "Parts/view.js"
};
static const unsigned char rows_js[] = {
#embed "Parts/rows.js"
};
static const unsigned char controls_js[] = {
#embed "Parts/controls.js"
};
static const unsigned char plots_js[] = {
#embed "Parts/plots.js"
};
static const unsigned char evaluation_js[] = {
#embed "Parts/evaluation.js"
};
static const unsigned char facts_js[] = {
#embed "Parts/facts.js"
};
static const unsigned char explanations_js[] = {
#embed "Parts/explanations.js"
};
static const unsigned char tools_js[] = {
#embed "Parts/tools.js"
};
static const unsigned char main_js[] = {
#embed "Parts/main.js"
};

#define PART(file, bytes) {file, bytes, sizeof bytes}
static const limn_page_part parts[] = {
    PART("page.html", page_html),       PART("page.css", page_css),         PART("values.js", values_js),
    PART("geometry.js", geometry_js),   PART("painting.js", painting_js),   PART("elements.js", elements_js),
    PART("boxes.js", boxes_js),         PART("view.js", view_js),           PART("rows.js", rows_js),           PART("controls.js", controls_js),
    PART("plots.js", plots_js),         PART("evaluation.js", evaluation_js), PART("facts.js", facts_js),
    PART("explanations.js", explanations_js), PART("tools.js", tools_js),         PART("main.js", main_js),
};

const unsigned char *limn_page_part_named(const char *name, const limn_page_part *parts, size_t number, size_t *count) {
  for (size_t i = 0; i < number; i++) {
    if (strcmp(parts[i].name, name)) continue;
    *count = parts[i].count;
    return parts[i].bytes;
  }
  return NULL;
}

const unsigned char *limn_report_page_part(const char *name, size_t *count) {
  return limn_page_part_named(name, parts, sizeof parts / sizeof parts[0], count);
}
