#include "tide-calls-frames.h"
#include "tide-frames.h"
#include "tide-mark-frames.h"
#include "tide-sites-frames.h"
#include "tide-switch-frames.h"

#include <glib.h>

/* Writes seeds for the fuzz programs into a folder, with the encoders of this very tree: they are whole
 * whatever becomes of the formats, and no frame type is missing.  */

#define SLICE(text) ((TideSlice){ text, sizeof text - 1 })
#define MS 1000000ll

/* What a change has to teach this program: a type that is not named here does not compile without a warning,
 * and one that no seed has ends it.  */
static TideFrameType
next_type (TideFrameType type)
{
  switch (type)
    {
    case TIDE_FRAME_HELLO:
    case TIDE_FRAME_PYTHON:
    case TIDE_FRAME_STRING:
    case TIDE_FRAME_CODE:
    case TIDE_FRAME_NODE:
    case TIDE_FRAME_THREAD:
    case TIDE_FRAME_EVENTS:
    case TIDE_FRAME_SAMPLE:
    case TIDE_FRAME_INSTRUMENT:
    case TIDE_FRAME_MESSAGE:
    case TIDE_FRAME_LOST:
    case TIDE_FRAME_OVERHEAD:
    case TIDE_FRAME_OUTPUT:
    case TIDE_FRAME_PAUSE:
    case TIDE_FRAME_BYE:
    case TIDE_FRAME_CALLS:
    case TIDE_FRAME_COUNTS:
    case TIDE_FRAME_SITES:
    case TIDE_FRAME_GC:
    case TIDE_FRAME_SIGNAL:
    case TIDE_FRAME_SUSPEND:
    case TIDE_FRAME_DETACH:
    case TIDE_FRAME_SWITCH:
      return (TideFrameType)(type + 1);
    case TIDE_FRAME_MARK:
      return TIDE_FRAME_SIGNAL;
    case TIDE_FRAME_BUDGET:
      break;
    }
  return 0;
}

static gboolean written[TIDE_FRAME_BUDGET + 1];

static void
save (TideBuffer *buffer, const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;
  TideFrameHeader header;

  g_assert_true (tide_buffer_ok (buffer));
  g_file_set_contents (path, (const char *)buffer->data, (gssize)buffer->length, &error);
  g_assert_no_error (error);
  for (gsize at = 0; tide_frame_peek (buffer->data + at, buffer->length - at, &header) == TIDE_PEEK_FRAME;
       at += TIDE_WIRE_HEADER_SIZE + header.length)
    written[header.type] = TRUE;
  tide_buffer_clear (buffer);
}

/* A process with what the other frames speak of: four strings, three codes, three nodes, two threads.  */
static void
put_process (TideBuffer *buffer, guint16 stream, guint32 pid, guint32 parent)
{
  static const TideSlice args[] = { { "python3", 7 }, { "a \n\xff.py", 8 } };
  const TideHello hello = { .pid = pid,
                            .parent_pid = parent,
                            .page_size = 4096,
                            .start_wall_ns = 1700000000000 * MS,
                            .clock_base_ns = 5,
                            .process_start_ns = stream * 10u * (guint64)MS + 5,
                            .instruments = 0xff,
                            .producer = SLICE ("pagetide"),
                            .executable = SLICE ("/usr/bin/python3"),
                            .directory = SLICE ("/"),
                            .host = SLICE ("h") };

  tide_put_hello (buffer, stream, &hello, args, G_N_ELEMENTS (args));
  tide_put_python (buffer, stream, &(TidePythonInfo){ 0x030d00f0, TIDE_PYTHON_DEBUG, SLICE ("3.13.0") });
  tide_put_string (buffer, stream, SLICE ("/a.py"));
  tide_put_string (buffer, stream, SLICE ("grow"));
  tide_put_string (buffer, stream, SLICE ("\xff\n"));
  tide_put_string (buffer, stream, SLICE (""));
  tide_put_code (buffer, stream, &(TideCodeInfo){ 1, 2, 10 });
  tide_put_code (buffer, stream, &(TideCodeInfo){ 1, 3, 20 });
  tide_put_code (buffer, stream, &(TideCodeInfo){ 4, 2, 0 });
  tide_put_node (buffer, stream, &(TideNodeInfo){ 0, 1, 11 });
  tide_put_node (buffer, stream, &(TideNodeInfo){ 1, 2, 21 });
  tide_put_node (buffer, stream, &(TideNodeInfo){ 2, 3, 0 });
  tide_put_thread (buffer, stream, &(TideThreadInfo){ pid, SLICE ("MainThread") });
  tide_put_thread (buffer, stream, &(TideThreadInfo){ pid + 1, SLICE ("") });
}

