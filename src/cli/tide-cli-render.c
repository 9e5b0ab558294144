#include "config.h"

#include "tide-cli.h"
#include "tide-loader.h"
#include "tide-render.h"

#include <gio/gunixinputstream.h>
#include <glib/gi18n-lib.h>

#include <math.h>

#define DEFAULT_SIZE "1200x720"

typedef struct
{
  char *output;
  char *view;
  char *size;
  char *range;
  double scale;
  gboolean dark;
  char **files;
} Arguments;

static void
arguments_clear (Arguments *self)
{
  g_free (self->output);
  g_free (self->view);
  g_free (self->size);
  g_free (self->range);
  g_strfreev (self->files);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Arguments, arguments_clear)

static gboolean
parse_arguments (Arguments *self, int argc, char **argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &self->output, N_ ("Where the picture goes; .png or .svg"),
      N_ ("OUT") },
    { "view", 0, 0, G_OPTION_ARG_STRING, &self->view, N_ ("What is shown: timeline (default) or flamegraph"),
      N_ ("VIEW") },
    { "size", 0, 0, G_OPTION_ARG_STRING, &self->size, N_ ("Width and height in pixels (default: 1200x720)"),
      N_ ("WxH") },
    { "scale", 0, 0, G_OPTION_ARG_DOUBLE, &self->scale, N_ ("Dots for each pixel of a PNG (default: 1)"),
      N_ ("N") },
    { "dark", 0, 0, G_OPTION_ARG_NONE, &self->dark, N_ ("Light lines on a dark ground"), NULL },
    { "range", 0, 0, G_OPTION_ARG_STRING, &self->range,
      N_ ("Only from second A to second B; either may be left out"), N_ ("A..B") },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &self->files, NULL, N_ ("FILE") },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autofree char *program = g_strdup_printf ("pagetide %s", argv[0]);
  g_auto (GStrv) copy = g_new0 (char *, argc + 1);

  /* The help shows argv[0] as the program.  The array is GOption's to change; its strings are ours.  */
  copy[0] = g_strdup (program);
  for (int i = 1; i < argc; i++)
    copy[i] = g_strdup (argv[i]);
  g_set_prgname (program);
  g_option_context_set_summary (
      context, _ ("Draws the picture that the window would show. FILE may be - for standard input."));
  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  return g_option_context_parse_strv (context, &copy, error);
}

/* "1200x720"; also with the multiplication sign.  */
static gboolean
parse_size (const char *text, double *width, double *height)
{
  char *end;
  guint64 w, h;

  if (!g_ascii_isdigit (*text))
    return FALSE;
  w = g_ascii_strtoull (text, &end, 10);
  if (g_str_has_prefix (end, "×"))
    end += strlen ("×");
  else if (*end == 'x' || *end == 'X')
    end++;
  else
    return FALSE;
  if (!g_ascii_isdigit (*end))
    return FALSE;
  h = g_ascii_strtoull (end, &end, 10);
  *width = (double)w;
  *height = (double)h;
  return *end == '\0';
}

/* Seconds of one end of a range; empty leaves *TIME_NS as it is.  */
static gboolean
parse_seconds (const char *text, gint64 *time_ns)
{
  char *end;
  double seconds;

  if (*text == '\0')
    return TRUE;
  seconds = g_ascii_strtod (text, &end);
  if (*end != '\0' || !isfinite (seconds) || fabs (seconds) > 1e9)
    return FALSE;
  *time_ns = (gint64)llround (seconds * 1e9);
  return TRUE;
}

static gboolean
parse_range (const char *text, TideSpan *span)
{
  const char *dots = strstr (text, "..");
  g_autofree char *begin = NULL;

  if (dots == NULL)
    return FALSE;
  begin = g_strndup (text, (gsize)(dots - text));
  return parse_seconds (begin, &span->begin_ns) && parse_seconds (dots + 2, &span->end_ns)
         && span->begin_ns < span->end_ns;
}

static TideRecording *
load (const char *path, GError **error)
{
  g_autoptr (GFile) file = NULL;

  if (g_str_equal (path, "-"))
    {
      g_autoptr (GInputStream) stream = g_unix_input_stream_new (0, FALSE);

      return tide_load_stream (stream, NULL, error);
    }
  file = g_file_new_for_commandline_arg (path);
  return tide_load (file, NULL, NULL, NULL, error);
}

/* The picture is made in memory first: a failure leaves no half of a file, and an old one as it was.  Returns
 * the exit status.  */
static int
write_picture (TideRecording *recording, const TideRenderOptions *options, const char *path)
{
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (path);
  GMemoryOutputStream *picture = G_MEMORY_OUTPUT_STREAM (memory);
  g_autoptr (GError) error = NULL;

  if (!tide_render_timeline (recording, options, memory, NULL, &error))
    return tide_cli_fail ("%s", error->message);
  if (!g_file_replace_contents (file, g_memory_output_stream_get_data (picture),
                                g_memory_output_stream_get_data_size (picture), NULL, FALSE,
                                G_FILE_CREATE_NONE, NULL, NULL, &error))
    return tide_cli_fail (_ ("%s cannot be written: %s"), path, error->message);
  return 0;
}

static int
check_view (const char *view)
{
  if (view == NULL || g_str_equal (view, "timeline"))
    return 0;
  if (g_str_equal (view, "flamegraph"))
    return tide_cli_fail (_ ("The flame graph is not built yet; the view that can be rendered is timeline."));
  return tide_cli_fail (_ ("There is no view “%s” to render; the views are timeline and flamegraph."), view);
}

int
tide_cli_render (int argc, char **argv)
{
  g_auto (Arguments) arguments = { .scale = 1 };
  TideRenderOptions options = { .span = TIDE_SPAN_ALL };
  g_autoptr (TideRecording) recording = NULL;
  g_autoptr (GError) error = NULL;

  if (!parse_arguments (&arguments, argc, argv, &error))
    return tide_cli_fail ("%s", error->message);
  if (check_view (arguments.view) != 0)
    return 1;
  if (arguments.files == NULL || g_strv_length (arguments.files) != 1)
    return tide_cli_fail (_ ("One recording is wanted: pagetide render FILE -o OUT.png"));
  if (arguments.output == NULL)
    return tide_cli_fail (_ ("Say where the picture goes: -o OUT.png or -o OUT.svg"));
  if (!tide_render_format_from_path (arguments.output, &options.format))
    return tide_cli_fail (_ ("“%s” ends neither in .png nor in .svg."), arguments.output);
  if (!parse_size (arguments.size != NULL ? arguments.size : DEFAULT_SIZE, &options.width, &options.height))
    return tide_cli_fail (_ ("“%s” is not a size such as %s."), arguments.size, DEFAULT_SIZE);
  if (arguments.range != NULL && !parse_range (arguments.range, &options.span))
    return tide_cli_fail (_ ("“%s” is not a range of seconds such as 2.5..10."), arguments.range);
  options.scale = arguments.scale;
  options.dark = arguments.dark;

  recording = load (arguments.files[0], &error);
  if (recording == NULL)
    return tide_cli_fail ("%s", error->message);
  return write_picture (recording, &options, arguments.output);
}
