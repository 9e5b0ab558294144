#include "config.h"

#include "tide-channel.h"
#include "tide-cursor.h"
#include "tide-decoder.h"

#include <errno.h>
#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define READ_SIZE (1u << 20)
#define MAX_QUEUED_BATCHES 64
#define MAX_QUEUED_BYTES (32u << 20)

typedef struct
{
  TideBatch *batch;
  gsize bytes; /* of the stream, that it came from */
} Item;

/* A process of the stream.  */
typedef struct
{
  gint64 last_time_ns;
  gboolean ended;
} Stream;

struct _TideChannel
{
  int fd;
  int wake[2]; /* a byte in it stops the thread */
  GThread *thread;
  TideJournal *journal;
  GMainContext *context;
  TideChannelFunc ready, ended;
  gpointer user_data;

  /* The thread's own.  */
  TideDecoder *decoder;
  GHashTable *streams; /* number to Stream */
  guint8 *buffer;
  gsize length, capacity;
  gboolean unreadable;

  /* The owner's thread only.  */
  GSource *ready_source, *ended_source;

  GMutex mutex; /* what follows */
  GCond room;
  GQueue items;
  gsize queued_bytes;
  gboolean told_ready;
  gboolean stopping;
  gboolean whole;
  GError *error;
};

static gboolean
on_ready (gpointer data)
{
  TideChannel *self = data;

  self->ready (self->user_data);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_ended (gpointer data)
{
  TideChannel *self = data;

  g_source_destroy (self->ended_source);
  self->ended (self->user_data);
  return G_SOURCE_REMOVE;
}

static gboolean
dispatch_once (GSource *source, GSourceFunc callback, gpointer data)
{
  g_source_set_ready_time (source, -1);
  return callback (data);
}

static GSourceFuncs once_funcs = { .dispatch = dispatch_once };

/* Both sources live as long as the channel, so that the thread need only name the moment, and a freed channel
 * is never called.  */
static GSource *
attach (TideChannel *self, GSourceFunc func, const char *name)
{
  GSource *source = g_source_new (&once_funcs, sizeof (GSource));

  g_source_set_static_name (source, name);
  g_source_set_callback (source, func, self, NULL);
  g_source_attach (source, self->context);
  return source;
}

/* With the mutex held.  */
static void
enqueue (TideChannel *self, TideBatch *batch, gsize bytes)
{
  Item *item = g_new (Item, 1);

  item->batch = batch;
  item->bytes = bytes;
  g_queue_push_tail (&self->items, item);
  self->queued_bytes += bytes;
  if (!self->told_ready)
    {
      self->told_ready = TRUE;
      g_source_set_ready_time (self->ready_source, 0);
    }
}

static void
take_error (TideChannel *self, GError *error)
{
  g_mutex_lock (&self->mutex);
  if (self->error == NULL)
    self->error = error;
  else
    g_error_free (error);
  g_mutex_unlock (&self->mutex);
}

static void
notice (TideChannel *self, const TideBatch *batch)
{
  gpointer key = GUINT_TO_POINTER (batch->stream);
  Stream *stream = g_hash_table_lookup (self->streams, key);

  if (stream == NULL)
    {
      stream = g_new0 (Stream, 1);
      g_hash_table_insert (self->streams, key, stream);
    }
  stream->last_time_ns = MAX (stream->last_time_ns, batch->last_time_ns);
  stream->ended |= batch->end != NULL;
}

/* Queues what the decoder has, waiting for room; FALSE when the channel is to stop.  */
static gboolean
hand_over (TideChannel *self, gsize bytes)
{
  TideBatch *batch;
  gboolean stopping = FALSE;

  while (!stopping && (batch = tide_decoder_pop (self->decoder)) != NULL)
    {
      notice (self, batch);
      g_mutex_lock (&self->mutex);
      while (!self->stopping
             && (self->items.length >= MAX_QUEUED_BATCHES
                 || (self->queued_bytes > 0 && self->queued_bytes + bytes > MAX_QUEUED_BYTES)))
        g_cond_wait (&self->room, &self->mutex);
      stopping = self->stopping;
      if (stopping)
        tide_batch_free (batch);
      else
        enqueue (self, batch, bytes);
      g_mutex_unlock (&self->mutex);
      bytes = 0;
    }
  return !stopping;
}

/* The bytes of whole frames at the buffer's start; SHORT when another may follow, BAD when none can.  */
static gsize
measure_whole (TideChannel *self, TidePeek *peek)
{
  TideFrameHeader header;
  gsize whole = 0;

  while ((*peek = tide_frame_peek (self->buffer + whole, self->length - whole, &header)) == TIDE_PEEK_FRAME)
    whole += TIDE_WIRE_HEADER_SIZE + header.length;
  return whole;
}

static gboolean
consume (TideChannel *self)
{
  TidePeek peek;
  gsize whole = measure_whole (self, &peek);
  GError *error = NULL;

  if (whole > 0)
    {
      if (self->journal != NULL)
        tide_journal_push (self->journal, self->buffer, whole);
      if (!tide_decoder_push (self->decoder, self->buffer, whole, &error))
        self->unreadable = TRUE;
      if (!hand_over (self, whole))
        {
          g_clear_error (&error);
          return FALSE;
        }
      self->length -= whole;
      memmove (self->buffer, self->buffer + whole, self->length);
    }
  if (peek == TIDE_PEEK_BAD && !self->unreadable)
    {
      self->unreadable = TRUE;
      error = g_error_new (G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                           _ ("The measuring helper sent what is no frame."));
    }
  if (error != NULL)
    take_error (self, error);
  return TRUE;
}

/* FALSE at the end of the pipe, or when the channel is to stop.  */
static gboolean
read_more (TideChannel *self)
{
  struct pollfd fds[] = { { .fd = self->fd, .events = POLLIN }, { .fd = self->wake[0], .events = POLLIN } };
  gssize n;

  if (poll (fds, G_N_ELEMENTS (fds), -1) < 0)
    return errno == EINTR;
  if (fds[1].revents != 0)
    return FALSE;
  if (self->unreadable)
    self->length = 0;
  if (self->capacity - self->length < READ_SIZE)
    {
      /* Bounded: a frame's rest and one reading.  */
      self->capacity = self->length + READ_SIZE;
      self->buffer = g_realloc (self->buffer, self->capacity);
    }
  n = read (self->fd, self->buffer + self->length, READ_SIZE);
  if (n < 0)
    return errno == EINTR || errno == EAGAIN;
  self->length += n;
  return n > 0 && (self->unreadable || consume (self));
}

/* A stream that nobody ended (the helper was killed) is ended here, so that no view waits for what cannot
 * come.  */
static void
end_streams (TideChannel *self)
{
  GHashTableIter iter;
  gpointer key, value;
  gboolean whole = g_hash_table_size (self->streams) > 0;

  g_mutex_lock (&self->mutex);
  g_hash_table_iter_init (&iter, self->streams);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      const Stream *stream = value;
      TideBatch *batch;

      if (stream->ended)
        continue;
      whole = FALSE;
      batch = tide_batch_new (GPOINTER_TO_UINT (key));
      batch->last_time_ns = stream->last_time_ns;
      batch->end = g_new0 (TideProcessEnd, 1);
      batch->end->time_ns = stream->last_time_ns;
      batch->end->kind = TIDE_END_UNKNOWN;
      enqueue (self, batch, 0);
    }
  self->whole = whole;
  g_mutex_unlock (&self->mutex);
}

