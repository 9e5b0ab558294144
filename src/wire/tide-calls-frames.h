#pragma once

/* CALLS and COUNTS frames, as structs, see tide-frames.h.
 *
 * There may be a hundred million of these events, so a block takes mostly three bytes for each: a head (kind,
 * and what else follows), the time since the one before, and the number of the place among those of the block
 * that were met last.  Times are kept in steps of 8 ns; among the CALLS blocks of a stream they do not
 * decrease, but a block may speak of a time before that of another frame that stands before it.
 *
 * What a thread has not run of the time stays the same while it runs: behind the events a block says after
 * which of them it was another (1.2; a block without has no CPU times).  */

#include "tide-buffer.h"
#include "tide-cursor.h"

#define TIDE_CALLS_MAX_COUNT 8192
#define TIDE_COUNTS_MAX_COUNT 8192

typedef struct
{
  int64_t time_ns;    /* a multiple of 8 after it was written and read                       */
  int64_t cpu_ns;     /* as well; what its thread has run so far, -1: unknown                */
  uint64_t rss_pages; /* RSS when it happened                                                */
  uint32_t thread;    /* thread id, 0: unknown                                               */
  uint32_t code;      /* code id, 0: unknown; of C_* kinds that of the C function            */
  uint32_t caller;    /* code id of the Python function that calls, of C_* kinds; else 0     */
  uint32_t line;      /* where it is in the Python function, 0: unknown                      */
  TideCallKind kind;
} TideCall;

typedef struct
{
  uint32_t code;
  uint64_t count; /* CALL or C_CALL so far */
} TideCount;

/* As many blocks as are needed.  */
void tide_put_calls (TideBuffer *buffer, uint16_t stream, const TideCall *calls, uint32_t n_calls);
void tide_put_counts (
    TideBuffer *buffer, uint16_t stream, int64_t time_ns, const TideCount *counts, uint32_t n_counts);

/* One event at a time: begin, then next until it gives false; then ok tells the end from an error.  */
#define TIDE_CALLS_PLACES 256

typedef struct
{
  uint32_t code, caller, line;
} TideCallPlace;

typedef struct
{
  TideCursor cursor;
  uint32_t left;
  uint64_t step; /* time of the last, in steps */
  TideCall last;
  TideCallPlace places[TIDE_CALLS_PLACES];
} TideCallReader;

bool tide_call_reader_begin (TideCallReader *self, TideSlice payload);
bool tide_call_reader_next (TideCallReader *self, TideCall *call);
bool tide_call_reader_ok (const TideCallReader *self);

/* After the last: sets cpu_ns of the N_CALLS of the block, which next leaves unknown.  False: damaged, and
 * from there on unknown.  */
bool tide_call_reader_read_cpu (TideCallReader *self, TideCall *calls, uint32_t n_calls);

typedef struct
{
  TideCursor cursor;
  uint32_t left;
} TideCountReader;

bool tide_count_reader_begin (TideCountReader *self, TideSlice payload, int64_t *time_ns);
bool tide_count_reader_next (TideCountReader *self, TideCount *count);
bool tide_count_reader_ok (const TideCountReader *self);
