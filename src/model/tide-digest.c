#include "tide-digest.h"

#include <string.h>

void
tide_digester_init (TideDigester *self, gsize n_accounts)
{
  self->n_accounts = n_accounts;
  self->entry_of_account = g_new0 (guint32, n_accounts);
  self->entries = g_array_new (FALSE, FALSE, sizeof (TideDigestEntry));
}

void
tide_digester_clear (TideDigester *self)
{
  g_clear_pointer (&self->entry_of_account, g_free);
  g_clear_pointer (&self->entries, g_array_unref);
  self->n_accounts = 0;
}

void
tide_digester_add (TideDigester *self, const TideRssEvent *events, gsize n_events)
{
  for (gsize i = 0; i < n_events; i++)
    {
      gsize account = tide_rss_event_get_account (&events[i]);
      guint32 *entry;

      g_assert (account < self->n_accounts);
      entry = &self->entry_of_account[account];
      if (*entry == 0)
        {
          TideDigestEntry new_entry = { .account = account };

          g_array_append_val (self->entries, new_entry);
          *entry = self->entries->len;
        }
      tide_tally_add_event (&g_array_index (self->entries, TideDigestEntry, *entry - 1).tally, &events[i]);
    }
}

TideDigest *
tide_digester_finish (TideDigester *self)
{
  gsize size = self->entries->len * sizeof (TideDigestEntry);
  TideDigest *digest = g_malloc (sizeof *digest + size);

  digest->n_entries = self->entries->len;
  if (size > 0)
    memcpy (digest->entries, self->entries->data, size);

  for (guint i = 0; i < self->entries->len; i++)
    self->entry_of_account[digest->entries[i].account] = 0;
  g_array_set_size (self->entries, 0);
  return digest;
}
