#include "limn_serve_page.h"

#include "limn_report_page.h"

static const unsigned char index_html[] = {
#embed "Parts/index.html"
};
static const unsigned char live_css[] = {
#embed "Parts/live.css"
};
static const unsigned char asking_js[] = {
#embed "Parts/asking.js"
};
static const unsigned char fields_js[] = {
#embed "Parts/fields.js"
};
static const unsigned char depth_js[] = {
#embed "Parts/depth.js"
};
static const unsigned char camera_js[] = {
#embed "Parts/camera.js"
};
static const unsigned char folder_js[] = {
#embed "Parts/folder.js"
};
static const unsigned char bench_js[] = {
#embed "Parts/bench.js"
};
static const unsigned char live_js[] = {
#embed "Parts/live.js"
};
static const unsigned char openapi_json[] = {
#embed "Parts/openapi.json"
};

#define PART(file, bytes) {file, bytes, sizeof bytes}
static const limn_page_part parts[] = {
    PART("index.html", index_html), PART("live.css", live_css),   PART("asking.js", asking_js),
    PART("fields.js", fields_js),   PART("depth.js", depth_js),   PART("camera.js", camera_js),
    PART("folder.js", folder_js),   PART("bench.js", bench_js),   PART("live.js", live_js),
    PART("openapi.json", openapi_json),
};

const unsigned char *limn_serve_page_part(const char *name, size_t *count) {
  return limn_page_part_named(name, parts, sizeof parts / sizeof parts[0], count);
}
