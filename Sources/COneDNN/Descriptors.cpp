#include <algorithm>
#include <memory>
#include <mutex>
#include <vector>

#include "onednn.hpp"

namespace {

struct Blocking {
  int rank, inner;
  int64_t offset;
  std::vector<int64_t> shape, padded, strides, innerExtents, innerAxes;
};

// False where the array has no strides at all, as with Winograd's transformed weights.
bool blocking(const dnnl::memory::desc &memory, Blocking &result) {
#if DNNL_VERSION_MAJOR >= 3
  if (memory.get_format_kind() != dnnl::memory::format_kind::blocked) return false;
  result = {memory.get_ndims(),       memory.get_inner_nblks(), memory.get_submemory_offset(), memory.get_dims(),
            memory.get_padded_dims(), memory.get_strides(),     memory.get_inner_blks(),       memory.get_inner_idxs()};
#else
  const auto &data = memory.data;
  if (data.format_kind != dnnl_blocked) return false;
  const auto &blocks = data.format_desc.blocking;
  auto list = [](const dnnl_dim_t *from, int count) { return std::vector<int64_t>(from, from + count); };
  result = {data.ndims,
            blocks.inner_nblks,
            data.offset0,
            list(data.dims, data.ndims),
            list(data.padded_dims, data.ndims),
            list(blocks.strides, data.ndims),
            list(blocks.inner_blks, blocks.inner_nblks),
            list(blocks.inner_idxs, blocks.inner_nblks)};
#endif
  return true;
}

dnnl::memory::data_type type(limn_scalar scalar) {
  return scalar == LIMN_BFLOAT16 ? dnnl::memory::data_type::bf16 : dnnl::memory::data_type::f32;
}

size_t hash(int rank, const int64_t *shape) {
  size_t result = rank;
  for (int i = 0; i < rank; ++i) result = result * 1000003 + size_t(shape[i]);
  return result;
}

}  // namespace

namespace limn {

const limn_descriptor *interned(const dnnl::memory::desc &memory) {
  // Never destroyed: descriptors are referred to until the process ends.
  static auto &mutex = *new std::mutex;
  static auto &known = *new std::multimap<size_t, std::unique_ptr<limn_descriptor>>;
#if DNNL_VERSION_MAJOR >= 3
  const auto shape = memory.get_dims();
  const auto key = hash(int(shape.size()), shape.data());
#else
  const auto key = hash(memory.data.ndims, memory.data.dims);
#endif
  std::lock_guard<std::mutex> lock(mutex);
  auto [first, last] = known.equal_range(key);
  auto found = std::find_if(first, last, [&](auto &entry) { return entry.second->memory == memory; });
  if (found != last) return found->second.get();
  auto added = known.emplace(key, std::unique_ptr<limn_descriptor>(new limn_descriptor{memory}));
  return added->second.get();
}

void report(limn_error *error, const char *text) noexcept {
  size_t i = 0;
  for (; text && text[i] && i + 1 < sizeof error->text; ++i) error->text[i] = text[i];
  error->text[i] = 0;
}

}  // namespace limn

const limn_descriptor *limn_describe(
    limn_scalar scalar, int rank, const int64_t *shape, const int64_t *strides, limn_error *error) {
  return limn::guarded(error, [&]() -> const limn_descriptor * {
    const dnnl::memory::dims dims(shape, shape + rank);
    if (!strides) return limn::interned({dims, type(scalar), dnnl::memory::format_tag::any});
    return limn::interned({dims, type(scalar), dnnl::memory::dims(strides, strides + rank)});
  });
}

const limn_descriptor *limn_describe_blocked(
    limn_scalar scalar, int rank, const int64_t *shape, int64_t width, limn_error *error) {
  using tag = dnnl::memory::format_tag;
  return limn::guarded(error, [&]() -> const limn_descriptor * {
    static const tag tags[][3] = {{tag::nwc, tag::nCw8c, tag::nCw16c},
                                  {tag::nhwc, tag::nChw8c, tag::nChw16c},
                                  {tag::ndhwc, tag::nCdhw8c, tag::nCdhw16c}};
    const int column = width == 8 ? 1 : width == 16 ? 2 : width == shape[1] ? 0 : -1;
    if (rank < 3 || rank > 5 || column < 0) throw std::invalid_argument("no such blocked layout");
    const dnnl::memory::dims dims(shape, shape + rank);
    return limn::interned({dims, type(scalar), tags[rank - 3][column]});
  });
}

size_t limn_descriptor_bytes(const limn_descriptor *descriptor) { return descriptor->memory.get_size(); }

limn_scalar limn_descriptor_scalar(const limn_descriptor *descriptor) {
#if DNNL_VERSION_MAJOR >= 3
  const bool isHalf = descriptor->memory.get_data_type() == dnnl::memory::data_type::bf16;
#else
  const bool isHalf = descriptor->memory.data.data_type == dnnl_bf16;
#endif
  return isHalf ? LIMN_BFLOAT16 : LIMN_FLOAT32;
}

bool limn_descriptor_is_row_major(const limn_descriptor *descriptor) {
  Blocking b;
  if (!blocking(descriptor->memory, b) || b.inner || b.offset || b.shape != b.padded) return false;
  int64_t stride = 1;
  for (int i = b.rank - 1; i >= 0; --i) {
    if (b.shape[i] != 1 && b.strides[i] != stride) return false;
    stride *= b.shape[i];
  }
  return true;
}

bool limn_descriptor_has_padding(const limn_descriptor *descriptor) {
  Blocking b;
  return !blocking(descriptor->memory, b) || b.shape != b.padded;
}

int64_t limn_descriptor_channel_width(const limn_descriptor *descriptor) {
  Blocking b;
  if (!blocking(descriptor->memory, b) || b.rank < 3 || b.offset || b.inner > 1) return 0;
  // One block along the channels, or channels innermost: a block as wide as all of them.
  if (b.inner == 1 && b.innerAxes[0] != 1) return 0;
  const int64_t width = b.inner ? b.innerExtents[0] : b.shape[1];
  for (int i = 0; i < b.rank; ++i)
    if (i != 1 && b.padded[i] != b.shape[i]) return 0;
  int64_t stride = width;
  for (int i = b.rank - 1; i >= 2; --i) {
    if (b.shape[i] != 1 && b.strides[i] != stride) return 0;
    stride *= b.shape[i];
  }
  const int64_t blocks = b.padded[1] / width;
  if (blocks != 1 && b.strides[1] != stride) return 0;
  if (!b.inner && b.shape[1] != 1 && b.strides[1] != 1) return 0;
  return b.shape[0] == 1 || b.strides[0] == stride * blocks ? width : 0;
}
