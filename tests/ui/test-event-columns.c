#include "tide-call-rows.h"
#include "tide-calls-frames.h"
#include "tide-event-columns.h"
#include "tide-frames.h"
#include "ui-fixture.h"

#include <string.h>

#define PAGE 4096
#define LONG 3000

/* "load" of /src/batch.py, which calls "sum", a C function without a file; and "odd\nname" of a file of 3,000
 * characters.  */
static void
put_codes (TideBuffer *buffer)
{
  g_autofree char *base = g_strnfill (LONG, 'x');
  g_autofree char *file = g_strconcat ("/src/", base, NULL);
  const char *const strings[] = { "/src/batch.py", "load", "sum", file, "odd\nname" };
  static const TideCodeInfo codes[] = { { 1, 2, 10 }, { 0, 3, 0 }, { 4, 5, 1 } };
  TideHello hello = { .pid = 42, .parent_pid = 1, .page_size = PAGE };
  TideSlice argument = ui_slice ("python3");
  TideThreadInfo thread = { 4711, ui_slice ("worker") };

  tide_put_hello (buffer, 0, &hello, &argument, 1);
  tide_put_thread (buffer, 0, &thread);
  for (guint i = 0; i < G_N_ELEMENTS (strings); i++)
    tide_put_string (buffer, 0, ui_slice (strings[i]));
  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    tide_put_code (buffer, 0, &codes[i]);
}

/* Of "load", and with C functions of "sum", which it calls.  */
static TideCall
call_at (gint64 time_ns, gint64 cpu_ns, guint64 rss_pages, TideCallKind kind, guint line)
{
  gboolean is_c = kind == TIDE_CALL_C_CALL || kind == TIDE_CALL_C_RETURN;

  return (TideCall){ time_ns, cpu_ns, rss_pages, 1, is_c ? 2 : 1, is_c ? 1 : 0, line, kind };
}

static TideRecording *
make_recording (void)
{
  const TideCall calls[] = {
    call_at (0, -1, 1024, TIDE_CALL_CALL, 10),
    call_at (1500000000, 250000000, 1026, TIDE_CALL_C_CALL, 12),
    call_at (1500001000, 250001000, 514, TIDE_CALL_C_RETURN, 0),
    { 1500002000, -1, 514, .code = 3, .line = 3, .kind = TIDE_CALL_LINE },
    { 1500003000, -1, 514, .kind = TIDE_CALL_EXCEPT },
  };
  TideBuffer buffer;

  tide_buffer_init (&buffer);
  put_codes (&buffer);
  tide_put_calls (&buffer, 0, calls, G_N_ELEMENTS (calls));
  return ui_decode (&buffer);
}

typedef struct
{
  TideRecording *recording;
  TideCallRows *rows;
  const TideTableKind *kind;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->recording = make_recording ();
  self->rows = tide_call_rows_new ();
  self->kind = tide_event_columns_get_kind ();
  tide_call_rows_show (self->rows, tide_recording_get_process (self->recording, 0), TIDE_SPAN_ALL,
                       TIDE_CALL_ALL_KINDS);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_object_unref (self->rows);
  g_object_unref (self->recording);
}

static void
assert_row (Fixture *self, guint position, const char *const *expected)
{
  for (guint column = 0; column < TIDE_N_EVENTS_COLUMNS; column++)
    {
      g_autofree char *text = self->kind->dup_text (self->rows, position, column);

      g_assert_cmpstr (text, ==, expected[column]);
    }
}

