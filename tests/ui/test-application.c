#include "ui-fixture.h"

#include "tide-application.h"

static gboolean
has_window (gpointer data)
{
  return gtk_application_get_windows (data) != NULL;
}

static guint
n_windows (TideApplication *application)
{
  return g_list_length (gtk_application_get_windows (GTK_APPLICATION (application)));
}

static gboolean
is_alone (gpointer data)
{
  return n_windows (data) == 1;
}

static void
test_windows (gconstpointer data)
{
  TideApplication *application = TIDE_APPLICATION ((gpointer)data);
  GtkWindow *first;

  g_application_activate (G_APPLICATION (application));
  ui_wait (has_window, application);
  first = gtk_application_get_windows (GTK_APPLICATION (application))->data;
  g_assert_true (TIDE_IS_WINDOW (first));

  g_action_group_activate_action (G_ACTION_GROUP (application), "new-window", NULL);
  g_assert_cmpuint (n_windows (application), ==, 2);
  gtk_window_destroy (first);
  ui_wait (is_alone, application);

  /* Warnings end a test: so this also says that the keys, the help and the stylesheet are well-formed.  */
  first = gtk_application_get_windows (GTK_APPLICATION (application))->data;
  g_action_group_activate_action (G_ACTION_GROUP (first), "show-help-overlay", NULL);
  g_assert_nonnull (gtk_application_window_get_help_overlay (GTK_APPLICATION_WINDOW (first)));
  ui_settle (TIDE_WINDOW (first));
  g_action_group_activate_action (G_ACTION_GROUP (application), "about", NULL);
  ui_settle (TIDE_WINDOW (first));
}

/* Each key stands for one command that there is.  */
static void
test_keys (gconstpointer data)
{
  TideApplication *application = TIDE_APPLICATION ((gpointer)data);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_auto (GStrv) actions = NULL;
  TideWindow *window = tide_window_new (GTK_APPLICATION (application));

  actions = gtk_application_list_action_descriptions (GTK_APPLICATION (application));
  for (gsize i = 0; actions[i] != NULL; i++)
    {
      g_auto (GStrv) keys = gtk_application_get_accels_for_action (GTK_APPLICATION (application), actions[i]);
      g_autofree char *name = NULL;
      g_autoptr (GVariant) target = NULL;
      GActionGroup *group =
          g_str_has_prefix (actions[i], "app.") ? G_ACTION_GROUP (application) : G_ACTION_GROUP (window);

      g_assert_true (g_action_parse_detailed_name (actions[i], &name, &target, NULL));
      g_assert_true (g_action_group_has_action (group, name + 4));
      for (gsize k = 0; keys[k] != NULL; k++)
        g_assert_true (g_hash_table_add (seen, g_strdup (keys[k])));
    }
  g_assert_cmpuint (g_hash_table_size (seen), >, 20);
  tide_window_close_asking (window, NULL, NULL);
}

int
main (int argc, char **argv)
{
  g_autoptr (TideApplication) application = NULL;

  ui_init (&argc, &argv);
  /* One: a process has one application.  */
  application = tide_application_new (NULL);
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
  g_test_add_data_func ("/application/windows", application, test_windows);
  g_test_add_data_func ("/application/keys", application, test_keys);
  return g_test_run ();
}
