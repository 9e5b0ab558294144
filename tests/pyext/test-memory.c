#define _GNU_SOURCE
#include "tide-account.h"
#include "tide-memory.h"

#include <errno.h>
#include <glib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* More than one step of those in which it comes and goes, and not a whole number of them.  */
#define SIZE ((64u << 10) + 8192u)
/* What anybody may lock.  */
#define LOCKED 8192u

static gint64 own_pages;

/* The agent's: nobody accounts here.  */
void
tide_account_own (int64_t pages)
{
  own_pages += pages;
}

static gint64
count_pages (gsize size)
{
  return (gint64)(size / tide_memory_page ());
}

/* -1: not all of it is mapped.  */
static gint64
count_resident (const guint8 *memory, gsize size)
{
  guint8 pages[SIZE / 4096];
  gint64 n = 0;

  if (mincore ((void *)memory, size, pages) != 0)
    {
      g_assert_cmpint (errno, ==, ENOMEM);
      return -1;
    }
  for (gint64 i = 0; i < count_pages (size); i++)
    n += pages[i] & 1;
  return n;
}

static void
test_fills (void)
{
  guint8 *memory = tide_memory_reserve (SIZE);

  g_assert_nonnull (memory);
  g_assert_cmpint (count_resident (memory, SIZE), ==, 0);
  g_assert_cmpint (own_pages, ==, 0);
  memory[5] = 7;
  tide_memory_fill (memory, SIZE);
  g_assert_cmpint (count_resident (memory, SIZE), ==, count_pages (SIZE));
  g_assert_cmpint (own_pages, ==, count_pages (SIZE));
  g_assert_cmpuint (memory[5], ==, 7);
  tide_memory_empty (memory, SIZE);
  g_assert_cmpint (count_resident (memory, SIZE), ==, 0);
  g_assert_cmpint (own_pages, ==, 0);
  g_assert_cmpuint (memory[5], ==, 0);
  tide_memory_fill (memory, SIZE);
  tide_memory_unfill (memory, SIZE);
  g_assert_cmpint (count_resident (memory, SIZE), ==, -1);
  g_assert_cmpint (own_pages, ==, 0);
}

static bool
lock (void *memory)
{
  if (mlock (memory, LOCKED) == 0)
    return true;
  g_test_skip ("This user may not lock two pages of memory");
  return false;
}

/* A program that locks its memory has what is empty there zero all the same.  */
static void
test_empties_locked (void)
{
  guint8 *memory = tide_memory_reserve (LOCKED);

  tide_memory_fill (memory, LOCKED);
  memset (memory, 7, LOCKED);
  if (lock (memory))
    {
      tide_memory_empty (memory, LOCKED);
      for (gsize i = 0; i < LOCKED; i++)
        g_assert_cmpuint (memory[i], ==, 0);
      g_assert_cmpint (own_pages, ==, 0);
    }
  munmap (memory, LOCKED);
  own_pages = 0;
}

/* The helper has still to read what is in the memory that it shares with such a program.  */
static void
test_leaves_files (void)
{
  int fd = memfd_create ("memory", MFD_CLOEXEC);
  guint8 read_back[LOCKED];
  guint8 *memory;

  g_assert_cmpint (ftruncate (fd, LOCKED), ==, 0);
  memory = mmap (NULL, LOCKED, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  g_assert_true (memory != MAP_FAILED);
  tide_memory_fill (memory, LOCKED);
  g_assert_cmpint (own_pages, ==, count_pages (LOCKED));
  memset (memory, 7, LOCKED);
  if (lock (memory))
    {
      tide_memory_unfill (memory, LOCKED);
      g_assert_cmpint (count_resident (memory, LOCKED), ==, -1);
      g_assert_cmpint (own_pages, ==, 0);
      g_assert_cmpint (pread (fd, read_back, LOCKED, 0), ==, LOCKED);
      for (gsize i = 0; i < LOCKED; i++)
        g_assert_cmpuint (read_back[i], ==, 7);
    }
  close (fd);
  own_pages = 0;
}

static void
test_writable (void)
{
  guint32 *memory = tide_memory_reserve (SIZE);

  memory[3] = 42;
  g_assert_true (tide_memory_is_writable (&memory[3]));
  g_assert_cmpuint (memory[3], ==, 42);
  g_assert_cmpint (mprotect (memory, SIZE, PROT_READ), ==, 0);
  g_assert_false (tide_memory_is_writable (&memory[3]));
  g_assert_cmpint (mprotect (memory, SIZE, PROT_NONE), ==, 0);
  g_assert_false (tide_memory_is_writable (&memory[3]));
  tide_memory_release (memory, SIZE);
  g_assert_false (tide_memory_is_writable (&memory[3]));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/memory/fills", test_fills);
  g_test_add_func ("/memory/empties-locked", test_empties_locked);
  g_test_add_func ("/memory/leaves-files", test_leaves_files);
  g_test_add_func ("/memory/writable", test_writable);
  return g_test_run ();
}
