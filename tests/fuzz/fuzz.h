#pragma once

#include <stddef.h>
#include <stdint.h>

/* What a fuzzer calls with bytes of its own making (libFuzzer's name for it), and what replay.c calls with
 * the corpus.  Gives 0; whatever is wrong with the code under test ends the program.  */
int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);
