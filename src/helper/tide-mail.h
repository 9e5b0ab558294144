#pragma once

#include "tide-region.h"
#include "tide-stream.h"

#include <stdbool.h>
#include <stdint.h>

/* Reads the memory of a target that lets nobody look into it: by letters to a thread of the agent inside it,
 * see TideRegionMail.  Costs some tens of microseconds a letter.  */
typedef enum
{
  TIDE_MAIL_UNKNOWN = 0,
  TIDE_MAIL_SERVED,
  TIDE_MAIL_UNSERVED,
} TideMailState;

typedef struct
{
  TideRegion *region; /* not owned */
  TideMailState told; /* what the person knows */
  bool asks;          /* that the agent is woken to make the thread */
  int64_t since_ns;   /* when the thread was asked for last; 0: never */
} TideMail;

void tide_mail_init (TideMail *self, TideRegion *region);

/* Memory cannot be read otherwise: asks for the thread, and tells STREAM what became of that.
 * At each look.  */
void tide_mail_want (TideMail *self, TideStream *stream, int64_t now_ns);

/* True, once: the agent has to be woken, since it is to make the thread.  */
bool tide_mail_asks (TideMail *self);

/* The thread's tid; 0: there is none.  */
uint32_t tide_mail_get_thread (const TideMail *self);

/* Copies pages of TIDE_MAIL_PAGE bytes from ADDRESSES into COPIES, until one cannot be read.  Gives how many
 * could be.  Waits some milliseconds at most, and not at all for a thread that has not answered yet.  */
uint32_t tide_mail_read (TideMail *self, const uint64_t *addresses, uint8_t *const *copies, uint32_t n);
