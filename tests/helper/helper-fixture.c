#include "helper-fixture.h"
#include "tide-mark-frames.h"
#include "tide-switch-frames.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Long after anything could still happen: a test fails rather than hang.  */
#define PATIENCE_MS 60000

/* Where the helper finds its ends of the pipes.  */
#define FRAMES_FD 8
#define CONTROL_FD 9

const char *
run_target_path (void)
{
  return g_getenv ("TIDE_HELPER_TARGET");
}

Run *
run_new (const char *options)
{
  Run *self = g_new0 (Run, 1);

  self->frames = self->control = -1;
  self->arguments = g_ptr_array_new_with_free_func (g_free);
  self->bytes = g_byte_array_new ();
  self->kept = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  self->types = g_array_new (FALSE, TRUE, sizeof (guint));
  self->samples = g_array_new (FALSE, TRUE, sizeof (TideSample));
  self->events = g_array_new (FALSE, TRUE, sizeof (TideEvent));
  self->nodes = g_array_new (FALSE, TRUE, sizeof (TideNodeInfo));
  self->codes = g_array_new (FALSE, TRUE, sizeof (TideCodeInfo));
  self->strings = g_ptr_array_new_with_free_func (g_free);
  self->instruments = g_array_new (FALSE, TRUE, sizeof (TideInstrumentInfo));
  self->messages = g_array_new (FALSE, TRUE, sizeof (TideMessage));
  self->lost = g_array_new (FALSE, TRUE, sizeof (TideLost));
  self->pauses = g_array_new (FALSE, TRUE, sizeof (TidePause));
  for (guint i = 0; i < G_N_ELEMENTS (self->output); i++)
    self->output[i] = g_string_new (NULL);
  run_add (self, g_getenv ("PAGETIDE_HELPER"));
  run_add (self, "launch");
  run_add (self, "--frames");
  run_add (self, G_STRINGIFY (FRAMES_FD));
  run_add (self, "--control");
  run_add (self, G_STRINGIFY (CONTROL_FD));
  if (options != NULL)
    {
      g_auto (GStrv) words = g_strsplit (options, " ", -1);

      for (char **w = words; *w != NULL; w++)
        run_add (self, *w);
    }
  return self;
}

void
run_free (Run *self)
{
  run_close_frames (self);
  if (self->control >= 0)
    close (self->control);
  if (self->pid != 0)
    run_wait (self);
  g_ptr_array_unref (self->arguments);
  g_byte_array_unref (self->bytes);
  g_ptr_array_unref (self->kept);
  g_array_unref (self->types);
  g_array_unref (self->samples);
  g_array_unref (self->events);
  g_array_unref (self->nodes);
  g_array_unref (self->codes);
  g_ptr_array_unref (self->strings);
  g_array_unref (self->instruments);
  g_array_unref (self->messages);
  g_array_unref (self->lost);
  g_array_unref (self->pauses);
  for (guint i = 0; i < G_N_ELEMENTS (self->output); i++)
    g_string_free (self->output[i], TRUE);
  g_free (self);
}

void
run_add (Run *self, const char *argument)
{
  g_assert_nonnull (argument);
  g_ptr_array_add (self->arguments, g_strdup (argument));
}

void
run_add_python (Run *self, const char *python, const char *program)
{
  run_add (self, "--agent");
  run_add (self, g_getenv ("PAGETIDE_AGENT"));
  run_add (self, "--");
  run_add (self, python);
  run_add (self, program);
}

void
run_add_target (Run *self, const char *first_step, ...)
{
  va_list steps;

  run_add (self, "--");
  run_add (self, run_target_path ());
  va_start (steps, first_step);
  for (const char *step = first_step; step != NULL; step = va_arg (steps, const char *))
    run_add (self, step);
  va_end (steps);
}

