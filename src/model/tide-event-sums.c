#include "tide-event-sums.h"

#include "tide-process-private.h"

gboolean
tide_event_sums (TideProcess *process,
                 gsize begin,
                 gsize end,
                 TideTally *tallies,
                 gsize n_accounts,
                 GCancellable *cancellable)
{
  TideDigester digester = { 0 };
  gboolean done = TRUE;

  while (begin < end)
    {
      if (cancellable != NULL && g_cancellable_is_cancelled (cancellable))
        {
          done = FALSE;
          break;
        }
      if ((begin & (TIDE_CHUNK_SIZE - 1)) == 0 && end - begin >= TIDE_CHUNK_SIZE)
        {
          const TideDigest *digest;

          if (digester.entries == NULL)
            tide_digester_init (&digester, n_accounts);
          digest = tide_process_get_digest (process, begin >> TIDE_CHUNK_SHIFT, &digester);
          for (gsize i = 0; i < digest->n_entries; i++)
            tide_tally_add (&tallies[digest->entries[i].account], &digest->entries[i].tally);
          begin += TIDE_CHUNK_SIZE;
        }
      else
        {
          gsize n;
          const TideRssEvent *run = tide_column_run (&process->events, begin, &n);

          n = MIN (n, end - begin);
          for (gsize i = 0; i < n; i++)
            tide_tally_add_event (&tallies[tide_rss_event_get_account (&run[i])], &run[i]);
          begin += n;
        }
    }
  tide_digester_clear (&digester);
  return done;
}