static void
test_cells (Fixture *self, gconstpointer data)
{
  static const char *const rows[][TIDE_N_EVENTS_COLUMNS] = {
    /* The first of all: nothing to be told against, and the time of its thread is not known.  */
    { "1", "0.000000", "", "4711", "CALL", "4 MiB", "", "load", "batch.py:10" },
    /* A C function has no file: where it was called.  */
    { "2", "1.500000", "0.250000", "4711", "C_CALL", "4.01 MiB", "+8 KiB", "sum", "batch.py:12" },
    { "3", "1.500001", "0.250001", "4711", "C_RETURN", "2.01 MiB", "−2 MiB", "sum", "batch.py" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    assert_row (self, i, rows[i]);
}

/* What is not known is empty, not nought; and past the end is nothing at all.  */
static void
test_unknown (Fixture *self, gconstpointer data)
{
  static const char *const unknown[TIDE_N_EVENTS_COLUMNS] = { "5",        "1.500003", "", "", "EXCEPT",
                                                              "2.01 MiB", "",         "", "" };
  static const char *const past[TIDE_N_EVENTS_COLUMNS] = { NULL };

  assert_row (self, 4, unknown);
  assert_row (self, 5, past);
  for (guint column = 0; column < TIDE_N_EVENTS_COLUMNS; column++)
    g_assert_null (self->kind->dup_tooltip (self->rows, 5, column));
  g_assert_null (self->kind->dup_tooltip (self->rows, 4, TIDE_EVENTS_COLUMN_WHERE));
  g_assert_null (self->kind->dup_tooltip (self->rows, 4, TIDE_EVENTS_COLUMN_DELTA));
}

static void
test_tooltips (Fixture *self, gconstpointer data)
{
  static const struct
  {
    guint position;
    TideEventsColumn column;
    const char *expected;
  } cases[] = {
    { 1, TIDE_EVENTS_COLUMN_RSS, "4 202 496 bytes" },
    { 1, TIDE_EVENTS_COLUMN_DELTA, "8 192 bytes" },
    { 2, TIDE_EVENTS_COLUMN_DELTA, "−2 097 152 bytes" },
    { 1, TIDE_EVENTS_COLUMN_FUNCTION, "sum" },
    { 1, TIDE_EVENTS_COLUMN_WHERE, "/src/batch.py:12" },
    { 2, TIDE_EVENTS_COLUMN_WHERE, "/src/batch.py" },
    { 1, TIDE_EVENTS_COLUMN_NUMBER, NULL },
    { 1, TIDE_EVENTS_COLUMN_TIME, NULL },
    { 1, TIDE_EVENTS_COLUMN_KIND, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = self->kind->dup_tooltip (self->rows, cases[i].position, cases[i].column);

      g_assert_cmpstr (text, ==, cases[i].expected);
    }
}

/* However long a name is, the cell has the whole of its last part, to be cut where it is drawn.  */
static void
test_long_names (Fixture *self, gconstpointer data)
{
  g_autofree char *where = self->kind->dup_text (self->rows, 3, TIDE_EVENTS_COLUMN_WHERE);
  g_autofree char *name = self->kind->dup_text (self->rows, 3, TIDE_EVENTS_COLUMN_FUNCTION);
  g_autofree char *tooltip = self->kind->dup_tooltip (self->rows, 3, TIDE_EVENTS_COLUMN_WHERE);

  g_assert_cmpuint (strlen (where), ==, LONG + strlen (":3"));
  g_assert_true (g_str_has_suffix (where, "x:3"));
  g_assert_cmpuint (strlen (tooltip), ==, strlen ("/src/") + LONG + strlen (":3"));
  g_assert_cmpstr (name, ==, "odd\nname");
}

static void
test_headers (Fixture *self, gconstpointer data)
{
  const TideTableKind *kind = self->kind;

  g_assert_cmpuint (kind->n_columns, ==, TIDE_N_EVENTS_COLUMNS);
  /* Events have one order: that of time.  */
  g_assert_null (kind->sort);
  for (guint i = 0; i < kind->n_columns; i++)
    {
      g_assert_cmpstr (kind->get_title (i), !=, "");
      g_assert_cmpstr (kind->get_definition (i), !=, "");
      for (guint k = 0; k < i; k++)
        {
          g_assert_cmpstr (kind->columns[i].id, !=, kind->columns[k].id);
          g_assert_cmpstr (kind->get_title (i), !=, kind->get_title (k));
          g_assert_cmpstr (kind->get_definition (i), !=, kind->get_definition (k));
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)
  ADD ("/event-columns/cells", test_cells);
  ADD ("/event-columns/unknown", test_unknown);
  ADD ("/event-columns/tooltips", test_tooltips);
  ADD ("/event-columns/long-names", test_long_names);
  ADD ("/event-columns/headers", test_headers);
  return g_test_run ();
}
