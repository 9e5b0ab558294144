#pragma once

#include <stdint.h>

/* The mathematics of a Poisson sample of bytes, without libm.  Any thread.  */

/* The probability that a point falls into SIZE bytes, 1 - exp (-SIZE / MEAN); SIZE from 1 on.  */
double tide_poisson_chance (uint64_t size, uint64_t mean);

/* The distance to the next point in bytes, drawn from an exponential of MEAN with RANDOM, a state that is
 * not 0.  */
int64_t tide_poisson_distance (uint64_t *random, uint64_t mean);
