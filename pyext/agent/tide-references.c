#define _GNU_SOURCE
#include "tide-code-text.h"
#include "tide-codes.h"
#include "tide-door.h"
#include "tide-log-thread.h"
#include "tide-pyapi.h"
#include "tide-text-log.h"
#include "tide-type-counts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* The logs of pagetide.cPyMemTrace.ReferenceTracing: objects that come and go (3.13+).  The interpreter tells
 * one function of its, from any thread; it goes to the innermost log, and to who was told before us
 * (tracemalloc).  */

#define MAX_LOGS 64
#define NEW 0
#define GONE 1
#define TYPE_WIDTH 32
#define NAME_WIDTH 40

typedef int (*Tracer) (void *object, int event, void *data);

typedef struct
{
  int id;
  bool suspended;
  TideTextLog *log;
  TideTypeCounts types;
  int64_t cpu_ns;
  int64_t rss; /* in the last line */
} Log;

static struct
{
  Log logs[MAX_LOGS]; /* the innermost is the last */
  int n_logs;
  int last_id;
  bool installed;
  int (*set) (Tracer tracer, void *data);
  Tracer (*get) (void **data);
  Tracer before; /* whose place we took */
  void *before_data;
} references;

static int
put_clock (char *to, size_t size, const char *tag, Log *log, int64_t wall_ns)
{
  int64_t cpu_ns = tide_log_cpu (wall_ns);

  log->cpu_ns = cpu_ns > log->cpu_ns ? cpu_ns : log->cpu_ns;
  return snprintf (to, size, "%s %5lld.%06lld", tag, (long long)(log->cpu_ns / 1000000000),
                   (long long)(log->cpu_ns / 1000 % 1000000));
}

/* The code that runs and its line; NULL: there is none.  */
static void *
find_place (int *line)
{
  const TidePythonLayout *layout = tide_log_layout ();
  uint64_t address = 0;
  TidePyFrame frame;

  tide_pylayout_top (layout, tide_codes_peek, NULL, (uint64_t)(uintptr_t)tide_py.PyThreadState_Get (),
                     &address);
  while (address && tide_pylayout_frame (layout, tide_codes_peek, NULL, address, &frame))
    {
      void *code = (void *)(uintptr_t)frame.code;

      if (code)
        {
          *line = tide_py.PyCode_Addr2Line (code, (int)frame.offset);
          return code;
        }
      address = frame.previous;
    }
  return NULL;
}

static void
write_line (Log *log,
            TideLogThread *thread,
            const char *tag,
            void *object,
            const TideTypeCount *type,
            void *code,
            int line)
{
  static const char blanks[] =
      "                                                                                ";
  int64_t wall_ns = tide_log_wall ();
  int64_t rss = tide_log_rss (thread, wall_ns);
  int n;
  TideCodeText text = { blanks, "?", TIDE_TEXT_FILE_WIDTH, 1, 1 };
  char piece[160];

  if (code)
    text = tide_code_text (code);
  n = put_clock (piece, sizeof piece, tag, log, wall_ns);
  n += snprintf (piece + n, sizeof piece - (size_t)n, " %#16llx %16lld ",
                 (unsigned long long)(uintptr_t)object, (long long)type->live);
  tide_text_log_write (log->log, piece, (size_t)n);
  tide_text_log_write (log->log, type->text, type->text_size);
  tide_text_log_write (log->log, " ", 1);
  tide_text_log_write (log->log, text.file, text.file_size);
  n = snprintf (piece, sizeof piece, " %4d ", line > 0 ? line : 0);
  tide_text_log_write (log->log, piece, (size_t)n);
  tide_text_log_write (log->log, text.name, text.name_size);
  if (text.name_width < NAME_WIDTH)
    tide_text_log_write (log->log, blanks, NAME_WIDTH - text.name_width);
  n = snprintf (piece, sizeof piece, " %16lld %16lld\n", (long long)rss, (long long)(rss - log->rss));
  tide_text_log_write (log->log, piece, (size_t)n);
  log->rss = rss;
  tide_text_log_age (log->log, wall_ns);
}

