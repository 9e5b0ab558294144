#include "config.h"

#include "tide-function-table-private.h"

#include "tide-call-sums.h"
#include "tide-event-sums.h"
#include "tide-process-private.h"
#include "tide-sites.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>

/* How a table is computed.
 *
 * 1. Events are summed up by account (a node of the call tree, or one of the two without): whole chunks by
 * their digests, the two ends of the range one by one.
 * 2. One pass from the last node to the first gives each node the sum of its subtree: parents have smaller
 * ids.
 * 3. Self goes from nodes to functions as it is.  Total: a walk over the tree, where a node gives its subtree
 * to its function unless the function stands above it already.
 *
 * Functions are numbered: 0 outside Python, 1 .. n_codes by the first code that is that function, n_codes + 1
 * before measuring.  */
typedef struct
{
  TideProcess *process;
  GCancellable *cancellable;
  gsize n_accounts;
  guint n_codes;
  TideTally *self;  /* by account                                   */
  TideTally *total; /* by account: with everything below it         */
  guint32 *row_of;  /* by function: 1 + its row, 0 none yet         */
  GArray *rows;     /* TideFunctionRow                              */
} Query;

static const TideNode *
node_of_account (const Query *query, gsize account)
{
  return tide_column_at (&query->process->nodes, account - TIDE_ACCOUNT_OF_NODE (1));
}

/* The account above ACCOUNT, 0 when it is uppermost (no account is below account 0).  */
static gsize
parent_of_account (const Query *query, gsize account)
{
  const TideNode *node;

  if (account <= TIDE_ACCOUNT_OUTSIDE)
    return 0;
  node = node_of_account (query, account);
  return node->parent == 0 ? 0 : TIDE_ACCOUNT_OF_NODE (node->parent);
}

static gsize
function_of_account (const Query *query, gsize account)
{
  const TideNode *node;
  guint32 function;

  if (account == TIDE_ACCOUNT_BEFORE)
    return (gsize)query->n_codes + 1;
  if (account == TIDE_ACCOUNT_OUTSIDE)
    return 0;
  node = node_of_account (query, account);
  if (node->code == 0)
    return 0;
  function = tide_process_get_function (query->process, node->code);
  return function == TIDE_CODE_BEFORE ? (gsize)query->n_codes + 1 : function;
}

static gboolean
is_cancelled (const Query *query)
{
  return query->cancellable != NULL && g_cancellable_is_cancelled (query->cancellable);
}

static void
sum_subtrees (Query *query)
{
  for (gsize account = query->n_accounts; account-- > 0;)
    {
      gsize parent = parent_of_account (query, account);

      tide_tally_add (&query->total[account], &query->self[account]);
      if (parent != 0 && query->total[account].n_samples > 0)
        tide_tally_add (&query->total[parent], &query->total[account]);
    }
}

static TideFunctionRow *
get_row (Query *query, gsize function)
{
  TideFunctionRow row = { .function = "", .file = "", .n_calls = -1 };

  if (query->row_of[function] != 0)
    return &g_array_index (query->rows, TideFunctionRow, query->row_of[function] - 1);

  if (function == 0)
    {
      row.code = 0;
      row.function = _ ("[outside Python]");
    }
  else if (function == (gsize)query->n_codes + 1)
    {
      row.code = TIDE_CODE_BEFORE;
      row.function = _ ("[before measuring]");
    }
  else
    {
      const TideCode *code = tide_process_get_code (query->process, function);

      row.code = function;
      row.line = code->first_line;
      row.function = tide_process_get_string (query->process, code->name);
      row.file = tide_process_get_string (query->process, code->file);
    }
  g_array_append_val (query->rows, row);
  query->row_of[function] = query->rows->len;
  return &g_array_index (query->rows, TideFunctionRow, query->rows->len - 1);
}

/* Walks down the tree without a stack: links to the first child and to the next one, and the parents lead
 * back.  Nodes without events below them are left out.  */
static void
sum_totals (Query *query)
{
  g_autofree guint32 *first_child = g_new0 (guint32, query->n_accounts);
  g_autofree guint32 *next = g_new0 (guint32, query->n_accounts);
  g_autofree guint32 *depth_of =
      g_new0 (guint32, (gsize)query->n_codes + 2); /* by function: how often it is on the way down */
  guint32 top = 0;
  gsize account;

  /* An account fits 32 bits, as tide_process_init() bounds the ids.  From the last on, so that siblings come
   * in the order of their ids.  */
  for (account = query->n_accounts; account-- > 0;)
    {
      gsize parent = parent_of_account (query, account);
      guint32 *head = parent != 0 ? &first_child[parent] : &top;

      if (query->total[account].n_samples == 0)
        continue;
      /* Links are one too high, so that 0 is none.  */
      next[account] = *head;
      *head = account + 1;
    }

  if (top == 0)
    return;
  account = top - 1;
  for (;;)
    {
      gsize function = function_of_account (query, account);

      if (depth_of[function]++ == 0)
        {
          TideFunctionRow *row = get_row (query, function);

          row->total_rise = tide_add_saturated (row->total_rise, query->total[account].rise);
          row->total_fall = tide_add_saturated (row->total_fall, query->total[account].fall);
        }
      if (first_child[account] != 0)
        {
          account = first_child[account] - 1;
          continue;
        }
      for (;;)
        {
          depth_of[function_of_account (query, account)]--;
          if (next[account] != 0)
            break;
          account = parent_of_account (query, account);
          if (account == 0)
            return;
        }
      account = next[account] - 1;
    }
}

/* What one line of one function came to.  */
typedef struct
{
  guint32 row, line;
  gint64 net;
} LineNet;

