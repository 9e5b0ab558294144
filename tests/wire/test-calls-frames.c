#include "tide-calls-frames.h"

#include <glib.h>
#include <string.h>

static TideSlice
payload_of (const TideBuffer *buffer, gsize *at, TideFrameType type)
{
  TideFrameHeader header;
  TideSlice payload;

  g_assert_cmpint (tide_frame_peek (buffer->data + *at, buffer->length - *at, &header), ==, TIDE_PEEK_FRAME);
  g_assert_cmpuint (header.type, ==, type);
  g_assert_cmpuint (header.stream, ==, 7);
  payload = (TideSlice){ (const char *)buffer->data + *at + TIDE_WIRE_HEADER_SIZE, header.length };
  *at += TIDE_WIRE_HEADER_SIZE + header.length;
  return payload;
}

/* Many places, few threads, RSS that jumps, and all extremes.  */
static GArray *
make_calls (guint n)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  GArray *calls = g_array_new (FALSE, TRUE, sizeof (TideCall));
  gint64 time_ns = 0, slept_ns[4] = { 0 };

  for (guint i = 0; i < n; i++)
    {
      TideCall call = { .kind = (TideCallKind)g_rand_int_range (rand, 0, TIDE_N_CALL_KINDS),
                        .thread = (guint32)g_rand_int_range (rand, 0, 4),
                        .code = (guint32)g_rand_int_range (rand, 0, 600),
                        .line = (guint32)g_rand_int_range (rand, 0, 9) };

      if (i % 9 == 0)
        slept_ns[g_rand_int_range (rand, 0, 4)] += g_rand_int_range (rand, -100, 5000);
      time_ns +=
          g_rand_int_range (rand, 0, 3) == 0 ? (gint64)g_rand_int (rand) : g_rand_int_range (rand, 0, 900);
      call.time_ns = time_ns;
      if (call.kind == TIDE_CALL_C_CALL || call.kind == TIDE_CALL_C_RETURN || call.kind == TIDE_CALL_C_EXCEPT)
        call.caller = (guint32)g_rand_int_range (rand, 0, 3);
      call.cpu_ns = call.thread == 3 ? -1 : MAX (0, time_ns - slept_ns[call.thread]);
      if (i % 17 == 0)
        call.rss_pages = g_rand_int (rand);
      if (i % 1001 == 0)
        {
          call.code = call.line = call.thread = G_MAXUINT32;
          call.rss_pages = G_GUINT64_CONSTANT (1) << 52;
          call.cpu_ns = i % 2 == 0 ? G_MAXINT64 : 0;
        }
      g_array_append_val (calls, call);
    }
  return calls;
}

static void
test_calls (void)
{
  const guint n = 3 * TIDE_CALLS_MAX_COUNT / 2;
  g_autoptr (GArray) calls = make_calls (n);
  guint i = 0, blocks = 0;
  g_autofree TideCall *block = g_new (TideCall, TIDE_CALLS_MAX_COUNT);
  TideBuffer buffer;
  gsize at = 0;

  tide_buffer_init (&buffer);
  tide_put_calls (&buffer, 7, (TideCall *)calls->data, n);
  for (; at < buffer.length; blocks++)
    {
      const guint first = i;
      TideCallReader reader;
      TideCall call;

      g_assert_true (tide_call_reader_begin (&reader, payload_of (&buffer, &at, TIDE_FRAME_CALLS)));
      while (tide_call_reader_next (&reader, &call))
        {
          const TideCall *wanted = &g_array_index (calls, TideCall, i++);

          block[i - 1 - first] = call;
          g_assert_cmpint (call.time_ns, ==, wanted->time_ns & ~7);
          g_assert_cmpint (call.cpu_ns, ==, -1);
          g_assert_cmpuint (call.rss_pages, ==, wanted->rss_pages);
          g_assert_cmpuint (call.kind, ==, wanted->kind);
          g_assert_cmpuint (call.thread, ==, wanted->thread);
          g_assert_cmpuint (call.code, ==, wanted->code);
          g_assert_cmpuint (call.caller, ==, wanted->caller);
          g_assert_cmpuint (call.line, ==, wanted->line);
        }
      g_assert_true (tide_call_reader_ok (&reader));
      g_assert_true (tide_call_reader_read_cpu (&reader, block, i - first));
      for (guint k = first; k < i; k++)
        {
          gint64 wanted = g_array_index (calls, TideCall, k).cpu_ns;

          g_assert_cmpint (block[k - first].cpu_ns, ==, wanted < 0 ? -1 : wanted & ~7);
        }
    }
  g_assert_cmpuint (i, ==, n);
  g_assert_cmpuint (blocks, ==, 2);
  tide_buffer_finish (&buffer);
}

