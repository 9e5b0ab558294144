#pragma once

#include "tide-account-private.h"

#include <glib.h>

/* An account of this very process, with a region that the test writes as an agent would.  */
typedef struct
{
  TideOutlet outlet; /* without a reader: keeps what it is given */
  TideStream stream;
  TideProcfs procfs;
  TideRegion *region;
  TideAccount *account;
} AccountFixture;

void account_fixture_init (AccountFixture *self);
void account_fixture_finish (AccountFixture *self);
