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

// How the calling thread's processor treats denormal numbers, and how it does where it takes them for zero, since they
// slow arithmetic a hundredfold. OpenMP's workers inherit this from the thread that starts them.
#if defined(__x86_64__)
uint64_t floatingPoint() { return _mm_getcsr(); }
void setFloatingPoint(uint64_t control) { _mm_setcsr(unsigned(control)); }
uint64_t withoutDenormals(uint64_t control) { return control | 0x8040; }
#elif defined(__aarch64__)
uint64_t floatingPoint() {
  uint64_t control;
  asm volatile("mrs %0, fpcr" : "=r"(control));
  return control;
}
void setFloatingPoint(uint64_t control) { asm volatile("msr fpcr, %0" : : "r"(control)); }
uint64_t withoutDenormals(uint64_t control) { return control | (uint64_t(1) << 24); }
#else
uint64_t floatingPoint() { return 0; }
void setFloatingPoint(uint64_t) {}
uint64_t withoutDenormals(uint64_t control) { return control; }
#endif

// OpenMP keeps the number of threads per calling thread.
int maximumThreads() {
  static const auto maximum = openMP<int (*)()>("omp_get_max_threads");
  return maximum ? maximum() : 1;
}

void setMaximumThreads(int count) {
  static const auto set = openMP<void (*)(int)>("omp_set_num_threads");
  if (set) set(count);
}

}  // namespace

int limn_available_threads(void) {
  // As it was before anything here set it.
  static const int offered = maximumThreads();
  return offered;
}

limn_thread_settings limn_enter(int threads) {
  limn_available_threads();
  const limn_thread_settings earlier = {maximumThreads(), floatingPoint()};
  const uint64_t flushing = withoutDenormals(earlier.floating_point);
  if (earlier.threads != threads) setMaximumThreads(threads);
  if (earlier.floating_point != flushing) setFloatingPoint(flushing);
  return earlier;
}

void limn_leave(limn_thread_settings earlier) {
  if (earlier.threads != maximumThreads()) setMaximumThreads(earlier.threads);
  if (earlier.floating_point != floatingPoint()) setFloatingPoint(earlier.floating_point);
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
