#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Memory of the instruments' own, straight from the kernel.  What becomes resident is told to the account, so
 * that nobody of the program is charged for it.  Any thread; may change errno.  Sizes in bytes.  */

size_t tide_memory_page (void);

/* Zeroed address space of which nothing is resident yet; NULL: there is none.  */
void *tide_memory_reserve (size_t size);
void tide_memory_release (void *memory, size_t size);

/* Makes SIZE bytes at MEMORY (multiples of the page size) resident, a little at a time: the helper must not
 * see much that is not accounted yet.  */
void tide_memory_fill (void *memory, size_t size);

/* The same bytes, which had been filled and are of no file, are zero, and not resident any more.  */
void tide_memory_empty (void *memory, size_t size);

/* The same bytes are not there any more: the addresses are free, a file behind them is as it was.  */
void tide_memory_unfill (void *memory, size_t size);

/* Whether the program's WORD, of four bytes or more, may be written to.  Does not change it, and sends no
 * signal.  Changes errno.  */
bool tide_memory_is_writable (const void *word);
