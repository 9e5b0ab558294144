/* What the window does under load: frames and held times of the main thread while firehose sends a million
 * and two million events a second, then over the recording that it left.  The figures are for people: it
 * fails only when something does not come at all.
 *
 *   bench-window [SECONDS]   of each live part (4); the recording is of 2.5 million events times SECONDS  */

#include "tide-frame-meter.h"

#include "ui-fixture.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>

/* Longer than anything here may take on a machine that does other things as well.  */
#define LIMIT_SECONDS 30

static TideWindow *shown;

/* --- waiting --- */

static gboolean
on_limit (gpointer data)
{
  const char *said = tide_message_bar_get_text (tide_window_get_message_bar (shown));

  g_error ("%s did not come within %d s; the window says: %s", (const char *)data, LIMIT_SECONDS,
           said != NULL ? said : "nothing");
  return G_SOURCE_REMOVE;
}

static void
wait_for (UiCondition condition, gpointer data, const char *what)
{
  guint limit = g_timeout_add_seconds (LIMIT_SECONDS, on_limit, (gpointer)what);

  while (!condition (data))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (limit);
}

static gboolean
is_true (gpointer data)
{
  return *(gboolean *)data;
}

static gboolean
set_true (gpointer data)
{
  *(gboolean *)data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
run_for (double seconds)
{
  gboolean over = FALSE;

  g_timeout_add ((guint)(seconds * 1000), set_true, &over);
  wait_for (is_true, &over, "the end");
}

static double
ms_since (gint64 begun_us)
{
  return (g_get_monotonic_time () - begun_us) / 1e3;
}

static gboolean
has_ended (gpointer data)
{
  return tide_session_get_state (data) == TIDE_SESSION_ENDED;
}

static gboolean
is_empty (gpointer data)
{
  return tide_session_get_state (data) == TIDE_SESSION_EMPTY;
}

static gboolean
has_table (gpointer data)
{
  return tide_session_get_table (data) != NULL;
}

/* --- live --- */

typedef struct
{
  const char *name;
  guint rate;
  double parts; /* of SECONDS */
  const char *tab;
  gboolean zoomed, selection, typing;
} Live;

static gboolean
type_on (gpointer data)
{
  static const char *const texts[] = { "f", "fu", "fun", "func", "function_1", "function_12", "", "Module3" };
  static guint n;

  gtk_editable_set_text (data, texts[n++ % G_N_ELEMENTS (texts)]);
  return G_SOURCE_CONTINUE;
}

static void
start_firehose (TideWindow *window, guint rate, double seconds)
{
  g_autoptr (TideLaunch) launch = tide_launch_new ();
  g_autofree char *rate_text = g_strdup_printf ("%u", rate);
  g_autofree char *seconds_text = g_strdup_printf ("%.0f", ceil (seconds));

  g_setenv ("FIREHOSE_RATE", rate_text, TRUE);
  g_setenv ("FIREHOSE_SECONDS", seconds_text, TRUE);
  launch->kind = TIDE_PROGRAM_CODE;
  launch->program = g_strdup ("pass");
  tide_window_launch (window, launch);
  if (tide_session_get_state (tide_window_get_session (window)) != TIDE_SESSION_LIVE)
    g_error ("firehose was not launched: does PAGETIDE_HELPER name it?");
}

static void
run_live (TideWindow *window, const Live *live, double seconds)
{
  TideSession *session = tide_window_get_session (window);
  g_autoptr (TideFrameMeter) meter = tide_frame_meter_new (window);
  guint typing = 0;

  tide_session_close (session);
  g_action_group_change_action_state (G_ACTION_GROUP (window), "tab", g_variant_new_string (live->tab));
  start_firehose (window, live->rate, seconds * live->parts + 1);
  wait_for (has_table, session, "the first table");
  if (live->zoomed)
    {
      TideSpan visible = tide_session_get_visible (session);

      tide_session_zoom (session, visible.end_ns, 1e9 / (double)(visible.end_ns - visible.begin_ns));
      tide_session_set_follow (session, TRUE);
    }
  if (live->selection)
    tide_session_set_selection (session, (TideSpan){ 0, tide_session_get_whole (session).end_ns / 2 });
  if (live->typing)
    typing = g_timeout_add (200, type_on,
                            tide_filter_row_get_entry (tide_functions_view_get_filter_row (
                                tide_window_get_functions_view (window))));
  tide_frame_meter_begin (meter);
  run_for (seconds * live->parts);
  tide_frame_meter_print (meter, live->name);
  g_clear_handle_id (&typing, g_source_remove);
  tide_session_set_filter (session, NULL);
  wait_for (has_ended, session, "the end of the session");
}

/* --- a recording --- */

static void
on_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (!tide_session_save_finish (TIDE_SESSION (source), result, &error))
    g_error ("%s", error->message);
  *(gboolean *)data = TRUE;
}

