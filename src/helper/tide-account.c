#include "tide-account.h"
#include "tide-account-private.h"
#include "tide-marks.h"

#include <stdio.h>
#include <string.h>

/* A shell script may do much before it becomes Python; after this the person is told that it has not yet.  */
#define PYTHON_NS 10000000000
/* Claimed growth is left to the agent until RSS has stood still for so long.  */
#define CLAIM_NS 20000000
/* And all growth, while the agent looks.  */
#define LOOK_NS 20000000
/* How long the stack that was seen last answers for growth that is seen when there is none any more.  */
#define CULPRIT_NS 100000000
/* Nobody's RSS.  */
#define MAX_RSS (1ull << 40)

#define BEFORE_NAME "[before measuring]"
#define SHUTDOWN_NAME "[interpreter shutdown]"
#define PAUSE_NAME "[while paused]"

#define DAMAGED "What the agent wrote makes no sense; its memory was damaged by the program."
#define NO_AGENT "The program was started without Pagetide's agent: only its sampler can measure."

static void
report (TideAccount *self,
        int64_t now_ns,
        int which,
        TideInstrumentState state,
        uint64_t unit,
        const char *reason)
{
  TideRegionInstrument *said = &self->said[which];
  uint32_t bit = 1u << which;

  if (reason == NULL)
    reason = "";
  if (!(self->wanted & bit)
      || ((self->reported & bit) && said->state == (uint32_t)state && said->unit_bytes == unit
          && strcmp (said->reason, reason) == 0))
    return;
  self->reported |= bit;
  self->said_sequence[which] = 1; /* of nothing that the region said: those are even */
  said->state = (uint32_t)state;
  said->unit_bytes = unit;
  snprintf (said->reason, sizeof said->reason, "%s", reason);
  tide_stream_put_instrument (self->stream, now_ns, (TideInstrument)bit, state, unit,
                              reason[0] != '\0' ? reason : NULL);
}

static void
refuse (TideAccount *self, int64_t now_ns, const char *reason)
{
  for (int i = 0; i < TIDE_N_INSTRUMENTS; i++)
    if (!(self->reported & 1u << i) || self->said[i].state != TIDE_STATE_REFUSED)
      report (self, now_ns, i, TIDE_STATE_REFUSED, 0, reason);
}

void
tide_account_init (TideAccount *self,
                   TideStream *stream,
                   TideRegion *region,
                   TideProcfs *procfs,
                   uint32_t instruments,
                   bool use_agent,
                   int64_t start_ns)
{
  self->stream = stream;
  self->region = region;
  self->procfs = procfs;
  self->pid = (uint32_t)procfs->pid;
  self->wanted = instruments & TIDE_INSTRUMENTS_OF_AGENT;
  self->no_agent = !use_agent;
  self->start_ns = start_ns;
  tide_intern_init (&self->intern, stream);
  tide_codes_init (&self->codes, &self->intern);
  tide_ring_reader_init (&self->ring, region);
  tide_threads_init (&self->threads, self->pid);
  tide_mail_init (&self->mail, region);
  self->outside.memory = -1;
  if (!use_agent)
    refuse (self, self->start_ns, "Pagetide's agent is not installed where it should be.");
}

void
tide_account_want (TideAccount *self, uint32_t wanted, uint32_t asked, int64_t now_ns)
{
  asked &= TIDE_INSTRUMENTS_OF_AGENT;
  if (self->ring.broken || self->no_agent)
    {
      for (int i = 0; i < TIDE_N_INSTRUMENTS; i++)
        if (asked & 1u << i)
          tide_stream_put_instrument (self->stream, now_ns, (TideInstrument)(1u << i), TIDE_STATE_REFUSED, 0,
                                      self->ring.broken ? DAMAGED : NO_AGENT);
      return;
    }
  /* What was wanted once stays here, so that its end is told as well.  */
  self->wanted |= wanted;
  self->reported &= ~asked;
  self->awaited |= asked;
}

