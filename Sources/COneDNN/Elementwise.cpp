#include "onednn.hpp"

namespace limn {

dnnl::algorithm algorithm(limn_function function) {
  switch (function) {
    case LIMN_RELU: return dnnl::algorithm::eltwise_relu;
    // Version 2 of clip has no gradient at either bound.
    case LIMN_CLIP: return dnnl::algorithm::eltwise_clip_v2;
    case LIMN_LOGISTIC: return dnnl::algorithm::eltwise_logistic;
    case LIMN_TANH: return dnnl::algorithm::eltwise_tanh;
    case LIMN_ELU: return dnnl::algorithm::eltwise_elu;
    case LIMN_GELU: return dnnl::algorithm::eltwise_gelu_erf;
    case LIMN_GELU_TANH: return dnnl::algorithm::eltwise_gelu_tanh;
    case LIMN_SWISH: return dnnl::algorithm::eltwise_swish;
    case LIMN_HARD_SWISH: return dnnl::algorithm::eltwise_hardswish;
    case LIMN_EXP: return dnnl::algorithm::eltwise_exp;
    case LIMN_LOG: return dnnl::algorithm::eltwise_log;
    case LIMN_SQRT: return dnnl::algorithm::eltwise_sqrt;
    case LIMN_ABS: return dnnl::algorithm::eltwise_abs;
    case LIMN_LINEAR: return dnnl::algorithm::eltwise_linear;
    case LIMN_SOFTPLUS: return dnnl::algorithm::eltwise_soft_relu;
    case LIMN_MISH: return dnnl::algorithm::eltwise_mish;
    case LIMN_POWER: return dnnl::algorithm::eltwise_pow;
    case LIMN_NO_FUNCTION: break;
  }
  throw std::invalid_argument("oneDNN has no such elementwise function");
}

std::pair<float, float> parameters(limn_function function, float alpha, float beta) {
#if DNNL_VERSION_MAJOR >= 3
  if (function == LIMN_HARD_SWISH) return {1.f / 6, 0.5f};
  if (function == LIMN_SOFTPLUS) return {1.f, 0.f};
#else
  (void)function;
#endif
  return {alpha, beta};
}

}  // namespace limn

limn_primitive *limn_elementwise(
    limn_function function, float alpha, float beta, const limn_descriptor *data, bool backward, limn_error *error) {
  return limn::guarded(error, [&] {
    const auto kind = limn::algorithm(function);
    const auto [a, b] = limn::parameters(function, alpha, beta);
    const auto &memory = data->memory;
    const auto attributes = limn::attributes();
    const auto training = backward ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference;
#if DNNL_VERSION_MAJOR >= 3
    const auto forward = limn::described<dnnl::eltwise_forward>(attributes, training, kind, memory, memory, a, b);
    if (!backward)
      return limn::made<dnnl::eltwise_forward>(forward, {{LIMN_SOURCE, memory}, {LIMN_DESTINATION, memory}});
    const auto description =
        limn::describedBackward<dnnl::eltwise_backward>(attributes, forward, kind, memory, memory, memory, a, b);
#else
    const auto forward = limn::described<dnnl::eltwise_forward>(attributes, training, kind, memory, a, b);
    if (!backward)
      return limn::made<dnnl::eltwise_forward>(forward, {{LIMN_SOURCE, memory}, {LIMN_DESTINATION, memory}});
    const auto description =
        limn::describedBackward<dnnl::eltwise_backward>(attributes, forward, kind, memory, memory, a, b);
#endif
    return limn::made<dnnl::eltwise_backward>(
        description,
        {{LIMN_SOURCE, memory}, {LIMN_SOURCE_GRADIENT, memory}, {LIMN_DESTINATION_GRADIENT, memory}});
  });
}

limn_primitive *limn_binary(
    limn_operation operation, const limn_descriptor *left, const limn_descriptor *right, const limn_descriptor *result,
    limn_error *error) {
  static const dnnl::algorithm algorithms[] = {dnnl::algorithm::binary_add, dnnl::algorithm::binary_sub,
                                               dnnl::algorithm::binary_mul, dnnl::algorithm::binary_div,
                                               dnnl::algorithm::binary_max, dnnl::algorithm::binary_min};
  return limn::guarded(error, [&] {
    const auto description = limn::described<dnnl::binary>(
        limn::attributes(), algorithms[operation], left->memory, right->memory, result->memory);
    return limn::made<dnnl::binary>(description, {{LIMN_SOURCE, description.src0_desc()},
                                                  {LIMN_SECOND_SOURCE, description.src1_desc()},
                                                  {LIMN_DESTINATION, description.dst_desc()}});
  });
}
