#pragma once

#include "tide-batch.h"
#include "tide-frames.h"

G_BEGIN_DECLS

#define SAMPLE_PAGE 4096
#define MS_NS 1000000ll

/* A slice of a string literal, zero bytes inside it included.  */
#define SLICE(text) ((TideSlice){ text, sizeof (text) - 1 })

/* HELLO of a process with this pid.  */
void sample_put_hello (TideBuffer *buffer, guint16 stream, guint32 pid);

/* A short life of one process with every frame type in it: 3 strings, 2 codes, 3 nodes, 1 thread, 4 events, 2
 * samples, BYE.  */
void sample_put_life (TideBuffer *buffer, guint16 stream, guint32 pid);

/* N events of one page each, every MS_NS from BEGIN_NS, charged to node 1 + i % 3, and RSS that grows from N0
 * pages.  */
void sample_put_growth (TideBuffer *buffer, guint16 stream, gint64 begin_ns, guint64 n0, guint n);

/* Length of the first N frames.  */
gsize sample_length_of (const TideBuffer *buffer, guint n);

/* All of BATCH as text, for comparing.  */
void sample_describe (GString *out, const TideBatch *batch);

/* What every batch promises, whatever the bytes were.  */
typedef struct
{
  guint n_strings, n_codes, n_nodes, n_threads;
  gint64 last_ns;
} SampleCheck;

void sample_check_batch (SampleCheck *check, const TideBatch *batch);

G_END_DECLS
