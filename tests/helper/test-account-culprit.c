#include "account-fixture.h"

#include <string.h>
#include <unistd.h>

/* Whose growth it is that nobody told of: the stack that runs, read from the memory of a process that is this
 * one, with an interpreter in it that the test has made.  */

#define CODE_TYPE 0x1234
#define FIRST_LINE 7
#define N_CODES 2
#define N_THREADS (TIDE_THREADS_MAX + 2)

typedef struct
{
  guint8 interpreter[64], tstate[256], other_tstate[256], frames[N_CODES][128], codes[N_CODES][160],
      names[N_CODES][64], file[64], line_table[48];
  gint32 tid, other_tid;
} Interpreter;

typedef struct
{
  AccountFixture base;
  TidePythonLayout layout;
  Interpreter *python;
} Fixture;

static guint64
address_of (const void *object)
{
  return (guint64)(guintptr)object;
}

static void
poke (void *object, gint32 offset, guint64 word)
{
  memcpy ((guint8 *)object + offset, &word, sizeof word);
}

static void
poke_str (Fixture *self, guint8 *str, const char *text)
{
  poke (str, self->layout.str_length, strlen (text));
  /* One byte a character, compact, ASCII.  */
  poke (str, self->layout.str_state, (1u | 1u << 3 | 1u << 4) << self->layout.str_kind_shift);
  memcpy (str + self->layout.str_ascii_data, text, strlen (text));
}

static void
link_frames (Fixture *self, const void *leaf, const void *previous)
{
  poke (self->python->tstate, self->layout.tstate_frame, address_of (leaf));
  poke (self->python->frames[0], self->layout.frame_previous, address_of (previous));
}

static bool
peek (void *unused, uint64_t address, void *to, size_t size)
{
  memcpy (to, (const void *)(guintptr)address, size);
  return true;
}

/* As 3.10 has it: `f` runs, called by `g`.  The agent has told of both, as 1 and 2.  */
static void
make_python (Fixture *self)
{
  static const char *const names[N_CODES] = { "f", "g" };
  const TidePythonLayout *layout = &self->layout;
  Interpreter *python = self->python = g_aligned_alloc0 (1, sizeof *python, 4096);

  poke_str (self, python->file, "f.py");
  for (guint i = 0; i < N_CODES; i++)
    {
      TideCodeContents contents = { .address = address_of (python->codes[i]), .file = { "f.py", 4 } };

      poke_str (self, python->names[i], names[i]);
      poke (python->codes[i], layout->object_type, CODE_TYPE);
      poke (python->codes[i], layout->code_name, address_of (python->names[i]));
      poke (python->codes[i], layout->code_filename, address_of (python->file));
      poke (python->codes[i], layout->code_first_line, FIRST_LINE + i);
      poke (python->codes[i], layout->code_line_table, address_of (python->line_table));
      poke (python->frames[i], layout->frame_code, address_of (python->codes[i]));
      contents.name = (TideSlice){ names[i], strlen (names[i]) };
      contents.first_line = FIRST_LINE + i;
      g_assert_true (tide_pycode_fingerprint (layout, peek, NULL, contents.address, &contents.fingerprint));
      g_assert_true (tide_codes_add_agent (&self->base.account->codes, i + 1, &contents));
    }
  python->tid = getpid ();
  poke (python->tstate, layout->tstate_thread_id, address_of (&python->tid));
  poke (python->tstate, layout->tstate_next, address_of (python->other_tstate));
  poke (python->other_tstate, layout->tstate_thread_id, address_of (&python->other_tid));
  poke (python->interpreter, layout->interp_threads, address_of (python->tstate));
  link_frames (self, python->frames[0], python->frames[1]);
}

static void
set_up (Fixture *self, gconstpointer unused)
{
  TideRegion *region;

  account_fixture_init (&self->base);
  region = self->base.region;
  g_assert_true (tide_pylayout_init (&self->layout, 0x030a00f0));
  self->layout.pthread_tid = 0;
  self->layout.code_type = CODE_TYPE;
  make_python (self);
  self->layout.interpreter = address_of (self->python->interpreter);
  self->layout.main_tstate = address_of (self->python->tstate);
  region->magic = TIDE_REGION_MAGIC;
  region->mapped_at = address_of (region);
  region->layout = self->layout;
  atomic_store (&region->agent_state, TIDE_AGENT_READY);
  tide_account_follow (self->base.account, 0);
}

static void
tear_down (Fixture *self, gconstpointer unused)
{
  account_fixture_finish (&self->base);
  g_aligned_free (self->python);
}

static guint32
find (Fixture *self, gboolean *idle)
{
  guint32 thread;
  bool is_idle = true;
  guint32 node = tide_account_find_culprit (self->base.account, 0, &thread, &is_idle);

  *idle = is_idle;
  /* A thread without a node is one that runs nothing, or cannot be read.  */
  g_assert_true (node == 0 || thread != 0);
  return node;
}