static gpointer
run (gpointer data)
{
  TideChannel *self = data;
  GError *error = NULL;

  while (read_more (self))
    ;
  /* First, so that the helper of a live program knows that nobody listens.  */
  close (self->fd);
  end_streams (self);
  if (self->journal != NULL && !tide_journal_close (self->journal, &error))
    take_error (self, error);
  g_source_set_ready_time (self->ended_source, 0);
  return NULL;
}

TideChannel *
tide_channel_new (int fd,
                  TideJournal *journal,
                  TideChannelFunc ready,
                  TideChannelFunc ended,
                  gpointer user_data,
                  GError **error)
{
  TideChannel *self;
  int wake[2];

  if (!g_unix_open_pipe (wake, FD_CLOEXEC, error))
    {
      close (fd);
      g_clear_pointer (&journal, tide_journal_free);
      return NULL;
    }
  self = g_new0 (TideChannel, 1);
  self->fd = fd;
  memcpy (self->wake, wake, sizeof wake);
  self->journal = journal;
  self->context = g_main_context_ref_thread_default ();
  self->ready = ready;
  self->ended = ended;
  self->user_data = user_data;
  self->decoder = tide_decoder_new ();
  self->streams = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  g_queue_init (&self->items);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->room);
  self->ready_source = attach (self, on_ready, "tide-channel ready");
  self->ended_source = attach (self, on_ended, "tide-channel ended");
  self->thread = g_thread_new ("tide-channel", run, self);
  return self;
}

static void
free_item (gpointer data)
{
  Item *item = data;

  tide_batch_free (item->batch);
  g_free (item);
}

void
tide_channel_free (TideChannel *self)
{
  g_mutex_lock (&self->mutex);
  self->stopping = TRUE;
  g_cond_signal (&self->room);
  g_mutex_unlock (&self->mutex);
  while (write (self->wake[1], "", 1) < 0 && errno == EINTR)
    ;
  g_thread_join (self->thread);
  close (self->wake[0]);
  close (self->wake[1]);
  g_source_destroy (self->ready_source);
  g_source_destroy (self->ended_source);
  g_source_unref (self->ready_source);
  g_source_unref (self->ended_source);
  g_main_context_unref (self->context);
  g_queue_clear_full (&self->items, free_item);
  g_clear_pointer (&self->journal, tide_journal_free);
  tide_decoder_free (self->decoder);
  g_hash_table_unref (self->streams);
  g_clear_error (&self->error);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->room);
  g_free (self->buffer);
  g_free (self);
}

TideBatch *
tide_channel_pop (TideChannel *self)
{
  Item *item;
  TideBatch *batch = NULL;

  g_mutex_lock (&self->mutex);
  item = g_queue_pop_head (&self->items);
  if (item != NULL)
    {
      batch = item->batch;
      self->queued_bytes -= item->bytes;
      g_free (item);
      g_cond_signal (&self->room);
    }
  self->told_ready = self->items.length > 0;
  g_mutex_unlock (&self->mutex);
  return batch;
}

guint64
tide_channel_get_journal_bytes (TideChannel *self)
{
  return self->journal != NULL ? tide_journal_get_bytes (self->journal) : 0;
}

GError *
tide_channel_dup_error (TideChannel *self)
{
  GError *error;

  g_mutex_lock (&self->mutex);
  error = self->error != NULL ? g_error_copy (self->error) : NULL;
  g_mutex_unlock (&self->mutex);
  return error == NULL && self->journal != NULL ? tide_journal_dup_error (self->journal) : error;
}

gboolean
tide_channel_is_whole (TideChannel *self)
{
  gboolean whole;

  g_mutex_lock (&self->mutex);
  whole = self->whole;
  g_mutex_unlock (&self->mutex);
  return whole;
}
