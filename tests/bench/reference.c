/* The reference to which the net figures of functions are compared: RSS, read at each profile event.
 *
 * A profile function that reads statm and charges the difference to the code that ran since the event before.
 * It costs a multiple of what the program does, and sees of one call in C only the sum; but what it says is
 * exact.  A plain shared object, for each CPython: symbols by dlsym.  All functions are called with the GIL.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#define N_SLOTS 65536u /* a power of two, far more than a program has code objects */

/* Of pystate.h and cpython/pystate.h.  */
#define PYTRACE_CALL 0

/* CPython 3.8 has no functions for these: PyFrameObject.  */
#define OLD_FRAME_BACK 24
#define OLD_FRAME_CODE 32

typedef struct
{
  void *code; /* owned, so that its address is not used again; NULL: free */
  int64_t rise, fall;
} Slot;

typedef int (*ProfileFunc) (void *self, void *frame, int what, void *argument);

static struct
{
  void *(*get_back) (void *frame);
  void *(*get_code) (void *frame);
  void (*set_profile) (ProfileFunc function, void *self);
  void (*inc_ref) (void *object);
  void (*dec_ref) (void *object);
  int statm;
  int64_t last;
  Slot slots[N_SLOTS];
  unsigned n_slots;
} reference = { .statm = -1 };

__attribute__ ((visibility ("default"))) int tide_reference_start (void);
__attribute__ ((visibility ("default"))) void tide_reference_stop (void);
__attribute__ ((visibility ("default"))) int
tide_reference_get (unsigned i, void **code, int64_t *rise, int64_t *fall);

static int64_t
resident_pages (void)
{
  char text[128];
  char *word;
  ssize_t n = pread (reference.statm, text, sizeof text - 1, 0);

  if (n <= 0)
    return reference.last;
  text[n] = '\0';
  strtol (text, &word, 10);
  return strtol (word, NULL, 10);
}

/* A new reference, or NULL.  */
static void *
code_of (void *frame)
{
  void *code;

  if (!frame)
    return NULL;
  if (reference.get_code)
    return reference.get_code (frame);
  code = *(void **)((char *)frame + OLD_FRAME_CODE);
  reference.inc_ref (code);
  return code;
}

static void *
back_of (void *frame)
{
  void *back;

  if (reference.get_back)
    return reference.get_back (frame);
  back = *(void **)((char *)frame + OLD_FRAME_BACK);
  if (back)
    reference.inc_ref (back);
  return back;
}

static void
charge (void *code, int64_t delta)
{
  unsigned i = (unsigned)((uintptr_t)code >> 4) * 2654435761u % N_SLOTS;

  while (reference.slots[i].code && reference.slots[i].code != code)
    i = (i + 1) % N_SLOTS;
  if (!reference.slots[i].code)
    {
      if (reference.n_slots == N_SLOTS - 1)
        return;
      reference.n_slots++;
      reference.inc_ref (code);
      reference.slots[i].code = code;
    }
  if (delta > 0)
    reference.slots[i].rise += delta;
  else
    reference.slots[i].fall -= delta;
}

static int
on_event (void *self, void *frame, int what, void *argument)
{
  int64_t now = resident_pages (), delta = now - reference.last;
  void *back, *code;

  reference.last = now;
  if (delta == 0)
    return 0;
  /* At a call it is still the caller that ran until now.  */
  back = what == PYTRACE_CALL ? back_of (frame) : NULL;
  code = code_of (what == PYTRACE_CALL ? back : frame);
  if (back)
    reference.dec_ref (back);
  if (code)
    {
      charge (code, delta);
      reference.dec_ref (code);
    }
  return 0;
}

/* 0: events of the calling thread are followed from now on.  */
int
tide_reference_start (void)
{
  reference.get_back = dlsym (RTLD_DEFAULT, "PyFrame_GetBack");
  reference.get_code = dlsym (RTLD_DEFAULT, "PyFrame_GetCode");
  reference.set_profile = dlsym (RTLD_DEFAULT, "PyEval_SetProfile");
  reference.inc_ref = dlsym (RTLD_DEFAULT, "Py_IncRef");
  reference.dec_ref = dlsym (RTLD_DEFAULT, "Py_DecRef");
  reference.statm = open ("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  if (!reference.set_profile || !reference.inc_ref || !reference.dec_ref || reference.statm < 0)
    return -1;
  /* Its own table is resident before the first look.  */
  for (unsigned i = 0; i < N_SLOTS; i++)
    reference.slots[i] = (Slot){ 0 };
  reference.set_profile (on_event, NULL);
  reference.last = resident_pages ();
  return 0;
}

void
tide_reference_stop (void)
{
  reference.set_profile (NULL, NULL);
  close (reference.statm);
}

/* Entry I of the table, for I from 0 on; 0: there are no more.  CODE, borrowed, is NULL in an empty one.
 * Bytes are pages.  */
int
tide_reference_get (unsigned i, void **code, int64_t *rise, int64_t *fall)
{
  if (i >= N_SLOTS)
    return 0;
  *code = reference.slots[i].code;
  *rise = reference.slots[i].rise;
  *fall = reference.slots[i].fall;
  return 1;
}
