#pragma once

#include "tide-region.h"

#include <stdbool.h>
#include <stddef.h>

/* Every call, return, line and exception of a program, as one stream of events, whatever this CPython offers:
 * the profile and trace functions of thread states up to 3.11, sys.monitoring from 3.12 on (half the price,
 * and beside a profiler of the program's own instead of in its place).
 *
 * Events and their order are those of sys.setprofile() and, with lines, sys.settrace():
 *
 *   CALL      a Python function begins, or a generator or coroutine goes on
 *   RETURN    it returns, yields or awaits, or an exception leaves it
 *   C_CALL    Python code calls a function written in C; then C_RETURN or C_EXCEPT
 *   LINE      a new line, or the same one again in a loop
 *   EXCEPT    an exception is raised in, or comes into, a frame
 *
 * Independent of the region and of the helper: an extension module may use it as the agent does.  One user in
 * a process at a time; who wants more of them, nested or side by side, distributes.  All functions are for
 * holders of the GIL.  Needs tide_python_load() and, up to 3.11, a layout by tide_calibrate().  */

typedef struct
{
  TideCallKind kind;
  int32_t line;   /* 0: it is where OFFSET is, see tide_calls_line()                                  */
  int32_t offset; /* of the instruction in CODE, in bytes; -1: before the first.  Not where LINE is known */
  void *code;     /* the code object that runs; of C_* kinds the caller's.  Borrowed               */
  void *callee;   /* C_* kinds: the builtin_function_or_method, or from 3.12 on method_descriptor; else
                     NULL.  Borrowed, see tide-calls-names.h */
} TideCallsEvent;

/* In the thread that did it, which holds the GIL.  Must keep errno, and not the pointers without a reference
 * of its own.  Must not run Python code, but as its last deed up to 3.11, where it may also start and stop.
 */
typedef void (*TideCallsFunction) (void *data, const TideCallsEvent *event);

typedef struct
{
  uint32_t kinds;        /* 1 << TideCallKind each.  With LINE or EXCEPT also CALL and RETURN are expected */
  bool all_threads;      /* those that run and those that start later; else only the calling thread      */
  bool all_interpreters; /* with it: also of other interpreters, up to 3.11; from 3.12 on of this one alone */
  TideCallsFunction function;
  void *data;
} TideCallsSink;

/* A program that has a profiler (or, for lines, a tracer) of its own where ours would have to go is left
 * alone: false, and REASON (SIZE bytes) says why.  After true REASON holds a remark, or is empty.  */
bool tide_calls_start (const TideCallsSink *sink, const TidePythonLayout *layout, char *reason, size_t size);

/* Takes everything away that is still ours.  The sink gets no more events.  */
void tide_calls_stop (void);

/* NULL, or a sentence when the program has put its own profiler or tracer in our place: it gets its events,
 * we get none any more, and it is time for tide_calls_stop().  Any thread, without the GIL as well.  */
const char *tide_calls_check (void);

/* Somebody is told of events just now.  Any thread.  */
bool tide_calls_are_told (void);

/* tide_calls_check() may ever give a sentence.  */
bool tide_calls_can_be_replaced (void);

/* In a forked child: no event comes any more, and what is installed takes itself away at its next event.  */
void tide_calls_retire (void);

/* The interpreter is taking itself apart: no event comes any more, what is installed stays.  Any thread.  */
void tide_calls_silence (void);

/* The line of an event, as a frame's f_lineno: dear (the line table is searched).  0: none.  */
int tide_calls_line (const TideCallsEvent *event);
