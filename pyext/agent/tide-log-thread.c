#define _GNU_SOURCE
#include "tide-log-thread.h"
#include "tide-calibrate.h"
#include "tide-clock.h"
#include "tide-code-text.h"
#include "tide-python.h"
#include "tide-release.h"
#include "tide-statm.h"
#include "tide-text-log.h"
#include "tide-thread-key.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* CPU time is asked of the kernel once in so long; between, it goes on as the clock on the wall.  */
#define CLOCK_NS 20000
#define MAX_HIDDEN 4

static struct
{
  int n_logs;
  int64_t page_size;
  int64_t own_bytes; /* what the texts of code objects took before the first log began */
  int64_t clock_wall_ns, clock_cpu_ns;
  bool has_layout;
  TidePythonLayout layout;
  void *hidden[MAX_HIDDEN]; /* held */
  int n_hidden;
  pthread_key_t key;
  bool has_key;
  bool prepared;
} shared;

static __thread TideLogThread *this_thread;

int64_t
tide_log_wall (void)
{
  return (int64_t)tide_clock_ns (CLOCK_MONOTONIC);
}

int64_t
tide_log_cpu (int64_t wall_ns)
{
  if (wall_ns - shared.clock_wall_ns > CLOCK_NS || wall_ns < shared.clock_wall_ns)
    {
      shared.clock_wall_ns = wall_ns;
      shared.clock_cpu_ns = (int64_t)tide_clock_ns (CLOCK_PROCESS_CPUTIME_ID);
    }
  return shared.clock_cpu_ns + (wall_ns - shared.clock_wall_ns);
}

/* At the end of a thread.  */
static void
free_thread (void *data)
{
  TideLogThread *thread = data;

  this_thread = NULL;
  tide_rss_gate_close (&thread->gate);
  munmap (thread, sizeof *thread);
}

static bool
make_key (void)
{
  int (*volatile create) (pthread_key_t *, void (*) (void *)) = pthread_key_create;

  if (!shared.has_key)
    shared.has_key = create && create (&shared.key, free_thread) == 0;
  return shared.has_key;
}

/* The logs are the parent's; so is the RSS behind the descriptor, the gate counts the parent's faults, and
 * the thread has another number.  */
static void
drop_in_child (void)
{
  tide_text_log_drop_all ();
  tide_statm_close ();
  if (!this_thread)
    return;
  tide_rss_gate_drop (&this_thread->gate);
  this_thread->tid = (uint32_t)syscall (SYS_gettid);
  tide_rss_gate_open (&this_thread->gate);
}

/* Exits that do not finalize the interpreter.  */
static void __attribute__ ((destructor)) at_exit (void) { tide_text_log_flush_all (); }

const char *
tide_log_prepare (void)
{
  const char *reason = NULL;
  void *hex = tide_py.PySys_GetObject ("hexversion");

  if (strstr (tide_py.Py_GetVersion (), "free-threading"))
    return "Free-threaded builds of Python cannot be measured from inside yet.";
  if (!shared.has_layout)
    reason = tide_calibrate (&shared.layout, hex ? (uint32_t)tide_py.PyLong_AsLong (hex) : 0, false);
  if (reason)
    return reason;
  shared.has_layout = true;
  if (tide_statm_read () < 0)
    return "/proc/self/statm cannot be read here.";
  if (!shared.prepared)
    {
      if (!make_key () || pthread_atfork (NULL, NULL, drop_in_child) != 0)
        return "There is no memory for logs.";
      shared.prepared = true;
      tide_py.Py_AtExit (tide_text_log_flush_all);
    }
  shared.page_size = sysconf (_SC_PAGESIZE);
  tide_code_text_prepare ();
  return NULL;
}

const TidePythonLayout *
tide_log_layout (void)
{
  return &shared.layout;
}

void
tide_log_begin (void)
{
  if (shared.n_logs++ > 0)
    return;
  shared.own_bytes = tide_code_text_bytes ();
  tide_release_watch (true);
}

void
tide_log_end (void)
{
  if (--shared.n_logs > 0)
    return;
  tide_release_watch (false);
  tide_code_text_forget ();
}

void
tide_log_watch (void)
{
  tide_rss_gate_set_words (&tide_release_word, NULL);
  /* What is given back by others than Python is seen in time, though late.  */
  tide_rss_gate_shared.timed = true;
}

void
tide_log_hide (void *file)
{
  if (shared.n_hidden == MAX_HIDDEN)
    return;
  tide_py.Py_IncRef (file);
  shared.hidden[shared.n_hidden++] = file;
}

bool
tide_log_hides (const void *code)
{
  const void *file = *(void *const *)((const char *)code + shared.layout.code_filename);

  for (int i = 0; i < shared.n_hidden; i++)
    if (shared.hidden[i] == file)
      return true;
  return false;
}

const char *
tide_log_message (void *message)
{
  const char *text = tide_py.PyBytes_AsString (message);

  if (!text)
    tide_py.PyErr_Clear ();
  return text ? text : "";
}

TideLogThread *
tide_log_thread (void)
{
  TideLogThread *thread = this_thread;

  if (thread)
    return thread;
  thread =
      mmap (NULL, sizeof *thread, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  if (thread == MAP_FAILED)
    return NULL;
  thread->tid = (uint32_t)syscall (SYS_gettid);
  tide_rss_gate_open (&thread->gate);
  if (make_key ())
    pthread_setspecific (shared.key, thread);
  this_thread = thread;
  return thread;
}

int64_t
tide_log_rss (TideLogThread *self, int64_t wall_ns)
{
  return tide_rss_gate_pages (&self->gate, (uint64_t)wall_ns) * shared.page_size
         - (tide_code_text_bytes () - shared.own_bytes);
}
