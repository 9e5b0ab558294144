#include "config.h"

#include "tide-cli.h"

#include "tide-cli-help.h"
#include "tide-cli-join.h"
#include "tide-cli-options.h"
#include "tide-format.h"
#include "tide-instrument-name.h"
#include "tide-record-summary.h"
#include "tide-recording-name.h"
#include "tide-signal-relay.h"
#include "tide-store-error.h"
#include "tide-target.h"
#include "tide-wire.h"

#include <glib/gi18n-lib.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct
{
  GMainLoop *loop;
  TideTarget *target;
  TideRecordSummary *summary;
} Record;

static void
take_batches (Record *record)
{
  TideBatch *batch;

  while ((batch = tide_target_pop (record->target)) != NULL)
    {
      tide_record_summary_add (record->summary, batch);
      tide_batch_free (batch);
    }
}

static void
on_ready (TideTarget *target, gpointer data)
{
  take_batches (data);
}

static void
on_ended (TideTarget *target, gpointer data)
{
  Record *record = data;

  take_batches (record);
  g_main_loop_quit (record->loop);
}

static void
on_signal (int number, gpointer data)
{
  Record *record = data;

  tide_target_send_signal (record->target, number);
}

typedef struct
{
  Record *record;
  const TideSwitch *wish; /* the options' */
} Timed;

static gboolean
on_time (gpointer data)
{
  const Timed *timed = data;

  tide_target_switch (timed->record->target, TIDE_STREAM_ALL, timed->wish);
  return G_SOURCE_REMOVE;
}

static void
start_timers (Record *record, const GArray *switches)
{
  for (guint i = 0; i < switches->len; i++)
    {
      const TideCliSwitch *item = &g_array_index (switches, TideCliSwitch, i);
      Timed *timed = g_new (Timed, 1);

      *timed = (Timed){ record, &item->wish };
      g_timeout_add_full (G_PRIORITY_DEFAULT, item->after_ms, on_time, timed, g_free);
    }
}

/* The program's exit status, and 1 where nobody knows it.  */
static int
get_status (const TideProcessEnd *end, TideTarget *target)
{
  int status = tide_target_get_exit_status (target);

  if (end != NULL && end->kind == TIDE_END_EXITED)
    return (int)(end->value & 0xff);
  if (end != NULL && end->kind == TIDE_END_SIGNALLED)
    return 128 + (int)(end->value & 0x7f);
  if (end != NULL && end->kind == TIDE_END_EXECUTED && status >= 0)
    return status;
  return 1;
}

/* A few lines for whoever sits there.  */
static void
print_closing_lines (const char *path, guint64 size, TideRecordSummary *summary)
{
  g_autofree char *display = g_filename_display_name (path);
  g_autofree char *size_text = tide_format_bytes (size);
  g_autofree char *peak = tide_format_bytes ((guint64)tide_record_summary_get_peak (summary));
  gint64 bytes;
  g_autofree char *top = tide_record_summary_dup_top (summary, &bytes);
  g_autofree char *growth = tide_format_bytes_signed (bytes);

  if (top != NULL)
    tide_cli_say (_ ("recorded to %s (%s); peak %s; grew most in %s: %s"), display, size_text, peak, top,
                  growth);
  else
    tide_cli_say (_ ("recorded to %s (%s); peak %s"), display, size_text, peak);
  for (guint i = 0; i < TIDE_COST_N_INSTRUMENTS; i++)
    if (tide_record_summary_get_refusal (summary, i) != NULL)
      /* Translators: an instrument's name on the command line, and why it did not measure.  */
      tide_cli_say (_ ("without %s: %s"), tide_instrument_name (1u << i),
                    tide_record_summary_get_refusal (summary, i));
  if (tide_record_summary_get_cost (summary) > 0)
    tide_cli_say (_ ("measuring cost %.2f×"), tide_record_summary_get_cost (summary));
}

/* A file with nothing in it helps nobody.  Only while it is still the one that we have written; never a
 * device.  */
static void
remove_empty (const char *path, guint64 size)
{
  struct stat status;

  if (lstat (path, &status) == 0 && S_ISREG (status.st_mode) && (guint64)status.st_size == size)
    unlink (path);
}

static int
run (const TideLaunch *launch, const GArray *switches, const char *path, gboolean keep_on_failure)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (TideRecordSummary) summary = tide_record_summary_new ();
  g_autoptr (TideSignalRelay) relay = NULL;
  g_autoptr (TideTarget) target = NULL;
  g_autoptr (GError) error = NULL;
  Record record = { loop, NULL, summary };
  int status;

  relay = tide_signal_relay_new (on_signal, &record, &error);
  if (relay != NULL)
    record.target = target = tide_target_launch (launch, path, &error);
  if (target == NULL)
    {
      if (!keep_on_failure)
        unlink (path);
      return tide_cli_fail ("%s", error->message);
    }
  g_signal_connect (target, "ready", G_CALLBACK (on_ready), &record);
  g_signal_connect (target, "ended", G_CALLBACK (on_ended), &record);
  start_timers (&record, switches);
  g_main_loop_run (loop);

  status = get_status (tide_record_summary_get_end (summary), target);
  if (tide_record_summary_get_error (summary) != NULL)
    tide_cli_fail ("%s", tide_record_summary_get_error (summary));
  if (tide_target_get_error (target) != NULL)
    {
      tide_cli_fail ("%s", tide_target_get_error (target)->message);
      if (tide_record_summary_is_empty (summary))
        remove_empty (path, tide_target_get_journal_bytes (target));
      /* As large as --max-size allowed is no failure, but worth a word.  */
      if (status == 0
          && !g_error_matches (tide_target_get_error (target), TIDE_STORE_ERROR, TIDE_STORE_ERROR_FULL))
        status = 1;
      return status;
    }
  if (isatty (STDERR_FILENO))
    print_closing_lines (path, tide_target_get_journal_bytes (target), summary);
  return status;
}

int
tide_cli_record (int argc, char **argv)
{
  g_auto (TideCliOptions) options = { NULL };
  g_autofree char *path = NULL;
  gboolean named;
  g_autoptr (GError) error = NULL;

  if (!tide_cli_options_parse (&options, argc, argv, TRUE, &error))
    return tide_cli_fail ("%s", error->message);
  if (options.help)
    return tide_cli_print_help ("record");
  if (options.launch->join.pid > 0)
    return tide_cli_join (options.launch, options.output);
  if (!tide_launch_check (options.launch, &error))
    return tide_cli_fail ("%s", error->message);
  path = options.output != NULL ? g_steal_pointer (&options.output) : NULL;
  named = path != NULL;
  if (path == NULL)
    path = tide_recording_name_reserve (".", options.launch, &error);
  if (path == NULL)
    return tide_cli_fail ("%s", error->message);
  return run (options.launch, options.switches, path, named);
}
