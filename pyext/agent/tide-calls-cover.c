#include "tide-calls-cover.h"
#include "tide-memory.h"
#include "tide-python.h"

#include <stddef.h>
#include <string.h>

typedef void *(*WithMany) (void *self, void *const *arguments, ssize_t n_arguments);

typedef enum
{
  GET_TOOL,
  GET_EVENTS,
  ALL_EVENTS,
  USE_TOOL_ID,
  FREE_TOOL_ID,
  CLEAR_TOOL_ID,
  REGISTER_CALLBACK,
  SET_EVENTS,
  SET_LOCAL_EVENTS,
  SET_PROFILE,
  SET_PROFILE_OF_ALL,
  N_FUNCTIONS
} Which;

typedef void *(*Function) (void *, void *);

/* What CPython's profile functions are told of C functions.  */
#define PROFILE_C_EXCEPTION 5
#define PROFILE_C_RETURN 6

/* So many words of a thread state are looked at for its profile function; it is among the first thirty, and
 * the smallest one, of 3.8, has 33.  */
#define TSTATE_WORDS 32

static struct
{
  void *sys, *monitoring; /* the modules */
  const TideCallsCoverUser *user;
  TidePyMethod *methods[N_FUNCTIONS]; /* that are covered */
  Function theirs[N_FUNCTIONS];       /* stay known: a thread may be on its way into ours */
} cover;

TideCallsCoverCall tide_calls_cover_call;

/* What tide_calls_cover_pay() has to set.  */
static struct
{
  long tool;
  long events;
} debt;

/* The profile function that is kept from the return of the call which installed it: that of sys.setprofile(),
 * the same in all threads.  */
static struct
{
  int word; /* of a thread state */
  void *theirs;
} kept;

/* A number that CPython refuses is none of ours.  */
static bool
is_ours (void *self, void *number)
{
  long tool;

  if (self != cover.monitoring)
    return false;
  tool = tide_py.PyLong_AsLong (number);
  tide_py.PyErr_Clear ();
  return cover.user->is_ours (tool);
}

static void *
get_tool (void *self, void *number)
{
  return is_ours (self, number) ? tide_py.none : cover.theirs[GET_TOOL](self, number);
}

static void *
get_events (void *self, void *number)
{
  return is_ours (self, number) ? tide_py.PyLong_FromLong (0) : cover.theirs[GET_EVENTS](self, number);
}

static void *
all_events (void *self, void *nothing)
{
  void *answer = cover.theirs[ALL_EVENTS](self, nothing);

  if (answer && self == cover.monitoring)
    cover.user->hide (answer);
  return answer;
}

static void *
change_one (Which which, void *self, void *number)
{
  if (is_ours (self, number))
    cover.user->give_way ();
  return cover.theirs[which](self, number);
}

static void *
change (Which which, void *self, void *const *arguments, ssize_t n_arguments)
{
  if (n_arguments > 0 && is_ours (self, arguments[0]))
    cover.user->give_way ();
  return ((WithMany)(void (*) (void))cover.theirs[which]) (self, arguments, n_arguments);
}

#define CHANGES_ONE(name, which)                                                                             \
  static void *name (void *self, void *number) { return change_one (which, self, number); }
#define CHANGES(name, which)                                                                                 \
  static void *name (void *self, void *const *arguments, ssize_t n_arguments)                                \
  {                                                                                                          \
    return change (which, self, arguments, n_arguments);                                                     \
  }

CHANGES_ONE (free_tool_id, FREE_TOOL_ID)
CHANGES_ONE (clear_tool_id, CLEAR_TOOL_ID)
CHANGES (use_tool_id, USE_TOOL_ID)
CHANGES (register_callback, REGISTER_CALLBACK)
CHANGES (set_local_events, SET_LOCAL_EVENTS)

/* NUMBER's tool listens to calls.  */
static bool
listens (void *self, void *number)
{
  void *events = cover.theirs[GET_EVENTS](self, number);
  bool yes = events && tide_py.PyLong_AsLong (events) & cover.user->call;

  tide_py.PyErr_Clear ();
  if (events)
    tide_py.Py_DecRef (events);
  return yes;
}

/* CALL alone or with both of its ends; CPython takes no others.  */
static bool
asks_for_calls (long events)
{
  long asked = events & cover.user->call_and_ends;

  return events > 0 && (asked == cover.user->call || asked == cover.user->call_and_ends);
}

/* Whose calls begin to be told is told of all else at once, and of calls when this one is over.  */
static void *
set_events (void *self, void *const *arguments, ssize_t n_arguments)
{
  void *first[2], *answer;
  long tool, events;

  if (self != cover.monitoring || n_arguments != 2 || !tide_calls_cover_call.callee
      || !cover.methods[GET_EVENTS])
    return change (SET_EVENTS, self, arguments, n_arguments);
  events = tide_py.PyLong_AsLong (arguments[1]);
  tool = tide_py.PyLong_AsLong (arguments[0]);
  tide_py.PyErr_Clear ();
  if (!asks_for_calls (events) || listens (self, arguments[0]))
    return change (SET_EVENTS, self, arguments, n_arguments);
  first[0] = arguments[0];
  first[1] = tide_py.PyLong_FromLong (events & ~cover.user->call_and_ends);
  if (!first[1])
    return NULL;
  answer = change (SET_EVENTS, self, first, 2);
  tide_py.Py_DecRef (first[1]);
  if (answer)
    {
      debt.tool = tool;
      debt.events = events;
      tide_calls_cover_call.owed = true;
    }
  return answer;
}

