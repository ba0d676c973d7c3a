#include "onednn.hpp"

#if DNNL_VERSION_MAJOR >= 3
using Softmax = dnnl::softmax_forward;
#else
using Softmax = dnnl::softmax_v2_forward;
#endif

limn_primitive *limn_softmax(const limn_descriptor *data, int axis, bool logarithm, limn_error *error) {
  return limn::guarded(error, [&] {
    const auto description = limn::described<Softmax>(
        limn::attributes(), dnnl::prop_kind::forward_inference,
        logarithm ? dnnl::algorithm::softmax_log : dnnl::algorithm::softmax_accurate, data->memory, data->memory,
        axis);
    return limn::made<Softmax>(description, {{LIMN_SOURCE, data->memory}, {LIMN_DESTINATION, data->memory}});
  });
}
