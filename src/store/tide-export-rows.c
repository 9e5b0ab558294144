#include "config.h"

#include "tide-export-rows.h"

#include "tide-instrument-name.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static const char *const view_names[TIDE_N_VIEWS] = {
  [TIDE_VIEW_SUMMARY] = "summary",
  [TIDE_VIEW_FUNCTIONS] = "functions",
  [TIDE_VIEW_TIMELINE] = "timeline",
  [TIDE_VIEW_LINES] = "lines",
  [TIDE_VIEW_TREE] = "tree",
  [TIDE_VIEW_MARKERS] = "markers",
  [TIDE_VIEW_PROCESSES] = "processes",
  [TIDE_VIEW_ALLOCATOR] = "allocator",
  [TIDE_VIEW_TRACEMALLOC] = "tracemalloc",
  [TIDE_VIEW_TYPES] = "types",
  [TIDE_VIEW_EVENTS] = "events",
};

gboolean
tide_view_from_name (const char *name, TideView *view)
{
  for (guint i = 0; i < TIDE_N_VIEWS; i++)
    if (strcmp (view_names[i], name) == 0)
      {
        *view = (TideView)i;
        return TRUE;
      }
  return FALSE;
}

const char *
tide_view_get_name (TideView view)
{
  g_return_val_if_fail (view < TIDE_N_VIEWS, NULL);
  return view_names[view];
}

gboolean
tide_view_is_supported (TideView view)
{
  return view == TIDE_VIEW_SUMMARY || view == TIDE_VIEW_FUNCTIONS || view == TIDE_VIEW_TIMELINE
         || view == TIDE_VIEW_LINES || view == TIDE_VIEW_MARKERS || view == TIDE_VIEW_EVENTS
         || view == TIDE_VIEW_PROCESSES;
}

GPtrArray *
tide_export_get_processes (TideRecording *recording, const TideExportOptions *options)
{
  GPtrArray *processes = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < tide_recording_get_n_processes (recording); i++)
    {
      TideProcess *process = tide_recording_get_process (recording, i);

      if (options->pid == 0 || tide_process_get_info (process)->pid == options->pid)
        g_ptr_array_add (processes, g_object_ref (process));
    }
  return processes;
}

GStrv
tide_export_get_instruments (TideProcess *process)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  guint asked_for = tide_process_get_info (process)->instruments, on = 0;
  gboolean told = FALSE;

  for (gsize i = 0; i < tide_process_get_n_notes (process); i++)
    {
      const TideNote *note = tide_process_get_note (process, i);

      if (note->kind != TIDE_NOTE_INSTRUMENT)
        continue;
      told = TRUE;
      if (note->value == TIDE_STATE_ON)
        on |= note->detail;
    }
  /* A recording that tells of none: those that were asked for.  Sampling needs nobody's leave.  */
  on |= told ? asked_for & TIDE_INSTRUMENT_SAMPLER : asked_for;
  for (guint i = 0; i < TIDE_N_INSTRUMENTS; i++)
    if (on & 1u << i)
      g_strv_builder_add (names, tide_instrument_name (1u << i));
  return g_strv_builder_end (names);
}

TideRowSource *
tide_export_rows_new (TideRecording *recording,
                      const TideExportOptions *options,
                      GCancellable *cancellable,
                      GError **error)
{
  g_autoptr (GPtrArray) processes = tide_export_get_processes (recording, options);

  switch (options->view)
    {
    case TIDE_VIEW_SUMMARY:
      return tide_summary_rows_new (processes, options, cancellable, error);
    case TIDE_VIEW_FUNCTIONS:
      return tide_function_rows_new (processes, options, cancellable, error);
    case TIDE_VIEW_TIMELINE:
      return tide_timeline_rows_new (processes, options);
    case TIDE_VIEW_MARKERS:
      return tide_marker_rows_new (processes, options);
    case TIDE_VIEW_EVENTS:
      return tide_event_rows_new (processes, options);
    case TIDE_VIEW_PROCESSES:
      return tide_process_rows_new (processes, options);
    case TIDE_VIEW_LINES:
      return tide_line_rows_new (processes, options, cancellable, error);
    case TIDE_VIEW_TREE:
    case TIDE_VIEW_ALLOCATOR:
    case TIDE_VIEW_TRACEMALLOC:
    case TIDE_VIEW_TYPES:
    case TIDE_N_VIEWS:
    default:
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, _ ("The view “%s” is not built yet."),
                   tide_view_get_name (options->view));
      return NULL;
    }
}
