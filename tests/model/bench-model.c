/* What the model costs at the sizes of src/DESIGN.md.  One line for each figure:  name  value unit  */

#include "model-fixture.h"
#include "tide-function-table.h"

#include <stdio.h>

#define N_SAMPLES 10000000
#define N_EVENTS 10000000
#define N_COLUMNS 1200
#define N_FUNCTIONS 4000
#define N_NODES 20000
#define N_ROWS 200000

static gint64 started_us;

static void
start (void)
{
  started_us = g_get_monotonic_time ();
}

static void
print_time (const char *name)
{
  printf ("%-64s %10.3f ms\n", name, (g_get_monotonic_time () - started_us) / 1000.0);
  fflush (stdout);
}

/* Resident memory of this program, bytes.  */
static gint64
get_rss (void)
{
  g_autofree char *text = NULL;
  gint64 pages = 0;

  if (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL))
    sscanf (text, "%*s %" G_GINT64_FORMAT, &pages);
  return pages * 4096;
}

/* So that what is measured is not thrown away.  */
static volatile gint64 sink;

static void
query_columns (TideSeries *series, gint64 begin_ns, gint64 length_ns)
{
  for (gint64 column = 0; column < N_COLUMNS; column++)
    {
      TideExtent extent = { 0 };

      tide_series_extent (series, begin_ns + length_ns * column / N_COLUMNS,
                          begin_ns + length_ns * (column + 1) / N_COLUMNS, &extent);
      sink += extent.max;
    }
}

static void
bench_series (void)
{
  g_autoptr (TideSeries) series = tide_series_new ();
  gint64 rss = get_rss ();
  gint64 value = 0, time_ns = 0;
  guint32 state = 1;

  start ();
  for (guint i = 0; i < N_SAMPLES; i++)
    {
      state = state * 1664525 + 1013904223;
      value += (gint32)state >> 16;
      time_ns += 500 + (state & 1023);
      tide_series_append (series, time_ns, value);
    }
  print_time ("series: append 10 million samples");
  printf ("%-64s %10.2f bytes\n", "series: memory a sample", (double)(get_rss () - rss) / N_SAMPLES);

  start ();
  query_columns (series, 0, time_ns);
  print_time ("series: extents of 1,200 columns, whole, first time");
  start ();
  query_columns (series, 0, time_ns);
  print_time ("series: extents of 1,200 columns, whole, again");
  start ();
  query_columns (series, time_ns / 3, time_ns / 100);
  print_time ("series: extents of 1,200 columns, a hundredth");
  start ();
  sink += tide_series_peak (series, NULL, &value);
  print_time ("series: peak");
}

/* Batches as a reader makes them of EVENTS frames.  */
static TideBatch *
make_events (gint64 first, guint n)
{
  TideBatch *batch = tide_batch_new (0);
  guint32 state = first;

  g_array_set_size (batch->events, n);
  g_array_set_size (batch->samples, n);
  for (guint i = 0; i < n; i++)
    {
      state = state * 1664525 + 1013904223;
      g_array_index (batch->events, TideRssEvent, i) =
          (TideRssEvent){ .time_ns = (first + i) * 1000,
                          .delta_bytes = ((gint32)(state >> 8) % 100 - 40) * 4096,
                          .rss_bytes = 1 << 30,
                          .node = 1 + (state >> 16) % 1000 * (1 + (state >> 28)),
                          .source = 1 };
      g_array_index (batch->samples, TideRssSample, i) = (TideRssSample){ (first + i) * 1000, 1 << 30 };
    }
  return batch;
}

static void
define_functions (TideRecording *recording, guint n_functions, guint n_nodes)
{
  TideBatch *batch = tide_batch_new (0);

  for (guint i = 0; i < n_functions; i++)
    {
      g_autofree char *name = g_strdup_printf ("Class%u.method_%u", i % 97, i);
      g_autofree char *file =
          g_strdup_printf ("/usr/lib/python3/dist-packages/package%u/module%u.py", i % 31, i % 311);

      fixture_code (batch, fixture_string (batch, file), fixture_string (batch, name), i % 1000 + 1);
    }
  for (guint i = 1; i <= n_nodes; i++)
    fixture_node (batch, i < 30 ? i - 1 : i - 29 + i % 29, 1 + (guint)((guint64)i * 7919 % n_functions),
                  i % 800);
  tide_recording_append (recording, batch);
}

