#include "config.h"

#include "tide-events-view.h"

#include "tide-filter-row.h"
#include "tide-format.h"

#include <glib/gi18n-lib.h>

#define REFRESH_MS 500

struct _TideEventsView
{
  GtkWidget parent;

  TideSession *session;
  TideCallRows *rows;
  GtkWidget *box;
  GtkDropDown *chooser;
  TideFilterRow *filter_row;
  GtkStack *stack;
  GtkColumnView *view;
  TideTableColumns *columns;
  guint timeout;
};

G_DEFINE_FINAL_TYPE (TideEventsView, tide_events_view, GTK_TYPE_WIDGET)

#define BIT(kind) (1u << TIDE_CALL_##kind)

static const struct
{
  const char *title;
  guint kinds;
} choices[] = {
  { N_ ("All events"), TIDE_CALL_ALL_KINDS },
  { N_ ("Calls and returns"), BIT (CALL) | BIT (RETURN) },
  { N_ ("C functions"), BIT (C_CALL) | BIT (C_RETURN) | BIT (C_EXCEPT) },
  { N_ ("Lines"), BIT (LINE) },
  { N_ ("Exceptions"), BIT (EXCEPT) | BIT (C_EXCEPT) },
};

char *
tide_events_view_dup_cell (TideEventsView *self, guint position, TideEventsColumn column)
{
  g_return_val_if_fail (TIDE_IS_EVENTS_VIEW (self), NULL);
  return tide_event_columns_get_kind ()->dup_text (self->rows, position, column);
}

TideTableColumns *
tide_events_view_get_columns (TideEventsView *self)
{
  return self->columns;
}

static void
tide_events_view_show_count (TideEventsView *self)
{
  guint64 all = tide_call_rows_get_n_all (self->rows);
  TideProcess *process = tide_call_rows_get_process (self->rows);
  guint64 dropped = process != NULL ? tide_process_get_n_calls_dropped (process) : 0;
  g_autofree char *count = tide_format_count (all), *most = tide_format_count (TIDE_CALL_ROWS_MAX);
  g_autofree char *text = NULL;

  if (all > TIDE_CALL_ROWS_MAX)
    text =
        g_strdup_printf (_ ("The first %s of %s events: select a shorter time to see others"), most, count);
  else if (dropped > 0)
    text = g_strdup_printf (_ ("%s events; later ones are in the recording alone"), count);
  else
    text = g_strdup_printf (_ ("%s events"), count);
  tide_filter_row_set_count (self->filter_row, text);
}

void
tide_events_view_refresh (TideEventsView *self)
{
  TideProcess *process;
  TideSpan span = TIDE_SPAN_ALL;

  g_return_if_fail (TIDE_IS_EVENTS_VIEW (self));
  if (self->session == NULL)
    return;
  process = tide_session_get_process (self->session);
  if (process != NULL && tide_session_has_selection (self->session))
    span = tide_session_get_selection (self->session);
  tide_call_rows_show (self->rows, process, span, choices[gtk_drop_down_get_selected (self->chooser)].kinds);
  tide_table_columns_refresh (self->columns);
  tide_events_view_show_count (self);
  gtk_stack_set_visible_child_name (
      self->stack, process != NULL && tide_process_get_n_calls (process) > 0 ? "rows" : "empty");
}

static gboolean
tide_events_view_tick (gpointer data)
{
  tide_events_view_refresh (data);
  return G_SOURCE_CONTINUE;
}

/* What nobody sees is not kept up to date.  */
static void
tide_events_view_map (GtkWidget *widget)
{
  TideEventsView *self = TIDE_EVENTS_VIEW (widget);

  GTK_WIDGET_CLASS (tide_events_view_parent_class)->map (widget);
  tide_events_view_refresh (self);
  self->timeout = g_timeout_add (REFRESH_MS, tide_events_view_tick, self);
}

static void
tide_events_view_unmap (GtkWidget *widget)
{
  TideEventsView *self = TIDE_EVENTS_VIEW (widget);

  g_clear_handle_id (&self->timeout, g_source_remove);
  GTK_WIDGET_CLASS (tide_events_view_parent_class)->unmap (widget);
}

static void
tide_events_view_changed (TideEventsView *self)
{
  /* The rows keep the process alive: one that is closed goes even when nobody looks.  */
  if (gtk_widget_get_mapped (GTK_WIDGET (self)) || tide_session_get_process (self->session) == NULL)
    tide_events_view_refresh (self);
}

