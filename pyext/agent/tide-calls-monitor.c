#include "tide-calls-cover.h"
#include "tide-calls-private.h"
#include "tide-codes.h"
#include "tide-python.h"

#include <stdio.h>

/* From 3.12 on: a tool of sys.monitoring, beside others.  Which of its events stand for which of ours is what
 * CPython's own sys.setprofile() and sys.settrace() do.  */

#define MAX_EVENTS 3

typedef void *(*Callback) (void *self, void *const *arguments, ssize_t n_arguments);

typedef struct
{
  uint32_t kinds; /* that need it */
  const char *names[MAX_EVENTS];
  TidePyMethod method;
} Subscription;

static struct
{
  TidePythonLayout layout;
  void *monitoring; /* the module, a reference of ours */
  void *disable;    /* its DISABLE, another            */
  void *missing;    /* and its MISSING                 */
  int tool;         /* -1: none                 */
  const char *lost; /* why there is none any more */
} monitor = { .tool = -1 };

/* Numbers 0, 1, 2 and 5 have a meaning (debugger, coverage, profiler, optimizer): ours is there last, and
 * moves away for them as for anybody.  */
static const int tools[] = { 4, 3, 5, 2, 1, 0 };

/* All callbacks give None, which is immortal where they exist.  */

/* Modules written in C tell events of objects of their own in the place of code objects.  */
static bool
is_code (const void *object)
{
  return ((const void *const *)object)[1] == tide_py.code_type;
}

static void
emit (TideCallKind kind, void *const *arguments, int32_t offset, int32_t line, void *callee)
{
  if (is_code (arguments[0]))
    tide_calls_emit (kind, arguments[0], offset, line, callee);
}

static int32_t
offset_of (void *number)
{
  return (int32_t)tide_py.PyLong_AsLong (number);
}

static void *
on_begin (void *self, void *const *arguments, ssize_t n_arguments)
{
  tide_calls_cover_call_ends ();
  emit (TIDE_CALL_CALL, arguments, offset_of (arguments[1]), 0, NULL);
  return tide_py.none;
}

static void *
on_end (void *self, void *const *arguments, ssize_t n_arguments)
{
  emit (TIDE_CALL_RETURN, arguments, offset_of (arguments[1]), 0, NULL);
  return tide_py.none;
}

/* An exception leaves the frame by instructions that stand on no line; the frame says which one was left.  */
static void *
on_unwind (void *self, void *const *arguments, ssize_t n_arguments)
{
  uint64_t tstate = (uint64_t)(uintptr_t)tide_py.PyThreadState_Get (), top;
  int32_t offset = offset_of (arguments[1]);
  TidePyFrame frame;

  if (tide_pylayout_top (&monitor.layout, tide_codes_peek, NULL, tstate, &top) && top
      && tide_pylayout_frame (&monitor.layout, tide_codes_peek, NULL, top, &frame)
      && frame.code == (uint64_t)(uintptr_t)arguments[0])
    offset = (int32_t)frame.offset;
  emit (TIDE_CALL_RETURN, arguments, offset, 0, NULL);
  return tide_py.none;
}

static bool
is_c_function (const void *callee)
{
  const void *type = ((const void *const *)callee)[1];

  return type == tide_py.function_type || type == tide_py.method_type;
}

static inline void *
on_c (TideCallKind kind, void *const *arguments)
{
  void *callee = arguments[2];

  if (kind == TIDE_CALL_C_CALL)
    tide_calls_cover_call_begins (callee);
  else
    tide_calls_cover_call_ends ();
  /* A method descriptor without an object is called in vain.  */
  if (is_c_function (callee)
      || (((const void *const *)callee)[1] == tide_py.method_descriptor_type
          && arguments[3] != monitor.missing))
    emit (kind, arguments, offset_of (arguments[1]), 0, callee);
  return tide_py.none;
}

static void *
on_c_call (void *self, void *const *arguments, ssize_t n_arguments)
{
  return on_c (TIDE_CALL_C_CALL, arguments);
}

static void *
on_c_return (void *self, void *const *arguments, ssize_t n_arguments)
{
  return on_c (TIDE_CALL_C_RETURN, arguments);
}

static void *
on_c_raise (void *self, void *const *arguments, ssize_t n_arguments)
{
  return on_c (TIDE_CALL_C_EXCEPT, arguments);
}

static void *
on_line (void *self, void *const *arguments, ssize_t n_arguments)
{
  emit (TIDE_CALL_LINE, arguments, 0, offset_of (arguments[1]), NULL);
  return tide_py.none;
}

