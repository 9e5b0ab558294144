#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Goes up when Python gives back or takes a block that is a mapping of its own, so that RSS falls at once: a
 * word for tide-rss-gate.h where no helper looks.  Wraps the RAW domain of Python's allocators, which has all
 * blocks of more than 512 bytes; nothing of the small ones.  */
extern _Atomic uint64_t tide_release_word;

/* With the GIL.  */
void tide_release_watch (bool on);
