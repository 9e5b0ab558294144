#include "config.h"

#include "tide-cli.h"

#include "tide-export-rows.h"
#include "tide-loader.h"

#include <gio/gunixinputstream.h>
#include <gio/gunixoutputstream.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char help_text[] =
    N_ ("Usage: pagetide report FILE [OPTION…]\n"
        "\n"
        "Prints what a recording says.  FILE may be - for standard input.\n"
        "\n"
        "Options:\n"
        "  --view VIEW        summary (default), functions, lines, timeline, markers, events or processes;\n"
        "                     tree, allocator, tracemalloc and types are not built yet\n"
        "  --format FORMAT    text (default), json or csv\n"
        "  --range A..B       only from second A up to, but not including, second B; either may be left out\n"
        "  --pid PID          only the process with this number\n"
        "  --sort KEY         by this key of the view, the greatest first (functions: rss_self)\n"
        "  --top N            the first N rows only\n"
        "  --filter TEXT      only rows with TEXT in one of their names, letter case aside\n"
        "  -o, --output FILE  write to FILE, replacing it\n");

typedef struct
{
  char **files;
  char *view;
  char *format;
  char *range;
  char *sort;
  char *filter;
  char *output;
  gint64 pid;
  gint64 top;
  gboolean help;
} Arguments;

static void
arguments_clear (Arguments *self)
{
  g_strfreev (self->files);
  g_free (self->view);
  g_free (self->format);
  g_free (self->range);
  g_free (self->sort);
  g_free (self->filter);
  g_free (self->output);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Arguments, arguments_clear)

static gboolean
parse_arguments (Arguments *self, char **argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "view", 0, 0, G_OPTION_ARG_STRING, &self->view, NULL, NULL },
    { "format", 0, 0, G_OPTION_ARG_STRING, &self->format, NULL, NULL },
    { "range", 0, 0, G_OPTION_ARG_STRING, &self->range, NULL, NULL },
    { "pid", 0, 0, G_OPTION_ARG_INT64, &self->pid, NULL, NULL },
    { "sort", 0, 0, G_OPTION_ARG_STRING, &self->sort, NULL, NULL },
    { "top", 0, 0, G_OPTION_ARG_INT64, &self->top, NULL, NULL },
    { "filter", 0, 0, G_OPTION_ARG_STRING, &self->filter, NULL, NULL },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &self->output, NULL, NULL },
    { "help", 'h', 0, G_OPTION_ARG_NONE, &self->help, NULL, NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &self->files, NULL, NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_auto (GStrv) copy = g_strdupv (argv);

  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_add_main_entries (context, entries, NULL);
  return g_option_context_parse_strv (context, &copy, error);
}

/* Seconds to nanoseconds.  An empty text stands for FALLBACK.  */
static gboolean
parse_seconds (const char *text, gint64 fallback, gint64 *time_ns)
{
  char *end;
  double seconds;

  *time_ns = fallback;
  if (*text == '\0')
    return TRUE;
  if (!g_ascii_isdigit (*text) && *text != '.')
    return FALSE;
  seconds = g_ascii_strtod (text, &end);
  /* 9e9 seconds are the most that nanoseconds can count; a not-a-number fails this as well.  */
  if (*end != '\0' || !(seconds >= 0 && seconds <= 9e9))
    return FALSE;
  *time_ns = (gint64)(seconds * 1e9 + 0.5);
  return TRUE;
}

static gboolean
parse_range (const char *text, TideSpan *span)
{
  const char *dots = strstr (text, "..");
  g_autofree char *begin = dots != NULL ? g_strndup (text, (gsize)(dots - text)) : NULL;

  return dots != NULL && parse_seconds (begin, G_MININT64, &span->begin_ns)
         && parse_seconds (dots + 2, G_MAXINT64, &span->end_ns) && span->begin_ns <= span->end_ns;
}

