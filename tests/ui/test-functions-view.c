#include "ui-fixture.h"

#include "tide-function-cell.h"

#include <string.h>

static const TideFunctionRow *
row_at (TideWindow *window, guint position)
{
  return tide_function_slots_get_row (tide_functions_view_get_slots (tide_window_get_functions_view (window)),
                                      position);
}

static guint
n_rows (TideWindow *window)
{
  return g_list_model_get_n_items (
      G_LIST_MODEL (tide_functions_view_get_slots (tide_window_get_functions_view (window))));
}

static void
test_rows (void)
{
  TideWindow *window = ui_window_new ();
  TideFunctionsView *view = tide_window_get_functions_view (window);
  g_autoptr (TideRecording) recording = ui_recording (20);
  g_autofree char *name = NULL;
  g_autofree char *where = NULL;
  g_autofree char *self = NULL;
  g_autofree char *fall = NULL;
  g_autofree char *samples = NULL;

  ui_window_show (window, recording);
  g_assert_cmpuint (n_rows (window), ==, 20);
  /* The greatest net growth first: 19 MiB of the 19th, as the 20th releases half of its 20.  */
  name = tide_functions_view_dup_cell_text (view, 0, TIDE_FUNCTION_COLUMN_NAME);
  where = tide_functions_view_dup_cell_text (view, 0, TIDE_FUNCTION_COLUMN_WHERE);
  self = tide_functions_view_dup_cell_text (view, 0, TIDE_FUNCTION_COLUMN_SELF);
  samples = tide_functions_view_dup_cell_text (view, 0, TIDE_FUNCTION_COLUMN_SAMPLES);
  g_assert_cmpstr (name, ==, "function_0018");
  g_assert_cmpstr (where, ==, "module_4.py:29");
  g_assert_cmpstr (self, ==, "+19 MiB");
  g_assert_cmpstr (samples, ==, "1");
  tide_functions_view_sort (view, TIDE_FUNCTION_COLUMN_FALL, TRUE);
  ui_settle (window);
  fall = tide_functions_view_dup_cell_text (view, 0, TIDE_FUNCTION_COLUMN_FALL);
  g_assert_cmpstr (fall, ==, "−10 MiB");
  ui_window_destroy (window);
}

static guint
find_row (TideWindow *window, const char *name)
{
  for (guint i = 0; i < n_rows (window); i++)
    {
      if (g_str_equal (row_at (window, i)->function, name))
        return i;
    }
  g_assert_not_reached ();
}

static void
test_rows_that_are_no_functions (void)
{
  TideWindow *window = ui_window_new ();
  TideFunctionsView *view = tide_window_get_functions_view (window);
  TideFunctionSlots *slots = tide_functions_view_get_slots (view);
  g_autoptr (TideRecording) recording = ui_recording_of_life ();
  g_autofree char *csv = NULL;
  g_autofree char *tooltip = NULL;
  guint all;
  g_autofree char *name_tooltip = NULL;

  ui_window_show (window, recording);
  g_assert_cmpuint (n_rows (window), ==, 5);
  g_assert_cmpuint (tide_function_slots_get_n_functions (slots, &all), ==, 1);
  g_assert_cmpuint (all, ==, 1);
  /* The bars are for what the program did: the shutdown's 70 MiB are no measure for it.  */
  g_assert_cmpint (tide_function_slots_get_greatest (slots), ==, 60 * UI_MIB);
  tooltip =
      tide_function_cell_dup_name_tooltip (row_at (window, find_row (window, "[interpreter shutdown]")));
  g_assert_nonnull (strstr (tooltip, "took itself apart"));
  name_tooltip = tide_function_cell_dup_name_tooltip (row_at (window, find_row (window, "grow")));
  g_assert_cmpstr (name_tooltip, ==, "grow");
  csv = tide_functions_view_to_csv (view);
  g_assert_nonnull (strstr (csv, "\n[outside Python],,0,"));
  g_assert_nonnull (strstr (csv, "\n[before measuring],,0,"));
  ui_window_destroy (window);
}

