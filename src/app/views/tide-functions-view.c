#include "config.h"

#include "tide-functions-view.h"

#include "tide-format.h"
#include "tide-function-columns.h"
#include "tide-functions-text.h"
#include "tide-resources.h"

#include <glib/gi18n-lib.h>

struct _TideFunctionsView
{
  GtkWidget parent;

  TideSession *session;
  TideFunctionSlots *slots;
  GtkSingleSelection *selection;
  TideTableColumns *columns;
  guint32 selected_code;
  gboolean has_selected;
  gboolean moving; /* the selection is moved by us */

  GtkWidget *box;
  TideFilterRow *filter_row;
  GMenuModel *export_menu;
  GtkStack *stack;
  GtkColumnView *view;
  GtkLabel *empty_title;
  GtkLabel *empty_detail;
  GtkButton *empty_button;
  GtkPopoverMenu *menu;
  GtkEventControllerMotion *motion;
};

G_DEFINE_FINAL_TYPE (TideFunctionsView, tide_functions_view, GTK_TYPE_WIDGET)

enum
{
  ROW_SELECTED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* --- what is empty, and why --- */

static void
tide_functions_view_set_empty (
    TideFunctionsView *self, const char *title, const char *detail, const char *button, const char *action)
{
  gtk_label_set_text (self->empty_title, title);
  gtk_label_set_text (self->empty_detail, detail);
  gtk_widget_set_visible (GTK_WIDGET (self->empty_button), button != NULL);
  if (button != NULL)
    {
      gtk_button_set_label (self->empty_button, button);
      gtk_actionable_set_detailed_action_name (GTK_ACTIONABLE (self->empty_button), action);
    }
}

static void
tide_functions_view_update_empty (TideFunctionsView *self)
{
  TideFunctionTable *table = tide_function_slots_get_table (self->slots);
  const char *filter = tide_session_get_filter (self->session);
  gboolean live = tide_session_get_state (self->session) == TIDE_SESSION_LIVE;

  if (g_list_model_get_n_items (G_LIST_MODEL (self->slots)) > 0)
    {
      gtk_stack_set_visible_child_name (self->stack, "table");
      return;
    }

  if (table == NULL)
    tide_functions_view_set_empty (self, _ ("Reading the recording…"), _ ("The table comes in a moment."),
                                   NULL, NULL);
  else if (tide_function_table_get_n_rows (table) > 0 && filter != NULL && *filter != '\0')
    {
      g_autofree char *title = g_strdup_printf (_ ("No function matches “%s”"), filter);

      tide_functions_view_set_empty (self, title, _ ("The filter looks at the names of functions and files."),
                                     _ ("Clear Filter"), "functions.clear-filter");
    }
  else if (tide_session_has_selection (self->session))
    tide_functions_view_set_empty (
        self, _ ("RSS did not change in this range"),
        _ ("Choose another range in the timeline, or look at the whole recording."),
        _ ("Show the Whole Recording"), "win.clear-selection");
  else if (live)
    tide_functions_view_set_empty (
        self, _ ("Waiting for the first change of RSS"),
        _ ("Functions appear here as soon as the program takes or releases memory."), NULL, NULL);
  else
    tide_functions_view_set_empty (
        self, _ ("No change of RSS was recorded"),
        _ ("The program ended before it took memory, or no instrument was on that says who took it."),
        _ ("Launch a Program…"), "win.launch");
  gtk_stack_set_visible_child_name (self->stack, "empty");
}

/* --- selection and refresh --- */

static void
tide_functions_view_restore_selection (TideFunctionsView *self)
{
  guint position = GTK_INVALID_LIST_POSITION;

  if (self->has_selected)
    position = tide_function_slots_find (self->slots, self->selected_code);
  self->moving = TRUE;
  gtk_single_selection_set_selected (self->selection, position);
  self->moving = FALSE;
}

static void
tide_functions_view_notify_selected (GtkSingleSelection *selection,
                                     GParamSpec *pspec,
                                     TideFunctionsView *self)
{
  const TideFunctionRow *row;

  if (self->moving)
    return;
  row = tide_function_slots_get_row (self->slots, gtk_single_selection_get_selected (selection));
  self->has_selected = row != NULL;
  self->selected_code = row != NULL ? row->code : 0;
  g_signal_emit (self, signals[ROW_SELECTED], 0);
}

static void
tide_functions_view_update_count (TideFunctionsView *self)
{
  guint all, shown = tide_function_slots_get_n_functions (self->slots, &all);
  g_autofree char *all_text = tide_format_count (all);
  g_autofree char *shown_text = tide_format_count (shown);
  g_autofree char *text = NULL;

  if (shown == all)
    text = g_strdup_printf (ngettext ("%s function", "%s functions", all), all_text);
  else
    text = g_strdup_printf (ngettext ("%s of %s function", "%s of %s functions", all), shown_text, all_text);
  tide_filter_row_set_count (self->filter_row, text);
}

/* A list that becomes shorter loses its selection; the person did not take it away.  */
static void
tide_functions_view_refreshing (TideFunctionSlots *slots, TideFunctionsView *self)
{
  self->moving = TRUE;
}

static void
tide_functions_view_refreshed (TideFunctionSlots *slots, TideFunctionsView *self)
{
  tide_table_columns_refresh (self->columns);
  tide_functions_view_restore_selection (self);
  tide_functions_view_update_count (self);
  tide_functions_view_update_empty (self);
  g_signal_emit (self, signals[ROW_SELECTED], 0);
}

/* Rows stay where they are while somebody points at them.  */
static void
tide_functions_view_update_held (TideFunctionsView *self)
{
  gboolean pointed = gtk_event_controller_motion_contains_pointer (self->motion);
  gboolean menu = gtk_widget_get_visible (GTK_WIDGET (self->menu));

  tide_function_slots_set_held (self->slots, pointed || menu);
}

/* --- the session --- */

static void
tide_functions_view_notify_table (TideFunctionsView *self)
{
  tide_function_slots_set_table (self->slots, tide_session_get_table (self->session));
  tide_functions_view_update_empty (self);
}

static void
tide_functions_view_notify_state (TideFunctionsView *self)
{
  tide_function_slots_set_live (self->slots, tide_session_get_state (self->session) == TIDE_SESSION_LIVE);
  tide_functions_view_update_empty (self);
}

static void
tide_functions_view_notify_process (TideFunctionsView *self)
{
  /* Code ids are those of the process.  */
  self->has_selected = FALSE;
  tide_functions_view_restore_selection (self);
  g_signal_emit (self, signals[ROW_SELECTED], 0);
}

static void
tide_functions_view_notify_filter (TideFunctionsView *self)
{
  g_autofree char *filter = g_strdup (tide_session_get_filter (self->session));

  tide_function_slots_set_filter (self->slots, filter);
}

static void
tide_functions_view_clear_filter (GtkWidget *widget, const char *action, GVariant *parameter)
{
  tide_session_set_filter (TIDE_FUNCTIONS_VIEW (widget)->session, NULL);
}

/* --- the menu of a row --- */

static void
tide_functions_view_popup (TideFunctionsView *self, double x, double y)
{
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), &(GdkRectangle){ (int)x, (int)y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

static void
tide_functions_view_pressed (
    GtkGestureClick *gesture, int n_press, double x, double y, TideFunctionsView *self)
{
  guint position = tide_table_columns_pick (self->columns, x, y);

  if (position == GTK_INVALID_LIST_POSITION)
    return;
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  gtk_single_selection_set_selected (self->selection, position);
  tide_functions_view_popup (self, x, y);
}

static gboolean
tide_functions_view_menu_key (GtkWidget *widget, GVariant *arguments, gpointer user_data)
{
  TideFunctionsView *self = user_data;

  tide_functions_view_popup (self, gtk_widget_get_width (widget) / 3.0, gtk_widget_get_height (widget) / 3.0);
  return TRUE;
}

static void
tide_functions_view_init_menu (TideFunctionsView *self)
{
  GtkGesture *gesture = gtk_gesture_click_new ();
  GtkEventController *keys = gtk_shortcut_controller_new ();

  gtk_widget_set_parent (GTK_WIDGET (self->menu), GTK_WIDGET (self->view));
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (gesture), GDK_BUTTON_SECONDARY);
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (gesture), GTK_PHASE_CAPTURE);
  g_signal_connect (gesture, "pressed", G_CALLBACK (tide_functions_view_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self->view), GTK_EVENT_CONTROLLER (gesture));

  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (keys),
      gtk_shortcut_new (gtk_shortcut_trigger_parse_string ("Menu|<Shift>F10"),
                        gtk_callback_action_new (tide_functions_view_menu_key, self, NULL)));
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (keys),
                                        gtk_shortcut_new (gtk_shortcut_trigger_parse_string ("<Control>c"),
                                                          gtk_named_action_new ("win.copy-row")));
  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (keys),
      gtk_shortcut_new (gtk_shortcut_trigger_parse_string ("<Control><Shift>c"),
                        gtk_named_action_new ("win.copy-table")));
  gtk_widget_add_controller (GTK_WIDGET (self->view), keys);
}

