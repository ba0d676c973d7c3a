#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "table.h"

struct limn_ort_graph {
  const limn_ort_library *library;
  void *session;
  /// Where what is given lies: in the processor's memory.
  void *memory;
};

/// Lets a provider that has options of its own compute, with these as they are.
static bool append_with(
    const void *const *table, void *options, int make, int append, int release, limn_ort_reason *why) {
  void *own = NULL;
  if (!limn_ort_ok(table, LIMN_ORT_CALL(table, make, void **)(&own), why)) return false;
  bool is_in = limn_ort_ok(table, LIMN_ORT_CALL(table, append, void *, const void *)(options, own), why);
  LIMN_ORT_FREE(table, release, own);
  return is_in;
}

static bool append(const void *const *table, void *options, const char *provider, limn_ort_reason *why) {
  if (!provider) return true;
  if (!strcmp(provider, "CUDA")) {
    return append_with(table, options, LIMN_ORT_MAKE_CUDA, LIMN_ORT_CUDA, LIMN_ORT_FREE_CUDA, why);
  }
  if (!strcmp(provider, "Tensorrt")) {
    return append_with(table, options, LIMN_ORT_MAKE_TENSORRT, LIMN_ORT_TENSORRT, LIMN_ORT_FREE_TENSORRT, why);
  }
  void *status = LIMN_ORT_CALL(
      table, LIMN_ORT_PROVIDER, void *, const char *, const char *const *, const char *const *, size_t)(
      options, provider, NULL, NULL, 0);
  return limn_ort_ok(table, status, why);
}

bool limn_ort_has_provider(const limn_ort_library *library, const char *provider, limn_ort_reason *why) {
  void *options = NULL;
  if (!limn_ort_ok(library->table, LIMN_ORT_CALL(library->table, LIMN_ORT_MAKE_OPTIONS, void **)(&options), why)) {
    return false;
  }
  bool is_there = append(library->table, options, provider, why);
  LIMN_ORT_FREE(library->table, LIMN_ORT_FREE_OPTIONS, options);
  return is_there;
}

static bool set(const void *const *table, void *options, const char *key, const char *value, limn_ort_reason *why) {
  return limn_ort_ok(
      table,
      LIMN_ORT_CALL(table, LIMN_ORT_SET_ENTRY, void *, const char *, const char *)(options, key, value), why);
}

static bool prepare(const void *const *table, void *options, const limn_ort_request *request, limn_ort_reason *why) {
  if (!limn_ort_ok(table, LIMN_ORT_CALL(table, LIMN_ORT_SET_THREADS, void *, int)(options, request->threads), why)) {
    return false;
  }
  // Its threads would turn in circles while Limn's own compute.
  if (!set(table, options, "session.intra_op.allow_spinning", "0", why)) return false;
  const char *folder = request->folder;
  if (folder && !set(table, options, "session.model_external_initializers_file_folder_path", folder, why)) return false;
  return append(table, options, request->provider, why);
}

limn_ort_graph *limn_ort_graph_open(
    const limn_ort_library *library, const limn_ort_request *request, limn_ort_reason *why) {
  const void *const *table = library->table;
  limn_ort_graph *graph = calloc(1, sizeof *graph);
  if (!graph) {
    snprintf(why->text, sizeof why->text, "there is no memory for it");
    return NULL;
  }
  graph->library = library;
  void *options = NULL;
  enum { arena = 1, usual = 0 };
  bool is_made =
      limn_ort_ok(table, LIMN_ORT_CALL(table, LIMN_ORT_MAKE_OPTIONS, void **)(&options), why)
      && prepare(table, options, request, why)
      && limn_ort_ok(
          table,
          LIMN_ORT_CALL(table, LIMN_ORT_MAKE_SESSION, const void *, const void *, size_t, const void *, void **)(
              library->environment, request->bytes, request->count, options, &graph->session),
          why)
      && limn_ort_ok(
          table, LIMN_ORT_CALL(table, LIMN_ORT_MAKE_CPU_MEMORY, int, int, void **)(arena, usual, &graph->memory), why);
  if (options) LIMN_ORT_FREE(table, LIMN_ORT_FREE_OPTIONS, options);
  if (is_made) return graph;
  limn_ort_graph_close(graph);
  return NULL;
}

void limn_ort_graph_close(limn_ort_graph *graph) {
  const void *const *table = graph->library->table;
  if (graph->session) LIMN_ORT_FREE(table, LIMN_ORT_FREE_SESSION, graph->session);
  if (graph->memory) LIMN_ORT_FREE(table, LIMN_ORT_FREE_MEMORY, graph->memory);
  free(graph);
}

/// The elements of a result, where they are as many as expected.
static bool read(const void *const *table, void *value, float *elements, size_t count, limn_ort_reason *why) {
  void *shape = NULL;
  if (!limn_ort_ok(table, LIMN_ORT_CALL(table, LIMN_ORT_SHAPE, const void *, void **)(value, &shape), why)) return false;
  int element = 0;
  size_t found = 0;
  bool is_told =
      limn_ort_ok(table, LIMN_ORT_CALL(table, LIMN_ORT_ELEMENT, const void *, int *)(shape, &element), why)
      && limn_ort_ok(table, LIMN_ORT_CALL(table, LIMN_ORT_COUNT, const void *, size_t *)(shape, &found), why);
  LIMN_ORT_FREE(table, LIMN_ORT_FREE_SHAPE, shape);
  if (!is_told) return false;
  if (element != 1 || found != count) {
    snprintf(
        why->text, sizeof why->text, "its result has %zu elements of type %d in place of %zu of float32", found, element,
        count);
    return false;
  }
  void *data = NULL;
  if (!limn_ort_ok(table, LIMN_ORT_CALL(table, LIMN_ORT_DATA, void *, void **)(value, &data), why)) return false;
  memcpy(elements, data, count * sizeof(float));
  return true;
}

bool limn_ort_run(
    const limn_ort_graph *graph, const limn_ort_input *inputs, size_t input_count, const char *output, float *elements,
    size_t count, limn_ort_reason *why) {
  const void *const *table = graph->library->table;
  const char *names[2];
  void *values[2] = {NULL, NULL};
  if (input_count > 2) return false;
  bool is_done = true;
  for (size_t i = 0; i < input_count && is_done; i++) {
    names[i] = inputs[i].name;
    // It reads what it is given, and takes it as if it might write there.
    is_done = limn_ort_ok(
        table,
        LIMN_ORT_CALL(
            table, LIMN_ORT_MAKE_VALUE, const void *, void *, size_t, const int64_t *, size_t, int, void **)(
            graph->memory, (void *)inputs[i].data, inputs[i].bytes, inputs[i].extents, inputs[i].rank,
            inputs[i].element, &values[i]),
        why);
  }
  void *result = NULL;
  is_done = is_done
      && limn_ort_ok(
          table,
          LIMN_ORT_CALL(
              table, LIMN_ORT_RUN, void *, const void *, const char *const *, const void *const *, size_t,
              const char *const *, size_t, void **)(
              graph->session, NULL, names, (const void *const *)values, input_count, &output, 1, &result),
          why)
      && read(table, result, elements, count, why);
  for (size_t i = 0; i < input_count; i++) {
    if (values[i]) LIMN_ORT_FREE(table, LIMN_ORT_FREE_VALUE, values[i]);
  }
  if (result) LIMN_ORT_FREE(table, LIMN_ORT_FREE_VALUE, result);
  return is_done;
}
