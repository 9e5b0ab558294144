#include "tide-codes.h"
#include "tide-region.h"

#include <fcntl.h>
#include <glib.h>
#include <string.h>
#include <unistd.h>

typedef struct
{
  TideOutlet outlet;
  TideStream stream;
  TideIntern intern;
  TideCodes codes;
  int fd;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->fd = open ("/dev/null", O_WRONLY | O_CLOEXEC);
  tide_outlet_init (&fixture->outlet, fixture->fd);
  tide_stream_init (&fixture->stream, &fixture->outlet, 0);
  tide_intern_init (&fixture->intern, &fixture->stream);
  tide_codes_init (&fixture->codes, &fixture->intern);
  fixture->codes.version_hex = 0x030c01f0;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  tide_codes_finish (&fixture->codes);
  tide_intern_finish (&fixture->intern);
  tide_outlet_finish (&fixture->outlet);
  close (fixture->fd);
}

static TideCodeContents
contents (uint64_t address, uint64_t fingerprint, const char *name)
{
  return (TideCodeContents){ .address = address,
                             .fingerprint = fingerprint,
                             .file = { "f.py", 4 },
                             .name = { name, strlen (name) },
                             .first_line = 1 };
}

/* Who met a code object first has named it for the other.  */
static void
test_shared (Fixture *fixture, gconstpointer data)
{
  TideCodeContents one = contents (4096, 7, "one"), two = contents (4096, 8, "two");
  TideKnownCode known = tide_codes_add (&fixture->codes, &one);

  g_assert_cmpuint (known.code, !=, 0);
  g_assert_null (tide_codes_find (&fixture->codes, 4096, 8));
  g_assert_cmpuint (fixture->codes.n_by_agent, ==, 0);
  g_assert_true (tide_codes_add_agent (&fixture->codes, 1, &one));
  g_assert_cmpuint (fixture->codes.n_by_agent, ==, 1);
  g_assert_true (tide_codes_add_agent (&fixture->codes, 2, &two));
  g_assert_cmpuint (fixture->codes.n_by_agent, ==, 2);
  g_assert_cmpuint (tide_codes_find_agent (&fixture->codes, 1).code, ==, known.code);
  g_assert_cmpuint (tide_codes_find_agent (&fixture->codes, 2).code, !=, known.code);
  g_assert_cmpuint (tide_codes_find (&fixture->codes, 4096, 8)->code, ==,
                    tide_codes_find_agent (&fixture->codes, 2).code);
}

/* A look from outside that fell between two programs of one address took the name of the one for the other's:
 * the agent knows better, from then on for both.  */
static void
test_agent_is_right (Fixture *fixture, gconstpointer data)
{
  TideCodeContents torn = contents (4096, 7, "before"), true_one = contents (4096, 7, "after");
  uint32_t wrong = tide_codes_add (&fixture->codes, &torn).code, right;

  g_assert_true (tide_codes_add_agent (&fixture->codes, 1, &true_one));
  right = tide_codes_find_agent (&fixture->codes, 1).code;
  g_assert_cmpuint (right, !=, wrong);
  g_assert_cmpuint (tide_codes_find (&fixture->codes, 4096, 7)->code, ==, right);
  g_assert_cmpuint (tide_codes_add (&fixture->codes, &torn).code, ==, right);
}

/* The last id there is is told of, once, however often a program gives it; beyond it nobody honest is.  */
static void
test_bound (Fixture *fixture, gconstpointer data)
{
  TideCodeContents last = contents (4096, 7, "last");
  gsize before, after;

  g_assert_false (tide_codes_add_agent (&fixture->codes, 0, &last));
  g_assert_false (tide_codes_add_agent (&fixture->codes, TIDE_CODES_MAX + 1, &last));
  g_assert_false (tide_codes_add_agent (&fixture->codes, G_MAXUINT32, &last));
  g_assert_cmpuint (fixture->outlet.buffer.length, ==, 0);
  g_assert_true (tide_codes_add_agent (&fixture->codes, TIDE_CODES_MAX - 1, &last));
  before = fixture->outlet.buffer.length;
  g_assert_true (tide_codes_add_agent (&fixture->codes, TIDE_CODES_MAX, &last));
  after = fixture->outlet.buffer.length;
  g_assert_cmpuint (after, >, before);
  g_assert_true (tide_codes_add_agent (&fixture->codes, TIDE_CODES_MAX, &last));
  g_assert_cmpuint (fixture->outlet.buffer.length, ==, after);
  g_assert_cmpuint (tide_codes_find_agent (&fixture->codes, TIDE_CODES_MAX).code, !=, 0);
  g_assert_cmpuint (tide_codes_find_agent (&fixture->codes, TIDE_CODES_MAX - 2).code, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/codes/shared", Fixture, NULL, set_up, test_shared, tear_down);
  g_test_add ("/codes/agent-is-right", Fixture, NULL, set_up, test_agent_is_right, tear_down);
  g_test_add ("/codes/bound", Fixture, NULL, set_up, test_bound, tear_down);
  return g_test_run ();
}