bool
tide_account_is_signalled (const TideAccount *self)
{
  return self->said[__builtin_ctz (TIDE_INSTRUMENT_FAULTS)].state == TIDE_STATE_ON;
}

void
tide_account_finish (TideAccount *self)
{
  tide_outside_finish (&self->outside);
  tide_threads_finish (&self->threads);
  tide_codes_finish (&self->codes);
  tide_intern_finish (&self->intern);
}

static void
flush (TideAccount *self)
{
  tide_put_events (tide_stream_get_buffer (self->stream), self->stream->number, self->events, self->n_events);
  self->n_events = 0;
}

void
tide_account_put (TideAccount *self, const TideEvent *event)
{
  if (event->rss_pages > self->top_pages && event->rss_pages < MAX_RSS)
    self->top_pages = event->rss_pages;
  if (self->n_events == TIDE_EVENTS_MAX_COUNT)
    flush (self);
  self->events[self->n_events++] = *event;
}

/* It contradicts itself, and nothing that it says is believed from here on.  */
static void
distrust (TideAccount *self, int64_t now_ns)
{
  self->ring.broken = true;
  self->reported = 0;
  tide_stream_put_message (self->stream, now_ns, TIDE_SEVERITY_WARNING, DAMAGED);
  for (int i = 0; i < TIDE_N_INSTRUMENTS; i++)
    report (self, now_ns, i, TIDE_STATE_OFF, 0, DAMAGED);
  self->wanted = 0;
}

static void
follow_instrument (TideAccount *self, int64_t now_ns, int which, const TideRegionInstrument *shared)
{
  TideRegionInstrument copy;

  uint32_t sequence = atomic_load_explicit (&shared->sequence, memory_order_acquire);

  /* At most ticks nothing is new, and it need not be compared.  */
  if (!(self->wanted & 1u << which)
      || ((self->reported & 1u << which) && self->said_sequence[which] == sequence))
    return;
  memcpy (&copy, shared, sizeof copy);
  atomic_thread_fence (memory_order_acquire);
  copy.reason[sizeof copy.reason - 1] = '\0';
  if (copy.state > TIDE_STATE_REFUSED || (sequence & 1) != 0
      || atomic_load_explicit (&shared->sequence, memory_order_relaxed) != sequence)
    return;
  report (self, now_ns, which, (TideInstrumentState)copy.state, copy.unit_bytes, copy.reason);
  self->said_sequence[which] = sequence;
}

static void
greet (TideAccount *self)
{
  TidePythonInfo python;
  TidePythonLayout layout;
  char version[sizeof self->region->python_version];

  memcpy (&layout, &self->region->layout, sizeof layout);
  memcpy (version, self->region->python_version, sizeof version);
  version[sizeof version - 1] = '\0';
  self->layout_good = tide_outside_init (&self->outside, (pid_t)self->pid, &self->mail, &layout);
  tide_procfs_reopen_memory (self->procfs);
  self->codes.version_hex = layout.version_hex;
  python.version_hex = layout.version_hex;
  python.flags = self->region->python_flags;
  python.version = (TideSlice){ version, strlen (version) };
  tide_put_python (tide_stream_get_buffer (self->stream), self->stream->number, &python);
}

