#pragma once

/* The instrument "faults": the kernel sends SIGTRAP to a thread that has just touched its N-th fresh page,
 * and the handler looks at RSS and at the stack there and then.  */

/* No more signals.  The handler stays, since one may be on its way to another thread.  Any thread.  */
void tide_faults_stop (void);
