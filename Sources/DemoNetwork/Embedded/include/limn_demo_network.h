#pragma once
#include <stddef.h>

/// The trained demo network: an ONNX file of `limn_demo_network_size` bytes, compiled into the program.
const unsigned char *limn_demo_network_bytes(void);
extern const size_t limn_demo_network_size;

/// The trained demo detector: an ONNX file of `limn_demo_detector_size` bytes.
const unsigned char *limn_demo_detector_bytes(void);
extern const size_t limn_demo_detector_size;