static void
put_events (TideBuffer *buffer, guint16 stream)
{
  TideEvent events[6];

  for (guint i = 0; i < G_N_ELEMENTS (events); i++)
    events[i] = (TideEvent){ i * MS, i % 2 == 0 ? 10 : -3, 1000 + i, i % 4, i % 3, (TideSource)i };
  tide_put_events (buffer, stream, events, G_N_ELEMENTS (events));
  tide_put_sample (buffer, stream, &(TideSample){ 7 * MS, 1010, 15, 1, 2, 3, 4000, 5000, 6 });
}

static void
put_bye (TideBuffer *buffer, guint16 stream, TideEndKind kind)
{
  tide_put_bye (buffer, stream,
                &(TideBye){ .time_ns = 90 * MS, .kind = kind, .value = 3, .peak_rss_bytes = 5 << 20 });
}

static void
put_calls (TideBuffer *buffer, guint16 stream)
{
  TideCall calls[40];

  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    {
      TideCallKind kind = (TideCallKind)(i % TIDE_N_CALL_KINDS);
      gboolean is_c = kind >= TIDE_CALL_C_CALL && kind <= TIDE_CALL_C_EXCEPT;

      calls[i] = (TideCall){ .time_ns = 8 * i,
                             .cpu_ns = i % 3 == 2 ? -1 : 8 * (gint64)(i - i / 10),
                             .rss_pages = 1000 + i / 4,
                             .thread = i / 10 % 3,
                             .code = 1 + i % 3,
                             .caller = is_c ? 1 : 0,
                             .line = i % 5,
                             .kind = kind };
    }
  tide_put_calls (buffer, stream, calls, G_N_ELEMENTS (calls));
  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    calls[i].time_ns += MS;
  tide_put_calls (buffer, stream, calls, G_N_ELEMENTS (calls));
}

static void
put_counts (TideBuffer *buffer, guint16 stream)
{
  static const TideCount counts[] = { { 1, 5 }, { 2, 0 }, { 3, G_MAXUINT64 } };

  tide_put_counts (buffer, stream, 8 * MS, counts, G_N_ELEMENTS (counts));
}

/* The whole process, a function and two lines; then what became of them.  */
static void
put_sites (TideBuffer *buffer, guint16 stream, guint64 mean_bytes)
{
  TideSiteEntry entries[4];

  for (guint round = 0; round < 2; round++)
    {
      for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
        {
          entries[i] = (TideSiteEntry){ .id = i + 1,
                                        .is_new = round == 0,
                                        .live_bytes = 100 * (i + round),
                                        .live_blocks = i,
                                        .allocated_bytes = 1000 * (i + 1),
                                        .n_allocated = i + 2,
                                        .freed_bytes = 900,
                                        .n_freed = 2,
                                        .peak_bytes = 1000,
                                        .n_temporary = 1,
                                        .live_error = mean_bytes > 0 ? 40 : 0,
                                        .allocated_error = mean_bytes > 0 ? 50 : 0 };
          if (round > 0)
            continue;
          entries[i].kind = i == 0 ? TIDE_SITE_PROCESS : i == 1 ? TIDE_SITE_FUNCTION : TIDE_SITE_LINE;
          entries[i].code = i > 0 ? 1 : 0;
          entries[i].line = i > 1 ? 10 + i : 0;
        }
      tide_put_sites (buffer, stream, (9 + round) * MS, mean_bytes, entries, G_N_ELEMENTS (entries));
    }
}

static void
put_moments (TideBuffer *buffer, guint16 stream)
{
  tide_put_gc (buffer, stream, &(TideGcInfo){ 10 * MS, 1000, 5, 1, -3, 2, 1 });
  for (guint kind = TIDE_MARK_MESSAGE; kind <= TIDE_MARK_SNAPSHOT + 1; kind++)
    tide_put_mark (buffer, stream,
                   &(TideMarkInfo){ 11 * MS, 7, 1000, kind % 3, (TideMarkKind)kind, SLICE ("load \n\xff") });
}

