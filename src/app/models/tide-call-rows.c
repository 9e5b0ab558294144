#include "tide-call-rows.h"

struct _TideCallRows
{
  GObject parent;

  TideProcess *process;
  TideCallCursor *cursor; /* NULL without a process */
  TideSpan span;
  guint kinds;
  guint n_items;
};

static void tide_call_rows_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TideCallRows,
                               tide_call_rows,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, tide_call_rows_list_model_init))

static GType
tide_call_rows_get_item_type (GListModel *model)
{
  return G_TYPE_OBJECT;
}

static guint
tide_call_rows_get_n_items (GListModel *model)
{
  return TIDE_CALL_ROWS (model)->n_items;
}

static gpointer
tide_call_rows_get_item (GListModel *model, guint position)
{
  return position < TIDE_CALL_ROWS (model)->n_items ? g_object_new (G_TYPE_OBJECT, NULL) : NULL;
}

static void
tide_call_rows_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = tide_call_rows_get_item_type;
  iface->get_n_items = tide_call_rows_get_n_items;
  iface->get_item = tide_call_rows_get_item;
}

static void
tide_call_rows_dispose (GObject *object)
{
  TideCallRows *self = TIDE_CALL_ROWS (object);

  g_clear_pointer (&self->cursor, tide_call_cursor_free);
  g_clear_object (&self->process);
  G_OBJECT_CLASS (tide_call_rows_parent_class)->dispose (object);
}

static void
tide_call_rows_class_init (TideCallRowsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tide_call_rows_dispose;
}

static void
tide_call_rows_init (TideCallRows *self)
{
}

TideCallRows *
tide_call_rows_new (void)
{
  return g_object_new (TIDE_TYPE_CALL_ROWS, NULL);
}

void
tide_call_rows_show (TideCallRows *self, TideProcess *process, TideSpan span, guint kinds)
{
  gboolean same = process == self->process && span.begin_ns == self->span.begin_ns
                  && span.end_ns == self->span.end_ns && kinds == self->kinds;
  guint before = self->n_items;

  g_clear_pointer (&self->cursor, tide_call_cursor_free);
  g_set_object (&self->process, process);
  self->span = span;
  self->kinds = kinds;
  self->n_items = 0;
  if (process != NULL)
    {
      self->cursor = tide_call_cursor_new (process, span, kinds);
      self->n_items = (guint)MIN (tide_call_cursor_get_n_rows (self->cursor), TIDE_CALL_ROWS_MAX);
    }
  if (!same)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, before, self->n_items);
  else if (self->n_items > before)
    g_list_model_items_changed (G_LIST_MODEL (self), before, 0, self->n_items - before);
}

TideProcess *
tide_call_rows_get_process (TideCallRows *self)
{
  return self->process;
}

guint64
tide_call_rows_get_n_all (TideCallRows *self)
{
  return self->cursor != NULL ? tide_call_cursor_get_n_rows (self->cursor) : 0;
}

gboolean
tide_call_rows_get (TideCallRows *self, guint position, TideCallRow *row)
{
  return position < self->n_items && tide_call_cursor_get (self->cursor, position, row);
}
