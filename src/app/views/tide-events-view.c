#include "config.h"

#include "tide-events-view.h"

#include "tide-compat.h"
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
  GtkLabel *count;
  GtkStack *stack;
  GtkColumnView *view;
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

static const struct
{
  const char *title;
  guint chars;
  gboolean number;
} columns[TIDE_N_EVENTS_COLUMNS] = {
  [TIDE_EVENTS_COLUMN_NUMBER] = { N_ ("No."), 10, TRUE },
  [TIDE_EVENTS_COLUMN_TIME] = { N_ ("Seconds"), 11, TRUE },
  [TIDE_EVENTS_COLUMN_THREAD] = { N_ ("Thread"), 10, TRUE },
  [TIDE_EVENTS_COLUMN_KIND] = { N_ ("Kind"), 9, FALSE },
  [TIDE_EVENTS_COLUMN_RSS] = { N_ ("RSS"), 9, TRUE },
  [TIDE_EVENTS_COLUMN_DELTA] = { N_ ("ΔRSS"), 10, TRUE },
  [TIDE_EVENTS_COLUMN_FUNCTION] = { N_ ("Function"), 26, FALSE },
  [TIDE_EVENTS_COLUMN_WHERE] = { N_ ("Where"), 24, FALSE },
};

static char *
tide_events_view_dup_where (TideProcess *process, const TideCallRow *row)
{
  const TideCode *code = tide_process_get_code (process, row->caller != 0 ? row->caller : row->code);
  const char *file = code != NULL ? tide_process_get_string (process, code->file) : "";
  g_autofree char *base = g_path_get_basename (file);

  if (*file == '\0')
    return g_strdup ("");
  return row->line > 0 ? g_strdup_printf ("%s:%u", base, row->line) : g_steal_pointer (&base);
}

static char *
tide_events_view_format (TideEventsView *self, const TideCallRow *row, TideEventsColumn column)
{
  TideProcess *process = tide_call_rows_get_process (self->rows);
  const TideThread *thread;
  const TideCode *code;

  switch (column)
    {
    case TIDE_EVENTS_COLUMN_NUMBER:
      return tide_format_count (row->number);
    case TIDE_EVENTS_COLUMN_TIME:
      return g_strdup_printf ("%.6f", (double)row->time_ns / 1e9);
    case TIDE_EVENTS_COLUMN_THREAD:
      thread = tide_process_get_thread (process, row->thread);
      return thread != NULL ? g_strdup_printf ("%u", thread->tid) : g_strdup ("");
    case TIDE_EVENTS_COLUMN_KIND:
      return g_strdup (tide_call_kind_get_name (row->kind));
    case TIDE_EVENTS_COLUMN_RSS:
      return tide_format_bytes ((guint64)row->rss_bytes);
    case TIDE_EVENTS_COLUMN_DELTA:
      return row->delta_bytes != 0 ? tide_format_bytes_signed (row->delta_bytes) : g_strdup ("");
    case TIDE_EVENTS_COLUMN_FUNCTION:
      code = tide_process_get_code (process, row->code);
      return g_strdup (code != NULL ? tide_process_get_string (process, code->name) : "");
    case TIDE_EVENTS_COLUMN_WHERE:
      return tide_events_view_dup_where (process, row);
    case TIDE_N_EVENTS_COLUMNS:
    default:
      return g_strdup ("");
    }
}

char *
tide_events_view_dup_cell (TideEventsView *self, guint position, TideEventsColumn column)
{
  TideCallRow row;

  g_return_val_if_fail (TIDE_IS_EVENTS_VIEW (self), NULL);
  return tide_call_rows_get (self->rows, position, &row) ? tide_events_view_format (self, &row, column)
                                                         : NULL;
}

static void
tide_events_view_setup (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer column)
{
  GtkWidget *text = gtk_inscription_new (NULL);
  guint index = GPOINTER_TO_UINT (column);

  gtk_inscription_set_nat_chars (GTK_INSCRIPTION (text), columns[index].chars);
  gtk_inscription_set_min_chars (GTK_INSCRIPTION (text), MIN (columns[index].chars, 9));
  gtk_inscription_set_nat_lines (GTK_INSCRIPTION (text), 1);
  gtk_inscription_set_min_lines (GTK_INSCRIPTION (text), 1);
  gtk_inscription_set_xalign (GTK_INSCRIPTION (text), columns[index].number ? 1.f : 0.f);
  gtk_inscription_set_text_overflow (GTK_INSCRIPTION (text), GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END);
  if (columns[index].number)
    gtk_widget_add_css_class (text, "number");
  if (index == TIDE_EVENTS_COLUMN_FUNCTION)
    gtk_widget_add_css_class (text, "strong");
  if (index == TIDE_EVENTS_COLUMN_WHERE || index == TIDE_EVENTS_COLUMN_NUMBER)
    gtk_widget_add_css_class (text, "dim");
  gtk_list_item_set_child (item, text);
}

