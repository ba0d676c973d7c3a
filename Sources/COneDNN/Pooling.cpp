#include "onednn.hpp"

#if DNNL_VERSION_MAJOR >= 3
using Forward = dnnl::pooling_forward;
using Backward = dnnl::pooling_backward;
#else
// Plain `pooling` of version 2 knows no dilation.
using Forward = dnnl::pooling_v2_forward;
using Backward = dnnl::pooling_v2_backward;
#endif

namespace {

struct Geometry {
  dnnl::algorithm algorithm;
  dnnl::memory::dims kernel, strides, dilations, before, after;

  explicit Geometry(const limn_pooling_specification &s) {
    static const dnnl::algorithm algorithms[] = {dnnl::algorithm::pooling_max,
                                                 dnnl::algorithm::pooling_avg_exclude_padding,
                                                 dnnl::algorithm::pooling_avg_include_padding};
    algorithm = algorithms[s.kind];
#if DNNL_VERSION_MAJOR >= 3
    const int rank = s.source->memory.get_ndims() - 2;
#else
    const int rank = s.source->memory.data.ndims - 2;
#endif
    const auto list = [rank](const int64_t *numbers) { return dnnl::memory::dims(numbers, numbers + rank); };
    kernel = list(s.kernel), strides = list(s.strides), dilations = list(s.dilations);
    before = list(s.padding_before), after = list(s.padding_after);
    for (auto &dilation : dilations) dilation -= 1;
  }
};

Forward::primitive_desc forward(const limn_pooling_specification &s, const Geometry &g, bool training) {
  return limn::described<Forward>(
      limn::attributes(), training ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference,
      g.algorithm, s.source->memory, s.destination->memory, g.strides, g.kernel, g.dilations, g.before, g.after);
}

}  // namespace

limn_primitive *limn_pooling(const limn_pooling_specification *s, bool keeps_maxima, limn_error *error) {
  return limn::guarded(error, [&] {
    const auto description = forward(*s, Geometry(*s), keeps_maxima);
    return limn::made<Forward>(description, {{LIMN_SOURCE, description.src_desc()},
                                             {LIMN_DESTINATION, description.dst_desc()},
                                             {LIMN_WORKSPACE, description.workspace_desc()}});
  });
}

limn_primitive *limn_pooling_backward(const limn_pooling_specification *s, limn_error *error) {
  return limn::guarded(error, [&] {
    const Geometry g(*s);
    const auto description = limn::describedBackward<Backward>(
        limn::attributes(), forward(*s, g, true), g.algorithm, s->source->memory, s->destination->memory, g.strides,
        g.kernel, g.dilations, g.before, g.after);
    return limn::made<Backward>(description, {{LIMN_SOURCE_GRADIENT, description.diff_src_desc()},
                                              {LIMN_DESTINATION_GRADIENT, description.diff_dst_desc()},
                                              {LIMN_WORKSPACE, description.workspace_desc()}});
  });
}
