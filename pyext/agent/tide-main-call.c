#include "tide-main-call.h"
#include "tide-interpreters.h"
#include "tide-python.h"

#include <pthread.h>
#include <stddef.h>

#define PENDING_CALLS_ARE_QUIET 0x03090000u
/* `ceval.pending.finishing` in _PyRuntime of 3.8; -1: not known for this machine.  */
#if defined(__x86_64__)
#define PENDING_FINISHING 600
#else
#define PENDING_FINISHING -1
#endif

#define STANDS_STILL 0x030b0000u
#define GOES_ON 0x030c0000u

static struct
{
  void (*function) (void);
  bool (*meets) (void);
  pthread_t thread;
  const void *tstate;         /* the main thread's, in the main interpreter */
  void *(*get_holder) (void); /* the thread state that has the GIL */
  bool stands_still;          /* who is traced, while a call is pending */
  bool complains;             /* 3.8, when its end has begun */
  const int *finishing;       /* 3.8: pending calls are over; NULL: unknown */
  _Atomic bool called;        /* a pending call is on its way */
} main_call;

_Atomic bool tide_main_call_is_awaited;

void
tide_main_call_open (uint32_t version_hex, void (*function) (void))
{
  const char *runtime = tide_symbol ("_PyRuntime", NULL);

  main_call.function = function;
  main_call.get_holder = (void *(*)(void))tide_symbol ("_PyThreadState_UncheckedGet", NULL);
  main_call.stands_still = version_hex >= STANDS_STILL && version_hex < GOES_ON;
  main_call.complains = version_hex < PENDING_CALLS_ARE_QUIET;
  main_call.finishing = runtime && PENDING_FINISHING >= 0 ? (const int *)(runtime + PENDING_FINISHING) : NULL;
  tide_main_call_begin ();
}

void
tide_main_call_begin (void)
{
  main_call.thread = pthread_self ();
  main_call.tstate = tide_py.PyThreadState_Get ();
}

bool
tide_main_call_is_here (void)
{
  return pthread_equal (pthread_self (), main_call.thread);
}

void
tide_main_call_set_meeting (bool (*meets) (void))
{
  main_call.meets = meets;
}

/* CPython 3.8 prints a complaint when it is asked for a pending call from a certain moment of its end on, of
 * which only a word of its own tells.  */
static bool
pending_calls_are_over (void)
{
  return main_call.complains
         && (!main_call.finishing || __atomic_load_n (main_call.finishing, __ATOMIC_ACQUIRE) != 0);
}

static bool
has_gil_in_main (void)
{
  return main_call.get_holder && main_call.get_holder () == main_call.tstate;
}

static int
come_pending (void *unused)
{
  main_call.function ();
  return 0;
}

/* A pending call may keep a thread from going on.  */
static bool
does_harm (void)
{
  return main_call.stands_still && tide_interpreters_count () > 0 && main_call.meets && main_call.meets ();
}

static void
ask (void)
{
  if (main_call.stands_still && tide_main_call_is_here () && !has_gil_in_main ())
    return;
  if (!pending_calls_are_over () && !atomic_exchange (&main_call.called, true)
      && !tide_interpreters_call_main (come_pending))
    atomic_store (&main_call.called, false);
}

void
tide_main_call (void)
{
  if (does_harm ())
    atomic_store (&tide_main_call_is_awaited, true);
  else
    ask ();
}

void
tide_main_call_after_function (bool waits)
{
  if (!waits || !does_harm ())
    ask ();
}

void
tide_main_call_come (void)
{
  if (tide_main_call_is_here () && tide_interpreters_in_main ())
    main_call.function ();
}

void
tide_main_call_has_come (void)
{
  atomic_store (&main_call.called, false);
  atomic_store (&tide_main_call_is_awaited, false);
}