static void
test_places (void)
{
  static const struct
  {
    const char *file, *text;
  } cases[] = {
    { "/usr/lib/python3.11/json/decoder.py", "decoder.py:7" },
    { "/usr/lib/python3.11/json/__init__.py", "json/__init__.py:7" },
    { "__init__.py", "__init__.py:7" },
    { "/__main__.py", "__main__.py:7" },
    { "<frozen importlib._bootstrap>", "<frozen importlib._bootstrap>:7" },
    { "", "" },
    { "/folder/", "/folder/:7" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      TideFunctionRow row = { .code = 1, .line = 3, .hot_line = 7, .function = "f", .file = cases[i].file };
      char buffer[256];

      g_assert_cmpstr (
          tide_function_cell_format (&row, TIDE_FUNCTION_COLUMN_WHERE, FALSE, buffer, sizeof buffer), ==,
          cases[i].text);
    }
}

static int
compare_rows (const TideFunctionRow *a, const TideFunctionRow *b, TideFunctionColumn column)
{
  gint64 x = 0, y = 0;

  switch (column)
    {
    case TIDE_FUNCTION_COLUMN_NAME:
      return strcmp (a->function, b->function);
    case TIDE_FUNCTION_COLUMN_WHERE:
      return strcmp (a->file, b->file);
    case TIDE_FUNCTION_COLUMN_SELF:
      x = TIDE_FUNCTION_ROW_SELF (a), y = TIDE_FUNCTION_ROW_SELF (b);
      break;
    case TIDE_FUNCTION_COLUMN_TOTAL:
      x = TIDE_FUNCTION_ROW_TOTAL (a), y = TIDE_FUNCTION_ROW_TOTAL (b);
      break;
    case TIDE_FUNCTION_COLUMN_RISE:
      x = a->self_rise, y = b->self_rise;
      break;
    case TIDE_FUNCTION_COLUMN_FALL:
      x = a->self_fall, y = b->self_fall;
      break;
    case TIDE_FUNCTION_COLUMN_SAMPLES:
      x = (gint64)a->n_samples, y = (gint64)b->n_samples;
      break;
    case TIDE_FUNCTION_COLUMN_ALLOCATED:
      x = a->bytes.allocated, y = b->bytes.allocated;
      break;
    case TIDE_FUNCTION_COLUMN_FREED:
      x = a->bytes.freed, y = b->bytes.freed;
      break;
    case TIDE_FUNCTION_COLUMN_LIVE:
      x = a->bytes.live, y = b->bytes.live;
      break;
    case TIDE_FUNCTION_COLUMN_PEAK:
      x = a->bytes.peak, y = b->bytes.peak;
      break;
    case TIDE_FUNCTION_COLUMN_CALLS:
      x = a->n_calls, y = b->n_calls;
      break;
    case TIDE_N_FUNCTION_COLUMNS:
    default:
      g_assert_not_reached ();
    }
  return (x > y) - (x < y);
}

static void
test_sort (void)
{
  TideWindow *window = ui_window_new ();
  TideFunctionsView *view = tide_window_get_functions_view (window);
  g_autoptr (TideRecording) recording = ui_recording (40);

  ui_window_show (window, recording);
  for (guint column = 0; column < TIDE_N_FUNCTION_COLUMNS; column++)
    {
      for (guint descending = 0; descending < 2; descending++)
        {
          gboolean differs = FALSE;

          tide_functions_view_sort (view, (TideFunctionColumn)column, descending == 1);
          for (guint i = 1; i < n_rows (window); i++)
            {
              int order =
                  compare_rows (row_at (window, i - 1), row_at (window, i), (TideFunctionColumn)column);

              g_assert_cmpint (descending ? -order : order, <=, 0);
              differs = differs || order != 0;
            }
          /* There are no Python bytes in it.  */
          g_assert_true (differs || column >= TIDE_FUNCTION_COLUMN_ALLOCATED);
        }
    }
  ui_window_destroy (window);
}

static gboolean
is_shown (TideFunctionsView *view, TideFunctionColumn column)
{
  GListModel *columns = gtk_column_view_get_columns (tide_functions_view_get_column_view (view));
  g_autoptr (GtkColumnViewColumn) shown = g_list_model_get_item (columns, column);

  return gtk_column_view_column_get_visible (shown);
}

/* Calls are those of the selection.  */
static void
test_calls (void)
{
  TideWindow *window = ui_window_new ();
  TideFunctionsView *view = tide_window_get_functions_view (window);
  g_autoptr (TideRecording) recording = ui_recording (8);
  TideBatch *batch = tide_batch_new (0);
  const TideCallCount counts[] = { { 5 * UI_MS, 3, 45 }, { 15 * UI_MS, 3, 345 } };
  g_autofree char *text = NULL;
  char buffer[64];

  g_array_append_vals (batch->call_counts, counts, G_N_ELEMENTS (counts));
  tide_recording_append (recording, batch);
  ui_window_show (window, recording);
  g_assert_true (is_shown (view, TIDE_FUNCTION_COLUMN_CALLS));
  tide_functions_view_sort (view, TIDE_FUNCTION_COLUMN_CALLS, TRUE);
  text = tide_functions_view_dup_cell_text (view, 0, TIDE_FUNCTION_COLUMN_CALLS);
  g_assert_cmpstr (text, ==, "345");
  tide_session_set_selection (tide_window_get_session (window), (TideSpan){ 10 * UI_MS, 20 * UI_MS });
  ui_settle (window);
  g_assert_true (is_shown (view, TIDE_FUNCTION_COLUMN_CALLS));
  g_assert_cmpstr (tide_function_cell_format (row_at (window, 0), TIDE_FUNCTION_COLUMN_CALLS, FALSE, buffer,
                                              sizeof buffer),
                   ==, "300");
  ui_window_destroy (window);
}

/* Columns of Python bytes are there when something is in them.  */
static void
test_bytes (void)
{
  TideWindow *window = ui_window_new ();
  TideFunctionsView *view = tide_window_get_functions_view (window);
  g_autoptr (TideRecording) without = ui_recording (8);
  g_autoptr (TideRecording) with = ui_recording_of_bytes (8, 0);
  g_autoptr (TideRecording) sampled = ui_recording_of_bytes (8, 524288);
  g_autofree char *allocated = NULL, *live = NULL, *tooltip = NULL, *estimate = NULL, *unknown = NULL;
  char buffer[64];

  ui_window_show (window, without);
  g_assert_false (is_shown (view, TIDE_FUNCTION_COLUMN_ALLOCATED));
  g_assert_false (is_shown (view, TIDE_FUNCTION_COLUMN_LIVE));
  g_assert_false (is_shown (view, TIDE_FUNCTION_COLUMN_CALLS));
  g_assert_cmpstr (
      tide_function_cell_format (row_at (window, 0), TIDE_FUNCTION_COLUMN_LIVE, FALSE, buffer, sizeof buffer),
      ==, "–");
  unknown = tide_function_cell_dup_tooltip (row_at (window, 0), TIDE_FUNCTION_COLUMN_LIVE, FALSE);
  g_assert_nonnull (strstr (unknown, "bytes-sampled"));

  ui_window_show (window, with);
  g_assert_true (is_shown (view, TIDE_FUNCTION_COLUMN_ALLOCATED));
  g_assert_false (is_shown (view, TIDE_FUNCTION_COLUMN_FREED));
  g_assert_true (is_shown (view, TIDE_FUNCTION_COLUMN_LIVE));
  g_assert_true (is_shown (view, TIDE_FUNCTION_COLUMN_PEAK));
  tide_functions_view_sort (view, TIDE_FUNCTION_COLUMN_LIVE, TRUE);
  g_assert_cmpstr (row_at (window, 0)->function, ==, "function_0007");
  allocated = tide_functions_view_dup_cell_text (view, 0, TIDE_FUNCTION_COLUMN_ALLOCATED);
  live = tide_functions_view_dup_cell_text (view, 0, TIDE_FUNCTION_COLUMN_LIVE);
  g_assert_cmpstr (allocated, ==, "8 KiB");
  g_assert_cmpstr (live, ==, "4 KiB");
  tooltip = tide_function_cell_dup_tooltip (row_at (window, 0), TIDE_FUNCTION_COLUMN_ALLOCATED, TRUE);
  g_assert_nonnull (strstr (tooltip, "in 8 blocks, 2 of them temporary"));

  ui_window_show (window, sampled);
  tide_functions_view_sort (view, TIDE_FUNCTION_COLUMN_LIVE, TRUE);
  estimate = tide_function_cell_dup_tooltip (row_at (window, 0), TIDE_FUNCTION_COLUMN_LIVE, TRUE);
  g_assert_nonnull (strstr (estimate, "± 800 B"));
  ui_window_destroy (window);
}

/* As a click on the header does it: GTK's own sorter changes.  */
static void
test_click_on_header (void)
{
  TideWindow *window = ui_window_new ();
  TideFunctionsView *view = tide_window_get_functions_view (window);
  GtkColumnView *column_view = tide_functions_view_get_column_view (view);
  GListModel *columns = gtk_column_view_get_columns (column_view);
  g_autoptr (GtkColumnViewColumn) rises = g_list_model_get_item (columns, TIDE_FUNCTION_COLUMN_RISE);
  g_autoptr (GtkColumnViewColumn) name = g_list_model_get_item (columns, TIDE_FUNCTION_COLUMN_NAME);
  g_autoptr (TideRecording) recording = ui_recording (20);
  gboolean descending;

  ui_window_show (window, recording);
  g_assert_cmpuint (g_list_model_get_n_items (columns), ==, TIDE_N_FUNCTION_COLUMNS);

  /* The first click on a number sorts downwards, the next upwards; on a name it is the other way round.  */
  gtk_column_view_sort_by_column (column_view, rises, GTK_SORT_ASCENDING);
  g_assert_cmpint (tide_function_slots_get_sort (tide_functions_view_get_slots (view), &descending), ==,
                   TIDE_FUNCTION_COLUMN_RISE);
  g_assert_true (descending);
  g_assert_cmpint (row_at (window, 0)->self_rise, ==, 20 * UI_MIB);
  gtk_column_view_sort_by_column (column_view, rises, GTK_SORT_ASCENDING);
  tide_function_slots_get_sort (tide_functions_view_get_slots (view), &descending);
  g_assert_false (descending);
  g_assert_cmpint (row_at (window, 0)->self_rise, ==, UI_MIB);
  gtk_column_view_sort_by_column (column_view, name, GTK_SORT_ASCENDING);
  g_assert_cmpstr (row_at (window, 0)->function, ==, "function_0000");
  ui_window_destroy (window);
}

static void
count_items_changed (GListModel *model, guint position, guint removed, guint added, gpointer data)
{
  (*(guint *)data)++;
}

static void
test_refresh_moves_no_item (void)
{
  TideWindow *window = ui_window_new ();
  TideFunctionsView *view = tide_window_get_functions_view (window);
  TideFunctionSlots *slots = tide_functions_view_get_slots (view);
  g_autoptr (TideRecording) recording = ui_recording (30);
  g_autoptr (GObject) before = NULL;
  g_autoptr (GObject) after = NULL;
  guint changes = 0;

  ui_window_show (window, recording);
  g_signal_connect (slots, "items-changed", G_CALLBACK (count_items_changed), &changes);
  before = g_list_model_get_item (G_LIST_MODEL (slots), 0);

  tide_session_refresh (tide_window_get_session (window));
  ui_settle (window);
  tide_functions_view_sort (view, TIDE_FUNCTION_COLUMN_NAME, FALSE);
  ui_settle (window);
  after = g_list_model_get_item (G_LIST_MODEL (slots), 0);
  g_assert_cmpuint (changes, ==, 0);
  g_assert_true (before == after);
  g_assert_cmpstr (row_at (window, 0)->function, ==, "function_0000");

  /* Only another length is told, at the tail and at once.  */
  tide_session_set_filter (tide_window_get_session (window), "function_001");
  g_assert_cmpuint (n_rows (window), ==, 10);
  g_assert_cmpuint (changes, ==, 1);
  ui_window_destroy (window);
}

static void
test_filter (void)
{
  TideWindow *window = ui_window_new ();
  TideFunctionsView *view = tide_window_get_functions_view (window);
  TideSession *session = tide_window_get_session (window);
  g_autoptr (TideRecording) recording = ui_recording (20);
  guint all;

  ui_window_show (window, recording);
  g_assert_false (ui_action_enabled (window, "escape"));
  tide_session_set_filter (session, "FUNCTION_0007");
  g_assert_cmpuint (n_rows (window), ==, 1);
  g_assert_cmpuint (tide_function_slots_get_n_functions (tide_functions_view_get_slots (view), &all), ==, 1);
  g_assert_cmpuint (all, ==, 20);
  g_assert_cmpstr (
      gtk_editable_get_text (tide_filter_row_get_entry (tide_functions_view_get_filter_row (view))), ==,
      "FUNCTION_0007");
  g_assert_true (ui_action_enabled (window, "escape"));
  /* Files count as well: module 3 has the functions 3, 10 and 17.  */
  tide_session_set_filter (session, "module_3");
  g_assert_cmpuint (n_rows (window), ==, 3);
  tide_session_set_filter (session, "nothing is called so");
  g_assert_cmpuint (n_rows (window), ==, 0);
  ui_activate (window, "escape");
  g_assert_cmpuint (n_rows (window), ==, 20);
  g_assert_cmpstr (
      gtk_editable_get_text (tide_filter_row_get_entry (tide_functions_view_get_filter_row (view))), ==, "");
  ui_window_destroy (window);
}

static void
test_filter_chip (void)
{
  TideWindow *window = ui_window_new ();
  TideFunctionsView *view = tide_window_get_functions_view (window);
  GtkWidget *chip = tide_filter_row_get_filter_chip (tide_functions_view_get_filter_row (view));
  g_autoptr (TideRecording) recording = ui_recording (20);

  ui_window_show (window, recording);
  g_assert_false (gtk_widget_get_visible (chip));
  tide_session_set_filter (tide_window_get_session (window), "module_3");
  g_assert_true (gtk_widget_get_visible (chip));
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (chip), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Filter “module_3”; press to remove it");
  g_signal_emit_by_name (chip, "clicked");
  g_assert_false (gtk_widget_get_visible (chip));
  g_assert_cmpuint (n_rows (window), ==, 20);
  ui_window_destroy (window);
}

static void
test_columns (void)
{
  TideWindow *window = ui_window_new ();
  TideFunctionsView *view = tide_window_get_functions_view (window);
  GListModel *columns = gtk_column_view_get_columns (tide_functions_view_get_column_view (view));
  g_autoptr (GtkColumnViewColumn) falls = g_list_model_get_item (columns, TIDE_FUNCTION_COLUMN_FALL);
  g_autoptr (TideRecording) recording = ui_recording (20);
  int width = gtk_column_view_column_get_fixed_width (falls);

  ui_window_show (window, recording);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (view), "columns.falls", NULL));
  g_assert_false (gtk_column_view_column_get_visible (falls));
  ui_settle (window);
  gtk_column_view_column_set_fixed_width (falls, 2 * width);
  /* A hidden column can be sorted by; it does not come back by that.  */
  tide_functions_view_sort (view, TIDE_FUNCTION_COLUMN_FALL, TRUE);
  ui_settle (window);
  g_assert_cmpint (row_at (window, 0)->self_fall, ==, 10 * UI_MIB);
  g_assert_false (gtk_column_view_column_get_visible (falls));
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (view), "columns.reset", NULL));
  g_assert_true (gtk_column_view_column_get_visible (falls));
  g_assert_cmpint (gtk_column_view_column_get_fixed_width (falls), ==, width);
  /* The name stays: there is no action for it.  */
  g_assert_false (gtk_widget_activate_action (GTK_WIDGET (view), "columns.name", NULL));
  ui_window_destroy (window);
}