/* Must make no objects that are told to us again: `busy` keeps those of ours away.  */
static int
on_reference (void *object, int event, void *data)
{
  TideLogThread *thread;
  Log *log = references.n_logs > 0 ? &references.logs[references.n_logs - 1] : NULL;
  int saved = errno;

  if (references.before)
    references.before (object, event, references.before_data);
  if (!object || event > GONE || !log || log->suspended || tide_text_log_is_dropped (log->log))
    return 0;
  thread = tide_log_thread ();
  if (thread && !thread->busy && thread->n_mutes == 0)
    {
      TideTypeCount *type;
      int line = 0;
      void *code;

      thread->busy = true;
      type = tide_type_counts_find (&log->types, object);
      code = type && type->wanted ? find_place (&line) : NULL;
      if (type && type->wanted && (!code || !tide_log_hides (code)))
        {
          type->live += event == NEW ? 1 : -1;
          write_line (log, thread, event == NEW ? "NEW:" : "DEL:", object, type, code, line);
        }
      thread->busy = false;
    }
  errno = saved;
  return 0;
}

static bool
install (void)
{
  if (references.installed)
    return true;
  references.before = references.get (&references.before_data);
  references.installed = references.set (on_reference, NULL) == 0;
  return references.installed;
}

/* Who came after us stays, and keeps us.  */
static void
remove_tracer (void)
{
  void *data;

  if (!references.installed || references.n_logs > 0 || references.get (&data) != on_reference)
    return;
  references.set (references.before, references.before_data);
  references.installed = false;
  references.before = NULL;
}

static const char *
prepare (void)
{
  const char *reason;

  *(void **)&references.set = tide_symbol ("PyRefTracer_SetTracer", NULL);
  *(void **)&references.get = tide_symbol ("PyRefTracer_GetTracer", NULL);
  if (!references.set || !references.get)
    return "ReferenceTracing needs CPython 3.13 or newer: older ones do not tell of objects.";
  reason = tide_log_prepare ();
  if (!reason && !tide_log_thread ())
    reason = "There is no memory for a log.";
  if (!reason && references.n_logs == MAX_LOGS)
    reason = "No more than 64 blocks of ReferenceTracing can be open at a time.";
  return reason;
}

static Log *
find_log (int id)
{
  for (int i = 0; i < references.n_logs; i++)
    if (references.logs[i].id == id)
      return &references.logs[i];
  return NULL;
}

static void
write_titles (TideTextLog *log)
{
  char text[400];
  int n = snprintf (text, sizeof text, "HDR: %12s %16s %16s %-*s %-*s %4s %-*s %16s %16s\n", "Clock",
                    "Address", "LiveCnt", TYPE_WIDTH, "Type", TIDE_TEXT_FILE_WIDTH, "File", "Line",
                    NAME_WIDTH, "Function", "RSS", "dRSS");

  tide_text_log_write (log, text, (size_t)n);
}

/* references_open(path, exclusive, message, with_builtins, include, exclude): an id, or -errno.  The last two
 * are names of types as bytes, each ended by a newline.  */
static void *
open_log (void *self, void *arguments)
{
  const char *path, *reason, *include, *exclude;
  int exclusive, with_builtins;
  void *message;
  Log *log;

  if (!tide_pyapi.PyArg_ParseTuple (arguments, "yiOiyy", &path, &exclusive, &message, &with_builtins,
                                    &include, &exclude))
    return NULL;
  reason = prepare ();
  if (reason)
    return tide_pyapi.PyErr_Format (tide_pyapi.PyExc_RuntimeError, "%s", reason);
  log = &references.logs[references.n_logs];
  memset (log, 0, sizeof *log);
  log->log = tide_text_log_open (path, exclusive);
  if (!log->log)
    return tide_pyapi.Py_BuildValue ("i", -errno);
  if (!tide_type_counts_open (&log->types, with_builtins, include, exclude))
    {
      tide_text_log_close (log->log);
      return tide_pyapi.Py_BuildValue ("i", -ENOMEM);
    }
  if (message != tide_py.none)
    tide_text_log_write_line (log->log, tide_log_message (message));
  tide_text_log_write_line (log->log, "SOF");
  write_titles (log->log);
  log->id = ++references.last_id;
  tide_log_begin ();
  if (references.n_logs == 0)
    tide_log_watch ();
  references.n_logs++;
  if (!install ())
    tide_py.PyErr_Clear ();
  return tide_pyapi.Py_BuildValue ("i", log->id);
}