static void
put_words (TideBuffer *buffer, guint16 stream)
{
  tide_put_overhead (buffer, stream, &(TideOverhead){ 20 * MS, 1000, 1 << 20, 2000, 3000 });
  tide_put_overhead (buffer, stream, &(TideOverhead){ 21 * MS, G_MAXUINT64, G_MAXUINT64, 0, 1 });
  for (guint i = 0; i < TIDE_N_INSTRUMENTS; i++)
    tide_put_instrument (buffer, stream,
                         &(TideInstrumentInfo){ 22 * MS, (TideInstrument)(1u << i),
                                                (TideInstrumentState)(i % 3), 4096, SLICE ("Not here.") });
  tide_put_message (buffer, stream, &(TideMessage){ 23 * MS, TIDE_SEVERITY_WARNING, SLICE ("Look.") });
  for (guint kind = TIDE_LOST_EVENTS; kind <= TIDE_LOST_FRAMES; kind++)
    tide_put_lost (buffer, stream, &(TideLost){ 24 * MS, (TideLostKind)kind, 12 });
  tide_put_output (buffer, stream, &(TideOutput){ 25 * MS, 2, SLICE ("err\r\n\x1b[1m\xff") });
  tide_put_pause (buffer, stream, &(TidePause){ 26 * MS, true });
  tide_put_pause (buffer, stream, &(TidePause){ 27 * MS, false });
}

static void
put_control (TideBuffer *buffer)
{
  tide_put_signal (buffer, 0, 15);
  tide_put_suspend (buffer, TIDE_STREAM_ALL, true);
  tide_put_switch (buffer, 1,
                   &(TideSwitch){ TIDE_INSTRUMENT_CALLS, TIDE_INSTRUMENT_FAULTS,
                                  TIDE_SWITCH_TRIGGER | TIDE_SWITCH_SAMPLE, 4096, 1 << 20 });
  tide_put_switch (buffer, 0, &(TideSwitch){ .off = TIDE_INSTRUMENT_GC });
  tide_put_budget (buffer, TIDE_STREAM_ALL, 50);
  tide_put_suspend (buffer, 3, false);
  tide_put_detach (buffer, 0);
}

int
main (int argc, char **argv)
{
  TideBuffer buffer;

  g_assert_cmpint (argc, ==, 2);
  tide_buffer_init (&buffer);

  put_process (&buffer, 0, 42, 1);
  put_events (&buffer, 0);
  put_calls (&buffer, 0);
  put_counts (&buffer, 0);
  put_bye (&buffer, 0, TIDE_END_EXITED);
  save (&buffer, argv[1], "calls.frames");

  put_process (&buffer, 0, 42, 1);
  put_sites (&buffer, 0, 0);
  put_bye (&buffer, 0, TIDE_END_SIGNALLED);
  save (&buffer, argv[1], "sites.frames");

  put_process (&buffer, 0, 42, 1);
  put_sites (&buffer, 0, 65536);
  save (&buffer, argv[1], "sampled.frames");

  put_process (&buffer, 0, 42, 1);
  put_events (&buffer, 0);
  put_moments (&buffer, 0);
  put_words (&buffer, 0);
  put_bye (&buffer, 0, TIDE_END_DETACHED);
  save (&buffer, argv[1], "moments.frames");

  /* A parent, a child that became another program, and what that was.  */
  for (guint16 stream = 0; stream < 3; stream++)
    {
      put_process (&buffer, stream, stream > 0 ? 43 : 42, stream > 0 ? 42 : 1);
      put_events (&buffer, stream);
    }
  for (guint16 stream = 3; stream-- > 0;)
    {
      put_moments (&buffer, stream);
      put_counts (&buffer, stream);
      put_bye (&buffer, stream, stream == 1 ? TIDE_END_EXECUTED : TIDE_END_UNKNOWN);
    }
  save (&buffer, argv[1], "processes.frames");

  put_control (&buffer);
  save (&buffer, argv[1], "control.frames");
  tide_buffer_finish (&buffer);
  for (TideFrameType type = TIDE_FRAME_HELLO; type != 0; type = next_type (type))
    if (!written[type])
      g_error ("no seed has a frame of type %d", (int)type);
  return 0;
}
