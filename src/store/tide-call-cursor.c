#include "tide-call-cursor.h"

struct _TideCallCursor
{
  TideProcess *process;
  guint kinds;
  gsize n_blocks;
  guint64 begin, end; /* numbers among those of the kinds */

  gsize block;       /* the one that is decoded, G_MAXSIZE: none */
  guint64 first;     /* number of its first among those of the kinds */
  guint n;           /* those of the kinds in it */
  guint16 *of_kinds; /* where they are in the block */
  TideCall *calls;   /* all of the block */
};

static guint64
count_before (const TideCallCursor *self, const TideCallBlock *block)
{
  guint64 n = 0;

  for (guint kind = 0; kind < TIDE_N_CALL_KINDS; kind++)
    if (self->kinds & (1u << kind))
      n += block->n_before_of_kind[kind];
  return n;
}

static guint64
count_in (const TideCallCursor *self, const TideCallBlock *block)
{
  guint64 n = 0;

  for (guint kind = 0; kind < TIDE_N_CALL_KINDS; kind++)
    if (self->kinds & (1u << kind))
      n += block->n_of_kind[kind];
  return n;
}

static void
decode (TideCallCursor *self, gsize index)
{
  const TideCallBlock *block = tide_process_get_call_block (self->process, index);
  TideCallReader reader;
  TideSlice payload;
  guint n = 0;

  if (self->block == index)
    return;
  self->block = index;
  self->first = count_before (self, block);
  self->n = 0;
  payload.data = g_bytes_get_data (block->payload, &payload.length);
  tide_call_reader_begin (&reader, payload);
  while (n < TIDE_CALLS_MAX_COUNT && tide_call_reader_next (&reader, &self->calls[n]))
    {
      if (self->kinds & (1u << self->calls[n].kind))
        self->of_kinds[self->n++] = (guint16)n;
      n++;
    }
  /* Damage there leaves times unknown, no more.  */
  tide_call_reader_read_cpu (&reader, self->calls, n);
}

/* How many calls of the kinds are before TIME_NS.  */
static guint64
count_before_time (TideCallCursor *self, gint64 time_ns)
{
  gsize low = 0, high = self->n_blocks;
  guint n = 0;

  while (low < high)
    {
      gsize middle = low + (high - low) / 2;

      if (tide_process_get_call_block (self->process, middle)->last_ns < time_ns)
        low = middle + 1;
      else
        high = middle;
    }
  if (low == self->n_blocks)
    {
      const TideCallBlock *last = low > 0 ? tide_process_get_call_block (self->process, low - 1) : NULL;

      return last != NULL ? count_before (self, last) + count_in (self, last) : 0;
    }
  decode (self, low);
  while (n < self->n && self->calls[self->of_kinds[n]].time_ns < time_ns)
    n++;
  return self->first + n;
}

TideCallCursor *
tide_call_cursor_new (TideProcess *process, TideSpan span, guint kinds)
{
  TideCallCursor *self = g_new0 (TideCallCursor, 1);

  self->process = g_object_ref (process);
  self->kinds = kinds;
  self->n_blocks = tide_process_get_n_call_blocks (process);
  self->block = G_MAXSIZE;
  self->of_kinds = g_new (guint16, TIDE_CALLS_MAX_COUNT);
  self->calls = g_new (TideCall, TIDE_CALLS_MAX_COUNT);
  self->begin = span.begin_ns == G_MININT64 ? 0 : count_before_time (self, span.begin_ns);
  self->end = count_before_time (self, span.end_ns);
  return self;
}

void
tide_call_cursor_free (TideCallCursor *self)
{
  if (self == NULL)
    return;
  g_object_unref (self->process);
  g_free (self->of_kinds);
  g_free (self->calls);
  g_free (self);
}

guint64
tide_call_cursor_get_n_rows (TideCallCursor *self)
{
  return self->end - self->begin;
}

/* The block that has the call of the kinds with this number, which exists.  */
static gsize
find_block (TideCallCursor *self, guint64 number)
{
  gsize low = 0, high = self->n_blocks;

  while (high - low > 1)
    {
      gsize middle = low + (high - low) / 2;

      if (count_before (self, tide_process_get_call_block (self->process, middle)) <= number)
        low = middle;
      else
        high = middle;
    }
  return low;
}

gboolean
tide_call_cursor_get (TideCallCursor *self, guint64 index, TideCallRow *row)
{
  gint64 page_size = tide_process_get_page_size (self->process), before;
  const TideCallBlock *block;
  const TideCall *call;
  guint at;

  if (index >= self->end - self->begin)
    return FALSE;
  index += self->begin;
  if (self->block == G_MAXSIZE || index < self->first || index >= self->first + self->n)
    decode (self, find_block (self, index));
  if (index < self->first || index >= self->first + self->n)
    return FALSE;
  at = self->of_kinds[index - self->first];
  call = &self->calls[at];
  block = tide_process_get_call_block (self->process, self->block);
  before = at > 0 ? (gint64)self->calls[at - 1].rss_pages : block->rss_pages_before;
  *row = (TideCallRow){ .number = block->n_before + at + 1,
                        .time_ns = call->time_ns,
                        .cpu_ns = call->cpu_ns,
                        .rss_bytes = (gint64)call->rss_pages * page_size,
                        .delta_bytes = before < 0 ? 0 : ((gint64)call->rss_pages - before) * page_size,
                        .kind = call->kind,
                        .thread = call->thread,
                        .code = call->code,
                        .caller = call->caller,
                        .line = call->line };
  return TRUE;
}

const char *
tide_call_kind_get_name (TideCallKind kind)
{
  static const char *const names[TIDE_N_CALL_KINDS] = {
    [TIDE_CALL_CALL] = "CALL",         [TIDE_CALL_RETURN] = "RETURN",     [TIDE_CALL_C_CALL] = "C_CALL",
    [TIDE_CALL_C_RETURN] = "C_RETURN", [TIDE_CALL_C_EXCEPT] = "C_EXCEPT", [TIDE_CALL_LINE] = "LINE",
    [TIDE_CALL_EXCEPT] = "EXCEPT",
  };

  return kind < TIDE_N_CALL_KINDS ? names[kind] : "";
}
