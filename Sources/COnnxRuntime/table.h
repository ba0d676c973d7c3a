#pragma once
#include "limn_onnxruntime.h"

// Everything that the library makes is known to us by its address alone.
typedef struct OrtApiBase {
  const void *const *(*table)(uint32_t version);
  const char *(*version)(void);
} limn_ort_base;

/// The version of the table that is asked for.
enum { LIMN_ORT_TABLE = 12 };

/// The places of functions in the table, which never change.
enum {
  LIMN_ORT_MESSAGE = 2,
  LIMN_ORT_MAKE_ENVIRONMENT = 3,
  LIMN_ORT_MAKE_SESSION = 8,
  LIMN_ORT_RUN = 9,
  LIMN_ORT_MAKE_OPTIONS = 10,
  LIMN_ORT_SET_THREADS = 24,
  LIMN_ORT_MAKE_VALUE = 49,
  LIMN_ORT_DATA = 51,
  LIMN_ORT_ELEMENT = 60,
  LIMN_ORT_COUNT = 64,
  LIMN_ORT_SHAPE = 65,
  LIMN_ORT_MAKE_CPU_MEMORY = 69,
  LIMN_ORT_FREE_STATUS = 93,
  LIMN_ORT_FREE_MEMORY = 94,
  LIMN_ORT_FREE_SESSION = 95,
  LIMN_ORT_FREE_VALUE = 96,
  LIMN_ORT_FREE_SHAPE = 99,
  LIMN_ORT_FREE_OPTIONS = 100,
  LIMN_ORT_PROVIDERS = 125,
  LIMN_ORT_FREE_PROVIDERS = 126,
  LIMN_ORT_SET_ENTRY = 130,
  LIMN_ORT_TENSORRT = 170,
  LIMN_ORT_MAKE_TENSORRT = 171,
  LIMN_ORT_FREE_TENSORRT = 174,
  LIMN_ORT_CUDA = 204,
  LIMN_ORT_MAKE_CUDA = 205,
  LIMN_ORT_FREE_CUDA = 208,
  LIMN_ORT_PROVIDER = 216,
};

/// A function of the table that returns nothing or why it failed.
#define LIMN_ORT_CALL(table, place, ...) ((void *(*)(__VA_ARGS__))(table)[place])

/// A function of the table that frees what it is given.
#define LIMN_ORT_FREE(table, place, object) (((void (*)(void *))(table)[place])(object))

struct limn_ort_library {
  const void *const *table;
  void *environment;
  const char *version;
  const char *path;
};

/// Whether a call went well; tells and frees why not.
bool limn_ort_ok(const void *const *table, void *status, limn_ort_reason *why);
