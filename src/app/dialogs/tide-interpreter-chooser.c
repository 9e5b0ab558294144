#include "config.h"

#include "tide-interpreter-chooser.h"

#include <glib/gi18n-lib.h>

struct _TideInterpreterChooser
{
  GtkWidget parent;

  TidePrompter *prompter;
  GListStore *store;
  GCancellable *cancellable;
  char *wanted;      /* path to choose as soon as it is there, NULL: none */
  gboolean was_told; /* somebody chose: what is found later changes nothing */
  gboolean choosing; /* the choice is ours */
  GtkWidget *box;
  GtkDropDown *drop_down;
};

enum
{
  PROP_0,
  PROP_SELECTED,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (TideInterpreterChooser, tide_interpreter_chooser, GTK_TYPE_WIDGET)

static char *
tide_interpreter_chooser_title (TideInterpreter *interpreter)
{
  const char *version = tide_interpreter_get_version (interpreter);

  if (version == NULL || *version == '\0')
    return g_path_get_basename (tide_interpreter_get_path (interpreter));
  return g_strdup_printf ("%s %s", tide_interpreter_get_implementation (interpreter), version);
}

static void
tide_interpreter_chooser_setup (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  for (guint i = 0; i < 2; i++)
    {
      GtkWidget *label = gtk_label_new (NULL);

      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_label_set_ellipsize (GTK_LABEL (label), i == 0 ? PANGO_ELLIPSIZE_END : PANGO_ELLIPSIZE_MIDDLE);
      gtk_box_append (GTK_BOX (box), label);
    }
  gtk_widget_add_css_class (gtk_widget_get_last_child (box), "dim");
  gtk_widget_add_css_class (gtk_widget_get_last_child (box), "small");
  gtk_list_item_set_child (item, box);
}

static void
tide_interpreter_chooser_bind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  TideInterpreter *interpreter = gtk_list_item_get_item (item);
  GtkWidget *box = gtk_list_item_get_child (item);
  const char *problem = tide_interpreter_get_problem (interpreter);
  g_autofree char *title = tide_interpreter_chooser_title (interpreter);
  g_autofree char *first = g_strdup_printf ("%s · %s", title, tide_interpreter_get_origin (interpreter));
  const char *second = problem != NULL ? problem : tide_interpreter_get_path (interpreter);

  gtk_label_set_text (GTK_LABEL (gtk_widget_get_first_child (box)), first);
  gtk_label_set_text (GTK_LABEL (gtk_widget_get_last_child (box)), second);
  gtk_widget_set_tooltip_text (box, tide_interpreter_get_path (interpreter));
  gtk_widget_set_sensitive (box, problem == NULL);
  gtk_list_item_set_activatable (item, problem == NULL);
}

static void
tide_interpreter_chooser_choose (TideInterpreterChooser *self, guint position)
{
  self->choosing = TRUE;
  gtk_drop_down_set_selected (self->drop_down, position);
  self->choosing = FALSE;
}

/* What is found comes one by one; the choice settles on what was wanted, else on the first that works.  */
static void
tide_interpreter_chooser_items_changed (TideInterpreterChooser *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->store)), first = GTK_INVALID_LIST_POSITION;

  if (self->was_told)
    return;
  for (guint i = n; i > 0; i--)
    {
      g_autoptr (TideInterpreter) interpreter = g_list_model_get_item (G_LIST_MODEL (self->store), i - 1);

      if (self->wanted != NULL && g_str_equal (tide_interpreter_get_path (interpreter), self->wanted))
        {
          first = i - 1;
          break;
        }
      if (tide_interpreter_get_problem (interpreter) == NULL)
        first = i - 1;
    }
  tide_interpreter_chooser_choose (self, first);
}

static void
tide_interpreter_chooser_notify_selected (TideInterpreterChooser *self)
{
  if (!self->choosing)
    self->was_told = TRUE;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SELECTED]);
}

static void
tide_interpreter_chooser_probed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TideInterpreterChooser) self = user_data;
  g_autoptr (TideInterpreter) interpreter = tide_interpreter_probe_finish (result, NULL);

  if (interpreter == NULL || self->store == NULL)
    return;
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->store)); i++)
    {
      g_autoptr (TideInterpreter) other = g_list_model_get_item (G_LIST_MODEL (self->store), i);

      if (g_str_equal (tide_interpreter_get_path (other), tide_interpreter_get_path (interpreter)))
        {
          tide_interpreter_chooser_choose (self, i);
          return;
        }
    }
  g_list_store_append (self->store, interpreter);
  tide_interpreter_chooser_choose (self, g_list_model_get_n_items (G_LIST_MODEL (self->store)) - 1);
}

void
tide_interpreter_chooser_select_path (TideInterpreterChooser *self, const char *path)
{
  g_return_if_fail (TIDE_IS_INTERPRETER_CHOOSER (self));

  self->was_told = FALSE;
  g_free (self->wanted);
  self->wanted = g_strdup (path);
  tide_interpreter_chooser_items_changed (self);
  if (path != NULL)
    tide_interpreter_probe_async (path, _ ("chosen"), self->cancellable, tide_interpreter_chooser_probed,
                                  g_object_ref (self));
}