static void
open_recording (TideWindow *window, GFile *file)
{
  TideSession *session = tide_window_get_session (window);
  g_autoptr (TideFrameMeter) meter = tide_frame_meter_new (window);
  gint64 begun;

  tide_frame_meter_keep_drawing (meter, TRUE);
  begun = g_get_monotonic_time ();
  tide_window_open (window, file);
  run_for (0.3);
  if (ui_action_enabled (window, "cancel-loading"))
    {
      begun = g_get_monotonic_time ();
      ui_activate (window, "cancel-loading");
      wait_for (is_empty, session, "the end of loading");
      g_print ("opening was given up within %.1f ms\n", ms_since (begun));
    }
  else
    g_print ("opening took less than 300 ms\n");
  run_for (0.2);

  tide_frame_meter_begin (meter);
  begun = g_get_monotonic_time ();
  tide_window_open (window, file);
  wait_for (has_ended, session, "the recording");
  g_print ("%" G_GSIZE_FORMAT " events were opened in %.0f ms",
           tide_process_get_n_events (tide_session_get_process (session)), ms_since (begun));
  wait_for (has_table, session, "the table of the recording");
  g_print (", the table of all came after %.0f ms\n", ms_since (begun));
  tide_frame_meter_print (meter, "opening");
}

typedef struct
{
  TideSession *session;
  guint n;
  gboolean pan;
} Moves;

/* There and back, around a place that is no end.  */
static gboolean
move (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  Moves *moves = data;
  TideSpan whole = tide_session_get_whole (moves->session),
           visible = tide_session_get_visible (moves->session);
  gboolean there = moves->n++ % 120 < 60;

  if (moves->pan)
    tide_session_pan (moves->session, (visible.end_ns - visible.begin_ns) / (there ? 40 : -40));
  else
    tide_session_zoom (moves->session, whole.end_ns / 3, there ? 0.85 : 1 / 0.85);
  return G_SOURCE_CONTINUE;
}

static void
move_about (TideWindow *window, const char *name, gboolean pan, double seconds)
{
  Moves moves = { tide_window_get_session (window), 0, pan };
  g_autoptr (TideFrameMeter) meter = tide_frame_meter_new (window);
  guint tick;

  tide_session_fit (moves.session);
  if (pan)
    tide_session_zoom (moves.session, tide_session_get_whole (moves.session).end_ns / 3, 0.25);
  tick = gtk_widget_add_tick_callback (GTK_WIDGET (window), move, &moves, NULL);
  run_for (0.2);
  tide_frame_meter_begin (meter);
  run_for (seconds);
  tide_frame_meter_print (meter, name);
  gtk_widget_remove_tick_callback (GTK_WIDGET (window), tick);
}

