#include "library.h"

#include <dlfcn.h>

static void *open_library(const char *name) {
  void *library = dlopen(name, RTLD_LAZY | RTLD_LOCAL);
#ifdef __APPLE__
  // Where Homebrew keeps libraries is not searched.
  static const char *const folders[] = {"/opt/homebrew/lib/", "/usr/local/lib/"};
  char path[256];
  for (size_t i = 0; !library && i < sizeof folders / sizeof *folders; i++) {
    snprintf(path, sizeof path, "%s%s", folders[i], name);
    library = dlopen(path, RTLD_LAZY | RTLD_LOCAL);
  }
#endif
  return library;
}

bool limn_open(const char *const *names, const limn_symbol *symbols, size_t count) {
  void *library = NULL;
  while (*names && !library) library = open_library(*names++);
  if (!library) return false;
  for (size_t i = 0; i < count; i++) {
    void *function = dlsym(library, symbols[i].name);
    if (!function) return false;
    *(void **)symbols[i].place = function;
  }
  return true;
}

const char *limn_library_version(limn_library library) {
  switch (library) {
    case LIMN_LIBWEBP: return limn_has_webp() ? limn_webp_version() : NULL;
    case LIMN_LIBTIFF: return limn_has_tiff() ? limn_tiff_version() : NULL;
    case LIMN_GIFLIB: return limn_has_gif() ? limn_gif_version() : NULL;
    case LIMN_LIBHEIF: return limn_has_heif() ? limn_heif_version() : NULL;
    case LIMN_LCMS: return limn_has_lcms() ? limn_lcms_version() : NULL;
  }
  return NULL;
}