/* A loop of a few functions: what there is most of.  */
static void
test_small (void)
{
  TideCall calls[TIDE_CALLS_MAX_COUNT];
  TideBuffer buffer;

  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    calls[i] = (TideCall){ .time_ns = 1000000000 + (gint64)i * 120,
                           .cpu_ns = 990000000 + (gint64)i * 120 - i / 500 * 40,
                           .rss_pages = 2500 + i / 500,
                           .thread = 1,
                           .code = 1 + i / 2 % 20,
                           .line = 10 + i % 2,
                           .kind = i % 2 == 0 ? TIDE_CALL_CALL : TIDE_CALL_RETURN };
  tide_buffer_init (&buffer);
  tide_put_calls (&buffer, 7, calls, G_N_ELEMENTS (calls));
  g_assert_cmpuint (buffer.length, <, 4 * G_N_ELEMENTS (calls));
  tide_buffer_finish (&buffer);
}

/* CPU_GOOD: whether the CPU times are good as well.  */
static gboolean
read_all (TideSlice payload, TideCall *calls, gboolean *cpu_good)
{
  TideCallReader reader;
  guint n = 0;

  *cpu_good = FALSE;
  if (!tide_call_reader_begin (&reader, payload))
    return FALSE;
  while (n < TIDE_CALLS_MAX_COUNT && tide_call_reader_next (&reader, &calls[n]))
    n++;
  *cpu_good = tide_call_reader_read_cpu (&reader, calls, n);
  return tide_call_reader_ok (&reader);
}

/* Blocks of the versions before had no CPU times.  */
static void
test_without_cpu (void)
{
  const guint8 block[] = { 2, TIDE_CALL_CALL, 100, 0, TIDE_CALL_RETURN, 5, 0 };
  TideCall calls[TIDE_CALLS_MAX_COUNT];
  gboolean good;

  g_assert_true (read_all ((TideSlice){ (const char *)block, sizeof block }, calls, &good));
  g_assert_true (good);
  for (guint i = 0; i < 2; i++)
    g_assert_cmpint (calls[i].cpu_ns, ==, -1);
  g_assert_cmpint (calls[1].time_ns, ==, 105 * 8);
}

/* A prefix is a block only where its CPU times may be missing, and no damage makes the reader leave its
 * bytes.  */
static void
test_damaged (void)
{
  g_autoptr (GArray) calls = make_calls (300);
  g_autoptr (GRand) rand = g_rand_new_with_seed (2);
  g_autofree TideCall *block = g_new (TideCall, TIDE_CALLS_MAX_COUNT);
  gsize at = 0, events = 0;
  TideBuffer buffer;
  TideSlice payload;
  gboolean good;

  tide_buffer_init (&buffer);
  tide_put_calls (&buffer, 7, (TideCall *)calls->data, calls->len);
  payload = payload_of (&buffer, &at, TIDE_FRAME_CALLS);
  for (gsize length = 0; length < payload.length; length++)
    {
      g_autofree char *prefix = g_memdup2 (payload.data, length);

      if (read_all ((TideSlice){ prefix != NULL ? prefix : "", length }, block, &good) && events == 0)
        events = length;
      g_assert_true (good == (length == events && length > 0));
    }
  g_assert_cmpuint (events, >, 0);
  g_assert_cmpuint (events, <, payload.length - 10);
  for (guint i = 0; i < 3000; i++)
    {
      g_autofree char *copy = g_memdup2 (payload.data, payload.length);

      copy[g_rand_int_range (rand, 0, (gint32)payload.length)] ^= (char)(1 << g_rand_int_range (rand, 0, 8));
      read_all ((TideSlice){ copy, payload.length }, block, &good);
    }
  tide_buffer_finish (&buffer);
}

static void
test_counts (void)
{
  TideCount counts[TIDE_COUNTS_MAX_COUNT + 5], count;
  guint i = 0;
  TideBuffer buffer;
  gsize at = 0;

  for (guint k = 0; k < G_N_ELEMENTS (counts); k++)
    counts[k] = (TideCount){ k + 1, k % 3 == 0 ? G_MAXUINT64 - k : k };
  tide_buffer_init (&buffer);
  tide_put_counts (&buffer, 7, 12345, counts, G_N_ELEMENTS (counts));
  while (at < buffer.length)
    {
      TideCountReader reader;
      gint64 time_ns;

      g_assert_true (
          tide_count_reader_begin (&reader, payload_of (&buffer, &at, TIDE_FRAME_COUNTS), &time_ns));
      g_assert_cmpint (time_ns, ==, 12345);
      for (; tide_count_reader_next (&reader, &count); i++)
        {
          g_assert_cmpuint (count.code, ==, counts[i].code);
          g_assert_cmpuint (count.count, ==, counts[i].count);
        }
      g_assert_true (tide_count_reader_ok (&reader));
    }
  g_assert_cmpuint (i, ==, G_N_ELEMENTS (counts));
  tide_buffer_finish (&buffer);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/calls-frames/calls", test_calls);
  g_test_add_func ("/wire/calls-frames/small", test_small);
  g_test_add_func ("/wire/calls-frames/without-cpu", test_without_cpu);
  g_test_add_func ("/wire/calls-frames/damaged", test_damaged);
  g_test_add_func ("/wire/calls-frames/counts", test_counts);
  return g_test_run ();
}
