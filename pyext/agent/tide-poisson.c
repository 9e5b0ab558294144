#include "tide-poisson.h"

#include <string.h>

/* Beyond this the probability is 1 in doubles.  */
#define LARGE 40.0

double
tide_poisson_chance (uint64_t size, uint64_t mean)
{
  double x = (double)size / (double)mean, p;
  int n_doublings = 0;

  if (x > LARGE)
    return 1;
  /* 1 - exp (-2 x) = p (2 - p).  */
  for (; x > 0.125; x /= 2)
    n_doublings++;
  p = x * (1 - x / 2 * (1 - x / 3 * (1 - x / 4 * (1 - x / 5 * (1 - x / 6 * (1 - x / 7 * (1 - x / 8)))))));
  for (; n_doublings > 0; n_doublings--)
    p *= 2 - p;
  return p;
}

/* Of 0 < X <= 1.  */
static double
minus_log (double x)
{
  static const double log_2 = 0.69314718055994530942;
  uint64_t bits;
  double m, z, square, power, sum = 0;
  int exponent;

  memcpy (&bits, &x, sizeof bits);
  exponent = (int)(bits >> 52) - 1023;
  bits = (bits & (((uint64_t)1 << 52) - 1)) | (uint64_t)1023 << 52;
  memcpy (&m, &bits, sizeof m);
  /* log (m) = 2 artanh ((m - 1) / (m + 1)) for 1 <= m < 2.  */
  z = (m - 1) / (m + 1);
  square = z * z;
  power = z;
  for (int n = 1; n < 36; n += 2, power *= square)
    sum += power / n;
  return -(2 * sum + exponent * log_2);
}

int64_t
tide_poisson_distance (uint64_t *random, uint64_t mean)
{
  uint64_t r = *random;
  double uniform;

  r ^= r << 13;
  r ^= r >> 7;
  r ^= r << 17;
  *random = r;
  uniform = (double)((r * 0x2545f4914f6cdd1dull >> 11) + 1) * 0x1p-53;
  return (int64_t)(minus_log (uniform) * (double)mean);
}
