#include "ui-fixture.h"

#include "tide-calls-frames.h"
#include "tide-decoder.h"
#include "tide-frames.h"
#include "tide-journal.h"
#include "tide-settings.h"
#include "tide-sites-frames.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

#define PAGES_A_MIB 256

/* Every warning ends a test, but for one of GTK 4.24's that nobody can help: its X11 backend reports a frame
 * twice where no compositor runs.  */
static GLogWriterOutput
ui_write_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].key, "MESSAGE") && fields[i].length < 0
        && g_str_equal (fields[i].value, "gdk_frame_timings_submitted() called on submitted frame."))
      return G_LOG_WRITER_HANDLED;
  return g_log_writer_default (level, fields, n_fields, NULL);
}

void
ui_init (int *argc, char ***argv)
{
  g_log_set_writer_func (ui_write_log, NULL, NULL);
  /* Not gtk_test_init(): it wants a locale that a bare system lacks, and newer versions warn when it is not
   * there.  */
  g_test_init (argc, argv, NULL);
  gtk_disable_setlocale ();
  setlocale (LC_ALL, "C.UTF-8");
  gtk_init ();
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, "gtk-font-name", "Cantarell 11",
                NULL);
}

TideSlice
ui_slice (const char *text)
{
  return (TideSlice){ text, strlen (text) };
}

static gboolean
ui_releases (guint i)
{
  return i % 5 == 4;
}

gint64
ui_net (guint i)
{
  gint64 grown = (i + 1) * UI_MIB;

  return ui_releases (i) ? grown - grown / 2 : grown;
}

static void
ui_put_head (TideBuffer *buffer, guint n)
{
  TideSlice args[] = { ui_slice ("python3"), ui_slice ("/src/nightly.py"), ui_slice ("--all files") };
  TideHello hello = { .pid = 4242,
                      .parent_pid = 1,
                      .page_size = 4096,
                      .start_wall_ns = 1000000000000000000u,
                      .instruments =
                          TIDE_INSTRUMENT_SAMPLER | TIDE_INSTRUMENT_EVENTS | TIDE_INSTRUMENT_FAULTS };
  TidePythonInfo python = { 0x030c01f0, 0, ui_slice ("3.12.1") };
  TideInstrumentInfo events = { .instrument = TIDE_INSTRUMENT_EVENTS,
                                .state = TIDE_STATE_ON,
                                .unit_bytes = 65536 };
  TideInstrumentInfo faults = { .instrument = TIDE_INSTRUMENT_FAULTS,
                                .state = TIDE_STATE_REFUSED,
                                .reason = ui_slice ("perf_event_paranoid is 4") };
  TideOutput out = { .descriptor = 1, .bytes = ui_slice ("\033[32mloading\033[0m\n10 %\r100 %\n") };
  TideOutput err = { .descriptor = 2, .bytes = ui_slice ("warning: \xff\n") };
  TideSample sample = { .rss_pages = 10 * PAGES_A_MIB };

  tide_put_hello (buffer, 0, &hello, args, G_N_ELEMENTS (args));
  tide_put_python (buffer, 0, &python);
  tide_put_instrument (buffer, 0, &events);
  tide_put_instrument (buffer, 0, &faults);
  tide_put_output (buffer, 0, &out);
  tide_put_output (buffer, 0, &err);
  tide_put_sample (buffer, 0, &sample);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *file = g_strdup_printf ("/src/package/module_%u.py", i % 7);
      g_autofree char *name = g_strdup_printf ("function_%04u", i);
      TideCodeInfo code = { 2 * i + 1, 2 * i + 2, 10 + i };
      TideNodeInfo node = { 0, i + 1, 11 + i };

      tide_put_string (buffer, 0, ui_slice (file));
      tide_put_string (buffer, 0, ui_slice (name));
      tide_put_code (buffer, 0, &code);
      tide_put_node (buffer, 0, &node);
    }
}

static void
ui_put_sites (TideBuffer *buffer, guint n, guint64 mean_bytes)
{
  for (guint i = 0; i < n; i++)
    {
      TideSiteEntry entries[2] = { 0 };

      for (guint k = 0; k < 2; k++)
        {
          entries[k].id = 2 * i + k + 1;
          entries[k].is_new = true;
          entries[k].kind = k == 0 ? TIDE_SITE_LINE : TIDE_SITE_FUNCTION;
          entries[k].code = i + 1;
          entries[k].line = k == 0 ? 11 + i : 0;
          entries[k].live_bytes = 512 * (i + 1);
          entries[k].peak_bytes = 1024 * (i + 1);
        }
      entries[0].live_blocks = entries[0].n_freed = (i + 1) / 2;
      entries[0].allocated_bytes = 1024 * (i + 1);
      entries[0].freed_bytes = 512 * (i + 1);
      entries[0].n_allocated = i + 1;
      entries[0].n_temporary = i / 3;
      entries[0].live_error = entries[0].allocated_error = mean_bytes != 0 ? 100 * (i + 1) : 0;
      tide_put_sites (buffer, 0, n * 10 * UI_MS, mean_bytes, entries, 2);
    }
}

