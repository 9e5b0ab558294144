#include "config.h"

#include "tide-export.h"

#include "tide-export-rows.h"
#include "tide-row-order.h"
#include "tide-row-writer.h"

#include <glib/gi18n-lib.h>

/* The column to sort by, -1: none.  FALSE and ERROR for a key that is none.  */
static gboolean
find_sort_column (TideRowSource *source, const TideExportOptions *options, gint *column, GError **error)
{
  const char *key = options->sort != NULL ? options->sort : source->default_sort;
  g_autoptr (GString) keys = NULL;

  *column = key != NULL ? tide_row_source_find_sortable (source, key) : -1;
  if (key == NULL || *column >= 0)
    return TRUE;
  keys = g_string_new (NULL);
  for (guint i = 0; i < source->n_columns; i++)
    if (tide_row_source_find_sortable (source, source->columns[i].key) >= 0)
      g_string_append_printf (keys, "%s%s", keys->len > 0 ? ", " : "", source->columns[i].key);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
               _ ("The view “%s” cannot be sorted by “%s”, only by one of: %s."),
               tide_view_get_name (options->view), key, keys->str);
  return FALSE;
}

static void
put_start (GString *out, gint64 start_wall_ns)
{
  g_autoptr (GDateTime) start =
      g_date_time_new_from_unix_utc (start_wall_ns / G_GINT64_CONSTANT (1000000000));
  g_autofree char *text =
      start != NULL && start_wall_ns > 0 ? g_date_time_format (start, "%Y-%m-%dT%H:%M:%S") : NULL;

  if (text != NULL)
    g_string_append_printf (out, "\"%s.%03dZ\"", text, (int)(start_wall_ns / 1000000 % 1000));
  else
    g_string_append (out, "null");
}

/* Of the process that was asked for, or of the first.  */
static void
put_recording (GString *out, TideRecording *recording, const TideExportOptions *options)
{
  g_autoptr (GPtrArray) processes = tide_export_get_processes (recording, options);
  TideProcess *process = processes->len > 0 ? g_ptr_array_index (processes, 0) : NULL;
  g_autofree char *path = options->path != NULL ? g_filename_display_name (options->path) : NULL;
  gint64 n_lost = 0;

  for (guint i = 0; i < processes->len; i++)
    n_lost += tide_process_get_n_lost (g_ptr_array_index (processes, i));
  g_string_append (out, "{\"path\": ");
  tide_json_put_string (out, path);
  if (process != NULL)
    {
      const TideProcessInfo *info = tide_process_get_info (process);
      g_auto (GStrv) instruments = tide_export_get_instruments (process);

      g_string_append_printf (out, ", \"pid\": %u, \"python\": ", info->pid);
      tide_json_put_string (out, info->python_version);
      g_string_append (out, ", \"argv\": ");
      tide_json_put_list (out, (const char *const *)info->argv);
      g_string_append (out, ", \"started\": ");
      put_start (out, info->start_wall_ns);
      g_string_append (out, ", \"instruments\": ");
      tide_json_put_list (out, (const char *const *)instruments);
    }
  else
    g_string_append (
        out, ", \"pid\": null, \"python\": null, \"argv\": null, \"started\": null, \"instruments\": null");
  g_string_append (out, ", \"duration_s\": ");
  tide_json_put_seconds (out, tide_recording_get_last_time (recording));
  g_string_append_printf (out, ", \"lost\": %" G_GINT64_FORMAT ", \"complete\": %s, \"diagnostics\": [",
                          n_lost, tide_recording_is_complete (recording) ? "true" : "false");
  for (guint i = 0; i < tide_recording_get_n_diagnostics (recording); i++)
    {
      g_string_append (out, i > 0 ? ", " : "");
      tide_json_put_string (out, tide_recording_get_diagnostic (recording, i));
    }
  g_string_append (out, "]}");
}

static gboolean
write_rows (TideRowWriter *writer,
            TideRecording *recording,
            const TideExportOptions *options,
            TideRowSource *source,
            const gsize *order,
            gsize n,
            GError **error)
{
  if (options->format == TIDE_EXPORT_JSON)
    {
      g_string_append (writer->pending, "{\"pagetide\": ");
      tide_json_put_string (writer->pending, PAGETIDE_VERSION);
      g_string_append (writer->pending, ",\n\"recording\": ");
      put_recording (writer->pending, recording, options);
      g_string_append (writer->pending, ",\n\"view\": ");
      tide_json_put_string (writer->pending, tide_view_get_name (options->view));
      g_string_append (writer->pending, ",\n\"rows\": ");
    }
  if (!tide_row_writer_put_rows (writer, options->format, source, order, n, error))
    return FALSE;
  if (options->format == TIDE_EXPORT_JSON)
    g_string_append (writer->pending, "}\n");
  return tide_row_writer_flush (writer, error);
}

gboolean
tide_export (TideRecording *recording,
             const TideExportOptions *options,
             GOutputStream *stream,
             GCancellable *cancellable,
             GError **error)
{
  g_autoptr (TideRowSource) source = tide_export_rows_new (recording, options, cancellable, error);
  g_autofree gsize *order = NULL;
  TideRowWriter writer;
  gint column;
  gsize n;
  gboolean ok;

  if (source == NULL || !find_sort_column (source, options, &column, error)
      || !tide_row_order (source, options->filter, column, &order, &n, cancellable, error))
    return FALSE;
  if (options->top >= 0)
    n = MIN (n, (guint64)options->top);
  tide_row_writer_init (&writer, stream, cancellable);
  ok = write_rows (&writer, recording, options, source, order, n, error);
  tide_row_writer_clear (&writer);
  return ok;
}
