#include "fuzz.h"

#include "tide-decoder.h"
#include "tide-export.h"

/* Bytes of a pipe, pushed in pieces; all that came of them, as text.  */
static char *
decode (const guint8 *data, gsize size, gsize piece, gboolean *ok)
{
  g_autoptr (TideDecoder) decoder = tide_decoder_new ();
  g_autoptr (TideRecording) recording = tide_recording_new ();
  g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();
  g_autoptr (GError) error = NULL;
  TideBatch *batch;

  *ok = TRUE;
  for (gsize at = 0; at < size; at += piece)
    *ok = tide_decoder_push (decoder, data + at, MIN (piece, size - at), NULL);
  while ((batch = tide_decoder_pop (decoder)) != NULL)
    tide_recording_append (recording, batch);
  for (guint view = 0; view < TIDE_N_VIEWS; view++)
    {
      const TideExportOptions options = {
        .view = (TideView)view, .format = TIDE_EXPORT_CSV, .span = TIDE_SPAN_ALL, .top = 1000
      };

      if (tide_view_is_supported (options.view))
        g_assert_true (tide_export (recording, &options, out, NULL, &error));
      g_assert_no_error (error);
    }
  g_assert_true (g_output_stream_write_all (out, "", 1, NULL, NULL, NULL));
  g_assert_true (g_output_stream_close (out, NULL, NULL));
  return g_memory_output_stream_steal_data (G_MEMORY_OUTPUT_STREAM (out));
}

/* Whole and in pieces: both ways must decode the same.  */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  gboolean whole_ok, pieces_ok;
  g_autofree char *whole = decode (data, size, MAX (size, 1), &whole_ok);
  g_autofree char *pieces = decode (data, size, 7, &pieces_ok);

  g_assert_cmpstr (whole, ==, pieces);
  g_assert_true (whole_ok == pieces_ok);
  return 0;
}
