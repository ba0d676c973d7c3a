#include "onednn.hpp"

limn_primitive *limn_matrix_product(
    const limn_descriptor *source, const limn_descriptor *weights, const limn_descriptor *bias,
    const limn_descriptor *destination, limn_error *error) {
  return limn::guarded(error, [&] {
    const auto description = limn::described<dnnl::matmul>(
        limn::attributes(), source->memory, weights->memory, bias ? bias->memory : dnnl::memory::desc(),
        destination->memory);
    return limn::made<dnnl::matmul>(description, {{LIMN_SOURCE, description.src_desc()},
                                                  {LIMN_WEIGHTS, description.weights_desc()},
                                                  {LIMN_BIAS, bias ? bias->memory : dnnl::memory::desc()},
                                                  {LIMN_DESTINATION, description.dst_desc()}});
  });
}

limn_primitive *limn_inner_product(
    const limn_descriptor *source, const limn_descriptor *weights, const limn_descriptor *bias,
    const limn_descriptor *destination, limn_error *error) {
  return limn::guarded(error, [&] {
    const auto description = limn::described<dnnl::inner_product_forward>(
        limn::attributes(), dnnl::prop_kind::forward_inference, source->memory, weights->memory,
        bias ? bias->memory : dnnl::memory::desc(), destination->memory);
    return limn::made<dnnl::inner_product_forward>(
        description, {{LIMN_SOURCE, description.src_desc()},
                      {LIMN_WEIGHTS, description.weights_desc()},
                      {LIMN_BIAS, bias ? bias->memory : dnnl::memory::desc()},
                      {LIMN_DESTINATION, description.dst_desc()}});
  });
}
