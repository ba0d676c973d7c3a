#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "table.h"

bool limn_ort_ok(const void *const *table, void *status, limn_ort_reason *why) {
  if (!status) return true;
  const char *text = ((const char *(*)(const void *))table[LIMN_ORT_MESSAGE])(status);
  snprintf(why->text, sizeof why->text, "%s", text);
  LIMN_ORT_FREE(table, LIMN_ORT_FREE_STATUS, status);
  return false;
}

limn_ort_library *limn_ort_open(const char *name, limn_ort_reason *why) {
  void *handle = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    const char *text = dlerror();
    snprintf(why->text, sizeof why->text, "%s", text ? text : "it cannot be opened");
    return NULL;
  }
  const limn_ort_base *(*base)(void) = (const limn_ort_base *(*)(void))dlsym(handle, "OrtGetApiBase");
  const void *const *table = base ? base()->table(LIMN_ORT_TABLE) : NULL;
  if (!table) {
    snprintf(
        why->text, sizeof why->text, base ? "version %s is older than 1.12" : "%s is another library",
        base ? base()->version() : name);
    dlclose(handle);
    return NULL;
  }
  // Errors are told by their callers; warnings, as of a missing graphics processor, by nobody.
  enum { fatal = 4 };
  void *environment = NULL;
  void *status =
      LIMN_ORT_CALL(table, LIMN_ORT_MAKE_ENVIRONMENT, int, const char *, void **)(fatal, "limn", &environment);
  limn_ort_library *library = limn_ort_ok(table, status, why) ? malloc(sizeof *library) : NULL;
  if (!library) return NULL;
  Dl_info place;
  const char *path = dladdr((const void *)base, &place) && place.dli_fname ? place.dli_fname : name;
  *library = (limn_ort_library){table, environment, base()->version(), strdup(path)};
  return library;
}

const char *limn_ort_version(const limn_ort_library *library) { return library->version; }

const char *limn_ort_path(const limn_ort_library *library) { return library->path; }

bool limn_ort_providers(const limn_ort_library *library, char *names, size_t size, limn_ort_reason *why) {
  const void *const *table = library->table;
  char **list = NULL;
  int count = 0;
  if (!limn_ort_ok(table, LIMN_ORT_CALL(table, LIMN_ORT_PROVIDERS, char ***, int *)(&list, &count), why)) return false;
  size_t used = 0;
  if (size) names[0] = 0;
  for (int i = 0; i < count && used < size; i++) {
    used += (size_t)snprintf(names + used, size - used, i ? ",%s" : "%s", list[i]);
  }
  return limn_ort_ok(table, LIMN_ORT_CALL(table, LIMN_ORT_FREE_PROVIDERS, char **, int)(list, count), why);
}