/* references_close(id): the first errno of the file.  */
static void *
close_log (void *self, void *arguments)
{
  TideTypeCounts types;
  Log *log;
  int id, error;

  if (!tide_pyapi.PyArg_ParseTuple (arguments, "i", &id))
    return NULL;
  log = find_log (id);
  if (!log)
    return tide_pyapi.Py_BuildValue ("i", EBADF);
  tide_text_log_write_line (log->log, "EOF");
  error = tide_text_log_close (log->log);
  types = log->types;
  memmove (log, log + 1, (size_t)(references.logs + references.n_logs - (log + 1)) * sizeof *log);
  references.n_logs--;
  remove_tracer ();
  tide_type_counts_close (&types);
  tide_log_end ();
  return tide_pyapi.Py_BuildValue ("i", error);
}

/* references_message(id, text, raw): false when that log is closed.  */
static void *
write_message (void *self, void *arguments)
{
  int id, raw;
  const char *message;
  char begin[64];
  Log *log;

  if (!tide_pyapi.PyArg_ParseTuple (arguments, "iyi", &id, &message, &raw))
    return NULL;
  log = find_log (id);
  if (log && raw)
    tide_text_log_write_line (log->log, message);
  else if (log)
    {
      int n = put_clock (begin, sizeof begin, "MSG:", log, tide_log_wall ());

      tide_text_log_write (log->log, begin, (size_t)n);
      tide_text_log_write (log->log, " # ", 3);
      tide_text_write_escaped (log->log, message, strlen (message));
      tide_text_log_write (log->log, "\n", 1);
    }
  return tide_pyapi.Py_BuildValue ("i", log != NULL);
}

/* references_suspend(id, on).  */
static void *
suspend (void *self, void *arguments)
{
  int id, on;
  Log *log;

  if (!tide_pyapi.PyArg_ParseTuple (arguments, "ii", &id, &on))
    return NULL;
  log = find_log (id);
  if (log)
    log->suspended = on != 0;
  return tide_pyapi.Py_BuildValue ("i", log != NULL);
}

/* references_live(id): {name of the type: how many more came than went}, None when that log is closed.  */
static void *
get_live (void *self, void *arguments)
{
  int id;
  Log *log;
  TideLogThread *thread = tide_log_thread ();
  void *counts = NULL;

  if (!tide_pyapi.PyArg_ParseTuple (arguments, "i", &id))
    return NULL;
  log = find_log (id);
  if (!log)
    return tide_pyapi.Py_BuildValue ("z", NULL);
  if (thread)
    thread->busy = true;
  counts = tide_type_counts_get (&log->types);
  if (thread)
    thread->busy = false;
  return counts;
}

/* references_flush(id).  */
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

TidePyMethod tide_references_methods[] = {
  { "references_open", open_log, TIDE_PY_METH_VARARGS, NULL },
  { "references_close", close_log, TIDE_PY_METH_VARARGS, NULL },
  { "references_message", write_message, TIDE_PY_METH_VARARGS, NULL },
  { "references_suspend", suspend, TIDE_PY_METH_VARARGS, NULL },
  { "references_live", get_live, TIDE_PY_METH_VARARGS, NULL },
  { "references_flush", flush_log, TIDE_PY_METH_VARARGS, NULL },
  { NULL, NULL, 0, NULL },
};
