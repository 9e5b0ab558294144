#include "tide-account-private.h"

#define CROWD                                                                                                \
  "The program has more than 128 threads at once, and 128 of them are watched: growth of which Python does " \
  "not tell is charged to one of these, whichever thread's it was."

bool
tide_account_is_replaced (TideAccount *self)
{
  uint64_t at = self->region->mapped_at, magic = 0, pages;

  if (!self->layout_good || self->agent_state < TIDE_AGENT_READY || at == 0)
    return false;
  return (!tide_outside_read (&self->outside, at, &magic, sizeof magic) || magic != TIDE_REGION_MAGIC)
         && !tide_outside_is_refused (&self->outside) && tide_procfs_read_rss (self->procfs, &pages);
}

/* TIDE_THREADS_MAX is in the sentence.  */
_Static_assert(TIDE_THREADS_MAX == 128, "the person is told of as many threads as are watched");

static void
tell_crowd (TideAccount *self, int64_t now_ns)
{
  if (self->told_crowd || self->threads.n_there <= TIDE_THREADS_MAX)
    return;
  self->told_crowd = true;
  tide_stream_put_message (self->stream, now_ns, TIDE_SEVERITY_WARNING, CROWD);
}

/* Whether it is `gone`, seen with the pages that the look needs as well.  */
static bool
sees_gone (TideAccount *self)
{
  uint64_t magic;

  if (tide_outside_peek (&self->outside, self->region->mapped_at, &magic, sizeof magic)
      && magic == TIDE_REGION_MAGIC)
    return false;
  self->gone = tide_account_is_replaced (self);
  return self->gone;
}

/* The node of the stack of TSTATE.  EMPTY: there is no Python code on it, for sure.  */
static uint32_t
read_stack (TideAccount *self, uint64_t tstate, bool *empty)
{
  TideOutsideFrame frames[TIDE_RECORD_MAX_FRAMES];
  uint32_t n = 0, node = 0;
  bool whole = false;

  /* One that changed while it was read is read once more.  */
  for (int attempt = 0; attempt < 2 && !whole && n < TIDE_RECORD_MAX_FRAMES; attempt++)
    {
      if (attempt > 0)
        tide_outside_begin (&self->outside);
      n = tide_outside_walk (&self->outside, &self->codes, tstate, frames, TIDE_RECORD_MAX_FRAMES, &whole);
    }
  *empty = whole && n == 0;
  self->n_torn += !whole && n < TIDE_RECORD_MAX_FRAMES;
  if (!whole && n > 0)
    node = tide_intern_pseudo (&self->intern, TIDE_ACCOUNT_DEEP_NAME);
  for (; n > 0; n--)
    node = tide_intern_node (&self->intern, node, frames[n - 1].known.code,
                             tide_codes_get_line (&self->codes, frames[n - 1].known, frames[n - 1].offset));
  return node;
}

uint32_t
tide_account_find_culprit (TideAccount *self, int64_t now_ns, uint32_t *thread, bool *idle)
{
  uint32_t tids[4], n_tids, node = 0;
  uint64_t tstate = 0;
  bool empty = false;

  *thread = 0;
  *idle = false;
  if (!self->layout_good || self->agent_state != TIDE_AGENT_READY)
    {
      self->gone = tide_account_is_replaced (self);
      return 0;
    }
  self->threads.hidden = tide_mail_get_thread (&self->mail);
  n_tids = tide_threads_rank (&self->threads, tids, sizeof tids / sizeof tids[0]);
  tell_crowd (self, now_ns);
  tide_outside_begin (&self->outside);
  if (sees_gone (self))
    return 0;
  for (uint32_t i = 0; i < n_tids && tstate == 0; i++)
    {
      /* A thread that Python does not know works for one that it knows.  */
      tstate = tide_outside_find_tstate (&self->outside, tids[i], n_tids == 1);
      if (tstate != 0)
        *thread = tide_intern_thread (&self->intern, self->pid, tids[i]);
    }
  if (tstate != 0)
    node = read_stack (self, tstate, &empty);
  if (tide_outside_is_refused (&self->outside))
    tide_mail_want (&self->mail, self->stream, now_ns);
  *idle = empty && tstate == self->outside.layout.main_tstate;
  return node;
}
