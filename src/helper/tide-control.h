#pragma once

#include "tide-frames.h"
#include "tide-switch-frames.h"

/* The control frames that come in.  What is no frame, or too long for one, ends the reading: the target is
 * not harmed by it.  */
typedef struct
{
  int fd; /* -1: none, or at its end */
  size_t length;
  uint8_t data[4096];
} TideControl;

typedef enum
{
  TIDE_CONTROL_NOTHING,
  TIDE_CONTROL_SIGNAL,
  TIDE_CONTROL_SUSPEND,
  TIDE_CONTROL_RESUME,
  TIDE_CONTROL_DETACH,
  TIDE_CONTROL_SWITCH,
  TIDE_CONTROL_BUDGET,
} TideControlKind;

typedef struct
{
  TideControlKind kind;
  uint16_t stream; /* of the process that is meant; TIDE_STREAM_ALL: of each */
  int signal_number;
  TideSwitch wish;
  uint32_t thousandths; /* budget */
} TideControlCommand;

/* Takes FD; -1 is none.  */
void tide_control_init (TideControl *self, int fd);
void tide_control_finish (TideControl *self);

/* Reads what waits; then next gives one command at a time until NOTHING.  */
void tide_control_read (TideControl *self);
TideControlCommand tide_control_next (TideControl *self);
