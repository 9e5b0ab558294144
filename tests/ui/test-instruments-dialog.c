#include "ui-fixture.h"

#include "tide-instruments-dialog.h"
#include "tide-wire.h"

typedef struct
{
  TideInstrumentList *list;
  guint instrument;
  const char *text;
} Wait;

static gboolean
says (gpointer data)
{
  const Wait *wait = data;

  return g_str_has_prefix (tide_instrument_list_get_state (wait->list, wait->instrument), wait->text);
}

static void
wait_for (TideInstrumentList *list, guint instrument, const char *text)
{
  Wait wait = { list, instrument, text };

  ui_wait (says, &wait);
}

static gboolean
has_ended (gpointer data)
{
  return tide_session_get_state (data) == TIDE_SESSION_ENDED;
}

/* Switched in the window, told by the program, which sleeps; and when it is over nothing can be switched.  */
static void
test_live (void)
{
  TideWindow *window = ui_window_new ();
  TideSession *session = tide_window_get_session (window);
  g_autoptr (TideLaunch) launch = tide_launch_new ();
  TideInstrumentsDialog *dialog = tide_instruments_dialog_new (GTK_WINDOW (window), session);
  TideInstrumentList *list = tide_instruments_dialog_get_list (dialog);
  GtkSwitch *gc = tide_instrument_list_get_switch (list, TIDE_INSTRUMENT_GC);

  gtk_window_present (GTK_WINDOW (dialog));
  g_assert_false (gtk_widget_is_sensitive (GTK_WIDGET (gc)));
  launch->kind = TIDE_PROGRAM_CODE;
  launch->program = g_strdup ("import time\ntime.sleep (600)");
  launch->instruments = TIDE_INSTRUMENT_SAMPLER | TIDE_INSTRUMENT_EVENTS;
  launch->budget = 50;
  tide_window_launch (window, launch);
  g_assert_true (gtk_widget_is_sensitive (GTK_WIDGET (gc)));
  g_assert_cmpuint (tide_instrument_list_get_options (list).budget, ==, 50);
  wait_for (list, TIDE_INSTRUMENT_EVENTS, "on");
  g_assert_cmpuint (tide_instrument_list_get_chosen (list), ==, TIDE_INSTRUMENT_EVENTS);

  ui_assert_named (gtk_window_get_child (GTK_WINDOW (dialog)));
  ui_picture (GTK_WIDGET (dialog), "instruments");
  for (guint i = 0; i < 2; i++)
    {
      gtk_switch_set_active (gc, TRUE);
      wait_for (list, TIDE_INSTRUMENT_GC, "on");
      g_assert_true (gtk_switch_get_active (gc));
      g_assert_cmpuint (tide_session_get_instruments (session) & TIDE_INSTRUMENT_GC, !=, 0);
      gtk_switch_set_active (gc, FALSE);
      wait_for (list, TIDE_INSTRUMENT_GC, "off");
      g_assert_cmpuint (tide_session_get_instruments (session) & TIDE_INSTRUMENT_GC, ==, 0);
    }
  gtk_switch_set_active (tide_instrument_list_get_switch (list, TIDE_INSTRUMENT_EVENTS), FALSE);
  wait_for (list, TIDE_INSTRUMENT_EVENTS, "off");

  tide_session_stop (session);
  ui_wait (has_ended, session);
  g_assert_false (gtk_widget_is_sensitive (GTK_WIDGET (gc)));
  gtk_window_destroy (GTK_WINDOW (dialog));
  ui_window_destroy (window);
}

/* The button opens one dialog, and again the same.  */
static void
test_action (void)
{
  TideWindow *window = ui_window_new ();
  GListModel *windows = gtk_window_get_toplevels ();
  guint n = g_list_model_get_n_items (windows);

  ui_activate (window, "instruments");
  ui_activate (window, "instruments");
  g_assert_cmpuint (g_list_model_get_n_items (windows), ==, n + 1);
  ui_window_destroy (window);
  g_assert_cmpuint (g_list_model_get_n_items (windows), ==, n - 1);
}

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  g_test_add_func ("/instruments-dialog/live", test_live);
  g_test_add_func ("/instruments-dialog/action", test_action);
  return g_test_run ();
}
