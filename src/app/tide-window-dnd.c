#include "config.h"

#include "tide-window-private.h"

static gboolean
tide_window_drop (GtkDropTarget *target, const GValue *value, double x, double y, TideWindow *self)
{
  GSList *files;

  if (!G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST))
    return FALSE;
  files = g_value_get_boxed (value);
  if (files == NULL)
    return FALSE;

  tide_window_open (self, files->data);
  /* One window shows one recording.  */
  for (GSList *l = files->next; l != NULL; l = l->next)
    {
      TideWindow *other = tide_window_new (gtk_window_get_application (GTK_WINDOW (self)));

      gtk_window_present (GTK_WINDOW (other));
      tide_window_open (other, l->data);
    }
  return TRUE;
}

void
tide_window_dnd_init (TideWindow *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  g_signal_connect (target, "drop", G_CALLBACK (tide_window_drop), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}