static gboolean
parse_format (const char *text, TideExportFormat *format)
{
  static const char *const names[] = {
    [TIDE_EXPORT_TEXT] = "text", [TIDE_EXPORT_JSON] = "json", [TIDE_EXPORT_CSV] = "csv", NULL
  };

  for (guint i = 0; names[i] != NULL; i++)
    if (strcmp (names[i], text) == 0)
      {
        *format = (TideExportFormat)i;
        return TRUE;
      }
  return FALSE;
}

/* Fills OPTIONS, which borrows from SELF.  Gives 0, or says what is wrong and gives 1.  */
static int
get_options (const Arguments *self, TideExportOptions *options)
{
  *options = (TideExportOptions){ .view = TIDE_VIEW_SUMMARY,
                                  .format = TIDE_EXPORT_TEXT,
                                  .span = TIDE_SPAN_ALL,
                                  .filter = self->filter,
                                  .sort = self->sort,
                                  .top = self->top,
                                  .pid = MAX (self->pid, 0) };
  if (self->files == NULL || self->files[1] != NULL)
    return tide_cli_fail (_ ("report takes one recording: pagetide report FILE."));
  if (self->view != NULL && !tide_view_from_name (self->view, &options->view))
    return tide_cli_fail (_ ("There is no view “%s”: pagetide report --help lists those there are."),
                          self->view);
  if (!tide_view_is_supported (options->view))
    return tide_cli_fail (_ ("The view “%s” is not built yet."), self->view);
  if (self->format != NULL && !parse_format (self->format, &options->format))
    return tide_cli_fail (_ ("There is no format “%s”, only text, json and csv."), self->format);
  if (self->range != NULL && !parse_range (self->range, &options->span))
    return tide_cli_fail (_ ("“%s” is no range: it takes two times in seconds, as in 1.5..20."), self->range);
  if (self->pid < -1 || self->pid == 0)
    return tide_cli_fail (_ ("--pid takes the number of a process."));
  if (self->top < -1)
    return tide_cli_fail (_ ("--top takes the number of rows."));
  return 0;
}

typedef struct
{
  gint64 last_us;
  gboolean shown;
} Progress;

static void
show_progress (goffset done, goffset total, gpointer data)
{
  Progress *self = data;
  gint64 now_us = g_get_monotonic_time ();

  if (total <= 0 || now_us - self->last_us < G_TIME_SPAN_SECOND / 10)
    return;
  self->last_us = now_us;
  self->shown = TRUE;
  fprintf (stderr, "\r%3d %%", (int)(100 * done / total));
}

static TideRecording *
load (const char *path, GError **error)
{
  g_autoptr (GFile) file = NULL;
  /* What is read at once needs no progress.  */
  Progress progress = { .last_us = g_get_monotonic_time () };
  TideRecording *recording;

  if (strcmp (path, "-") == 0)
    {
      g_autoptr (GInputStream) input = g_unix_input_stream_new (STDIN_FILENO, FALSE);

      return tide_load_stream (input, NULL, error);
    }
  file = g_file_new_for_path (path);
  recording = tide_load (file, isatty (STDERR_FILENO) ? show_progress : NULL, &progress, NULL, error);
  if (progress.shown)
    fputs ("\r     \r", stderr);
  return recording;
}

/* Text goes to a terminal, whose encoding need not be ours.  */
static gboolean
needs_conversion (const TideExportOptions *options)
{
  const char *charset;

  return options->format == TIDE_EXPORT_TEXT && !g_get_charset (&charset);
}

static int
export_to_stdout (TideRecording *recording, const TideExportOptions *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GOutputStream) stream = NULL;

  if (needs_conversion (options))
    {
      stream = g_memory_output_stream_new_resizable ();
      if (tide_export (recording, options, stream, NULL, &error)
          && g_output_stream_write_all (stream, "", 1, NULL, NULL, &error))
        return tide_cli_print (g_memory_output_stream_get_data (G_MEMORY_OUTPUT_STREAM (stream)));
    }
  else
    {
      stream = g_unix_output_stream_new (STDOUT_FILENO, FALSE);
      if (tide_export (recording, options, stream, NULL, &error))
        return 0;
    }
  /* Whoever read has seen enough.  */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE))
    return 1;
  return tide_cli_fail ("%s", error->message);
}

