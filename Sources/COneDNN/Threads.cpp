#include <dlfcn.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "onednn.hpp"

namespace {

// Looked up by name, so that any OpenMP runtime which oneDNN brought along is the one addressed.
template <class Function>
Function openMP(const char *name) {
  return reinterpret_cast<Function>(dlsym(RTLD_DEFAULT, name));
}

// Denormals slow arithmetic a hundredfold. OpenMP's workers inherit this from the thread that starts them.
void flushDenormals() {
#if defined(__x86_64__)
  _mm_setcsr(_mm_getcsr() | 0x8040);
#elif defined(__aarch64__)
  uint64_t control;
  asm volatile("mrs %0, fpcr" : "=r"(control));
  asm volatile("msr fpcr, %0" : : "r"(control | (uint64_t(1) << 24)));
#endif
}

}  // namespace

void limn_use_threads(int count) {
  // OpenMP keeps the thread count per calling thread.
  thread_local int inUse = -1;
  if (inUse == count) return;
  if (inUse < 0) flushDenormals();
  static const auto set = openMP<void (*)(int)>("omp_set_num_threads");
  if (set && count > 0) set(count);
  inUse = count;
}

int limn_available_threads(void) {
  static const auto maximum = openMP<int (*)()>("omp_get_max_threads");
  return maximum ? maximum() : 1;
}

void limn_version(int *major, int *minor, int *patch) {
  const auto version = dnnl_version();
  *major = version->major;
  *minor = version->minor;
  *patch = version->patch;
}
