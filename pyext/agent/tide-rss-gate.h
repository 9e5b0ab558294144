#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* RSS at each of many million events, without asking the kernel at each: a few words of memory tell whether
 * it may have moved, and only then it is read.  What can tell:
 *
 *   - the kernel's count of this thread's page faults, in a page that it shares with us (perf; where it is
 *     refused: nothing);
 *   - the end of the brk heap, and how much glibc has in blocks that are mappings of their own;
 *   - two words of the caller's, which others raise when they saw RSS move or memory come and go.
 *
 * Where page faults are counted growth is exact to the fault, but for what other threads touch, which is seen
 * at their own events, and so is the release of a block that malloc has mapped, or of the end of its heap;
 * other releases, and all of it where they are not, are as late as the caller's words, or with no words
 * TIDE_RSS_GATE_NS.  A gate is one thread's.  */

#define TIDE_RSS_GATE_NS 1000000u

typedef struct
{
  const volatile uint64_t *faults; /* goes up at each fault, or never          */
  uint64_t faults_seen;
  uintptr_t top_seen;
  size_t mapped_seen;
  uint64_t words_seen;
  uint64_t read_ns; /* without words: when it was read last */
  void *map;
  int fd; /* of the event, -1: none */
  uint64_t id;
} TideRssGate;

/* Words that go up (or just change) when RSS may have moved; either may be NULL.  For all gates, before the
 * first is opened.  Needs tide_statm_open() before.  */
void tide_rss_gate_set_words (const _Atomic uint64_t *a, const _Atomic uint64_t *b);

/* For the calling thread.  Takes up to two pages and a descriptor.  */
void tide_rss_gate_open (TideRssGate *self);

/* For any threads, one at a time: nobody's faults are counted.  Takes nothing.  */
void tide_rss_gate_open_shared (TideRssGate *self);
void tide_rss_gate_close (TideRssGate *self);

/* In a forked child, which has no such mapping: the descriptor is closed if it is ours.  */
void tide_rss_gate_drop (TideRssGate *self);

/* The faults of this thread are counted.  */
bool tide_rss_gate_counts_faults (const TideRssGate *self);

/* What becomes another number each time this thread has been away from the processor; NULL: nothing does.  As
 * long as the gate is open.  */
const volatile uint32_t *tide_rss_gate_switches (const TideRssGate *self);

/* RSS in pages.  NOW_NS: CLOCK_MONOTONIC, looked at only where there are no words; 0 then means: read it.
 * May change errno.  */
static inline int64_t tide_rss_gate_pages (TideRssGate *self, uint64_t now_ns);

/* The slow way.  */
int64_t tide_rss_gate_read (TideRssGate *self, uint64_t now_ns);

/* Everybody's, behind tide_rss_gate_pages().  */
typedef struct
{
  const volatile uintptr_t *top;
  const volatile size_t *mapped;
  const _Atomic uint64_t *words[2];
  bool timed; /* there are no words */
  _Atomic int64_t pages;
} TideRssGateShared;

extern TideRssGateShared tide_rss_gate_shared;

static inline uint64_t
tide_rss_gate_words (void)
{
  return atomic_load_explicit (tide_rss_gate_shared.words[0], memory_order_relaxed)
         + (atomic_load_explicit (tide_rss_gate_shared.words[1], memory_order_relaxed) << 20);
}

static inline int64_t
tide_rss_gate_pages (TideRssGate *self, uint64_t now_ns)
{
  if (__builtin_expect (*self->faults == self->faults_seen && *tide_rss_gate_shared.top == self->top_seen
                            && *tide_rss_gate_shared.mapped == self->mapped_seen
                            && tide_rss_gate_words () == self->words_seen
                            && (!tide_rss_gate_shared.timed || now_ns - self->read_ns < TIDE_RSS_GATE_NS),
                        1))
    return atomic_load_explicit (&tide_rss_gate_shared.pages, memory_order_relaxed);
  return tide_rss_gate_read (self, now_ns);
}
