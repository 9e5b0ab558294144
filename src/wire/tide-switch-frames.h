#pragma once

/* The control frames that change what is measured while the program runs, as in tide-frames.h.  Their stream
 * says of which process they speak.  */

#include "tide-buffer.h"
#include "tide-cursor.h"

/* The stream of a control frame that is meant for every process.  */
#define TIDE_STREAM_ALL 0xffffu

/* Which options a SWITCH carries; the others stay as they are.  */
#define TIDE_SWITCH_TRIGGER (1u << 0)
#define TIDE_SWITCH_SAMPLE (1u << 1)

typedef struct
{
  uint32_t on;            /* TideInstrument bits to be on; one that is on stays so              */
  uint32_t off;           /* those to be off; what is in neither stays as it is                 */
  uint32_t parts;         /* TIDE_SWITCH_*                                                      */
  uint64_t trigger_bytes; /* calls and lines: only those that moved RSS by so much; 0: all      */
  uint64_t sample_bytes;  /* bytes-sampled: mean distance of two samples; 0: the default        */
} TideSwitch;

/* Of the target's time, in thousandths: no budget is larger.  */
#define TIDE_BUDGET_MAX 1000u

void tide_put_switch (TideBuffer *buffer, uint16_t stream, const TideSwitch *wish);
bool tide_get_switch (TideSlice payload, TideSwitch *wish);

/* THOUSANDTHS: 0 is none.  */
void tide_put_budget (TideBuffer *buffer, uint16_t stream, uint32_t thousandths);
bool tide_get_budget (TideSlice payload, uint32_t *thousandths);
