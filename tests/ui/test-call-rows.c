#include "tide-call-rows.h"
#include "ui-fixture.h"

#define ALL TIDE_CALL_ALL_KINDS
#define BIT(kind) (1u << TIDE_CALL_##kind)

typedef struct
{
  guint n, position, removed, added;
} Changes;

static void
note_change (GListModel *model, guint position, guint removed, guint added, gpointer data)
{
  Changes *changes = data;

  *changes = (Changes){ changes->n + 1, position, removed, added };
}

static void
test_rows (void)
{
  g_autoptr (TideRecording) recording = ui_recording (3);
  g_autoptr (TideCallRows) rows = tide_call_rows_new ();
  TideProcess *process = tide_recording_get_process (recording, 0);
  TideCallRow row;

  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (rows)), ==, 0);
  g_assert_false (tide_call_rows_get (rows, 0, &row));
  ui_append_calls (recording, 0, 10);
  tide_call_rows_show (rows, process, TIDE_SPAN_ALL, ALL);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (rows)), ==, 30);
  g_assert_cmpuint (tide_call_rows_get_n_all (rows), ==, 30);
  g_assert_true (tide_call_rows_get_process (rows) == process);
  /* Any order of asking: the list goes back and forth.  */
  for (guint i = 30; i > 0; i--)
    {
      g_assert_true (tide_call_rows_get (rows, i - 1, &row));
      g_assert_cmpuint (row.number, ==, i);
      g_assert_cmpint (row.time_ns, ==, (gint64)(i - 1) * 100000);
    }
  g_assert_false (tide_call_rows_get (rows, 30, &row));
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (rows), 30));
  {
    g_autoptr (GObject) item = g_list_model_get_item (G_LIST_MODEL (rows), 29);

    g_assert_nonnull (item);
  }
}

/* Numbers are those among all events, whatever is left out.  */
static void
test_kinds_and_span (void)
{
  g_autoptr (TideRecording) recording = ui_recording (3);
  g_autoptr (TideCallRows) rows = tide_call_rows_new ();
  TideProcess *process = tide_recording_get_process (recording, 0);
  TideCallRow row;

  ui_append_calls (recording, 0, 10);
  tide_call_rows_show (rows, process, TIDE_SPAN_ALL, BIT (LINE));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (rows)), ==, 10);
  g_assert_true (tide_call_rows_get (rows, 3, &row));
  g_assert_cmpint (row.kind, ==, TIDE_CALL_LINE);
  g_assert_cmpuint (row.number, ==, 11);
  tide_call_rows_show (rows, process, (TideSpan){ UI_MS, 2 * UI_MS }, ALL);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (rows)), ==, 10);
  g_assert_true (tide_call_rows_get (rows, 0, &row));
  g_assert_cmpuint (row.number, ==, 11);
  tide_call_rows_show (rows, process, (TideSpan){ UI_MS, 2 * UI_MS }, BIT (EXCEPT));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (rows)), ==, 0);
}

/* What has come since is told at the tail; another question changes all of it.  */
static void
test_changes (void)
{
  g_autoptr (TideRecording) recording = ui_recording (3);
  g_autoptr (TideCallRows) rows = tide_call_rows_new ();
  TideProcess *process = tide_recording_get_process (recording, 0);
  Changes changes = { 0 };

  ui_append_calls (recording, 0, 10);
  tide_call_rows_show (rows, process, TIDE_SPAN_ALL, ALL);
  g_signal_connect (rows, "items-changed", G_CALLBACK (note_change), &changes);
  tide_call_rows_show (rows, process, TIDE_SPAN_ALL, ALL);
  g_assert_cmpuint (changes.n, ==, 0);
  ui_append_calls (recording, 10, 5);
  tide_call_rows_show (rows, process, TIDE_SPAN_ALL, ALL);
  g_assert_cmpuint (changes.n, ==, 1);
  g_assert_cmpuint (changes.position, ==, 30);
  g_assert_cmpuint (changes.removed, ==, 0);
  g_assert_cmpuint (changes.added, ==, 15);
  tide_call_rows_show (rows, process, TIDE_SPAN_ALL, BIT (CALL));
  g_assert_cmpuint (changes.n, ==, 2);
  g_assert_cmpuint (changes.removed, ==, 45);
  g_assert_cmpuint (changes.added, ==, 15);
  tide_call_rows_show (rows, NULL, TIDE_SPAN_ALL, BIT (CALL));
  g_assert_cmpuint (changes.removed, ==, 15);
  g_assert_cmpuint (changes.added, ==, 0);
  g_assert_null (tide_call_rows_get_process (rows));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/call-rows/rows", test_rows);
  g_test_add_func ("/call-rows/kinds-and-span", test_kinds_and_span);
  g_test_add_func ("/call-rows/changes", test_changes);
  return g_test_run ();
}
