#define _GNU_SOURCE
#include "tide-calls.h"
#include "tide-calls-names.h"
#include "tide-door.h"
#include "tide-event-text.h"
#include "tide-log-thread.h"
#include "tide-pyapi.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define MAX_LOGS 64
/* Of C functions' names, for the line before.  */
#define MAX_C_NAME 128

/* The text logs of pagetide.cPyMemTrace: each event at which RSS moved by the trigger, and the one before it.
 * An event goes to the innermost log of its kind in its thread, else to the innermost that takes all
 * threads.  */

typedef enum
{
  PROFILE = 0,
  TRACE = 1,
  N_KINDS = 2,
} Kind;

static const uint32_t events_of[N_KINDS] = {
  [PROFILE] = 1u << TIDE_CALL_CALL | 1u << TIDE_CALL_RETURN | 1u << TIDE_CALL_C_CALL
              | 1u << TIDE_CALL_C_RETURN | 1u << TIDE_CALL_C_EXCEPT,
  [TRACE] = 1u << TIDE_CALL_CALL | 1u << TIDE_CALL_RETURN | 1u << TIDE_CALL_LINE | 1u << TIDE_CALL_EXCEPT,
};

/* An event that is written only if memory moves at the next one.  */
typedef struct
{
  uint64_t number;
  int64_t wall_ns;
  int64_t rss_bytes;
  void *code; /* held; NULL: there is none */
  int32_t offset, line;
  TideCallKind kind;
  uint32_t tid;
  bool has_c_name;
  char c_name[MAX_C_NAME];
} Previous;

typedef struct
{
  int id; /* 0: free */
  Kind kind;
  uint32_t tid;
  bool all_threads;
  int64_t trigger_bytes;
  TideTextLog *log;
  uint64_t n_events;
  uint64_t written_number; /* of the last line but PREV and MSG */
  int64_t written_bytes;   /* RSS in the last line of an event  */
  int64_t cpu_ns;          /* in the last line                  */
  bool written;
  Previous previous;
} Log;

static struct
{
  Log logs[MAX_LOGS]; /* the innermost is the last of those in use */
  int n_logs;
  int last_id;
  uint32_t generation;
  TideCallsSink sink;
  bool started;
} profiles;

static void
find_logs (TideLogThread *thread)
{
  thread->generation = profiles.generation;
  for (int kind = 0; kind < N_KINDS; kind++)
    {
      void *found = NULL;

      for (int i = 0; i < profiles.n_logs; i++)
        if (profiles.logs[i].kind == (Kind)kind && profiles.logs[i].tid == thread->tid)
          found = &profiles.logs[i];
      for (int i = profiles.n_logs; !found && i-- > 0;)
        if (profiles.logs[i].kind == (Kind)kind && profiles.logs[i].all_threads)
          found = &profiles.logs[i];
      thread->logs[kind] = found;
    }
}

/* What the callee is called where it is defined, without its class.  */
static const char *
c_name_of (const TideCallsEvent *event)
{
  const char *const *method;

  if (!event->callee)
    return NULL;
  method = (const char *const *)(uintptr_t)tide_calls_callee (event->callee).address;
  return method && *method ? *method : "?";
}

static void
write_line (Log *log, const char *tag, TideEventText *text, int64_t cpu_ns, int64_t rss)
{
  text->delta = text->number - log->written_number;
  if (!log->written)
    text->delta = 0;
  log->cpu_ns = cpu_ns > log->cpu_ns ? cpu_ns : log->cpu_ns;
  text->cpu_ns = log->cpu_ns;
  text->rss_bytes = (uint64_t)rss;
  text->delta_bytes = rss - log->written_bytes;
  log->written_bytes = rss;
  if (!log->all_threads)
    text->tid = 0;
  tide_event_text_write (log->log, tag, text);
}

/* The event before, when it is not written yet.  */
static void
write_previous (Log *log, int64_t wall_ns, int64_t cpu_ns)
{
  Previous *previous = &log->previous;
  TideCallsEvent event = {
    .kind = previous->kind, .line = previous->line, .offset = previous->offset, .code = previous->code
  };
  TideEventText text = { .number = previous->number,
                         .kind = previous->kind,
                         .code = previous->code,
                         .c_name = previous->has_c_name ? previous->c_name : NULL,
                         .tid = previous->tid };

  text.line = tide_calls_line (&event);
  write_line (log, "PREV: ", &text, cpu_ns - (wall_ns - previous->wall_ns), previous->rss_bytes);
}

static void
drop_previous (Log *log)
{
  void *code = log->previous.code;

  log->previous.code = NULL;
  if (code)
    tide_py.Py_DecRef (code);
}

static void
write_event (Log *log, TideLogThread *thread, const TideCallsEvent *event, int64_t wall_ns, int64_t rss)
{
  int64_t cpu_ns = tide_log_cpu (wall_ns);
  TideEventText text = { .number = log->n_events++,
                         .kind = event->kind,
                         .code = event->code,
                         .line = tide_calls_line (event),
                         .c_name = c_name_of (event),
                         .tid = thread->tid };

  if (log->previous.code)
    {
      write_previous (log, wall_ns, cpu_ns);
      drop_previous (log);
    }
  write_line (log, "NEXT: ", &text, cpu_ns, rss);
  log->written_number = text.number;
  log->written = true;
  tide_text_log_age (log->log, wall_ns);
}