static void
test_time_selection (void)
{
  TideWindow *window = ui_window_new ();
  TideSession *session = tide_window_get_session (window);
  GtkWidget *chip =
      tide_filter_row_get_chip (tide_functions_view_get_filter_row (tide_window_get_functions_view (window)));
  g_autoptr (TideRecording) recording = ui_recording (20);

  ui_window_show (window, recording);
  g_assert_false (gtk_widget_get_visible (chip));
  g_assert_false (ui_action_enabled (window, "clear-selection"));

  tide_session_set_selection (session, (TideSpan){ 20 * UI_MS, 40 * UI_MS });
  ui_settle (window);
  g_assert_true (gtk_widget_get_visible (chip));
  g_assert_true (ui_action_enabled (window, "clear-selection"));
  g_assert_true (ui_action_enabled (window, "zoom-to-selection"));
  g_assert_cmpuint (n_rows (window), ==, 2);
  g_assert_cmpstr (row_at (window, 0)->function, ==, "function_0002");

  /* A range in which nothing happened.  */
  tide_session_set_selection (session, (TideSpan){ 21 * UI_MS, 22 * UI_MS });
  ui_settle (window);
  g_assert_cmpuint (n_rows (window), ==, 0);

  /* The chip is a button on the action that removes it.  */
  g_assert_cmpstr (gtk_actionable_get_action_name (GTK_ACTIONABLE (chip)), ==, "win.clear-selection");
  g_signal_emit_by_name (chip, "clicked");
  ui_settle (window);
  g_assert_false (tide_session_has_selection (session));
  g_assert_false (gtk_widget_get_visible (chip));
  g_assert_cmpuint (n_rows (window), ==, 20);
  ui_window_destroy (window);
}

