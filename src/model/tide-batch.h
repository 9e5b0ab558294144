#pragma once

#include "tide-mark.h"

G_BEGIN_DECLS

/* What one reader decoded in one go, ready to be appended to a recording: plain arrays, no GObjects.  Made by
 * a reader thread, consumed by tide_recording_append() on the main thread.  All of it has been checked: ids
 * are dense and refer backwards, times do not decrease, sizes are bytes.  One batch speaks of one stream.  */

typedef struct
{
  guint32 file, name; /* string ids, 0: unknown */
  guint32 first_line;
} TideCode;

typedef struct
{
  guint32 parent; /* node id, 0: root; always smaller than this node's own */
  guint32 code;   /* code id, 0: no Python */
  guint32 line;
} TideNode;

typedef struct
{
  guint32 tid;
  char *name; /* UTF-8, owned */
} TideThread;

typedef struct
{
  gint64 time_ns;
  gint64 delta_bytes;
  gint64 rss_bytes;
  guint32 node;
  guint16 thread; /* thread id; those above 65535 are 0 */
  guint8 source;  /* TideSource of the wire */
} TideRssEvent;

typedef struct
{
  gint64 time_ns;
  gint64 rss_bytes;
} TideRssSample;

/* The slower figures of /proc, -1 where not given.  */
typedef struct
{
  gint64 time_ns;
  gint64 swap_bytes;
  gint64 minor_faults, major_faults;
  gint64 cpu_ns; /* user and system */
  gint64 n_threads;
} TideStatus;

typedef enum
{
  TIDE_NOTE_MESSAGE,    /* text, severity in value                    */
  TIDE_NOTE_LOST,       /* value: how many, detail: TideLostKind       */
  TIDE_NOTE_INSTRUMENT, /* detail: instrument; value: state; text: why */
  TIDE_NOTE_PAUSE,      /* value: 1 paused, 0 went on                  */
} TideNoteKind;

typedef struct
{
  gint64 time_ns;
  TideNoteKind kind;
  guint32 detail;
  gint64 value;
  gint64 unit_bytes; /* of an instrument, 0: unknown */
  char *text;        /* UTF-8, owned, or NULL */
} TideNote;

typedef struct
{
  gint64 time_ns;
  guint descriptor; /* 1 or 2 */
  GBytes *bytes;    /* as they came, owned */
} TideOutputChunk;

/* A place whose Python bytes are counted: TideSiteKind of the wire.  */
typedef enum
{
  TIDE_SITE_SCOPE_LINE = 1,
  TIDE_SITE_SCOPE_FUNCTION = 2, /* live and peak bytes of the whole function */
  TIDE_SITE_SCOPE_PROCESS = 3,  /* the same of the whole process             */
} TideSiteScope;

typedef struct
{
  guint32 code; /* code id, 0: no Python frame */
  guint32 line; /* 0: unknown */
  TideSiteScope scope;
} TideSite;

/* What a site came to since the start.  */
typedef struct
{
  gint64 time_ns;
  guint32 site; /* its number, from 1 on */
  gfloat live_error;
  gfloat allocated_error; /* standard errors in bytes; 0: exact */
  gint64 live_bytes, live_blocks;
  gint64 allocated_bytes, n_allocated;
  gint64 freed_bytes, n_freed;
  gint64 peak_bytes;
  gint64 n_temporary;
} TideSiteState;

/* Who the process is.  Strings are valid UTF-8 (made so for display) or NULL.  */
typedef struct
{
  guint pid, parent_pid;
  guint page_size;
  gint64 start_wall_ns; /* Unix time at time 0 of the recording             */
  gint64 start_ns;      /* when the process was started, in the recording */
  char *executable;
  char *directory;
  char *host;
  char **argv;
  char *producer;
  char *python_version; /* NULL until the interpreter told */
  guint32 python_hex, python_flags;
  guint32 instruments;
} TideProcessInfo;

typedef struct
{
  gint64 time_ns;
  guint kind; /* TideEndKind of the wire */
  guint value;
  gint64 peak_rss_bytes; /* 0: unknown */
} TideProcessEnd;

/* Calls, returns, lines and exceptions: there may be a hundred million of them, so they stay packed, as the
 * reader packed and understands them; the model knows only where they are.  */
#define TIDE_CALL_N_KINDS 7

typedef struct
{
  GBytes *payload; /* owned */
  gint64 first_ns, last_ns;
  guint32 n;
  guint32 n_of_kind[TIDE_CALL_N_KINDS];
  gint64 last_rss_pages;
  /* Filled by the process: what is in the blocks before it.  */
  guint64 n_before;
  guint64 n_before_of_kind[TIDE_CALL_N_KINDS];
  gint64 rss_pages_before; /* of the event before the first, -1: there is none */
} TideCallBlock;

typedef struct
{
  gint64 time_ns;
  guint32 code;
  guint64 count; /* calls so far */
} TideCallCount;

#define TIDE_COST_N_INSTRUMENTS 8

/* What measuring has cost so far.  */
typedef struct
{
  gint64 time_ns;
  gint64 agent_ns, agent_bytes, helper_ns, target_cpu_ns;
  gint64 instrument_ns[TIDE_COST_N_INSTRUMENTS]; /* of agent_ns, by bit number; -1: not told */
} TideCost;

typedef struct
{
  guint stream;
  TideProcessInfo *info; /* NULL unless HELLO or PYTHON came: then all that is known now */
  GPtrArray *strings;    /* char *, UTF-8; the next ids                                  */
  GArray *codes;         /* TideCode, the next ids                                       */
  GArray *nodes;         /* TideNode, the next ids                                       */
  GArray *threads;       /* TideThread, the next ids                                     */
  GArray *events;        /* TideRssEvent                                                 */
  GArray *samples;       /* TideRssSample: of SAMPLE frames and of events, in time order  */
  GArray *statuses;      /* TideStatus                                                   */
  GArray *collections;   /* TideCollection, in order of time                             */
  GArray *marks;         /* TideMark, in order of time                                   */
  GArray *sites;         /* TideSite, the next numbers                                   */
  GArray *site_states;   /* TideSiteState                                                */
  GArray *notes;         /* TideNote                                                     */
  GArray *outputs;       /* TideOutputChunk                                              */
  GArray *call_blocks;   /* TideCallBlock                                                */
  GArray *call_counts;   /* TideCallCount                                                */
  TideCost *cost;        /* NULL, or the newest                                          */
  TideProcessEnd *end;   /* NULL unless BYE came                                         */
  gint64 last_time_ns;   /* of anything in it                                            */
} TideBatch;

TideBatch *tide_batch_new (guint stream);
void tide_batch_free (TideBatch *self);
gboolean tide_batch_is_empty (const TideBatch *self);

TideProcessInfo *tide_process_info_copy (const TideProcessInfo *self);
void tide_process_info_free (TideProcessInfo *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TideBatch, tide_batch_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TideProcessInfo, tide_process_info_free)

G_END_DECLS
