// What the shim's files share: the engine, interned descriptors, and the one place where oneDNN 2 and 3 differ in kind.
#pragma once

#include <dnnl.hpp>

#include <map>
#include <string>
#include <utility>

#include "limn_onednn.h"

struct limn_descriptor {
  dnnl::memory::desc memory;
};

struct limn_primitive {
  dnnl::primitive primitive;
  std::map<int, const limn_descriptor *> arguments;
  std::string implementation;
};

namespace limn {

dnnl::engine &engine();
dnnl::stream &stream();
const limn_descriptor *interned(const dnnl::memory::desc &memory);
void report(limn_error *error, const char *text) noexcept;
dnnl::algorithm algorithm(limn_function function);

// 2.6's hard swish takes no parameters; 3.x wants them.
std::pair<float, float> parameters(limn_function function, float alpha, float beta);

// Runs `body`, turning an exception into a sentence and a value-initialised result.
template <class Body>
auto guarded(limn_error *error, Body body) noexcept -> decltype(body()) {
  try {
    return body();
  } catch (const dnnl::error &e) {
    report(error, e.message);
  } catch (const std::exception &e) {
    report(error, e.what());
  } catch (...) {
    report(error, "oneDNN failed for an unknown reason");
  }
  return {};
}

inline dnnl::primitive_attr attributes() {
  dnnl::primitive_attr attributes;
  // oneDNN's own scratchpads are freed at every call; ours come from the caller's pool.
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return attributes;
}

// Version 2 describes an operation first and makes it a primitive descriptor then; version 3 does both at once.
template <class Primitive, class... Arguments>
typename Primitive::primitive_desc described(const dnnl::primitive_attr &attributes, const Arguments &...arguments) {
#if DNNL_VERSION_MAJOR >= 3
  return typename Primitive::primitive_desc(engine(), arguments..., attributes);
#else
  return typename Primitive::primitive_desc(typename Primitive::desc(arguments...), attributes, engine());
#endif
}

template <class Primitive, class Hint, class... Arguments>
typename Primitive::primitive_desc describedBackward(
    const dnnl::primitive_attr &attributes, const Hint &forward, const Arguments &...arguments) {
#if DNNL_VERSION_MAJOR >= 3
  return typename Primitive::primitive_desc(engine(), arguments..., forward, attributes);
#else
  return typename Primitive::primitive_desc(typename Primitive::desc(arguments...), attributes, engine(), forward);
#endif
}

template <class Primitive, class Description>
limn_primitive *made(const Description &description, std::map<int, dnnl::memory::desc> arguments) {
  auto result = new limn_primitive;
  try {
    result->primitive = Primitive(description);
    result->implementation = description.impl_info_str();
    arguments[LIMN_SCRATCHPAD] = description.scratchpad_desc();
    for (auto &[argument, memory] : arguments)
      if (memory.get_size() > 0) result->arguments[argument] = interned(memory);
    return result;
  } catch (...) {
    delete result;
    throw;
  }
}

}  // namespace limn
