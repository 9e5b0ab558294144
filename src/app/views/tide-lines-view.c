#include "config.h"

#include "tide-lines-view.h"

#include "tide-compat.h"
#include "tide-format.h"
#include "tide-function-cell.h"

#include <glib/gi18n-lib.h>

typedef struct
{
  TideLinesView *view;
  TideLineColumn column;
} TideLineColumnData;

struct _TideLinesView
{
  GtkWidget parent;

  TideSession *session;
  TideLineSlots *slots;
  GtkWidget *stack; /* the table, or why there is none */
  GtkColumnView *table;
  GtkColumnViewColumn *columns[TIDE_N_LINE_COLUMNS]; /* borrowed */
  TideLineColumnData data[TIDE_N_LINE_COLUMNS];
  GHashTable *bound;  /* GtkListItem, borrowed while bound, to GUINT (column) */
  gboolean has_bytes; /* the columns of Python bytes are shown */
  gboolean stale;     /* the data changed while it was not seen */
  gboolean showing;   /* the order is set by us */
  int probed;         /* the column whose sorter was asked first, -1: none yet */
};

G_DEFINE_FINAL_TYPE (TideLinesView, tide_lines_view, GTK_TYPE_WIDGET)

static const struct
{
  guint nat_chars;
  int width;
} column_sizes[TIDE_N_LINE_COLUMNS] = {
  [TIDE_LINE_COLUMN_WHERE] = { 24, 220 },  [TIDE_LINE_COLUMN_FUNCTION] = { 24, 190 },
  [TIDE_LINE_COLUMN_SELF] = { 11, 120 },   [TIDE_LINE_COLUMN_ALLOCATED] = { 11, 110 },
  [TIDE_LINE_COLUMN_LIVE] = { 11, 110 },   [TIDE_LINE_COLUMN_PEAK] = { 11, 110 },
  [TIDE_LINE_COLUMN_BLOCKS] = { 9, 100 },  [TIDE_LINE_COLUMN_TEMPORARY] = { 9, 100 },
  [TIDE_LINE_COLUMN_SAMPLES] = { 7, 100 },
};

static gboolean
is_number (TideLineColumn column)
{
  return column >= TIDE_LINE_COLUMN_SELF;
}

static gboolean
is_bytes (TideLineColumn column)
{
  return column >= TIDE_LINE_COLUMN_ALLOCATED && column <= TIDE_LINE_COLUMN_TEMPORARY;
}

static const char *
get_title (TideLineColumn column)
{
  switch (column)
    {
    case TIDE_LINE_COLUMN_WHERE:
      return _ ("Line");
    case TIDE_LINE_COLUMN_FUNCTION:
      return _ ("Function");
    case TIDE_LINE_COLUMN_SELF:
      return _ ("ΔRSS self");
    case TIDE_LINE_COLUMN_ALLOCATED:
      return _ ("Allocated");
    case TIDE_LINE_COLUMN_LIVE:
      return _ ("Live");
    case TIDE_LINE_COLUMN_PEAK:
      return _ ("Peak");
    case TIDE_LINE_COLUMN_BLOCKS:
      return _ ("Blocks");
    case TIDE_LINE_COLUMN_TEMPORARY:
      return _ ("Temporary");
    case TIDE_LINE_COLUMN_SAMPLES:
      return _ ("Samples");
    case TIDE_N_LINE_COLUMNS:
    default:
      return "";
    }
}

static const char *
get_definition (TideLineColumn column)
{
  switch (column)
    {
    case TIDE_LINE_COLUMN_WHERE:
      return _ ("File and line");
    case TIDE_LINE_COLUMN_FUNCTION:
      return _ ("The function that the line is part of");
    case TIDE_LINE_COLUMN_SELF:
      return _ ("Change of RSS while this line itself ran: its rises less its falls");
    case TIDE_LINE_COLUMN_ALLOCATED:
      return _ ("Bytes of Python memory that this line itself asked for, given back or not");
    case TIDE_LINE_COLUMN_LIVE:
      return _ ("Bytes that this line had asked for and that were not given back by the end of the range");
    case TIDE_LINE_COLUMN_PEAK:
      return _ ("The most that was live of this line at one time");
    case TIDE_LINE_COLUMN_BLOCKS:
      return _ ("How many blocks of this line were live at the end of the range");
    case TIDE_LINE_COLUMN_TEMPORARY:
      return _ ("How many blocks were given back before their thread asked for another");
    case TIDE_LINE_COLUMN_SAMPLES:
      return _ ("How many changes of RSS were seen in this line");
    case TIDE_N_LINE_COLUMNS:
    default:
      return "";
    }
}

