#include "ui-fixture.h"

#include "tide-functions-text.h"

static void
test_quoting (void)
{
  TideFunctionRow row = { .code = 1,
                          .function = "a, \"b\"\tc\nd",
                          .file = "/x y.py",
                          .line = 3,
                          .n_samples = 2,
                          .self_rise = 10,
                          .self_fall = 30,
                          .total_rise = 11,
                          .total_fall = 30 };
  g_autofree char *csv = tide_functions_text_row (&row, ',');
  g_autofree char *tsv = tide_functions_text_row (&row, '\t');

  g_assert_cmpstr (csv, ==, "\"a, \"\"b\"\"\tc\nd\",/x y.py,3,-20,-19,10,30,2");
  g_assert_cmpstr (tsv, ==, "a, \"b\" c d\t/x y.py\t3\t-20\t-19\t10\t30\t2");
}

static void
test_table (void)
{
  g_autoptr (TideFunctionSlots) slots = tide_function_slots_new ();
  g_autoptr (TideRecording) recording = ui_recording (2);
  g_autoptr (TideFunctionTable) table =
      tide_function_table_new (tide_recording_get_process (recording, 0), TIDE_SPAN_ALL, NULL);
  g_autofree char *none = tide_functions_text_table (slots, ',');
  g_autofree char *tsv = NULL;

  g_assert_cmpstr (none, ==, "function,file,line,rss_self,rss_total,rss_rise,rss_fall,samples\r\n");
  tide_function_slots_set_table (slots, table);
  tsv = tide_functions_text_table (slots, '\t');
  g_assert_cmpstr (tsv, ==,
                   "function\tfile\tline\trss_self\trss_total\trss_rise\trss_fall\tsamples\n"
                   "function_0001\t/src/package/module_1.py\t12\t2097152\t2097152\t2097152\t0\t1\n"
                   "function_0000\t/src/package/module_0.py\t11\t1048576\t1048576\t1048576\t0\t1\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/functions-text/quoting", test_quoting);
  g_test_add_func ("/functions-text/table", test_table);
  return g_test_run ();
}