static void
ui_put_all (TideBuffer *buffer, guint n)
{
  gint64 rss = 10 * PAGES_A_MIB;
  TideBye bye = { .time_ns = (n + 1) * 10 * UI_MS, .kind = TIDE_END_EXITED, .value = 3 };

  ui_put_head (buffer, n);
  for (guint i = 0; i < n; i++)
    {
      TideEvent event = { .time_ns = (i + 1) * 10 * UI_MS,
                          .node = i + 1,
                          .source = TIDE_SOURCE_ALLOC,
                          .delta_pages = (gint64)(i + 1) * PAGES_A_MIB };

      event.rss_pages = (guint64)(rss += event.delta_pages);
      tide_put_events (buffer, 0, &event, 1);
      if (ui_releases (i))
        {
          event.time_ns += 5 * UI_MS;
          event.delta_pages = -(event.delta_pages / 2);
          event.rss_pages = (guint64)(rss += event.delta_pages);
          tide_put_events (buffer, 0, &event, 1);
        }
    }
  tide_put_bye (buffer, 0, &bye);
  g_assert_true (tide_buffer_ok (buffer));
}

TideRecording *
ui_decode (TideBuffer *buffer)
{
  TideRecording *recording = tide_recording_new ();
  g_autoptr (TideDecoder) decoder = tide_decoder_new ();
  TideBatch *batch;

  g_assert_true (tide_buffer_ok (buffer));
  g_assert_true (tide_decoder_push (decoder, buffer->data, buffer->length, NULL));
  while ((batch = tide_decoder_pop (decoder)) != NULL)
    tide_recording_append (recording, batch);
  tide_buffer_finish (buffer);
  return recording;
}

TideRecording *
ui_recording (guint n)
{
  TideBuffer buffer;

  tide_buffer_init (&buffer);
  ui_put_all (&buffer, n);
  return ui_decode (&buffer);
}

TideRecording *
ui_recording_of_bytes (guint n, guint64 mean_bytes)
{
  TideBuffer buffer;

  tide_buffer_init (&buffer);
  ui_put_head (&buffer, n);
  ui_put_sites (&buffer, n, mean_bytes);
  return ui_decode (&buffer);
}

TideRecording *
ui_recording_of_life (void)
{
  static const char *const names[] = { "grow", "[before measuring]", "[while paused]",
                                       "[interpreter shutdown]" };
  static const struct
  {
    gint64 at_ms, mib;
    guint32 node;
    TideSource source;
  } events[] = {
    { 0, 4, 2, TIDE_SOURCE_START },       { 10, 6, 2, TIDE_SOURCE_START },
    { 20, 60, 1, TIDE_SOURCE_ALLOC },     { 30, 4, 0, TIDE_SOURCE_OUTSIDE },
    { 40, 2, 3, TIDE_SOURCE_START },      { 50, -40, 4, TIDE_SOURCE_SHUTDOWN },
    { 60, -30, 4, TIDE_SOURCE_SHUTDOWN },
  };
  TideBye bye = { .time_ns = 70 * UI_MS, .kind = TIDE_END_EXITED, .value = 0 };
  gint64 rss = 0;
  TideBuffer buffer;

  tide_buffer_init (&buffer);
  ui_put_head (&buffer, 0);
  tide_put_string (&buffer, 0, ui_slice ("/src/nightly.py"));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      TideCodeInfo code = { i == 0 ? 1 : 0, i + 2, i == 0 ? 10 : 0 };
      TideNodeInfo node = { 0, i + 1, i == 0 ? 11 : 0 };

      tide_put_string (&buffer, 0, ui_slice (names[i]));
      tide_put_code (&buffer, 0, &code);
      tide_put_node (&buffer, 0, &node);
    }
  for (guint i = 0; i < G_N_ELEMENTS (events); i++)
    {
      TideEvent event = { .time_ns = events[i].at_ms * UI_MS,
                          .node = events[i].node,
                          .source = events[i].source,
                          .delta_pages = events[i].mib * PAGES_A_MIB };

      event.rss_pages = (guint64)(rss += event.delta_pages);
      tide_put_events (&buffer, 0, &event, 1);
    }
  tide_put_bye (&buffer, 0, &bye);
  return ui_decode (&buffer);
}