static char *
format (const TideLineRow *row, TideLineColumn column)
{
  gint64 figure = tide_line_row_get_figure (row, column);

  switch (column)
    {
    case TIDE_LINE_COLUMN_WHERE:
      {
        const char *slash = strrchr (row->file, '/');
        const char *name = slash != NULL && slash[1] != '\0' ? slash + 1 : row->file;

        return row->line != 0 ? g_strdup_printf ("%s:%u", name, row->line) : g_strdup (name);
      }
    case TIDE_LINE_COLUMN_FUNCTION:
      return g_strdup (row->function);
    case TIDE_LINE_COLUMN_SELF:
      return tide_format_bytes_signed (figure);
    case TIDE_LINE_COLUMN_ALLOCATED:
    case TIDE_LINE_COLUMN_LIVE:
    case TIDE_LINE_COLUMN_PEAK:
      return tide_format_bytes ((guint64)figure);
    case TIDE_LINE_COLUMN_BLOCKS:
    case TIDE_LINE_COLUMN_TEMPORARY:
    case TIDE_LINE_COLUMN_SAMPLES:
    case TIDE_N_LINE_COLUMNS:
    default:
      return tide_format_count ((guint64)figure);
    }
}

static void
write_cell (TideLinesView *self, GtkListItem *item, TideLineColumn column)
{
  const TideLineRow *row = tide_line_slots_get_row (self->slots, gtk_list_item_get_position (item));
  GtkInscription *text = GTK_INSCRIPTION (gtk_list_item_get_child (item));
  g_autofree char *fresh = row != NULL ? format (row, column) : g_strdup ("");

  if (g_strcmp0 (gtk_inscription_get_text (text), fresh) != 0)
    gtk_inscription_set_text (text, fresh);
}

static char *
dup_tooltip (const TideLineRow *row, TideLineColumn column)
{
  switch (column)
    {
    case TIDE_LINE_COLUMN_WHERE:
      return *row->file != '\0' ? g_strdup_printf ("%s:%u", row->file, row->line) : NULL;
    case TIDE_LINE_COLUMN_FUNCTION:
      return g_strdup (row->function);
    case TIDE_LINE_COLUMN_ALLOCATED:
    case TIDE_LINE_COLUMN_LIVE:
      return tide_function_cell_dup_bytes_tooltip (&row->bytes, tide_line_row_get_figure (row, column),
                                                   column == TIDE_LINE_COLUMN_ALLOCATED);
    case TIDE_LINE_COLUMN_SELF:
    case TIDE_LINE_COLUMN_PEAK:
      return tide_format_bytes_exact (tide_line_row_get_figure (row, column));
    case TIDE_LINE_COLUMN_BLOCKS:
    case TIDE_LINE_COLUMN_TEMPORARY:
    case TIDE_LINE_COLUMN_SAMPLES:
    case TIDE_N_LINE_COLUMNS:
    default:
      return NULL;
    }
}

static gboolean
query_tooltip (GtkWidget *cell, int x, int y, gboolean keyboard, GtkTooltip *tooltip, GtkListItem *item)
{
  TideLineColumnData *data = g_object_get_data (G_OBJECT (cell), "tide-column");
  const TideLineRow *row = tide_line_slots_get_row (data->view->slots, gtk_list_item_get_position (item));
  g_autofree char *text = row != NULL ? dup_tooltip (row, data->column) : NULL;

  gtk_tooltip_set_text (tooltip, text);
  return text != NULL;
}