static void
assert_found (Fixture *self, guint32 node)
{
  gboolean idle;

  g_assert_cmpuint (find (self, &idle), ==, node);
  g_assert_false (idle);
  g_assert_false (self->base.account->gone);
}

static void
test_stack (Fixture *self, gconstpointer unused)
{
  TideAccount *account = self->base.account;
  const TideRecordFrame both[] = { { 1, 0 }, { 2, 0 } };
  guint32 called = tide_account_find_node (account, both, 2, false);

  g_assert_cmpuint (called, !=, tide_account_find_node (account, both, 1, false));
  assert_found (self, called);
  link_frames (self, self->python->frames[0], NULL);
  assert_found (self, tide_account_find_node (account, both, 1, false));
  link_frames (self, self->python->frames[1], NULL);
  assert_found (self, tide_account_find_node (account, both + 1, 1, false));
  g_assert_cmpuint (account->n_torn, ==, 0);
}

/* One that goes on where nothing can be read, and one that never ends.  */
static void
test_unread (Fixture *self, gconstpointer unused)
{
  TideAccount *account = self->base.account;
  TideRecordFrame frames[TIDE_RECORD_MAX_FRAMES];

  for (guint i = 0; i < G_N_ELEMENTS (frames); i++)
    frames[i] = (TideRecordFrame){ 1, 0 };
  link_frames (self, self->python->frames[0], GUINT_TO_POINTER (8));
  assert_found (self, tide_account_find_node (account, frames, 1, true));
  g_assert_cmpuint (account->n_torn, ==, 1);
  link_frames (self, self->python->frames[0], self->python->frames[0]);
  assert_found (self, tide_account_find_node (account, frames, G_N_ELEMENTS (frames), true));
  /* Deep is not torn.  */
  g_assert_cmpuint (account->n_torn, ==, 1);
  poke (self->python->frames[0], self->layout.frame_code, 8);
  assert_found (self, 0);
  g_assert_cmpuint (account->n_torn, ==, 2);
}

/* No Python code runs at all, and that is known.  */
static void
test_idle (Fixture *self, gconstpointer unused)
{
  gboolean idle;

  link_frames (self, NULL, NULL);
  g_assert_cmpuint (find (self, &idle), ==, 0);
  g_assert_true (idle);
  g_assert_cmpuint (self->base.account->n_torn, ==, 0);
}

/* Where the agent's memory was there is something else: the process is another program.  */
static void
test_gone (Fixture *self, gconstpointer unused)
{
  gboolean idle;

  self->base.region->magic++;
  g_assert_cmpuint (find (self, &idle), ==, 0);
  g_assert_false (idle);
  g_assert_true (self->base.account->gone);
}

/* Before the agent is ready nothing is known of the interpreter, nor whether it is gone.  */
static void
test_early (Fixture *self, gconstpointer unused)
{
  gboolean idle;

  self->base.account->agent_state = TIDE_AGENT_LOADED;
  self->base.region->magic++;
  g_assert_cmpuint (find (self, &idle), ==, 0);
  g_assert_false (idle);
  g_assert_false (self->base.account->gone);
}

static gpointer
wait_at (gpointer gate)
{
  g_mutex_lock (gate);
  g_mutex_unlock (gate);
  return NULL;
}

/* More threads than are watched: the person knows, once.  */
static void
test_crowd (Fixture *self, gconstpointer unused)
{
  GThread *threads[N_THREADS];
  const TideBuffer *told = &self->base.outlet.buffer;
  gboolean idle;
  GMutex gate;
  gsize before;

  find (self, &idle);
  g_assert_false (self->base.account->told_crowd);
  g_mutex_init (&gate);
  g_mutex_lock (&gate);
  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new (NULL, wait_at, &gate);
  find (self, &idle);
  g_assert_true (self->base.account->told_crowd);
  g_assert_nonnull (memmem (told->data, told->length, "more than 128 threads at once", 29));
  before = told->length;
  find (self, &idle);
  g_assert_cmpuint (told->length, ==, before);
  g_mutex_unlock (&gate);
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
  g_mutex_clear (&gate);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/account-culprit/stack", Fixture, NULL, set_up, test_stack, tear_down);
  g_test_add ("/account-culprit/unread", Fixture, NULL, set_up, test_unread, tear_down);
  g_test_add ("/account-culprit/idle", Fixture, NULL, set_up, test_idle, tear_down);
  g_test_add ("/account-culprit/gone", Fixture, NULL, set_up, test_gone, tear_down);
  g_test_add ("/account-culprit/early", Fixture, NULL, set_up, test_early, tear_down);
  g_test_add ("/account-culprit/crowd", Fixture, NULL, set_up, test_crowd, tear_down);
  return g_test_run ();
}
