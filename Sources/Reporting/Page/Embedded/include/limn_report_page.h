#pragma once
#include <stddef.h>

/// A file that was compiled into the program.
typedef struct {
  const char *name;
  const unsigned char *bytes;
  size_t count;
} limn_page_part;

/// The bytes of the part of this name among `number`; NULL where there is none.
const unsigned char *limn_page_part_named(const char *name, const limn_page_part *parts, size_t number, size_t *count);

/// The parts of a report's page, compiled into the program, by the names of their files; NULL where there is none.
const unsigned char *limn_report_page_part(const char *name, size_t *count);
