#include "config.h"

#include "tide-told.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* What the agent and the helper say, which know no language but English.  */
static const char *const sentences[] = {
  N_ ("/proc/self/statm cannot be read here, or the program may open too few files."),
  N_ ("A debugger is attached."),
  N_ ("A thread of the program uses a profiler of its own."),
  N_ ("A thread of the program uses a tracer (a debugger, or coverage) of its own."),
  N_ ("A trial run of Python code failed."),
  N_ ("Children cannot be followed: the system gives no memory to share."),
  N_ ("Every call is told already, to an instrument or to a log of cPyMemTrace."),
  N_ ("Free-threaded builds of Python can be measured from inside up to 3.13."),
  N_ ("More threads run Python code at once than have memory of their own for events: of the others' "
      "events RSS is as of at most about 1 ms before, and their CPU time is not known."),
  N_ ("No Python interpreter that can be measured has come up in this process so far."),
  N_ ("Other tools have taken all places of sys.monitoring."),
  N_ ("Others have hooks above ours, which stay and do nothing."),
  N_ ("Page faults are not followed: permission was not given."),
  N_ ("Page faults cannot be counted here: RSS is as of at most about 1 ms before each event, "
      "CPU time exact to 0.1 ms."),
  N_ ("Page faults cannot be followed: the system refuses it with more rights too."),
  N_ ("Page-fault signals are safe only from Linux 5.18 on."),
  N_ ("Page-fault signals could not be switched on."),
  N_ ("Pagetide is installed in a folder with blanks or colons in its name: children that are "
      "forked are followed, programs that are executed anew are not."),
  N_ ("Pagetide's agent is not installed where it should be."),
  N_ ("Pagetide's helper gave no memory for events."),
  N_ ("Python's blocks are counted already, all of them: stop that instrument first."),
  N_ ("Python's blocks are counted already, by a sample: stop that instrument first."),
  N_ ("The memory for events cannot be opened (the program has other rights, or no free "
      "descriptor)."),
  N_ ("The memory for events is not what it should be."),
  N_ ("The memory for the counters cannot be opened here."),
  N_ ("The program blocks SIGTRAP."),
  N_ ("The program ended before its Python interpreter was up."),
  N_ ("The program handles SIGTRAP itself."),
  N_ ("The program has changed its allocators too often."),
  N_ ("The program has made more functions than can be told apart: what newer ones take is charged to those "
      "that called them, and their calls are not counted."),
  N_ ("The program takes Python memory in more places than can be told apart: what is taken in newer ones is "
      "charged to those that called them."),
  N_ ("The program has more than 128 threads at once, and 128 of them are watched: growth of which Python "
      "does not tell is charged to one of these, whichever thread's it was."),
  N_ ("The program has more names than can be kept: newer ones are unknown."),
  N_ ("The program has more call paths than can be told apart: what newer ones take is charged to those that "
      "lead to them."),
  N_ ("The program has made more functions than can be told apart: what newer ones take is charged to those "
      "that called them."),
  N_ ("The program has started more threads than can be told apart: of newer ones it is not told which it "
      "was."),
  N_ ("This is a subinterpreter: what it does is measured from the main interpreter."),
  N_ ("The program has started a profiler of its own."),
  N_ ("The program has started a tracer of its own (a debugger, or coverage)."),
  N_ ("The program is busy with other things: the change of instruments takes effect as soon as "
      "it runs Python code or takes memory."),
  N_ ("The program put back the allocators that were there before ours."),
  N_ ("The program lets nobody look into it: a thread of Pagetide's inside it reads its stacks."),
  N_ ("The program took SIGTRAP for itself, or closed our descriptor."),
  N_ ("The program uses a profiler of its own."),
  N_ ("The program uses a tracer (a debugger, or coverage) of its own."),
  N_ ("The program was no Python into which the agent could be loaded: not a Python, linked "
      "statically, of another architecture, or with rights of its own."),
  N_ ("The program was started without Pagetide's agent: only its sampler can measure."),
  N_ ("The program's stacks cannot be read from outside: it lets nobody look into it. Growth "
      "that its own allocators do not tell of is charged to nobody."),
  N_ ("The system does not let programs count their page faults (perf_event_paranoid, or a "
      "container's filter)."),
  N_ ("There is no free file descriptor."),
  N_ ("There is no memory for a fork handler."),
  N_ ("There is no memory for events."),
  N_ ("There is no memory for the sample."),
  N_ ("This agent does not have it."),
  N_ ("This instrument is not safe in free-threaded builds of Python."),
  N_ ("This interpreter does not say which frame runs."),
  N_ ("This interpreter has no gc.callbacks."),
  N_ ("This interpreter keeps its list of threads elsewhere."),
  N_ ("This interpreter keeps the running instruction elsewhere."),
  N_ ("This interpreter lacks sys.monitoring."),
  N_ ("This interpreter links its threads in another way."),
  N_ ("This interpreter tells nothing of its allocators."),
  N_ ("This interpreter's code objects are not laid out as expected."),
  N_ ("This interpreter's frames are not laid out as expected."),
  N_ ("This interpreter's strings are not laid out as expected."),
  N_ ("This interpreter's thread state does not name its thread."),
  N_ ("This interpreter's thread state does not show its profiler."),
  N_ ("This interpreter's thread state does not show its tracer (a debugger, or coverage)."),
  N_ ("This interpreter's thread state is not laid out as expected."),
  N_ ("This interpreter's thread states are not understood."),
  N_ ("This kernel does not know page-fault signals."),
  N_ ("This kernel was built without performance events."),
  N_ ("This process may not look at its own memory (process_vm_readv and /proc/self/mem are "
      "refused)."),
  N_ ("This version of Python is too old."),
  N_ ("To stay under the budget, Python bytes are no longer sampled."),
  N_ ("To stay under the budget, Python bytes are sampled, no longer counted exactly."),
  N_ ("To stay under the budget, RSS is looked at half as often."),
  N_ ("To stay under the budget, calls are no longer told."),
  N_ ("To stay under the budget, collections are no longer told."),
  N_ ("To stay under the budget, lines are no longer told, only calls."),
  N_ ("To stay under the budget, page faults are no longer followed."),
  N_ ("To stay under the budget, samples of Python bytes are farther apart."),
  N_ ("To stay under the budget, what Python takes and releases is no longer followed."),
  N_ ("What the agent wrote makes no sense; its memory was damaged by the program."),
};

/* May stand behind one of them, after a blank.  */
static const char asked[] = N_ ("Pagetide's helper is asked to do it instead.");

static const char *
find (const char *text, gsize length)
{
  for (gsize i = 0; i < G_N_ELEMENTS (sentences); i++)
    if (strncmp (text, sentences[i], length) == 0 && sentences[i][length] == '\0')
      return _ (sentences[i]);
  return NULL;
}

const char *
tide_told (const char *text)
{
  g_autofree char *both = NULL;
  const char *found;
  gsize length;

  if (text == NULL)
    return NULL;
  length = strlen (text);
  found = find (text, length);
  if (found != NULL)
    return found;
  if (length <= sizeof asked || text[length - sizeof asked] != ' ' || !g_str_has_suffix (text, asked))
    return text;
  found = find (text, length - sizeof asked);
  if (found == NULL)
    return text;
  both = g_strdup_printf ("%s %s", found, _ (asked));
  /* There are as many as there are sentences.  */
  return g_intern_string (both);
}
