#include "config.h"

#include "tide-table-columns-private.h"

#include "tide-delta-bar.h"

#define BAR_SPACING 18

int
tide_table_cells_bar_space (void)
{
  return BAR_SPACING + TIDE_DELTA_BAR_WIDTH + 2 * TIDE_DELTA_BAR_MARGIN;
}

GtkInscription *
tide_table_cells_get_text (GtkWidget *cell)
{
  return GTK_INSCRIPTION (GTK_IS_INSCRIPTION (cell) ? cell : gtk_widget_get_first_child (cell));
}

/* What is none of those that the column names looks otherwise, not only by its brackets.  */
static void
tide_table_cells_mark (GtkWidget *text, gboolean other)
{
  if (gtk_widget_has_css_class (text, "no-function") == other)
    return;
  if (other)
    gtk_widget_add_css_class (text, "no-function");
  else
    gtk_widget_remove_css_class (text, "no-function");
}

void
tide_table_cells_write (TideTableColumns *self, GtkListItem *item, guint column)
{
  const TideTableKind *kind = self->kind;
  guint position = gtk_list_item_get_position (item);
  GtkWidget *cell = gtk_list_item_get_child (item);
  GtkInscription *text = tide_table_cells_get_text (cell);
  g_autofree char *made = kind->dup_text (self->owner, position, column);
  const char *fresh = made != NULL ? made : "";

  if (g_strcmp0 (gtk_inscription_get_text (text), fresh) != 0)
    gtk_inscription_set_text (text, fresh);
  if ((kind->columns[column].flags & TIDE_COLUMN_KINDS) != 0)
    tide_table_cells_mark (GTK_WIDGET (text), kind->is_other (self->owner, position));
  if ((kind->columns[column].flags & TIDE_COLUMN_BAR) != 0)
    tide_delta_bar_set_value (TIDE_DELTA_BAR (gtk_widget_get_last_child (cell)),
                              kind->get_bar (self->owner, position));
}

/* Made when it is asked for: the exact bytes, or the full path.  */
static gboolean
tide_table_cells_query_tooltip (
    GtkWidget *cell, int x, int y, gboolean keyboard, GtkTooltip *tooltip, GtkListItem *item)
{
  TideColumnData *data = g_object_get_data (G_OBJECT (cell), "tide-column");
  TideTableColumns *self = data->columns;
  g_autofree char *text =
      self->kind->dup_tooltip (self->owner, gtk_list_item_get_position (item), data->column);

  gtk_tooltip_set_text (tooltip, text);
  return text != NULL;
}

static void
tide_table_cells_setup (GtkSignalListItemFactory *factory, GtkListItem *item, TideColumnData *data)
{
  const TideTableColumn *column = &data->columns->kind->columns[data->column];
  GtkWidget *text = gtk_inscription_new (NULL), *cell = text;

  gtk_inscription_set_nat_chars (GTK_INSCRIPTION (text), column->chars);
  /* What is made narrow, or what a narrow window gives, is cut with dots.  */
  gtk_inscription_set_min_chars (GTK_INSCRIPTION (text), 1);
  gtk_inscription_set_nat_lines (GTK_INSCRIPTION (text), 1);
  gtk_inscription_set_min_lines (GTK_INSCRIPTION (text), 1);
  gtk_inscription_set_xalign (GTK_INSCRIPTION (text), (column->flags & TIDE_COLUMN_NUMBER) != 0 ? 1.f : 0.f);
  /* The dots of a cut text may come from a font with deeper lines: the base line is to stay.  */
  gtk_inscription_set_yalign (GTK_INSCRIPTION (text), 0.f);
  gtk_widget_set_valign (text, GTK_ALIGN_CENTER);
  gtk_inscription_set_text_overflow (GTK_INSCRIPTION (text), (column->flags & TIDE_COLUMN_MIDDLE) != 0
                                                                 ? GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_MIDDLE
                                                                 : GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END);
  if ((column->flags & TIDE_COLUMN_NUMBER) != 0)
    gtk_widget_add_css_class (text, "number");
  if ((column->flags & TIDE_COLUMN_STRONG) != 0)
    gtk_widget_add_css_class (text, "strong");
  if ((column->flags & TIDE_COLUMN_DIM) != 0)
    gtk_widget_add_css_class (text, "dim");

  if ((column->flags & TIDE_COLUMN_BAR) != 0)
    {
      GtkWidget *bar = tide_delta_bar_new ();

      cell = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, BAR_SPACING);
      /* What a wide column leaves is the number's: the bar stays at the end, and the header over the number.
       */
      gtk_widget_set_hexpand (text, TRUE);
      gtk_box_append (GTK_BOX (cell), text);
      gtk_box_append (GTK_BOX (cell), bar);
    }
  g_object_set_data (G_OBJECT (cell), "tide-column", data);
  g_object_set_data (G_OBJECT (cell), "tide-item", item);
  gtk_widget_set_has_tooltip (cell, TRUE);
  g_signal_connect (cell, "query-tooltip", G_CALLBACK (tide_table_cells_query_tooltip), item);
  gtk_list_item_set_child (item, cell);
}

static void
tide_table_cells_bind (GtkSignalListItemFactory *factory, GtkListItem *item, TideColumnData *data)
{
  g_hash_table_insert (data->columns->bound, item, GUINT_TO_POINTER (data->column));
  tide_table_cells_write (data->columns, item, data->column);
}

static void
tide_table_cells_unbind (GtkSignalListItemFactory *factory, GtkListItem *item, TideColumnData *data)
{
  g_hash_table_remove (data->columns->bound, item);
}

GtkListItemFactory *
tide_table_cells_new_factory (TideColumnData *data)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_signal_connect (factory, "setup", G_CALLBACK (tide_table_cells_setup), data);
  g_signal_connect (factory, "bind", G_CALLBACK (tide_table_cells_bind), data);
  g_signal_connect (factory, "unbind", G_CALLBACK (tide_table_cells_unbind), data);
  return factory;
}

GtkListItem *
tide_table_cells_find_item (GtkWidget *widget, GtkColumnView *view)
{
  /* The padding around a cell belongs to its parent.  */
  for (; widget != NULL && widget != GTK_WIDGET (view); widget = gtk_widget_get_parent (widget))
    {
      GtkWidget *child = gtk_widget_get_first_child (widget);
      GtkListItem *item = g_object_get_data (G_OBJECT (widget), "tide-item");

      if (item == NULL && child != NULL)
        item = g_object_get_data (G_OBJECT (child), "tide-item");
      if (item != NULL)
        return item;
    }
  return NULL;
}
