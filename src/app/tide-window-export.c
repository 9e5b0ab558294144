#include "config.h"

#include "tide-window-private.h"

#include "tide-color-scheme.h"
#include "tide-render.h"

#include <glib/gi18n-lib.h>

/* A picture for a page or a slide; twice as fine, as screens are.  */
#define PICTURE_WIDTH 1200.0
#define PICTURE_HEIGHT 675.0
#define PICTURE_SCALE 2.0

static void
tide_window_exported (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TideWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_file_get_basename (G_FILE (source));

  if (g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    {
      g_autofree char *text = g_strdup_printf (_ ("Exported “%s”"), name);

      tide_message_bar_show (self->message_bar, TIDE_MESSAGE_NOTE, text, NULL, NULL);
    }
  else
    tide_window_show_error (self, _ ("The export failed"), error);
}

static void
tide_window_export_bytes (TideWindow *self, GFile *file, GBytes *bytes)
{
  g_file_replace_contents_bytes_async (file, bytes, NULL, FALSE, G_FILE_CREATE_REPLACE_DESTINATION, NULL,
                                       tide_window_exported, g_object_ref (self));
}

static void
tide_window_picture_chosen (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TideWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = tide_prompter_choose_file_finish (TIDE_PROMPTER (source), result, &error);
  g_autoptr (GOutputStream) stream = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *name = NULL;
  g_autofree char *title = NULL;
  TideRenderOptions options = { .width = PICTURE_WIDTH, .height = PICTURE_HEIGHT, .scale = PICTURE_SCALE };

  if (file == NULL)
    {
      tide_window_show_error (self, _ ("The picture could not be saved"), error);
      return;
    }
  name = g_file_get_basename (file);
  if (!tide_render_format_from_path (name, &options.format))
    {
      tide_window_show_error (self, _ ("The name of a picture must end in .png or .svg"), NULL);
      return;
    }
  if (tide_session_get_recording (self->session) == NULL)
    return;

  title = tide_session_dup_title (self->session);
  options.dark = tide_color_scheme_is_dark (gtk_widget_get_settings (GTK_WIDGET (self)));
  options.title = title;
  /* What is seen is what is drawn.  */
  options.span = tide_session_get_visible (self->session);
  stream = g_memory_output_stream_new_resizable ();
  if (!tide_render_timeline (tide_session_get_recording (self->session), &options, stream, NULL, &error)
      || !g_output_stream_close (stream, NULL, &error))
    {
      tide_window_show_error (self, _ ("The picture could not be drawn"), error);
      return;
    }
  bytes = g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (stream));
  tide_window_export_bytes (self, file, bytes);
}

void
tide_window_export_picture (TideWindow *self)
{
  g_autofree char *name = tide_window_suggest_name (self, ".png");
  TideFileRequest request = {
    .mode = TIDE_FILE_SAVE,
    .title = _ ("Export Chart"),
    .accept = _ ("_Export"),
    .name = name,
    .filter_name = _ ("Pictures (PNG, SVG)"),
    .filter_globs = "*.png;*.svg",
  };

  tide_prompter_choose_file_async (self->prompter, GTK_WINDOW (self), &request, tide_window_picture_chosen,
                                   g_object_ref (self));
}

static void
tide_window_table_chosen (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TideWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = tide_prompter_choose_file_finish (TIDE_PROMPTER (source), result, &error);
  g_autoptr (GBytes) bytes = NULL;
  char *text;

  if (file == NULL)
    {
      tide_window_show_error (self, _ ("The table could not be saved"), error);
      return;
    }
  text = tide_functions_view_to_csv (tide_window_get_functions_view (self));
  bytes = g_bytes_new_take (text, strlen (text));
  tide_window_export_bytes (self, file, bytes);
}

void
tide_window_export_table (TideWindow *self)
{
  g_autofree char *name = tide_window_suggest_name (self, "-functions.csv");
  TideFileRequest request = {
    .mode = TIDE_FILE_SAVE,
    .title = _ ("Export Table"),
    .accept = _ ("_Export"),
    .name = name,
    .filter_name = _ ("Comma-separated values"),
    .filter_globs = "*.csv",
  };

  tide_prompter_choose_file_async (self->prompter, GTK_WINDOW (self), &request, tide_window_table_chosen,
                                   g_object_ref (self));
}
