#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Python bytes: every block of the allocators, or a sample of them, counted at the site that asked for it
 * (tide-sites.h), as requested.  Called by the hooks while TIDE_HOOK_BYTES or TIDE_HOOK_SAMPLE is on, by any
 * thread; errno stays.
 *
 * A block that is resized is a new block at the place where that is done, and the old one is freed.  One that
 * was there before the start is nobody's.  Temporary: freed before its thread took another block (what memray
 * calls a temporary allocation at its threshold of one).  */

typedef struct
{
  const void *last; /* the block that the thread took last */
  bool inside; /* it is in one of our wrappers: what is taken now is part of a block that counts already */
} TideBytesThread;

extern __thread TideBytesThread tide_bytes_thread
    __attribute__ ((tls_model ("initial-exec"), visibility ("hidden")));

/* Counts BLOCK (NULL: none), and gives it.  The first for domains that may only be used with the
 * interpreter's lock (HAS_GIL), the last where blocks are sampled.  The thread is not inside any more.  */
void *tide_bytes_taken (void *block, size_t size);
void *tide_bytes_taken_raw (void *block, size_t size);
void *tide_bytes_taken_sampled (void *block, size_t size, bool has_gil);

/* NULL is none.  IS_OBJECT: of the domain of objects.  */
void tide_bytes_given_back (void *block, bool is_object);
void tide_bytes_given_back_sampled (void *block);

/* Before BLOCK is resized: what is known of it (0: nothing), which is noted there no more.  Then either of
 * the next two.  HAS_GIL: as above.  */
uint64_t tide_bytes_lift (void *block);
void tide_bytes_resized (uint64_t known, void *moved, size_t size, bool has_gil);
void tide_bytes_put_back (void *block, uint64_t known);
