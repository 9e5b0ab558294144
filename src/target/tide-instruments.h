#pragma once

#include "tide-switch-frames.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* How those that are on measure.  */
typedef struct
{
  guint64 trigger_bytes; /* calls and lines: only those that moved RSS by so much; 0: all     */
  guint64 sample_bytes;  /* bytes-sampled: mean distance of two samples; 0: the default       */
  guint budget;          /* thousandths of the program's time that measuring may take; 0: any */
} TideInstrumentOptions;

guint tide_instruments_default (void); /* what a launch has when nobody chose */
/* Without the bits that this version does not know, with the sampler.  */
guint tide_instruments_known (guint instruments);

/* "events,faults" to bits, and back (transfer full).  The sampler is always among them.  Unknown or not yet
 * built names are an error that names them.  "bytes-sampled=64K" sets SAMPLE_BYTES, which else stays as it
 * is; NULL: no value is taken.  */
gboolean tide_instruments_parse (const char *text, guint *instruments, guint64 *sample_bytes, GError **error);
char *tide_instruments_format (guint instruments);

/* "+bytes,-faults": what is to start and to stop.  */
gboolean tide_instruments_parse_switch (const char *text, TideSwitch *wish, GError **error);

/* "64M" to bytes; not 0.  */
gboolean tide_parse_size (const char *text, guint64 *bytes);

G_END_DECLS
