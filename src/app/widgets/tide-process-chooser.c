#include "config.h"

#include "tide-process-chooser.h"

#include "tide-facts.h"
#include "tide-format.h"
#include "tide-totals.h"

#include <glib/gi18n-lib.h>

/* How often the sum is told: nobody reads faster.  */
#define TELL_MS 250
/* "10 processes", and the beginning of what there is to say while they run.  */
#define TOGETHER_CHARS 14
/* Of a process.  */
#define MAX_CHARS 48

struct _TideProcessChooser
{
  GtkWidget parent;

  TideSession *session;
  TideRecording *recording;
  GtkWidget *box;
  GtkDropDown *drop_down;
  GtkLabel *together;
  gboolean filling;
  guint timeout;
};

G_DEFINE_FINAL_TYPE (TideProcessChooser, tide_process_chooser, GTK_TYPE_WIDGET)

static char *
describe (TideProcess *process)
{
  const TideProcessInfo *info = tide_process_get_info (process);
  g_autofree char *name = tide_session_name_program (info->argv);
  g_autofree char *start = tide_format_time (info->start_ns, 100000000);

  if (name == NULL)
    name = g_strdup (info->executable != NULL ? info->executable : "");
  if (tide_process_get_stream (process) == 0)
    /* Translators: a process's number and its program's name.  */
    return g_strdup_printf (_ ("PID %u · %s"), info->pid, name);
  /* Translators: a process's number, its program's name, and the time of the recording at which it began.  */
  return g_strdup_printf (_ ("PID %u · %s · from %s"), info->pid, name, start);
}

static void
tide_process_chooser_set_up (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer unused)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_single_line_mode (GTK_LABEL (label), TRUE);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), MAX_CHARS);
  gtk_list_item_set_child (item, label);
}

static void
tide_process_chooser_bind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer unused)
{
  TideProcess *process = gtk_list_item_get_item (item);
  g_autofree char *text = describe (process), *end = tide_facts_end (process);

  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)), text);
  gtk_widget_set_tooltip_text (gtk_list_item_get_child (item), end);
}

/* The list is as wide as what it lists: it would be as narrow as the button, where all names look the same.
 */
static void
tide_process_chooser_bind_row (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer unused)
{
  GtkLabel *label = GTK_LABEL (gtk_list_item_get_child (item));

  tide_process_chooser_bind (factory, item, unused);
  gtk_label_set_width_chars (label, MIN ((int)g_utf8_strlen (gtk_label_get_text (label), -1), MAX_CHARS));
}

static gboolean
tide_process_chooser_tell (gpointer data)
{
  TideProcessChooser *self = data;
  gboolean shown = tide_totals_are_shown (self->recording);

  self->timeout = 0;
  gtk_widget_set_visible (GTK_WIDGET (self), shown);
  if (shown)
    {
      guint n_alive, n = tide_recording_get_n_processes (self->recording);
      gint64 now = tide_totals_get_now (self->recording, &n_alive);
      g_autofree char *bytes = tide_format_bytes ((guint64)now);
      g_autofree char *text = NULL;

      if (n_alive > 0)
        /* Translators: of several processes; the last is an amount of memory.  */
        text = g_strdup_printf (
            ngettext ("%u of %u process runs; together %s", "%u of %u processes run; together %s", n_alive),
            n_alive, n, bytes);
      else
        text = g_strdup_printf (ngettext ("%u process", "%u processes", n), n);
      gtk_label_set_text (self->together, text);
    }
  return G_SOURCE_REMOVE;
}

static void
tide_process_chooser_changed (TideProcessChooser *self)
{
  if (self->timeout == 0)
    self->timeout = g_timeout_add (TELL_MS, tide_process_chooser_tell, self);
}

static void
tide_process_chooser_selected (TideProcessChooser *self)
{
  TideProcess *process = gtk_drop_down_get_selected_item (self->drop_down);

  if (!self->filling && process != NULL)
    tide_session_set_process (self->session, process);
}

