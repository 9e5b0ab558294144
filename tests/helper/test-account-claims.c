#include "account-fixture.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* What an agent claims for its stacks, and what a program that writes there itself may claim.  */

#define N_PAGES 64
#define N_TOUCHED 24
#define N_CODES 3
#define N_CHARGES 2000
#define N_TRIES 100
/* More than anybody claims here.  */
#define MUCH (1ll << 20)

typedef struct
{
  AccountFixture base;
  TideRegion *region;   /* of `base` */
  TideAccount *account; /* the same  */
  gsize page;
  guint8 *memory; /* of which the first N_TOUCHED pages are resident */
} Fixture;

static void
set_up (Fixture *self, gconstpointer unused)
{
  account_fixture_init (&self->base);
  self->region = self->base.region;
  self->account = self->base.account;
  self->page = self->region->page_size;
  self->account->agent_state = TIDE_AGENT_READY;
  self->account->codes.version_hex = 0x030c01f0;
  for (guint32 id = 1; id <= N_CODES; id++)
    {
      TideCodeContents code = { .address = id * 64, .file = { "f.py", 4 }, .name = { "name", 4 } };

      code.first_line = id;
      g_assert_true (tide_codes_add_agent (&self->account->codes, id, &code));
    }
  self->memory =
      mmap (NULL, N_PAGES * self->page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  g_assert_true (self->memory != MAP_FAILED);
  madvise (self->memory, N_PAGES * self->page, MADV_NOHUGEPAGE);
  for (gsize i = 0; i < N_TOUCHED; i++)
    self->memory[i * self->page] = 1;
}

static void
tear_down (Fixture *self, gconstpointer unused)
{
  munmap (self->memory, N_PAGES * self->page);
  account_fixture_finish (&self->base);
}

/* Under the sequence lock, as the agent does; the stack is one frame of CODE.  */
static void
begin_write (TideRegionClaim *claim, guint32 code)
{
  atomic_fetch_add_explicit (&claim->sequence, 1, memory_order_relaxed);
  atomic_thread_fence (memory_order_release);
  claim->tid = (guint32)getpid ();
  claim->n_frames = 1;
  claim->frames[0].code = code;
}

static void
end_write (TideRegionClaim *claim)
{
  atomic_fetch_add_explicit (&claim->sequence, 1, memory_order_release);
}

static void
write_claim (Fixture *self, guint32 code, gint64 pages)
{
  begin_write (&self->region->claim, code);
  end_write (&self->region->claim);
  atomic_store (&self->region->claimed_pages, pages);
}

static void
write_block (Fixture *self, guint32 code, const void *address, guint64 n_pages)
{
  TideRegionBlock *block = &self->region->block;

  begin_write (&block->claim, code);
  block->address = (guint64)(guintptr)address;
  block->n_pages = n_pages;
  end_write (&block->claim);
}

static guint32
node_of (Fixture *self, guint32 code)
{
  TideRecordFrame frame = { code, 0 };

  return tide_account_find_node (self->account, &frame, 1, false);
}

/* The last event says so.  */
static void
assert_charged (Fixture *self, guint32 n_events, guint32 code, gint64 pages)
{
  const TideAccount *account = self->account;
  const TideEvent *event = &account->events[n_events - 1];

  g_assert_cmpuint (account->n_events, ==, n_events);
  g_assert_cmpint (event->source, ==, TIDE_SOURCE_PENDING);
  g_assert_cmpuint (event->node, ==, node_of (self, code));
  g_assert_cmpint (event->delta_pages, ==, pages);
  g_assert_cmpuint (event->thread, !=, 0);
}

static void
test_difference (Fixture *self, gconstpointer unused)
{
  const gint64 hostile[] = { -1, G_MININT64, G_MAXINT64, TIDE_ACCOUNT_MAX_PAGES + 1 };
  TideRegion *region = self->region;
  gint64 delta = 0;

  atomic_store (&region->accounted_pages, 100);
  atomic_store (&region->pending_pages, 50);
  g_assert_true (tide_account_take_difference (self->account, 100, 130, &delta));
  g_assert_cmpint (delta, ==, 30);
  g_assert_cmpint (atomic_load (&region->accounted_pages), ==, 130);
  g_assert_cmpint (atomic_load (&region->pending_pages), ==, 20);
  /* What goes is of no block; what comes is of one to its last page.  */
  g_assert_true (tide_account_take_difference (self->account, 130, 90, &delta));
  g_assert_cmpint (delta, ==, -40);
  g_assert_cmpint (atomic_load (&region->pending_pages), ==, 20);
  g_assert_true (tide_account_take_difference (self->account, 90, 190, &delta));
  g_assert_cmpint (atomic_load (&region->pending_pages), ==, 0);
  /* The agent was faster.  */
  g_assert_false (tide_account_take_difference (self->account, 90, 500, &delta));
  g_assert_cmpint (atomic_load (&region->accounted_pages), ==, 190);
  for (gsize i = 0; i < G_N_ELEMENTS (hostile); i++)
    {
      atomic_store (&region->accounted_pages, hostile[i]);
      g_assert_false (tide_account_take_difference (self->account, hostile[i], 7, &delta));
      g_assert_cmpint (atomic_load (&region->accounted_pages), ==, hostile[i]);
    }
}

static void
test_claimed (Fixture *self, gconstpointer unused)
{
  TideRegion *region = self->region;

  write_claim (self, 1, 40);
  g_assert_cmpint (tide_account_get_claimed (self->account, 100, 130), ==, 30);
  g_assert_cmpint (tide_account_get_claimed (self->account, 100, 200), ==, 40);
  g_assert_cmpint (tide_account_get_claimed (self->account, 100, 100), ==, 0);
  g_assert_cmpint (tide_account_get_claimed (self->account, 100, 60), ==, 0);
  /* Of an arena as much as is resident, and was not charged before.  */
  atomic_store (&region->claim_arena, (guint64)(guintptr)self->memory);
  atomic_store (&region->claim_arena_pages, N_PAGES);
  atomic_store (&region->claimed_pages, N_PAGES);
  g_assert_cmpint (tide_account_get_claimed (self->account, 100, 200), ==, N_TOUCHED);
  atomic_store (&region->claim_taken, 20);
  g_assert_cmpint (tide_account_get_claimed (self->account, 100, 200), ==, N_TOUCHED - 20);
  atomic_store (&region->claim_taken, N_TOUCHED + 1);
  g_assert_cmpint (tide_account_get_claimed (self->account, 100, 200), ==, 0);
  self->account->agent_state = TIDE_AGENT_ENDED;
  atomic_store (&region->claim_taken, 0);
  g_assert_cmpint (tide_account_get_claimed (self->account, 100, 200), ==, 0);
}

/* Whatever stands there: never more than came, and never less than nothing.  */
static void
test_claimed_hostile (Fixture *self, gconstpointer unused)
{
  const gint64 numbers[] = { G_MININT64, -1, 0, 1, 1ll << 40, G_MAXINT64 };
  const guint64 places[] = { 0, 1, 4096, (guint64)(guintptr)self->memory + 7, 1ull << 47, G_MAXUINT64 };
  TideRegion *region = self->region;

  for (gsize c = 0; c < G_N_ELEMENTS (numbers); c++)
    for (gsize t = 0; t < G_N_ELEMENTS (numbers); t++)
      for (gsize a = 0; a < G_N_ELEMENTS (places); a++)
        for (gsize n = 0; n < G_N_ELEMENTS (numbers); n++)
          for (gsize b = 0; b < G_N_ELEMENTS (numbers); b++)
            {
              gint64 before = numbers[b], claimed;

              atomic_store (&region->claimed_pages, numbers[c]);
              atomic_store (&region->claim_taken, numbers[t]);
              atomic_store (&region->claim_arena, places[a]);
              atomic_store (&region->claim_arena_pages, (guint64)numbers[n]);
              claimed = tide_account_get_claimed (self->account, before, 1000);
              g_assert_cmpint (claimed, >=, 0);
              if (before < 0 || before >= 1000 || numbers[c] <= 0)
                g_assert_cmpint (claimed, ==, 0);
              else
                g_assert_cmpint (claimed, <=, 1000 - before);
            }
}

static void
test_charge_claim (Fixture *self, gconstpointer unused)
{
  TideRegion *region = self->region;

  atomic_store (&region->accounted_pages, 100);
  write_claim (self, 2, 40);
  g_assert_false (tide_account_charge_claim (self->account, 1, 100, 0));
  g_assert_false (tide_account_charge_claim (self->account, 1, 99, 10));
  g_assert_cmpuint (self->account->n_events, ==, 0);
  g_assert_true (tide_account_charge_claim (self->account, 1, 100, 10));
  assert_charged (self, 1, 2, 10);
  g_assert_cmpint (atomic_load (&region->accounted_pages), ==, 110);
  g_assert_cmpint (atomic_load (&region->claimed_pages), ==, 30);
  g_assert_cmpint (atomic_load (&region->claim_taken), ==, 10);
  /* It is just being written.  */
  begin_write (&region->claim, 1);
  g_assert_false (tide_account_charge_claim (self->account, 1, 110, 10));
  end_write (&region->claim);
  /* Its function comes with the ring, later.  */
  write_claim (self, N_CODES + 1, 40);
  g_assert_false (tide_account_charge_claim (self->account, 1, 110, 10));
  write_claim (self, G_MAXUINT32, 40);
  g_assert_false (tide_account_charge_claim (self->account, 1, 110, 10));
  write_claim (self, 1, 40);
  region->claim.n_frames = TIDE_RECORD_MAX_FRAMES + 1;
  g_assert_false (tide_account_charge_claim (self->account, 1, 110, 10));
  region->claim.n_frames = G_MAXUINT16;
  g_assert_false (tide_account_charge_claim (self->account, 1, 110, 10));
  g_assert_cmpint (atomic_load (&region->accounted_pages), ==, 110);
  g_assert_cmpuint (self->account->n_events, ==, 1);
}

/* While the agent looks the difference is left to it, but not for ever.  */
static void
test_looking (Fixture *self, gconstpointer unused)
{
  const gint64 millisecond = 1000000;
  guint64 pages;

  atomic_store (&self->region->accounted_pages, 1);
  atomic_store (&self->region->account_lock, 1);
  g_assert_true (tide_account_charge (self->account, millisecond, &pages));
  g_assert_true (tide_account_charge (self->account, 20 * millisecond, &pages));
  g_assert_cmpint (atomic_load (&self->region->accounted_pages), ==, 1);
  /* It was done in between.  */
  atomic_store (&self->region->account_lock, 0);
  g_assert_true (tide_account_charge (self->account, 21 * millisecond, &pages));
  g_assert_cmpint (atomic_load (&self->region->accounted_pages), ==, (gint64)pages);
  atomic_store (&self->region->accounted_pages, 1);
  atomic_store (&self->region->account_lock, 1);
  g_assert_true (tide_account_charge (self->account, 22 * millisecond, &pages));
  g_assert_cmpint (atomic_load (&self->region->accounted_pages), ==, 1);
  /* Nothing is left to it any more, and so it counts anew.  */
  do
    {
      atomic_store (&self->region->accounted_pages, (gint64)pages);
      g_assert_true (tide_account_charge (self->account, 41 * millisecond, &pages));
    }
  while ((gint64)pages != atomic_load (&self->region->accounted_pages));
  atomic_store (&self->region->accounted_pages, 1);
  g_assert_true (tide_account_charge (self->account, 42 * millisecond, &pages));
  g_assert_cmpint (atomic_load (&self->region->accounted_pages), ==, 1);
  g_assert_true (tide_account_charge (self->account, 62 * millisecond, &pages));
  g_assert_cmpint (atomic_load (&self->region->accounted_pages), ==, (gint64)pages);
}

static void
test_end_claim (Fixture *self, gconstpointer unused)
{
  TideRegion *region = self->region;
  TideRecordFrame frames[] = { { 3, 0 }, { 1, 0 } };
  guint32 running = tide_account_find_node (self->account, frames, 2, false);

  atomic_store (&region->claim_arena, (guint64)(guintptr)self->memory);
  /* Who opened the arena has called who runs.  */
  write_claim (self, 1, 40);
  tide_account_end_claim (self->account, running);
  g_assert_cmpint (atomic_load (&region->claimed_pages), ==, 40);
  /* Of a claim that is half written nothing is known.  */
  write_claim (self, 2, 40);
  begin_write (&region->claim, 2);
  tide_account_end_claim (self->account, running);
  g_assert_cmpint (atomic_load (&region->claimed_pages), ==, 40);
  end_write (&region->claim);
  tide_account_end_claim (self->account, running);
  g_assert_cmpint (atomic_load (&region->claimed_pages), ==, 0);
  /* One that is for no arena is of the last signal's stack.  */
  write_claim (self, 2, 40);
  atomic_store (&region->claim_arena, 0);
  tide_account_end_claim (self->account, running);
  g_assert_cmpint (atomic_load (&region->claimed_pages), ==, 40);
}

/* RSS as the account sees it is far above that of this process, which is then not asked.  */
static bool
charge_block (TideAccount *account, gint64 now_ns, gint64 *before, gint64 now, guint32 running)
{
  gint64 rss = now;
  bool charged = tide_account_charge_block (account, now_ns, before, &rss, running);

  g_assert_cmpint (rss, ==, now);
  return charged;
}

static void
test_block (Fixture *self, gconstpointer unused)
{
  TideRegion *region = self->region;
  TideAccount *account = self->account;
  guint32 asked = node_of (self, 1), other = node_of (self, 2);
  gint64 before = MUCH;

  atomic_store (&region->accounted_pages, before);
  atomic_store (&region->pending_pages, N_PAGES);
  write_block (self, 1, self->memory, N_PAGES);
  /* Who asked for it still runs: it is his without us.  */
  g_assert_true (charge_block (account, 1, &before, MUCH + 100, asked));
  g_assert_cmpint (before, ==, MUCH);
  g_assert_true (charge_block (account, 1, &before, MUCH + 100, other));
  g_assert_cmpint (before, ==, MUCH + N_TOUCHED);
  assert_charged (self, 1, 1, N_TOUCHED);
  g_assert_cmpint (atomic_load (&region->pending_pages), ==, N_PAGES - N_TOUCHED);
  /* Once a block.  */
  g_assert_true (charge_block (account, 1, &before, MUCH + 100, other));
  g_assert_cmpuint (account->n_events, ==, 1);
  /* No more than came, and no more than is missing.  */
  write_block (self, 1, self->memory, N_PAGES);
  g_assert_true (charge_block (account, 1, &before, before + 3, other));
  assert_charged (self, 2, 1, 3);
  atomic_store (&region->pending_pages, 2);
  write_block (self, 1, self->memory, N_PAGES);
  g_assert_true (charge_block (account, 1, &before, before + 9, other));
  assert_charged (self, 3, 1, 2);
  /* The agent is just telling of one.  */
  atomic_store (&region->pending_pages, N_PAGES);
  begin_write (&region->block.claim, 1);
  g_assert_false (charge_block (account, 1, &before, before + 9, other));
  end_write (&region->block.claim);
  g_assert_cmpuint (account->n_events, ==, 3);
}

/* What cannot be charged to the block's site at this tick is at the next.  */
static void
test_block_later (Fixture *self, gconstpointer unused)
{
  TideRegion *region = self->region;
  TideAccount *account = self->account;
  TideCodeContents code = { .address = (N_CODES + 1) * 64, .file = { "f.py", 4 }, .name = { "later", 5 } };
  guint32 other = node_of (self, 2);
  gint64 before = MUCH;

  atomic_store (&region->accounted_pages, before);
  atomic_store (&region->pending_pages, N_PAGES);
  /* The ring has not brought the code.  */
  write_block (self, N_CODES + 1, self->memory, N_PAGES);
  g_assert_false (charge_block (account, 1, &before, MUCH + 100, other));
  g_assert_true (tide_codes_add_agent (&account->codes, N_CODES + 1, &code));
  /* The agent has accounted for some of it since RSS was read.  */
  atomic_store (&region->accounted_pages, before + 2);
  g_assert_false (charge_block (account, 1, &before, MUCH + 100, other));
  g_assert_cmpint (before, ==, MUCH);
  g_assert_cmpuint (account->n_events, ==, 0);
  before += 2;
  g_assert_true (charge_block (account, 1, &before, MUCH + 100, other));
  g_assert_cmpint (before, ==, MUCH + 2 + N_TOUCHED);
  assert_charged (self, 1, N_CODES + 1, N_TOUCHED);
}

/* It was filled since RSS was read.  */
static void
test_block_since (Fixture *self, gconstpointer unused)
{
  guint64 pages;
  gint64 before, now;

  g_assert_true (tide_procfs_read_rss (&self->base.procfs, &pages));
  before = (gint64)pages / 2;
  now = before + 1;
  atomic_store (&self->region->accounted_pages, before);
  atomic_store (&self->region->pending_pages, N_PAGES);
  write_block (self, 1, self->memory, N_PAGES);
  g_assert_true (tide_account_charge_block (self->account, 1, &before, &now, node_of (self, 2)));
  assert_charged (self, 1, 1, N_TOUCHED);
  g_assert_cmpint (before, ==, (gint64)pages / 2 + N_TOUCHED);
  g_assert_cmpint (now, >, before);
}

static void
test_block_hostile (Fixture *self, gconstpointer unused)
{
  const gint64 numbers[] = { G_MININT64, -1, 0, 1, 1ll << 40, G_MAXINT64 };
  const guint64 places[] = { 0, 1, (guint64)(guintptr)self->memory + 7, 1ull << 47, G_MAXUINT64 };
  const guint32 page_sizes[] = { 0, 1, (guint32)self->page, G_MAXUINT32 };
  TideRegion *region = self->region;
  guint32 other = node_of (self, 2);

  for (gsize a = 0; a < G_N_ELEMENTS (places); a++)
    for (gsize n = 0; n < G_N_ELEMENTS (numbers); n++)
      for (gsize p = 0; p < G_N_ELEMENTS (numbers); p++)
        for (gsize b = 0; b < G_N_ELEMENTS (numbers); b++)
          for (gsize s = 0; s < G_N_ELEMENTS (page_sizes); s++)
            {
              gint64 before = numbers[b];

              region->page_size = page_sizes[s];
              atomic_store (&region->accounted_pages, before);
              atomic_store (&region->pending_pages, numbers[p]);
              write_block (self, 1, (const void *)(guintptr)places[a], (guint64)numbers[n]);
              g_assert_true (charge_block (self->account, 1, &before, 2 * MUCH, other));
              g_assert_cmpint (before, >=, numbers[b]);
              g_assert_cmpint (before, <=, MAX (numbers[b], 2 * MUCH));
            }
}

typedef struct
{
  Fixture *fixture;
  gint n_looks; /* of the helper; -1: it looks no more */
} Race;

/* One block at each look, of which every other one has no pages.  */
static gpointer
write_blocks (gpointer data)
{
  Race *self = data;
  Fixture *fixture = self->fixture;
  gint n_looks, seen = 0;

  for (bool empty = false; (n_looks = g_atomic_int_get (&self->n_looks)) >= 0; seen = n_looks)
    {
      if (n_looks == seen)
        {
          g_thread_yield ();
          continue;
        }
      write_block (fixture, empty ? 2 : 1, fixture->memory + (empty ? N_TOUCHED * fixture->page : 0),
                   N_TOUCHED);
      empty = !empty;
    }
  return NULL;
}

/* Nobody is charged with another's block, however the agent's steps and ours fall.  */
static void
test_block_race (Fixture *self, gconstpointer unused)
{
  Race race = { .fixture = self };
  GThread *thread = g_thread_new ("agent", write_blocks, &race);
  TideAccount *account = self->account;
  guint32 filled = node_of (self, 1), other = node_of (self, 3);

  for (int n_charges = 0; n_charges < N_CHARGES;)
    {
      gint64 before = MUCH;

      account->n_events = 0;
      atomic_store (&self->region->accounted_pages, before);
      atomic_store (&self->region->pending_pages, MUCH);
      g_atomic_int_inc (&race.n_looks);
      /* As often as it takes for the agent to write meanwhile.  */
      for (int i = 0; i < N_TRIES && account->n_events == 0; i++)
        charge_block (account, 1, &before, 2 * MUCH, other);
      if (account->n_events == 0)
        {
          g_thread_yield ();
          continue;
        }
      g_assert_cmpuint (account->events[0].node, ==, filled);
      g_assert_cmpint (account->events[0].delta_pages, ==, N_TOUCHED);
      n_charges++;
    }
  g_atomic_int_set (&race.n_looks, -1);
  g_thread_join (thread);
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *path;
    void (*test) (Fixture *, gconstpointer);
  } tests[] = {
    { "/account-claims/difference", test_difference },
    { "/account-claims/claimed", test_claimed },
    { "/account-claims/claimed-hostile", test_claimed_hostile },
    { "/account-claims/charge-claim", test_charge_claim },
    { "/account-claims/looking", test_looking },
    { "/account-claims/end-claim", test_end_claim },
    { "/account-claims/block", test_block },
    { "/account-claims/block-later", test_block_later },
    { "/account-claims/block-since", test_block_since },
    { "/account-claims/block-hostile", test_block_hostile },
    { "/account-claims/block-race", test_block_race },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
  return g_test_run ();
}
