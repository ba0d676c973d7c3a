#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// ONNX Runtime's shared library, opened; it stays so until the process ends.
typedef struct limn_ort_library limn_ort_library;

/// A graph that the library has taken in; several threads may run it at once.
typedef struct limn_ort_graph limn_ort_graph;

/// Why a call failed, in the library's or the linker's words.
typedef struct {
  char text[1024];
} limn_ort_reason;

/// Opens a library by its path or by the name that the linker knows; NULL where there is none, or one of another kind.
limn_ort_library *limn_ort_open(const char *name, limn_ort_reason *why);

/// Its version, such as "1.20.1".
const char *limn_ort_version(const limn_ort_library *library);

/// The file that it was found in.
const char *limn_ort_path(const limn_ort_library *library);

/// The names of the providers that it can compute with, separated by commas: "CUDAExecutionProvider,CPUExecutionProvider".
bool limn_ort_providers(const limn_ort_library *library, char *names, size_t size, limn_ort_reason *why);

/// Whether a provider, by the name of `limn_ort_request`, can be had with all that it needs itself.
bool limn_ort_has_provider(const limn_ort_library *library, const char *provider, limn_ort_reason *why);

/// How a graph is taken in.
typedef struct {
  /// The file's bytes, which are not needed any more afterwards.
  const void *bytes;
  size_t count;
  /// Where files lie that its weights are in; NULL where it has none.
  const char *folder;
  /// The provider as `SessionOptionsAppendExecutionProvider` calls it: "CUDA", "CoreML"; NULL for the processor.
  const char *provider;
  int threads;
} limn_ort_request;

/// Takes a graph in; NULL where the library cannot.
limn_ort_graph *limn_ort_graph_open(const limn_ort_library *library, const limn_ort_request *request, limn_ort_reason *why);

void limn_ort_graph_close(limn_ort_graph *graph);

/// What a graph is given under a name.
typedef struct {
  const char *name;
  /// The number that ONNX has for the type of its elements: 1 for float32, 7 for int64.
  int element;
  const void *data;
  size_t bytes;
  const int64_t *extents;
  size_t rank;
} limn_ort_input;

/// Computes one output of float32, of which exactly `count` elements are expected.
bool limn_ort_run(
    const limn_ort_graph *graph, const limn_ort_input *inputs, size_t input_count, const char *output, float *elements,
    size_t count, limn_ort_reason *why);