void
run_start (Run *self, char **environment)
{
  g_autoptr (GError) error = NULL;
  const int targets[] = { FRAMES_FD, CONTROL_FD };
  int frames[2], control[2], sources[2];

  g_unix_open_pipe (frames, FD_CLOEXEC, &error);
  g_assert_no_error (error);
  g_unix_open_pipe (control, FD_CLOEXEC, &error);
  g_assert_no_error (error);
  sources[0] = frames[1];
  sources[1] = control[0];
  g_ptr_array_add (self->arguments, NULL);
  g_spawn_async_with_pipes_and_fds (NULL, (const char *const *)self->arguments->pdata,
                                    (const char *const *)environment,
                                    G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_CHILD_INHERITS_STDIN, NULL, NULL, -1,
                                    -1, -1, sources, targets, 2, &self->pid, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  close (frames[1]);
  close (control[0]);
  self->frames = frames[0];
  self->control = control[1];
}

static void
check_time (Run *self, gint64 time_ns)
{
  g_assert_cmpint (time_ns, >=, self->last_ns);
  self->last_ns = time_ns;
}

static void
take_events (Run *self, TideSlice payload)
{
  TideEventReader reader;
  TideEvent event;

  g_assert_true (tide_event_reader_begin (&reader, payload));
  while (tide_event_reader_next (&reader, &event))
    {
      g_assert_cmpuint (event.node, <=, self->nodes->len);
      check_time (self, event.time_ns);
      g_array_append_val (self->events, event);
    }
  g_assert_true (tide_event_reader_ok (&reader));
}

static void
take_definition (Run *self, guint type, TideSlice payload)
{
  TideNodeInfo node;
  TideCodeInfo code;

  if (type == TIDE_FRAME_STRING)
    g_ptr_array_add (self->strings, g_strndup (payload.data, payload.length));
  else if (type == TIDE_FRAME_CODE)
    {
      g_assert_true (tide_get_code (payload, &code));
      g_assert_cmpuint (code.file, <=, self->strings->len);
      g_assert_cmpuint (code.name, <=, self->strings->len);
      g_array_append_val (self->codes, code);
    }
  else
    {
      g_assert_true (tide_get_node (payload, &node));
      g_assert_cmpuint (node.parent, <=, self->nodes->len);
      g_assert_cmpuint (node.code, <=, self->codes->len);
      g_array_append_val (self->nodes, node);
    }
}

#define TAKE(type, get, array, payload)                                                                      \
  {                                                                                                          \
    type value;                                                                                              \
    g_assert_true (get (payload, &value));                                                                   \
    check_time (self, value.time_ns);                                                                        \
    g_array_append_val (array, value);                                                                       \
  }

static void
take (Run *self, guint type, TideSlice payload)
{
  TideOutput output;
  TideMarkInfo mark;
  TideGcInfo gc;

  g_array_append_val (self->types, type);
  /* HELLO is the first, and BYE the last.  */
  g_assert_cmpint (type == TIDE_FRAME_HELLO, ==, self->types->len == 1);
  if (self->types->len > 1)
    g_assert_cmpuint (g_array_index (self->types, guint, self->types->len - 2), !=, TIDE_FRAME_BYE);
  switch (type)
    {
    case TIDE_FRAME_HELLO:
      g_assert_true (tide_get_hello (payload, &self->hello));
      break;
    case TIDE_FRAME_STRING:
    case TIDE_FRAME_CODE:
    case TIDE_FRAME_NODE:
      take_definition (self, type, payload);
      break;
    case TIDE_FRAME_EVENTS:
      take_events (self, payload);
      break;
    case TIDE_FRAME_SAMPLE:
      TAKE (TideSample, tide_get_sample, self->samples, payload);
      break;
    case TIDE_FRAME_INSTRUMENT:
      TAKE (TideInstrumentInfo, tide_get_instrument, self->instruments, payload);
      break;
    case TIDE_FRAME_MESSAGE:
      TAKE (TideMessage, tide_get_message, self->messages, payload);
      break;
    case TIDE_FRAME_LOST:
      TAKE (TideLost, tide_get_lost, self->lost, payload);
      break;
    case TIDE_FRAME_PAUSE:
      TAKE (TidePause, tide_get_pause, self->pauses, payload);
      break;
    case TIDE_FRAME_OUTPUT:
      g_assert_true (tide_get_output (payload, &output));
      check_time (self, output.time_ns);
      g_assert_cmpuint (output.descriptor, >=, 1);
      g_assert_cmpuint (output.descriptor, <=, 2);
      g_string_append_len (self->output[output.descriptor], output.bytes.data, (gssize)output.bytes.length);
      break;
    case TIDE_FRAME_OVERHEAD:
      g_assert_true (tide_get_overhead (payload, &self->overhead));
      check_time (self, self->overhead.time_ns);
      break;
    case TIDE_FRAME_PYTHON:
      g_assert_true (tide_get_python (payload, &self->python));
      break;
    case TIDE_FRAME_BYE:
      g_assert_true (tide_get_bye (payload, &self->bye));
      check_time (self, self->bye.time_ns);
      break;
    case TIDE_FRAME_GC:
      g_assert_true (tide_get_gc (payload, &gc));
      check_time (self, gc.time_ns);
      break;
    case TIDE_FRAME_MARK:
      g_assert_true (tide_get_mark (payload, &mark));
      check_time (self, mark.time_ns);
      break;
    case TIDE_FRAME_THREAD:
    case TIDE_FRAME_CALLS:
    case TIDE_FRAME_COUNTS:
    case TIDE_FRAME_SITES:
      break;
    default:
      g_error ("a frame of type %u", type);
    }
}

static gboolean
read_more (Run *self)
{
  struct pollfd p = { .fd = self->frames, .events = POLLIN };
  guint8 chunk[65536];
  gssize n;

  if (self->frames < 0)
    return FALSE;
  g_assert_cmpint (poll (&p, 1, PATIENCE_MS), ==, 1);
  n = read (self->frames, chunk, sizeof chunk);
  g_assert_cmpint (n, >=, 0);
  g_byte_array_append (self->bytes, chunk, (guint)n);
  return n > 0;
}

gboolean
run_read_frame (Run *self)
{
  TideFrameHeader header;
  GBytes *kept;
  TidePeek peek;

  while ((peek = tide_frame_peek (self->bytes->data + self->next, self->bytes->len - self->next, &header))
         == TIDE_PEEK_SHORT)
    if (!read_more (self))
      {
        /* No frame is cut.  */
        g_assert_cmpuint (self->next, ==, self->bytes->len);
        return FALSE;
      }
  g_assert_cmpint (peek, ==, TIDE_PEEK_FRAME);
  g_assert_cmpuint (header.stream, ==, 0);
  kept = g_bytes_new (self->bytes->data + self->next + TIDE_WIRE_HEADER_SIZE, header.length);
  g_ptr_array_add (self->kept, kept);
  self->next += TIDE_WIRE_HEADER_SIZE + header.length;
  take (self, header.type,
        (TideSlice){ header.length > 0 ? g_bytes_get_data (kept, NULL) : "", header.length });
  return TRUE;
}

gboolean
run_read_until (Run *self, TideFrameType type)
{
  while (run_read_frame (self))
    if (g_array_index (self->types, guint, self->types->len - 1) == (guint)type)
      return TRUE;
  return FALSE;
}

int
run_wait (Run *self)
{
  g_assert_cmpint (self->pid, !=, 0);
  while (waitpid (self->pid, &self->status, 0) < 0)
    g_assert_cmpint (errno, ==, EINTR);
  self->pid = 0;
  return WIFSIGNALED (self->status) ? 1000 + WTERMSIG (self->status) : WEXITSTATUS (self->status);
}

int
run_finish (Run *self)
{
  while (run_read_frame (self))
    ;
  g_assert_cmpuint (g_array_index (self->types, guint, self->types->len - 1), ==, TIDE_FRAME_BYE);
  return run_wait (self);
}

void
run_send (Run *self, const TideBuffer *frames)
{
  g_assert_cmpint (write (self->control, frames->data, frames->length), ==, (gssize)frames->length);
}

void
run_switch (Run *self, guint on, guint off)
{
  const TideSwitch wish = { .on = on, .off = off };
  TideBuffer buffer;

  tide_buffer_init (&buffer);
  tide_put_switch (&buffer, 0, &wish);
  run_send (self, &buffer);
  tide_buffer_finish (&buffer);
}

void
run_close_frames (Run *self)
{
  if (self->frames >= 0)
    close (self->frames);
  self->frames = -1;
}

gint64
run_sum_events (Run *self)
{
  gint64 sum = 0;

  for (guint i = 0; i < self->events->len; i++)
    sum += g_array_index (self->events, TideEvent, i).delta_pages;
  return sum;
}

gboolean
run_is_told (Run *self, const char *part)
{
  for (guint i = 0; i < self->messages->len; i++)
    {
      const TideSlice text = g_array_index (self->messages, TideMessage, i).text;

      if (g_strstr_len (text.data, (gssize)text.length, part) != NULL)
        return TRUE;
    }
  return FALSE;
}

gint64
run_sum_of (Run *self, const char *function)
{
  gint64 sum = 0;

  for (guint i = 0; i < self->events->len; i++)
    {
      const TideEvent *event = &g_array_index (self->events, TideEvent, i);
      const TideCodeInfo *code;

      if (event->node == 0)
        continue;
      code = &g_array_index (self->codes, TideCodeInfo,
                             g_array_index (self->nodes, TideNodeInfo, event->node - 1).code - 1);
      if (strcmp (self->strings->pdata[code->name - 1], function) == 0)
        sum += event->delta_pages;
    }
  return sum;
}

char *
run_make_fifo (int *fd)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *directory = g_dir_make_tmp ("pagetide-helper-XXXXXX", &error);
  char *path;

  g_assert_no_error (error);
  path = g_build_filename (directory, "fifo", NULL);
  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  *fd = open (path, O_RDWR | O_CLOEXEC);
  g_assert_cmpint (*fd, >=, 0);
  return path;
}

void
run_remove_fifo (char *path, int fd)
{
  g_autofree char *directory = g_path_get_dirname (path);

  close (fd);
  g_unlink (path);
  g_rmdir (directory);
  g_free (path);
}