/* Another one was chosen elsewhere.  */
static void
tide_process_chooser_notify_process (TideProcessChooser *self)
{
  TideProcess *process = tide_session_get_process (self->session);

  self->filling = TRUE;
  for (guint i = 0; self->recording != NULL && i < tide_recording_get_n_processes (self->recording); i++)
    if (tide_recording_get_process (self->recording, i) == process)
      gtk_drop_down_set_selected (self->drop_down, i);
  self->filling = FALSE;
}

static void
tide_process_chooser_notify_recording (TideProcessChooser *self)
{
  TideRecording *recording = tide_session_get_recording (self->session);

  if (self->recording == recording)
    return;
  if (self->recording != NULL)
    g_signal_handlers_disconnect_by_data (self->recording, self);
  g_set_object (&self->recording, recording);
  self->filling = TRUE;
  gtk_drop_down_set_model (self->drop_down, G_LIST_MODEL (recording));
  self->filling = FALSE;
  if (recording != NULL)
    g_signal_connect_swapped (recording, "changed", G_CALLBACK (tide_process_chooser_changed), self);
  tide_process_chooser_notify_process (self);
  g_clear_handle_id (&self->timeout, g_source_remove);
  tide_process_chooser_tell (self);
}

void
tide_process_chooser_set_session (TideProcessChooser *self, TideSession *session)
{
  g_return_if_fail (TIDE_IS_PROCESS_CHOOSER (self));
  g_return_if_fail (self->session == NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "notify::recording", G_CALLBACK (tide_process_chooser_notify_recording),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::process", G_CALLBACK (tide_process_chooser_notify_process), self,
                           G_CONNECT_SWAPPED);
  tide_process_chooser_notify_recording (self);
}

static void
tide_process_chooser_dispose (GObject *object)
{
  TideProcessChooser *self = TIDE_PROCESS_CHOOSER (object);

  g_clear_handle_id (&self->timeout, g_source_remove);
  if (self->recording != NULL)
    g_signal_handlers_disconnect_by_data (self->recording, self);
  g_clear_object (&self->recording);
  g_clear_object (&self->session);
  if (self->box != NULL)
    gtk_widget_unparent (g_steal_pointer (&self->box));
  G_OBJECT_CLASS (tide_process_chooser_parent_class)->dispose (object);
}

static void
tide_process_chooser_class_init (TideProcessChooserClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tide_process_chooser_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
tide_process_chooser_init (TideProcessChooser *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkListItemFactory) rows = gtk_signal_list_item_factory_new ();

  g_signal_connect (factory, "setup", G_CALLBACK (tide_process_chooser_set_up), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (tide_process_chooser_bind), NULL);
  g_signal_connect (rows, "setup", G_CALLBACK (tide_process_chooser_set_up), NULL);
  g_signal_connect (rows, "bind", G_CALLBACK (tide_process_chooser_bind_row), NULL);
  self->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  self->together = GTK_LABEL (gtk_label_new (NULL));
  gtk_widget_add_css_class (GTK_WIDGET (self->together), "dim-label");
  gtk_label_set_ellipsize (self->together, PANGO_ELLIPSIZE_END);
  /* It asks for the same room whatever it says: the row it stands in is not to wrap and unwrap with its
   * figures.  */
  gtk_label_set_width_chars (self->together, TOGETHER_CHARS);
  gtk_label_set_max_width_chars (self->together, TOGETHER_CHARS);
  gtk_label_set_xalign (self->together, 1);
  gtk_widget_set_hexpand (GTK_WIDGET (self->together), TRUE);
  self->drop_down = GTK_DROP_DOWN (gtk_drop_down_new (NULL, NULL));
  gtk_drop_down_set_factory (self->drop_down, factory);
  gtk_drop_down_set_list_factory (self->drop_down, rows);
  gtk_widget_set_tooltip_text (
      GTK_WIDGET (self->drop_down),
      _ ("The process of which tables and chart are; the grey line is all together"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->drop_down), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Process"), -1);
  g_signal_connect_swapped (self->drop_down, "notify::selected-item",
                            G_CALLBACK (tide_process_chooser_selected), self);
  gtk_box_append (GTK_BOX (self->box), GTK_WIDGET (self->together));
  gtk_box_append (GTK_BOX (self->box), GTK_WIDGET (self->drop_down));
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}