static int
compare_lines (const void *a, const void *b)
{
  const LineNet *x = a, *y = b;

  if (x->row != y->row)
    return x->row < y->row ? -1 : 1;
  return (x->line > y->line) - (x->line < y->line);
}

/* Sums up self by function, and finds the line that grew most in each.  */
static void
sum_self (Query *query)
{
  g_autoptr (GArray) lines = g_array_new (FALSE, FALSE, sizeof (LineNet));
  gint64 best = 0;

  for (gsize account = 0; account < query->n_accounts; account++)
    {
      const TideTally *tally = &query->self[account];
      gsize function;
      TideFunctionRow *row;
      LineNet line = { 0 };

      if (tally->n_samples == 0)
        continue;
      function = function_of_account (query, account);
      row = get_row (query, function);
      row->self_rise = tide_add_saturated (row->self_rise, tally->rise);
      row->self_fall = tide_add_saturated (row->self_fall, tally->fall);
      row->n_samples += tally->n_samples;

      if (account <= TIDE_ACCOUNT_OUTSIDE || function == 0)
        continue;
      line.row = query->row_of[function] - 1;
      line.line = node_of_account (query, account)->line;
      line.net = tally->rise - tally->fall;
      if (line.line != 0)
        g_array_append_val (lines, line);
    }

  g_array_sort (lines, compare_lines);
  for (guint i = 0; i < lines->len;)
    {
      const LineNet *first = &g_array_index (lines, LineNet, i);
      TideFunctionRow *row = &g_array_index (query->rows, TideFunctionRow, first->row);
      gint64 net = 0;

      for (; i < lines->len && compare_lines (first, &g_array_index (lines, LineNet, i)) == 0; i++)
        if (__builtin_add_overflow (net, g_array_index (lines, LineNet, i).net, &net))
          net = g_array_index (lines, LineNet, i).net < 0 ? G_MININT64 : G_MAXINT64;
      if (row->hot_line == 0 || net > best)
        {
          row->hot_line = first->line;
          best = net;
        }
    }
}

/* Functions that were called are rows, even where RSS never changed.  */
static void
count_calls (Query *query, TideSpan span)
{
  g_autofree gint64 *sums = g_new (gint64, (gsize)query->n_codes + 1);

  if (!tide_call_sums (query->process, span, sums, query->n_codes, query->cancellable))
    return;
  for (guint32 function = 1; function <= query->n_codes; function++)
    if (tide_process_get_function (query->process, function) == function
        && (sums[function] > 0 || query->row_of[function] != 0))
      get_row (query, function)->n_calls = sums[function];
}

/* Gives the rows their Python bytes.  */
static gboolean
add_bytes (Query *query, TideSpan span)
{
  g_autoptr (TideSiteSums) sums = tide_site_sums_new (query->process, span, query->cancellable);

  for (guint i = 0; sums != NULL && i < sums->functions->len; i++)
    {
      const TideSiteRow *site = &g_array_index (sums->functions, TideSiteRow, i);

      /* Not code that came after the codes were counted.  */
      if (site->code <= query->n_codes)
        get_row (query, site->code)->bytes = site->figures;
    }
  return sums != NULL;
}

/* Puts the rows in the order of their functions: names that came together lie together in memory, and who
 * goes over all of them goes straight on.  */
static void
sort_rows (Query *query, GArray *rows)
{
  g_array_set_size (rows, query->rows->len);
  for (gsize function = 0, n = 0; function < (gsize)query->n_codes + 2; function++)
    if (query->row_of[function] != 0)
      g_array_index (rows, TideFunctionRow, n++) =
          g_array_index (query->rows, TideFunctionRow, query->row_of[function] - 1);
}

gboolean
tide_function_table_query (TideFunctionTable *self, GCancellable *cancellable)
{
  Query query = { .process = self->process, .cancellable = cancellable };
  gsize begin, end;
  gboolean done;

  /* How many events there are must be read before how many nodes there are, and these before the codes: then
   * what an event refers to is among them.  */
  end = self->span.end_ns == G_MAXINT64 ? tide_process_get_n_events (self->process)
                                        : tide_process_count_events_before (self->process, self->span.end_ns);
  begin = self->span.begin_ns == G_MININT64
              ? 0
              : tide_process_count_events_before (self->process, self->span.begin_ns);
  query.n_accounts = TIDE_N_ACCOUNTS (tide_process_get_n_nodes (self->process));
  query.n_codes = tide_process_get_n_codes (self->process);
  query.self = g_new0 (TideTally, query.n_accounts);

  done = tide_event_sums (self->process, begin, end, query.self, query.n_accounts, cancellable);
  if (done)
    {
      query.total = g_new0 (TideTally, query.n_accounts);
      query.rows = g_array_new (FALSE, FALSE, sizeof (TideFunctionRow));
      query.row_of = g_new0 (guint32, (gsize)query.n_codes + 2);
      sum_subtrees (&query);
      sum_self (&query);
      sum_totals (&query);
      self->has_calls = query.n_codes > 0 && tide_process_get_n_calls_of (self->process, 1) >= 0;
      count_calls (&query, self->span);
      self->has_bytes = add_bytes (&query, self->span);
      sort_rows (&query, self->rows);

      for (guint i = 0; i < self->rows->len; i++)
        {
          const TideFunctionRow *row = &g_array_index (self->rows, TideFunctionRow, i);

          self->rise = tide_add_saturated (self->rise, row->self_rise);
          self->fall = tide_add_saturated (self->fall, row->self_fall);
        }
    }
  g_free (query.self);
  g_free (query.total);
  g_free (query.row_of);
  g_clear_pointer (&query.rows, g_array_unref);
  return done && !is_cancelled (&query);
}
