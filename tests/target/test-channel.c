#include "tide-channel.h"
#include "tide-frames.h"
#include "tide-loader.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static char *scratch;

typedef struct
{
  int fd; /* to write into */
  char *path;
  TideChannel *channel;
  TideBuffer buffer;
  guint n_ready, n_ended;
  guint n_batches, n_events, n_ends;
  guint end_kind;
} Fixture;

static void
on_ready (gpointer data)
{
  Fixture *f = data;

  f->n_ready++;
}

static void
on_ended (gpointer data)
{
  Fixture *f = data;

  f->n_ended++;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  int fds[2];
  TideJournal *journal;

  g_assert_true (g_unix_open_pipe (fds, FD_CLOEXEC, NULL));
  f->fd = fds[1];
  f->path = g_build_filename (scratch, "channel.pagetide", NULL);
  journal = tide_journal_new (f->path, 0, &error);
  g_assert_no_error (error);
  tide_buffer_init (&f->buffer);
  f->channel = tide_channel_new (fds[0], journal, on_ready, on_ended, f, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_pointer (&f->channel, tide_channel_free);
  if (f->fd >= 0)
    close (f->fd);
  tide_buffer_finish (&f->buffer);
  g_unlink (f->path);
  g_free (f->path);
}

static void
put_hello (Fixture *f)
{
  TideHello hello = { .pid = 4242, .page_size = 4096 };

  tide_put_hello (&f->buffer, 0, &hello, NULL, 0);
}

static void
put_events (Fixture *f, gint64 time_ns, guint n)
{
  g_autofree TideEvent *events = g_new0 (TideEvent, n);

  for (guint i = 0; i < n; i++)
    events[i] = (TideEvent){ .time_ns = time_ns + i, .delta_pages = 1, .rss_pages = 100 };
  tide_put_events (&f->buffer, 0, events, n);
}

static void
put_bye (Fixture *f, gint64 time_ns)
{
  TideBye bye = { .time_ns = time_ns, .kind = TIDE_END_EXITED, .value = 3 };

  tide_put_bye (&f->buffer, 0, &bye);
}

static void
send_buffer (Fixture *f, gsize piece)
{
  g_assert_true (tide_buffer_ok (&f->buffer));
  while (f->buffer.length > 0)
    {
      gssize n = write (f->fd, f->buffer.data, MIN (piece, f->buffer.length));

      g_assert_cmpint (n, >, 0);
      tide_buffer_consume (&f->buffer, n);
    }
}

static void
close_pipe (Fixture *f)
{
  close (f->fd);
  f->fd = -1;
}

static void
take_all (Fixture *f)
{
  TideBatch *batch;

  while ((batch = tide_channel_pop (f->channel)) != NULL)
    {
      f->n_batches++;
      f->n_events += batch->events != NULL ? batch->events->len : 0;
      if (batch->end != NULL)
        {
          f->n_ends++;
          f->end_kind = batch->end->kind;
        }
      tide_batch_free (batch);
    }
}

static void
wait_for_end (Fixture *f)
{
  while (f->n_ended == 0)
    {
      g_main_context_iteration (NULL, TRUE);
      take_all (f);
    }
  take_all (f);
}

static void
test_whole (Fixture *f, gconstpointer data)
{
  gsize piece = GPOINTER_TO_SIZE (data);
  g_autoptr (GFile) file = g_file_new_for_path (f->path);
  g_autoptr (TideRecording) recording = NULL;
  g_autoptr (GError) error = NULL;

  put_hello (f);
  put_events (f, 1000, 100);
  put_events (f, 2000, 100);
  put_bye (f, 3000);
  send_buffer (f, piece);
  close_pipe (f);
  wait_for_end (f);
  g_assert_cmpuint (f->n_ended, ==, 1);
  g_assert_cmpuint (f->n_ready, >=, 1);
  g_assert_cmpuint (f->n_events, ==, 200);
  g_assert_cmpuint (f->n_ends, ==, 1);
  g_assert_cmpuint (f->end_kind, ==, TIDE_END_EXITED);
  g_assert_true (tide_channel_is_whole (f->channel));
  error = tide_channel_dup_error (f->channel);
  g_assert_no_error (error);
  g_assert_cmpuint (tide_channel_get_journal_bytes (f->channel), >, 0);

  recording = tide_load (file, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (tide_recording_is_complete (recording));
  g_assert_cmpuint (tide_process_get_n_events (tide_recording_get_process (recording, 0)), ==, 200);
}

static void
test_cut (Fixture *f, gconstpointer data)
{
  put_hello (f);
  put_events (f, 1000, 100);
  /* Half a frame at the end.  */
  put_bye (f, 3000);
  f->buffer.length -= 1;
  send_buffer (f, G_MAXSSIZE);
  close_pipe (f);
  wait_for_end (f);
  g_assert_cmpuint (f->n_events, ==, 100);
  g_assert_cmpuint (f->n_ends, ==, 1);
  g_assert_cmpuint (f->end_kind, ==, TIDE_END_UNKNOWN);
  g_assert_false (tide_channel_is_whole (f->channel));
}

static void
test_empty (Fixture *f, gconstpointer data)
{
  close_pipe (f);
  wait_for_end (f);
  g_assert_cmpuint (f->n_batches, ==, 0);
  g_assert_false (tide_channel_is_whole (f->channel));
}

/* The rest is read to its end, so that whoever writes is not held up, and the end is noticed.  */
static void
test_garbage (Fixture *f, gconstpointer data)
{
  g_autofree guint8 *garbage = g_malloc (3u << 20);
  g_autoptr (GError) error = NULL;

  memset (garbage, 0xff, 3u << 20);
  put_hello (f);
  put_events (f, 1000, 100);
  tide_buffer_put_bytes (&f->buffer, garbage, 3u << 20);
  send_buffer (f, G_MAXSSIZE);
  close_pipe (f);
  wait_for_end (f);
  g_assert_cmpuint (f->n_events, ==, 100);
  g_assert_cmpuint (f->end_kind, ==, TIDE_END_UNKNOWN);
  error = tide_channel_dup_error (f->channel);
  g_assert_nonnull (error);
}

/* A frame that is whole but lies.  */
static void
test_lie (Fixture *f, gconstpointer data)
{
  TideEvent event = { .time_ns = 1, .node = 7 };
  g_autoptr (GError) error = NULL;

  put_hello (f);
  tide_put_events (&f->buffer, 0, &event, 1);
  put_bye (f, 3000);
  send_buffer (f, G_MAXSSIZE);
  close_pipe (f);
  wait_for_end (f);
  g_assert_cmpuint (f->n_events, ==, 0);
  g_assert_cmpuint (f->end_kind, ==, TIDE_END_UNKNOWN);
  error = tide_channel_dup_error (f->channel);
  g_assert_nonnull (error);
}

/* Nobody takes batches: the writer is held up long before memory is; then all of it comes.  */
static void
test_back_pressure (Fixture *f, gconstpointer data)
{
  struct pollfd p = { .fd = f->fd, .events = POLLOUT };
  guint64 total = 0;
  guint n_events = 0;

  g_assert_true (g_unix_set_fd_nonblocking (f->fd, TRUE, NULL));
  put_hello (f);
  for (;;)
    {
      gssize n;

      if (f->buffer.length == 0)
        {
          put_events (f, n_events, 4000);
          n_events += 4000;
        }
      n = write (f->fd, f->buffer.data, f->buffer.length);
      if (n > 0)
        {
          total += n;
          tide_buffer_consume (&f->buffer, n);
          g_assert_cmpuint (total, <, 256u << 20);
        }
      else
        {
          g_assert_cmpint (errno, ==, EAGAIN);
          /* Half a second without room: it waits.  */
          if (poll (&p, 1, 500) == 0)
            break;
        }
    }
  g_assert_cmpuint (total, >, 1u << 20);
  g_assert_true (g_unix_set_fd_nonblocking (f->fd, FALSE, NULL));
  take_all (f);
  while (f->buffer.length > 0)
    {
      gssize n;

      take_all (f);
      if (poll (&p, 1, 0) <= 0)
        continue;
      n = write (f->fd, f->buffer.data, MIN (f->buffer.length, PIPE_BUF));
      g_assert_cmpint (n, >, 0);
      tide_buffer_consume (&f->buffer, n);
    }
  put_bye (f, n_events + 1);
  send_buffer (f, G_MAXSSIZE);
  close_pipe (f);
  wait_for_end (f);
  g_assert_cmpuint (f->n_events, ==, n_events);
  g_assert_true (tide_channel_is_whole (f->channel));
}

/* Freed while the program lives, with a full queue: the writer learns it, nobody is called.  */
static void
test_free (Fixture *f, gconstpointer data)
{
  put_hello (f);
  send_buffer (f, G_MAXSSIZE);
  while (f->n_ready == 0)
    g_main_context_iteration (NULL, TRUE);
  put_events (f, 1000, 100);
  send_buffer (f, G_MAXSSIZE);
  g_clear_pointer (&f->channel, tide_channel_free);
  g_assert_cmpint (write (f->fd, "x", 1), ==, -1);
  g_assert_cmpint (errno, ==, EPIPE);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (f->n_ended, ==, 0);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  signal (SIGPIPE, SIG_IGN);
  scratch = g_dir_make_tmp ("tide-channel-XXXXXX", NULL);
#define ADD(name, data, func) g_test_add ("/channel/" name, Fixture, data, set_up, func, tear_down)
  ADD ("whole", GSIZE_TO_POINTER (G_MAXSSIZE), test_whole);
  ADD ("whole-in-pieces", GSIZE_TO_POINTER (7), test_whole);
  ADD ("cut", NULL, test_cut);
  ADD ("empty", NULL, test_empty);
  ADD ("garbage", NULL, test_garbage);
  ADD ("lie", NULL, test_lie);
  ADD ("back-pressure", NULL, test_back_pressure);
  ADD ("free", NULL, test_free);
  status = g_test_run ();
  g_rmdir (scratch);
  g_free (scratch);
  return status;
}