/* A loop on one line: the line event stands at its first instruction only, to which nobody comes back.  */
static void *
on_jump (void *self, void *const *arguments, ssize_t n_arguments)
{
  int32_t from = offset_of (arguments[1]), to = offset_of (arguments[2]);
  int line;

  if (is_code (arguments[0]) && from >= to)
    {
      line = tide_py.PyCode_Addr2Line (arguments[0], to);
      if (line > 0 && line == tide_py.PyCode_Addr2Line (arguments[0], from))
        {
          emit (TIDE_CALL_LINE, arguments, 0, line, NULL);
          return tide_py.none;
        }
    }
  tide_py.Py_IncRef (monitor.disable);
  return monitor.disable;
}

static void *
on_raise (void *self, void *const *arguments, ssize_t n_arguments)
{
  emit (TIDE_CALL_EXCEPT, arguments, offset_of (arguments[1]), 0, NULL);
  return tide_py.none;
}

#define METHOD(name)                                                                                         \
  {                                                                                                          \
    "pagetide", (void *(*)(void *, void *)) (void (*) (void))name, TIDE_PY_METH_FASTCALL, NULL               \
  }

static Subscription subscriptions[] = {
  { TIDE_CALLS_BIT (CALL), { "PY_START", "PY_RESUME", "PY_THROW" }, METHOD (on_begin) },
  { TIDE_CALLS_BIT (RETURN), { "PY_RETURN", "PY_YIELD" }, METHOD (on_end) },
  { TIDE_CALLS_BIT (RETURN), { "PY_UNWIND" }, METHOD (on_unwind) },
  { TIDE_CALLS_BIT (C_CALL), { "CALL" }, METHOD (on_c_call) },
  { TIDE_CALLS_BIT (C_RETURN), { "C_RETURN" }, METHOD (on_c_return) },
  { TIDE_CALLS_BIT (C_EXCEPT), { "C_RAISE" }, METHOD (on_c_raise) },
  { TIDE_CALLS_BIT (LINE), { "LINE" }, METHOD (on_line) },
  { TIDE_CALLS_BIT (LINE), { "JUMP" }, METHOD (on_jump) },
  { TIDE_CALLS_BIT (EXCEPT), { "RAISE", "STOP_ITERATION" }, METHOD (on_raise) },
};

#define N_SUBSCRIPTIONS (sizeof subscriptions / sizeof subscriptions[0])

/* Drops the result.  False: an exception, which is cleared.  */
static bool
done (void *result)
{
  if (!result)
    tide_py.PyErr_Clear ();
  else
    tide_py.Py_DecRef (result);
  return result != NULL;
}

static long
event_bit (void *events, const char *name)
{
  void *value = tide_py.PyObject_GetAttrString (events, name);
  long bit = value ? tide_py.PyLong_AsLong (value) : 0;

  tide_py.PyErr_Clear ();
  if (value)
    tide_py.Py_DecRef (value);
  return bit > 0 ? bit : 0;
}

static bool
take_tool (void)
{
  for (size_t i = 0; i < sizeof tools / sizeof tools[0]; i++)
    if (done (tide_py.PyObject_CallMethod (monitor.monitoring, "use_tool_id", "is", tools[i], "pagetide")))
      {
        monitor.tool = tools[i];
        return true;
      }
  return false;
}

/* Registers FUNCTION for TOOL, or, NULL, nothing any more.  Gives the bits of the events, -1: failed.  */
static long
subscribe (const Subscription *subscription, int tool, void *events, void *function)
{
  long bits = 0;

  for (int i = 0; i < MAX_EVENTS && subscription->names[i]; i++)
    {
      long bit = event_bit (events, subscription->names[i]);

      if (bit
          && !done (tide_py.PyObject_CallMethod (monitor.monitoring, "register_callback", "ilO", tool, bit,
                                                 function ? function : tide_py.none)))
        return -1;
      bits |= bit;
    }
  return bits;
}

static void
give_up_tool (int tool)
{
  void *events = tide_py.PyObject_GetAttrString (monitor.monitoring, "events");

  done (tide_py.PyObject_CallMethod (monitor.monitoring, "set_events", "ii", tool, 0));
  for (size_t i = 0; events && i < N_SUBSCRIPTIONS; i++)
    subscribe (&subscriptions[i], tool, events, NULL);
  done (tide_py.PyObject_CallMethod (monitor.monitoring, "free_tool_id", "i", tool));
  tide_py.PyErr_Clear ();
  if (events)
    tide_py.Py_DecRef (events);
}

