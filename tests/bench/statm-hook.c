/* What cPyMemTrace does on Linux, for tests/bench/logs.py to compare with: opens statm at each event.  */

#include <stdio.h>

typedef int (*Hook) (void *object, void *frame, int what, void *argument);

void PyEval_SetProfile (Hook hook, void *object);
void PyEval_SetTrace (Hook hook, void *object);

long n_events, last_pages;

static int
look (void *object, void *frame, int what, void *argument)
{
  FILE *statm = fopen ("/proc/self/statm", "r");
  long size;

  n_events++;
  if (!statm)
    return 0;
  if (fscanf (statm, "%ld %ld", &size, &last_pages) != 2)
    last_pages = 0;
  fclose (statm);
  return 0;
}

/* With the GIL; TRACE: lines instead of C calls.  */
void
hook_begin (int trace)
{
  n_events = 0;
  (trace ? PyEval_SetTrace : PyEval_SetProfile) (look, NULL);
}

void
hook_end (int trace)
{
  (trace ? PyEval_SetTrace : PyEval_SetProfile) (NULL, NULL);
}
