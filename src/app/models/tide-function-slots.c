#include "config.h"

#include "tide-function-slots.h"

#include "tide-row-kind.h"

/* Up to so many rows are put in order within the frame: about 2 ms.  */
#define ORDER_AT_ONCE 4000
/* Twice a second: rows that jump more often cannot be read.  */
#define RESORT_INTERVAL_US (G_USEC_PER_SEC / 2)

struct _TideFunctionSlot
{
  GObject parent;
};

G_DEFINE_FINAL_TYPE (TideFunctionSlot, tide_function_slot, G_TYPE_OBJECT)

static void
tide_function_slot_class_init (TideFunctionSlotClass *klass)
{
}

static void
tide_function_slot_init (TideFunctionSlot *self)
{
}

struct _TideFunctionSlots
{
  GObject parent;

  GPtrArray *slots;         /* TideFunctionSlot, grown to the length */
  TideFunctionTable *table; /* what is shown */
  GArray *order;            /* of `table`: guint row at each place */
  TideFunctionTable *next;  /* what the worker orders, NULL: none */
  GCancellable *worker;     /* of `next` */
  char *filter;
  TideFunctionColumn column;
  gboolean descending;
  gboolean held;
  gboolean live;
  gint64 sorted_us; /* when the order was last made */
  gint64 greatest;
  guint n_functions, n_all_functions; /* shown, and of the table */
};

static void tide_function_slots_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TideFunctionSlots,
                               tide_function_slots,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, tide_function_slots_list_model_init))

enum
{
  REFRESHING,
  REFRESHED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static GType
tide_function_slots_get_item_type (GListModel *model)
{
  return TIDE_TYPE_FUNCTION_SLOT;
}

static guint
tide_function_slots_get_n_items (GListModel *model)
{
  return TIDE_FUNCTION_SLOTS (model)->slots->len;
}

static gpointer
tide_function_slots_get_item (GListModel *model, guint position)
{
  TideFunctionSlots *self = TIDE_FUNCTION_SLOTS (model);

  if (position >= self->slots->len)
    return NULL;
  /* Made when first asked for: a list of 200,000 places has as many objects as rows were ever seen.  */
  if (self->slots->pdata[position] == NULL)
    self->slots->pdata[position] = g_object_new (TIDE_TYPE_FUNCTION_SLOT, NULL);
  return g_object_ref (self->slots->pdata[position]);
}

static void
tide_function_slots_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = tide_function_slots_get_item_type;
  iface->get_n_items = tide_function_slots_get_n_items;
  iface->get_item = tide_function_slots_get_item;
}

static void
tide_function_slots_clear_item (gpointer item)
{
  if (item != NULL)
    g_object_unref (item);
}

static void
tide_function_slots_measure (TideFunctionSlots *self)
{
  self->greatest = 0;
  self->n_functions = 0;
  for (guint i = 0; i < self->order->len; i++)
    {
      const TideFunctionRow *row =
          tide_function_table_get_row (self->table, g_array_index (self->order, guint, i));
      gint64 net = TIDE_FUNCTION_ROW_SELF (row);

      TideRowKind kind = tide_row_kind_of (row);

      self->n_functions += kind == TIDE_ROW_FUNCTION ? 1 : 0;
      if (tide_row_kind_is_growth (kind))
        self->greatest = MAX (self->greatest, ABS (net));
    }
}

static void
tide_function_slots_count (TideFunctionSlots *self)
{
  guint n = self->table != NULL ? tide_function_table_get_n_rows (self->table) : 0;

  self->n_all_functions = 0;
  for (guint i = 0; i < n; i++)
    {
      if (tide_row_kind_of (tide_function_table_get_row (self->table, i)) == TIDE_ROW_FUNCTION)
        self->n_all_functions++;
    }
}

/* Shows TABLE (may be NULL) in ORDER (transfer full).  */
static void
tide_function_slots_show (TideFunctionSlots *self, TideFunctionTable *table, GArray *order)
{
  guint old_length = self->slots->len, new_length = order->len;
  TideFunctionTable *old = self->table;

  g_signal_emit (self, signals[REFRESHING], 0);
  self->table = table != NULL ? tide_function_table_ref (table) : NULL;
  if (self->table != old)
    tide_function_slots_count (self);
  g_clear_pointer (&old, tide_function_table_unref);
  g_array_unref (self->order);
  self->order = order;
  tide_function_slots_measure (self);

  if (new_length != old_length)
    {
      guint kept = MIN (old_length, new_length);

      g_ptr_array_set_size (self->slots, (int)new_length);
      g_list_model_items_changed (G_LIST_MODEL (self), kept, old_length - kept, new_length - kept);
    }
  g_signal_emit (self, signals[REFRESHED], 0);
}