static void
test_selected_row_is_kept (void)
{
  TideWindow *window = ui_window_new ();
  TideFunctionsView *view = tide_window_get_functions_view (window);
  g_autoptr (TideRecording) recording = ui_recording (20);
  guint32 code;

  ui_window_show (window, recording);
  g_assert_null (tide_functions_view_get_selected (view));
  g_assert_false (ui_action_enabled (window, "copy-row"));
  g_assert_false (ui_action_enabled (window, "open-source"));
  code = row_at (window, 3)->code;
  tide_functions_view_select (view, code);
  g_assert_true (ui_action_enabled (window, "copy-row"));
  g_assert_true (ui_action_enabled (window, "open-source"));
  tide_functions_view_sort (view, TIDE_FUNCTION_COLUMN_NAME, TRUE);
  g_assert_cmpuint (tide_functions_view_get_selected (view)->code, ==, code);
  tide_session_set_filter (tide_window_get_session (window), "nothing is called so");
  g_assert_null (tide_functions_view_get_selected (view));
  g_assert_false (ui_action_enabled (window, "copy-row"));
  tide_session_set_filter (tide_window_get_session (window), NULL);
  g_assert_cmpuint (tide_functions_view_get_selected (view)->code, ==, code);
  ui_window_destroy (window);
}

