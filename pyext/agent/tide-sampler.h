#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A Poisson sample of blocks by their bytes.  Points fall on the stream of all bytes that are taken, at
 * distances drawn from an exponential of mean R; a block of S bytes that a point falls into is sampled, which
 * happens with probability p = 1 - exp (-S / R), and stands for 1 / p blocks of S bytes.  So the sums over
 * sampled blocks, live or ever taken, are unbiased, and S^2 (1 - p) / p^2 for each sampled block sums up to
 * an unbiased estimate of their variance (Horvitz and Thompson).
 *
 * As in tide-bytes.h; KNOWN is a note of theirs.  */

/* False: memory is out.  MEAN in bytes.  */
bool tide_sampler_open (uint64_t mean);
void tide_sampler_close (void);
/* In a forked child.  */
void tide_sampler_drop (void);

void tide_sampler_take (void *block, size_t size, bool has_gil);
void tide_sampler_give_back (void *block);

uint64_t tide_sampler_lift (void *block);
void tide_sampler_drop_lifted (uint64_t known);
void tide_sampler_put_back (void *block, uint64_t known);
