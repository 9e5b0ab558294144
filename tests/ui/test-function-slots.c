#include "ui-fixture.h"

#include "tide-function-slots.h"

static TideFunctionTable *
table_of (TideRecording *recording, TideSpan span)
{
  return tide_function_table_new (tide_recording_get_process (recording, 0), span, NULL);
}

static void
count_changes (GListModel *model, guint position, guint removed, guint added, gpointer data)
{
  guint *seen = data;

  seen[0]++;
  seen[1] = position;
  seen[2] = removed;
  seen[3] = added;
}

static void
test_tail (void)
{
  g_autoptr (TideFunctionSlots) slots = tide_function_slots_new ();
  g_autoptr (TideRecording) recording = ui_recording (20);
  g_autoptr (TideFunctionTable) all = table_of (recording, TIDE_SPAN_ALL);
  g_autoptr (TideFunctionTable) some = table_of (recording, (TideSpan){ 0, 75 * UI_MS });
  guint seen[4] = { 0 };

  g_signal_connect (slots, "items-changed", G_CALLBACK (count_changes), seen);
  tide_function_slots_set_table (slots, all);
  g_assert_cmpuint (seen[0], ==, 1);
  g_assert_cmpuint (seen[3], ==, 20);
  tide_function_slots_set_table (slots, some);
  g_assert_cmpuint (seen[0], ==, 2);
  g_assert_cmpuint (seen[1], ==, 7);
  g_assert_cmpuint (seen[2], ==, 13);
  g_assert_cmpuint (seen[3], ==, 0);
  g_assert_cmpint (tide_function_slots_get_greatest (slots), ==, 7 * UI_MIB);
  g_assert_null (tide_function_slots_get_row (slots, 7));
  tide_function_slots_set_table (slots, NULL);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (slots)), ==, 0);
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (slots), 0));
}

/* Nothing moves under the pointer, and what is new comes last.  */
static void
test_held (void)
{
  g_autoptr (TideFunctionSlots) slots = tide_function_slots_new ();
  g_autoptr (TideRecording) recording = ui_recording (20);
  g_autoptr (TideFunctionTable) early = table_of (recording, (TideSpan){ 0, 56 * UI_MS });
  g_autoptr (TideFunctionTable) late = table_of (recording, (TideSpan){ 25 * UI_MS, 75 * UI_MS });

  tide_function_slots_set_table (slots, early); /* functions 4 … 0, of which 3 holds most */
  g_assert_cmpstr (tide_function_slots_get_row (slots, 0)->function, ==, "function_0003");
  tide_function_slots_set_held (slots, TRUE);
  tide_function_slots_set_table (slots, late); /* functions 2 … 6 */
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (slots)), ==, 5);
  g_assert_cmpstr (tide_function_slots_get_row (slots, 0)->function, ==, "function_0003");
  g_assert_cmpstr (tide_function_slots_get_row (slots, 3)->function, ==, "function_0006");
  g_assert_cmpstr (tide_function_slots_get_row (slots, 4)->function, ==, "function_0005");
  tide_function_slots_set_held (slots, FALSE);
  g_assert_cmpstr (tide_function_slots_get_row (slots, 0)->function, ==, "function_0006");
  g_assert_cmpuint (tide_function_slots_find (slots, tide_function_slots_get_row (slots, 2)->code), ==, 2);
  g_assert_cmpuint (tide_function_slots_find (slots, 999), ==, G_MAXUINT);
}

static gboolean
has_rows (gpointer data)
{
  return g_list_model_get_n_items (data) > 0;
}

/* Large tables are put in order by a worker; the last wish wins.  */
static void
test_large (void)
{
  g_autoptr (TideFunctionSlots) slots = tide_function_slots_new ();
  g_autoptr (TideRecording) recording = ui_recording (6000);
  g_autoptr (TideFunctionTable) table = table_of (recording, TIDE_SPAN_ALL);

  tide_function_slots_set_table (slots, table);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (slots)), ==, 0);
  tide_function_slots_set_sort (slots, TIDE_FUNCTION_COLUMN_NAME, FALSE);
  tide_function_slots_set_filter (slots, "function_1");
  ui_wait (has_rows, slots);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (slots)), ==, 1000);
  g_assert_cmpstr (tide_function_slots_get_row (slots, 0)->function, ==, "function_1000");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/function-slots/tail", test_tail);
  g_test_add_func ("/function-slots/held", test_held);
  g_test_add_func ("/function-slots/large", test_large);
  return g_test_run ();
}