/* --- copying --- */

char *
tide_functions_view_to_csv (TideFunctionsView *self)
{
  return tide_functions_text_table (self->slots, ',');
}

void
tide_functions_view_copy_row (TideFunctionsView *self)
{
  const TideFunctionRow *row = tide_functions_view_get_selected (self);
  g_autofree char *text = row != NULL ? tide_functions_text_row (row, '\t') : NULL;

  if (text != NULL)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
}

void
tide_functions_view_copy_table (TideFunctionsView *self)
{
  g_autofree char *text = tide_functions_text_table (self->slots, '\t');

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
}

/* --- the object --- */

static void
tide_functions_view_dispose (GObject *object)
{
  TideFunctionsView *self = TIDE_FUNCTIONS_VIEW (object);

  if (self->slots != NULL)
    g_signal_handlers_disconnect_by_data (self->slots, self);
  if (self->motion != NULL)
    g_signal_handlers_disconnect_by_data (self->motion, self);
  self->motion = NULL;
  if (self->menu != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->menu, self);
      gtk_widget_unparent (GTK_WIDGET (g_steal_pointer (&self->menu)));
    }
  gtk_widget_insert_action_group (GTK_WIDGET (self), "columns", NULL);
  g_clear_pointer (&self->columns, tide_table_columns_free);
  if (self->box != NULL)
    gtk_widget_unparent (g_steal_pointer (&self->box));
  g_clear_object (&self->selection);
  g_clear_object (&self->slots);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (tide_functions_view_parent_class)->dispose (object);
}

