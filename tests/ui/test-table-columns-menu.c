#include "ui-fixture.h"
#include "ui-table.h"

/* What the menu offers, a line an item: its depth as stars, its words, and its action with its target.  */
static void
describe (GMenuModel *menu, guint depth, GString *out)
{
  for (int i = 0; i < g_menu_model_get_n_items (menu); i++)
    {
      static const char *const links[] = { G_MENU_LINK_SECTION, G_MENU_LINK_SUBMENU };
      g_autofree char *label = NULL, *action = NULL;
      g_autoptr (GVariant) target =
          g_menu_model_get_item_attribute_value (menu, i, G_MENU_ATTRIBUTE_TARGET, G_VARIANT_TYPE_STRING);

      g_menu_model_get_item_attribute (menu, i, G_MENU_ATTRIBUTE_LABEL, "s", &label);
      g_menu_model_get_item_attribute (menu, i, G_MENU_ATTRIBUTE_ACTION, "s", &action);
      for (guint k = 0; k < depth; k++)
        g_string_append_c (out, '*');
      g_string_append_printf (out, "%s %s %s\n", label != NULL ? label : "--", action != NULL ? action : "",
                              target != NULL ? g_variant_get_string (target, NULL) : "");
      for (guint k = 0; k < G_N_ELEMENTS (links); k++)
        {
          g_autoptr (GMenuModel) below = g_menu_model_get_item_link (menu, i, links[k]);

          if (below != NULL)
            describe (below, depth + 1, out);
        }
    }
}

static void
assert_menu (UiTable *table, const char *expected)
{
  g_autoptr (GString) found = g_string_new (NULL);

  describe (tide_table_columns_get_menu (table->columns), 0, found);
  g_assert_cmpstr (found->str, ==, expected);
}

#define COLUMNS                                                                                              \
  "--  \n"                                                                                                   \
  "*Size columns.size \n"                                                                                    \
  "*Place columns.place \n"                                                                                  \
  "--  \n"                                                                                                   \
  "*_Reset Columns columns.reset \n"

/* Each column can be sorted by; that which names the rows cannot be hidden.  */
static void
test_items (void)
{
  UiTable *table = ui_table_new (1, TRUE);

  assert_menu (table, "_Sort By  \n"
                      "*--  \n"
                      "**Name columns.sort name\n"
                      "**Size columns.sort size\n"
                      "**Place columns.sort place\n"
                      "*--  \n"
                      "**_Descending columns.descending \n" COLUMNS);
  ui_table_free (table);
}

static void
test_one_order (void)
{
  UiTable *table = ui_table_new (1, FALSE);
  GActionGroup *actions = tide_table_columns_get_actions (table->columns);

  assert_menu (table, COLUMNS);
  g_assert_false (g_action_group_has_action (actions, "sort"));
  g_assert_false (g_action_group_has_action (actions, "descending"));
  g_assert_true (g_action_group_has_action (actions, "size"));
  ui_table_free (table);
}

static void
assert_sort (UiTable *table, guint n_sorts, const char *id, gboolean descending)
{
  GActionGroup *actions = tide_table_columns_get_actions (table->columns);
  g_autoptr (GVariant) sort = g_action_group_get_action_state (actions, "sort");
  g_autoptr (GVariant) down = g_action_group_get_action_state (actions, "descending");

  g_assert_cmpuint (table->n_sorts, ==, n_sorts);
  g_assert_cmpstr (g_variant_get_string (sort, NULL), ==, id);
  g_assert_cmpint (g_variant_get_boolean (down), ==, descending);
  if (n_sorts == 0)
    return;
  g_assert_cmpstr (table->columns->ids[table->sorted], ==, id);
  g_assert_cmpint (table->descending, ==, descending);
}

