#pragma once
#include <stddef.h>

/// The parts of the server's page, compiled into the program, by the names of their files; NULL where there is none.
const unsigned char *limn_serve_page_part(const char *name, size_t *count);
