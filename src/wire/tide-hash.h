#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Hashes for tables in memory, of what nobody chose to be alike: each further number or run of bytes goes
 * into the HASH of those before it, of which the first is any constant.  */

static inline uint64_t
tide_hash_number (uint64_t hash, uint64_t value)
{
  hash = (hash ^ value) * 0x9e3779b97f4a7c15u;
  return hash ^ hash >> 32;
}

static inline uint64_t
tide_hash_bytes (uint64_t hash, const void *data, size_t length)
{
  const uint8_t *at = data;
  uint64_t word;

  hash = tide_hash_number (hash, length);
  for (; length >= sizeof word; at += sizeof word, length -= sizeof word)
    {
      memcpy (&word, at, sizeof word);
      hash = tide_hash_number (hash, word);
    }
  word = 0;
  if (length > 0)
    memcpy (&word, at, length);
  return tide_hash_number (hash, word);
}