void
ui_append_calls (TideRecording *recording, guint first, guint n)
{
  TideBatch *batch = tide_batch_new (0);
  g_autofree TideCall *calls = g_new0 (TideCall, 3 * n);
  TideCallBlock block = { .n = 3 * n };
  TideBuffer buffer;

  for (guint i = 0; i < 3 * n; i++)
    {
      static const TideCallKind kinds[] = { TIDE_CALL_CALL, TIDE_CALL_LINE, TIDE_CALL_RETURN };

      calls[i] = (TideCall){ .time_ns = (gint64)(first * 3 + i) * 100000,
                             .cpu_ns = i == 0 ? -1 : (gint64)(first * 3 + i) * 60000,
                             .rss_pages = 1000 + first + i / 3,
                             .code = 1,
                             .line = 10 + i % 3,
                             .kind = kinds[i % 3] };
      block.n_of_kind[calls[i].kind]++;
    }
  tide_buffer_init (&buffer);
  tide_put_calls (&buffer, 0, calls, 3 * n);
  block.first_ns = calls[0].time_ns;
  block.last_ns = calls[3 * n - 1].time_ns;
  block.last_rss_pages = (gint64)calls[3 * n - 1].rss_pages;
  block.payload = g_bytes_new (buffer.data + TIDE_WIRE_HEADER_SIZE, buffer.length - TIDE_WIRE_HEADER_SIZE);
  g_array_append_val (batch->call_blocks, block);
  batch->last_time_ns = block.last_ns;
  tide_buffer_finish (&buffer);
  tide_recording_append (recording, batch);
}

TideRecording *
ui_recording_of_family (guint n)
{
  TideBuffer buffer;

  tide_buffer_init (&buffer);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = g_strdup_printf ("/src/child_%u.py", i);
      TideSlice args[] = { ui_slice ("python3"), ui_slice (name) };
      TideHello hello = { .pid = 4242 + i,
                          .parent_pid = i == 0 ? 1 : 4242,
                          .page_size = 4096,
                          .clock_base_ns = 1000000000,
                          .process_start_ns = 1000000000 + (guint64)i * 100 * UI_MS,
                          .start_wall_ns = 1000000000000000000u };
      TideSample sample = { .time_ns = i * 100 * UI_MS + UI_MS, .rss_pages = (i + 1) * 10 * PAGES_A_MIB };

      tide_put_hello (&buffer, (guint16)i, &hello, args, G_N_ELEMENTS (args));
      tide_put_sample (&buffer, (guint16)i, &sample);
    }
  return ui_decode (&buffer);
}

void
ui_write_recording (const char *path, guint n)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TideJournal) journal = tide_journal_new (path, 0, &error);
  TideBuffer buffer;

  g_assert_no_error (error);
  tide_buffer_init (&buffer);
  ui_put_all (&buffer, n);
  tide_journal_push (journal, buffer.data, buffer.length);
  g_assert_true (tide_journal_close (journal, &error));
  tide_buffer_finish (&buffer);
}

static gboolean
ui_time_out (gpointer data)
{
  *(gboolean *)data = TRUE;
  return G_SOURCE_CONTINUE;
}

void
ui_wait (UiCondition condition, gpointer data)
{
  gboolean late = FALSE;
  guint timeout = g_timeout_add_seconds (20, ui_time_out, &late);

  while (!condition (data))
    {
      g_main_context_iteration (NULL, TRUE);
      g_assert_false (late);
    }
  g_source_remove (timeout);
}

static gboolean
ui_is_settled (gpointer data)
{
  TideWindow *window = data;
  TideSession *session = tide_window_get_session (window);
  gboolean computing;

  g_object_get (session, "computing", &computing, NULL);
  return !computing
         && tide_function_slots_get_table (
                tide_functions_view_get_slots (tide_window_get_functions_view (window)))
                == tide_session_get_table (session);
}

static gboolean
ui_count_frame (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  (*(guint *)data)++;
  return G_SOURCE_CONTINUE;
}

static gboolean
ui_two_frames (gpointer data)
{
  return *(guint *)data >= 2;
}

/* One frame lays out what changed, the next has bound the rows.  */
static void
ui_wait_for_frames (GtkWidget *widget)
{
  guint frames = 0;
  guint tick = gtk_widget_add_tick_callback (widget, ui_count_frame, &frames, NULL);

  ui_wait (ui_two_frames, &frames);
  gtk_widget_remove_tick_callback (widget, tick);
}

void
ui_settle (TideWindow *window)
{
  ui_wait (ui_is_settled, window);
  ui_wait_for_frames (GTK_WIDGET (window));
}

static gboolean
ui_is_mapped (gpointer data)
{
  return gtk_widget_get_mapped (data);
}

TideWindow *
ui_window_new (void)
{
  g_autoptr (GSettings) settings = tide_settings_new ();

  /* What the test before made of its tables is not for this one.  */
  g_assert_nonnull (settings);
  g_settings_reset (settings, "tables");
  return ui_window_new_again ();
}

