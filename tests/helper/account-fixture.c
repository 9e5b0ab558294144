#include "account-fixture.h"

#include <string.h>
#include <unistd.h>

void
account_fixture_init (AccountFixture *self)
{
  memset (self, 0, sizeof *self);
  self->outlet.fd = -1;
  tide_buffer_init (&self->outlet.buffer);
  tide_stream_init (&self->stream, &self->outlet, 0);
  tide_procfs_init (&self->procfs, getpid ());
  self->region = g_aligned_alloc0 (1, TIDE_REGION_SIZE, 4096);
  self->region->page_size = (guint32)sysconf (_SC_PAGESIZE);
  self->account = g_new0 (TideAccount, 1);
  tide_account_init (self->account, &self->stream, self->region, &self->procfs, TIDE_INSTRUMENT_EVENTS, true,
                     0);
}

void
account_fixture_finish (AccountFixture *self)
{
  tide_account_finish (self->account);
  g_free (self->account);
  g_aligned_free (self->region);
  tide_procfs_finish (&self->procfs);
  tide_buffer_finish (&self->outlet.buffer);
}
