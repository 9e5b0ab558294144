#include "config.h"

#include "tide-filter-row.h"

#include "tide-facts.h"
#include "tide-resources.h"
#include "tide-wrap-layout.h"

#include <glib/gi18n-lib.h>

struct _TideFilterRow
{
  GtkWidget parent;

  TideSession *session;
  GtkSearchEntry *filter;
  GtkWidget *control; /* borrowed child, NULL: the filter is shown */
  GtkWidget *chip;
  GtkLabel *chip_label;
  GtkWidget *filter_chip;
  GtkLabel *filter_chip_label;
  GtkLabel *count;
  GtkMenuButton *columns_button;
  GtkMenuButton *export_button;
  GtkWidget *key_target; /* weak */
};

G_DEFINE_FINAL_TYPE (TideFilterRow, tide_filter_row, GTK_TYPE_WIDGET)

static void
tide_filter_row_search_changed (GtkSearchEntry *entry, TideFilterRow *self)
{
  tide_session_set_filter (self->session, gtk_editable_get_text (GTK_EDITABLE (entry)));
}

static void
tide_filter_row_stop_search (GtkSearchEntry *entry, TideFilterRow *self)
{
  tide_session_set_filter (self->session, NULL);
  if (self->key_target != NULL)
    gtk_widget_grab_focus (self->key_target);
}

static void
tide_filter_row_clear_filter (GtkWidget *widget, const char *action, GVariant *parameter)
{
  tide_session_set_filter (TIDE_FILTER_ROW (widget)->session, NULL);
}

static void
tide_filter_row_notify_filter (TideFilterRow *self)
{
  g_autofree char *filter = g_strdup (tide_session_get_filter (self->session));
  gboolean any = filter != NULL && *filter != '\0';

  /* A search entry says that it is empty while its text is replaced.  */
  g_signal_handlers_block_by_func (self->filter, tide_filter_row_search_changed, self);
  if (g_strcmp0 (gtk_editable_get_text (GTK_EDITABLE (self->filter)), any ? filter : "") != 0)
    gtk_editable_set_text (GTK_EDITABLE (self->filter), any ? filter : "");
  g_signal_handlers_unblock_by_func (self->filter, tide_filter_row_search_changed, self);
  gtk_widget_set_visible (self->filter_chip, any && self->control == NULL);
  if (any)
    {
      g_autofree char *text = g_strdup_printf (_ ("“%s”"), filter);
      g_autofree char *spoken = g_strdup_printf (_ ("Filter “%s”; press to remove it"), filter);

      gtk_label_set_text (self->filter_chip_label, text);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->filter_chip), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      spoken, -1);
    }
}

static void
tide_filter_row_notify_selection (TideFilterRow *self)
{
  gboolean has = tide_session_has_selection (self->session);
  TideSpan span = tide_session_get_selection (self->session);

  gtk_widget_set_visible (self->chip, has);
  if (has)
    {
      g_autofree char *begin = NULL, *end = NULL, *text = NULL, *spoken = NULL;

      tide_facts_span (span, &begin, &end);
      text = g_strdup_printf (_ ("%s – %s"), begin, end);
      spoken = g_strdup_printf (_ ("Selected range %s to %s; press to remove it"), begin, end);
      gtk_label_set_text (self->chip_label, text);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->chip), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
    }
}

static void
tide_filter_row_dispose (GObject *object)
{
  TideFilterRow *self = TIDE_FILTER_ROW (object);
  GtkWidget *child;

  g_clear_object (&self->session);
  g_clear_weak_pointer (&self->key_target);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (tide_filter_row_parent_class)->dispose (object);
}

