#pragma once

#include "tide-text-log.h"
#include "tide-wire.h"

/* One line of a Profile or Trace log.  */
typedef struct
{
  uint64_t number;
  uint64_t delta; /* against the last line but PREV */
  int64_t cpu_ns;
  TideCallKind kind;
  void *code;
  int32_t line;
  const char *c_name; /* of C_* kinds, else NULL */
  uint64_t rss_bytes;
  int64_t delta_bytes;
  uint32_t tid; /* 0: no column for it */
} TideEventText;

/* TAG is "NEXT: ", "PREV: " or "LAST: ".  */
void tide_event_text_write (TideTextLog *log, const char *tag, const TideEventText *event);

/* Titles; THREADS: with a column for threads.  */
void tide_event_text_write_header (TideTextLog *log, bool threads);

/* A message of the program's, escaped so that it is one line.  */
void tide_event_text_write_message (
    TideTextLog *log, uint64_t number, uint64_t delta, int64_t cpu_ns, const char *text, size_t size);
