#include "config.h"

#include "tide-lines-view.h"

#include "tide-format.h"
#include "tide-line-columns.h"

#include <glib/gi18n-lib.h>

struct _TideLinesView
{
  GtkWidget parent;

  TideSession *session;
  TideLineSlots *slots;
  GtkWidget *box;
  TideFilterRow *filter_row;
  GtkStack *stack; /* the table, or why there is none */
  GtkLabel *nothing;
  GtkColumnView *table;
  TideTableColumns *columns;
  gboolean stale; /* the data changed while it was not seen */
};

G_DEFINE_FINAL_TYPE (TideLinesView, tide_lines_view, GTK_TYPE_WIDGET)

/* Why there is no line, and what would bring some.  */
static const char *
explain (TideLinesView *self)
{
  const char *filter = tide_session_get_filter (self->session);

  if (filter != NULL && *filter != '\0')
    return _ ("No line took memory whose function or file matches the filter.");
  if (tide_session_has_selection (self->session))
    return _ ("No line took memory in this range.");
  if (tide_session_get_state (self->session) == TIDE_SESSION_LIVE)
    return _ ("Lines appear here as soon as the program takes or releases memory.");
  return _ ("No line took memory.");
}

static void
on_refreshed (TideLineSlots *slots, TideLinesView *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (slots));
  g_autofree char *number = tide_format_count (n);
  g_autofree char *count = g_strdup_printf (ngettext ("%s line", "%s lines", n), number);

  tide_table_columns_refresh (self->columns);
  tide_filter_row_set_count (self->filter_row, count);
  if (n == 0)
    gtk_label_set_text (self->nothing, explain (self));
  gtk_stack_set_visible_child_name (self->stack, n > 0 ? "table" : "nothing");
}

static void
ask (TideLinesView *self)
{
  TideSpan span = TIDE_SPAN_ALL;

  self->stale = !gtk_widget_get_mapped (GTK_WIDGET (self));
  if (self->stale || self->session == NULL)
    return;
  if (tide_session_has_selection (self->session))
    span = tide_session_get_selection (self->session);
  tide_line_slots_ask (self->slots, tide_session_get_process (self->session), span,
                       tide_session_get_filter (self->session));
}

static void
tide_lines_view_map (GtkWidget *widget)
{
  TideLinesView *self = TIDE_LINES_VIEW (widget);

  GTK_WIDGET_CLASS (tide_lines_view_parent_class)->map (widget);
  if (self->stale)
    ask (self);
}

static void
tide_lines_view_dispose (GObject *object)
{
  TideLinesView *self = TIDE_LINES_VIEW (object);

  if (self->slots != NULL)
    g_signal_handlers_disconnect_by_data (self->slots, self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "columns", NULL);
  g_clear_pointer (&self->columns, tide_table_columns_free);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->session);
  g_clear_object (&self->slots);
  G_OBJECT_CLASS (tide_lines_view_parent_class)->dispose (object);
}

static void
tide_lines_view_class_init (TideLinesViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tide_lines_view_dispose;
  widget_class->map = tide_lines_view_map;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "lines");
}

static void
tide_lines_view_init (TideLinesView *self)
{
  GtkWidget *scroller = gtk_scrolled_window_new (), *nothing = gtk_label_new (NULL);
  GtkSelectionModel *selection;

  self->slots = tide_line_slots_new ();
  selection = GTK_SELECTION_MODEL (gtk_single_selection_new (g_object_ref (G_LIST_MODEL (self->slots))));
  gtk_single_selection_set_autoselect (GTK_SINGLE_SELECTION (selection), FALSE);
  gtk_single_selection_set_can_unselect (GTK_SINGLE_SELECTION (selection), TRUE);
  self->table = GTK_COLUMN_VIEW (gtk_column_view_new (selection));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->table), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Lines"),
                                  -1);
  gtk_widget_add_css_class (GTK_WIDGET (self->table), "functions");
  self->columns = tide_table_columns_new (self->table, tide_line_columns_get_kind (), self->slots);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "columns",
                                  tide_table_columns_get_actions (self->columns));
  g_signal_connect (self->slots, "refreshed", G_CALLBACK (on_refreshed), self);

  self->filter_row = TIDE_FILTER_ROW (tide_filter_row_new ());
  tide_filter_row_set_columns_menu (self->filter_row, tide_table_columns_get_menu (self->columns));
  tide_filter_row_set_key_target (self->filter_row, GTK_WIDGET (self->table));
  self->nothing = GTK_LABEL (nothing);
  gtk_label_set_wrap (self->nothing, TRUE);
  gtk_label_set_justify (self->nothing, GTK_JUSTIFY_CENTER);
  gtk_widget_add_css_class (nothing, "dim");
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (self->table));
  self->stack = GTK_STACK (gtk_stack_new ());
  gtk_stack_add_named (self->stack, nothing, "nothing");
  gtk_stack_add_named (self->stack, scroller, "table");
  gtk_widget_set_vexpand (GTK_WIDGET (self->stack), TRUE);
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_append (GTK_BOX (self->box), GTK_WIDGET (self->filter_row));
  gtk_box_append (GTK_BOX (self->box), GTK_WIDGET (self->stack));
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
}

void
tide_lines_view_set_session (TideLinesView *self, TideSession *session)
{
  g_return_if_fail (TIDE_IS_LINES_VIEW (self));
  g_return_if_fail (self->session == NULL);

  self->session = g_object_ref (session);
  tide_filter_row_set_session (self->filter_row, session);
  /* The table of functions is made anew when the data grew, too.  */
  g_signal_connect_object (session, "notify::table", G_CALLBACK (ask), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::filter", G_CALLBACK (ask), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::process", G_CALLBACK (ask), self, G_CONNECT_SWAPPED);
  ask (self);
}

TideLineSlots *
tide_lines_view_get_slots (TideLinesView *self)
{
  return self->slots;
}

GtkColumnView *
tide_lines_view_get_column_view (TideLinesView *self)
{
  return self->table;
}

void
tide_lines_view_focus_filter (TideLinesView *self)
{
  tide_filter_row_focus (self->filter_row);
}

TideTableColumns *
tide_lines_view_get_columns (TideLinesView *self)
{
  return self->columns;
}

char *
tide_lines_view_dup_cell_text (TideLinesView *self, guint position, TideLineColumn column)
{
  return tide_table_columns_dup_text (self->columns, position, column);
}
