#include "tide-digest.h"
#include "tide-wire.h"

G_STATIC_ASSERT (TIDE_RSS_SOURCE_START == TIDE_SOURCE_START);

static const TideTally *
find_account (const TideDigest *digest, gsize account)
{
  for (gsize i = 0; i < digest->n_entries; i++)
    if (digest->entries[i].account == account)
      return &digest->entries[i].tally;
  return NULL;
}

static void
assert_tally (const TideTally *tally, gint64 rise, gint64 fall, gint64 n_samples)
{
  g_assert_nonnull (tally);
  g_assert_cmpint (tally->rise, ==, rise);
  g_assert_cmpint (tally->fall, ==, fall);
  g_assert_cmpint (tally->n_samples, ==, n_samples);
}

static void
test_digests (void)
{
  const TideRssEvent events[] = {
    { .delta_bytes = 100, .node = 2, .source = TIDE_SOURCE_ALLOC },
    { .delta_bytes = -30, .node = 2, .source = TIDE_SOURCE_ALLOC },
    { .delta_bytes = 7, .node = 0, .source = TIDE_SOURCE_START },
    { .delta_bytes = 8, .node = 0, .source = TIDE_SOURCE_OUTSIDE },
    { .delta_bytes = 9, .node = 1, .source = TIDE_SOURCE_START },
  };
  TideDigester digester;
  g_autofree TideDigest *first = NULL;
  g_autofree TideDigest *second = NULL;
  g_autofree TideDigest *empty = NULL;

  tide_digester_init (&digester, TIDE_N_ACCOUNTS (2));
  tide_digester_add (&digester, events, 3);
  tide_digester_add (&digester, events + 3, 2);
  first = tide_digester_finish (&digester);
  g_assert_cmpuint (first->n_entries, ==, 4);
  assert_tally (find_account (first, TIDE_ACCOUNT_OF_NODE (2)), 100, 30, 2);
  assert_tally (find_account (first, TIDE_ACCOUNT_BEFORE), 7, 0, 1);
  assert_tally (find_account (first, TIDE_ACCOUNT_OUTSIDE), 8, 0, 1);
  assert_tally (find_account (first, TIDE_ACCOUNT_OF_NODE (1)), 9, 0, 1);

  /* Nothing of the first is in the next.  */
  tide_digester_add (&digester, events, 1);
  second = tide_digester_finish (&digester);
  g_assert_cmpuint (second->n_entries, ==, 1);
  assert_tally (find_account (second, TIDE_ACCOUNT_OF_NODE (2)), 100, 0, 1);
  empty = tide_digester_finish (&digester);
  g_assert_cmpuint (empty->n_entries, ==, 0);
  tide_digester_clear (&digester);
}

static void
test_saturates (void)
{
  TideTally tally = { 0 };
  const TideRssEvent up = { .delta_bytes = G_MAXINT64 }, down = { .delta_bytes = -G_MAXINT64 };

  for (guint i = 0; i < 3; i++)
    {
      tide_tally_add_event (&tally, &up);
      tide_tally_add_event (&tally, &down);
    }
  assert_tally (&tally, G_MAXINT64, G_MAXINT64, 6);
  tide_tally_add (&tally, &tally);
  assert_tally (&tally, G_MAXINT64, G_MAXINT64, 12);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/digest/digests", test_digests);
  g_test_add_func ("/digest/saturates", test_saturates);
  return g_test_run ();
}
