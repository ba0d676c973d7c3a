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

bool limn_has_wide_vectors(void) {
#if defined(__x86_64__)
  static const bool isWide = __builtin_cpu_supports("avx512f");
  return isWide;
#else
  return false;
#endif
}

namespace {

struct Task {
  void (*body)(void *, int, int);
  void *context;
};

int threadNumber() {
  static const auto number = openMP<int (*)()>("omp_get_thread_num");
  return number();
}

int threadCount() {
  static const auto count = openMP<int (*)()>("omp_get_num_threads");
  return count();
}

}  // namespace

void limn_parallel(void (*body)(void *context, int part, int parts), void *context) {
  // What GCC compiles a parallel region to; LLVM's runtime has it too.
  static const auto parallel = openMP<void (*)(void (*)(void *), void *, unsigned, unsigned)>("GOMP_parallel");
  static const bool isComplete = parallel && openMP<int (*)()>("omp_get_thread_num") &&
                                 openMP<int (*)()>("omp_get_num_threads");
  if (!isComplete) return body(context, 0, 1);
  Task task = {body, context};
  parallel(
      [](void *task) {
        const auto &[body, context] = *static_cast<Task *>(task);
        body(context, threadNumber(), threadCount());
      },
      &task, 0, 0);
}

void limn_version(int *major, int *minor, int *patch) {
  const auto version = dnnl_version();
  *major = version->major;
  *minor = version->minor;
  *patch = version->patch;
}

bool limn_has_bfloat16(void) {
  // Each set of instructions is a bit mask that contains those it builds upon.
  const unsigned needed = dnnl_cpu_isa_avx512_core_bf16;
  return (unsigned(dnnl_get_effective_cpu_isa()) & needed) == needed;
}
