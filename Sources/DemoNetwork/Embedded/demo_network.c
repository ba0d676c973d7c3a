#include "limn_demo_network.h"

static const unsigned char network[] = {
#embed "demo-network.onnx"
};
const unsigned char *limn_demo_network_bytes(void) { return network; }
const size_t limn_demo_network_size = sizeof network;

static const unsigned char detector[] = {
#embed "demo-detector.onnx"
};
const unsigned char *limn_demo_detector_bytes(void) { return detector; }
const size_t limn_demo_detector_size = sizeof detector;
