#pragma once

#include <stdbool.h>
#include <stdint.h>

/* The instrument "faults": the kernel sends SIGTRAP to a thread that has just touched its N-th fresh page,
 * and the handler looks at RSS and at the stack there and then.  */

typedef struct
{
  uint64_t unit_bytes;
  char reason[240]; /* why not, a sentence */
} TideFaultsReport;

/* In the main thread.  False: REPORT says why not.  */
bool tide_faults_start (TideFaultsReport *report);

/* No more signals.  The handler stays, since one may be on its way to another thread.  */
void tide_faults_stop (void);

/* Whether it still runs.  Programs that close every descriptor close ours.  */
bool tide_faults_is_on (void);

/* In a forked child.  */
void tide_faults_drop (void);