static gboolean
shows_selection (gpointer data)
{
  TideWindow *window = data;
  TideSpan span = tide_session_get_selection (tide_window_get_session (window));
  TideFunctionTable *table =
      tide_function_slots_get_table (tide_functions_view_get_slots (tide_window_get_functions_view (window)));

  return table != NULL && tide_function_table_get_span (table).begin_ns == span.begin_ns
         && tide_function_table_get_span (table).end_ns == span.end_ns;
}

static void
select_ranges (TideWindow *window)
{
  TideSession *session = tide_window_get_session (window);
  gint64 end = tide_session_get_whole (session).end_ns;
  g_autoptr (TideFrameMeter) meter = tide_frame_meter_new (window);
  double worst = 0, sum = 0;
  const guint n = 10;

  tide_frame_meter_keep_drawing (meter, TRUE);
  tide_frame_meter_begin (meter);
  for (guint i = 0; i < n; i++)
    {
      gint64 begun = g_get_monotonic_time ();
      double ms;

      tide_session_set_selection (session, (TideSpan){ end / 23 * (i + 1), end / 23 * (2 * i + 3) });
      wait_for (shows_selection, window, "the table of a range");
      ms = ms_since (begun);
      sum += ms;
      worst = MAX (worst, ms);
      run_for (0.1);
    }
  tide_frame_meter_print (meter, "choosing ranges");
  g_print ("from a range to its table: mean %.0f ms, worst %.0f ms\n", sum / n, worst);
}

static gboolean
has_drawn (gpointer data)
{
  return gdk_frame_clock_get_frame_counter (gtk_widget_get_frame_clock (data)) >= 1;
}

int
main (int argc, char **argv)
{
  static const Live parts[] = {
    { .name = "1 M/s, functions", .rate = 1000000, .parts = 2.5, .tab = "functions" },
    { .name = "1 M/s, output shown", .rate = 1000000, .parts = 1, .tab = "output" },
    { .name = "1 M/s, a range is chosen",
      .rate = 1000000,
      .parts = 1,
      .tab = "functions",
      .selection = TRUE },
    { .name = "1 M/s, last second, following",
      .rate = 1000000,
      .parts = 1,
      .tab = "functions",
      .zoomed = TRUE },
    { .name = "1 M/s, typing into the filter",
      .rate = 1000000,
      .parts = 1,
      .tab = "functions",
      .typing = TRUE },
    { .name = "2 M/s, functions", .rate = 2000000, .parts = 2.5, .tab = "functions" },
  };
  double seconds;
  TideWindow *window;
  g_autofree char *folder = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GFile) file = NULL;
  gboolean saved = FALSE;
  gint64 started_us = g_get_monotonic_time ();

  ui_init (&argc, &argv);
  seconds = argc > 1 ? g_ascii_strtod (argv[1], NULL) : 4;
  folder = ui_folder_new ();
  shown = window = ui_window_new ();
  wait_for (has_drawn, window, "the first frame");
  g_print ("first frame %.0f ms after main(), %u processors\n", ms_since (started_us),
           g_get_num_processors ());

  tide_frame_meter_print_head ();
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      run_live (window, &parts[i], seconds);
      if (i > 0)
        continue;
      path = g_build_filename (folder, "million.pagetide", NULL);
      file = g_file_new_for_path (path);
      tide_session_save_async (tide_window_get_session (window), file, NULL, on_saved, &saved);
      wait_for (is_true, &saved, "the saved recording");
    }
  tide_session_close (tide_window_get_session (window));
  g_print ("peak of live sessions: %.0f MiB\n", (double)tide_frame_meter_get_peak_rss () / (1 << 20));

  open_recording (window, file);
  move_about (window, "zooming in and out", FALSE, seconds);
  move_about (window, "panning", TRUE, seconds);
  select_ranges (window);
  g_print ("peak of all: %.0f MiB\n", (double)tide_frame_meter_get_peak_rss () / (1 << 20));
  ui_window_destroy (window);
  ui_folder_remove (folder);
  return EXIT_SUCCESS;
}