static void
setup (GtkSignalListItemFactory *factory, GtkListItem *item, TideLineColumnData *data)
{
  GtkWidget *text = gtk_inscription_new (NULL);

  gtk_inscription_set_nat_chars (GTK_INSCRIPTION (text), column_sizes[data->column].nat_chars);
  gtk_inscription_set_min_chars (GTK_INSCRIPTION (text), MIN (column_sizes[data->column].nat_chars, 9));
  gtk_inscription_set_nat_lines (GTK_INSCRIPTION (text), 1);
  gtk_inscription_set_min_lines (GTK_INSCRIPTION (text), 1);
  gtk_inscription_set_xalign (GTK_INSCRIPTION (text), is_number (data->column) ? 1.f : 0.f);
  gtk_inscription_set_yalign (GTK_INSCRIPTION (text), 0.f);
  gtk_widget_set_valign (text, GTK_ALIGN_CENTER);
  gtk_inscription_set_text_overflow (GTK_INSCRIPTION (text), data->column == TIDE_LINE_COLUMN_WHERE
                                                                 ? GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_MIDDLE
                                                                 : GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END);
  if (is_number (data->column))
    gtk_widget_add_css_class (text, "number");
  g_object_set_data (G_OBJECT (text), "tide-column", data);
  gtk_widget_set_has_tooltip (text, TRUE);
  g_signal_connect (text, "query-tooltip", G_CALLBACK (query_tooltip), item);
  gtk_list_item_set_child (item, text);
}

static void
bind (GtkSignalListItemFactory *factory, GtkListItem *item, TideLineColumnData *data)
{
  g_hash_table_insert (data->view->bound, item, GUINT_TO_POINTER (data->column));
  write_cell (data->view, item, data->column);
}

static void
unbind (GtkSignalListItemFactory *factory, GtkListItem *item, TideLineColumnData *data)
{
  g_hash_table_remove (data->view->bound, item);
}

/* As the functions table finds out what the person asked for: see tide-function-columns.c.  */
static int
probe (gconstpointer a, gconstpointer b, gpointer user_data)
{
  TideLineColumnData *data = user_data;

  if (data->view->probed < 0)
    data->view->probed = (int)data->column;
  return GTK_ORDERING_SMALLER;
}

static void
sorter_changed (GtkSorter *sorter, GtkSorterChange change, TideLinesView *self)
{
  g_autoptr (GObject) a = g_object_new (TIDE_TYPE_LINE_SLOT, NULL),
                      b = g_object_new (TIDE_TYPE_LINE_SLOT, NULL);
  TideLineColumn column;
  gboolean descending, before;

  if (self->showing)
    return;
  self->probed = -1;
  descending = gtk_sorter_compare (sorter, a, b) == GTK_ORDERING_LARGER;
  if (self->probed < 0)
    return;
  column = (TideLineColumn)self->probed;
  /* The first click on a number asks for the greatest.  */
  if (column != tide_line_slots_get_sort (self->slots, &before) && is_number (column) && !descending)
    {
      descending = self->showing = TRUE;
      gtk_column_view_sort_by_column (self->table, self->columns[column], GTK_SORT_DESCENDING);
      self->showing = FALSE;
    }
  tide_line_slots_set_sort (self->slots, column, descending);
}

static void
add_column (TideLinesView *self, TideLineColumn column)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkColumnViewColumn) view_column = gtk_column_view_column_new (get_title (column), factory);
  g_autoptr (GtkSorter) sorter = NULL;
  GtkWidget *header;

  self->data[column] = (TideLineColumnData){ self, column };
  sorter = GTK_SORTER (gtk_custom_sorter_new (probe, &self->data[column], NULL));
  gtk_column_view_column_set_sorter (view_column, sorter);
  gtk_column_view_column_set_resizable (view_column, TRUE);
  gtk_column_view_column_set_fixed_width (view_column, column_sizes[column].width);
  gtk_column_view_column_set_expand (view_column, !is_number (column));
  gtk_column_view_column_set_visible (view_column, !is_bytes (column));
  g_signal_connect (factory, "setup", G_CALLBACK (setup), &self->data[column]);
  g_signal_connect (factory, "bind", G_CALLBACK (bind), &self->data[column]);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind), &self->data[column]);
  gtk_column_view_append_column (self->table, view_column);
  self->columns[column] = view_column;
  header = tide_compat_column_header (self->table, column);
  if (header != NULL)
    gtk_widget_set_tooltip_text (header, get_definition (column));
  if (is_number (column))
    tide_compat_column_header_align_end (self->table, column, 0);
}