static void
tide_interpreter_chooser_other_chosen (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TideInterpreterChooser) self = user_data;
  g_autoptr (GFile) file = tide_prompter_choose_file_finish (TIDE_PROMPTER (source), result, NULL);

  if (file != NULL && g_file_peek_path (file) != NULL && self->store != NULL)
    tide_interpreter_chooser_select_path (self, g_file_peek_path (file));
}

static void
tide_interpreter_chooser_other (GtkButton *button, TideInterpreterChooser *self)
{
  TideFileRequest request = { .mode = TIDE_FILE_OPEN,
                              .title = _ ("Choose a Python Interpreter"),
                              .accept = _ ("_Choose") };

  if (self->prompter != NULL)
    tide_prompter_choose_file_async (self->prompter, GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                                     &request, tide_interpreter_chooser_other_chosen, g_object_ref (self));
}

static void
tide_interpreter_chooser_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TideInterpreterChooser) self = user_data;

  /* The list filled itself while answers came; a cancelled search has nothing to say.  */
  tide_interpreters_find_finish (result, NULL);
  if (self->store != NULL)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SELECTED]);
}

void
tide_interpreter_chooser_find (TideInterpreterChooser *self, const char *directory)
{
  tide_interpreters_find_async (directory, self->store, self->cancellable, tide_interpreter_chooser_found,
                                g_object_ref (self));
}

void
tide_interpreter_chooser_set_prompter (TideInterpreterChooser *self, TidePrompter *prompter)
{
  g_set_object (&self->prompter, prompter);
}

TideInterpreter *
tide_interpreter_chooser_get_selected (TideInterpreterChooser *self)
{
  return gtk_drop_down_get_selected_item (self->drop_down);
}

GListStore *
tide_interpreter_chooser_get_store (TideInterpreterChooser *self)
{
  return self->store;
}

static void
tide_interpreter_chooser_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_SELECTED:
      g_value_set_object (value, tide_interpreter_chooser_get_selected (TIDE_INTERPRETER_CHOOSER (object)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
tide_interpreter_chooser_dispose (GObject *object)
{
  TideInterpreterChooser *self = TIDE_INTERPRETER_CHOOSER (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->store != NULL)
    g_signal_handlers_disconnect_by_data (self->store, self);
  if (self->drop_down != NULL)
    g_signal_handlers_disconnect_by_data (self->drop_down, self);
  self->drop_down = NULL;
  if (self->box != NULL)
    gtk_widget_unparent (g_steal_pointer (&self->box));
  g_clear_object (&self->store);
  g_clear_object (&self->prompter);
  g_clear_pointer (&self->wanted, g_free);
  G_OBJECT_CLASS (tide_interpreter_chooser_parent_class)->dispose (object);
}

static void
tide_interpreter_chooser_class_init (TideInterpreterChooserClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = tide_interpreter_chooser_dispose;
  object_class->get_property = tide_interpreter_chooser_get_property;
  properties[PROP_SELECTED] = g_param_spec_object ("selected", NULL, NULL, TIDE_TYPE_INTERPRETER,
                                                   G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
tide_interpreter_chooser_init (TideInterpreterChooser *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkWidget *other = gtk_button_new_with_mnemonic (_ ("O_ther…"));

  self->cancellable = g_cancellable_new ();
  self->store = g_list_store_new (TIDE_TYPE_INTERPRETER);
  g_signal_connect (factory, "setup", G_CALLBACK (tide_interpreter_chooser_setup), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (tide_interpreter_chooser_bind), NULL);

  self->drop_down = GTK_DROP_DOWN (gtk_drop_down_new (g_object_ref (G_LIST_MODEL (self->store)), NULL));
  gtk_drop_down_set_factory (self->drop_down, factory);
  g_object_unref (factory);
  gtk_widget_set_hexpand (GTK_WIDGET (self->drop_down), TRUE);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->drop_down), _ ("The Python that runs the program"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->drop_down), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Python interpreter"), -1);
  gtk_widget_set_tooltip_text (other, _ ("Choose an interpreter that was not found"));
  gtk_widget_set_valign (other, GTK_ALIGN_CENTER);

  self->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  gtk_box_append (GTK_BOX (self->box), GTK_WIDGET (self->drop_down));
  gtk_box_append (GTK_BOX (self->box), other);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));

  g_signal_connect_swapped (self->store, "items-changed", G_CALLBACK (tide_interpreter_chooser_items_changed),
                            self);
  g_signal_connect_swapped (self->drop_down, "notify::selected-item",
                            G_CALLBACK (tide_interpreter_chooser_notify_selected), self);
  g_signal_connect (other, "clicked", G_CALLBACK (tide_interpreter_chooser_other), self);
}
