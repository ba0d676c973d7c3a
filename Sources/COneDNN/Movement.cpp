#include <vector>

#include "onednn.hpp"

limn_primitive *limn_reorder(const limn_descriptor *source, const limn_descriptor *destination, limn_error *error) {
  return limn::guarded(error, [&] {
    const auto description = dnnl::reorder::primitive_desc(
        limn::engine(), source->memory, limn::engine(), destination->memory, limn::attributes());
    return limn::made<dnnl::reorder>(
        description, {{LIMN_SOURCE, source->memory}, {LIMN_DESTINATION, destination->memory}});
  });
}

limn_primitive *limn_concatenation(
    int count, const limn_descriptor *const *sources, int axis, const limn_descriptor *destination,
    limn_error *error) {
  return limn::guarded(error, [&] {
    std::vector<dnnl::memory::desc> memories;
    std::map<int, dnnl::memory::desc> arguments;
    for (int i = 0; i < count; ++i) {
      memories.push_back(sources[i]->memory);
      arguments[LIMN_SOURCES + i] = sources[i]->memory;
    }
#if DNNL_VERSION_MAJOR >= 3
    const auto description = dnnl::concat::primitive_desc(
        limn::engine(), destination->memory, axis, memories, limn::attributes());
#else
    const auto description = dnnl::concat::primitive_desc(
        destination->memory, axis, memories, limn::engine(), limn::attributes());
#endif
    arguments[LIMN_DESTINATION] = description.dst_desc();
    return limn::made<dnnl::concat>(description, arguments);
  });
}