static TideEventsView *
tide_events_view_of (GtkSignalListItemFactory *factory)
{
  return g_object_get_data (G_OBJECT (factory), "tide-view");
}

static void
tide_events_view_bind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer column)
{
  g_autofree char *text =
      tide_events_view_dup_cell (tide_events_view_of (factory), gtk_list_item_get_position (item),
                                 (TideEventsColumn)GPOINTER_TO_UINT (column));

  gtk_inscription_set_text (GTK_INSCRIPTION (gtk_list_item_get_child (item)), text);
}

static void
tide_events_view_add_column (TideEventsView *self, guint index)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkColumnViewColumn *column = gtk_column_view_column_new (_ (columns[index].title), factory);

  g_object_set_data (G_OBJECT (factory), "tide-view", self);
  g_signal_connect (factory, "setup", G_CALLBACK (tide_events_view_setup), GUINT_TO_POINTER (index));
  g_signal_connect (factory, "bind", G_CALLBACK (tide_events_view_bind), GUINT_TO_POINTER (index));
  gtk_column_view_column_set_resizable (column, TRUE);
  gtk_column_view_column_set_expand (column, index >= TIDE_EVENTS_COLUMN_FUNCTION);
  gtk_column_view_append_column (self->view, column);
  g_object_unref (column);
  if (columns[index].number)
    tide_compat_column_header_align_end (self->view, index, 0);
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
  if (g_strcmp0 (gtk_label_get_text (self->count), text) != 0)
    gtk_label_set_text (self->count, text);
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
  GtkWidget *bar = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12), *rows, *scroller, *content;
  const char *titles[G_N_ELEMENTS (choices) + 1] = { NULL };
  GtkSelectionModel *selection;

  for (guint i = 0; i < G_N_ELEMENTS (choices); i++)
    titles[i] = _ (choices[i].title);
  self->rows = tide_call_rows_new ();
  self->chooser = GTK_DROP_DOWN (gtk_drop_down_new_from_strings (titles));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->chooser), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Kinds of events"), -1);
  self->count = GTK_LABEL (gtk_label_new (NULL));
  gtk_widget_add_css_class (GTK_WIDGET (self->count), "dim");
  gtk_label_set_ellipsize (self->count, PANGO_ELLIPSIZE_END);
  gtk_box_append (GTK_BOX (bar), GTK_WIDGET (self->chooser));
  gtk_box_append (GTK_BOX (bar), GTK_WIDGET (self->count));
  gtk_widget_add_css_class (bar, "events-bar");

  selection = GTK_SELECTION_MODEL (gtk_single_selection_new (g_object_ref (G_LIST_MODEL (self->rows))));
  gtk_single_selection_set_autoselect (GTK_SINGLE_SELECTION (selection), FALSE);
  gtk_single_selection_set_can_unselect (GTK_SINGLE_SELECTION (selection), TRUE);
  rows = gtk_column_view_new (selection);
  self->view = GTK_COLUMN_VIEW (rows);
  gtk_widget_add_css_class (rows, "functions");
  gtk_accessible_update_property (GTK_ACCESSIBLE (rows), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Events"), -1);
  for (guint i = 0; i < TIDE_N_EVENTS_COLUMNS; i++)
    tide_events_view_add_column (self, i);
  scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), rows);
  gtk_widget_set_vexpand (scroller, TRUE);
  content = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_append (GTK_BOX (content), bar);
  gtk_box_append (GTK_BOX (content), scroller);

  self->stack = GTK_STACK (gtk_stack_new ());
  gtk_stack_add_named (self->stack, tide_events_view_make_empty (), "empty");
  gtk_stack_add_named (self->stack, content, "rows");
  self->box = GTK_WIDGET (self->stack);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  g_signal_connect_object (self->chooser, "notify::selected", G_CALLBACK (tide_events_view_refresh), self,
                           G_CONNECT_SWAPPED);
}