void
tide_account_follow (TideAccount *self, int64_t now_ns)
{
  uint32_t state = atomic_load_explicit (&self->region->agent_state, memory_order_acquire);
  uint64_t lost = atomic_load_explicit (&self->region->lost, memory_order_relaxed);

  if (self->wanted == 0 || self->no_agent)
    return;
  if (state >= TIDE_AGENT_READY && self->agent_state < TIDE_AGENT_READY)
    greet (self);
  /* No agent goes back, so nobody is greeted twice.  */
  if (state > self->agent_state)
    self->agent_state = state;
  if (self->agent_state >= TIDE_AGENT_READY)
    {
      if (atomic_load (&self->region->wish) == atomic_load (&self->region->wish_done))
        self->awaited = 0;
      for (int i = 0; i < TIDE_N_INSTRUMENTS; i++)
        if (!(self->awaited & 1u << i))
          follow_instrument (self, now_ns, i, &self->region->instruments[i]);
    }
  else if (now_ns - self->start_ns > PYTHON_NS)
    refuse (self, now_ns, "No Python interpreter that can be measured has come up in this process so far.");
  if (lost > self->lost)
    {
      TideLost frame = { .kind = TIDE_LOST_EVENTS, .count = lost - self->lost };

      frame.time_ns = tide_stream_stamp (self->stream, now_ns);
      tide_put_lost (tide_stream_get_buffer (self->stream), self->stream->number, &frame);
      self->lost = lost;
    }
}

static void
take_code (TideAccount *self)
{
  const TideCodeRecord *record;
  TideCodeContents contents;

  if (!tide_ring_reader_get_code (&self->ring, &record, &contents.file, &contents.name, &contents.line_table))
    return;
  contents.address = record->address;
  contents.fingerprint = record->fingerprint;
  contents.first_line = record->first_line;
  self->ring.broken = !tide_codes_add_agent (&self->codes, record->id, &contents);
}

uint32_t
tide_account_find_node (TideAccount *self, const TideRecordFrame *frames, uint32_t n_frames, bool truncated)
{
  uint32_t node = truncated ? tide_intern_pseudo (&self->intern, TIDE_ACCOUNT_DEEP_NAME) : 0;

  for (uint32_t i = n_frames; i > 0; i--)
    {
      TideKnownCode known = tide_codes_find_agent (&self->codes, frames[i - 1].code);

      node = tide_intern_node (&self->intern, node, known.code,
                               tide_codes_get_line (&self->codes, known, frames[i - 1].offset));
    }
  return node;
}

static void
take_event (TideAccount *self, int64_t now_ns)
{
  const TideEventRecord *record;
  TideEvent event = { 0 };

  if (!tide_ring_reader_get_event (&self->ring, &record))
    return;
  if (record->source == TIDE_SOURCE_START)
    event.node = tide_intern_pseudo (&self->intern, BEFORE_NAME);
  else if (record->source == TIDE_SOURCE_SHUTDOWN)
    event.node = tide_intern_pseudo (&self->intern, SHUTDOWN_NAME);
  else
    event.node = tide_account_find_node (self, record->frames, record->n_frames, record->truncated != 0);
  /* A clock that is ahead of ours would put all that follows into the future.  */
  event.time_ns = tide_stream_stamp (self->stream,
                                     record->time_ns < (uint64_t)now_ns ? (int64_t)record->time_ns : now_ns);
  event.delta_pages = record->delta_pages;
  event.rss_pages = record->rss_pages;
  event.thread = tide_intern_thread (&self->intern, self->pid, record->tid);
  event.source = (TideSource)record->source;
  tide_account_put (self, &event);
}

static void
drain (TideAccount *self, int64_t now_ns)
{
  const TideRecordHeader *record;
  uint64_t start = self->ring.tail;

  /* Codes cannot be understood before it is known of which Python they are.  And a program that writes as
   * fast as we read must not keep us here: one ring at a time.  */
  while (self->agent_state >= TIDE_AGENT_READY && self->ring.tail - start < TIDE_REGION_RING_SIZE
         && (record = tide_ring_reader_next (&self->ring)) != NULL)
    {
      if (record->kind == TIDE_RECORD_CODE)
        take_code (self);
      else if (record->kind == TIDE_RECORD_EVENT)
        take_event (self, now_ns);
      else if (record->kind == TIDE_RECORD_GC || record->kind == TIDE_RECORD_MARK)
        {
          /* What came before stands before.  */
          flush (self);
          if (record->kind == TIDE_RECORD_GC)
            tide_marks_take_gc (&self->ring, self->stream, &self->intern, self->pid, now_ns);
          else
            tide_marks_take_mark (&self->ring, self->stream, &self->intern, self->pid, now_ns);
        }
      /* Other kinds are a newer agent's.  */
    }
  flush (self);
  if (self->ring.broken)
    distrust (self, now_ns);
}

