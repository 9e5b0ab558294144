#include "tide-call-cursor.h"
#include "tide-decoder.h"
#include "tide-recording.h"
#include "tide-sample-frames.h"

#define N_CALLS (2 * TIDE_CALLS_MAX_COUNT + 100)
#define PAGE 4096

/* Calls and returns of function 1, and here and there a line, a step of 80 ns each; RSS grows a page each
 * 100.
 */
static TideCall
make_call (guint i)
{
  return (TideCall){ .time_ns = (gint64)i * 80,
                     .cpu_ns = (gint64)i * 80 - (gint64)(i / 1000) * 160,
                     .rss_pages = 100 + i / 100,
                     .code = 1,
                     .line = i % 50,
                     .kind = i % 7 == 3   ? TIDE_CALL_LINE
                             : i % 2 == 0 ? TIDE_CALL_CALL
                                          : TIDE_CALL_RETURN };
}

static gboolean
push (TideDecoder *decoder, TideBuffer *buffer)
{
  gboolean good = tide_decoder_push (decoder, buffer->data, buffer->length, NULL);

  tide_buffer_clear (buffer);
  return good;
}

static void
put_code (TideBuffer *buffer)
{
  TideCodeInfo code = { 1, 1, 5 };

  tide_put_string (buffer, 0, (TideSlice){ "work", 4 });
  tide_put_code (buffer, 0, &code);
  tide_put_code (buffer, 0, &code);
}

static TideRecording *
make_recording (void)
{
  g_autoptr (TideDecoder) decoder = tide_decoder_new ();
  g_autofree TideCall *calls = g_new (TideCall, N_CALLS);
  TideCount counts[] = { { 1, 7 }, { 2, 5 } };
  TideRecording *recording = tide_recording_new ();
  TideBatch *batch;
  TideBuffer buffer;

  for (guint i = 0; i < N_CALLS; i++)
    calls[i] = make_call (i);
  tide_buffer_init (&buffer);
  sample_put_hello (&buffer, 0, 42);
  put_code (&buffer);
  tide_put_calls (&buffer, 0, calls, N_CALLS);
  tide_put_counts (&buffer, 0, 0, counts, 1);
  counts[0].count = 9;
  tide_put_counts (&buffer, 0, 0, counts, 2);
  g_assert_true (push (decoder, &buffer));
  tide_buffer_finish (&buffer);
  while ((batch = tide_decoder_pop (decoder)) != NULL)
    tide_recording_append (recording, batch);
  return recording;
}

/* Every row of the span and of the kinds, found by looking at all.  */
static void
check (TideProcess *process, TideSpan span, guint kinds)
{
  g_autoptr (TideCallCursor) cursor = tide_call_cursor_new (process, span, kinds);
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  g_autoptr (GArray) wanted = g_array_new (FALSE, FALSE, sizeof (guint));
  TideCallRow row;

  for (guint i = 0; i < N_CALLS; i++)
    {
      TideCall call = make_call (i);

      if (call.time_ns >= span.begin_ns && call.time_ns < span.end_ns && (kinds & (1u << call.kind)) != 0)
        g_array_append_val (wanted, i);
    }
  g_assert_cmpuint (tide_call_cursor_get_n_rows (cursor), ==, wanted->len);
  g_assert_false (tide_call_cursor_get (cursor, wanted->len, &row));
  for (guint k = 0; k < 2000 && wanted->len > 0; k++)
    {
      /* In order, then in none.  */
      guint index = k < 1000 ? k % wanted->len : (guint)g_rand_int_range (rand, 0, (gint32)wanted->len);
      guint i = g_array_index (wanted, guint, index);
      TideCall call = make_call (i);

      g_assert_true (tide_call_cursor_get (cursor, index, &row));
      g_assert_cmpuint (row.number, ==, i + 1);
      g_assert_cmpint (row.time_ns, ==, call.time_ns);
      g_assert_cmpint (row.cpu_ns, ==, call.cpu_ns);
      g_assert_cmpint (row.rss_bytes, ==, (gint64)call.rss_pages * PAGE);
      g_assert_cmpint (row.delta_bytes, ==, i > 0 && i % 100 == 0 ? PAGE : 0);
      g_assert_cmpuint (row.kind, ==, call.kind);
      g_assert_cmpuint (row.line, ==, call.line);
    }
}

