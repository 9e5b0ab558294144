#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reads this process's own memory where nobody knows whether there is any: the kernel finds out.  With
 * the GIL.  */
bool tide_peek (void *unused, uint64_t address, void *to, size_t size);

/* Gives back what tide_peek() may have opened.  */
void tide_peek_end (void);
