#include "limn_jpeg.h"
