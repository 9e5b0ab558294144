#include "tide-calls-cover.h"
#include "tide-calls-private.h"
#include "tide-python.h"

#include <stdio.h>
#include <string.h>

/* Up to 3.11 each thread state has one profile function and one trace function.  */

/* So many words of a thread state are looked at for the two; they are among the first twenty, and the
 * smallest one, of 3.8, has 33.  */
#define TSTATE_WORDS 32

/* Threads that C code brought in are looked for after so many events.  */
#define EVENTS_PER_SWEEP 4096u

enum
{
  FRAME_OBJECT_FRAME = 3, /* 3.11: frame object -> interpreter's frame, in words */
};

typedef struct
{
  const char *what;   /* "profiler" */
  const char *getter; /* of sys */
  TidePyTraceFunction hook;
  uint32_t kinds; /* that it tells; 0: it is not used */
  int word;       /* of a thread state, where the function is */
  void (*set) (TidePyTraceFunction function, void *object);
  /* 3.9 on */
  int (*set_in) (void *tstate, TidePyTraceFunction function, void *object);
} Slot;

static int on_profile (void *object, void *frame, int what, void *argument);
static int on_trace (void *object, void *frame, int what, void *argument);

enum
{
  PROFILE,
  TRACE,
  N_SLOTS
};

static struct
{
  TidePythonLayout layout;
  Slot slots[N_SLOTS];
  void *main_tstate;            /* that started it */
  const void *start_new_thread; /* its PyMethodDef's function */
  const void *newest;           /* of the interpreters, when it was last swept */
  int use_tracing;              /* 3.8: where a thread state has it, in int32_t; 0: not found */
  unsigned n_events;
} threads = {
  .slots = { { .what = "profiler", .getter = "getprofile", .hook = on_profile },
             { .what = "tracer (a debugger, or coverage)", .getter = "gettrace", .hook = on_trace } },
};

static const int kind_of[] = {
  TIDE_CALL_CALL,   TIDE_CALL_EXCEPT,   TIDE_CALL_LINE,     TIDE_CALL_RETURN,
  TIDE_CALL_C_CALL, TIDE_CALL_C_EXCEPT, TIDE_CALL_C_RETURN,
};

static void *
word_of (const void *tstate, int word)
{
  return __atomic_load_n ((void *const *)tstate + word, __ATOMIC_RELAXED);
}

static void
put_in (const Slot *slot, void *tstate)
{
  if (slot->set_in)
    slot->set_in (tstate, slot->hook, NULL);
  else if (threads.use_tracing > 0)
    {
      /* 3.8 has no function for it.  */
      ((void **)tstate)[slot->word] = (void *)slot->hook;
      ((int32_t *)tstate)[threads.use_tracing] = 1;
    }
}

static void
sweep_interpreter (void *interpreter)
{
  void *tstate;

  for (tstate = tide_py.PyInterpreterState_ThreadHead (interpreter); tstate;
       tstate = tide_py.PyThreadState_Next (tstate))
    for (int i = 0; i < N_SLOTS; i++)
      if (threads.slots[i].kinds && !word_of (tstate, threads.slots[i].word) && tstate != threads.main_tstate)
        put_in (&threads.slots[i], tstate);
}

/* Puts our functions where there are none.  All interpreters of these versions have one GIL.  */
static void
sweep (void)
{
  if (!tide_calls_state.sink.all_threads)
    return;
  if (!tide_calls_state.sink.all_interpreters)
    {
      sweep_interpreter (tide_py.PyInterpreterState_Main ());
      return;
    }
  threads.newest = tide_py.PyInterpreterState_Head ();
  for (void *interpreter = (void *)threads.newest; interpreter;
       interpreter = tide_py.PyInterpreterState_Next (interpreter))
    sweep_interpreter (interpreter);
}

/* Whether a call that just returned has made an interpreter: the newest is the first.  */
static bool
has_new_interpreter (void)
{
  return tide_calls_state.sink.all_interpreters && tide_py.PyInterpreterState_Head () != threads.newest;
}

/* The C function behind a builtin: word 2 is its PyMethodDef, of which word 1 is the function.  */
static const void *
function_of (const void *builtin)
{
  return ((const void *const *)((const void *const *)builtin)[2])[1];
}

