#include "tide-current.h"

#include <glib.h>
#include <string.h>
#include <sys/mman.h>

#ifdef __x86_64__

static __thread void *of_thread;
static void *of_process;

/* Machine code and what it refers to, in one page.  */
typedef struct
{
  guint8 code[256];
  guint8 function[64];
  guint64 word;
  void *variable;
} Page;

static Page *
page_new (void)
{
  Page *page =
      mmap (NULL, sizeof *page, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  g_assert_true (page != MAP_FAILED);
  return page;
}

/* Appends CODE, in which each "\0\0\0\0" is in turn one of OFFSETS.  */
static void
put (guint8 *at, const char *code, gsize size, const gint32 *offsets)
{
  memcpy (at, code, size);
  for (gsize i = 0; i + 4 <= size; i++)
    if (memcmp (&code[i], "\0\0\0\0", 4) == 0)
      {
        memcpy (&at[i], offsets++, 4);
        i += 3;
      }
}

#define PUT(at, code, ...) put (at, code, sizeof code - 1, (const gint32[]){ __VA_ARGS__ })

/* From the end of an instruction at END bytes of CODE.  */
static gint32
distance (const Page *page, gsize end, const void *to)
{
  return (gint32)((const guint8 *)to - &page->code[end]);
}

static void *const *
find_in (const Page *page)
{
  void *(*function) (void);
  const guint8 *code = page->code;

  memcpy (&function, &code, sizeof function);
  return tide_current_find (function);
}

static guint64
offset_of_thread (void)
{
  guint64 pointer;

  __asm__("mov %%fs:0, %0" : "=r"(pointer));
  return (guint64)GPOINTER_TO_SIZE (&of_thread) - pointer;
}

static void
test_process (void)
{
  Page *page = page_new ();

  page->variable = page;
  PUT (page->code, "\x48\x8b\x05\0\0\0\0\xc3", distance (page, 7, &page->variable));
  g_assert_true (find_in (page) == &page->variable);
  /* With a landing pad before.  */
  PUT (page->code, "\xf3\x0f\x1e\xfa\x48\x8b\x05\0\0\0\0\xc3", distance (page, 11, &page->variable));
  g_assert_true (find_in (page) == &page->variable);
  /* By way of a table.  */
  of_process = page;
  page->word = (guint64)GPOINTER_TO_SIZE (&of_process) - 0x238;
  PUT (page->code, "\x48\x8b\x05\0\0\0\0\x48\x8b\x80\0\0\0\0\xc3", distance (page, 7, &page->word), 0x238);
  g_assert_true (find_in (page) == &of_process);
  munmap (page, sizeof *page);
}

static gpointer
find_own (gpointer data)
{
  of_thread = &of_thread;
  g_assert_true (find_in (data) == &of_thread);
  return NULL;
}

/* Each thread has its own.  */
static void
find_in_threads (Page *page)
{
  of_thread = page;
  g_assert_true (find_in (page) == &of_thread);
  g_thread_join (g_thread_new (NULL, find_own, page));
}

static void
test_thread (void)
{
  Page *page = page_new ();

  page->word = offset_of_thread ();
  PUT (page->code, "\xf3\x0f\x1e\xfa\x64\x48\x8b\x04\x25\0\0\0\0\xc3", (gint32)page->word);
  find_in_threads (page);
  PUT (page->code, "\x48\x8b\x05\0\0\0\0\x64\x48\x8b\x00\xc3", distance (page, 7, &page->word));
  find_in_threads (page);
  munmap (page, sizeof *page);
}

/* Through a function that adds to what it is given the thread's place.  */
static void
test_dynamic (void)
{
  Page *page = page_new ();

  page->word = offset_of_thread ();
  PUT (page->code,
       "\x48\x83\xec\x08\x66\x48\x8d\x3d\0\0\0\0\x66\x66\x48\xe8\0\0\0\0\x48\x8b\x00\x48\x83\xc4\x08\xc3",
       distance (page, 12, &page->word), distance (page, 20, page->function));
  memcpy (page->function, "\x64\x48\x8b\x04\x25\0\0\0\0\x48\x03\x07\xc3", 13);
  find_in_threads (page);
  munmap (page, sizeof *page);
}

/* What is not known to the last byte is not followed.  */
static void
test_unknown (void)
{
  static const char codes[][32] = { "\x31\xc0\xc3",
                                    "\x48\x8b\x05\0\0\0\0\x48\x8b\x40\x08\xc3",
                                    "\x48\x8b\x05\0\0\0\0\x48\x8b\x80\0\0\0\0\x48\x8b\x00\xc3",
                                    "\x64\x48\x8b\x04\x25\0\0\0\0\x48\x8b\x00\xc3",
                                    "\x48\x83\xec\x08\x31\xc0\x48\x83\xc4\x08\xc3",
                                    "\x48\x83\xec\x08\x66\x48\x8d\x3d\0\0\0\0\xe8\0\0\0\0\xc3" };
  Page *page = page_new ();

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      memcpy (page->code, codes[i], sizeof codes[i]);
      g_assert_null (find_in (page));
    }
  munmap (page, sizeof *page);
}

#else

static void *
get_current (void)
{
  return NULL;
}

static void
test_unknown (void)
{
  g_assert_null (tide_current_find (get_current));
}

#endif

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#ifdef __x86_64__
  g_test_add_func ("/current/process", test_process);
  g_test_add_func ("/current/thread", test_thread);
  g_test_add_func ("/current/dynamic", test_dynamic);
#endif
  g_test_add_func ("/current/unknown", test_unknown);
  return g_test_run ();
}
