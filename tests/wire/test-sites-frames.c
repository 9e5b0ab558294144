#include "one-frame.h"

#include "tide-sites-frames.h"

#include <string.h>

static TideSiteEntry
make_entry (guint32 id, gboolean is_new, guint64 mean)
{
  TideSiteEntry entry = { .id = id,
                          .is_new = is_new,
                          .kind = is_new ? TIDE_SITE_LINE + id % 3 : TIDE_SITE_NONE,
                          .code = is_new ? 7 * id : 0,
                          .line = is_new ? 11 * id : 0,
                          .live_bytes = id,
                          .live_blocks = 2 * id,
                          .allocated_bytes = TIDE_SITES_MAX_VALUE - id,
                          .n_allocated = 300 * id,
                          .freed_bytes = 5,
                          .n_freed = 6,
                          .peak_bytes = 70000 * (guint64)id,
                          .n_temporary = 8,
                          .live_error = mean != 0 ? 9 : 0,
                          .allocated_error = mean != 0 ? 1000 : 0 };

  return entry;
}

static guint
read_all (TideSlice payload, TideSiteEntry *entries, guint n, gboolean *ok)
{
  TideSitesReader reader;
  TideSiteEntry entry;
  guint read = 0;

  *ok = FALSE;
  if (!tide_sites_reader_begin (&reader, payload))
    return 0;
  while (tide_sites_reader_next (&reader, &entry))
    {
      if (read < n)
        entries[read] = entry;
      read++;
    }
  *ok = tide_sites_reader_ok (&reader);
  return read;
}

static void
assert_same (const TideSiteEntry *a, const TideSiteEntry *b)
{
  g_assert_cmpuint (a->id, ==, b->id);
  g_assert_true (a->is_new == b->is_new);
  g_assert_cmpint (a->kind, ==, b->kind);
  g_assert_cmpuint (a->code, ==, b->code);
  g_assert_cmpuint (a->line, ==, b->line);
  g_assert_cmpuint (a->live_bytes, ==, b->live_bytes);
  g_assert_cmpuint (a->live_blocks, ==, b->live_blocks);
  g_assert_cmpuint (a->allocated_bytes, ==, b->allocated_bytes);
  g_assert_cmpuint (a->n_allocated, ==, b->n_allocated);
  g_assert_cmpuint (a->freed_bytes, ==, b->freed_bytes);
  g_assert_cmpuint (a->n_freed, ==, b->n_freed);
  g_assert_cmpuint (a->peak_bytes, ==, b->peak_bytes);
  g_assert_cmpuint (a->n_temporary, ==, b->n_temporary);
  g_assert_cmpuint (a->live_error, ==, b->live_error);
  g_assert_cmpuint (a->allocated_error, ==, b->allocated_error);
}

static void
test_round_trip (void)
{
  for (guint64 mean = 0; mean <= 524288; mean += 524288)
    {
      TideSiteEntry entries[] = { make_entry (1, TRUE, mean), make_entry (2, FALSE, mean),
                                  make_entry (900, TRUE, mean), make_entry (G_MAXUINT32, FALSE, mean) };
      TideSiteEntry read[4];
      TideSitesReader reader;
      TideBuffer buffer;
      gboolean ok;

      tide_buffer_init (&buffer);
      tide_put_sites (&buffer, 3, 12345, mean, entries, G_N_ELEMENTS (entries));
      g_assert_true (tide_buffer_ok (&buffer));
      g_assert_true (tide_sites_reader_begin (&reader, payload_of (&buffer, TIDE_FRAME_SITES, 3)));
      g_assert_cmpint (reader.time_ns, ==, 12345);
      g_assert_cmpuint (reader.mean_bytes, ==, mean);
      g_assert_cmpuint (read_all (payload_of (&buffer, TIDE_FRAME_SITES, 3), read, 4, &ok), ==, 4);
      g_assert_true (ok);
      for (guint i = 0; i < 4; i++)
        assert_same (&entries[i], &read[i]);
      tide_buffer_finish (&buffer);
    }
}

/* Cut anywhere it is an error, and with any byte changed it is read without harm.  */
static void
test_hostile (void)
{
  TideSiteEntry entries[] = { make_entry (1, TRUE, 1), make_entry (2, TRUE, 1) }, read[2];
  TideBuffer buffer;
  TideSlice payload;
  gboolean ok;

  tide_buffer_init (&buffer);
  tide_put_sites (&buffer, 3, 5, 1024, entries, 2);
  payload = payload_of (&buffer, TIDE_FRAME_SITES, 3);
  for (gsize length = 0; length < payload.length; length++)
    {
      g_autofree char *copy = g_memdup2 (payload.data, MAX (length, 1));

      read_all ((TideSlice){ copy, length }, read, 2, &ok);
      g_assert_false (ok);
    }
  for (gsize at = 0; at < payload.length; at++)
    for (guint value = 0; value < 256; value++)
      {
        g_autofree char *copy = g_memdup2 (payload.data, payload.length);

        copy[at] = (char)value;
        g_assert_cmpuint (read_all ((TideSlice){ copy, payload.length }, read, 2, &ok), <=,
                          TIDE_SITES_MAX_COUNT);
      }
  tide_buffer_finish (&buffer);
}

/* What no writer writes.  */
static void
test_refused (void)
{
  static const struct
  {
    const char *bytes;
    gsize length;
  } cases[] = {
    { "\x05\x01\x00\x00", 4 },                                                      /* a mean of nought */
    { "\x05\x00\x81\x04", 4 },                                                      /* 513 entries      */
    { "\x05\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00", 12 },                     /* id 0             */
    { "\x05\x00\x01\x03\x00\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00", 15 },         /* kind 0           */
    { "\x05\x00\x01\x03\x04\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00", 15 },         /* kind 4           */
    { "\x05\x00\x01\x02\xff\xff\xff\xff\xff\xff\xff\xff\x7f\x00\x00\x00\x00", 17 }, /* too many bytes   */
  };
  TideSiteEntry read;
  gboolean ok;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      read_all ((TideSlice){ cases[i].bytes, cases[i].length }, &read, 1, &ok);
      g_assert_false (ok);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sites-frames/round-trip", test_round_trip);
  g_test_add_func ("/sites-frames/hostile", test_hostile);
  g_test_add_func ("/sites-frames/refused", test_refused);
  return g_test_run ();
}