/* The frame's code object and where in it.  */
static void *
read_frame (const void *frame, int32_t *offset)
{
  const TidePythonLayout *layout = &threads.layout;
  const uint8_t *at = layout->instruction_scale ? frame : ((const void *const *)frame)[FRAME_OBJECT_FRAME];
  uint8_t *code;

  memcpy (&code, at + layout->frame_code, sizeof code);
  if (layout->instruction_scale)
    {
      memcpy (offset, at + layout->frame_instruction, sizeof *offset);
      *offset *= layout->instruction_scale;
    }
  else
    {
      uint8_t *instruction;

      memcpy (&instruction, at + layout->frame_instruction, sizeof instruction);
      *offset = (int32_t)(instruction - code - layout->code_instructions - layout->instruction_bias);
    }
  if (*offset < 0)
    *offset = -1;
  return code;
}

static int
take (const Slot *slot, void *frame, int what, void *argument)
{
  uint32_t open = atomic_load_explicit (&tide_calls_state.open, memory_order_relaxed);
  TideCallKind kind;
  int32_t offset;
  void *code;
  bool is_c;

  if (!open)
    {
      if (tide_calls_state.retired)
        tide_calls_take_away ();
      return 0;
    }
  if (what < 0 || (size_t)what >= sizeof kind_of / sizeof kind_of[0])
    return 0;
  kind = (TideCallKind)kind_of[what];
  if (kind == TIDE_CALL_C_CALL)
    tide_calls_cover_call_begins (argument);
  else if (kind == TIDE_CALL_C_RETURN || kind == TIDE_CALL_C_EXCEPT || kind == TIDE_CALL_CALL)
    tide_calls_cover_call_ends ();
  if (!(slot->kinds & (1u << kind)))
    return 0;
  /* The thread that was just made has not run yet: it has to wait for the GIL.  */
  if ((kind == TIDE_CALL_C_RETURN
       && (function_of (argument) == threads.start_new_thread || has_new_interpreter ()))
      || ++threads.n_events % EVENTS_PER_SWEEP == 0)
    sweep ();
  is_c = (1u << kind) & TIDE_CALLS_C_KINDS;
  code = read_frame (frame, &offset);
  tide_calls_emit (kind, code, offset, 0, is_c ? argument : NULL);
  return 0;
}

static int
on_profile (void *object, void *frame, int what, void *argument)
{
  return take (&threads.slots[PROFILE], frame, what, argument);
}

static int
on_trace (void *object, void *frame, int what, void *argument)
{
  return take (&threads.slots[TRACE], frame, what, argument);
}

/* What sys.getprofile() or sys.gettrace() gives is something.  */
static bool
is_there (const Slot *slot)
{
  void *getter = tide_py.PySys_GetObject (slot->getter);
  void *result = getter ? tide_py.PyObject_CallObject (getter, NULL) : NULL;
  bool there = result && result != tide_py.none;

  tide_py.PyErr_Clear ();
  if (result)
    tide_py.Py_DecRef (result);
  return there;
}

/* The flag that went up with the function stands a little before it.  */
static void
find_use_tracing (const void *before, const void *tstate, int word)
{
  const int32_t *then = before, *now = tstate;

  for (int i = word * 2 - 1; i > 0 && i > word * 2 - 8 && !threads.use_tracing; i--)
    if (then[i] == 0 && now[i] == 1)
      threads.use_tracing = i;
}

/* Puts the hook into the calling thread, and finds out where thread states keep it.  A C function without an
 * object is shown by no getter: it is then put back.  */
static bool
install (Slot *slot, void *tstate, char *reason, size_t size)
{
  void *before[TSTATE_WORDS];
  bool taken = is_there (slot);

  slot->word = -1;
  if (!taken)
    {
      memcpy (before, tstate, sizeof before);
      slot->set (slot->hook, NULL);
      for (int i = 1; i < TSTATE_WORDS && slot->word < 0; i++)
        if (word_of (tstate, i) == (void *)slot->hook)
          slot->word = i;
      if (slot->word < 0)
        {
          slot->set (NULL, NULL);
          snprintf (reason, size, "This interpreter's thread state does not show its %s.", slot->what);
          return false;
        }
      find_use_tracing (before, tstate, slot->word);
      if (before[slot->word])
        {
          slot->set ((TidePyTraceFunction)before[slot->word], NULL);
          taken = true;
        }
    }
  if (taken)
    snprintf (reason, size, "The program uses a %s of its own.", slot->what);
  return !taken;
}

/* The function for traces stands behind that for profiles: whether the other one is there.  */
static bool
has_other (const Slot *slot, const void *tstate)
{
  return word_of (tstate, slot->word + (slot == &threads.slots[PROFILE] ? 1 : -1)) != NULL;
}

