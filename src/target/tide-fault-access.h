#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether the system lets a program follow its own page faults, which the instrument "faults" does.  */
typedef enum
{
  TIDE_FAULT_ACCESS_GIVEN,
  TIDE_FAULT_ACCESS_REFUSED,    /* polkit may be asked for it, see tide_helper_may_ask() */
  TIDE_FAULT_ACCESS_IMPOSSIBLE, /* the kernel has nothing of the kind */
} TideFaultAccess;

/* Tries it on ourselves, for a moment.  In a sandbox the answer is that of the sandbox.  Any thread.  */
TideFaultAccess tide_fault_access_look (void);

G_END_DECLS
