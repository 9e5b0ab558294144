#pragma once

#include "tide-export.h"
#include "tide-row-source.h"

G_BEGIN_DECLS

/* Writes rows in the three formats, piece by piece.  Any one thread at a time.  */
typedef struct
{
  GOutputStream *stream; /* borrowed */
  GCancellable *cancellable;
  GString *pending;
} TideRowWriter;

void tide_row_writer_init (TideRowWriter *self, GOutputStream *stream, GCancellable *cancellable);
void tide_row_writer_clear (TideRowWriter *self);
/* Writes what is pending.  */
gboolean tide_row_writer_flush (TideRowWriter *self, GError **error);

/* The rows of SOURCE whose indices ORDER has (gsize; NULL: the first N, as they come).  JSON: an array,
 * without what stands around it.  */
gboolean tide_row_writer_put_rows (TideRowWriter *self,
                                   TideExportFormat format,
                                   TideRowSource *source,
                                   const gsize *order,
                                   gsize n,
                                   GError **error);

/* Append one JSON value to OUT.  */
void tide_json_put_string (GString *out, const char *text); /* NULL: null; made valid where it is not UTF-8 */
void tide_json_put_list (GString *out, const char *const *list);
void tide_json_put_seconds (GString *out, gint64 time_ns);

G_END_DECLS