/* Another thread's hooks are taken away where they are ours.  */
static void
take_out (const Slot *slot, void *tstate)
{
  if (word_of (tstate, slot->word) != (void *)slot->hook)
    return;
  if (tstate == tide_py.PyThreadState_Get ())
    slot->set (NULL, NULL);
  else if (slot->set_in)
    slot->set_in (tstate, NULL, NULL);
  else
    {
      ((void **)tstate)[slot->word] = NULL;
      ((int32_t *)tstate)[threads.use_tracing] = has_other (slot, tstate);
    }
}

static void
stop (void)
{
  void *interpreter, *tstate;

  tide_calls_cover_lift ();
  for (interpreter = tide_py.PyInterpreterState_Head (); interpreter;
       interpreter = tide_py.PyInterpreterState_Next (interpreter))
    for (tstate = tide_py.PyInterpreterState_ThreadHead (interpreter); tstate;
         tstate = tide_py.PyThreadState_Next (tstate))
      for (int i = 0; i < N_SLOTS; i++)
        if (threads.slots[i].kinds)
          take_out (&threads.slots[i], tstate);
  for (int i = 0; i < N_SLOTS; i++)
    threads.slots[i].kinds = 0;
}

/* Which function starts threads: only code that has it can call it, so its module is imported by then.  */
static void
find_start_new_thread (void)
{
  void *module = tide_py.PyImport_ImportModule ("_thread"); /* built in, and always loaded */
  void *function = module ? tide_py.PyObject_GetAttrString (module, "start_new_thread") : NULL;

  tide_py.PyErr_Clear ();
  threads.start_new_thread = function ? function_of (function) : NULL;
  if (function)
    tide_py.Py_DecRef (function);
  if (module)
    tide_py.Py_DecRef (module);
}

/* A thread whose function is not ours has one of the program's.  */
static bool
others_are_taken (const Slot *slot, void *own)
{
  void *tstate;

  for (tstate = tide_py.PyInterpreterState_ThreadHead (tide_py.PyInterpreterState_Main ()); tstate;
       tstate = tide_py.PyThreadState_Next (tstate))
    if (tstate != own && word_of (tstate, slot->word))
      return true;
  return false;
}

static bool
start (const TidePythonLayout *layout, char *reason, size_t size)
{
  uint32_t kinds = tide_calls_state.sink.kinds;
  Slot *profile = &threads.slots[PROFILE], *trace = &threads.slots[TRACE];

  threads.layout = *layout;
  threads.main_tstate = tide_py.PyThreadState_Get ();
  profile->set = tide_py.PyEval_SetProfile;
  trace->set = tide_py.PyEval_SetTrace;
  *(void **)&profile->set_in = tide_symbol ("_PyEval_SetProfile", NULL);
  *(void **)&trace->set_in = tide_symbol ("_PyEval_SetTrace", NULL);
  find_start_new_thread ();
  /* Both tell of calls and returns: the profile function, if it is there at all.  */
  profile->kinds = trace->kinds = 0;
  if (kinds & (TIDE_CALLS_C_KINDS | TIDE_CALLS_FRAME_KINDS))
    profile->kinds = kinds & (TIDE_CALLS_C_KINDS | TIDE_CALLS_FRAME_KINDS);
  if (kinds & TIDE_CALLS_TRACE_KINDS)
    {
      trace->kinds = kinds & TIDE_CALLS_TRACE_KINDS;
      if (!(kinds & TIDE_CALLS_C_KINDS))
        {
          trace->kinds = kinds;
          profile->kinds = 0;
        }
    }
  for (int i = 0; i < N_SLOTS; i++)
    {
      Slot *slot = &threads.slots[i];

      if (!slot->kinds)
        continue;
      if (!install (slot, threads.main_tstate, reason, size))
        {
          slot->kinds = 0;
          stop ();
          return false;
        }
      if (tide_calls_state.sink.all_threads && others_are_taken (slot, threads.main_tstate))
        {
          stop ();
          snprintf (reason, size, "A thread of the program uses a %s of its own.", slot->what);
          return false;
        }
    }
  sweep ();
  if (!tide_calls_cover_put (NULL, NULL))
    {
      stop ();
      snprintf (reason, size, "%s", TIDE_CALLS_COVER_REFUSED);
      return false;
    }
  return true;
}

static const char *
check (void)
{
  if (threads.slots[PROFILE].kinds
      && word_of (threads.main_tstate, threads.slots[PROFILE].word) != (void *)on_profile)
    return "The program has started a profiler of its own.";
  if (threads.slots[TRACE].kinds
      && word_of (threads.main_tstate, threads.slots[TRACE].word) != (void *)on_trace)
    return "The program has started a tracer of its own (a debugger, or coverage).";
  return NULL;
}

const TideCallsSource tide_calls_by_threads = {
  .start = start,
  .stop = stop,
  .check = check,
};