static void
tide_filter_row_class_init (TideFilterRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tide_filter_row_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, TIDE_TYPE_WRAP_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "filterrow");
  gtk_widget_class_install_action (widget_class, "filter.clear", NULL, tide_filter_row_clear_filter);
  gtk_widget_class_set_template_from_resource (widget_class, TIDE_RESOURCE_PATH "/tide-filter-row.ui");
  gtk_widget_class_bind_template_child (widget_class, TideFilterRow, filter);
  gtk_widget_class_bind_template_child (widget_class, TideFilterRow, chip);
  gtk_widget_class_bind_template_child (widget_class, TideFilterRow, chip_label);
  gtk_widget_class_bind_template_child (widget_class, TideFilterRow, filter_chip);
  gtk_widget_class_bind_template_child (widget_class, TideFilterRow, filter_chip_label);
  gtk_widget_class_bind_template_child (widget_class, TideFilterRow, count);
  gtk_widget_class_bind_template_child (widget_class, TideFilterRow, columns_button);
  gtk_widget_class_bind_template_child (widget_class, TideFilterRow, export_button);
  gtk_widget_class_bind_template_callback (widget_class, tide_filter_row_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, tide_filter_row_stop_search);
}

static void
tide_filter_row_init (TideFilterRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
tide_filter_row_new (void)
{
  return g_object_new (TIDE_TYPE_FILTER_ROW, NULL);
}

void
tide_filter_row_set_session (TideFilterRow *self, TideSession *session)
{
  g_return_if_fail (TIDE_IS_FILTER_ROW (self));
  g_return_if_fail (self->session == NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "notify::filter", G_CALLBACK (tide_filter_row_notify_filter), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::selection-begin", G_CALLBACK (tide_filter_row_notify_selection),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::selection-end", G_CALLBACK (tide_filter_row_notify_selection),
                           self, G_CONNECT_SWAPPED);
  tide_filter_row_notify_filter (self);
  tide_filter_row_notify_selection (self);
}

void
tide_filter_row_set_control (TideFilterRow *self, GtkWidget *control)
{
  g_return_if_fail (TIDE_IS_FILTER_ROW (self));
  g_return_if_fail (self->control == NULL);

  self->control = control;
  gtk_widget_insert_after (control, GTK_WIDGET (self), NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->filter), FALSE);
  gtk_widget_set_visible (self->filter_chip, FALSE);
}

void
tide_filter_row_set_count (TideFilterRow *self, const char *text)
{
  g_return_if_fail (TIDE_IS_FILTER_ROW (self));

  if (g_strcmp0 (gtk_label_get_text (self->count), text) == 0)
    return;
  gtk_label_set_text (self->count, text);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->count), text);
}

void
tide_filter_row_set_columns_menu (TideFilterRow *self, GMenuModel *menu)
{
  g_return_if_fail (TIDE_IS_FILTER_ROW (self));

  gtk_menu_button_set_menu_model (self->columns_button, menu);
}

void
tide_filter_row_set_export_menu (TideFilterRow *self, GMenuModel *menu)
{
  g_return_if_fail (TIDE_IS_FILTER_ROW (self));

  gtk_menu_button_set_menu_model (self->export_button, menu);
  gtk_widget_set_visible (GTK_WIDGET (self->export_button), menu != NULL);
}

void
tide_filter_row_focus (TideFilterRow *self)
{
  g_return_if_fail (TIDE_IS_FILTER_ROW (self));

  gtk_widget_grab_focus (GTK_WIDGET (self->filter));
  gtk_editable_select_region (GTK_EDITABLE (self->filter), 0, -1);
}

void
tide_filter_row_set_key_target (TideFilterRow *self, GtkWidget *target)
{
  g_return_if_fail (TIDE_IS_FILTER_ROW (self));

  g_set_weak_pointer (&self->key_target, target);
}

GtkEditable *
tide_filter_row_get_entry (TideFilterRow *self)
{
  return GTK_EDITABLE (self->filter);
}

GtkWidget *
tide_filter_row_get_chip (TideFilterRow *self)
{
  return self->chip;
}

GtkWidget *
tide_filter_row_get_filter_chip (TideFilterRow *self)
{
  return self->filter_chip;
}
