#include "tide-intern.h"

#include "tide-cursor.h"

#include <glib.h>
#include <string.h>

/* Names, places and threads of a program that has more of them than are told apart.  */

#define MOST_THREADS 65536u
#define MOST_CODES (1u << 18)

static guint
count_messages (TideOutlet *outlet)
{
  const guint8 *at = outlet->buffer.data;
  gsize left = outlet->buffer.length;
  TideFrameHeader header;
  guint n = 0;

  while (tide_frame_peek (at, left, &header) == TIDE_PEEK_FRAME)
    {
      n += header.type == TIDE_FRAME_MESSAGE;
      at += TIDE_WIRE_HEADER_SIZE + header.length;
      left -= TIDE_WIRE_HEADER_SIZE + header.length;
    }
  g_assert_cmpuint (left, ==, 0);
  return n;
}

typedef struct
{
  TideOutlet outlet;
  TideStream stream;
  TideIntern intern;
} Fixture;

/* An outlet without a reader keeps what it is given.  */
static void
set_up (Fixture *fixture, gconstpointer unused)
{
  memset (fixture, 0, sizeof *fixture);
  fixture->outlet.fd = -1;
  tide_buffer_init (&fixture->outlet.buffer);
  tide_stream_init (&fixture->stream, &fixture->outlet, 0);
  tide_intern_init (&fixture->intern, &fixture->stream);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  tide_intern_finish (&fixture->intern);
  tide_buffer_finish (&fixture->outlet.buffer);
}

static void
test_threads (Fixture *fixture, gconstpointer unused)
{
  /* No process has so great a number.  */
  const guint32 pid = G_MAXINT32;

  for (guint32 tid = 1; tid <= MOST_THREADS; tid++)
    g_assert_cmpuint (tide_intern_thread (&fixture->intern, pid, tid), ==, tid);
  g_assert_cmpuint (count_messages (&fixture->outlet), ==, 0);
  for (guint32 tid = MOST_THREADS + 1; tid < MOST_THREADS + 9; tid++)
    g_assert_cmpuint (tide_intern_thread (&fixture->intern, pid, tid), ==, 0);
  g_assert_cmpuint (tide_intern_thread (&fixture->intern, pid, 7), ==, 7);
  g_assert_cmpuint (count_messages (&fixture->outlet), ==, 1);
}

static void
test_codes (Fixture *fixture, gconstpointer unused)
{
  const TideSlice file = { "file", 4 }, name = { "name", 4 };

  for (guint32 line = 1; line <= MOST_CODES; line++)
    g_assert_cmpuint (tide_intern_code (&fixture->intern, file, name, line), ==, line);
  g_assert_cmpuint (count_messages (&fixture->outlet), ==, 0);
  g_assert_cmpuint (tide_intern_code (&fixture->intern, file, name, MOST_CODES + 1), ==, 0);
  g_assert_cmpuint (tide_intern_code (&fixture->intern, file, name, MOST_CODES + 2), ==, 0);
  g_assert_cmpuint (tide_intern_code (&fixture->intern, file, name, 9), ==, 9);
  g_assert_cmpuint (count_messages (&fixture->outlet), ==, 1);
  /* What has no name is charged to its caller.  */
  g_assert_cmpuint (tide_intern_node (&fixture->intern, 5, 0, 1), ==, 5);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/intern/threads", Fixture, NULL, set_up, test_threads, tear_down);
  g_test_add ("/intern/codes", Fixture, NULL, set_up, test_codes, tear_down);
  return g_test_run ();
}
