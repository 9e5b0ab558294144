#include "config.h"

#include "tide-application.h"

#include "tide-about.h"
#include "tide-color-scheme.h"
#include "tide-resources.h"
#include "tide-window.h"

#include <glib/gi18n-lib.h>

struct _TideApplication
{
  GtkApplication parent;

  TideLaunch *launch; /* owned, NULL once it was started */
  TideColorScheme *color_scheme;
};

G_DEFINE_FINAL_TYPE (TideApplication, tide_application, GTK_TYPE_APPLICATION)

static TideWindow *
tide_application_add_window (TideApplication *self)
{
  TideWindow *window = tide_window_new (GTK_APPLICATION (self));

  gtk_window_present (GTK_WINDOW (window));
  return window;
}

static void
tide_application_new_window (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  tide_application_add_window (TIDE_APPLICATION (user_data));
}

static void
tide_application_about (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  tide_about_present (gtk_application_get_active_window (GTK_APPLICATION (user_data)));
}

static void tide_application_quit_next (TideApplication *self);

static void
tide_application_window_closed (GtkWindow *window, gboolean closed, gpointer user_data)
{
  g_autoptr (TideApplication) self = user_data;

  if (closed)
    tide_application_quit_next (self);
}

/* Asks window after window, so that no question is lost; the first "Cancel" ends it.  */
static void
tide_application_quit_next (TideApplication *self)
{
  GList *windows = gtk_application_get_windows (GTK_APPLICATION (self));

  for (GList *l = windows; l != NULL; l = l->next)
    {
      if (TIDE_IS_WINDOW (l->data))
        {
          tide_window_close_asking (TIDE_WINDOW (l->data), tide_application_window_closed,
                                    g_object_ref (self));
          return;
        }
    }
  g_application_quit (G_APPLICATION (self));
}

static void
tide_application_quit_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  tide_application_quit_next (TIDE_APPLICATION (user_data));
}

static const GActionEntry application_actions[] = {
  { .name = "new-window", .activate = tide_application_new_window },
  { .name = "about", .activate = tide_application_about },
  { .name = "quit", .activate = tide_application_quit_action },
};

/* What works wherever the focus is.  Keys that an entry wants for itself (Space, End, Escape) are bindings of
 * the window's class, which come after the focused widget.  */
static const struct
{
  const char *action;
  const char *keys[4];
} application_keys[] = {
  { "app.new-window", { "<Control>n" } },
  { "app.quit", { "<Control>q" } },
  { "win.open", { "<Control>o" } },
  { "win.launch", { "<Control>l" } },
  { "win.instruments", { "<Control>i" } },
  { "win.run-again", { "<Control><Shift>r" } },
  { "win.refresh", { "<Control>r", "F5" } },
  { "win.save-as", { "<Control>s" } },
  { "win.export-png", { "<Control>e", "<Control><Shift>s" } },
  { "win.close-window", { "<Control>w" } },
  { "win.find", { "<Control>f" } },
  { "win.jump-to-now", { "<Control>j" } },
  { "win.zoom-in", { "<Control>plus", "<Control>equal", "<Control>KP_Add" } },
  { "win.zoom-out", { "<Control>minus", "<Control>KP_Subtract" } },
  { "win.fit", { "<Control>0", "<Control>KP_0" } },
  { "win.zoom-to-selection", { "<Control>9" } },
  { "win.tab('functions')", { "<Alt>1" } },
  { "win.tab('lines')", { "<Alt>2" } },
  { "win.tab('events')", { "<Alt>3" } },
  { "win.tab('output')", { "<Alt>4" } },
  { "win.tab('details')", { "<Alt>5" } },
  { "win.show-help-overlay", { "<Control>question", "F1" } },
  { "win.menu", { "F10" } },
  { "win.fullscreen", { "F11" } },
};

static void
tide_application_startup (GApplication *application)
{
  TideApplication *self = TIDE_APPLICATION (application);
  g_autoptr (GtkCssProvider) provider = NULL;

  tide_resources_ensure ();
  G_APPLICATION_CLASS (tide_application_parent_class)->startup (application);

  gtk_window_set_default_icon_name (PAGETIDE_APP_ID);
  provider = gtk_css_provider_new ();
  gtk_css_provider_load_from_resource (provider, TIDE_RESOURCE_PATH "/style.css");
  gtk_style_context_add_provider_for_display (gdk_display_get_default (), GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  self->color_scheme = tide_color_scheme_new (gtk_settings_get_default ());

  g_action_map_add_action_entries (G_ACTION_MAP (self), application_actions,
                                   G_N_ELEMENTS (application_actions), self);
  for (gsize i = 0; i < G_N_ELEMENTS (application_keys); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (self), application_keys[i].action,
                                           application_keys[i].keys);
}

static void
tide_application_activate (GApplication *application)
{
  TideApplication *self = TIDE_APPLICATION (application);
  GtkWindow *active = gtk_application_get_active_window (GTK_APPLICATION (self));

  if (self->launch != NULL)
    {
      g_autoptr (TideLaunch) launch = g_steal_pointer (&self->launch);

      tide_window_launch (tide_application_add_window (self), launch);
    }
  else if (active != NULL)
    gtk_window_present (active);
  else
    tide_application_add_window (self);
}

static void
tide_application_open (GApplication *application, GFile **files, int n_files, const char *hint)
{
  TideApplication *self = TIDE_APPLICATION (application);

  for (int i = 0; i < n_files; i++)
    tide_window_open (tide_application_add_window (self), files[i]);
}

static void
tide_application_finalize (GObject *object)
{
  TideApplication *self = TIDE_APPLICATION (object);

  g_clear_pointer (&self->launch, tide_launch_free);
  g_clear_object (&self->color_scheme);
  G_OBJECT_CLASS (tide_application_parent_class)->finalize (object);
}

static void
tide_application_class_init (TideApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = tide_application_finalize;
  application_class->startup = tide_application_startup;
  application_class->activate = tide_application_activate;
  application_class->open = tide_application_open;
}

static void
tide_application_init (TideApplication *self)
{
}

TideApplication *
tide_application_new (const TideLaunch *launch)
{
  GApplicationFlags flags = G_APPLICATION_HANDLES_OPEN;
  TideApplication *self;

  /* A launch wants the directory and the environment of whoever asked for it, so it is not handed to a
   * Pagetide that runs already.  */
  if (launch != NULL || g_getenv ("PAGETIDE_NON_UNIQUE") != NULL)
    flags |= G_APPLICATION_NON_UNIQUE;

  self = g_object_new (TIDE_TYPE_APPLICATION, "application-id", PAGETIDE_APP_ID, "flags", flags,
                       "resource-base-path", TIDE_RESOURCE_PATH, NULL);
  self->launch = launch != NULL ? tide_launch_copy (launch) : NULL;
  return self;
}
