#include "tide-heap-word.h"
#include "tide-peek.h"

#include <elf.h>
#include <link.h>
#include <stdint.h>
#include <string.h>

#define MOST_LOOKS 3
/* Of the word below a block.  */
#define FLAGS 7u
/* What M_MMAP_MAX is unless somebody has changed it.  */
#define MOST_MAPPINGS 65536

/* As mallinfo2() gives it.  */
typedef struct
{
  size_t arena, n_ordinary, n_small, n_mapped, mapped, others[5];
} Info2;

/* And mallinfo(), before glibc 2.33.  */
typedef struct
{
  int arena, n_ordinary, n_small, n_mapped, mapped, others[5];
} Info;

typedef struct
{
  size_t n_mapped, mapped;
  size_t mask; /* of the bits that are known */
} Wanted;

static bool
ask (Wanted *wanted)
{
  void *address = tide_symbol ("mallinfo2", NULL);

  if (address)
    {
      Info2 info = ((Info2 (*) (void))address) ();

      *wanted = (Wanted){ info.n_mapped, info.mapped, SIZE_MAX };
      return true;
    }
  address = tide_symbol ("mallinfo", NULL);
  if (address)
    {
      Info info = ((Info (*) (void))address) ();

      *wanted = (Wanted){ (unsigned)info.n_mapped, (unsigned)info.mapped, UINT32_MAX };
    }
  return address != NULL;
}

/* Before the word are how many there are, how many there may be, how many there were and a flag, and
 * from 2.35 on a gap; behind it is the greatest that it was.  */
static bool
is_it (const size_t *word, const Wanted *wanted, int gap)
{
  int32_t before[4];

  memcpy (before, (const char *)word - sizeof before - (size_t)gap, sizeof before);
  return (word[0] & wanted->mask) == wanted->mapped && word[1] >= word[0]
         && (size_t)before[0] == wanted->n_mapped && before[1] == MOST_MAPPINGS && before[2] >= before[0]
         && before[3] >= 0 && before[3] <= 1;
}

/* In data that can be written, of the file that begins at HOME.  NULL also where two are alike.  */
static const size_t *
search (const uint8_t *home, const Wanted *wanted)
{
  const ElfW (Ehdr) *file = (const void *)home;
  const ElfW (Phdr) *parts = (const void *)(home + file->e_phoff);
  const size_t *found = NULL;

  for (int i = 0; i < file->e_phnum; i++)
    if (parts[i].p_type == PT_LOAD && parts[i].p_flags & PF_W)
      {
        const uint8_t *begin = (file->e_type == ET_DYN ? home : NULL) + parts[i].p_vaddr;
        const size_t *word = (const size_t *)(((uintptr_t)begin + 31) & ~(uintptr_t)7);
        const size_t *end =
            (const size_t *)((uintptr_t)(begin + parts[i].p_memsz - sizeof *end) & ~(uintptr_t)7);

        for (; word < end; word++)
          if (is_it (word, wanted, 0) || is_it (word, wanted, 4))
            {
              if (found)
                return NULL;
              found = word;
            }
      }
  return found;
}

const volatile size_t *
tide_heap_find_mapped (void)
{
  static const size_t *found;
  static bool looked;
  const uint8_t *home;
  Wanted wanted;

  if (looked)
    return found;
  looked = true;
  home = tide_symbol_home (tide_symbol ("mallinfo", NULL));
  /* Another thread may take such a block meanwhile.  */
  for (int i = 0; i < MOST_LOOKS && home && memcmp (home, ELFMAG, SELFMAG) == 0 && !found && ask (&wanted);
       i++)
    found = search (home, &wanted);
  return found;
}

/* Under PYTHONMALLOC=debug and -X dev a header of the debug hooks is below the block, and another malloc
 * keeps something else there, or its blocks begin where its memory does: ask for three sizes, and believe in
 * the word only where there is one and it tells them.  */
bool
tide_heap_tells_sizes (const TidePyAllocator *raw)
{
  bool tells = true;

  for (size_t size = 100; size < 9000 && tells; size *= 9)
    {
      size_t *block = raw->malloc (raw->ctx, size);
      size_t least = (size + sizeof (size_t) + 15) & ~(size_t)15, word;

      if (!block)
        return false;
      tells = tide_peek (NULL, (uint64_t)(uintptr_t)(block - 1), &word, sizeof word)
              && (word & ~(size_t)FLAGS) >= least && (word & ~(size_t)FLAGS) <= least + 32;
      raw->free (raw->ctx, block);
    }
  tide_peek_end ();
  return tells;
}
