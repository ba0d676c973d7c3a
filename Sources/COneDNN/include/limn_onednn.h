// oneDNN behind a small C interface, the same for its versions 2 and 3.
//
// No C++ exception leaves a function declared here: a function that fails returns NULL or false and writes one sentence
// into `error`. Descriptors and primitives may be used from several threads at once.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LIMN_MAXIMUM_RANK 12

typedef struct {
  char text[256];
} limn_error;

// How an array lies in memory. Equal descriptors are the same pointer, and live as long as the process.
typedef struct limn_descriptor limn_descriptor;

// An operation made ready for given shapes and layouts.
typedef struct limn_primitive limn_primitive;

typedef enum {
  LIMN_SOURCE,
  LIMN_SECOND_SOURCE,
  LIMN_WEIGHTS,
  LIMN_BIAS,
  LIMN_DESTINATION,
  LIMN_SOURCE_GRADIENT,
  LIMN_DESTINATION_GRADIENT,
  LIMN_WORKSPACE,
  LIMN_SCRATCHPAD,
  LIMN_ADDEND,
  LIMN_SOURCES = 64,  // LIMN_SOURCES + i: the i-th operand of a concatenation
} limn_argument;

// The types of scalars that arrays hold; bfloat16 is the upper half of a float.
typedef enum { LIMN_FLOAT32, LIMN_BFLOAT16 } limn_scalar;

// Descriptors.cpp
// Dense where `strides` is the row-major ones; oneDNN's choice where it is NULL.
const limn_descriptor *limn_describe(
    limn_scalar scalar, int rank, const int64_t *shape, const int64_t *strides, limn_error *error);
// Blocks of `width` neighbouring channels, see below; NULL where oneDNN has no such layout.
const limn_descriptor *limn_describe_blocked(
    limn_scalar scalar, int rank, const int64_t *shape, int64_t width, limn_error *error);
size_t limn_descriptor_bytes(const limn_descriptor *descriptor);
limn_scalar limn_descriptor_scalar(const limn_descriptor *descriptor);
bool limn_descriptor_is_row_major(const limn_descriptor *descriptor);
bool limn_descriptor_has_padding(const limn_descriptor *descriptor);
// The number of neighbouring channels that lie side by side, in [N][C / width][spatial positions][width]; 0 where the array lies otherwise.
int64_t limn_descriptor_channel_width(const limn_descriptor *descriptor);

// Execution.cpp
void limn_primitive_free(limn_primitive *primitive);
// NULL where the primitive has no such argument.
const limn_descriptor *limn_primitive_descriptor(const limn_primitive *primitive, int argument);
// The name of oneDNN's implementation, such as `jit:avx512_core`.
const char *limn_primitive_implementation(const limn_primitive *primitive);
bool limn_execute(
    const limn_primitive *primitive, int count, const int *arguments, void *const *buffers, limn_error *error);

// Elementwise.cpp
typedef enum {
  LIMN_NO_FUNCTION,
  LIMN_RELU,       // alpha: slope of the negative side
  LIMN_CLIP,       // alpha … beta
  LIMN_LOGISTIC,
  LIMN_TANH,
  LIMN_ELU,        // alpha
  LIMN_GELU,
  LIMN_GELU_TANH,
  LIMN_SWISH,      // x · logistic(alpha x)
  LIMN_HARD_SWISH,
  LIMN_EXP,
  LIMN_LOG,
  LIMN_SQRT,
  LIMN_ABS,
  LIMN_LINEAR,     // alpha x + beta
  LIMN_SOFTPLUS,
  LIMN_MISH,
  LIMN_POWER,      // alpha x^beta
} limn_function;

typedef enum { LIMN_ADD, LIMN_SUBTRACT, LIMN_MULTIPLY, LIMN_DIVIDE, LIMN_MAXIMUM, LIMN_MINIMUM } limn_operation;

limn_primitive *limn_elementwise(
    limn_function function, float alpha, float beta, const limn_descriptor *data, bool backward, limn_error *error);
limn_primitive *limn_binary(
    limn_operation operation, const limn_descriptor *left, const limn_descriptor *right, const limn_descriptor *result,
    limn_error *error);

// Convolution.cpp
typedef struct {
  const limn_descriptor *source, *weights, *bias, *destination;  // bias: may be NULL
  int64_t strides[3], dilations[3], padding_before[3], padding_after[3];  // dilation 1 is dense
  bool backward, winograd;
  const limn_descriptor *addend;  // added to the result before the activation; may be NULL
  bool accumulates;               // adds to what the destination holds, before the activation
  limn_function activation;
  float alpha, beta;
} limn_convolution_specification;

limn_primitive *limn_convolution(const limn_convolution_specification *specification, limn_error *error);

// Pooling.cpp
typedef enum { LIMN_MAX_POOLING, LIMN_AVERAGE_POOLING, LIMN_AVERAGE_POOLING_WITH_PADDING } limn_pooling_kind;

typedef struct {
  limn_pooling_kind kind;
  const limn_descriptor *source, *destination;
  int64_t kernel[3], strides[3], dilations[3], padding_before[3], padding_after[3];
} limn_pooling_specification;

// `keeps_maxima` adds a workspace that the backward primitive reads.
limn_primitive *limn_pooling(const limn_pooling_specification *specification, bool keeps_maxima, limn_error *error);
limn_primitive *limn_pooling_backward(const limn_pooling_specification *specification, limn_error *error);

// MatrixProduct.cpp
limn_primitive *limn_matrix_product(
    const limn_descriptor *source, const limn_descriptor *weights, const limn_descriptor *bias,
    const limn_descriptor *destination, limn_error *error);
