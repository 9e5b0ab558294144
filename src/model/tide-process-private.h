#pragma once

#include "tide-column.h"
#include "tide-digest.h"
#include "tide-function-table.h"
#include "tide-interner.h"
#include "tide-name-order.h"
#include "tide-process.h"

G_BEGIN_DECLS

/* What only the model's own files may do with a process.  */

typedef struct
{
  char *text;
  guint32 same_as; /* the first id with this text */
} TideStringEntry;

typedef struct
{
  TideCode code;
  guint32 same_as;       /* the first id with this file, name and line, or TIDE_CODE_BEFORE */
  guint64 own_calls;     /* as told of this id              */
  _Atomic guint64 calls; /* of all ids that are the same as it */
} TideCodeEntry;

/* How often a function was called since it was last said, about a quarter of a second before.  */
typedef struct
{
  gint64 time_ns;
  guint32 function; /* smallest code id of the same function */
  guint32 n;
} TideCallRise;

struct _TideProcess
{
  GObject parent_instance;

  guint stream;
  TideProcessInfo *info;
  TideProcessEnd *end;
  TideCost *cost, *cost_before;
  TideSeries *rss;
  _Atomic gint64 last_time_ns;

  TideColumn strings;  /* TideStringEntry  */
  TideColumn codes;    /* TideCodeEntry    */
  TideColumn nodes;    /* TideNode     */
  TideColumn threads;  /* TideThread   */
  TideColumn events;   /* TideRssEvent */
  TideColumn statuses; /* TideStatus   */
  TideColumn calls;    /* TideCallBlock */
  gsize call_bytes;    /* of their payloads */
  _Atomic guint64 n_calls_dropped;
  _Atomic gboolean calls_counted;
  TideColumn call_rises;    /* TideCallRise; when it is full, only sums of the whole time are known */
  _Atomic gint64 page_size; /* of the newest info, for all threads */
  TideColumn sites;         /* TideSite      */
  TideColumn site_states;   /* TideSiteState */
  /* _Atomic (TideDigest *), one for each whole chunk of events, pushed before the last event of the chunk is
   * published.  NULL until somebody asks; then whoever is first puts it there.  */
  TideColumn digests;
  TideColumn collections; /* TideCollection */
  TideColumn marks;       /* TideMark       */
  gint64 last_event_ns, last_status_ns, last_collection_ns, last_mark_ns, last_site_ns, last_rise_ns;
  TideInterner *interner;

  GArray *notes;   /* TideNote        */
  GArray *outputs; /* TideOutputChunk */
  gint64 n_lost;

  GMutex name_order_lock; /* of the pointer and of making the order; readers of all threads */
  TideNameOrder *name_order;
};

TideProcess *tide_process_new (guint stream);

/* Main thread.  Takes what is in BATCH (its arrays are empty afterwards; the caller still frees it).  A
 * reader has checked it; what is wrong nevertheless is made harmless and keeps the ids dense: a reference to
 * what does not exist becomes 0, a time that goes back is set to the last, a size that no address space has
 * is clamped.  */
void tide_process_append (TideProcess *self, TideBatch *batch);

/* Main thread.  Parts of it; the arrays are empty afterwards.  */
void tide_process_append_collections (TideProcess *self, GArray *collections);
void tide_process_append_marks (TideProcess *self, GArray *marks);

/* Any thread.  The smallest code id with the same file, name and first line as CODE, or
 * TIDE_CODE_BEFORE.  The caller knows that CODE exists.  */
guint32 tide_process_get_function (TideProcess *self, guint32 code);

/* Any thread.  How often the function with this first id was called; -1: not measured.  */
gint64 tide_process_get_n_calls_of (TideProcess *self, guint32 function);

/* Any thread.  The digest of the events from CHUNK * 64 Ki on, all 64 Ki of which must have been published.
 * Made when it is asked for the first time, with DIGESTER.  Owned by the process.  */
const TideDigest *tide_process_get_digest (TideProcess *self, gsize chunk, TideDigester *digester);

/* Any thread.  An order of at least the first N_CODES codes.  Transfer full.  */
TideNameOrder *tide_process_ref_name_order (TideProcess *self, guint n_codes);

G_END_DECLS
