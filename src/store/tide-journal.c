#include "config.h"

#include "tide-journal.h"

#include "tide-calls-frames.h"
#include "tide-frames.h"
#include "tide-recording-format.h"
#include "tide-store-error.h"
#include "tide-summary.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Large enough to compress well, small enough that a cut loses little.  */
#define BLOCK_BYTES (256u << 10)
/* How much a crash of the machine may lose.  */
#define BLOCK_US G_TIME_SPAN_SECOND
/* While more blocks wait, a slow disk is asked to sync no more often than this.  */
#define SYNC_US (G_TIME_SPAN_SECOND / 4)
/* What may wait for the disk.  Beyond it only definitions are taken, since all that comes later refers to
 * them, up to twice as much.  */
#define QUEUE_BYTES (64u << 20)

/* What was dropped of one stream and not yet told in a LOST frame.  */
typedef struct
{
  gint64 time_ns;
  guint64 n_events, n_bytes;
} Dropped;

struct _TideJournal
{
  char *name; /* for messages */
  int fd;
  guint64 max_bytes;
  GThread *thread;

  GMutex mutex;
  GCond cond;
  GQueue blocks;       /* GByteArray: full blocks that wait           */
  GByteArray *open;    /* the block that is being filled, or NULL     */
  gint64 open_since;   /* when its first frame came, monotonic time   */
  gsize waiting;       /* bytes in blocks and open                    */
  GHashTable *dropped; /* stream → Dropped                          */
  gboolean closing;
  GError *error;
  guint64 written; /* up to the end of the last whole block         */

  /* Of the thread alone, until it is joined.  */
  gboolean full; /* max_bytes was reached */
  gint64 synced_us;
  TideSummarizer *summarizer;
  GArray *entries; /* TideIndexEntry */
};

static void
set_write_error (GError **error, const char *name, int code)
{
  g_set_error (error, TIDE_STORE_ERROR, TIDE_STORE_ERROR_WRITE, _ ("Cannot write the recording “%s”: %s"),
               name, g_strerror (code));
}

