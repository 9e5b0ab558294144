#pragma once

#include "tide-python.h"

#include <stdbool.h>
#include <stddef.h>

/* Where glibc keeps how many bytes are in blocks that are mappings of their own: it is another number once
 * such a block was given back, which makes no page fault.  NULL: not found, or another allocator.  Asks
 * malloc, so not inside of it.  With the GIL.  */
const volatile size_t *tide_heap_find_mapped (void);

/* Whether the word below a block of RAW tells its size and three flags, as glibc's does.  With the GIL.  */
bool tide_heap_tells_sizes (const TidePyAllocator *raw);