limn_primitive *limn_inner_product(
    const limn_descriptor *source, const limn_descriptor *weights, const limn_descriptor *bias,
    const limn_descriptor *destination, limn_error *error);

// Movement.cpp
limn_primitive *limn_reorder(const limn_descriptor *source, const limn_descriptor *destination, limn_error *error);
limn_primitive *limn_concatenation(
    int count, const limn_descriptor *const *sources, int axis, const limn_descriptor *destination, limn_error *error);

// Softmax.cpp
limn_primitive *limn_softmax(const limn_descriptor *data, int axis, bool logarithm, limn_error *error);

// Gates.cpp; a result may be an operand's own memory.
// The cotangent where the output lies strictly between zero and `bound`, and the cotangent above zero if it must; zero elsewhere.
void limn_gate(
    const float *cotangent, const float *output, float *result, size_t count, float bound, bool keeps_negative);
// max(0, x)
void limn_rectify(const float *x, float *result, size_t count);
void limn_accumulate(const float *x, float *sum, size_t count);

// GatesBFloat16.cpp; the same for bfloat16, of which sums are rounded to the nearest.
void limn_gate_bf16(
    const uint16_t *cotangent, const uint16_t *output, uint16_t *result, size_t count, float bound,
    bool keeps_negative);
void limn_rectify_bf16(const uint16_t *x, uint16_t *result, size_t count);
void limn_accumulate_bf16(const uint16_t *x, uint16_t *sum, size_t count);
// scale · x + shift, whose numbers, `width` of each, repeat along `x`.
void limn_scale_and_shift_bf16(
    const uint16_t *x, uint16_t *result, size_t count, const float *scale, const float *shift, size_t width);

// A window that slides over the last two axes.
typedef struct {
  int64_t input[2], output[2], kernel[2], strides[2], dilations[2], padding[2];  // dilation 1 is dense
} limn_window;

// RowProducts.cpp: of the outputs `first` up to `last` of all images; x [images][inputs], y [images][outputs].
// Weights [outputs][inputs]; `bias` may be NULL.
void limn_row_products(
    const float *x, const float *weights, const float *bias, float *y, size_t images, size_t inputs, size_t outputs,
    size_t first, size_t last);
// Weights [inputs][outputs].
void limn_column_products(
    const float *x, const float *weights, const float *bias, float *y, size_t images, size_t inputs, size_t outputs,
    size_t first, size_t last);

// MaxPooling.cpp: of the planes `first` up to `last`, each [positions][width], with a width of 8 or 16.
// Of several largest in a window, the first has the cotangent.
void limn_max_pooling_gradient(
    const limn_window *window, int width, const float *x, const float *cotangent, float *gradient, size_t first,
    size_t last);

// StemGradient.cpp: of the rows `first` up to `last`, counted through all images; at most four channels.
// Cotangent [images][blocks][positions][16], weights [taps][blocks][channels][16], gradient [images][channels][positions].
void limn_stem_gradient(
    const limn_window *window, const float *cotangent, const float *weights, float *gradient, int channels,
    int64_t blocks, size_t first, size_t last);

// Winograd.cpp: 3 × 3 taps, dense and with a stride of 1, on [images][channels / 16][positions][16].
typedef struct {
  int64_t inputs, outputs;  // channels: of the input a multiple of 16, of the output one of 32
  int64_t input[2], output[2], padding[2];
  int64_t tile;       // the side of a tile of the output: 2 or 4
  int64_t group;      // how many tiles there is room for
  float low, high;    // what results are clipped to
} limn_winograd;

// From [outputs][inputs][9], or for the data gradient [inputs][outputs][9], to [(tile + 2)²][outputs / 32][inputs][32]; of some outputs.
void limn_winograd_weights(
    const float *weights, float *transformed, int tile, int64_t outputs, int64_t inputs, bool is_gradient,
    size_t first, size_t last);
// Transforms tiles number `first` up to `last` of the group that begins with `tile`, to [(tile + 2)²][inputs / 16][group][16].
// A plane of a group is 16 floats longer than its numbers, here and after the products.
void limn_winograd_input(
    const limn_winograd *specification, const float *x, float *transformed, int64_t tile, size_t first, size_t last);
// Multiplies `count` tiles by the panels of weights `first` up to `last`, to [(tile + 2)²][outputs / 32][group][32].
void limn_winograd_products(
    const limn_winograd *specification, const float *transformed, const float *weights, float *products,
    int64_t count, size_t first, size_t last);
// Transforms the tiles back; `bias` and `addend`, which lies as `y`, may be NULL.
void limn_winograd_output(
    const limn_winograd *specification, const float *products, const float *bias, const float *addend, float *y,
    int64_t tile, size_t first, size_t last);

// Threads.cpp
// What OpenMP and the processor keep for the calling thread: how many threads it starts, how it treats denormal numbers.
typedef struct {
  int threads;
  uint64_t floating_point;
} limn_thread_settings;

// Has the calling thread start `threads` threads and take denormals for zero; returns what was set before.
limn_thread_settings limn_enter(int threads);
void limn_leave(limn_thread_settings earlier);
// How many threads OpenMP offers by itself.
int limn_available_threads(void);
// Whether vectors hold sixteen floats.
bool limn_has_wide_vectors(void);
// Calls `body` on each of oneDNN's threads, telling it which of how many it is; on the calling thread alone where there is no OpenMP.
void limn_parallel(void (*body)(void *context, int part, int parts), void *context);
void limn_version(int *major, int *minor, int *patch);
// Whether this processor multiplies bfloat16 numbers by itself, and oneDNN makes use of it.
bool limn_has_bfloat16(void);

#ifdef __cplusplus
}
#endif
