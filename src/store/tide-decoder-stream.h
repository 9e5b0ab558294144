#pragma once

#include "tide-batch.h"
#include "tide-frames.h"

G_BEGIN_DECLS

/* What a decoder knows of one stream.  Internal to the decoder.  */
typedef struct
{
  guint number;
  TideProcessInfo *info;
  guint32 n_strings, n_codes, n_nodes, n_threads, n_sites;
  gint64 last_time_ns;
  gint64 last_call_ns;
  gint64 last_rss;    /* -1: none yet                                 */
  gboolean rss_holds; /* the last sample repeats the one before it    */
  TideBatch *batch;   /* the one that is being filled, borrowed       */
} TideDecoderStream;

/* Of all streams of a decoder: what is bounded, so that a hostile recording cannot take all memory or make a
 * sum overflow.  */
typedef struct
{
  guint64 n_definitions, n_text_bytes;
  gint64 traffic_bytes;
  gint64 n_lost;
} TideDecoderTotals;

/* BATCH: where its frames go.  */
TideDecoderStream *tide_decoder_stream_new (guint number, const TideHello *hello, TideBatch *batch);
void tide_decoder_stream_free (TideDecoderStream *self);
/* A frame other than HELLO, of a type that this version knows, into the batch.  FALSE: it is damaged, and
 * nothing may come after it.  */
gboolean tide_decoder_stream_take (TideDecoderStream *self,
                                   TideDecoderTotals *totals,
                                   TideFrameType type,
                                   TideSlice payload);

/* For the files of the decoder: a time that lies before the last one is set to it; FALSE when it is none.  */
gboolean tide_decoder_stream_advance (TideDecoderStream *self, gint64 *time_ns);
/* A SITES frame.  */
gboolean
tide_decoder_stream_take_sites (TideDecoderStream *self, TideDecoderTotals *totals, TideSlice payload);

G_END_DECLS
