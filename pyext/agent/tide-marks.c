#define _GNU_SOURCE
#include "tide-account.h"
#include "tide-agent.h"
#include "tide-clock.h"
#include "tide-door.h"
#include "tide-entry.h"
#include "tide-pyapi.h"
#include "tide-statm.h"

#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What the program may set in a recording of itself, and ask of who records it.  */

/* Of a mark's text, in bytes; longer ones are cut.  */
#define MAX_TEXT 4096u

/* mark(kind, id, text): whether it is in a recording now.  KIND: TideMarkKind; TEXT: UTF-8 as bytes.  */
static void *
mark (void *self, void *arguments)
{
  int kind;
  unsigned long long id;
  const char *text;
  size_t length;
  TideMarkRecord *record = NULL;
  uint64_t time_ns;
  int64_t rss;

  if (!tide_pyapi.PyArg_ParseTuple (arguments, "iKy", &kind, &id, &text))
    return NULL;
  if (kind < TIDE_MARK_MESSAGE || kind > TIDE_MARK_SNAPSHOT)
    return tide_pyapi.PyErr_Format (tide_pyapi.PyExc_ValueError, "%d is no kind of mark", kind);
  length = strnlen (text, MAX_TEXT);
  while (length == MAX_TEXT && length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
    length--;
  if (tide_agent_get_region ())
    {
      time_ns = tide_clock_ns (CLOCK_MONOTONIC);
      rss = tide_statm_read ();
      /* What grew before it is charged before it.  */
      tide_account (TIDE_SOURCE_ALLOC, NULL);
      record = tide_account_reserve ((sizeof *record + length + 7) & ~(size_t)7, TIDE_RECORD_MARK);
    }
  if (!record)
    return tide_pyapi.Py_BuildValue ("i", 0);
  record->time_ns = time_ns;
  record->id = id;
  record->rss_pages = rss > 0 ? (uint64_t)rss : 0;
  record->tid = (uint32_t)syscall (SYS_gettid);
  record->kind = (uint8_t)kind;
  memset (record->padding, 0, sizeof record->padding);
  record->text_length = (uint32_t)length;
  record->reserved = 0;
  memcpy (record + 1, text, length);
  tide_account_commit ();
  tide_account_ring_bell ();
  return tide_pyapi.Py_BuildValue ("i", 1);
}

/* measured(): whether somebody records this process through this agent.  */
static void *
measured (void *self, void *arguments)
{
  return tide_pyapi.Py_BuildValue ("i", tide_agent_get_region () != NULL);
}

/* request(on, off, parts, trigger_bytes, sample_bytes): see pagetide_agent_request().  */
static void *
request (void *self, void *arguments)
{
  unsigned on, off, parts;
  unsigned long long trigger_bytes, sample_bytes;

  if (!tide_pyapi.PyArg_ParseTuple (arguments, "IIIKK", &on, &off, &parts, &trigger_bytes, &sample_bytes))
    return NULL;
  return tide_pyapi.Py_BuildValue ("I", pagetide_agent_request (on, off, parts, trigger_bytes, sample_bytes));
}

static void *
settle (void *self, void *arguments)
{
  unsigned number;

  if (!tide_pyapi.PyArg_ParseTuple (arguments, "I", &number))
    return NULL;
  return tide_pyapi.Py_BuildValue ("i", pagetide_agent_settle (number));
}

/* state(instrument): (TideInstrumentState, why).  */
static void *
state (void *self, void *arguments)
{
  unsigned instrument, found;
  char reason[240];

  if (!tide_pyapi.PyArg_ParseTuple (arguments, "I", &instrument))
    return NULL;
  found = pagetide_agent_get_state (instrument, reason, sizeof reason);
  return tide_pyapi.Py_BuildValue ("Is", found, reason);
}

/* join_make(): a descriptor of the region, or -errno.  */
static void *
join_make (void *self, void *arguments)
{
  return tide_pyapi.Py_BuildValue ("i", tide_agent_make_region ());
}

/* join_begin(): None, or why this process cannot be measured.  */
static void *
join_begin (void *self, void *arguments)
{
  return tide_pyapi.Py_BuildValue ("z", tide_agent_begin ());
}

/* join_leave().  */
static void *
join_leave (void *self, void *arguments)
{
  tide_agent_leave ();
  return tide_pyapi.Py_BuildValue ("i", 0);
}

TidePyMethod tide_marks_methods[] = {
  { "mark", mark, TIDE_PY_METH_VARARGS, NULL },
  { "measured", measured, TIDE_PY_METH_NOARGS, NULL },
  { "request", request, TIDE_PY_METH_VARARGS, NULL },
  { "settle", settle, TIDE_PY_METH_VARARGS, NULL },
  { "join_make", join_make, TIDE_PY_METH_NOARGS, NULL },
  { "join_begin", join_begin, TIDE_PY_METH_NOARGS, NULL },
  { "join_leave", join_leave, TIDE_PY_METH_NOARGS, NULL },
  { "state", state, TIDE_PY_METH_VARARGS, NULL },
  { NULL, NULL, 0, NULL },
};