static void
tide_functions_view_class_init (TideFunctionsViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tide_functions_view_dispose;
  signals[ROW_SELECTED] = g_signal_new ("row-selected", TIDE_TYPE_FUNCTIONS_VIEW, G_SIGNAL_RUN_LAST, 0, NULL,
                                        NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (TIDE_TYPE_FILTER_ROW);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_install_action (widget_class, "functions.clear-filter", NULL,
                                   tide_functions_view_clear_filter);
  gtk_widget_class_set_template_from_resource (widget_class, TIDE_RESOURCE_PATH "/tide-functions-view.ui");
  gtk_widget_class_bind_template_child (widget_class, TideFunctionsView, box);
  gtk_widget_class_bind_template_child (widget_class, TideFunctionsView, filter_row);
  gtk_widget_class_bind_template_child (widget_class, TideFunctionsView, export_menu);
  gtk_widget_class_bind_template_child (widget_class, TideFunctionsView, stack);
  gtk_widget_class_bind_template_child (widget_class, TideFunctionsView, view);
  gtk_widget_class_bind_template_child (widget_class, TideFunctionsView, empty_title);
  gtk_widget_class_bind_template_child (widget_class, TideFunctionsView, empty_detail);
  gtk_widget_class_bind_template_child (widget_class, TideFunctionsView, empty_button);
  gtk_widget_class_bind_template_child (widget_class, TideFunctionsView, menu);
}

static void
tide_functions_view_init (TideFunctionsView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->slots = tide_function_slots_new ();
  self->selection = gtk_single_selection_new (g_object_ref (G_LIST_MODEL (self->slots)));
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  gtk_column_view_set_model (self->view, GTK_SELECTION_MODEL (self->selection));
  self->columns = tide_table_columns_new (self->view, tide_function_columns_get_kind (), self->slots);
  tide_functions_view_init_menu (self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "columns",
                                  tide_table_columns_get_actions (self->columns));
  tide_filter_row_set_columns_menu (self->filter_row, tide_table_columns_get_menu (self->columns));
  tide_filter_row_set_export_menu (self->filter_row, self->export_menu);
  tide_filter_row_set_key_target (self->filter_row, GTK_WIDGET (self->view));

  self->motion = GTK_EVENT_CONTROLLER_MOTION (gtk_event_controller_motion_new ());
  gtk_widget_add_controller (GTK_WIDGET (self->view), GTK_EVENT_CONTROLLER (self->motion));
  g_signal_connect_swapped (self->motion, "notify::contains-pointer",
                            G_CALLBACK (tide_functions_view_update_held), self);
  g_signal_connect_swapped (self->menu, "notify::visible", G_CALLBACK (tide_functions_view_update_held),
                            self);
  g_signal_connect (self->selection, "notify::selected", G_CALLBACK (tide_functions_view_notify_selected),
                    self);
  g_signal_connect (self->slots, "refreshing", G_CALLBACK (tide_functions_view_refreshing), self);
  g_signal_connect (self->slots, "refreshed", G_CALLBACK (tide_functions_view_refreshed), self);
}

void
tide_functions_view_set_session (TideFunctionsView *self, TideSession *session)
{
  g_return_if_fail (TIDE_IS_FUNCTIONS_VIEW (self));
  g_return_if_fail (self->session == NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "notify::table", G_CALLBACK (tide_functions_view_notify_table), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::state", G_CALLBACK (tide_functions_view_notify_state), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::process", G_CALLBACK (tide_functions_view_notify_process), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::filter", G_CALLBACK (tide_functions_view_notify_filter), self,
                           G_CONNECT_SWAPPED);
  tide_filter_row_set_session (self->filter_row, session);
  tide_functions_view_notify_filter (self);
  tide_functions_view_notify_state (self);
  tide_functions_view_notify_table (self);
}

void
tide_functions_view_focus_filter (TideFunctionsView *self)
{
  tide_filter_row_focus (self->filter_row);
}

void
tide_functions_view_sort (TideFunctionsView *self, TideFunctionColumn column, gboolean descending)
{
  tide_table_columns_sort_by (self->columns, column, descending);
}

const TideFunctionRow *
tide_functions_view_get_selected (TideFunctionsView *self)
{
  return tide_function_slots_get_row (self->slots, gtk_single_selection_get_selected (self->selection));
}

void
tide_functions_view_select (TideFunctionsView *self, guint32 code)
{
  self->has_selected = TRUE;
  self->selected_code = code;
  tide_functions_view_restore_selection (self);
  g_signal_emit (self, signals[ROW_SELECTED], 0);
}

TideFunctionSlots *
tide_functions_view_get_slots (TideFunctionsView *self)
{
  return self->slots;
}

GtkColumnView *
tide_functions_view_get_column_view (TideFunctionsView *self)
{
  return self->view;
}

TideFilterRow *
tide_functions_view_get_filter_row (TideFunctionsView *self)
{
  return self->filter_row;
}

TideTableColumns *
tide_functions_view_get_columns (TideFunctionsView *self)
{
  return self->columns;
}

char *
tide_functions_view_dup_cell_text (TideFunctionsView *self, guint position, TideFunctionColumn column)
{
  return tide_table_columns_dup_text (self->columns, position, column);
}