/* Sets the events.  C_RETURN and C_RAISE come with CALL and have no bit of their own to set.  */
static bool
listen (uint32_t kinds)
{
  void *events = tide_py.PyObject_GetAttrString (monitor.monitoring, "events");
  long wanted = 0;
  bool good = events != NULL;

  for (size_t i = 0; good && i < N_SUBSCRIPTIONS; i++)
    {
      Subscription *subscription = &subscriptions[i];
      void *function;
      long bits;

      if (!(kinds & subscription->kinds))
        continue;
      function = tide_py.PyCFunction_NewEx (&subscription->method, NULL, NULL);
      bits = function ? subscribe (subscription, monitor.tool, events, function) : -1;
      if (function)
        tide_py.Py_DecRef (function);
      good = bits >= 0;
      if (!(subscription->kinds & (TIDE_CALLS_BIT (C_RETURN) | TIDE_CALLS_BIT (C_EXCEPT))))
        wanted |= bits;
    }
  if (events)
    tide_py.Py_DecRef (events);
  return good
         && done (tide_py.PyObject_CallMethod (monitor.monitoring, "set_events", "il", monitor.tool, wanted));
}

/* With what the sink wants.  */
static const char *
settle (void)
{
  uint32_t kinds = tide_calls_state.sink.kinds;

  if (kinds & TIDE_CALLS_C_KINDS)
    kinds |= TIDE_CALLS_BIT (C_CALL);
  if (!take_tool ())
    return "Other tools have taken all places of sys.monitoring.";
  if (listen (kinds))
    return NULL;
  give_up_tool (monitor.tool);
  return "sys.monitoring refuses our events.";
}

static bool
is_ours (long tool)
{
  return tool == monitor.tool;
}

static void give_way (void);

/* Which names stand in such a dict is CPython's affair; ours are among those that we subscribe to.  */
static void
hide (void *all_events)
{
  for (size_t i = 0; i < N_SUBSCRIPTIONS; i++)
    for (int k = 0; k < MAX_EVENTS && subscriptions[i].names[k]; k++)
      {
        const char *name = subscriptions[i].names[k];
        void *value = tide_py.PyDict_GetItemString (all_events, name);
        long others = value ? tide_py.PyLong_AsLong (value) & ~(1l << monitor.tool) : 0;

        if (!value)
          continue;
        if (others == 0)
          done (tide_py.PyObject_CallMethod (all_events, "pop", "s", name));
        else if ((value = tide_py.PyLong_FromLong (others)))
          {
            tide_py.PyDict_SetItemString (all_events, name, value);
            tide_py.Py_DecRef (value);
          }
      }
  tide_py.PyErr_Clear ();
}

static TideCallsCoverUser cover_user = { .is_ours = is_ours, .give_way = give_way, .hide = hide };

static bool
cover (void)
{
  void *events = tide_py.PyObject_GetAttrString (monitor.monitoring, "events");

  tide_py.PyErr_Clear ();
  if (events)
    {
      cover_user.call = event_bit (events, "CALL");
      cover_user.call_and_ends =
          cover_user.call | event_bit (events, "C_RETURN") | event_bit (events, "C_RAISE");
    }
  tide_python_release (events);
  return tide_calls_cover_put (monitor.monitoring, &cover_user);
}

/* The next place is taken before the last is left, so that no event is missed.  */
static void
give_way (void)
{
  int left = monitor.tool;

  tide_calls_cover_lift ();
  monitor.lost = settle ();
  give_up_tool (left);
  if (monitor.lost)
    monitor.tool = -1;
  else
    cover ();
}

static void
stop (void)
{
  tide_calls_cover_lift ();
  if (monitor.tool >= 0)
    give_up_tool (monitor.tool);
  monitor.tool = -1;
}

static bool
start (const TidePythonLayout *layout, char *reason, size_t size)
{
  monitor.layout = *layout;
  if (!monitor.monitoring)
    {
      monitor.monitoring = tide_py.PySys_GetObject ("monitoring");
      if (!monitor.monitoring)
        {
          snprintf (reason, size, "This interpreter lacks sys.monitoring.");
          return false;
        }
      tide_py.Py_IncRef (monitor.monitoring);
      monitor.disable = tide_py.PyObject_GetAttrString (monitor.monitoring, "DISABLE");
      monitor.missing = tide_py.PyObject_GetAttrString (monitor.monitoring, "MISSING");
      tide_py.PyErr_Clear ();
    }
  monitor.lost = settle ();
  if (monitor.lost)
    {
      snprintf (reason, size, "%s", monitor.lost);
      monitor.tool = -1;
      return false;
    }
  if (!cover ())
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
  return monitor.lost;
}

const TideCallsSource tide_calls_by_monitor = {
  .start = start,
  .stop = stop,
  .check = check,
};
