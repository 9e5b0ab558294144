#include "fuzz.h"

#include "tide-export.h"
#include "tide-loader.h"

/* Bytes of a file; what could be read of it is exported in every way.  */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_data (data, (gssize)size, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (TideRecording) recording = tide_load_stream (stream, NULL, &error);

  g_assert_true ((recording == NULL) == (error != NULL));
  for (guint view = 0; recording != NULL && view < TIDE_N_VIEWS; view++)
    for (guint format = 0; format <= TIDE_EXPORT_CSV; format++)
      {
        g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();
        const TideExportOptions options = {
          .view = (TideView)view, .format = (TideExportFormat)format, .span = TIDE_SPAN_ALL, .top = 1000
        };

        if (tide_view_is_supported (options.view))
          g_assert_true (tide_export (recording, &options, out, NULL, &error));
        g_assert_no_error (error);
      }
  return 0;
}
