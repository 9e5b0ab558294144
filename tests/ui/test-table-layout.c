#include "tide-table-layout.h"

static const char *const ids[] = { "name", "where", "self", "live" };
#define N_IDS G_N_ELEMENTS (ids)

static void
assert_equal (const TideTableLayout *a, const TideTableLayout *b)
{
  g_assert_cmpuint (a->n_columns, ==, b->n_columns);
  g_assert_cmpint (a->sort, ==, b->sort);
  g_assert_cmpint (a->descending, ==, b->descending);
  for (guint i = 0; i < a->n_columns; i++)
    {
      g_assert_cmpuint (a->order[i], ==, b->order[i]);
      g_assert_cmpint (a->shown[i], ==, b->shown[i]);
      g_assert_cmpint (a->width[i], ==, b->width[i]);
    }
}

static void
test_round_trip (void)
{
  TideTableLayout layout, read;
  g_autoptr (GVariant) variant = NULL;

  tide_table_layout_init (&layout, N_IDS);
  layout.order[0] = 2;
  layout.order[1] = 0;
  layout.order[2] = 1;
  layout.shown[1] = TIDE_COLUMN_HIDDEN;
  layout.shown[3] = TIDE_COLUMN_SHOWN;
  layout.width[2] = 321;
  layout.sort = 3;
  layout.descending = TRUE;
  variant = g_variant_ref_sink (tide_table_layout_to_variant (&layout, ids));
  tide_table_layout_from_variant (&read, N_IDS, ids, variant);
  assert_equal (&layout, &read);
}

/* Nothing said is nothing written, so that defaults of a later version hold.  */
static void
test_nothing (void)
{
  TideTableLayout layout, read;
  g_autoptr (GVariant) variant = NULL;

  tide_table_layout_init (&layout, N_IDS);
  variant = g_variant_ref_sink (tide_table_layout_to_variant (&layout, ids));
  g_assert_cmpuint (g_variant_n_children (variant), ==, 0);
  tide_table_layout_from_variant (&read, N_IDS, ids, variant);
  assert_equal (&layout, &read);
  tide_table_layout_from_variant (&read, N_IDS, ids, NULL);
  assert_equal (&layout, &read);
}

/* Another version wrote it, or somebody by hand.  */
static void
test_foreign (void)
{
  static const struct
  {
    const char *text;
    guint order[N_IDS];
    int width; /* of "self" */
    int sort;
  } cases[] = {
    { "{'order': <['live', 'gone', 'live', 'name']>}", { 3, 0, 1, 2 }, 0, -1 },
    { "{'order': <['self']>, 'widths': <{'self': 1, 'gone': 90}>}",
      { 2, 0, 1, 3 },
      TIDE_TABLE_MIN_WIDTH,
      -1 },
    { "{'widths': <{'self': 2147483647}>}", { 0, 1, 2, 3 }, TIDE_TABLE_MAX_WIDTH, -1 },
    { "{'widths': <{'self': -5}>}", { 0, 1, 2, 3 }, 0, -1 },
    { "{'order': <'self'>, 'widths': <['self']>, 'sort': <7>}", { 0, 1, 2, 3 }, 0, -1 },
    { "{'sort': <'gone'>, 'descending': <true>}", { 0, 1, 2, 3 }, 0, -1 },
    { "{'sort': <'where'>, 'descending': <'yes'>}", { 0, 1, 2, 3 }, 0, 1 },
    { "{'more': <{'a': <1>}>}", { 0, 1, 2, 3 }, 0, -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) variant =
          g_variant_parse (G_VARIANT_TYPE_VARDICT, cases[i].text, NULL, NULL, &error);
      TideTableLayout layout;

      g_assert_no_error (error);
      tide_table_layout_from_variant (&layout, N_IDS, ids, variant);
      for (guint place = 0; place < N_IDS; place++)
        g_assert_cmpuint (layout.order[place], ==, cases[i].order[place]);
      g_assert_cmpint (layout.width[2], ==, cases[i].width);
      g_assert_cmpint (layout.sort, ==, cases[i].sort);
      g_assert_false (layout.descending);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/table-layout/round-trip", test_round_trip);
  g_test_add_func ("/table-layout/nothing", test_nothing);
  g_test_add_func ("/table-layout/foreign", test_foreign);
  return g_test_run ();
}