/* Gives 0 or an errno.  */
static int
write_all (int fd, const guint8 *data, gsize length)
{
  while (length > 0)
    {
      gssize n = write (fd, data, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return n < 0 ? errno : ENOSPC;
      data += n;
      length -= (gsize)n;
    }
  return 0;
}

/* A descriptor that cannot be synced (a device) is as safe as it will be.  */
static int
sync_data (int fd)
{
  return fdatasync (fd) == 0 || errno == EINVAL || errno == EROFS ? 0 : errno;
}

static int
open_file (const char *path, const char *name, GError **error)
{
  struct stat status;
  /* O_NONBLOCK: a pipe without a reader must not hold us; on files it means nothing.  */
  int fd = open (path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0600);

  if (fd < 0)
    {
      if (errno == ELOOP)
        g_set_error (error, TIDE_STORE_ERROR, TIDE_STORE_ERROR_WRITE,
                     _ ("Cannot write the recording “%s”: it is a symbolic link."), name);
      else
        set_write_error (error, name, errno);
      return -1;
    }
  if (fstat (fd, &status) == 0 && (S_ISREG (status.st_mode) || S_ISCHR (status.st_mode)))
    {
      /* Kept for as long as we write: another recorder, or whoever looks for left recordings, sees that this
       * one lives.  */
      if (flock (fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        g_set_error (error, TIDE_STORE_ERROR, TIDE_STORE_ERROR_WRITE,
                     _ ("Cannot write the recording “%s”: something else is being recorded into it."), name);
      else if (S_ISREG (status.st_mode) && (ftruncate (fd, 0) != 0 || fchmod (fd, 0600) != 0))
        set_write_error (error, name, errno);
      else if (fcntl (fd, F_SETFL, fcntl (fd, F_GETFL) & ~O_NONBLOCK) != 0)
        set_write_error (error, name, errno);
      else
        return fd;
    }
  else
    g_set_error (error, TIDE_STORE_ERROR, TIDE_STORE_ERROR_WRITE,
                 _ ("Cannot write the recording “%s”: it is not a regular file."), name);
  close (fd);
  return -1;
}

/* With the lock held.  */
static void
close_open_block (TideJournal *self)
{
  if (self->open == NULL)
    return;
  g_queue_push_tail (&self->blocks, g_steal_pointer (&self->open));
  g_cond_signal (&self->cond);
}

/* With the lock held.  */
static void
append_frame (TideJournal *self, const guint8 *frame, gsize length)
{
  if (self->open != NULL && self->open->len + length > BLOCK_BYTES)
    close_open_block (self);
  if (self->open == NULL)
    {
      self->open = g_byte_array_new ();
      self->open_since = g_get_monotonic_time ();
      g_cond_signal (&self->cond);
    }
  g_byte_array_append (self->open, frame, (guint)length);
  self->waiting += length;
}

static gboolean
is_droppable (guint type)
{
  return type == TIDE_FRAME_EVENTS || type == TIDE_FRAME_CALLS || type == TIDE_FRAME_SAMPLE
         || type == TIDE_FRAME_OVERHEAD || type == TIDE_FRAME_OUTPUT || type == TIDE_FRAME_GC;
}

/* With the lock held.  */
static void
drop_frame (TideJournal *self, const TideFrameHeader *header, TideSlice payload)
{
  gpointer key = GUINT_TO_POINTER (header->stream);
  Dropped *dropped = g_hash_table_lookup (self->dropped, key);
  TideEventReader reader;
  TideCallReader calls;

  if (dropped == NULL)
    {
      dropped = g_new0 (Dropped, 1);
      g_hash_table_insert (self->dropped, key, dropped);
    }
  dropped->time_ns = MAX (dropped->time_ns, tide_frame_get_time (header->type, payload));
  if (header->type == TIDE_FRAME_EVENTS && tide_event_reader_begin (&reader, payload))
    dropped->n_events += reader.left;
  else if (header->type == TIDE_FRAME_CALLS && tide_call_reader_begin (&calls, payload))
    dropped->n_events += calls.left;
  else
    dropped->n_bytes += header->length;
}

/* With the lock held: says in the file what is missing from it.  */
static void
tell_dropped (TideJournal *self)
{
  GHashTableIter iter;
  gpointer key, value;
  TideBuffer buffer;

  if (g_hash_table_size (self->dropped) == 0)
    return;
  tide_buffer_init (&buffer);
  g_hash_table_iter_init (&iter, self->dropped);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      const Dropped *dropped = value;
      TideLost events = { dropped->time_ns, TIDE_LOST_EVENTS, dropped->n_events };
      TideLost bytes = { dropped->time_ns, TIDE_LOST_FRAMES, dropped->n_bytes };

      if (events.count > 0)
        tide_put_lost (&buffer, (guint16)GPOINTER_TO_UINT (key), &events);
      if (bytes.count > 0)
        tide_put_lost (&buffer, (guint16)GPOINTER_TO_UINT (key), &bytes);
    }
  if (tide_buffer_ok (&buffer))
    append_frame (self, buffer.data, buffer.length);
  tide_buffer_finish (&buffer);
  g_hash_table_remove_all (self->dropped);
}

/* With the lock held: the first error is the one that is kept, and nothing is written after it.  */
static void
fail (TideJournal *self, GError *error)
{
  GByteArray *block;

  if (self->error == NULL)
    self->error = error;
  else
    g_error_free (error);
  while ((block = g_queue_pop_head (&self->blocks)) != NULL)
    g_byte_array_unref (block);
  g_clear_pointer (&self->open, g_byte_array_unref);
  self->waiting = 0;
}

void
tide_journal_push (TideJournal *self, const guint8 *frames, gsize length)
{
  TideFrameHeader header;

  g_mutex_lock (&self->mutex);
  while (self->error == NULL && !self->closing
         && tide_frame_peek (frames, length, &header) == TIDE_PEEK_FRAME)
    {
      gsize size = TIDE_WIRE_HEADER_SIZE + header.length;
      TideSlice payload = { (const char *)frames + TIDE_WIRE_HEADER_SIZE, header.length };

      if (self->waiting + size > QUEUE_BYTES && is_droppable (header.type))
        drop_frame (self, &header, payload);
      else if (self->waiting + size > 2 * QUEUE_BYTES)
        fail (self,
              g_error_new (
                  TIDE_STORE_ERROR, TIDE_STORE_ERROR_WRITE,
                  _ ("Cannot write the recording “%s”: the disk is too slow for what is being recorded."),
                  self->name));
      else
        {
          if (self->waiting + size <= QUEUE_BYTES)
            tell_dropped (self);
          append_frame (self, frames, size);
        }
      frames += size;
      length -= size;
    }
  g_mutex_unlock (&self->mutex);
}

/* When the open block has waited long enough.  The first one does not wait: a recording can be opened as soon
 * as it has its HELLO.  */
static gint64
get_deadline (TideJournal *self)
{
  return self->entries->len == 0 ? self->open_since : self->open_since + BLOCK_US;
}

/* The next block to write, NULL when there will be none.  */
static GByteArray *
wait_for_block (TideJournal *self)
{
  GByteArray *block;

  g_mutex_lock (&self->mutex);
  while (g_queue_is_empty (&self->blocks))
    {
      if (self->open == NULL && self->closing)
        break;
      if (self->open == NULL)
        g_cond_wait (&self->cond, &self->mutex);
      else if (self->closing || !g_cond_wait_until (&self->cond, &self->mutex, get_deadline (self)))
        close_open_block (self);
    }
  block = g_queue_pop_head (&self->blocks);
  g_mutex_unlock (&self->mutex);
  return block;
}

/* Bytes of index and trailer with one block more.  */
static guint64
size_of_end (TideJournal *self)
{
  return TIDE_FORMAT_INDEX_SIZE + (self->entries->len + 1ull) * TIDE_FORMAT_ENTRY_SIZE
         + TIDE_FORMAT_TRAILER_SIZE;
}

static gboolean
is_sync_due (TideJournal *self)
{
  gboolean idle;

  g_mutex_lock (&self->mutex);
  idle = g_queue_is_empty (&self->blocks);
  g_mutex_unlock (&self->mutex);
  return idle || g_get_monotonic_time () - self->synced_us >= SYNC_US;
}

/* All of DATA, or nothing: what a failing write left of it is cut off, so that the file ends with a whole
 * part.
 */
static gboolean
write_part (TideJournal *self, const guint8 *data, gsize length, GError **error)
{
  int code = write_all (self->fd, data, length);

  if (code == 0 && is_sync_due (self))
    {
      code = sync_data (self->fd);
      self->synced_us = g_get_monotonic_time ();
    }
  if (code == 0)
    return TRUE;
  set_write_error (error, self->name, code);
  /* The file is valid without this as well: a reader drops a block that is not whole.  */
  if (ftruncate (self->fd, (off_t)self->written) == 0)
    sync_data (self->fd);
  return FALSE;
}

static gboolean
write_block (TideJournal *self, const GByteArray *frames, GError **error)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  TideBlockSummary summary = tide_summarizer_add_block (self->summarizer, frames->data, frames->len);
  TideIndexEntry entry = { .offset = self->written };

  tide_format_put_block (out, frames->data, frames->len, &summary, &entry);
  if (self->max_bytes > 0 && self->written + out->len + size_of_end (self) > self->max_bytes)
    {
      g_autofree char *size = g_format_size_full (self->max_bytes, G_FORMAT_SIZE_IEC_UNITS);

      g_set_error (error, TIDE_STORE_ERROR, TIDE_STORE_ERROR_FULL,
                   _ ("The recording “%s” has reached its greatest size (%s) and was ended there."),
                   self->name, size);
      self->full = TRUE;
      return FALSE;
    }
  if (!write_part (self, out->data, out->len, error))
    return FALSE;
  g_array_append_val (self->entries, entry);
  g_mutex_lock (&self->mutex);
  self->written += out->len;
  self->waiting -= MIN (self->waiting, frames->len);
  g_mutex_unlock (&self->mutex);
  return TRUE;
}

static gpointer
run (gpointer data)
{
  TideJournal *self = data;
  GByteArray *block;

  while ((block = wait_for_block (self)) != NULL)
    {
      GError *error = NULL;

      if (!write_block (self, block, &error))
        {
          g_mutex_lock (&self->mutex);
          fail (self, error);
          g_mutex_unlock (&self->mutex);
        }
      g_byte_array_unref (block);
    }
  return NULL;
}

TideJournal *
tide_journal_new (const char *path, guint64 max_bytes, GError **error)
{
  g_autofree char *name = g_filename_display_name (path);
  g_autoptr (GByteArray) header = g_byte_array_new ();
  TideJournal *self;
  int fd = open_file (path, name, error);
  struct stat status;

  if (fd < 0)
    return NULL;
  self = g_new0 (TideJournal, 1);
  self->fd = fd;
  self->name = g_steal_pointer (&name);
  self->max_bytes = max_bytes;
  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  g_queue_init (&self->blocks);
  self->dropped = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  self->summarizer = tide_summarizer_new ();
  self->entries = g_array_new (FALSE, FALSE, sizeof (TideIndexEntry));
  tide_format_put_header (header);
  if (!write_part (self, header->data, header->len, error))
    {
      /* Nothing is left behind that looks like a recording; a device stays.  */
      if (fstat (fd, &status) == 0 && S_ISREG (status.st_mode))
        unlink (path);
      tide_journal_free (self);
      return NULL;
    }
  self->written = header->len;
  self->thread = g_thread_new ("journal", run, self);
  return self;
}

/* A descriptor is closed once, whatever close() says of it.  */
static int
close_file (TideJournal *self)
{
  int fd = self->fd;

  self->fd = -1;
  return close (fd) == 0 || errno == EINTR ? 0 : errno;
}

/* The thread has ended.  A recording that has reached its greatest size is ended properly, for which
 * write_block() kept room; one that could not be written is left as it is, so that whoever opens it is told.
 */
static void
write_end (TideJournal *self)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autoptr (GError) error = tide_journal_dup_error (self);

  if (error != NULL && !self->full)
    return;
  g_clear_error (&error);
  tide_format_put_end (out, self->written, self->entries);
  if (write_part (self, out->data, out->len, &error))
    {
      int code = close_file (self);

      if (code != 0)
        set_write_error (&error, self->name, code);
    }
  g_mutex_lock (&self->mutex);
  if (error != NULL)
    fail (self, g_steal_pointer (&error));
  else
    self->written += out->len;
  g_mutex_unlock (&self->mutex);
}