static void
test_rows (void)
{
  g_autoptr (TideRecording) recording = make_recording ();
  TideProcess *process = tide_recording_get_process (recording, 0);
  const gint64 block_ns = (gint64)TIDE_CALLS_MAX_COUNT * 80;
  const gint64 edges[] = { G_MININT64,           0,         40,           80,
                           block_ns - 80,        block_ns,  block_ns + 1, 2 * block_ns,
                           (gint64)N_CALLS * 80, G_MAXINT64 };
  const guint kinds[] = { TIDE_CALL_ALL_KINDS, 1u << TIDE_CALL_LINE,
                          1u << TIDE_CALL_CALL | 1u << TIDE_CALL_RETURN, 1u << TIDE_CALL_C_CALL, 0 };

  g_assert_cmpuint (tide_process_get_n_calls (process), ==, N_CALLS);
  g_assert_cmpuint (tide_process_get_n_calls_dropped (process), ==, 0);
  for (guint a = 0; a < G_N_ELEMENTS (edges); a++)
    for (guint b = a; b < G_N_ELEMENTS (edges); b++)
      for (guint k = 0; k < G_N_ELEMENTS (kinds); k++)
        check (process, (TideSpan){ edges[a], edges[b] }, kinds[k]);
}

static void
test_nothing (void)
{
  g_autoptr (TideDecoder) decoder = tide_decoder_new ();
  g_autoptr (TideRecording) recording = tide_recording_new ();
  g_autoptr (TideCallCursor) cursor = NULL;
  TideBatch *batch;
  TideBuffer buffer;
  TideCallRow row;

  tide_buffer_init (&buffer);
  sample_put_hello (&buffer, 0, 42);
  g_assert_true (push (decoder, &buffer));
  tide_buffer_finish (&buffer);
  while ((batch = tide_decoder_pop (decoder)) != NULL)
    tide_recording_append (recording, batch);
  cursor =
      tide_call_cursor_new (tide_recording_get_process (recording, 0), TIDE_SPAN_ALL, TIDE_CALL_ALL_KINDS);
  g_assert_cmpuint (tide_call_cursor_get_n_rows (cursor), ==, 0);
  g_assert_false (tide_call_cursor_get (cursor, 0, &row));
}

/* What no honest helper writes.  */
static void
test_refused (void)
{
  const TideCall bad[] = { { .code = 3 },
                           { .code = 1, .thread = 1 },
                           { .kind = TIDE_CALL_C_CALL, .caller = 3 } };
  TideCount count = { 3, 1 };
  TideCall late = { .time_ns = 8000 }, early = { .time_ns = 80 };

  for (guint i = 0; i < G_N_ELEMENTS (bad) + 3; i++)
    {
      g_autoptr (TideDecoder) decoder = tide_decoder_new ();
      TideBuffer buffer;

      tide_buffer_init (&buffer);
      sample_put_hello (&buffer, 0, 42);
      put_code (&buffer);
      g_assert_true (push (decoder, &buffer));
      if (i < G_N_ELEMENTS (bad))
        tide_put_calls (&buffer, 0, &bad[i], 1);
      else if (i == G_N_ELEMENTS (bad))
        tide_put_counts (&buffer, 0, 0, &count, 1);
      else if (i == G_N_ELEMENTS (bad) + 1)
        {
          tide_buffer_begin (&buffer, TIDE_FRAME_CALLS, 0);
          tide_buffer_put_varint (&buffer, TIDE_CALLS_MAX_COUNT + 1);
          tide_buffer_end (&buffer);
        }
      else
        {
          tide_put_calls (&buffer, 0, &late, 1);
          g_assert_true (push (decoder, &buffer));
          tide_put_calls (&buffer, 0, &early, 1);
        }
      g_assert_false (push (decoder, &buffer));
      tide_buffer_finish (&buffer);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/call-cursor/rows", test_rows);
  g_test_add_func ("/call-cursor/nothing", test_nothing);
  g_test_add_func ("/call-cursor/refused", test_refused);
  return g_test_run ();
}
