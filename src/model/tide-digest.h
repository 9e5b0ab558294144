#pragma once

#include "tide-batch.h"

G_BEGIN_DECLS

/* What a whole chunk of 64 Ki events comes to, node by node: so that a table over millions of events need not
 * look at each of them. Internal to the model; immutable once made.
 *
 * Events are charged to accounts: */
#define TIDE_ACCOUNT_BEFORE 0  /* no node, and resident before measuring began or while it was paused */
#define TIDE_ACCOUNT_OUTSIDE 1 /* no node otherwise                                                   */
#define TIDE_ACCOUNT_OF_NODE(node) ((gsize)(node) + 1)
#define TIDE_N_ACCOUNTS(n_nodes) ((gsize)(n_nodes) + 2)

/* TIDE_SOURCE_START of the wire, which the model does not include.  */
#define TIDE_RSS_SOURCE_START 0

typedef struct
{
  gint64 rise, fall; /* bytes, both positive; they stop at G_MAXINT64 */
  gint64 n_samples;
} TideTally;

typedef struct
{
  gsize account;
  TideTally tally;
} TideDigestEntry;

typedef struct
{
  gsize n_entries;
  TideDigestEntry entries[];
} TideDigest;

static inline gint64
tide_add_saturated (gint64 a, gint64 b)
{
  gint64 sum;

  return __builtin_add_overflow (a, b, &sum) ? G_MAXINT64 : sum;
}

static inline gsize
tide_rss_event_get_account (const TideRssEvent *event)
{
  if (event->node == 0 && event->source == TIDE_RSS_SOURCE_START)
    return TIDE_ACCOUNT_BEFORE;
  return TIDE_ACCOUNT_OF_NODE (event->node);
}

static inline void
tide_tally_add_event (TideTally *self, const TideRssEvent *event)
{
  if (event->delta_bytes >= 0)
    self->rise = tide_add_saturated (self->rise, event->delta_bytes);
  else
    self->fall = tide_add_saturated (self->fall, -event->delta_bytes);
  self->n_samples++;
}

static inline void
tide_tally_add (TideTally *self, const TideTally *other)
{
  self->rise = tide_add_saturated (self->rise, other->rise);
  self->fall = tide_add_saturated (self->fall, other->fall);
  self->n_samples += other->n_samples;
}

/* Makes digests one after another; keeps its working memory between them.  */
typedef struct
{
  guint32 *entry_of_account; /* 1 + its entry in the digest that is being made, 0: none; all 0 between two
                                digests */
  gsize n_accounts;
  GArray *entries; /* TideDigestEntry */
} TideDigester;

void tide_digester_init (TideDigester *self, gsize n_accounts);
void tide_digester_clear (TideDigester *self);
/* Events of the chunk, in as many pieces as they lie in.  Their accounts must be below n_accounts.  */
void tide_digester_add (TideDigester *self, const TideRssEvent *events, gsize n_events);
/* What was added since the last one.  Free with g_free().  */
TideDigest *tide_digester_finish (TideDigester *self);

G_END_DECLS