static void
stop (TideJournal *self)
{
  if (self->thread == NULL)
    return;
  g_mutex_lock (&self->mutex);
  if (self->error == NULL)
    tell_dropped (self);
  self->closing = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);
  g_thread_join (g_steal_pointer (&self->thread));
}

gboolean
tide_journal_close (TideJournal *self, GError **error)
{
  GError *copy;

  g_return_val_if_fail (self->thread != NULL, FALSE);
  stop (self);
  write_end (self);
  copy = tide_journal_dup_error (self);
  if (copy == NULL)
    return TRUE;
  g_propagate_error (error, copy);
  return FALSE;
}

void
tide_journal_free (TideJournal *self)
{
  if (self == NULL)
    return;
  stop (self);
  if (self->fd >= 0)
    close_file (self);
  g_queue_clear_full (&self->blocks, (GDestroyNotify)g_byte_array_unref);
  g_clear_pointer (&self->open, g_byte_array_unref);
  g_hash_table_unref (self->dropped);
  tide_summarizer_free (self->summarizer);
  g_array_unref (self->entries);
  g_clear_error (&self->error);
  g_cond_clear (&self->cond);
  g_mutex_clear (&self->mutex);
  g_free (self->name);
  g_free (self);
}

guint64
tide_journal_get_bytes (TideJournal *self)
{
  guint64 written;

  g_mutex_lock (&self->mutex);
  written = self->written;
  g_mutex_unlock (&self->mutex);
  return written;
}

GError *
tide_journal_dup_error (TideJournal *self)
{
  GError *error;

  g_mutex_lock (&self->mutex);
  error = self->error != NULL ? g_error_copy (self->error) : NULL;
  g_mutex_unlock (&self->mutex);
  return error;
}