/* Columns of Python bytes come when there is something in them.  */
static void
follow_bytes (TideLinesView *self)
{
  gboolean has_bytes = tide_line_slots_has_bytes (self->slots);

  if (has_bytes == self->has_bytes)
    return;
  self->has_bytes = has_bytes;
  for (guint i = 0; i < TIDE_N_LINE_COLUMNS; i++)
    if (is_bytes ((TideLineColumn)i))
      gtk_column_view_column_set_visible (self->columns[i], has_bytes);
}

static void
on_refreshed (TideLineSlots *slots, TideLinesView *self)
{
  gboolean any = g_list_model_get_n_items (G_LIST_MODEL (slots)) > 0;
  GHashTableIter iter;
  gpointer item, column;

  follow_bytes (self);
  g_hash_table_iter_init (&iter, self->bound);
  while (g_hash_table_iter_next (&iter, &item, &column))
    write_cell (self, item, (TideLineColumn)GPOINTER_TO_UINT (column));
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), any ? "table" : "nothing");
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

  if (self->table != NULL)
    {
      g_signal_handlers_disconnect_by_data (gtk_column_view_get_sorter (self->table), self);
      g_signal_handlers_disconnect_by_data (self->slots, self);
      /* Takes the cells down while we can still be told.  */
      for (guint i = 0; i < TIDE_N_LINE_COLUMNS; i++)
        gtk_column_view_remove_column (self->table, self->columns[i]);
      self->table = NULL;
    }
  if (self->stack != NULL)
    gtk_widget_unparent (g_steal_pointer (&self->stack));
  g_clear_object (&self->session);
  g_clear_object (&self->slots);
  g_clear_pointer (&self->bound, g_hash_table_unref);
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
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkWidget *nothing = gtk_label_new (_ ("No line took memory here."));
  GtkSelectionModel *selection;

  self->slots = tide_line_slots_new ();
  self->bound = g_hash_table_new (NULL, NULL);
  selection = GTK_SELECTION_MODEL (gtk_single_selection_new (g_object_ref (G_LIST_MODEL (self->slots))));
  gtk_single_selection_set_autoselect (GTK_SINGLE_SELECTION (selection), FALSE);
  self->table = GTK_COLUMN_VIEW (gtk_column_view_new (selection));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->table), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Lines"),
                                  -1);
  gtk_widget_add_css_class (GTK_WIDGET (self->table), "functions");
  for (guint i = 0; i < TIDE_N_LINE_COLUMNS; i++)
    add_column (self, (TideLineColumn)i);
  gtk_column_view_sort_by_column (self->table, self->columns[TIDE_LINE_COLUMN_SELF], GTK_SORT_DESCENDING);
  g_signal_connect (gtk_column_view_get_sorter (self->table), "changed", G_CALLBACK (sorter_changed), self);
  g_signal_connect (self->slots, "refreshed", G_CALLBACK (on_refreshed), self);

  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (self->table));
  gtk_widget_add_css_class (nothing, "dim");
  self->stack = gtk_stack_new ();
  gtk_stack_add_named (GTK_STACK (self->stack), nothing, "nothing");
  gtk_stack_add_named (GTK_STACK (self->stack), scroller, "table");
  gtk_widget_set_parent (self->stack, GTK_WIDGET (self));
}

void
tide_lines_view_set_session (TideLinesView *self, TideSession *session)
{
  g_return_if_fail (TIDE_IS_LINES_VIEW (self));
  g_return_if_fail (self->session == NULL);

  self->session = g_object_ref (session);
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

char *
tide_lines_view_dup_cell_text (TideLinesView *self, guint position, TideLineColumn column)
{
  GHashTableIter iter;
  gpointer item, bound;

  g_hash_table_iter_init (&iter, self->bound);
  while (g_hash_table_iter_next (&iter, &item, &bound))
    if ((TideLineColumn)GPOINTER_TO_UINT (bound) == column && gtk_list_item_get_position (item) == position)
      return g_strdup (gtk_inscription_get_text (GTK_INSCRIPTION (gtk_list_item_get_child (item))));
  return NULL;
}