void
tide_calls_cover_pay (void)
{
  void *arguments[2] = { tide_py.PyLong_FromLong (debt.tool), tide_py.PyLong_FromLong (debt.events) };
  void *answer = NULL;

  tide_calls_cover_call.owed = false;
  if (arguments[0] && arguments[1] && cover.monitoring)
    answer = ((WithMany)(void (*) (void))cover.theirs[SET_EVENTS]) (cover.monitoring, arguments, 2);
  tide_py.PyErr_Clear ();
  tide_python_release (answer);
  tide_python_release (arguments[0]);
  tide_python_release (arguments[1]);
}

static int
on_first_event (void *object, void *frame, int what, void *argument)
{
  void **tstate = tide_py.PyThreadState_Get ();
  TidePyTraceFunction theirs = (TidePyTraceFunction)kept.theirs;

  tstate[kept.word] = kept.theirs;
  return what == PROFILE_C_RETURN || what == PROFILE_C_EXCEPTION ? 0 : theirs (object, frame, what, argument);
}

/* A thread state has the profile function two words before its object.  */
static void *
set_profile (Which which, void *self, void *function)
{
  void **tstate = tide_py.PyThreadState_Get ();
  void *before[TSTATE_WORDS], *answer;

  /* The sys of another interpreter: those that run beside us are not told of calls by us.  */
  if (!cover.sys || (self != cover.sys && cover.monitoring) || !tide_calls_cover_call.callee)
    return cover.theirs[which](self, function);
  memcpy (before, tstate, sizeof before);
  answer = cover.theirs[which](self, function);
  for (int i = 2; answer && function != tide_py.none && i < TSTATE_WORDS; i++)
    if (tstate[i] == function && before[i] != function && tstate[i - 2] && tstate[i - 2] != before[i - 2])
      {
        kept.word = i - 2;
        kept.theirs = tstate[i - 2];
        tstate[i - 2] = (void *)on_first_event;
        tide_calls_cover_call.callee = NULL;
        break;
      }
  return answer;
}

static void *
set_profile_of_one (void *self, void *function)
{
  return set_profile (SET_PROFILE, self, function);
}

static void *
set_profile_of_all (void *self, void *function)
{
  return set_profile (SET_PROFILE_OF_ALL, self, function);
}

#define FAST(function) ((Function)(void (*) (void)) (function))

static const struct
{
  const char *name;
  int flags;
  Function ours;
  bool of_sys; /* else of sys.monitoring */
} functions[N_FUNCTIONS] = {
  [GET_TOOL] = { "get_tool", TIDE_PY_METH_O, get_tool },
  [GET_EVENTS] = { "get_events", TIDE_PY_METH_O, get_events },
  [ALL_EVENTS] = { "_all_events", TIDE_PY_METH_NOARGS, all_events },
  [USE_TOOL_ID] = { "use_tool_id", TIDE_PY_METH_FASTCALL, FAST (use_tool_id) },
  [FREE_TOOL_ID] = { "free_tool_id", TIDE_PY_METH_O, free_tool_id },
  [CLEAR_TOOL_ID] = { "clear_tool_id", TIDE_PY_METH_O, clear_tool_id },
  [REGISTER_CALLBACK] = { "register_callback", TIDE_PY_METH_FASTCALL, FAST (register_callback) },
  [SET_EVENTS] = { "set_events", TIDE_PY_METH_FASTCALL, FAST (set_events) },
  [SET_LOCAL_EVENTS] = { "set_local_events", TIDE_PY_METH_FASTCALL, FAST (set_local_events) },
  [SET_PROFILE] = { "setprofile", TIDE_PY_METH_O, set_profile_of_one, true },
  [SET_PROFILE_OF_ALL] = { "_setprofileallthreads", TIDE_PY_METH_O, set_profile_of_all, true },
};

/* The builtin of that name, borrowed: what the program has put in its place is none.  */
static void *const *
find (Which which)
{
  const char *name = functions[which].name;
  void *const *found;

  if (functions[which].of_sys)
    found = tide_py.PySys_GetObject (name);
  else if (!cover.monitoring)
    return NULL;
  else
    {
      found = tide_py.PyObject_GetAttrString (cover.monitoring, name);
      tide_py.PyErr_Clear ();
      tide_python_release ((void *)found);
    }
  return found && found[1] == tide_py.function_type ? found : NULL;
}

bool
tide_calls_cover_put (void *monitoring, const TideCallsCoverUser *user)
{
  cover.user = user;
  cover.monitoring = monitoring;
  for (int i = 0; i < N_FUNCTIONS; i++)
    {
      void *const *builtin = find (i);
      /* It belongs to the interpreter's program, not to the object.  */
      TidePyMethod *method = builtin ? builtin[2] : NULL;

      if (!method || method->flags != functions[i].flags || strcmp (method->name, functions[i].name))
        continue;
      if (functions[i].of_sys)
        cover.sys = builtin[3];
      if (method->function == functions[i].ours)
        continue;
      if (!tide_memory_is_writable (&method->function))
        {
          tide_calls_cover_lift ();
          return false;
        }
      cover.methods[i] = method;
      cover.theirs[i] = method->function;
      __atomic_store_n (&method->function, functions[i].ours, __ATOMIC_RELEASE);
    }
  return true;
}

void
tide_calls_cover_lift (void)
{
  for (int i = 0; i < N_FUNCTIONS; i++)
    {
      /* Whoever came after us has our function behind its own.  */
      if (cover.methods[i] && cover.methods[i]->function == functions[i].ours
          && tide_memory_is_writable (&cover.methods[i]->function))
        {
          __atomic_store_n (&cover.methods[i]->function, cover.theirs[i], __ATOMIC_RELEASE);
          cover.methods[i] = NULL;
        }
    }
  if (tide_calls_cover_call.owed)
    tide_calls_cover_pay ();
  cover.sys = cover.monitoring = NULL;
}
