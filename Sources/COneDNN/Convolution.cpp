#include "onednn.hpp"

namespace {

dnnl::memory::dims list(const int64_t *numbers, int count) { return {numbers, numbers + count}; }

// A forward convolution's source is of its weights' type, also where the gradient that it hints at is not.
dnnl::memory::desc like(const dnnl::memory::desc &source, const dnnl::memory::desc &weights) {
#if DNNL_VERSION_MAJOR >= 3
  const auto type = weights.get_data_type();
  if (source.get_data_type() == type) return source;
  return {source.get_dims(), type, dnnl::memory::format_tag::any};
#else
  const auto type = weights.data_type();
  if (source.data_type() == type) return source;
  return {source.dims(), type, dnnl::memory::format_tag::any};
#endif
}

dnnl::post_ops fused(const limn_convolution_specification &s) {
  dnnl::post_ops operations;
  if (s.addend) operations.append_binary(dnnl::algorithm::binary_add, s.addend->memory);
  if (s.accumulates) operations.append_sum(1.f);
  if (s.activation != LIMN_NO_FUNCTION) {
    const auto [alpha, beta] = limn::parameters(s.activation, s.alpha, s.beta);
#if DNNL_VERSION_MAJOR >= 3
    operations.append_eltwise(limn::algorithm(s.activation), alpha, beta);
#else
    operations.append_eltwise(1.f, limn::algorithm(s.activation), alpha, beta);
#endif
  }
  return operations;
}

}  // namespace

limn_primitive *limn_convolution(const limn_convolution_specification *specification, limn_error *error) {
  return limn::guarded(error, [&] {
    const auto &s = *specification;
#if DNNL_VERSION_MAJOR >= 3
    const int rank = s.source->memory.get_ndims() - 2;
#else
    const int rank = s.source->memory.data.ndims - 2;
#endif
    const auto strides = list(s.strides, rank), before = list(s.padding_before, rank),
               after = list(s.padding_after, rank);
    auto dilations = list(s.dilations, rank);
    for (auto &dilation : dilations) dilation -= 1;
    const auto algorithm =
        s.winograd ? dnnl::algorithm::convolution_winograd : dnnl::algorithm::convolution_direct;
    const auto none = dnnl::memory::desc();
    auto attributes = limn::attributes();
    if (!s.backward) attributes.set_post_ops(fused(s));
    // For `forward_inference` version 2 prefers channels-last kernels, a little faster but at odds with its gradients,
    // which are fast in blocks of channels only: everything would be reordered on the way back.
    const auto kind = dnnl::prop_kind::forward_training;
    const auto forward = [&](const dnnl::primitive_attr &attributes) {
      return limn::described<dnnl::convolution_forward>(
          attributes, kind, algorithm, like(s.source->memory, s.weights->memory), s.weights->memory, s.bias ? s.bias->memory : none,
          s.destination->memory, strides, dilations, before, after);
    };
    if (!s.backward) {
      const auto description = forward(attributes);
      return limn::made<dnnl::convolution_forward>(description, {{LIMN_SOURCE, description.src_desc()},
                                                                 {LIMN_WEIGHTS, description.weights_desc()},
                                                                 {LIMN_BIAS, s.bias ? s.bias->memory : none},
                                                                 {LIMN_DESTINATION, description.dst_desc()},
                                                                 {LIMN_ADDEND, s.addend ? s.addend->memory : none}});
    }
    const auto description = limn::describedBackward<dnnl::convolution_backward_data>(
        attributes, forward(attributes), algorithm, s.source->memory, s.weights->memory, s.destination->memory,
        strides, dilations, before, after);
    return limn::made<dnnl::convolution_backward_data>(
        description, {{LIMN_SOURCE_GRADIENT, description.diff_src_desc()},
                      {LIMN_WEIGHTS, description.weights_desc()},
                      {LIMN_DESTINATION_GRADIENT, description.diff_dst_desc()}});
  });
}
