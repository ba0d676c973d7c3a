#include "limn_onednn.h"
