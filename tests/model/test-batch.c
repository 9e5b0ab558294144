#include "model-fixture.h"

static void
test_is_empty (void)
{
  /* Whatever is put into a batch, it is not empty any more.  */
  for (guint part = 0; part < 13; part++)
    {
      g_autoptr (TideBatch) batch = tide_batch_new (3);
      TideStatus status = { 0 };
      TideOutputChunk output = { 5, 1, g_bytes_new_static ("x", 1) };

      g_assert_cmpuint (batch->stream, ==, 3);
      g_assert_true (tide_batch_is_empty (batch));
      switch (part)
        {
        case 0:
          batch->info = g_new0 (TideProcessInfo, 1);
          break;
        case 1:
          batch->cost = g_new0 (TideCost, 1);
          break;
        case 2:
          batch->end = g_new0 (TideProcessEnd, 1);
          break;
        case 3:
          fixture_string (batch, "");
          break;
        case 4:
          fixture_code (batch, 0, 0, 0);
          break;
        case 5:
          fixture_node (batch, 0, 0, 0);
          break;
        case 6:
          fixture_thread (batch, 1, "MainThread");
          break;
        case 7:
          fixture_event (batch, 0, 0, 0);
          break;
        case 8:
          fixture_sample (batch, 0, 0);
          break;
        case 9:
          g_array_append_val (batch->statuses, status);
          break;
        case 10:
          fixture_note (batch, 0, TIDE_NOTE_MESSAGE, 0, 0, "text");
          break;
        case 11:
          g_bytes_ref (output.bytes);
          g_array_append_val (batch->outputs, output);
          break;
        default:
          /* A time alone is nothing.  */
          batch->last_time_ns = 9;
          g_assert_true (tide_batch_is_empty (batch));
          fixture_sample (batch, 0, 0);
          break;
        }
      g_assert_false (tide_batch_is_empty (batch));
      g_bytes_unref (output.bytes);
    }
  tide_batch_free (NULL);
}

static void
test_info_copy (void)
{
  char *argv[] = { (char *)"python3", (char *)"a b.py", NULL };
  TideProcessInfo info = { .pid = 42,
                           .page_size = 4096,
                           .executable = (char *)"/usr/bin/python3",
                           .argv = argv,
                           .python_version = (char *)"3.11.2",
                           .python_hex = 0x030b02f0 };
  g_autoptr (TideProcessInfo) copy = tide_process_info_copy (&info);

  g_assert_null (tide_process_info_copy (NULL));
  g_assert_cmpuint (copy->pid, ==, 42);
  g_assert_cmpuint (copy->page_size, ==, 4096);
  g_assert_cmphex (copy->python_hex, ==, 0x030b02f0);
  g_assert_true (copy->executable != info.executable);
  g_assert_cmpstr (copy->executable, ==, "/usr/bin/python3");
  g_assert_true (g_strv_equal ((const char *const *)copy->argv, (const char *const *)argv));
  g_assert_cmpstr (copy->python_version, ==, "3.11.2");
  g_assert_null (copy->host);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/batch/is-empty", test_is_empty);
  g_test_add_func ("/batch/info-copy", test_info_copy);
  return g_test_run ();
}
