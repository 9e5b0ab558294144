#pragma once

#include <stdbool.h>

/* While a tool of ours is in sys.monitoring, the program finds its place free, as it would without us: what
 * it asks about the place is answered so, and where it takes or changes it, ours moves away first.
 *
 * Also, an instruction that calls a C function tells all tools of the return if it told any of the call.  So
 * who begins to listen in sys.setprofile() or sys.monitoring.set_events() would be told, because of us, that
 * this call returns, which it never saw begin; the module profile, for one, stops at that.  It is kept back.
 *
 * The functions of the modules stay the objects that they are; what they call is another.  Other interpreters
 * of the process get the true ones.  All with the GIL held.  */

#define TIDE_CALLS_COVER_REFUSED "This interpreter does not let its own functions be changed."

typedef struct
{
  bool (*is_ours) (long tool);
  void (*give_way) (void);         /* the place of ours is wanted; no exception is set        */
  void (*hide) (void *all_events); /* takes ours out of a dict of names and bits of tools     */
  long call;                       /* the bit of CALL */
  long call_and_ends;              /* and those of C_RETURN and C_RAISE */
} TideCallsCoverUser;

/* MONITORING is the module, borrowed as long as the cover is there, or NULL up to 3.11; then USER is not
 * needed. Functions of another form than expected stay as they are.  False: those of this interpreter may not
 * be written to, and nothing has changed.  */
bool tide_calls_cover_put (void *monitoring, const TideCallsCoverUser *user);

/* Also where it is not there.  */
void tide_calls_cover_lift (void);

typedef struct
{
  void *callee; /* not to be looked into: the C function that was called last and has not returned, or NULL */
  bool owed;    /* a tool of the program listens as soon as the call has returned                 */
} TideCallsCoverCall;

extern TideCallsCoverCall tide_calls_cover_call;

void tide_calls_cover_pay (void);

static inline void
tide_calls_cover_call_begins (void *callee)
{
  tide_calls_cover_call.callee = callee;
}

/* By return, by exception, or in Python code; who is told of it has been chosen.  */
static inline void
tide_calls_cover_call_ends (void)
{
  tide_calls_cover_call.callee = 0;
  if (__builtin_expect (tide_calls_cover_call.owed, 0))
    tide_calls_cover_pay ();
}