static void
tide_function_slots_stop_worker (TideFunctionSlots *self)
{
  if (self->worker != NULL)
    g_cancellable_cancel (self->worker);
  g_clear_object (&self->worker);
  g_clear_pointer (&self->next, tide_function_table_unref);
}

typedef struct
{
  TideFunctionTable *table;
  TideFunctionColumn column;
  gboolean descending;
  char *filter;
} TideOrderWork;

static void
tide_order_work_free (gpointer data)
{
  TideOrderWork *work = data;

  tide_function_table_unref (work->table);
  g_free (work->filter);
  g_free (work);
}

static void
tide_function_slots_work (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  TideOrderWork *work = task_data;

  g_task_return_pointer (
      task, tide_function_table_order (work->table, work->column, work->descending, work->filter),
      (GDestroyNotify)g_array_unref);
}

static void
tide_function_slots_worked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TideFunctionSlots *self = TIDE_FUNCTION_SLOTS (source);
  GArray *order = g_task_propagate_pointer (G_TASK (result), NULL);

  /* NULL when something newer was asked for meanwhile.  */
  if (order == NULL)
    return;
  g_clear_object (&self->worker);
  {
    g_autoptr (TideFunctionTable) table = g_steal_pointer (&self->next);

    tide_function_slots_show (self, table, order);
  }
}

static void
tide_function_slots_sort (TideFunctionSlots *self, TideFunctionTable *table)
{
  tide_function_slots_stop_worker (self);
  self->sorted_us = g_get_monotonic_time ();

  if (table == NULL)
    tide_function_slots_show (self, NULL, g_array_new (FALSE, FALSE, sizeof (guint)));
  else if (tide_function_table_get_n_rows (table) <= ORDER_AT_ONCE)
    tide_function_slots_show (
        self, table, tide_function_table_order (table, self->column, self->descending, self->filter));
  else
    {
      TideOrderWork *work = g_new0 (TideOrderWork, 1);
      g_autoptr (GTask) task = NULL;

      work->table = tide_function_table_ref (table);
      work->column = self->column;
      work->descending = self->descending;
      work->filter = g_strdup (self->filter);
      self->next = tide_function_table_ref (table);
      self->worker = g_cancellable_new ();
      task = g_task_new (self, self->worker, tide_function_slots_worked, NULL);
      g_task_set_source_tag (task, tide_function_slots_sort);
      g_task_set_task_data (task, work, tide_order_work_free);
      g_task_run_in_thread (task, tide_function_slots_work);
    }
}

/* What is asked for now: the newest table, be it still in the worker.  */
static void
tide_function_slots_sort_again (TideFunctionSlots *self)
{
  TideFunctionTable *newest = self->next != NULL ? self->next : self->table;
  g_autoptr (TideFunctionTable) table = newest != NULL ? tide_function_table_ref (newest) : NULL;

  if (table != NULL)
    tide_function_slots_sort (self, table);
}

/* The functions stay where they are; those that TABLE has no more go, new ones come last.  */
static void
tide_function_slots_keep (TideFunctionSlots *self, TideFunctionTable *table)
{
  g_autoptr (GArray) fresh = tide_function_table_order (table, self->column, self->descending, self->filter);
  g_autoptr (GHashTable) rows = g_hash_table_new (NULL, NULL);
  GArray *order = g_array_sized_new (FALSE, FALSE, sizeof (guint), fresh->len);

  for (guint i = 0; i < fresh->len; i++)
    {
      guint index = g_array_index (fresh, guint, i);

      g_hash_table_insert (rows, GUINT_TO_POINTER (tide_function_table_get_row (table, index)->code),
                           GUINT_TO_POINTER (index + 1));
    }
  for (guint i = 0; i < self->order->len; i++)
    {
      const TideFunctionRow *row =
          tide_function_table_get_row (self->table, g_array_index (self->order, guint, i));
      gpointer found = g_hash_table_lookup (rows, GUINT_TO_POINTER (row->code));

      if (found != NULL)
        {
          guint index = GPOINTER_TO_UINT (found) - 1;

          g_array_append_val (order, index);
          g_hash_table_remove (rows, GUINT_TO_POINTER (row->code));
        }
    }
  for (guint i = 0; i < fresh->len; i++)
    {
      guint index = g_array_index (fresh, guint, i);

      if (g_hash_table_contains (rows, GUINT_TO_POINTER (tide_function_table_get_row (table, index)->code)))
        g_array_append_val (order, index);
    }
  tide_function_slots_stop_worker (self);
  tide_function_slots_show (self, table, order);
}

void
tide_function_slots_set_table (TideFunctionSlots *self, TideFunctionTable *table)
{
  gboolean recent = self->live && g_get_monotonic_time () - self->sorted_us < RESORT_INTERVAL_US;

  g_return_if_fail (TIDE_IS_FUNCTION_SLOTS (self));

  if (table == NULL || self->table == NULL)
    tide_function_slots_sort (self, table);
  else if (self->next != NULL && self->live)
    {
      /* The worker is busy with one that is hardly older; the next table comes in a moment.  */
    }
  else if (self->held || (recent && tide_function_table_get_n_rows (table) <= ORDER_AT_ONCE))
    tide_function_slots_keep (self, table);
  else
    tide_function_slots_sort (self, table);
}

