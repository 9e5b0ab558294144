#pragma once

#include "tide-python.h"

#include <stddef.h>

/* What "events" does around the functions that are BELOW our wrappers (tide-hooks.h): calls them, with CTX,
 * and looks where memory came from the system or went back.  Any thread.  */
void *tide_events_malloc (const TidePyAllocator *below, void *ctx, size_t size);
void *tide_events_calloc (const TidePyAllocator *below, void *ctx, size_t n, size_t size);
void *tide_events_realloc (const TidePyAllocator *below, void *ctx, void *block, size_t size);
void tide_events_free (const TidePyAllocator *below, void *ctx, void *block);
