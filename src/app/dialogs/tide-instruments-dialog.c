#include "config.h"

#include "tide-instruments-dialog.h"

#include "tide-wire.h"

#include <glib/gi18n-lib.h>

struct _TideInstrumentsDialog
{
  GtkWindow parent;

  TideSession *session;
  GtkWidget *hint;
  TideInstrumentList *list;
};

G_DEFINE_FINAL_TYPE (TideInstrumentsDialog, tide_instruments_dialog, GTK_TYPE_WINDOW)

static void
tide_instruments_dialog_update (TideInstrumentsDialog *self)
{
  gboolean live = tide_session_get_state (self->session) == TIDE_SESSION_LIVE;

  tide_instrument_list_show_process (self->list, tide_session_get_process (self->session), live);
  gtk_widget_set_sensitive (GTK_WIDGET (self->list), live);
  gtk_widget_set_visible (self->hint, !live);
}

static void
tide_instruments_dialog_state_changed (TideInstrumentsDialog *self)
{
  tide_instrument_list_set_options (self->list, tide_session_get_instrument_options (self->session));
  tide_instruments_dialog_update (self);
}

static void
tide_instruments_dialog_switched (TideInstrumentsDialog *self, guint instrument, gboolean on)
{
  tide_session_switch (self->session, instrument, on);
}

static void
tide_instruments_dialog_options_changed (TideInstrumentsDialog *self)
{
  TideInstrumentOptions options = tide_instrument_list_get_options (self->list);

  tide_session_set_instrument_options (self->session, &options);
}

static void
tide_instruments_dialog_dispose (GObject *object)
{
  g_clear_object (&TIDE_INSTRUMENTS_DIALOG (object)->session);
  G_OBJECT_CLASS (tide_instruments_dialog_parent_class)->dispose (object);
}

static void
tide_instruments_dialog_class_init (TideInstrumentsDialogClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tide_instruments_dialog_dispose;
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (klass), GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
tide_instruments_dialog_init (TideInstrumentsDialog *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12), *scroller = gtk_scrolled_window_new ();

  self->hint = gtk_label_new (
      _ ("No program is measured now: launch one, or choose its instruments in the launch dialog."));
  gtk_label_set_wrap (GTK_LABEL (self->hint), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (self->hint), 60);
  gtk_label_set_xalign (GTK_LABEL (self->hint), 0);
  gtk_widget_add_css_class (self->hint, "dim");
  self->list = TIDE_INSTRUMENT_LIST (tide_instrument_list_new (TIDE_INSTRUMENTS_OF_AGENT));
  gtk_widget_set_margin_start (box, 18);
  gtk_widget_set_margin_end (box, 18);
  gtk_widget_set_margin_top (box, 18);
  gtk_widget_set_margin_bottom (box, 18);
  gtk_box_append (GTK_BOX (box), self->hint);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->list));
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroller), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scroller), 680);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), box);
  gtk_window_set_child (GTK_WINDOW (self), scroller);
  gtk_window_set_title (GTK_WINDOW (self), _ ("Instruments"));
  gtk_window_set_default_size (GTK_WINDOW (self), 560, -1);
  g_signal_connect_swapped (self->list, "switched", G_CALLBACK (tide_instruments_dialog_switched), self);
  g_signal_connect_swapped (self->list, "options-changed",
                            G_CALLBACK (tide_instruments_dialog_options_changed), self);
}

TideInstrumentsDialog *
tide_instruments_dialog_new (GtkWindow *parent, TideSession *session)
{
  TideInstrumentsDialog *self =
      g_object_new (TIDE_TYPE_INSTRUMENTS_DIALOG, "transient-for", parent, "destroy-with-parent", TRUE, NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "notify::state", G_CALLBACK (tide_instruments_dialog_state_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::process", G_CALLBACK (tide_instruments_dialog_update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::instruments", G_CALLBACK (tide_instruments_dialog_update), self,
                           G_CONNECT_SWAPPED);
  tide_instruments_dialog_state_changed (self);
  return self;
}

TideInstrumentList *
tide_instruments_dialog_get_list (TideInstrumentsDialog *self)
{
  return self->list;
}
