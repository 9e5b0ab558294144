#include "tide-frames.h"
#include "tide-line-columns.h"
#include "tide-line-slots.h"
#include "ui-fixture.h"

#include <string.h>

static gboolean
is_settled (gpointer data)
{
  return tide_line_slots_is_settled (data);
}

/* The lines of RECORDING's process, by COLUMN from the greatest; by a worker, for which it waits.  */
static TideLineSlots *
make_slots (TideRecording *recording, TideLineColumn column)
{
  TideLineSlots *slots = tide_line_slots_new ();

  tide_line_columns_get_kind ()->sort (slots, column, TRUE);
  tide_line_slots_ask (slots, tide_recording_get_process (recording, 0), TIDE_SPAN_ALL, NULL);
  ui_wait (is_settled, slots);
  return slots;
}

static void
assert_texts (TideLineSlots *slots, guint position, const char *const *expected)
{
  for (guint column = 0; column < TIDE_N_LINE_COLUMNS; column++)
    {
      g_autofree char *text = tide_line_columns_get_kind ()->dup_text (slots, position, column);

      g_assert_cmpstr (text, ==, expected[column]);
    }
}

static void
assert_tooltips (TideLineSlots *slots, guint position, const char *const *expected)
{
  for (guint column = 0; column < TIDE_N_LINE_COLUMNS; column++)
    {
      g_autofree char *text = tide_line_columns_get_kind ()->dup_tooltip (slots, position, column);

      g_assert_cmpstr (text, ==, expected[column]);
    }
}

static void
test_bytes (void)
{
  static const char *const texts[TIDE_N_LINE_COLUMNS] = {
    "module_0.py:18", "function_0007", "0 B", "8 KiB", "4 KiB", "8 KiB", "4", "2", "0"
  };
  static const char *const tooltips[TIDE_N_LINE_COLUMNS] = {
    "/src/package/module_0.py:18",
    "function_0007",
    "0 bytes",
    "8 192 bytes\nin 8 blocks, 2 of them temporary",
    "4 096 bytes\nin 4 blocks",
    "8 192 bytes",
    NULL,
    NULL,
    NULL,
  };
  static const char *const past[TIDE_N_LINE_COLUMNS] = { NULL };
  g_autoptr (TideRecording) recording = ui_recording_of_bytes (8, 0);
  g_autoptr (TideLineSlots) slots = make_slots (recording, TIDE_LINE_COLUMN_LIVE);

  assert_texts (slots, 0, texts);
  assert_tooltips (slots, 0, tooltips);
  assert_texts (slots, 8, past);
  assert_tooltips (slots, 8, past);
  g_assert_false (tide_line_columns_get_kind ()->is_other (slots, 8));
}

/* An estimate says how good it is; the cell itself is as short as ever.  */
static void
test_estimates (void)
{
  g_autoptr (TideRecording) recording = ui_recording_of_bytes (8, 65536);
  g_autoptr (TideLineSlots) slots = make_slots (recording, TIDE_LINE_COLUMN_LIVE);
  const TideTableKind *kind = tide_line_columns_get_kind ();
  g_autofree char *text = kind->dup_text (slots, 0, TIDE_LINE_COLUMN_LIVE);
  g_autofree char *tooltip = kind->dup_tooltip (slots, 0, TIDE_LINE_COLUMN_LIVE);

  g_assert_cmpstr (text, ==, "4 KiB");
  g_assert_cmpstr (tooltip, ==,
                   "4 096 bytes ± 800 B (standard error: estimated from a sample)\nin about 4 blocks");
}

/* Columns of Python bytes come with them; all others are always there.  */
static void
test_defaults (void)
{
  g_autoptr (TideRecording) with = ui_recording_of_bytes (3, 0);
  g_autoptr (TideRecording) without = ui_recording (3);
  g_autoptr (TideLineSlots) bytes = make_slots (with, TIDE_LINE_COLUMN_SELF);
  g_autoptr (TideLineSlots) none = make_slots (without, TIDE_LINE_COLUMN_SELF);
  const TideTableKind *kind = tide_line_columns_get_kind ();

  for (guint column = 0; column < TIDE_N_LINE_COLUMNS; column++)
    {
      gboolean is_of_bytes = column == TIDE_LINE_COLUMN_ALLOCATED || column == TIDE_LINE_COLUMN_LIVE
                             || column == TIDE_LINE_COLUMN_PEAK || column == TIDE_LINE_COLUMN_BLOCKS
                             || column == TIDE_LINE_COLUMN_TEMPORARY;

      g_assert_true (kind->is_default (bytes, column));
      g_assert_cmpint (kind->is_default (none, column), ==, !is_of_bytes);
    }
}