/* The menu says how the rows are sorted, whoever sorted them; and sorts them once.  */
static void
test_sort (void)
{
  UiTable *table = ui_table_new (5, TRUE);
  GActionGroup *actions = tide_table_columns_get_actions (table->columns);

  assert_sort (table, 0, "size", TRUE);
  g_action_group_change_action_state (actions, "sort", g_variant_new_string ("place"));
  assert_sort (table, 1, "place", FALSE);
  g_action_group_change_action_state (actions, "descending", g_variant_new_boolean (TRUE));
  assert_sort (table, 2, "place", TRUE);
  g_action_group_change_action_state (actions, "sort", g_variant_new_string ("size"));
  assert_sort (table, 3, "size", TRUE);
  g_action_group_change_action_state (actions, "sort", g_variant_new_string ("of another version"));
  assert_sort (table, 3, "size", TRUE);
  tide_table_columns_sort_by (table->columns, UI_TABLE_NAME, FALSE);
  assert_sort (table, 4, "name", FALSE);
  gtk_column_view_sort_by_column (table->view, tide_table_columns_get_column (table->columns, UI_TABLE_PLACE),
                                  GTK_SORT_DESCENDING);
  assert_sort (table, 5, "place", TRUE);
  ui_table_free (table);
}

static gboolean
is_checked (UiTable *table, const char *id)
{
  g_autoptr (GVariant) state =
      g_action_group_get_action_state (tide_table_columns_get_actions (table->columns), id);

  return g_variant_get_boolean (state);
}

/* An item is checked while its column is there; resetting brings all back, and leaves the order of rows.  */
static void
test_columns (void)
{
  UiTable *table = ui_table_new (5, TRUE);
  GActionGroup *actions = tide_table_columns_get_actions (table->columns);
  GtkColumnViewColumn *place = tide_table_columns_get_column (table->columns, UI_TABLE_PLACE);

  g_assert_false (g_action_group_has_action (actions, "name"));
  g_assert_true (is_checked (table, "place"));
  g_action_group_activate_action (actions, "place", NULL);
  g_assert_false (is_checked (table, "place"));
  g_assert_false (gtk_column_view_column_get_visible (place));
  gtk_column_view_column_set_visible (tide_table_columns_get_column (table->columns, UI_TABLE_SIZE), FALSE);
  g_assert_false (is_checked (table, "size"));
  g_action_group_change_action_state (actions, "sort", g_variant_new_string ("name"));
  g_action_group_activate_action (actions, "reset", NULL);
  g_assert_true (is_checked (table, "size"));
  g_assert_true (is_checked (table, "place"));
  g_assert_true (gtk_column_view_column_get_visible (place));
  assert_sort (table, 1, "name", FALSE);
  ui_table_free (table);
}

/* A widget may hold the group after its table is gone.  */
static void
test_outlived (void)
{
  UiTable *table = ui_table_new (5, TRUE);
  GActionGroup *actions = tide_table_columns_get_actions (table->columns);
  g_autoptr (GObject) held = g_object_ref (G_OBJECT (actions));
  g_autoptr (GMenuModel) menu = g_object_ref (tide_table_columns_get_menu (table->columns));
  g_auto (GStrv) before = g_action_group_list_actions (actions);
  g_auto (GStrv) after = NULL;

  g_assert_cmpuint (g_strv_length (before), ==, 5);
  ui_table_free (table);
  after = g_action_group_list_actions (actions);
  g_assert_cmpuint (g_strv_length (after), ==, 0);
  for (guint i = 0; before[i] != NULL; i++)
    g_action_group_activate_action (actions, before[i], NULL);
  g_assert_cmpint (g_menu_model_get_n_items (menu), ==, 3);
}

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  g_test_add_func ("/table-columns-menu/items", test_items);
  g_test_add_func ("/table-columns-menu/one-order", test_one_order);
  g_test_add_func ("/table-columns-menu/sort", test_sort);
  g_test_add_func ("/table-columns-menu/columns", test_columns);
  g_test_add_func ("/table-columns-menu/outlived", test_outlived);
  return g_test_run ();
}