static gboolean
is_same_file (const char *a, const char *b)
{
  GStatBuf first, second;

  return g_stat (a, &first) == 0 && g_stat (b, &second) == 0 && first.st_dev == second.st_dev
         && first.st_ino == second.st_ino;
}

static int
export_to_file (TideRecording *recording, const TideExportOptions *options, const char *path)
{
  g_autofree char *name = g_filename_display_name (path);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileOutputStream) stream = g_file_replace (file, NULL, FALSE, G_FILE_CREATE_NONE, NULL, &error);

  if (stream != NULL && tide_export (recording, options, G_OUTPUT_STREAM (stream), NULL, &error)
      && g_output_stream_close (G_OUTPUT_STREAM (stream), NULL, &error))
    return 0;
  if (stream != NULL && !g_output_stream_is_closed (G_OUTPUT_STREAM (stream)))
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();

      /* Closing a cancelled replacement leaves the file that was there.  */
      g_cancellable_cancel (cancellable);
      g_output_stream_close (G_OUTPUT_STREAM (stream), cancellable, NULL);
    }
  return tide_cli_fail (_ ("%s cannot be written: %s"), name, error->message);
}

/* Why there is no row of events, where that is so: most recordings are made without them.  */
static void
say_what_is_missing (TideRecording *recording, const TideExportOptions *options, const char *name)
{
  g_autoptr (GPtrArray) processes = tide_export_get_processes (recording, options);

  if (options->view != TIDE_VIEW_EVENTS || processes->len == 0)
    return;
  for (guint i = 0; i < processes->len; i++)
    {
      TideProcess *process = g_ptr_array_index (processes, i);
      g_auto (GStrv) instruments = tide_export_get_instruments (process);

      if (tide_process_get_n_calls (process) > 0
          || g_strv_contains ((const char *const *)instruments, "calls")
          || g_strv_contains ((const char *const *)instruments, "lines"))
        return;
    }
  tide_cli_say (_ ("%s: Calls were not measured, so there are no events: record with --instruments calls, or "
                   "lines."),
                name);
}

int
tide_cli_report (int argc, char **argv)
{
  g_auto (Arguments) arguments = { .pid = -1, .top = -1 };
  g_autoptr (TideRecording) recording = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = NULL;
  TideExportOptions options;
  const char *path;

  if (!parse_arguments (&arguments, argv, &error))
    return tide_cli_fail (_ ("%s; pagetide report --help lists what there is."), error->message);
  if (arguments.help)
    return tide_cli_print (_ (help_text));
  if (get_options (&arguments, &options) != 0)
    return 1;
  path = arguments.files[0];
  name = strcmp (path, "-") == 0 ? g_strdup (_ ("Standard input")) : g_filename_display_name (path);
  if (arguments.output != NULL && is_same_file (path, arguments.output))
    return tide_cli_fail (_ ("%s is the recording itself: the report needs a file of its own."), name);

  recording = load (path, &error);
  if (recording == NULL)
    return tide_cli_fail (_ ("%s cannot be read: %s"), name, error->message);
  for (guint i = 0; i < tide_recording_get_n_diagnostics (recording); i++)
    tide_cli_say ("%s: %s", name, tide_recording_get_diagnostic (recording, i));
  say_what_is_missing (recording, &options, name);
  options.path = strcmp (path, "-") == 0 ? NULL : path;
  if (arguments.output != NULL)
    return export_to_file (recording, &options, arguments.output);
  return export_to_stdout (recording, &options);
}
