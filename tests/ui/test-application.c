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

static void
collect_key (const char *text, GHashTable *keys)
{
  guint key;
  GdkModifierType modifiers;

  g_assert_true (gtk_accelerator_parse (text, &key, &modifiers));
  g_hash_table_add (keys, gtk_accelerator_name (key, modifiers));
}

/* All accelerators of the shortcuts below WIDGET, as GTK writes them; each of a range of digits
 * ("<Alt>1...5").  */
static void
collect_keys (GtkWidget *widget, GHashTable *keys)
{
  if (GTK_IS_SHORTCUTS_SHORTCUT (widget))
    {
      g_autofree char *text = NULL;
      g_auto (GStrv) parts = NULL;

      g_object_get (widget, "accelerator", &text, NULL);
      parts = g_strsplit (text, " ", -1);
      for (gsize i = 0; parts[i] != NULL; i++)
        {
          char *range = strstr (parts[i], "...");

          if (range == NULL)
            collect_key (parts[i], keys);
          else
            for (char last = range[3], *digit = range - 1; *digit <= last; ++*digit)
              {
                g_autofree char *one = g_strndup (parts[i], (gsize)(range - parts[i]));

                collect_key (one, keys);
              }
        }
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    collect_keys (child, keys);
}

/* The help names each command that has a key, and no key with Control or Alt or of the F row that has none.
 */
static void
test_help_is_true (gconstpointer data)
{
  static const char *const elsewhere[] = { "<Control>c", "<Shift><Control>c", "<Shift>F10", "<Control>Left",
                                           "<Control>Right" };
  GtkApplication *application = GTK_APPLICATION ((gpointer)data);
  g_autoptr (GHashTable) told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) real = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_auto (GStrv) actions = gtk_application_list_action_descriptions (application);
  TideWindow *window = tide_window_new (application);
  GHashTableIter iter;
  gpointer key;

  collect_keys (GTK_WIDGET (gtk_application_window_get_help_overlay (GTK_APPLICATION_WINDOW (window))), told);
  g_assert_cmpuint (g_hash_table_size (told), >, 25);
  for (gsize i = 0; actions[i] != NULL; i++)
    {
      g_auto (GStrv) keys = gtk_application_get_accels_for_action (application, actions[i]);
      gboolean is_told = FALSE;

      for (gsize k = 0; keys[k] != NULL; k++)
        {
          is_told = is_told || g_hash_table_contains (told, keys[k]);
          g_hash_table_add (real, g_strdup (keys[k]));
        }
      g_assert_true (is_told);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (elsewhere); i++)
    g_hash_table_add (real, g_strdup (elsewhere[i]));
  g_hash_table_iter_init (&iter, told);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      if (strstr (key, "<Control>") != NULL || strstr (key, "<Alt>") != NULL || *(char *)key == 'F')
        {
          g_test_message ("%s", (char *)key);
          g_assert_true (g_hash_table_contains (real, key));
        }
    }
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
  g_test_add_data_func ("/application/help-is-true", application, test_help_is_true);
  return g_test_run ();
}
