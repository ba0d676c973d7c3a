#include "limn_demo_network.h"

const unsigned char limn_demo_network[] = {
#embed "demo-network.onnx"
};
const size_t limn_demo_network_size = sizeof limn_demo_network;
