#include "config.h"

#include "tide-table-columns-private.h"

#include <glib/gi18n-lib.h>

static void
tide_table_columns_activate_reset (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  tide_table_columns_reset (user_data);
}

static void
tide_table_columns_change_sort (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  TideTableColumns *self = user_data;
  const char *id = g_variant_get_string (state, NULL);

  for (guint i = 0; i < self->kind->n_columns; i++)
    {
      if (g_str_equal (self->ids[i], id))
        tide_table_columns_sort_by (self, i, (self->kind->columns[i].flags & TIDE_COLUMN_NUMBER) != 0);
    }
}

static void
tide_table_columns_change_descending (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  TideTableColumns *self = user_data;

  tide_table_columns_sort_by (self, self->sorted, g_variant_get_boolean (state));
}

static void
tide_table_columns_menu_add_sort (TideTableColumns *self)
{
  static const GActionEntry entries[] = {
    { .name = "sort", .parameter_type = "s", .state = "''", .change_state = tide_table_columns_change_sort },
    { .name = "descending", .state = "false", .change_state = tide_table_columns_change_descending },
  };
  g_autoptr (GMenu) columns = g_menu_new (), direction = g_menu_new (), menu = g_menu_new ();

  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries), self);
  for (guint i = 0; i < self->kind->n_columns; i++)
    {
      g_autofree char *action = g_strdup_printf ("columns.sort::%s", self->ids[i]);

      g_menu_append (columns, self->kind->get_title (i), action);
    }
  g_menu_append (direction, _ ("_Descending"), "columns.descending");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (columns));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (direction));
  g_menu_append_submenu (self->menu, _ ("_Sort By"), G_MENU_MODEL (menu));
}

void
tide_table_columns_menu_init (TideTableColumns *self)
{
  static const GActionEntry reset = { .name = "reset", .activate = tide_table_columns_activate_reset };
  g_autoptr (GMenu) columns = g_menu_new (), rest = g_menu_new ();

  self->actions = g_simple_action_group_new ();
  self->menu = g_menu_new ();
  for (guint i = 0; i < self->kind->n_columns; i++)
    {
      g_autoptr (GPropertyAction) action = NULL;
      g_autofree char *name = g_strconcat ("columns.", self->ids[i], NULL);

      if ((self->kind->columns[i].flags & TIDE_COLUMN_NAMES) != 0)
        continue;
      action = g_property_action_new (self->ids[i], self->data[i].view_column, "visible");
      g_action_map_add_action (G_ACTION_MAP (self->actions), G_ACTION (action));
      g_menu_append (columns, self->kind->get_title (i), name);
    }
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), &reset, 1, self);
  if (self->kind->sort != NULL)
    tide_table_columns_menu_add_sort (self);
  g_menu_append_section (self->menu, NULL, G_MENU_MODEL (columns));
  g_menu_append (rest, _ ("_Reset Columns"), "columns.reset");
  g_menu_append_section (self->menu, NULL, G_MENU_MODEL (rest));
}

void
tide_table_columns_menu_finish (TideTableColumns *self)
{
  g_auto (GStrv) names = g_action_group_list_actions (G_ACTION_GROUP (self->actions));

  /* Whoever still holds the group finds nothing in it that leads to us.  */
  for (guint i = 0; names[i] != NULL; i++)
    g_action_map_remove_action (G_ACTION_MAP (self->actions), names[i]);
  g_clear_object (&self->actions);
  g_clear_object (&self->menu);
}

void
tide_table_columns_menu_show_sort (TideTableColumns *self)
{
  GAction *sort = g_action_map_lookup_action (G_ACTION_MAP (self->actions), "sort");
  GAction *descending = g_action_map_lookup_action (G_ACTION_MAP (self->actions), "descending");

  if (sort == NULL)
    return;
  g_simple_action_set_state (G_SIMPLE_ACTION (sort), g_variant_new_string (self->ids[self->sorted]));
  g_simple_action_set_state (G_SIMPLE_ACTION (descending), g_variant_new_boolean (self->descending));
}
