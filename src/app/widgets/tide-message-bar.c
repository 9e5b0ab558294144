#include "config.h"

#include "tide-message-bar.h"

#include <glib/gi18n-lib.h>

/* Long enough to read a short sentence twice.  */
#define NOTE_SECONDS 6
#define MIN_HEIGHT 48

struct _TideMessageBar
{
  GtkWidget parent;

  GtkBox *box;
  GtkImage *icon;
  GtkLabel *label;
  GtkButton *button;
  guint timeout;
};

G_DEFINE_FINAL_TYPE (TideMessageBar, tide_message_bar, GTK_TYPE_WIDGET)

void
tide_message_bar_dismiss (TideMessageBar *self)
{
  g_clear_handle_id (&self->timeout, g_source_remove);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

static gboolean
tide_message_bar_time_out (gpointer user_data)
{
  TideMessageBar *self = user_data;

  self->timeout = 0;
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  return G_SOURCE_REMOVE;
}

static void
tide_message_bar_dispose (GObject *object)
{
  TideMessageBar *self = TIDE_MESSAGE_BAR (object);

  g_clear_handle_id (&self->timeout, g_source_remove);
  if (self->box != NULL)
    gtk_widget_unparent (GTK_WIDGET (g_steal_pointer (&self->box)));
  G_OBJECT_CLASS (tide_message_bar_parent_class)->dispose (object);
}

static void
tide_message_bar_class_init (TideMessageBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tide_message_bar_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "messagebar");
  /* A reader is told at once.  */
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_ALERT);
}

static void
tide_message_bar_init (TideMessageBar *self)
{
  GtkWidget *close = gtk_button_new_from_icon_name ("window-close-symbolic");

  self->box = GTK_BOX (gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12));
  self->icon = GTK_IMAGE (gtk_image_new ());
  self->label = GTK_LABEL (gtk_label_new (NULL));
  self->button = GTK_BUTTON (gtk_button_new ());

  gtk_label_set_wrap (self->label, TRUE);
  gtk_label_set_wrap_mode (self->label, PANGO_WRAP_WORD_CHAR);
  gtk_label_set_lines (self->label, 4);
  gtk_label_set_ellipsize (self->label, PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (self->label, 0);
  gtk_widget_set_hexpand (GTK_WIDGET (self->label), TRUE);
  gtk_widget_set_valign (GTK_WIDGET (self->button), GTK_ALIGN_CENTER);
  gtk_widget_set_valign (close, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (close, "flat");
  gtk_widget_set_tooltip_text (close, _ ("Close this message"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (close), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Close this message"), -1);
  g_signal_connect_swapped (close, "clicked", G_CALLBACK (tide_message_bar_dismiss), self);

  gtk_box_append (self->box, GTK_WIDGET (self->icon));
  gtk_box_append (self->box, GTK_WIDGET (self->label));
  gtk_box_append (self->box, GTK_WIDGET (self->button));
  gtk_box_append (self->box, close);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  /* More than a line and its buttons take: of those, GTK's two ways of measuring differ by a pixel now and
   * then, and it warns.  */
  gtk_widget_set_size_request (GTK_WIDGET (self), -1, MIN_HEIGHT);
  gtk_widget_set_parent (GTK_WIDGET (self->box), GTK_WIDGET (self));
}

/* The target first: GTK looks at a name at once, and warns when its target does not fit.  */
static void
tide_message_bar_set_action (TideMessageBar *self, const char *detailed)
{
  g_autofree char *name = NULL;
  g_autoptr (GVariant) target = NULL;

  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->button), NULL);
  if (g_action_parse_detailed_name (detailed, &name, &target, NULL))
    {
      gtk_actionable_set_action_target_value (GTK_ACTIONABLE (self->button), target);
      gtk_actionable_set_action_name (GTK_ACTIONABLE (self->button), name);
    }
}

void
tide_message_bar_show (
    TideMessageBar *self, TideMessageKind kind, const char *text, const char *label, const char *action)
{
  static const char *const classes[] = { "note", "warning", "error" };
  static const char *const icons[] = { "dialog-information-symbolic", "dialog-warning-symbolic",
                                       "dialog-error-symbolic" };

  g_return_if_fail (TIDE_IS_MESSAGE_BAR (self));
  g_return_if_fail (text != NULL);

  g_clear_handle_id (&self->timeout, g_source_remove);
  for (guint i = 0; i < G_N_ELEMENTS (classes); i++)
    gtk_widget_remove_css_class (GTK_WIDGET (self->box), classes[i]);
  gtk_widget_add_css_class (GTK_WIDGET (self->box), classes[kind]);
  gtk_image_set_from_icon_name (self->icon, icons[kind]);
  gtk_label_set_text (self->label, text);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->label), text);
  gtk_widget_set_visible (GTK_WIDGET (self->button), label != NULL);
  if (label != NULL)
    {
      gtk_button_set_use_underline (self->button, TRUE);
      gtk_button_set_label (self->button, label);
      tide_message_bar_set_action (self, action);
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
  if (kind == TIDE_MESSAGE_NOTE && label == NULL)
    self->timeout = g_timeout_add_seconds (NOTE_SECONDS, tide_message_bar_time_out, self);
}

const char *
tide_message_bar_get_text (TideMessageBar *self)
{
  return gtk_widget_get_visible (GTK_WIDGET (self)) ? gtk_label_get_text (self->label) : NULL;
}
