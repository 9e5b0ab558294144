#include "config.h"

#include "tide-environment-editor.h"

#include <glib/gi18n-lib.h>

struct _TideEnvironmentEditor
{
  GtkWidget parent;

  GtkWidget *box;
  GtkBox *rows; /* of boxes: name, "=", value, remove */
};

G_DEFINE_FINAL_TYPE (TideEnvironmentEditor, tide_environment_editor, GTK_TYPE_WIDGET)

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
tide_environment_editor_emit_changed (TideEnvironmentEditor *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

static GtkEditable *
tide_environment_editor_row_name (GtkWidget *row)
{
  return GTK_EDITABLE (gtk_widget_get_first_child (row));
}

static GtkEditable *
tide_environment_editor_row_value (GtkWidget *row)
{
  return GTK_EDITABLE (gtk_widget_get_next_sibling (gtk_widget_get_first_child (row)));
}

static void
tide_environment_editor_remove (GtkButton *button, TideEnvironmentEditor *self)
{
  gtk_box_remove (self->rows, gtk_widget_get_parent (GTK_WIDGET (button)));
  tide_environment_editor_emit_changed (self);
}

static GtkWidget *
tide_environment_editor_new_entry (TideEnvironmentEditor *self, const char *text, const char *placeholder)
{
  GtkWidget *entry = gtk_entry_new ();

  gtk_editable_set_text (GTK_EDITABLE (entry), text);
  gtk_entry_set_placeholder_text (GTK_ENTRY (entry), placeholder);
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, placeholder, -1);
  gtk_widget_set_hexpand (entry, TRUE);
  g_signal_connect_swapped (entry, "changed", G_CALLBACK (tide_environment_editor_emit_changed), self);
  return entry;
}

static GtkWidget *
tide_environment_editor_add (TideEnvironmentEditor *self, const char *name, const char *value)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *remove = gtk_button_new_from_icon_name ("list-remove-symbolic");
  GtkWidget *first = tide_environment_editor_new_entry (self, name, _ ("Variable"));

  gtk_widget_set_tooltip_text (remove, _ ("Remove this variable"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (remove), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Remove this variable"), -1);
  g_signal_connect (remove, "clicked", G_CALLBACK (tide_environment_editor_remove), self);
  gtk_box_append (GTK_BOX (row), first);
  gtk_box_append (GTK_BOX (row), tide_environment_editor_new_entry (
                                     self, value != NULL ? value : "",
                                     value != NULL ? _ ("Value") : _ ("Value (empty: unset)")));
  gtk_box_append (GTK_BOX (row), remove);
  g_object_set_data (G_OBJECT (row), "unset", GINT_TO_POINTER (value == NULL));
  gtk_box_append (self->rows, row);
  return first;
}

static void
tide_environment_editor_add_clicked (GtkButton *button, TideEnvironmentEditor *self)
{
  gtk_widget_grab_focus (tide_environment_editor_add (self, "", ""));
}

void
tide_environment_editor_set (TideEnvironmentEditor *self, const char *const *environment)
{
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->rows))) != NULL)
    gtk_box_remove (self->rows, row);
  for (gsize i = 0; environment != NULL && environment[i] != NULL; i++)
    {
      const char *equals = strchr (environment[i], '=');
      g_autofree char *name = equals != NULL ? g_strndup (environment[i], (gsize)(equals - environment[i]))
                                             : g_strdup (environment[i]);

      tide_environment_editor_add (self, name, equals != NULL ? equals + 1 : NULL);
    }
  tide_environment_editor_emit_changed (self);
}

char **
tide_environment_editor_dup (TideEnvironmentEditor *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  gboolean any = FALSE;

  for (GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (self->rows)); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    {
      const char *name = gtk_editable_get_text (tide_environment_editor_row_name (row));
      const char *value = gtk_editable_get_text (tide_environment_editor_row_value (row));
      gboolean unset = *value == '\0' && GPOINTER_TO_INT (g_object_get_data (G_OBJECT (row), "unset"));
      g_autofree char *pair = unset ? g_strdup (name) : g_strconcat (name, "=", value, NULL);

      if (*name == '\0')
        continue;
      g_strv_builder_add (builder, pair);
      any = TRUE;
    }
  return any ? g_strv_builder_end (builder) : NULL;
}

char *
tide_environment_editor_check (TideEnvironmentEditor *self)
{
  for (GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (self->rows)); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    {
      const char *name = gtk_editable_get_text (tide_environment_editor_row_name (row));
      const char *value = gtk_editable_get_text (tide_environment_editor_row_value (row));

      if (strchr (name, '=') != NULL)
        return g_strdup_printf (_ ("The name of a variable cannot hold “=”: “%s”"), name);
      if (*name == '\0' && *value != '\0')
        return g_strdup_printf (_ ("The variable with the value “%s” has no name"), value);
    }
  return NULL;
}

static void
tide_environment_editor_dispose (GObject *object)
{
  TideEnvironmentEditor *self = TIDE_ENVIRONMENT_EDITOR (object);

  if (self->box != NULL)
    gtk_widget_unparent (g_steal_pointer (&self->box));
  G_OBJECT_CLASS (tide_environment_editor_parent_class)->dispose (object);
}

static void
tide_environment_editor_class_init (TideEnvironmentEditorClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tide_environment_editor_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  signals[CHANGED] = g_signal_new ("changed", TIDE_TYPE_ENVIRONMENT_EDITOR, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
}

static void
tide_environment_editor_init (TideEnvironmentEditor *self)
{
  GtkWidget *add = gtk_button_new_with_mnemonic (_ ("A_dd Variable"));

  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  self->rows = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 6));
  gtk_widget_set_halign (add, GTK_ALIGN_START);
  g_signal_connect (add, "clicked", G_CALLBACK (tide_environment_editor_add_clicked), self);
  gtk_box_append (GTK_BOX (self->box), GTK_WIDGET (self->rows));
  gtk_box_append (GTK_BOX (self->box), add);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
}
