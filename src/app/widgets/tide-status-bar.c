#include "config.h"

#include "tide-status-bar.h"

#include "tide-facts.h"
#include "tide-fold-layout.h"
#include "tide-format.h"

#include <glib/gi18n-lib.h>

typedef enum
{
  ITEM_END,
  ITEM_COST,
  ITEM_METHOD,
  ITEM_LOST,
  ITEM_SIZE,
  ITEM_WARNING,
  ITEM_READOUT,
  N_ITEMS
} TideStatusItem;

struct _TideStatusBar
{
  GtkWidget parent;

  TideSession *session;
  GtkWidget *box;
  GtkLabel *items[N_ITEMS];
  guint timeout; /* once a second while live */
};

G_DEFINE_FINAL_TYPE (TideStatusBar, tide_status_bar, GTK_TYPE_WIDGET)

static void
tide_status_bar_set (TideStatusBar *self, TideStatusItem item, const char *text, const char *tooltip)
{
  GtkWidget *widget = GTK_WIDGET (self->items[item]);

  gtk_widget_set_visible (widget, text != NULL);
  if (text == NULL)
    return;
  if (g_strcmp0 (gtk_label_get_text (self->items[item]), text) != 0)
    gtk_label_set_text (self->items[item], text);
  if (g_strcmp0 (gtk_widget_get_tooltip_text (widget), tooltip) != 0)
    gtk_widget_set_tooltip_text (widget, tooltip);
}

/* Bytes of the file that is written or was opened, 0: unknown.  */
static guint64
tide_status_bar_get_size (TideStatusBar *self)
{
  TideTarget *target = tide_session_get_target (self->session);
  const char *path = tide_session_get_path (self->session);
  g_autoptr (GFile) file = NULL;
  g_autoptr (GFileInfo) info = NULL;

  if (target != NULL)
    return tide_target_get_journal_bytes (target);
  if (path == NULL)
    return 0;
  file = g_file_new_for_path (path);
  info = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_SIZE, G_FILE_QUERY_INFO_NONE, NULL, NULL);
  return info != NULL ? (guint64)MAX (g_file_info_get_size (info), 0) : 0;
}

/* Gives way to what is under the cursor.  */
static void
tide_status_bar_set_warning (TideStatusBar *self, const char *text)
{
  tide_status_bar_set (self, ITEM_WARNING, text, text);
  if (text == NULL)
    gtk_label_set_text (self->items[ITEM_WARNING], "");
  else if (gtk_widget_get_visible (GTK_WIDGET (self->items[ITEM_READOUT])))
    gtk_widget_set_visible (GTK_WIDGET (self->items[ITEM_WARNING]), FALSE);
}

static void
tide_status_bar_update_warning (TideStatusBar *self, TideProcess *process)
{
  TideInstrumentFact facts[TIDE_N_INSTRUMENT_FACTS];
  const char *warning = tide_facts_warning (process);

  tide_facts_instruments (process, facts);
  for (guint i = 0; i < TIDE_N_INSTRUMENT_FACTS; i++)
    {
      if (facts[i].state == TIDE_STATE_REFUSED)
        {
          /* Translators: the name of an instrument.  */
          g_autofree char *text =
              g_strdup_printf (_ ("%s: refused"), tide_facts_instrument_name (facts[i].instrument));
          g_autofree char *full =
              facts[i].why != NULL ? g_strdup_printf ("%s — %s", text, facts[i].why) : g_strdup (text);

          tide_status_bar_set_warning (self, full);
          return;
        }
    }
  tide_status_bar_set_warning (self, warning);
}

static void
tide_status_bar_update (TideStatusBar *self)
{
  TideProcess *process = tide_session_get_process (self->session);
  guint64 size;

  for (guint i = 0; process == NULL && i < N_ITEMS; i++)
    tide_status_bar_set (self, i, NULL, NULL);
  if (process == NULL)
    return;

  {
    g_autofree char *end = tide_facts_end (process);
    g_autofree char *cost = tide_facts_cost (process);
    g_autofree char *method = tide_facts_method (process);

    tide_status_bar_set (self, ITEM_END, end, _ ("How the program ended"));
    tide_status_bar_set (self, ITEM_COST, cost,
                         _ ("The program’s own processor time with measuring, against without"));
    tide_status_bar_set (self, ITEM_METHOD, method,
                         _ ("How RSS is measured, and how far a single reading may be off"));
  }
  {
    gint64 lost = tide_process_get_n_lost (process);
    g_autofree char *count = tide_format_count ((guint64)MAX (lost, 0));
    g_autofree char *text =
        g_strdup_printf (ngettext ("%s event lost", "%s events lost", (gulong)MAX (lost, 0)), count);

    tide_status_bar_set (self, ITEM_LOST, text, _ ("Events that never came because a buffer was full"));
    if (lost > 0)
      gtk_widget_add_css_class (GTK_WIDGET (self->items[ITEM_LOST]), "alarm");
    else
      gtk_widget_remove_css_class (GTK_WIDGET (self->items[ITEM_LOST]), "alarm");
  }
  size = tide_status_bar_get_size (self);
  if (size > 0)
    {
      g_autofree char *bytes = tide_format_bytes (size);
      g_autofree char *text = g_strdup_printf (_ ("recorded %s"), bytes);

      tide_status_bar_set (self, ITEM_SIZE, text, _ ("Size of the recording’s file"));
    }
  else
    tide_status_bar_set (self, ITEM_SIZE, NULL, NULL);
  tide_status_bar_update_warning (self, process);
}

