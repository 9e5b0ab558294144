#pragma once

#include "tide-decoder.h"

G_BEGIN_DECLS

/* Reads process logs, as `python -m pagetide.process` and pymemtrace's `process` write them: any text in
 * which lines hold `ProcessLoggingThread-JSON`, perhaps `-START` or `-STOP`, a space, and a JSON object. Each
 * process becomes a stream, each line a sample of it, each label a mark.  Any one thread at a time.
 *
 * Every byte is taken for hostile: lines have a bound, and so has the depth of their objects.  Keys differ
 * between systems: what is there is taken, what is not is not missed.  Lines of other programs are passed
 * over; those that are damaged are left out and told of.  */
typedef struct _TideProcessLog TideProcessLog;

/* How much of a file's begin is looked at to see what it is.  */
#define TIDE_PROCESS_LOG_SNIFF_BYTES (1u << 20)

/* Whether the first bytes of a file are those of a log with such lines.  */
gboolean tide_process_log_sniff (const guint8 *data, gsize length);

/* What is read goes into DECODER, which must outlive it.  */
TideProcessLog *tide_process_log_new (TideDecoder *decoder);
void tide_process_log_free (TideProcessLog *self);
/* The next bytes, in pieces of any size.  FALSE and ERROR when the decoder refuses what is made of them.  */
gboolean tide_process_log_push (TideProcessLog *self, const guint8 *data, gsize length, GError **error);
/* After the last byte.  */
gboolean tide_process_log_end (TideProcessLog *self, GError **error);
/* Sentences about lines that were left out, at most a few; transfer none.  After the end.  */
const GPtrArray *tide_process_log_get_diagnostics (TideProcessLog *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TideProcessLog, tide_process_log_free)

G_END_DECLS
