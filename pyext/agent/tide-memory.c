#define _GNU_SOURCE
#include "tide-memory.h"
#include "tide-account.h"

#include <linux/futex.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Linux 5.14; older headers lack it.  */
#define POPULATE_WRITE 23

#define STEP (64u << 10)

size_t
tide_memory_page (void)
{
  static _Atomic size_t known;
  size_t size = atomic_load_explicit (&known, memory_order_relaxed);

  if (size == 0)
    {
      size = (size_t)sysconf (_SC_PAGESIZE);
      atomic_store_explicit (&known, size, memory_order_relaxed);
    }
  return size;
}

static int64_t
pages_of (size_t size)
{
  return (int64_t)(size / tide_memory_page ());
}

void *
tide_memory_reserve (size_t size)
{
  void *memory =
      mmap (NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

  if (memory == MAP_FAILED)
    return NULL;
  /* A huge page would be resident at one touch.  */
  madvise (memory, size, MADV_NOHUGEPAGE);
  return memory;
}

void
tide_memory_release (void *memory, size_t size)
{
  munmap (memory, size);
}

/* Leaves the bytes as they are, whoever else writes to them.  */
static void
touch (char *memory, size_t size)
{
  for (size_t i = 0; i < size; i += tide_memory_page ())
    __atomic_fetch_or (&memory[i], 0, __ATOMIC_RELAXED);
}

void
tide_memory_fill (void *memory, size_t size)
{
  for (size_t done = 0; done < size; done += STEP)
    {
      char *at = (char *)memory + done;
      size_t part = size - done < STEP ? size - done : STEP;

      /* Pages that the kernel makes raise no fault signals, either.  Kernels that cannot have none.  */
      if (madvise (at, part, POPULATE_WRITE) != 0)
        touch (at, part);
      tide_account_own (pages_of (part));
    }
}

void
tide_memory_empty (void *memory, size_t size)
{
  for (size_t done = 0; done < size; done += STEP)
    {
      size_t part = size - done < STEP ? size - done : STEP;

      /* Parts of a page stay, and what the program has locked.  */
      if (madvise ((char *)memory + done, part, MADV_DONTNEED) != 0)
        memset ((char *)memory + done, 0, part);
      tide_account_own (-pages_of (part));
    }
}

void
tide_memory_unfill (void *memory, size_t size)
{
  for (size_t done = 0; done < size; done += STEP)
    {
      size_t part = size - done < STEP ? size - done : STEP;

      munmap ((char *)memory + done, part);
      tide_account_own (-pages_of (part));
    }
}

bool
tide_memory_is_writable (const void *word)
{
  uint32_t nobody = 0;

  /* Adds nothing to it, and wakes nobody: where it may not be written to, the kernel says so instead of a
   * signal.  */
  return syscall (SYS_futex, &nobody, FUTEX_WAKE_OP | FUTEX_PRIVATE_FLAG, 0, NULL, word,
                  FUTEX_OP (FUTEX_OP_ADD, 0, FUTEX_OP_CMP_EQ, 0))
         >= 0;
}