static void
test_csv (void)
{
  TideWindow *window = ui_window_new ();
  TideFunctionsView *view = tide_window_get_functions_view (window);
  g_autoptr (TideRecording) recording = ui_recording (3);
  g_autofree char *csv = NULL;

  ui_window_show (window, recording);
  tide_session_set_filter (tide_window_get_session (window), "function_0001");
  csv = tide_functions_view_to_csv (view);
  g_assert_cmpstr (csv, ==,
                   "function,file,line,rss_self,rss_total,rss_rise,rss_fall,samples\r\n"
                   "function_0001,/src/package/module_1.py,12,2097152,2097152,2097152,0,1\r\n");
  ui_window_destroy (window);
}

static void
test_accessible (void)
{
  TideWindow *window = ui_window_new ();
  TideFunctionsView *view = tide_window_get_functions_view (window);
  g_autoptr (TideRecording) recording = ui_recording (3);

  ui_window_show (window, recording);
  tide_session_set_selection (tide_window_get_session (window), (TideSpan){ 10 * UI_MS, 20 * UI_MS });
  gtk_test_accessible_assert_role (
      GTK_ACCESSIBLE (tide_filter_row_get_entry (tide_functions_view_get_filter_row (view))),
      GTK_ACCESSIBLE_ROLE_SEARCH_BOX);
  gtk_test_accessible_assert_property (
      GTK_ACCESSIBLE (tide_filter_row_get_entry (tide_functions_view_get_filter_row (view))),
      GTK_ACCESSIBLE_PROPERTY_LABEL, "Filter functions and files");
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (tide_functions_view_get_column_view (view)),
                                       GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Functions by change of resident memory");
  gtk_test_accessible_assert_property (
      GTK_ACCESSIBLE (tide_filter_row_get_chip (tide_functions_view_get_filter_row (view))),
      GTK_ACCESSIBLE_PROPERTY_LABEL, "Selected range 0:00.010 to 0:00.020; press to remove it");
  ui_window_destroy (window);
}

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  g_test_add_func ("/functions-view/rows", test_rows);
  g_test_add_func ("/functions-view/bytes", test_bytes);
  g_test_add_func ("/functions-view/calls", test_calls);
  g_test_add_func ("/functions-view/no-functions", test_rows_that_are_no_functions);
  g_test_add_func ("/functions-view/places", test_places);
  g_test_add_func ("/functions-view/sort", test_sort);
  g_test_add_func ("/functions-view/click-on-header", test_click_on_header);
  g_test_add_func ("/functions-view/refresh-moves-no-item", test_refresh_moves_no_item);
  g_test_add_func ("/functions-view/filter", test_filter);
  g_test_add_func ("/functions-view/filter-chip", test_filter_chip);
  g_test_add_func ("/functions-view/columns", test_columns);
  g_test_add_func ("/functions-view/time-selection", test_time_selection);
  g_test_add_func ("/functions-view/selected-row-is-kept", test_selected_row_is_kept);
  g_test_add_func ("/functions-view/csv", test_csv);
  g_test_add_func ("/functions-view/accessible", test_accessible);
  return g_test_run ();
}
