#include "tide-fault-access.h"

#include "tide-fault-event.h"

#include <errno.h>
#include <unistd.h>

TideFaultAccess
tide_fault_access_look (void)
{
  /* It is off, so that the period never ends.  */
  int fd = tide_fault_event_open (0, G_MAXINT32);

  if (fd >= 0)
    {
      close (fd);
      return TIDE_FAULT_ACCESS_GIVEN;
    }
  return errno == EACCES || errno == EPERM ? TIDE_FAULT_ACCESS_REFUSED : TIDE_FAULT_ACCESS_IMPOSSIBLE;
}