static gboolean
tide_status_bar_time_out (gpointer user_data)
{
  tide_status_bar_update (user_data);
  return G_SOURCE_CONTINUE;
}

static void
tide_status_bar_notify_state (TideStatusBar *self)
{
  gboolean live = tide_session_get_state (self->session) == TIDE_SESSION_LIVE;

  if (live && self->timeout == 0)
    self->timeout = g_timeout_add_seconds (1, tide_status_bar_time_out, self);
  else if (!live)
    g_clear_handle_id (&self->timeout, g_source_remove);
  tide_status_bar_update (self);
}

void
tide_status_bar_set_session (TideStatusBar *self, TideSession *session)
{
  static const char *const names[] = { "process", "table", "path" };

  g_return_if_fail (TIDE_IS_STATUS_BAR (self));
  g_return_if_fail (self->session == NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "notify::state", G_CALLBACK (tide_status_bar_notify_state), self,
                           G_CONNECT_SWAPPED);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *signal = g_strconcat ("notify::", names[i], NULL);

      g_signal_connect_object (session, signal, G_CALLBACK (tide_status_bar_update), self, G_CONNECT_SWAPPED);
    }
  tide_status_bar_notify_state (self);
}

void
tide_status_bar_set_readout (TideStatusBar *self, const char *text)
{
  gboolean any = text != NULL && *text != '\0';

  g_return_if_fail (TIDE_IS_STATUS_BAR (self));

  tide_status_bar_set (self, ITEM_READOUT, any ? text : NULL, NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->items[ITEM_WARNING]),
                          !any && *gtk_label_get_text (self->items[ITEM_WARNING]) != '\0');
}

static void
tide_status_bar_dispose (GObject *object)
{
  TideStatusBar *self = TIDE_STATUS_BAR (object);

  g_clear_handle_id (&self->timeout, g_source_remove);
  g_clear_object (&self->session);
  if (self->box != NULL)
    gtk_widget_unparent (g_steal_pointer (&self->box));
  G_OBJECT_CLASS (tide_status_bar_parent_class)->dispose (object);
}

static void
tide_status_bar_class_init (TideStatusBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tide_status_bar_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "statusbar");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_STATUS);
}

static void
tide_status_bar_init (TideStatusBar *self)
{
  /* What stays longest when there is little room; all of it is under Details as well.  */
  static const guint keep[N_ITEMS] = {
    [ITEM_LOST] = 7,    [ITEM_READOUT] = 6, [ITEM_END] = 5, [ITEM_COST] = 4,
    [ITEM_WARNING] = 3, [ITEM_METHOD] = 2,  [ITEM_SIZE] = 1
  };
  GtkLayoutManager *layout = g_object_new (TIDE_TYPE_FOLD_LAYOUT, "spacing", 24, NULL);

  self->box = g_object_new (GTK_TYPE_BOX, "layout-manager", layout, NULL);
  for (guint i = 0; i < N_ITEMS; i++)
    {
      GtkWidget *label = gtk_label_new (NULL);

      self->items[i] = GTK_LABEL (label);
      gtk_label_set_ellipsize (self->items[i], PANGO_ELLIPSIZE_END);
      gtk_widget_set_visible (label, FALSE);
      gtk_box_append (GTK_BOX (self->box), label);
      g_object_set (gtk_layout_manager_get_layout_child (layout, label), "keep", keep[i], NULL);
    }
  gtk_widget_add_css_class (GTK_WIDGET (self->items[ITEM_WARNING]), "warning");
  gtk_widget_set_hexpand (GTK_WIDGET (self->items[ITEM_READOUT]), TRUE);
  gtk_label_set_xalign (self->items[ITEM_READOUT], 1.0);
  gtk_widget_set_hexpand (GTK_WIDGET (self->items[ITEM_WARNING]), TRUE);
  gtk_label_set_xalign (self->items[ITEM_WARNING], 1.0);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
}
