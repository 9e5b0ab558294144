#include "tide-line-slots.h"
#include "ui-fixture.h"

static gboolean
is_settled (gpointer data)
{
  return tide_line_slots_is_settled (data);
}

/* Asks, and waits for the worker; returns how many rows there are.  */
static guint
ask (TideLineSlots *slots, TideProcess *process, TideSpan span, const char *filter)
{
  tide_line_slots_ask (slots, process, span, filter);
  ui_wait (is_settled, slots);
  return g_list_model_get_n_items (G_LIST_MODEL (slots));
}

static void
count (TideLineSlots *slots, guint *n)
{
  (*n)++;
}

static void
test_rows (void)
{
  g_autoptr (TideRecording) recording = ui_recording (20);
  g_autoptr (TideLineSlots) slots = tide_line_slots_new ();
  TideProcess *process = tide_recording_get_process (recording, 0);

  g_assert_null (tide_line_slots_get_row (slots, 0));
  g_assert_cmpuint (ask (slots, process, TIDE_SPAN_ALL, NULL), ==, 20);
  /* The greatest first; the 20th released half of its 20 MiB.  */
  g_assert_cmpstr (tide_line_slots_get_row (slots, 0)->function, ==, "function_0018");
  g_assert_cmpint (TIDE_LINE_ROW_SELF (tide_line_slots_get_row (slots, 0)), ==, 19 * UI_MIB);
  g_assert_null (tide_line_slots_get_row (slots, 20));
  g_assert_false (tide_line_slots_has_bytes (slots));
  /* A part of a file's name, in whatever case.  */
  g_assert_cmpuint (ask (slots, process, TIDE_SPAN_ALL, "MODULE_3"), ==, 3);
  g_assert_cmpuint (ask (slots, process, TIDE_SPAN_ALL, "nothing is called so"), ==, 0);
  g_assert_cmpuint (ask (slots, process, (TideSpan){ 25 * UI_MS, 45 * UI_MS }, ""), ==, 2);
  g_assert_cmpuint (ask (slots, NULL, TIDE_SPAN_ALL, NULL), ==, 0);
  g_assert_null (tide_line_slots_get_row (slots, 0));
}

/* By each column, both ways.  */
static void
test_sort (void)
{
  g_autoptr (TideRecording) recording = ui_recording_of_bytes (12, 0);
  g_autoptr (TideLineSlots) slots = tide_line_slots_new ();
  TideProcess *process = tide_recording_get_process (recording, 0);
  gboolean descending;

  g_assert_cmpint (tide_line_slots_get_sort (slots, &descending), ==, TIDE_LINE_COLUMN_SELF);
  g_assert_true (descending);
  g_assert_cmpuint (ask (slots, process, TIDE_SPAN_ALL, NULL), ==, 12);
  g_assert_true (tide_line_slots_has_bytes (slots));
  for (guint column = TIDE_LINE_COLUMN_SELF; column < TIDE_N_LINE_COLUMNS; column++)
    {
      for (guint down = 0; down < 2; down++)
        {
          tide_line_slots_set_sort (slots, (TideLineColumn)column, down == 1);
          ui_wait (is_settled, slots);
          for (guint i = 1; i < 12; i++)
            {
              gint64 a =
                  tide_line_row_get_figure (tide_line_slots_get_row (slots, i - 1), (TideLineColumn)column);
              gint64 b =
                  tide_line_row_get_figure (tide_line_slots_get_row (slots, i), (TideLineColumn)column);

              g_assert_cmpint (down == 1 ? b : a, <=, down == 1 ? a : b);
            }
        }
    }
  tide_line_slots_set_sort (slots, TIDE_LINE_COLUMN_FUNCTION, TRUE);
  ui_wait (is_settled, slots);
  g_assert_cmpstr (tide_line_slots_get_row (slots, 0)->function, ==, "function_0011");
}

/* Of what is asked for while a worker is busy only the last is made; and the same order again is no work.  */
static void
test_one_at_a_time (void)
{
  g_autoptr (TideRecording) recording = ui_recording (200);
  g_autoptr (TideLineSlots) slots = tide_line_slots_new ();
  TideProcess *process = tide_recording_get_process (recording, 0);
  guint refreshed = 0;

  g_signal_connect (slots, "refreshed", G_CALLBACK (count), &refreshed);
  for (guint i = 0; i < 50; i++)
    tide_line_slots_ask (slots, process, TIDE_SPAN_ALL, i == 49 ? "function_0123" : NULL);
  ui_wait (is_settled, slots);
  g_assert_cmpuint (refreshed, ==, 2);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (slots)), ==, 1);
  tide_line_slots_set_sort (slots, TIDE_LINE_COLUMN_SELF, TRUE);
  g_assert_true (tide_line_slots_is_settled (slots));
}

/* What comes too late is of a process that nobody looks at any more.  */
static void
test_given_up (void)
{
  g_autoptr (TideRecording) recording = ui_recording (200);
  g_autoptr (TideLineSlots) slots = tide_line_slots_new ();

  tide_line_slots_ask (slots, tide_recording_get_process (recording, 0), TIDE_SPAN_ALL, NULL);
  g_assert_cmpuint (ask (slots, NULL, TIDE_SPAN_ALL, NULL), ==, 0);
  g_assert_null (tide_line_slots_get_row (slots, 0));
}

/* Places are kept; only another length is told, at the tail.  */
static void
note_change (GListModel *model, guint position, guint removed, guint added, gpointer data)
{
  guint *told = data;

  told[0]++;
  told[1] = position;
  told[2] = removed;
  told[3] = added;
}

static void
test_places (void)
{
  g_autoptr (TideRecording) recording = ui_recording (20);
  g_autoptr (TideLineSlots) slots = tide_line_slots_new ();
  TideProcess *process = tide_recording_get_process (recording, 0);
  g_autoptr (GObject) before = NULL, after = NULL;
  guint told[4] = { 0 };

  ask (slots, process, TIDE_SPAN_ALL, NULL);
  before = g_list_model_get_item (G_LIST_MODEL (slots), 0);
  g_signal_connect (slots, "items-changed", G_CALLBACK (note_change), told);
  tide_line_slots_set_sort (slots, TIDE_LINE_COLUMN_FUNCTION, FALSE);
  ui_wait (is_settled, slots);
  after = g_list_model_get_item (G_LIST_MODEL (slots), 0);
  g_assert_true (before == after);
  g_assert_cmpuint (told[0], ==, 0);
  ask (slots, process, TIDE_SPAN_ALL, "module_3");
  g_assert_cmpuint (told[0], ==, 1);
  g_assert_cmpuint (told[1], ==, 3);
  g_assert_cmpuint (told[2], ==, 17);
  g_assert_cmpuint (told[3], ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/line-slots/rows", test_rows);
  g_test_add_func ("/line-slots/sort", test_sort);
  g_test_add_func ("/line-slots/one-at-a-time", test_one_at_a_time);
  g_test_add_func ("/line-slots/given-up", test_given_up);
  g_test_add_func ("/line-slots/places", test_places);
  return g_test_run ();
}
