#include "config.h"

#include "tide-start-page.h"

#include "tide-format.h"
#include "tide-recording-name.h"
#include "tide-resources.h"
#include "tide-wrap-layout.h"
#include "tide-session.h"

#include <glib/gi18n-lib.h>

#define MAX_RECENT 6
#define MAX_RECOVERABLE 4

struct _TideStartPage
{
  GtkWidget parent;

  char *spool_directory;
  GtkWidget *scroller;
  GtkBox *recent_box;
  GtkBox *recent_list;
  GtkBox *recover_box;
  GtkBox *recover_list;
};

G_DEFINE_FINAL_TYPE (TideStartPage, tide_start_page, GTK_TYPE_WIDGET)

static GtkWidget *
tide_start_page_new_text (const char *title, const char *detail)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *first = gtk_label_new (title), *second = gtk_label_new (detail);

  gtk_label_set_xalign (GTK_LABEL (first), 0);
  gtk_label_set_xalign (GTK_LABEL (second), 0);
  gtk_label_set_ellipsize (GTK_LABEL (first), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_ellipsize (GTK_LABEL (second), PANGO_ELLIPSIZE_START);
  gtk_widget_add_css_class (second, "dim");
  gtk_widget_set_hexpand (box, TRUE);
  gtk_box_append (GTK_BOX (box), first);
  gtk_box_append (GTK_BOX (box), second);
  return box;
}

static void
tide_start_page_clear (GtkBox *box)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (box))) != NULL)
    gtk_box_remove (box, child);
}

/* "2026-11-20 12:04", in the form of the person's language.  */
static char *
tide_start_page_format_date (GDateTime *when)
{
  g_autoptr (GDateTime) local = when != NULL ? g_date_time_to_local (when) : NULL;

  return local != NULL ? g_date_time_format (local, "%x %H:%M") : g_strdup ("");
}

static void
tide_start_page_add_recent (TideStartPage *self, GtkRecentInfo *info)
{
  const char *uri = gtk_recent_info_get_uri (info);
  g_autoptr (GFile) file = g_file_new_for_uri (uri);
  g_autoptr (GFile) folder = g_file_get_parent (file);
  g_autofree char *place = folder != NULL ? g_file_get_parse_name (folder) : g_strdup ("");
  GtkWidget *button = gtk_button_new ();

  gtk_button_set_child (GTK_BUTTON (button),
                        tide_start_page_new_text (gtk_recent_info_get_display_name (info), place));
  gtk_widget_add_css_class (button, "flat");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.open-recent");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", uri);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  gtk_recent_info_get_display_name (info), -1);
  gtk_box_append (self->recent_list, button);
}

static void
tide_start_page_update_recent (TideStartPage *self)
{
  GList *items = gtk_recent_manager_get_items (gtk_recent_manager_get_default ());
  guint n = 0;

  tide_start_page_clear (self->recent_list);
  for (GList *l = items; l != NULL && n < MAX_RECENT; l = l->next)
    {
      GtkRecentInfo *info = l->data;

      if (g_str_has_suffix (gtk_recent_info_get_uri (info), ".pagetide") && gtk_recent_info_exists (info))
        {
          tide_start_page_add_recent (self, info);
          n++;
        }
    }
  g_list_free_full (items, (GDestroyNotify)gtk_recent_info_unref);
  gtk_widget_set_visible (GTK_WIDGET (self->recent_box), n > 0);
}

static GtkWidget *
tide_start_page_new_action_button (const char *label, const char *action, const char *target)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (label);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", target);
  return button;
}

static void
tide_start_page_add_recoverable (TideStartPage *self, GFile *file)
{
  g_autoptr (GFileInfo) info =
      g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_SIZE "," G_FILE_ATTRIBUTE_TIME_MODIFIED,
                         G_FILE_QUERY_INFO_NONE, NULL, NULL);
  g_autoptr (GDateTime) modified = info != NULL ? g_file_info_get_modification_date_time (info) : NULL;
  g_autofree char *date = tide_start_page_format_date (modified);
  g_autofree char *size = tide_format_bytes (info != NULL ? (guint64)g_file_info_get_size (info) : 0);
  g_autofree char *uri = g_file_get_uri (file);
  g_autofree char *name = g_file_get_basename (file);
  g_autofree char *program = tide_recording_name_dup_program (name);
  /* Translators: the name of a program.  */
  g_autofree char *title =
      program != NULL ? g_strdup_printf (_ ("Recording of “%s”"), program) : g_strdup (name);
  g_autofree char *shown = g_utf8_make_valid (title, -1);
  /* Translators: a date and a size.  */
  g_autofree char *detail = g_strdup_printf (_ ("%s · %s"), date, size);
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  gtk_box_append (GTK_BOX (row), tide_start_page_new_text (shown, detail));
  gtk_box_append (GTK_BOX (row), tide_start_page_new_action_button (_ ("_Recover"), "win.open-recent", uri));
  gtk_box_append (GTK_BOX (row), tide_start_page_new_action_button (_ ("_Discard"), "win.discard", uri));
  gtk_widget_add_css_class (row, "recover-row");
  gtk_box_append (self->recover_list, row);
}

static void
tide_start_page_update_recoverable (TideStartPage *self)
{
  g_autoptr (GPtrArray) files = tide_session_find_recoverable (self->spool_directory);
  guint n = files != NULL ? MIN (files->len, MAX_RECOVERABLE) : 0;

  tide_start_page_clear (self->recover_list);
  for (guint i = 0; i < n; i++)
    tide_start_page_add_recoverable (self, g_ptr_array_index (files, i));
  gtk_widget_set_visible (GTK_WIDGET (self->recover_box), n > 0);
}

void
tide_start_page_refresh (TideStartPage *self)
{
  g_return_if_fail (TIDE_IS_START_PAGE (self));

  tide_start_page_update_recent (self);
  tide_start_page_update_recoverable (self);
}

void
tide_start_page_set_spool_directory (TideStartPage *self, const char *path)
{
  g_free (self->spool_directory);
  self->spool_directory = g_strdup (path);
  tide_start_page_refresh (self);
}

static void
tide_start_page_dispose (GObject *object)
{
  TideStartPage *self = TIDE_START_PAGE (object);

  if (self->scroller != NULL)
    gtk_widget_unparent (g_steal_pointer (&self->scroller));
  G_OBJECT_CLASS (tide_start_page_parent_class)->dispose (object);
}

static void
tide_start_page_finalize (GObject *object)
{
  g_free (TIDE_START_PAGE (object)->spool_directory);
  G_OBJECT_CLASS (tide_start_page_parent_class)->finalize (object);
}

static void
tide_start_page_class_init (TideStartPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tide_start_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = tide_start_page_finalize;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  g_type_ensure (TIDE_TYPE_WRAP_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, TIDE_RESOURCE_PATH "/tide-start-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TideStartPage, scroller);
  gtk_widget_class_bind_template_child (widget_class, TideStartPage, recent_box);
  gtk_widget_class_bind_template_child (widget_class, TideStartPage, recent_list);
  gtk_widget_class_bind_template_child (widget_class, TideStartPage, recover_box);
  gtk_widget_class_bind_template_child (widget_class, TideStartPage, recover_list);
}

static void
tide_start_page_init (TideStartPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (gtk_recent_manager_get_default (), "changed",
                           G_CALLBACK (tide_start_page_update_recent), self, G_CONNECT_SWAPPED);
}