static void
remember (Log *log, TideLogThread *thread, const TideCallsEvent *event, int64_t wall_ns, int64_t rss)
{
  Previous *previous = &log->previous;
  const char *c_name = c_name_of (event);

  previous->number = log->n_events++;
  previous->wall_ns = wall_ns;
  previous->rss_bytes = rss;
  previous->kind = event->kind;
  previous->offset = event->offset;
  previous->line = event->line;
  previous->tid = thread->tid;
  previous->has_c_name = c_name != NULL;
  if (c_name)
    {
      size_t i = 0;

      for (; i < MAX_C_NAME - 1 && c_name[i]; i++)
        previous->c_name[i] = c_name[i];
      previous->c_name[i] = '\0';
    }
  if (previous->code != event->code)
    {
      tide_py.Py_IncRef (event->code);
      drop_previous (log);
      previous->code = event->code;
    }
}

static void
take (void *data, const TideCallsEvent *event)
{
  TideLogThread *thread = tide_log_thread ();
  int64_t wall_ns, rss = -1;
  int saved = errno;

  if (!thread || thread->busy || thread->n_mutes > 0)
    return;
  if (thread->generation != profiles.generation)
    find_logs (thread);
  if ((!thread->logs[PROFILE] && !thread->logs[TRACE]) || tide_log_hides (event->code))
    return;
  thread->busy = true;
  wall_ns = tide_log_wall ();
  for (int kind = 0; kind < N_KINDS; kind++)
    {
      Log *log = thread->logs[kind];
      int64_t moved;

      if (!log || !(events_of[kind] >> event->kind & 1) || tide_text_log_is_dropped (log->log))
        continue;
      if (rss < 0)
        rss = tide_log_rss (thread, wall_ns);
      moved = rss > log->written_bytes ? rss - log->written_bytes : log->written_bytes - rss;
      if (moved >= log->trigger_bytes || !log->written)
        write_event (log, thread, event, wall_ns, rss);
      else
        remember (log, thread, event, wall_ns, rss);
    }
  thread->busy = false;
  errno = saved;
}

#define REASON_SIZE 240

/* Has what the logs together need.  False: why it cannot be had.  */
static bool
restart (char reason[REASON_SIZE])
{
  TideCallsSink sink = { .function = take };
  TideLogThread *thread = tide_log_thread ();
  uint32_t this_tid = thread ? thread->tid : 0, tid = 0;

  for (int i = 0; i < profiles.n_logs; i++)
    {
      const Log *log = &profiles.logs[i];

      sink.kinds |= events_of[log->kind];
      sink.all_threads |= log->all_threads || (tid && tid != log->tid) || log->tid != this_tid;
      tid = log->tid;
    }
  profiles.generation++;
  if (profiles.started && sink.kinds == profiles.sink.kinds && sink.all_threads == profiles.sink.all_threads)
    return true;
  if (profiles.started)
    tide_calls_stop ();
  profiles.started = false;
  profiles.sink = sink;
  if (sink.kinds)
    profiles.started = tide_calls_start (&profiles.sink, tide_log_layout (), reason, REASON_SIZE);
  if (profiles.started)
    tide_log_watch ();
  return profiles.started || !sink.kinds;
}

static Log *
find_log (int id)
{
  for (int i = 0; i < profiles.n_logs; i++)
    if (profiles.logs[i].id == id)
      return &profiles.logs[i];
  return NULL;
}

static void
remove_log (Log *log)
{
  drop_previous (log);
  memmove (log, log + 1, (size_t)(profiles.logs + profiles.n_logs - (log + 1)) * sizeof *log);
  profiles.n_logs--;
}

/* profile_open(kind, path, exclusive, trigger, all_threads, message): bytes, an id, and -errno when the file
 * cannot be made.  MESSAGE: bytes or None.  */