static void
make_table (TideProcess *process, TideSpan span, const char *name)
{
  g_autoptr (TideFunctionTable) table = NULL;

  start ();
  table = tide_function_table_new (process, span, NULL);
  print_time (name);
  sink += tide_function_table_get_n_rows (table);
}

static void
bench_events (void)
{
  g_autoptr (TideRecording) recording = tide_recording_new ();
  TideProcess *process;
  gint64 append_us = 0, longest_us = 0;
  const guint batch_size = 4096;

  define_functions (recording, N_FUNCTIONS, N_NODES);
  process = tide_recording_get_process (recording, 0);
  for (gint64 i = 0; i < N_EVENTS; i += batch_size)
    {
      TideBatch *batch = make_events (i, MIN (batch_size, N_EVENTS - i));
      gint64 before = g_get_monotonic_time (), took;

      tide_recording_append (recording, batch);
      took = g_get_monotonic_time () - before;
      append_us += took;
      longest_us = MAX (longest_us, took);
    }
  printf ("%-64s %10.3f ms\n", "recording: append 1 million events with samples, by 4,096",
          append_us / 1000.0 / (N_EVENTS / 1000000));
  printf ("%-64s %10.3f ms\n", "recording: longest append of one batch", longest_us / 1000.0);

  make_table (process, TIDE_SPAN_ALL, "functions: 10 million events, whole, first time");
  make_table (process, TIDE_SPAN_ALL, "functions: 10 million events, whole, again");
  make_table (process, (TideSpan){ 1234567890, 7654321000 },
              "functions: 10 million events, a range of two thirds");
  make_table (process, (TideSpan){ 1234567890, 1334567890 },
              "functions: 10 million events, a range of a hundredth");
}

static void
order_table (TideFunctionTable *table, TideFunctionColumn column, const char *filter, const char *name)
{
  g_autoptr (GArray) order = NULL;

  start ();
  order = tide_function_table_order (table, column, TRUE, filter);
  print_time (name);
  sink += order->len;
}

static void
bench_rows (void)
{
  g_autoptr (TideRecording) recording = tide_recording_new ();
  g_autoptr (TideFunctionTable) table = NULL;
  TideBatch *batch = tide_batch_new (0);

  define_functions (recording, N_ROWS, N_ROWS);
  for (guint i = 1; i <= N_ROWS; i++)
    fixture_event (batch, i, i, ((gint64)i * 7919 % 1000 - 300) * 4096);
  tide_recording_append (recording, batch);

  make_table (tide_recording_get_process (recording, 0), TIDE_SPAN_ALL,
              "functions: 200,000 rows, first time");
  make_table (tide_recording_get_process (recording, 0), TIDE_SPAN_ALL, "functions: 200,000 rows, again");
  table = tide_function_table_new (tide_recording_get_process (recording, 0), TIDE_SPAN_ALL, NULL);
  order_table (table, TIDE_FUNCTION_COLUMN_SELF, NULL, "order: 200,000 rows by self");
  order_table (table, TIDE_FUNCTION_COLUMN_TOTAL, NULL, "order: 200,000 rows by total");
  order_table (table, TIDE_FUNCTION_COLUMN_NAME, NULL, "order: 200,000 rows by name");
  order_table (table, TIDE_FUNCTION_COLUMN_SELF, "module3",
               "order: 200,000 rows by self, filter \"module3\"");
  order_table (table, TIDE_FUNCTION_COLUMN_SELF, "zzz",
               "order: 200,000 rows by self, filter without a match");
  order_table (table, TIDE_FUNCTION_COLUMN_SELF, "größe", "order: 200,000 rows by self, filter beyond ASCII");
}

int
main (void)
{
  bench_series ();
  bench_events ();
  bench_rows ();
  return 0;
}
