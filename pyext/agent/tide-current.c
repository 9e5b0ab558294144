#include "tide-current.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __x86_64__

/* Goes over the N bytes EXPECTED when they are next.  */
static bool
match (const uint8_t **code, const void *expected, size_t n)
{
  for (size_t i = 0; i < n; i++)
    if ((*code)[i] != ((const uint8_t *)expected)[i])
      return false;
  *code += n;
  return true;
}

#define MATCH(code, bytes) match (code, bytes, sizeof bytes - 1)

static int64_t
take_offset (const uint8_t **code)
{
  int32_t offset;

  memcpy (&offset, *code, sizeof offset);
  *code += sizeof offset;
  return offset;
}

/* What the instruction that ends with an offset refers to.  */
static uint64_t
take_address (const uint8_t **code)
{
  int64_t offset = take_offset (code);

  return (uint64_t)(uintptr_t)*code + (uint64_t)offset;
}

static uint64_t
get_thread_pointer (void)
{
  uint64_t pointer;

  __asm__("mov %%fs:0, %0" : "=r"(pointer));
  return pointer;
}

static uint64_t
word_at (uint64_t address)
{
  uint64_t word;

  memcpy (&word, (const void *)(uintptr_t)address, sizeof word);
  return word;
}

/* A variable of the thread's, by way of the function that finds those of libraries.  */
static uint64_t
find_dynamic (const uint8_t **code)
{
  void *(*get_address) (void *);
  uint64_t variable, function;

  variable = take_address (code);
  if (!MATCH (code, "\x66\x66\x48\xe8")) /* call */
    return 0;
  function = take_address (code);
  if (!MATCH (code, "\x48\x8b\x00\x48\x83\xc4\x08\xc3")) /* mov (%rax),%rax; add $8,%rsp; ret */
    return 0;
  memcpy (&get_address, &function, sizeof get_address);
  return (uint64_t)(uintptr_t)get_address ((void *)(uintptr_t)variable);
}

/* 0: unknown code.  */
static uint64_t
find (const uint8_t *code)
{
  uint64_t address;

  MATCH (&code, "\xf3\x0f\x1e\xfa");                     /* endbr64 */
  if (MATCH (&code, "\x48\x83\xec\x08\x66\x48\x8d\x3d")) /* sub $8,%rsp; lea variable,%rdi */
    return find_dynamic (&code);
  if (MATCH (&code, "\x64\x48\x8b\x04\x25")) /* mov %fs:offset,%rax */
    {
      address = get_thread_pointer () + (uint64_t)take_offset (&code);
      return MATCH (&code, "\xc3") ? address : 0;
    }
  if (!MATCH (&code, "\x48\x8b\x05")) /* mov variable,%rax */
    return 0;
  address = take_address (&code);
  if (MATCH (&code, "\xc3"))
    return address;
  if (MATCH (&code, "\x48\x8b\x80")) /* mov offset(%rax),%rax */
    {
      address = word_at (address) + (uint64_t)take_offset (&code);
      return MATCH (&code, "\xc3") ? address : 0;
    }
  return MATCH (&code, "\x64\x48\x8b\x00\xc3") ? get_thread_pointer () + word_at (address) : 0;
}

#else

static uint64_t
find (const uint8_t *code)
{
  return 0;
}

#endif

void *const *
tide_current_find (void *(*get_current) (void))
{
  const uint8_t *code;
  void *const *place;

  memcpy (&code, &get_current, sizeof code);
  place = (void *const *)(uintptr_t)find (code);
  return place && *place == get_current () ? place : NULL;
}
