#include "fuzz.h"

#include "tide-decoder.h"
#include "tide-recording.h"

/* Bytes of a pipe, whole and in pieces: both ways must decode the same.  */
static guint
decode (const guint8 *data, gsize size, gsize piece, gboolean *ok)
{
  g_autoptr (TideDecoder) decoder = tide_decoder_new ();
  g_autoptr (TideRecording) recording = tide_recording_new ();
  TideBatch *batch;
  guint n = 0;

  *ok = TRUE;
  for (gsize at = 0; at < size; at += piece)
    *ok = tide_decoder_push (decoder, data + at, MIN (piece, size - at), NULL);
  while ((batch = tide_decoder_pop (decoder)) != NULL)
    tide_recording_append (recording, batch);
  for (guint i = 0; i < tide_recording_get_n_processes (recording); i++)
    {
      TideProcess *process = tide_recording_get_process (recording, i);

      n += tide_process_get_n_strings (process) + tide_process_get_n_nodes (process);
      n += (guint)tide_process_get_n_events (process);
    }
  return n;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  gboolean whole_ok, pieces_ok;
  guint whole = decode (data, size, MAX (size, 1), &whole_ok);
  guint pieces = decode (data, size, 7, &pieces_ok);

  g_assert_cmpuint (whole, ==, pieces);
  g_assert_true (whole_ok == pieces_ok);
  return 0;
}
