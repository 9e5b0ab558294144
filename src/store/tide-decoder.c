#include "config.h"

#include "tide-decoder.h"

#include "tide-decoder-stream.h"
#include "tide-store-error.h"

#include <glib/gi18n-lib.h>

struct _TideDecoder
{
  GPtrArray *streams; /* TideDecoderStream by number, NULL where none began */
  guint n_streams;
  TideDecoderTotals totals;
  GQueue batches;
  GByteArray *pending;
  guint64 offset; /* of the next frame in all that was pushed */
  GError *error;  /* sticky */
};

TideDecoder *
tide_decoder_new (void)
{
  TideDecoder *self = g_new0 (TideDecoder, 1);

  self->streams = g_ptr_array_new_with_free_func ((GDestroyNotify)tide_decoder_stream_free);
  self->pending = g_byte_array_new ();
  g_queue_init (&self->batches);
  return self;
}

void
tide_decoder_free (TideDecoder *self)
{
  if (self == NULL)
    return;
  g_queue_clear_full (&self->batches, (GDestroyNotify)tide_batch_free);
  g_ptr_array_unref (self->streams);
  g_byte_array_unref (self->pending);
  g_clear_error (&self->error);
  g_free (self);
}

static TideBatch *
add_batch (TideDecoder *self, guint number, gint64 last_time_ns)
{
  TideBatch *batch = tide_batch_new (number);

  batch->last_time_ns = last_time_ns;
  g_queue_push_tail (&self->batches, batch);
  return batch;
}

static gboolean
take_hello (TideDecoder *self, guint number, TideSlice payload, GError **error)
{
  TideHello hello;

  if (!tide_get_hello (payload, &hello))
    return FALSE;
  if (hello.major > TIDE_WIRE_MAJOR)
    {
      g_set_error (error, TIDE_STORE_ERROR, TIDE_STORE_ERROR_TOO_NEW,
                   _ ("This was recorded by a newer Pagetide (format %u); this one reads formats up to %u."),
                   hello.major, TIDE_WIRE_MAJOR);
      return FALSE;
    }
  if (number >= self->streams->len)
    g_ptr_array_set_size (self->streams, (gint)number + 1);
  if (g_ptr_array_index (self->streams, number) != NULL || self->n_streams == TIDE_WIRE_MAX_STREAMS)
    return FALSE;
  g_ptr_array_index (self->streams, number) =
      tide_decoder_stream_new (number, &hello, add_batch (self, number, 0));
  self->n_streams++;
  return TRUE;
}

static gboolean
is_known (guint type)
{
  return (type > 0 && type <= TIDE_FRAME_BYE) || (type >= TIDE_FRAME_CALLS && type <= TIDE_FRAME_SITES)
         || type == TIDE_FRAME_GC || type == TIDE_FRAME_MARK;
}

/* FALSE without ERROR: the frame is damaged, and the caller says so.  */
static gboolean
take_frame (TideDecoder *self, const TideFrameHeader *header, TideSlice payload, GError **error)
{
  TideDecoderStream *stream =
      header->stream < self->streams->len ? g_ptr_array_index (self->streams, header->stream) : NULL;

  if (header->type == TIDE_FRAME_HELLO)
    return take_hello (self, header->stream, payload, error);
  /* Types of a newer minor version are skipped, and so are control frames, which flow the other way.  */
  if (!is_known (header->type))
    return TRUE;
  if (stream == NULL)
    return FALSE;
  if (stream->batch == NULL)
    stream->batch = add_batch (self, stream->number, stream->last_time_ns);
  return tide_decoder_stream_take (stream, &self->totals, (TideFrameType)header->type, payload);
}

static void
fail_damaged (TideDecoder *self, guint type)
{
  g_autofree char *place = NULL;

  if (self->error != NULL)
    return;
  place = g_strdup_printf ("%" G_GUINT64_FORMAT, self->offset);
  g_set_error (&self->error, TIDE_STORE_ERROR, TIDE_STORE_ERROR_DAMAGED,
               _ ("The recorded data is damaged at byte %s (frame type %u)."), place, type);
}

/* Takes the whole frames at DATA; gives how many bytes they had.  */
static gsize
take_frames (TideDecoder *self, const guint8 *data, gsize length)
{
  gsize taken = 0;

  while (self->error == NULL)
    {
      TideFrameHeader header;
      TidePeek peek = tide_frame_peek (data + taken, length - taken, &header);
      TideSlice payload = { "", 0 };

      if (peek == TIDE_PEEK_SHORT)
        break;
      if (peek == TIDE_PEEK_FRAME)
        payload = (TideSlice){ (const char *)data + taken + TIDE_WIRE_HEADER_SIZE, header.length };
      if (peek == TIDE_PEEK_BAD || !take_frame (self, &header, payload, &self->error))
        {
          fail_damaged (self, header.type);
          break;
        }
      taken += TIDE_WIRE_HEADER_SIZE + header.length;
      self->offset += TIDE_WIRE_HEADER_SIZE + header.length;
    }
  return taken;
}

/* Appends to the unfinished frame no more than it lacks.  */
static gsize
fill_pending (TideDecoder *self, const guint8 *data, gsize length)
{
  TideFrameHeader header;
  gsize wanted = TIDE_WIRE_HEADER_SIZE, n;

  if (self->pending->len >= TIDE_WIRE_HEADER_SIZE)
    {
      tide_frame_peek (self->pending->data, self->pending->len, &header);
      wanted += header.length;
    }
  n = MIN (length, wanted - self->pending->len);
  g_byte_array_append (self->pending, data, (guint)n);
  return n;
}

gboolean
tide_decoder_push (TideDecoder *self, const guint8 *data, gsize length, GError **error)
{
  while (self->error == NULL && length > 0)
    {
      gsize n;

      if (self->pending->len > 0)
        {
          n = fill_pending (self, data, length);
          if (take_frames (self, self->pending->data, self->pending->len) > 0)
            g_byte_array_set_size (self->pending, 0);
        }
      else
        {
          n = take_frames (self, data, length);
          if (n == 0)
            n = fill_pending (self, data, length);
        }
      data += n;
      length -= n;
    }
  if (self->error != NULL && error != NULL)
    *error = g_error_copy (self->error);
  return self->error == NULL;
}

TideBatch *
tide_decoder_pop (TideDecoder *self)
{
  TideBatch *batch = g_queue_pop_head (&self->batches);

  if (batch != NULL)
    ((TideDecoderStream *)g_ptr_array_index (self->streams, batch->stream))->batch = NULL;
  return batch;
}

gsize
tide_decoder_get_pending (TideDecoder *self)
{
  return self->pending->len;
}
