#pragma once

#include <glib.h>

#include <stdatomic.h>

G_BEGIN_DECLS

/* An append-only array whose elements never move.  Internal to the model.
 *
 *   small[0..10]   64, 64, 128, 256 ... 32 Ki elements: the first 64 Ki, so that little data costs little
 *   root           512 pages of 1024 chunks of 64 Ki elements each, made when they are needed
 *
 * One thread pushes and then publishes; any thread reads at the same time what was published.  Indices below
 * the length that tide_column_get_length() gave, and only those, may be read: it is stored with release order
 * after everything it covers.  A block of 64 elements that begins at a multiple of 64 is contiguous.  */
#define TIDE_CHUNK_SHIFT 16
#define TIDE_CHUNK_SIZE ((gsize)1 << TIDE_CHUNK_SHIFT)
#define TIDE_COLUMN_N_SMALL 11
#define TIDE_COLUMN_SMALLEST 64
#define TIDE_COLUMN_PAGE_SHIFT 10

typedef struct
{
  gsize element_size;
  gsize limit; /* elements, at most */
  _Atomic gsize length;
  /* The writer's: how many there are with those that are not published yet, and the room behind the last.  */
  gsize filled;
  guint8 *next;
  gsize room;
  guint8 *small[TIDE_COLUMN_N_SMALL];
  guint8 ***root;
} TideColumn;

void tide_column_init (TideColumn *self, gsize element_size, gsize limit);
void tide_column_clear (TideColumn *self);

/* Makes room for at least one element; FALSE when the column is full.  */
gboolean tide_column_grow (TideColumn *self);

/* The next element, to be filled in by the caller and then published; NULL when the column is full.  Its
 * bytes are undefined.  */
static inline gpointer
tide_column_push (TideColumn *self)
{
  guint8 *element;

  if (self->room == 0 && !tide_column_grow (self))
    return NULL;
  element = self->next;
  self->next += self->element_size;
  self->room--;
  self->filled++;
  return element;
}

static inline void
tide_column_publish (TideColumn *self)
{
  atomic_store_explicit (&self->length, self->filled, memory_order_release);
}

static inline gsize
tide_column_get_length (const TideColumn *self)
{
  return atomic_load_explicit (&self->length, memory_order_acquire);
}

static inline guint
tide_column_bucket (gsize index)
{
  return index < TIDE_COLUMN_SMALLEST ? 0 : g_bit_storage (index) - 6;
}

/* INDEX must be below the length (or, for the writer, below what it filled).  */
static inline gpointer
tide_column_at (const TideColumn *self, gsize index)
{
  if (index >= TIDE_CHUNK_SIZE)
    {
      gsize chunk = (index >> TIDE_CHUNK_SHIFT) - 1;
      guint8 **page = self->root[chunk >> TIDE_COLUMN_PAGE_SHIFT];

      return page[chunk & ((1 << TIDE_COLUMN_PAGE_SHIFT) - 1)]
             + (index & (TIDE_CHUNK_SIZE - 1)) * self->element_size;
    }
  else
    {
      guint bucket = tide_column_bucket (index);
      gsize start = bucket == 0 ? 0 : (gsize)(TIDE_COLUMN_SMALLEST / 2) << bucket;

      return self->small[bucket] + (index - start) * self->element_size;
    }
}

/* The same, and in N how many elements from INDEX on lie one after the other (published or not).  */
static inline gpointer
tide_column_run (const TideColumn *self, gsize index, gsize *n)
{
  if (index >= TIDE_CHUNK_SIZE)
    *n = TIDE_CHUNK_SIZE - (index & (TIDE_CHUNK_SIZE - 1));
  else
    *n = ((gsize)TIDE_COLUMN_SMALLEST << tide_column_bucket (index)) - index;
  return tide_column_at (self, index);
}

/* How many elements are before TIME_NS, of a column whose elements begin with their time as a gint64, in
 * order of time.  */
gsize tide_column_count_before (const TideColumn *self, gint64 time_ns);

G_END_DECLS
