#include "model-fixture.h"

#include "tide-line-table.h"
#include "tide-sites-area.h"
#include "tide-sites.h"

/* The model repeats the numbers of the wire.  */
G_STATIC_ASSERT ((int)TIDE_SITE_SCOPE_LINE == (int)TIDE_SITE_LINE);
G_STATIC_ASSERT ((int)TIDE_SITE_SCOPE_FUNCTION == (int)TIDE_SITE_FUNCTION);
G_STATIC_ASSERT ((int)TIDE_SITE_SCOPE_PROCESS == (int)TIDE_SITE_PROCESS);

static guint32
add_site (TideBatch *batch, guint32 code, guint32 line, TideSiteScope scope)
{
  TideSite site = { code, line, scope };

  g_array_append_val (batch->sites, site);
  return batch->sites->len;
}

static void
add_state (TideBatch *batch, gint64 time_ns, guint32 site, gint64 allocated, gint64 live, gint64 peak)
{
  TideSiteState state = { .time_ns = time_ns,
                          .site = site,
                          .live_bytes = live,
                          .live_blocks = live / 10,
                          .allocated_bytes = allocated,
                          .n_allocated = allocated / 10,
                          .freed_bytes = allocated - live,
                          .n_freed = (allocated - live) / 10,
                          .peak_bytes = peak,
                          .n_temporary = allocated / 100 };

  g_array_append_val (batch->site_states, state);
}

/* Two functions of a.py.  "f" takes 1000 bytes in line 3 by 10 ns, 2000 by 30, gives 1500 back by 50; and in
 * line 4, 100 by 20.  "g" takes 500 without the lock and 50 with it.  */
static TideRecording *
make (void)
{
  TideBatch *batch = tide_batch_new (0);
  guint32 file = fixture_string (batch, "a.py"), f = fixture_string (batch, "f"),
          g = fixture_string (batch, "g");
  guint32 code_f = fixture_code (batch, file, f, 1), code_g = fixture_code (batch, file, g, 9);
  guint32 f_again = fixture_code (batch, file, f, 1);
  guint32 process = add_site (batch, 0, 0, TIDE_SITE_SCOPE_PROCESS);
  guint32 whole_f = add_site (batch, code_f, 0, TIDE_SITE_SCOPE_FUNCTION);
  guint32 f_3 = add_site (batch, code_f, 3, TIDE_SITE_SCOPE_LINE);
  guint32 f_4 = add_site (batch, f_again, 4, TIDE_SITE_SCOPE_LINE);
  guint32 g_10 = add_site (batch, code_g, 10, TIDE_SITE_SCOPE_LINE);
  guint32 g_10_too = add_site (batch, code_g, 10, TIDE_SITE_SCOPE_LINE);

  fixture_event (batch, 5, fixture_node (batch, 0, code_f, 3), 8192);
  fixture_event (batch, 45, fixture_node (batch, 0, code_g, 11), 4096);
  add_state (batch, 10, f_3, 1000, 1000, 1000);
  add_state (batch, 10, whole_f, 0, 1000, 1000);
  add_state (batch, 20, f_4, 100, 100, 100);
  add_state (batch, 30, f_3, 2000, 2000, 2000);
  add_state (batch, 30, whole_f, 0, 2100, 2100);
  add_state (batch, 30, process, 0, 2100, 2300);
  add_state (batch, 40, g_10, 500, 500, 500);
  add_state (batch, 40, g_10_too, 50, 50, 50);
  add_state (batch, 50, f_3, 2000, 500, 2000);
  add_state (batch, 50, whole_f, 0, 600, 2100);
  return fixture_recording (batch);
}

static const TideSiteFigures *
find (GArray *rows, guint32 code, guint32 line)
{
  for (guint i = 0; i < rows->len; i++)
    {
      const TideSiteRow *row = &g_array_index (rows, TideSiteRow, i);

      if (row->code == code && row->line == line)
        return &row->figures;
    }
  return NULL;
}

static void
test_whole (void)
{
  g_autoptr (TideRecording) recording = make ();
  TideProcess *process = tide_recording_get_process (recording, 0);
  g_autoptr (TideSiteSums) sums = tide_site_sums_new (process, TIDE_SPAN_ALL, NULL);
  const TideSiteFigures *figures = find (sums->lines, 1, 3);

  g_assert_cmpuint (sums->lines->len, ==, 3);
  g_assert_cmpuint (sums->functions->len, ==, 2);
  g_assert_cmpint (figures->allocated, ==, 2000);
  g_assert_cmpint (figures->freed, ==, 1500);
  g_assert_cmpint (figures->live, ==, 500);
  g_assert_cmpint (figures->peak, ==, 2000);
  g_assert_cmpint (figures->n_allocated, ==, 200);
  g_assert_cmpint (figures->n_live, ==, 50);
  g_assert_cmpint (figures->n_temporary, ==, 20);
  /* Code that was loaded twice, and both ways of counting, are one.  */
  g_assert_cmpint (find (sums->lines, 1, 4)->allocated, ==, 100);
  g_assert_cmpint (find (sums->lines, 2, 10)->allocated, ==, 550);
  figures = find (sums->functions, 1, 0);
  g_assert_cmpint (figures->allocated, ==, 2100);
  g_assert_cmpint (figures->live, ==, 600);
  /* Its own, which is not the sum of its lines'.  */
  g_assert_cmpint (figures->peak, ==, 2100);
  g_assert_cmpint (sums->peak, ==, 2300);
}

