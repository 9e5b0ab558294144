#include "tide-instrument-list.h"
#include "ui-fixture.h"

#include "tide-wire.h"

typedef struct
{
  guint n_switched, instrument, n_options;
  gboolean on;
} Told;

static void
note_switched (TideInstrumentList *list, guint instrument, gboolean on, Told *told)
{
  told->n_switched++;
  told->instrument = instrument;
  told->on = on;
}

static void
note_options (TideInstrumentList *list, Told *told)
{
  told->n_options++;
}

static TideInstrumentList *
new_list (guint shown, Told *told)
{
  TideInstrumentList *list = g_object_ref_sink (TIDE_INSTRUMENT_LIST (tide_instrument_list_new (shown)));

  g_signal_connect (list, "switched", G_CALLBACK (note_switched), told);
  g_signal_connect (list, "options-changed", G_CALLBACK (note_options), told);
  return list;
}

/* "on" or "refused" of an instrument, as a process tells it.  */
static void
tell (TideRecording *recording, TideInstrument instrument, TideInstrumentState state, const char *why)
{
  TideBatch *batch = tide_batch_new (0);
  TideNote note = {
    .kind = TIDE_NOTE_INSTRUMENT, .detail = instrument, .value = state, .text = g_strdup (why)
  };

  g_array_append_val (batch->notes, note);
  tide_recording_append (recording, batch);
}

/* What the person does is told, what we do is not.  */
static void
test_who_switched (void)
{
  Told told = { 0 };
  g_autoptr (TideInstrumentList) list = new_list (TIDE_INSTRUMENTS_OF_AGENT, &told);

  tide_instrument_list_set_chosen (list, TIDE_INSTRUMENT_EVENTS | TIDE_INSTRUMENT_GC);
  g_assert_cmpuint (tide_instrument_list_get_chosen (list), ==, TIDE_INSTRUMENT_EVENTS | TIDE_INSTRUMENT_GC);
  tide_instrument_list_show_process (list, NULL, FALSE);
  g_assert_cmpuint (tide_instrument_list_get_chosen (list), ==, 0);
  g_assert_cmpuint (told.n_switched, ==, 0);
  gtk_switch_set_active (tide_instrument_list_get_switch (list, TIDE_INSTRUMENT_CALLS), TRUE);
  g_assert_cmpuint (told.n_switched, ==, 1);
  g_assert_cmpuint (told.instrument, ==, TIDE_INSTRUMENT_CALLS);
  g_assert_true (told.on);
  gtk_switch_set_active (tide_instrument_list_get_switch (list, TIDE_INSTRUMENT_CALLS), FALSE);
  g_assert_false (told.on);
}

static void
test_options (void)
{
  Told told = { 0 };
  g_autoptr (TideInstrumentList) list = new_list (TIDE_INSTRUMENT_CALLS, &told);
  const TideInstrumentOptions options = { 8 << 10, 1 << 20, 25 };
  TideInstrumentOptions back;

  /* Those that are not listed are never chosen.  */
  tide_instrument_list_set_chosen (list, TIDE_INSTRUMENTS_OF_AGENT);
  g_assert_cmpuint (tide_instrument_list_get_chosen (list), ==, TIDE_INSTRUMENT_CALLS);
  g_assert_null (tide_instrument_list_get_switch (list, TIDE_INSTRUMENT_GC));
  g_assert_null (tide_instrument_list_get_state (list, TIDE_INSTRUMENT_GC));
  tide_instrument_list_set_options (list, &options);
  g_assert_cmpuint (told.n_options, ==, 0);
  back = tide_instrument_list_get_options (list);
  g_assert_cmpuint (back.trigger_bytes, ==, options.trigger_bytes);
  g_assert_cmpuint (back.sample_bytes, ==, options.sample_bytes);
  g_assert_cmpuint (back.budget, ==, 25);
}

/* A switch that was turned waits for the program's answer, and then says what the program says.  */
static void
test_answers (void)
{
  Told told = { 0 };
  g_autoptr (TideInstrumentList) list = new_list (TIDE_INSTRUMENTS_OF_AGENT, &told);
  g_autoptr (TideRecording) recording = ui_recording (1);
  TideProcess *process = tide_recording_get_process (recording, 0);
  GtkSwitch *calls = tide_instrument_list_get_switch (list, TIDE_INSTRUMENT_CALLS);
  GtkSwitch *events = tide_instrument_list_get_switch (list, TIDE_INSTRUMENT_EVENTS);

  tide_instrument_list_show_process (list, process, TRUE);
  g_assert_true (gtk_switch_get_active (events));
  g_assert_cmpstr (tide_instrument_list_get_state (list, TIDE_INSTRUMENT_EVENTS), ==, "on, ± 64 KiB");
  g_assert_cmpstr (tide_instrument_list_get_state (list, TIDE_INSTRUMENT_FAULTS), ==,
                   "refused: perf_event_paranoid is 4");
  g_assert_cmpstr (tide_instrument_list_get_state (list, TIDE_INSTRUMENT_CALLS), ==, "");

  gtk_switch_set_active (calls, TRUE);
  tide_instrument_list_show_process (list, process, TRUE);
  g_assert_true (gtk_switch_get_active (calls));
  tell (recording, TIDE_INSTRUMENT_CALLS, TIDE_STATE_REFUSED, "a profiler is on");
  tide_instrument_list_show_process (list, process, TRUE);
  g_assert_false (gtk_switch_get_active (calls));
  g_assert_cmpstr (tide_instrument_list_get_state (list, TIDE_INSTRUMENT_CALLS), ==,
                   "refused: a profiler is on");
  /* What was never answered is not waited for once the program is gone.  */
  gtk_switch_set_active (calls, TRUE);
  tide_instrument_list_show_process (list, process, FALSE);
  g_assert_false (gtk_switch_get_active (calls));
  /* The two turns, and none by us.  */
  g_assert_cmpuint (told.n_switched, ==, 2);
}

/* A screen reader hears what each switch is of, and what it costs.  */
static void
test_names (void)
{
  Told told = { 0 };
  g_autoptr (TideInstrumentList) list = new_list (TIDE_INSTRUMENTS_OF_AGENT, &told);
  GtkSwitch *lines = tide_instrument_list_get_switch (list, TIDE_INSTRUMENT_LINES);

  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (lines), GTK_ACCESSIBLE_PROPERTY_LABEL, "Every line");
  g_assert_true (
      gtk_test_accessible_has_property (GTK_ACCESSIBLE (lines), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION));
  g_assert_cmpuint (ui_assert_named (GTK_WIDGET (list)), >=, 10);
}

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  g_test_add_func ("/instrument-list/who-switched", test_who_switched);
  g_test_add_func ("/instrument-list/options", test_options);
  g_test_add_func ("/instrument-list/answers", test_answers);
  g_test_add_func ("/instrument-list/names", test_names);
  return g_test_run ();
}