bool
tide_account_drain (TideAccount *self, int64_t now_ns)
{
  if (self->wanted == 0)
    return true;
  if (tide_outlet_get_pending (self->stream->outlet) >= TIDE_OUTLET_EVENTS_LIMIT)
    return false;
  drain (self, now_ns);
  /* Before that the codes stay in the ring, and calls that are told already could not be named.  */
  return self->agent_state >= TIDE_AGENT_READY;
}

/* What an interpreter gives back when it takes itself apart says nothing of the program.  */
static bool
is_shutting_down (TideAccount *self)
{
  return self->agent_state == TIDE_AGENT_ENDED
         || atomic_load_explicit (&self->region->finalizing, memory_order_relaxed) != 0;
}

/* Who is charged with a change by the stack that runs, EVENT's, or IDLE.  */
static void
settle_whose (TideAccount *self, int64_t now_ns, bool idle, bool grown, TideEvent *event)
{
  /* The agent tells of the shutdown when it looks next; what an interpreter gives back without one belongs
   * to it all the same.  */
  if (idle && !grown)
    {
      event->source = TIDE_SOURCE_SHUTDOWN;
      event->node = tide_intern_pseudo (&self->intern, SHUTDOWN_NAME);
    }
  /* Growth was there before the stack was gone: it is of who ran then.  */
  else if (idle && now_ns - self->culprit_ns < CULPRIT_NS)
    {
      event->node = self->culprit;
      event->thread = self->culprit_thread;
    }
  else
    {
      self->culprit = event->node;
      self->culprit_thread = event->thread;
      self->culprit_ns = now_ns;
    }
}

/* What the agent is about to tell was before what is seen now, and is to stand before it.  One that has lost
 * the processor, or is always found looking, is not waited for.  */
static bool
waits_for_agent (TideAccount *self, int64_t now_ns)
{
  if (self->agent_state != TIDE_AGENT_READY || atomic_load (&self->region->account_lock) == 0)
    {
      self->looking_ns = 0;
      return false;
    }
  if (self->looking_ns == 0)
    self->looking_ns = now_ns;
  return now_ns - self->looking_ns < LOOK_NS;
}

static void
charge_difference (TideAccount *self, int64_t now_ns, int64_t before, int64_t now)
{
  int64_t claimed = tide_account_get_claimed (self, before, now);
  bool ready = self->agent_state >= TIDE_AGENT_READY, ends = ready && is_shutting_down (self), idle = false;
  TideEvent event = { .source = TIDE_SOURCE_OUTSIDE };

  if (claimed > 0 && claimed == now - before && now_ns - self->moved_ns < CLAIM_NS)
    return;
  /* Nothing of another program is charged to ours, the claim neither.  */
  if (ready && !ends && before + claimed != now)
    event.node = tide_account_find_culprit (self, now_ns, &event.thread, &idle);
  else
    self->gone = tide_account_is_replaced (self);
  if (self->gone)
    return;
  if (claimed > 0)
    {
      if (!tide_account_charge_claim (self, now_ns, before, claimed))
        return;
      before += claimed;
      if (before == now)
        return;
    }
  if (ends)
    {
      event.source = TIDE_SOURCE_SHUTDOWN;
      event.node = tide_intern_pseudo (&self->intern, SHUTDOWN_NAME);
    }
  else if (ready)
    {
      settle_whose (self, now_ns, idle, now > before, &event);
      if (!tide_account_charge_block (self, now_ns, &before, &now, event.node))
        return;
    }
  else if (!self->no_agent)
    {
      event.source = TIDE_SOURCE_START;
      event.node = tide_intern_pseudo (&self->intern, BEFORE_NAME);
    }
  if (before == now || !tide_account_take_difference (self, before, now, &event.delta_pages))
    return;
  event.rss_pages = (uint64_t)now;
  event.time_ns = tide_stream_stamp (self->stream, now_ns);
  tide_account_put (self, &event);
}

