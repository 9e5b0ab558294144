#include "config.h"

#include "tide-compat.h"

static GtkWidget *
tide_compat_nth_child (GtkWidget *parent, guint index)
{
  GtkWidget *child = gtk_widget_get_first_child (parent);

  while (child != NULL && index-- > 0)
    child = gtk_widget_get_next_sibling (child);
  return child;
}

GtkWidget *
tide_compat_column_header (GtkColumnView *view, guint index)
{
  GtkWidget *header = gtk_widget_get_first_child (GTK_WIDGET (view));

  if (header == NULL || !g_str_equal (gtk_widget_get_css_name (header), "header"))
    return NULL;
  return tide_compat_nth_child (header, index);
}

static GtkLabel *
tide_compat_find_label (GtkWidget *widget)
{
  if (GTK_IS_LABEL (widget))
    return GTK_LABEL (widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkLabel *label = tide_compat_find_label (child);

      if (label != NULL)
        return label;
    }
  return NULL;
}

void
tide_compat_column_header_align_end (GtkColumnView *view, guint index, int margin)
{
  GtkWidget *header = tide_compat_column_header (view, index);
  GtkLabel *label = header != NULL ? tide_compat_find_label (header) : NULL;
  GtkWidget *box;

  if (label == NULL)
    return;
  box = gtk_widget_get_parent (GTK_WIDGET (label));
  gtk_widget_set_halign (box, GTK_ALIGN_END);
  gtk_widget_set_margin_end (box, margin);
  if (GTK_IS_BOX (box))
    gtk_box_reorder_child_after (GTK_BOX (box), GTK_WIDGET (label), gtk_widget_get_last_child (box));
}

void
tide_compat_wrap_label (GtkWidget *button)
{
  GtkLabel *label = tide_compat_find_label (button);

  if (label == NULL)
    return;
  gtk_label_set_wrap (label, TRUE);
  gtk_label_set_xalign (label, 0.f);
}

void
tide_compat_column_view_scroll_to (GtkColumnView *view, guint position)
{
  /* gtk_column_view_scroll_to() came with 4.12; the action of the list inside is older.  */
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (view)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      if (g_str_equal (gtk_widget_get_css_name (child), "listview"))
        gtk_widget_activate_action (child, "list.scroll-to-item", "u", position);
    }
}

void
tide_compat_open_file (GtkWindow *parent, GFile *file)
{
  g_autofree char *uri = g_file_get_uri (file);

  gtk_show_uri (parent, uri, GDK_CURRENT_TIME);
}

typedef struct
{
  GtkWindow *parent; /* owned, may be NULL */
  GFile *file;
} TideCompatShow;

static void
tide_compat_show_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TideCompatShow *show = user_data;
  g_autoptr (GVariant) answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);

  if (answer == NULL)
    {
      g_autoptr (GFile) folder = g_file_get_parent (show->file);

      tide_compat_open_file (show->parent, folder != NULL ? folder : show->file);
    }
  g_clear_object (&show->parent);
  g_clear_object (&show->file);
  g_free (show);
}

void
tide_compat_show_in_folder (GtkWindow *parent, GFile *file)
{
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  g_autofree char *uri = g_file_get_uri (file);
  const char *uris[] = { uri, NULL };
  TideCompatShow *show;

  if (bus == NULL)
    {
      g_autoptr (GFile) folder = g_file_get_parent (file);

      tide_compat_open_file (parent, folder != NULL ? folder : file);
      return;
    }
  show = g_new0 (TideCompatShow, 1);
  show->parent = parent != NULL ? g_object_ref (parent) : NULL;
  show->file = g_object_ref (file);
  g_dbus_connection_call (bus, "org.freedesktop.FileManager1", "/org/freedesktop/FileManager1",
                          "org.freedesktop.FileManager1", "ShowItems", g_variant_new ("(^ass)", uris, ""),
                          NULL, G_DBUS_CALL_FLAGS_NONE, 5000, NULL, tide_compat_show_done, show);
}

void
tide_compat_get_color (GtkWidget *widget, GdkRGBA *color)
{
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), color);
}