void
tide_events_view_set_session (TideEventsView *self, TideSession *session)
{
  static const char *const signals[] = { "notify::process", "notify::selection-begin",
                                         "notify::selection-end" };

  g_return_if_fail (TIDE_IS_EVENTS_VIEW (self));
  g_return_if_fail (self->session == NULL);
  self->session = g_object_ref (session);
  tide_filter_row_set_session (self->filter_row, session);
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    g_signal_connect_object (session, signals[i], G_CALLBACK (tide_events_view_changed), self,
                             G_CONNECT_SWAPPED);
}

void
tide_events_view_set_kinds (TideEventsView *self, guint choice)
{
  g_return_if_fail (TIDE_IS_EVENTS_VIEW (self));
  g_return_if_fail (choice < G_N_ELEMENTS (choices));
  gtk_drop_down_set_selected (self->chooser, choice);
}

TideCallRows *
tide_events_view_get_rows (TideEventsView *self)
{
  return self->rows;
}

gboolean
tide_events_view_is_empty (TideEventsView *self)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "empty") == 0;
}

static void
tide_events_view_dispose (GObject *object)
{
  TideEventsView *self = TIDE_EVENTS_VIEW (object);

  g_clear_handle_id (&self->timeout, g_source_remove);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "columns", NULL);
  g_clear_pointer (&self->columns, tide_table_columns_free);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->rows);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (tide_events_view_parent_class)->dispose (object);
}

static void
tide_events_view_class_init (TideEventsViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tide_events_view_dispose;
  widget_class->map = tide_events_view_map;
  widget_class->unmap = tide_events_view_unmap;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static GtkWidget *
tide_events_view_make_empty (void)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *title = gtk_label_new (_ ("Calls were not measured"));
  GtkWidget *detail = gtk_label_new (
      _ ("Switch on “calls”, or “lines” for each line as well, to see every call here with the memory that "
         "came with it. A program that does little but call runs up to six times as long with it."));

  gtk_widget_add_css_class (title, "empty-title");
  gtk_widget_add_css_class (detail, "dim");
  gtk_label_set_wrap (GTK_LABEL (detail), TRUE);
  gtk_label_set_justify (GTK_LABEL (detail), GTK_JUSTIFY_CENTER);
  gtk_label_set_max_width_chars (GTK_LABEL (detail), 60);
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  gtk_widget_set_halign (box, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), detail);
  return box;
}

static void
tide_events_view_init (TideEventsView *self)
{
  GtkWidget *rows, *scroller, *content;
  const char *titles[G_N_ELEMENTS (choices) + 1] = { NULL };
  GtkSelectionModel *selection;

  for (guint i = 0; i < G_N_ELEMENTS (choices); i++)
    titles[i] = _ (choices[i].title);
  self->rows = tide_call_rows_new ();
  self->chooser = GTK_DROP_DOWN (gtk_drop_down_new_from_strings (titles));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->chooser), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Kinds of events"), -1);
  self->filter_row = TIDE_FILTER_ROW (tide_filter_row_new ());
  tide_filter_row_set_control (self->filter_row, GTK_WIDGET (self->chooser));

  selection = GTK_SELECTION_MODEL (gtk_single_selection_new (g_object_ref (G_LIST_MODEL (self->rows))));
  gtk_single_selection_set_autoselect (GTK_SINGLE_SELECTION (selection), FALSE);
  gtk_single_selection_set_can_unselect (GTK_SINGLE_SELECTION (selection), TRUE);
  rows = gtk_column_view_new (selection);
  self->view = GTK_COLUMN_VIEW (rows);
  gtk_widget_add_css_class (rows, "functions");
  gtk_accessible_update_property (GTK_ACCESSIBLE (rows), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Events"), -1);
  self->columns = tide_table_columns_new (self->view, tide_event_columns_get_kind (), self->rows);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "columns",
                                  tide_table_columns_get_actions (self->columns));
  tide_filter_row_set_columns_menu (self->filter_row, tide_table_columns_get_menu (self->columns));
  scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), rows);
  gtk_widget_set_vexpand (scroller, TRUE);
  content = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_append (GTK_BOX (content), GTK_WIDGET (self->filter_row));
  gtk_box_append (GTK_BOX (content), scroller);

  self->stack = GTK_STACK (gtk_stack_new ());
  gtk_stack_add_named (self->stack, tide_events_view_make_empty (), "empty");
  gtk_stack_add_named (self->stack, content, "rows");
  self->box = GTK_WIDGET (self->stack);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  g_signal_connect_object (self->chooser, "notify::selected", G_CALLBACK (tide_events_view_refresh), self,
                           G_CONNECT_SWAPPED);
}