static void *
open_log (void *self, void *arguments)
{
  int kind, exclusive, all_threads;
  const char *path, *reason;
  void *message;
  long long trigger;
  char text[REASON_SIZE] = "", others[REASON_SIZE];
  TideLogThread *thread = tide_log_thread ();
  Log *log;

  if (!tide_pyapi.PyArg_ParseTuple (arguments, "iyiLiO", &kind, &path, &exclusive, &trigger, &all_threads,
                                    &message))
    return NULL;
  reason = tide_log_prepare ();
  if (!reason && !thread)
    reason = "There is no memory for a log.";
  if (!reason && profiles.n_logs == MAX_LOGS)
    reason = "No more than 64 blocks of Profile and Trace can be open at a time.";
  if (reason)
    return tide_pyapi.PyErr_Format (tide_pyapi.PyExc_RuntimeError, "%s", reason);
  log = &profiles.logs[profiles.n_logs];
  memset (log, 0, sizeof *log);
  log->log = tide_text_log_open (path, exclusive);
  if (!log->log)
    return tide_pyapi.Py_BuildValue ("i", -errno);
  if (message != tide_py.none)
    {
      tide_text_log_write_line (log->log, tide_log_message (message));
      tide_text_log_write_line (log->log, "SOF");
    }
  log->kind = kind == TRACE ? TRACE : PROFILE;
  log->all_threads = all_threads != 0;
  log->trigger_bytes = trigger < 0 ? sysconf (_SC_PAGESIZE) : trigger;
  log->tid = thread->tid;
  tide_event_text_write_header (log->log, log->all_threads);
  log->id = ++profiles.last_id;
  profiles.n_logs++;
  tide_log_begin ();
  if (restart (text))
    return tide_pyapi.Py_BuildValue ("i", log->id);
  tide_text_log_close (log->log);
  remove_log (log);
  restart (others);
  tide_log_end ();
  return tide_pyapi.PyErr_Format (tide_pyapi.PyExc_RuntimeError, "%s", text);
}

/* profile_close(id, code, line): the first errno of the file.  CODE and LINE: where the block ends.  */
static void *
close_log (void *self, void *arguments)
{
  int id, line, error;
  char reason[REASON_SIZE];
  void *code;
  Log *log;

  if (!tide_pyapi.PyArg_ParseTuple (arguments, "iOi", &id, &code, &line))
    return NULL;
  log = find_log (id);
  if (!log)
    return tide_pyapi.Py_BuildValue ("i", EBADF);
  if (!tide_text_log_is_dropped (log->log))
    {
      TideLogThread *thread = tide_log_thread ();
      int64_t wall_ns = tide_log_wall ();
      TideEventText text = {
        .number = log->n_events, .kind = TIDE_CALL_LINE, .code = code, .line = line, .tid = log->tid
      };

      write_line (log, "LAST: ", &text, tide_log_cpu (wall_ns),
                  thread ? tide_log_rss (thread, wall_ns) : log->written_bytes);
      tide_text_log_write_line (log->log, "EOF");
    }
  error = tide_text_log_close (log->log);
  remove_log (log);
  restart (reason);
  tide_log_end ();
  return tide_pyapi.Py_BuildValue ("i", error);
}

/* profile_message(id, text, raw): false when that log is closed.  TEXT is bytes.  */
static void *
write_message (void *self, void *arguments)
{
  int id, raw;
  const char *message;
  Log *log;

  if (!tide_pyapi.PyArg_ParseTuple (arguments, "iyi", &id, &message, &raw))
    return NULL;
  log = find_log (id);
  if (log && raw)
    tide_text_log_write_line (log->log, message);
  else if (log)
    {
      int64_t cpu_ns = tide_log_cpu (tide_log_wall ());

      log->cpu_ns = cpu_ns > log->cpu_ns ? cpu_ns : log->cpu_ns;
      tide_event_text_write_message (log->log, log->n_events, log->n_events - log->written_number,
                                     log->cpu_ns, message, strlen (message));
    }
  return tide_pyapi.Py_BuildValue ("i", log != NULL);
}

/* profile_flush(id).  */
static void *
flush_log (void *self, void *arguments)
{
  int id;
  Log *log;

  if (!tide_pyapi.PyArg_ParseTuple (arguments, "i", &id))
    return NULL;
  log = find_log (id);
  if (log)
    tide_text_log_flush (log->log);
  return tide_pyapi.Py_BuildValue ("i", log != NULL);
}

/* profile_mute(on): the calling thread's events are in no log, until as many calls with 0.  */
static void *
mute (void *self, void *arguments)
{
  int on;
  TideLogThread *thread = tide_log_thread ();

  if (!tide_pyapi.PyArg_ParseTuple (arguments, "i", &on))
    return NULL;
  if (thread)
    thread->n_mutes += on ? 1 : -1;
  return tide_pyapi.Py_BuildValue ("i", thread ? thread->n_mutes : 0);
}

/* profile_hide(file): code of that file, the co_filename of its code objects, is in no log, nor are the C
 * functions that it calls.  */
static void *
hide (void *self, void *arguments)
{
  void *file;

  if (!tide_pyapi.PyArg_ParseTuple (arguments, "O", &file))
    return NULL;
  tide_log_hide (file);
  return tide_pyapi.Py_BuildValue ("i", 0);
}

TidePyMethod tide_profile_methods[] = {
  { "profile_open", open_log, TIDE_PY_METH_VARARGS, NULL },
  { "profile_close", close_log, TIDE_PY_METH_VARARGS, NULL },
  { "profile_message", write_message, TIDE_PY_METH_VARARGS, NULL },
  { "profile_flush", flush_log, TIDE_PY_METH_VARARGS, NULL },
  { "profile_mute", mute, TIDE_PY_METH_VARARGS, NULL },
  { "profile_hide", hide, TIDE_PY_METH_VARARGS, NULL },
  { NULL, NULL, 0, NULL },
};
