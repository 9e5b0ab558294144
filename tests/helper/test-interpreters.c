#include "tide-interpreters.h"

#include "tide-cursor.h"

#include <glib.h>
#include <string.h>

/* What is said of a program that makes interpreters, and of one that says anything of them.  */

typedef struct
{
  TideOutlet outlet;
  TideStream stream;
  TideRegion *region;
  TideInterpreters interpreters;
} Fixture;

/* An outlet without a reader keeps what it is given.  */
static void
set_up (Fixture *self, gconstpointer unused)
{
  memset (self, 0, sizeof *self);
  self->outlet.fd = -1;
  tide_buffer_init (&self->outlet.buffer);
  tide_stream_init (&self->stream, &self->outlet, 0);
  self->region = g_aligned_alloc0 (1, TIDE_REGION_SIZE, 4096);
}

static void
tear_down (Fixture *self, gconstpointer unused)
{
  g_aligned_free (self->region);
  tide_buffer_finish (&self->outlet.buffer);
}

static void
switch_on (Fixture *self, guint32 bits, guint32 state)
{
  for (guint i = 0; i < TIDE_N_INSTRUMENTS; i++)
    if (bits & 1u << i)
      self->region->instruments[i].state = state;
}

/* Follows, and gives what was said: one warning at most.  NULL: nothing.  */
static char *
follow (Fixture *self, bool last)
{
  TideBuffer *buffer = &self->outlet.buffer;
  TideFrameHeader header;
  TideMessage message;
  char *text;

  buffer->length = 0;
  tide_interpreters_follow (&self->interpreters, self->region, &self->stream, 1, last);
  if (buffer->length == 0)
    return NULL;
  g_assert_cmpint (tide_frame_peek (buffer->data, buffer->length, &header), ==, TIDE_PEEK_FRAME);
  g_assert_cmpuint (header.type, ==, TIDE_FRAME_MESSAGE);
  g_assert_cmpuint (buffer->length, ==, TIDE_WIRE_HEADER_SIZE + header.length);
  g_assert_true (tide_get_message (
      (TideSlice){ (const char *)buffer->data + TIDE_WIRE_HEADER_SIZE, header.length }, &message));
  g_assert_cmpint (message.severity, ==, TIDE_SEVERITY_WARNING);
  text = g_strndup (message.text.data, message.text.length);
  g_assert_cmpuint (strlen (text), ==, message.text.length);
  return text;
}

static void
assert_said (Fixture *self, bool last, const char *expected)
{
  g_autofree char *text = follow (self, last);

  g_assert_cmpstr (text, ==, expected);
}

/* Nothing is missed of what sees them, is not on, or is not there.  */
static void
test_silent (Fixture *self, gconstpointer unused)
{
  switch_on (self, TIDE_INSTRUMENT_CALLS | TIDE_INSTRUMENT_EVENTS, TIDE_STATE_ON);
  self->region->main_only = TIDE_INSTRUMENT_CALLS | TIDE_INSTRUMENT_GC;
  assert_said (self, false, NULL);
  assert_said (self, true, NULL);
  atomic_store (&self->region->n_subinterpreters, 3);
  self->region->main_only = TIDE_INSTRUMENT_GC;
  assert_said (self, false, NULL);
  switch_on (self, TIDE_INSTRUMENT_GC, TIDE_STATE_REFUSED);
  assert_said (self, false, NULL);
  assert_said (self, true, NULL);
}

/* Said once, again when another instrument misses them, and their number in the end.  */
static void
test_counts (Fixture *self, gconstpointer unused)
{
  self->region->main_only = TIDE_INSTRUMENT_CALLS | TIDE_INSTRUMENT_GC;
  switch_on (self, TIDE_INSTRUMENT_CALLS, TIDE_STATE_ON);
  atomic_store (&self->region->n_subinterpreters, 1);
  assert_said (self, false, "The program has made 1 subinterpreter so far, in which calls are not measured.");
  assert_said (self, false, NULL);
  atomic_store (&self->region->n_subinterpreters, 5);
  assert_said (self, false, NULL);
  switch_on (self, TIDE_INSTRUMENT_GC, TIDE_STATE_ON);
  assert_said (self, false,
               "The program has made 5 subinterpreters so far, in which calls and collections are not "
               "measured.");
  /* What was missed stays so when it is off.  */
  switch_on (self, TIDE_INSTRUMENT_CALLS | TIDE_INSTRUMENT_GC, TIDE_STATE_OFF);
  assert_said (self, false, NULL);
  atomic_store (&self->region->n_subinterpreters, 6);
  assert_said (self, true,
               "The program has made 6 subinterpreters in all, in which calls and collections are not "
               "measured.");
  assert_said (self, true, NULL);
}

/* Of a short one all is said at its end.  */
static void
test_last (Fixture *self, gconstpointer unused)
{
  self->region->main_only = TIDE_INSTRUMENT_LINES;
  switch_on (self, TIDE_INSTRUMENT_LINES, TIDE_STATE_ON);
  atomic_store (&self->region->n_subinterpreters, 2);
  assert_said (self, true, "The program has made 2 subinterpreters in all, in which lines are not measured.");
  assert_said (self, true, NULL);
}

/* However the numbers change, each instrument is said of once before the end, in whole sentences.  */
static void
test_hostile (Fixture *self, gconstpointer unused)
{
  static const guint32 numbers[] = { 0, 1, 1u << 31, G_MAXUINT32, 7 };
  g_autoptr (GRand) random = g_rand_new_with_seed (42);
  guint n_said = 0;

  for (guint i = 0; i < 20000; i++)
    {
      g_autofree char *text = NULL;

      self->region->main_only = g_rand_int (random);
      atomic_store (&self->region->n_subinterpreters,
                    numbers[g_rand_int_range (random, 0, G_N_ELEMENTS (numbers))]);
      for (guint k = 0; k < TIDE_N_INSTRUMENTS; k++)
        self->region->instruments[k].state =
            g_rand_boolean (random) ? (guint32)TIDE_STATE_ON : g_rand_int (random);
      text = follow (self, false);
      if (text == NULL)
        continue;
      n_said++;
      g_assert_true (g_str_has_prefix (text, "The program has made "));
      g_assert_true (g_str_has_suffix (text, " are not measured."));
    }
  g_assert_cmpuint (n_said, >=, 1);
  g_assert_cmpuint (n_said, <=, 3);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/interpreters/silent", Fixture, NULL, set_up, test_silent, tear_down);
  g_test_add ("/interpreters/counts", Fixture, NULL, set_up, test_counts, tear_down);
  g_test_add ("/interpreters/last", Fixture, NULL, set_up, test_last, tear_down);
  g_test_add ("/interpreters/hostile", Fixture, NULL, set_up, test_hostile, tear_down);
  return g_test_run ();
}
