#include "onednn.hpp"

#include <unordered_map>

namespace {

int dnnlArgument(int argument) {
  switch (argument) {
    case LIMN_SOURCE: return DNNL_ARG_SRC;
    case LIMN_SECOND_SOURCE: return DNNL_ARG_SRC_1;
    case LIMN_WEIGHTS: return DNNL_ARG_WEIGHTS;
    case LIMN_BIAS: return DNNL_ARG_BIAS;
    case LIMN_DESTINATION: return DNNL_ARG_DST;
    case LIMN_SOURCE_GRADIENT: return DNNL_ARG_DIFF_SRC;
    case LIMN_DESTINATION_GRADIENT: return DNNL_ARG_DIFF_DST;
    case LIMN_WORKSPACE: return DNNL_ARG_WORKSPACE;
    case LIMN_SCRATCHPAD: return DNNL_ARG_SCRATCHPAD;
    case LIMN_ADDEND: return DNNL_ARG_ATTR_MULTIPLE_POST_OP(0) | DNNL_ARG_SRC_1;
    default: return DNNL_ARG_MULTIPLE_SRC + argument - LIMN_SOURCES;
  }
}

}  // namespace

namespace limn {

dnnl::engine &engine() {
  // Never destroyed: threads may still run primitives while the process ends.
  static auto &engine = *new dnnl::engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

dnnl::stream &stream() {
  thread_local dnnl::stream stream(engine());
  return stream;
}

}  // namespace limn

void limn_primitive_free(limn_primitive *primitive) { delete primitive; }

const limn_descriptor *limn_primitive_descriptor(const limn_primitive *primitive, int argument) {
  const auto found = primitive->arguments.find(argument);
  return found == primitive->arguments.end() ? nullptr : found->second;
}

const char *limn_primitive_implementation(const limn_primitive *primitive) {
  return primitive->implementation.c_str();
}

bool limn_execute(
    const limn_primitive *primitive, int count, const int *arguments, void *const *buffers, limn_error *error) {
  return limn::guarded(error, [&] {
    std::unordered_map<int, dnnl::memory> memories;
    memories.reserve(size_t(count));
    for (int i = 0; i < count; ++i) {
      const auto descriptor = limn_primitive_descriptor(primitive, arguments[i]);
      if (!descriptor) throw std::invalid_argument("the primitive has no such argument");
      memories.emplace(dnnlArgument(arguments[i]), dnnl::memory(descriptor->memory, limn::engine(), buffers[i]));
    }
    primitive->primitive.execute(limn::stream(), memories);
    limn::stream().wait();
    return true;
  });
}
