#include "config.h"

#include "tide-record-summary.h"

#include "tide-told.h"
#include "tide-wire.h"

/* Of one process.  Ids count from 1: element 0 of each array is "none".  */
typedef struct
{
  GPtrArray *strings;
  GArray *codes;      /* TideCode */
  GArray *node_codes; /* guint32  */
  GArray *nets;       /* gint64, by code */
} Stream;

struct _TideRecordSummary
{
  GHashTable *streams; /* number to Stream */
  TideProcessEnd *end;
  char *error;
  gint64 peak;
  TideCost cost;                      /* of the first process, the last that was told */
  char *why[TIDE_COST_N_INSTRUMENTS]; /* by bit: why one of the first process is off, or NULL */
};

static Stream *
stream_new (void)
{
  Stream *stream = g_new (Stream, 1);

  stream->strings = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (stream->strings, NULL);
  stream->codes = g_array_new (FALSE, TRUE, sizeof (TideCode));
  g_array_set_size (stream->codes, 1);
  stream->node_codes = g_array_new (FALSE, TRUE, sizeof (guint32));
  g_array_set_size (stream->node_codes, 1);
  stream->nets = g_array_new (FALSE, TRUE, sizeof (gint64));
  g_array_set_size (stream->nets, 1);
  return stream;
}

static void
stream_free (gpointer data)
{
  Stream *stream = data;

  g_ptr_array_unref (stream->strings);
  g_array_unref (stream->codes);
  g_array_unref (stream->node_codes);
  g_array_unref (stream->nets);
  g_free (stream);
}

TideRecordSummary *
tide_record_summary_new (void)
{
  TideRecordSummary *self = g_new0 (TideRecordSummary, 1);

  self->streams = g_hash_table_new_full (NULL, NULL, NULL, stream_free);
  return self;
}

void
tide_record_summary_free (TideRecordSummary *self)
{
  g_hash_table_unref (self->streams);
  g_free (self->end);
  g_free (self->error);
  for (guint i = 0; i < G_N_ELEMENTS (self->why); i++)
    g_free (self->why[i]);
  g_free (self);
}

static void
add_definitions (Stream *stream, const TideBatch *batch)
{
  for (guint i = 0; batch->strings != NULL && i < batch->strings->len; i++)
    g_ptr_array_add (stream->strings, g_strdup (batch->strings->pdata[i]));
  if (batch->codes != NULL)
    g_array_append_vals (stream->codes, batch->codes->data, batch->codes->len);
  g_array_set_size (stream->nets, stream->codes->len);
  for (guint i = 0; batch->nodes != NULL && i < batch->nodes->len; i++)
    g_array_append_val (stream->node_codes, g_array_index (batch->nodes, TideNode, i).code);
}

static void
take_state (TideRecordSummary *self, const TideNote *note)
{
  gint number = g_bit_nth_lsf (note->detail, -1);

  if (number < 0 || number >= TIDE_COST_N_INSTRUMENTS)
    return;
  g_clear_pointer (&self->why[number], g_free);
  if (note->value != TIDE_STATE_ON && note->text != NULL && *note->text != '\0')
    self->why[number] = g_strdup (tide_told (note->text));
}

void
tide_record_summary_add (TideRecordSummary *self, const TideBatch *batch)
{
  gpointer key = GUINT_TO_POINTER (batch->stream);
  Stream *stream = g_hash_table_lookup (self->streams, key);

  if (stream == NULL)
    {
      stream = stream_new ();
      g_hash_table_insert (self->streams, key, stream);
    }
  add_definitions (stream, batch);
  for (guint i = 0; batch->events != NULL && i < batch->events->len; i++)
    {
      const TideRssEvent *event = &g_array_index (batch->events, TideRssEvent, i);
      guint32 code = event->node < stream->node_codes->len
                         ? g_array_index (stream->node_codes, guint32, event->node)
                         : 0;

      if (code < stream->nets->len)
        g_array_index (stream->nets, gint64, code) += event->delta_bytes;
    }
  for (guint i = 0; batch->samples != NULL && i < batch->samples->len; i++)
    self->peak = MAX (self->peak, g_array_index (batch->samples, TideRssSample, i).rss_bytes);
  for (guint i = 0; batch->notes != NULL && i < batch->notes->len; i++)
    {
      const TideNote *note = &g_array_index (batch->notes, TideNote, i);

      if (note->kind == TIDE_NOTE_MESSAGE && note->value == TIDE_SEVERITY_ERROR)
        {
          g_free (self->error);
          self->error = g_strdup (tide_told (note->text));
        }
      if (note->kind == TIDE_NOTE_INSTRUMENT && batch->stream == 0)
        take_state (self, note);
    }
  if (batch->cost != NULL && batch->stream == 0)
    self->cost = *batch->cost;
  if (batch->end != NULL && batch->stream == 0)
    {
      g_free (self->end);
      self->end = g_memdup2 (batch->end, sizeof *batch->end);
      self->peak = MAX (self->peak, batch->end->peak_rss_bytes);
    }
}

gboolean
tide_record_summary_is_empty (TideRecordSummary *self)
{
  return g_hash_table_size (self->streams) == 0;
}

const TideProcessEnd *
tide_record_summary_get_end (TideRecordSummary *self)
{
  return self->end;
}

const char *
tide_record_summary_get_error (TideRecordSummary *self)
{
  return self->error;
}

const char *
tide_record_summary_get_refusal (TideRecordSummary *self, guint number)
{
  return number < G_N_ELEMENTS (self->why) ? self->why[number] : NULL;
}

gint64
tide_record_summary_get_peak (TideRecordSummary *self)
{
  return self->peak;
}

double
tide_record_summary_get_cost (TideRecordSummary *self)
{
  gint64 bare_ns = self->cost.target_cpu_ns - self->cost.agent_ns;

  /* Below a tenth of a second the clock's own step is the larger part.  */
  if (self->cost.agent_ns < 0 || bare_ns < 100000000)
    return 0;
  return 1 + (double)self->cost.agent_ns / (double)bare_ns;
}

static const char *
get_string (const Stream *stream, guint32 id)
{
  const char *string = id < stream->strings->len ? stream->strings->pdata[id] : NULL;

  return string != NULL ? string : "";
}

/* Without a file: no function, but "[before measuring]" and the like.  */
static gboolean
is_function (const Stream *stream, guint32 code)
{
  return *get_string (stream, g_array_index (stream->codes, TideCode, code).file) != '\0';
}

char *
tide_record_summary_dup_top (TideRecordSummary *self, gint64 *bytes)
{
  const Stream *best = NULL;
  const TideCode *code;
  guint32 best_code = 0;
  GHashTableIter iter;
  gpointer value;
  g_autofree char *file = NULL;

  *bytes = 0;
  g_hash_table_iter_init (&iter, self->streams);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const Stream *stream = value;

      for (guint i = 1; i < stream->nets->len; i++)
        if (g_array_index (stream->nets, gint64, i) > *bytes && is_function (stream, i))
          {
            best = stream;
            best_code = i;
            *bytes = g_array_index (stream->nets, gint64, i);
          }
    }
  if (best == NULL)
    return NULL;
  code = &g_array_index (best->codes, TideCode, best_code);
  file = g_path_get_basename (get_string (best, code->file));
  return g_strdup_printf ("%s (%s:%u)", get_string (best, code->name), file, code->first_line);
}