/* Once each time that RSS stands still, when all is charged.  */
static void
stand_still (TideAccount *self, int64_t now_ns)
{
  uint32_t thread, running;
  bool idle;

  self->stood_still = true;
  if (atomic_load (&self->region->claim_arena) == 0 || atomic_load (&self->region->claimed_pages) <= 0)
    return;
  running = tide_account_find_culprit (self, now_ns, &thread, &idle);
  if (running != 0 && !self->gone)
    tide_account_end_claim (self, running);
}

bool
tide_account_charge (TideAccount *self, int64_t now_ns, uint64_t *rss_pages)
{
  int64_t before = atomic_load (&self->region->accounted_pages);

  if (!tide_procfs_read_rss (self->procfs, rss_pages))
    return false;
  if (*rss_pages != self->last_pages)
    {
      self->last_pages = *rss_pages;
      self->moved_ns = now_ns;
      self->stood_still = false;
    }
  if (self->wanted == 0 || tide_outlet_get_pending (self->stream->outlet) >= TIDE_OUTLET_EVENTS_LIMIT)
    return true;
  if ((int64_t)*rss_pages != before)
    {
      if (waits_for_agent (self, now_ns))
        return true;
      charge_difference (self, now_ns, before, (int64_t)*rss_pages);
      flush (self);
      return !self->gone;
    }
  self->looking_ns = 0;
  if (!self->stood_still && now_ns - self->moved_ns >= CLAIM_NS)
    stand_still (self, now_ns);
  return !self->gone;
}

void
tide_account_charge_pause (TideAccount *self, int64_t now_ns)
{
  TideEvent event = { .source = TIDE_SOURCE_START };
  bool taken = false;

  if (self->wanted == 0)
    return;
  /* The agent may still be in a look that it had begun before the pause.  */
  for (int attempt = 0; attempt < 16 && !taken; attempt++)
    {
      int64_t before = atomic_load (&self->region->accounted_pages);

      if (!tide_procfs_read_rss (self->procfs, &event.rss_pages))
        return;
      taken = tide_account_take_difference (self, before, (int64_t)event.rss_pages, &event.delta_pages);
    }
  if (!taken || event.delta_pages == 0)
    return;
  event.node = tide_intern_pseudo (&self->intern, PAUSE_NAME);
  event.time_ns = tide_stream_stamp (self->stream, now_ns);
  tide_account_put (self, &event);
  flush (self);
}

uint64_t
tide_account_end (TideAccount *self, int64_t now_ns)
{
  int64_t accounted;

  if (self->wanted == 0)
    return 0;
  /* Not bounded by a slow reader: this is the last time, and it is one ring at most.  */
  tide_account_follow (self, now_ns);
  drain (self, now_ns);
  if (self->agent_state == TIDE_AGENT_ABSENT)
    refuse (
        self, now_ns,
        "The program was no Python into which the agent could be loaded: not a Python, linked statically, of "
        "another architecture, or with rights of its own.");
  else if (self->agent_state == TIDE_AGENT_LOADED)
    refuse (self, now_ns, "The program ended before its Python interpreter was up.");
  accounted = atomic_load (&self->region->accounted_pages);
  if (self->wanted != 0 && self->agent_state == TIDE_AGENT_READY
      && tide_account_charge_claim (self, now_ns, accounted,
                                    tide_account_get_claimed (self, accounted, (int64_t)self->last_pages)))
    {
      flush (self);
      accounted = atomic_load (&self->region->accounted_pages);
    }
  return self->wanted != 0 && accounted > 0 && accounted <= TIDE_ACCOUNT_MAX_PAGES ? (uint64_t)accounted : 0;
}