TideWindow *
ui_window_new_again (void)
{
  TideWindow *window = tide_window_new (NULL);
  char *folder = ui_folder_new ();
  g_autofree char *launches = g_build_filename (folder, "launches", NULL);
  g_autoptr (TideRecent) recent = tide_recent_new (launches);

  tide_session_set_spool_directory (tide_window_get_session (window), folder);
  tide_window_set_recent (window, recent);
  g_object_set_data_full (G_OBJECT (window), "folder", folder, g_free);
  gtk_window_set_default_size (GTK_WINDOW (window), 1200, 800);
  gtk_window_present (GTK_WINDOW (window));
  ui_wait (ui_is_mapped, window);
  return window;
}

void
ui_window_show (TideWindow *window, TideRecording *recording)
{
  tide_session_set_recording (tide_window_get_session (window), recording, NULL);
  ui_settle (window);
}

void
ui_window_destroy (TideWindow *window)
{
  g_autofree char *folder = g_strdup (g_object_get_data (G_OBJECT (window), "folder"));

  tide_session_close (tide_window_get_session (window));
  gtk_window_destroy (GTK_WINDOW (window));
  ui_folder_remove (folder);
}

gboolean
ui_action_enabled (TideWindow *window, const char *name)
{
  return g_action_group_get_action_enabled (G_ACTION_GROUP (window), name);
}

void
ui_activate (TideWindow *window, const char *name)
{
  g_assert_true (ui_action_enabled (window, name));
  g_action_group_activate_action (G_ACTION_GROUP (window), name, NULL);
}

void
ui_picture (GtkWidget *widget, const char *name)
{
  g_autoptr (GdkPaintable) paintable = NULL;
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  g_autofree char *folder = g_test_build_filename (G_TEST_BUILT, "pictures", NULL);
  g_autofree char *path = g_strdup_printf ("%s/%s.png", folder, name);
  int width, height;

  paintable = gtk_widget_paintable_new (widget);
  ui_wait_for_frames (widget);
  width = gdk_paintable_get_intrinsic_width (paintable);
  height = gdk_paintable_get_intrinsic_height (paintable);
  g_assert_cmpint (width, >, 0);
  gdk_paintable_snapshot (paintable, snapshot, width, height);
  node = gtk_snapshot_free_to_node (snapshot);
  g_assert_nonnull (node);
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (gtk_widget_get_native (widget)), node,
                                         &GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height));
  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  g_assert_true (gdk_texture_save_to_png (texture, path));
}

char *
ui_folder_new (void)
{
  char *folder = g_dir_make_tmp ("tide-ui-XXXXXX", NULL);

  g_assert_nonnull (folder);
  return folder;
}

void
ui_folder_remove (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        ui_folder_remove (path);
      else
        g_unlink (path);
    }
  g_rmdir (folder);
}

static gboolean
ui_has_words (GtkWidget *widget)
{
  if (!gtk_widget_get_visible (widget))
    return FALSE;
  if (GTK_IS_LABEL (widget) && *gtk_label_get_text (GTK_LABEL (widget)) != '\0')
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      if (ui_has_words (child))
        return TRUE;
    }
  return FALSE;
}

guint
ui_assert_named (GtkWidget *widget)
{
  GtkAccessible *accessible = GTK_ACCESSIBLE (widget);
  gboolean is_control = GTK_IS_BUTTON (widget) || GTK_IS_MENU_BUTTON (widget) || GTK_IS_DROP_DOWN (widget)
                        || GTK_IS_CHECK_BUTTON (widget) || GTK_IS_SWITCH (widget) || GTK_IS_EDITABLE (widget)
                        || GTK_IS_TEXT_VIEW (widget) || GTK_IS_COLUMN_VIEW (widget)
                        || (gtk_widget_get_focusable (widget) && gtk_widget_get_first_child (widget) == NULL
                            && !GTK_IS_LABEL (widget));
  guint n = 0;

  /* The window manager's buttons are GTK's own, and so is what stands in rows.  */
  if (!gtk_widget_get_visible (widget) || !gtk_widget_get_child_visible (widget)
      || GTK_IS_WINDOW_CONTROLS (widget) || GTK_IS_POPOVER (widget))
    return 0;
  if (is_control)
    {
      gboolean named = gtk_test_accessible_has_property (accessible, GTK_ACCESSIBLE_PROPERTY_LABEL)
                       || gtk_test_accessible_has_relation (accessible, GTK_ACCESSIBLE_RELATION_LABELLED_BY)
                       || (!GTK_IS_EDITABLE (widget) && ui_has_words (widget));

      if (!named)
        g_test_message ("%s in %s has no name", G_OBJECT_TYPE_NAME (widget),
                        G_OBJECT_TYPE_NAME (gtk_widget_get_parent (widget)));
      g_assert_true (named);
      return 1;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    n += ui_assert_named (child);
  return n;
}