/* What is no line has neither file nor number, looks otherwise, and says what it is.  */
static void
test_other_rows (void)
{
  g_autoptr (TideRecording) recording = ui_recording_of_life ();
  g_autoptr (TideLineSlots) slots = make_slots (recording, TIDE_LINE_COLUMN_SELF);
  const TideTableKind *kind = tide_line_columns_get_kind ();
  static const struct
  {
    const char *function, *where, *self;
    gboolean other;
  } rows[] = {
    { "grow", "nightly.py:11", "+60 MiB", FALSE },     { "[before measuring]", "", "+10 MiB", TRUE },
    { "[outside Python]", "", "+4 MiB", TRUE },        { "[while paused]", "", "+2 MiB", TRUE },
    { "[interpreter shutdown]", "", "−70 MiB", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *function = kind->dup_text (slots, i, TIDE_LINE_COLUMN_FUNCTION);
      g_autofree char *where = kind->dup_text (slots, i, TIDE_LINE_COLUMN_WHERE);
      g_autofree char *self = kind->dup_text (slots, i, TIDE_LINE_COLUMN_SELF);
      g_autofree char *place = kind->dup_tooltip (slots, i, TIDE_LINE_COLUMN_WHERE);
      g_autofree char *meaning = kind->dup_tooltip (slots, i, TIDE_LINE_COLUMN_FUNCTION);

      g_assert_cmpstr (function, ==, rows[i].function);
      g_assert_cmpstr (where, ==, rows[i].where);
      g_assert_cmpstr (self, ==, rows[i].self);
      g_assert_cmpint (kind->is_other (slots, i), ==, rows[i].other);
      g_assert_cmpint (place == NULL, ==, rows[i].other);
      g_assert_cmpint (g_str_equal (meaning, rows[i].function), ==, !rows[i].other);
    }
  g_assert_null (kind->dup_text (slots, G_N_ELEMENTS (rows), TIDE_LINE_COLUMN_WHERE));
}

/* A line that is not known is no line 0; a folder's name that ends in a slash is not cut to nothing.  */
static void
test_places (void)
{
  static const struct
  {
    const char *file;
    guint line;
    const char *where, *tooltip;
  } places[] = {
    { "/src/a b.py", 0, "a b.py", "/src/a b.py" },
    { "/src/a\n.py", 4294967295u, "a\n.py:4294967295", "/src/a\n.py:4294967295" },
    { "<string>", 3, "<string>:3", "<string>:3" },
    { "/src/", 3, "/src/:3", "/src/:3" },
  };
  TideHello hello = { .pid = 42, .parent_pid = 1, .page_size = 4096 };
  TideSlice argument = ui_slice ("python3");
  const TideTableKind *kind = tide_line_columns_get_kind ();
  g_autoptr (TideRecording) recording = NULL;
  g_autoptr (TideLineSlots) slots = NULL;
  guint64 rss_pages = 0;
  TideBuffer buffer;

  tide_buffer_init (&buffer);
  tide_put_hello (&buffer, 0, &hello, &argument, 1);
  tide_put_string (&buffer, 0, ui_slice ("work"));
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      TideCodeInfo code = { i + 2, 1, 1 };
      TideNodeInfo node = { 0, i + 1, places[i].line };
      /* Each grows more than the next, so that they come in this order.  */
      TideEvent event = { .time_ns = i, .node = i + 1, .delta_pages = 10 - i };

      tide_put_string (&buffer, 0, ui_slice (places[i].file));
      tide_put_code (&buffer, 0, &code);
      tide_put_node (&buffer, 0, &node);
      event.rss_pages = (rss_pages += 10 - i);
      tide_put_events (&buffer, 0, &event, 1);
    }
  recording = ui_decode (&buffer);
  slots = make_slots (recording, TIDE_LINE_COLUMN_SELF);
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autofree char *where = kind->dup_text (slots, i, TIDE_LINE_COLUMN_WHERE);
      g_autofree char *tooltip = kind->dup_tooltip (slots, i, TIDE_LINE_COLUMN_WHERE);

      g_assert_cmpstr (where, ==, places[i].where);
      g_assert_cmpstr (tooltip, ==, places[i].tooltip);
    }
}

/* At first the greatest growth is on top; a name comes from its first letter.  */
static void
test_sort (void)
{
  g_autoptr (TideRecording) recording = ui_recording (3);
  const TideTableKind *kind = tide_line_columns_get_kind ();
  g_autoptr (TideLineSlots) slots = make_slots (recording, (TideLineColumn)kind->sort_column);
  g_autofree char *first = NULL;
  gboolean descending;

  g_assert_cmpuint (kind->sort_column, ==, TIDE_LINE_COLUMN_SELF);
  g_assert_true (kind->sort_descending);
  kind->sort (slots, TIDE_LINE_COLUMN_FUNCTION, FALSE);
  ui_wait (is_settled, slots);
  g_assert_cmpint (tide_line_slots_get_sort (slots, &descending), ==, TIDE_LINE_COLUMN_FUNCTION);
  g_assert_false (descending);
  first = kind->dup_text (slots, 0, TIDE_LINE_COLUMN_FUNCTION);
  g_assert_cmpstr (first, ==, "function_0000");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/line-columns/bytes", test_bytes);
  g_test_add_func ("/line-columns/estimates", test_estimates);
  g_test_add_func ("/line-columns/defaults", test_defaults);
  g_test_add_func ("/line-columns/other-rows", test_other_rows);
  g_test_add_func ("/line-columns/places", test_places);
  g_test_add_func ("/line-columns/sort", test_sort);
  return g_test_run ();
}