void
tide_function_slots_set_filter (TideFunctionSlots *self, const char *filter)
{
  if (filter != NULL && *filter == '\0')
    filter = NULL;
  if (g_strcmp0 (self->filter, filter) == 0)
    return;
  g_free (self->filter);
  self->filter = g_strdup (filter);
  tide_function_slots_sort_again (self);
}

void
tide_function_slots_set_sort (TideFunctionSlots *self, TideFunctionColumn column, gboolean descending)
{
  if (self->column == column && self->descending == descending)
    return;
  self->column = column;
  self->descending = descending;
  tide_function_slots_sort_again (self);
}

void
tide_function_slots_set_held (TideFunctionSlots *self, gboolean held)
{
  if (self->held == held)
    return;
  self->held = held;
  if (!held)
    tide_function_slots_sort_again (self);
}

void
tide_function_slots_set_live (TideFunctionSlots *self, gboolean live)
{
  if (self->live == live)
    return;
  self->live = live;
  if (!live)
    tide_function_slots_sort_again (self);
}

TideFunctionTable *
tide_function_slots_get_table (TideFunctionSlots *self)
{
  return self->table;
}

TideFunctionColumn
tide_function_slots_get_sort (TideFunctionSlots *self, gboolean *descending)
{
  if (descending != NULL)
    *descending = self->descending;
  return self->column;
}

const TideFunctionRow *
tide_function_slots_get_row (TideFunctionSlots *self, guint position)
{
  if (position >= self->order->len)
    return NULL;
  return tide_function_table_get_row (self->table, g_array_index (self->order, guint, position));
}

guint
tide_function_slots_find (TideFunctionSlots *self, guint32 code)
{
  for (guint i = 0; i < self->order->len; i++)
    {
      if (tide_function_table_get_row (self->table, g_array_index (self->order, guint, i))->code == code)
        return i;
    }
  return G_MAXUINT;
}

guint
tide_function_slots_get_n_functions (TideFunctionSlots *self, guint *all)
{
  *all = self->n_all_functions;
  return self->n_functions;
}

gint64
tide_function_slots_get_greatest (TideFunctionSlots *self)
{
  return self->greatest;
}

static void
tide_function_slots_dispose (GObject *object)
{
  tide_function_slots_stop_worker (TIDE_FUNCTION_SLOTS (object));
  G_OBJECT_CLASS (tide_function_slots_parent_class)->dispose (object);
}

static void
tide_function_slots_finalize (GObject *object)
{
  TideFunctionSlots *self = TIDE_FUNCTION_SLOTS (object);

  g_clear_pointer (&self->table, tide_function_table_unref);
  g_clear_pointer (&self->order, g_array_unref);
  g_clear_pointer (&self->slots, g_ptr_array_unref);
  g_clear_pointer (&self->filter, g_free);
  G_OBJECT_CLASS (tide_function_slots_parent_class)->finalize (object);
}

static void
tide_function_slots_class_init (TideFunctionSlotsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = tide_function_slots_dispose;
  object_class->finalize = tide_function_slots_finalize;

  signals[REFRESHING] = g_signal_new ("refreshing", TIDE_TYPE_FUNCTION_SLOTS, G_SIGNAL_RUN_LAST, 0, NULL,
                                      NULL, NULL, G_TYPE_NONE, 0);
  signals[REFRESHED] = g_signal_new ("refreshed", TIDE_TYPE_FUNCTION_SLOTS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                     NULL, G_TYPE_NONE, 0);
}

static void
tide_function_slots_init (TideFunctionSlots *self)
{
  self->slots = g_ptr_array_new_with_free_func (tide_function_slots_clear_item);
  self->order = g_array_new (FALSE, FALSE, sizeof (guint));
  self->column = TIDE_FUNCTION_COLUMN_SELF;
  self->descending = TRUE;
}

TideFunctionSlots *
tide_function_slots_new (void)
{
  return g_object_new (TIDE_TYPE_FUNCTION_SLOTS, NULL);
}

gboolean
tide_function_slots_has_calls (TideFunctionSlots *self)
{
  g_return_val_if_fail (TIDE_IS_FUNCTION_SLOTS (self), FALSE);
  return self->table != NULL && tide_function_table_has_calls (self->table);
}

gboolean
tide_function_slots_has_bytes (TideFunctionSlots *self)
{
  g_return_val_if_fail (TIDE_IS_FUNCTION_SLOTS (self), FALSE);
  return self->table != NULL && tide_function_table_has_bytes (self->table);
}
