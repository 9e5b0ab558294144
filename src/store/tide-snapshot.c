#include "config.h"

#include "tide-snapshot.h"

#include "tide-crc32.h"
#include "tide-recording-format.h"
#include "tide-store-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

typedef struct
{
  GInputStream *in;
  GOutputStream *out;
  GCancellable *cancellable;
  guint64 offset; /* of what is written next */
  GArray *entries;
} Snapshot;

/* FALSE without an error: that much is not there.  */
static gboolean
take (Snapshot *self, guint8 *data, gsize length, GError **error)
{
  gsize n_read;

  return g_input_stream_read_all (self->in, data, length, &n_read, self->cancellable, error)
         && n_read == length;
}

static gboolean
give (Snapshot *self, const guint8 *data, gsize length, GError **error)
{
  self->offset += length;
  return g_output_stream_write_all (self->out, data, length, NULL, self->cancellable, error);
}

/* The journal's own header; one of another major version is not being written by us.  */
static gboolean
copy_header (Snapshot *self, GError **error)
{
  guint8 head[TIDE_FORMAT_HEADER_SIZE];
  g_autoptr (GByteArray) fresh = g_byte_array_new ();
  guint32 length;
  guint major;

  if (!take (self, head, sizeof head, error) || !tide_format_get_header (head, &major, &length)
      || major != TIDE_FORMAT_MAJOR || length != sizeof head)
    return FALSE;
  tide_format_put_header (fresh);
  return give (self, fresh->data, fresh->len, error);
}

/* FALSE without an error: there is no further whole block.  What its writer takes back again, since the disk
 * is full, has a wrong checksum or is not there.  */
static gboolean
copy_block (Snapshot *self, GError **error)
{
  guint8 start[8];
  g_autofree guint8 *head = NULL;
  g_autofree guint8 *stored = NULL;
  TideIndexEntry entry = { .offset = self->offset };
  TideBlockHeader header;
  guint head_length;

  if (!take (self, start, sizeof start, error) || (head_length = tide_format_peek_block (start)) == 0)
    return FALSE;
  head = g_malloc (head_length);
  memcpy (head, start, sizeof start);
  if (!take (self, head + sizeof start, head_length - sizeof start, error)
      || !tide_format_get_block (head, head_length, &header))
    return FALSE;
  stored = g_malloc (header.stored_length);
  if (!take (self, stored, header.stored_length, error)
      || tide_crc32 (stored, header.stored_length) != header.crc)
    return FALSE;
  entry.length = head_length + header.stored_length;
  entry.raw_length = header.raw_length;
  entry.first_ns = header.summary.first_ns;
  entry.last_ns = header.summary.last_ns;
  g_array_append_val (self->entries, entry);
  return give (self, head, head_length, error) && give (self, stored, header.stored_length, error);
}

static gboolean
copy (Snapshot *self, GError **error)
{
  g_autoptr (GByteArray) end = g_byte_array_new ();
  GError *problem = NULL;

  if (copy_header (self, &problem))
    while (copy_block (self, &problem))
      ;
  if (problem == NULL && self->entries->len == 0)
    g_set_error_literal (&problem, TIDE_STORE_ERROR, TIDE_STORE_ERROR_DAMAGED,
                         _ ("Nothing is recorded yet; try again in a moment."));
  if (problem != NULL)
    {
      g_propagate_error (error, problem);
      return FALSE;
    }
  tide_format_put_end (end, self->offset, self->entries);
  return give (self, end->data, end->len, error);
}

gboolean
tide_snapshot_copy (GFile *from, GFile *to, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFileInputStream) in = NULL;
  g_autoptr (GFileOutputStream) out = NULL;
  g_autoptr (GArray) entries = g_array_new (FALSE, FALSE, sizeof (TideIndexEntry));
  g_autoptr (GCancellable) no = NULL;
  gboolean replaces;
  Snapshot self;

  g_return_val_if_fail (G_IS_FILE (from) && G_IS_FILE (to), FALSE);

  in = g_file_read (from, cancellable, error);
  if (in == NULL)
    return FALSE;
  replaces = g_file_query_exists (to, cancellable);
  out = g_file_replace (to, NULL, FALSE, G_FILE_CREATE_PRIVATE, cancellable, error);
  if (out == NULL)
    return FALSE;
  self = (Snapshot){ G_INPUT_STREAM (in), G_OUTPUT_STREAM (out), cancellable, 0, entries };
  if (copy (&self, error))
    return g_output_stream_close (self.out, cancellable, error);
  /* Closing would put what is there in place of the old file; a new one is there already.  */
  no = g_cancellable_new ();
  g_cancellable_cancel (no);
  g_output_stream_close (self.out, no, NULL);
  if (!replaces)
    g_file_delete (to, NULL, NULL);
  return FALSE;
}