static void
test_ranges (void)
{
  static const struct
  {
    gint64 begin, end, allocated, freed, live, peak;
  } cases[] = {
    { 0, 10, 0, 0, 0, 0 },
    { 0, 11, 1000, 0, 1000, 1000 },
    { 11, 30, 0, 0, 1000, 1000 },
    { 11, 31, 1000, 0, 2000, 2000 },
    { 31, 51, 0, 1500, 500, 2000 },
    { 51, 90, 0, 0, 500, 500 },
    { 10, 51, 2000, 1500, 500, 2000 },
  };
  g_autoptr (TideRecording) recording = make ();
  TideProcess *process = tide_recording_get_process (recording, 0);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      TideSpan span = { cases[i].begin, cases[i].end };
      g_autoptr (TideSiteSums) sums = tide_site_sums_new (process, span, NULL);
      const TideSiteFigures *figures = find (sums->lines, 1, 3);

      if (cases[i].live == 0)
        {
          g_assert_null (figures);
          continue;
        }
      g_assert_cmpint (figures->allocated, ==, cases[i].allocated);
      g_assert_cmpint (figures->freed, ==, cases[i].freed);
      g_assert_cmpint (figures->live, ==, cases[i].live);
      g_assert_cmpint (figures->peak, ==, cases[i].peak);
    }
}

static void
test_unmeasured (void)
{
  g_autoptr (TideRecording) recording = fixture_recording (tide_batch_new (0));
  g_autoptr (TideFunctionTable) table = NULL;
  TideProcess *process = tide_recording_get_process (recording, 0);

  g_assert_null (tide_site_sums_new (process, TIDE_SPAN_ALL, NULL));
  table = tide_function_table_new (process, TIDE_SPAN_ALL, NULL);
  g_assert_false (tide_function_table_has_bytes (table));
}

/* What no reader lets through is harmless in the model, too.  */
static void
test_nonsense (void)
{
  TideBatch *batch = tide_batch_new (0);
  guint32 site = add_site (batch, 77, 1, TIDE_SITE_SCOPE_LINE);
  g_autoptr (TideRecording) recording = NULL;
  g_autoptr (TideSiteSums) sums = NULL;

  add_state (batch, 50, site, G_MAXINT64, G_MAXINT64, G_MAXINT64);
  add_state (batch, 10, site, G_MININT64 / 2, -5, -5);
  add_state (batch, 60, 0, 1, 1, 1);
  add_state (batch, 60, 2, 1, 1, 1);
  recording = fixture_recording (batch);
  sums = tide_site_sums_new (tide_recording_get_process (recording, 0), TIDE_SPAN_ALL, NULL);
  for (guint i = 0; i < sums->lines->len; i++)
    {
      const TideSiteRow *row = &g_array_index (sums->lines, TideSiteRow, i);

      g_assert_cmpuint (row->code, ==, 0);
      g_assert_cmpint (row->figures.allocated, >=, 0);
      g_assert_cmpint (row->figures.live, >=, 0);
    }
}

static void
test_functions (void)
{
  g_autoptr (TideRecording) recording = make ();
  TideProcess *process = tide_recording_get_process (recording, 0);
  g_autoptr (TideFunctionTable) table = tide_function_table_new (process, TIDE_SPAN_ALL, NULL);
  g_autoptr (GArray) order = tide_function_table_order (table, TIDE_FUNCTION_COLUMN_PEAK, TRUE, NULL);
  const TideFunctionRow *first = tide_function_table_get_row (table, g_array_index (order, guint, 0));

  g_assert_true (tide_function_table_has_bytes (table));
  g_assert_cmpuint (tide_function_table_get_n_rows (table), ==, 2);
  g_assert_cmpstr (first->function, ==, "f");
  g_assert_cmpint (first->bytes.peak, ==, 2100);
  g_assert_cmpint (TIDE_FUNCTION_ROW_SELF (first), ==, 8192);
}

static void
test_lines (void)
{
  g_autoptr (TideRecording) recording = make ();
  TideProcess *process = tide_recording_get_process (recording, 0);
  g_autoptr (TideLineTable) table = tide_line_table_new (process, TIDE_SPAN_ALL, NULL);
  static const struct
  {
    const char *function;
    guint32 line;
    gint64 rss, allocated;
  } rows[] = { { "f", 3, 8192, 2000 }, { "f", 4, 0, 100 }, { "g", 10, 0, 550 }, { "g", 11, 4096, 0 } };

  g_assert_true (tide_line_table_has_bytes (table));
  g_assert_cmpuint (tide_line_table_get_n_rows (table), ==, G_N_ELEMENTS (rows));
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const TideLineRow *row = tide_line_table_get_row (table, i);

      g_assert_cmpstr (row->function, ==, rows[i].function);
      g_assert_cmpstr (row->file, ==, "a.py");
      g_assert_cmpuint (row->line, ==, rows[i].line);
      g_assert_cmpint (TIDE_LINE_ROW_SELF (row), ==, rows[i].rss);
      g_assert_cmpint (row->bytes.allocated, ==, rows[i].allocated);
    }
}

static void
test_error (void)
{
  g_assert_cmpint (tide_site_error (0), ==, 0);
  g_assert_cmpint (tide_site_error (-4), ==, 0);
  g_assert_cmpint (tide_site_error (1e12), ==, 1000000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sites/whole", test_whole);
  g_test_add_func ("/sites/ranges", test_ranges);
  g_test_add_func ("/sites/unmeasured", test_unmeasured);
  g_test_add_func ("/sites/nonsense", test_nonsense);
  g_test_add_func ("/sites/functions", test_functions);
  g_test_add_func ("/sites/lines", test_lines);
  g_test_add_func ("/sites/error", test_error);
  return g_test_run ();
}
