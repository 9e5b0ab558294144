#pragma once

#include <stddef.h>

/* Where glibc keeps how many bytes are in blocks that are mappings of their own: it is another number once
 * such a block was given back, which makes no page fault.  NULL: not found, or another allocator.  Asks
 * malloc, so not inside of it.  With the GIL.  */
const volatile size_t *tide_heap_find_mapped (void);
