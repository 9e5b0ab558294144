#include "tide-line-slots.h"

struct _TideLineSlot
{
  GObject parent;
};

G_DEFINE_FINAL_TYPE (TideLineSlot, tide_line_slot, G_TYPE_OBJECT)

static void
tide_line_slot_class_init (TideLineSlotClass *klass)
{
}

static void
tide_line_slot_init (TideLineSlot *self)
{
}

/* What is wanted of a worker, and what it makes.  */
typedef struct
{
  TideProcess *process;
  TideSpan span;
  char *filter;
  TideLineColumn column;
  gboolean descending;
  TideLineTable *table;
  GArray *order;
} TideLineWork;

struct _TideLineSlots
{
  GObject parent;

  GPtrArray *slots; /* TideLineSlot, NULL until somebody asks for it */
  TideLineTable *table;
  GArray *order;      /* of `table`: guint row at each place */
  TideLineWork *next; /* what is wanted after what is worked on, NULL: nothing */
  GCancellable *working;
  TideProcess *process;
  TideSpan span;
  char *filter;
  TideLineColumn column;
  gboolean descending;
};

static void tide_line_slots_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TideLineSlots,
                               tide_line_slots,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, tide_line_slots_list_model_init))

static guint refreshed;

static void
tide_line_work_free (gpointer data)
{
  TideLineWork *work = data;

  if (work == NULL)
    return;
  g_clear_object (&work->process);
  g_clear_pointer (&work->table, tide_line_table_unref);
  g_clear_pointer (&work->order, g_array_unref);
  g_free (work->filter);
  g_free (work);
}

static GType
tide_line_slots_get_item_type (GListModel *model)
{
  return TIDE_TYPE_LINE_SLOT;
}

static guint
tide_line_slots_get_n_items (GListModel *model)
{
  return TIDE_LINE_SLOTS (model)->slots->len;
}

static gpointer
tide_line_slots_get_item (GListModel *model, guint position)
{
  TideLineSlots *self = TIDE_LINE_SLOTS (model);

  if (position >= self->slots->len)
    return NULL;
  if (self->slots->pdata[position] == NULL)
    self->slots->pdata[position] = g_object_new (TIDE_TYPE_LINE_SLOT, NULL);
  return g_object_ref (self->slots->pdata[position]);
}

static void
tide_line_slots_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = tide_line_slots_get_item_type;
  iface->get_n_items = tide_line_slots_get_n_items;
  iface->get_item = tide_line_slots_get_item;
}

static void
clear_item (gpointer item)
{
  if (item != NULL)
    g_object_unref (item);
}

/* Both transfer full; NULL: nothing.  */
static void
show (TideLineSlots *self, TideLineTable *table, GArray *order)
{
  guint old_length = self->slots->len, new_length = order != NULL ? order->len : 0;

  g_clear_pointer (&self->table, tide_line_table_unref);
  g_clear_pointer (&self->order, g_array_unref);
  self->table = table;
  self->order = order;
  if (new_length != old_length)
    {
      guint kept = MIN (old_length, new_length);

      g_ptr_array_set_size (self->slots, (int)new_length);
      g_list_model_items_changed (G_LIST_MODEL (self), kept, old_length - kept, new_length - kept);
    }
  g_signal_emit (self, refreshed, 0);
}

static void
run (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  TideLineWork *work = data;

  work->table = tide_line_table_new (work->process, work->span, cancellable);
  if (work->table != NULL)
    work->order = tide_line_table_order (work->table, work->column, work->descending, work->filter);
  g_task_return_boolean (task, work->table != NULL);
}

static void start (TideLineSlots *self);

static void
done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TideLineSlots *self = TIDE_LINE_SLOTS (source);
  TideLineWork *work = g_task_get_task_data (G_TASK (result));
  gboolean good = g_task_propagate_boolean (G_TASK (result), NULL);

  g_clear_object (&self->working);
  if (good && work->process == self->process)
    show (self, g_steal_pointer (&work->table), g_steal_pointer (&work->order));
  if (self->next != NULL)
    start (self);
}

static void
start (TideLineSlots *self)
{
  g_autoptr (GTask) task = NULL;

  self->working = g_cancellable_new ();
  task = g_task_new (self, self->working, done, NULL);
  g_task_set_source_tag (task, start);
  g_task_set_task_data (task, g_steal_pointer (&self->next), tide_line_work_free);
  g_task_run_in_thread (task, run);
}

/* One table at a time: what is asked for meanwhile is made after it, once.  */
static void
ask (TideLineSlots *self)
{
  g_clear_pointer (&self->next, tide_line_work_free);
  if (self->process == NULL)
    {
      if (self->working != NULL)
        g_cancellable_cancel (self->working);
      show (self, NULL, NULL);
      return;
    }
  self->next = g_new0 (TideLineWork, 1);
  self->next->process = g_object_ref (self->process);
  self->next->span = self->span;
  self->next->filter = g_strdup (self->filter);
  self->next->column = self->column;
  self->next->descending = self->descending;
  if (self->working == NULL)
    start (self);
}

static void
tide_line_slots_finalize (GObject *object)
{
  TideLineSlots *self = TIDE_LINE_SLOTS (object);

  g_ptr_array_unref (self->slots);
  g_clear_pointer (&self->table, tide_line_table_unref);
  g_clear_pointer (&self->order, g_array_unref);
  tide_line_work_free (self->next);
  g_clear_object (&self->process);
  g_free (self->filter);
  G_OBJECT_CLASS (tide_line_slots_parent_class)->finalize (object);
}

static void
tide_line_slots_class_init (TideLineSlotsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tide_line_slots_finalize;
  refreshed = g_signal_new ("refreshed", TIDE_TYPE_LINE_SLOTS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                            G_TYPE_NONE, 0);
}

static void
tide_line_slots_init (TideLineSlots *self)
{
  self->slots = g_ptr_array_new_with_free_func (clear_item);
  self->column = TIDE_LINE_COLUMN_SELF;
  self->descending = TRUE;
}

TideLineSlots *
tide_line_slots_new (void)
{
  return g_object_new (TIDE_TYPE_LINE_SLOTS, NULL);
}

void
tide_line_slots_ask (TideLineSlots *self, TideProcess *process, TideSpan span, const char *filter)
{
  g_return_if_fail (TIDE_IS_LINE_SLOTS (self));

  g_set_object (&self->process, process);
  self->span = span;
  g_free (self->filter);
  self->filter = g_strdup (filter);
  ask (self);
}

void
tide_line_slots_set_sort (TideLineSlots *self, TideLineColumn column, gboolean descending)
{
  g_return_if_fail (TIDE_IS_LINE_SLOTS (self));

  if (self->column == column && self->descending == descending)
    return;
  self->column = column;
  self->descending = descending;
  if (self->process != NULL)
    ask (self);
}

TideLineColumn
tide_line_slots_get_sort (TideLineSlots *self, gboolean *descending)
{
  *descending = self->descending;
  return self->column;
}

const TideLineRow *
tide_line_slots_get_row (TideLineSlots *self, guint position)
{
  if (self->order == NULL || position >= self->order->len)
    return NULL;
  return tide_line_table_get_row (self->table, g_array_index (self->order, guint, position));
}

gboolean
tide_line_slots_has_bytes (TideLineSlots *self)
{
  return self->table != NULL && tide_line_table_has_bytes (self->table);
}

gboolean
tide_line_slots_is_settled (TideLineSlots *self)
{
  return self->working == NULL && self->next == NULL;
}
