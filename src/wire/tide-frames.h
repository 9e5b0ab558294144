#pragma once

/* What each frame says, as a struct, and how it is written and read.  Encoders append one whole frame to a
 * TideBuffer; decoders read a payload (without its header) and give false when it is malformed.  Slices in
 * decoded structs point into the payload.  */

#include "tide-buffer.h"
#include "tide-cursor.h"

#define TIDE_HELLO_MAX_ARGS 4096
#define TIDE_EVENTS_MAX_COUNT 4096

typedef struct
{
  uint32_t major, minor; /* filled by the decoder; the encoder writes its own                     */
  uint32_t pid, parent_pid;
  uint64_t page_size;        /* bytes                                                                 */
  uint64_t start_wall_ns;    /* Unix time of the clock base                                           */
  uint64_t clock_base_ns;    /* CLOCK_MONOTONIC of the target's host at time 0                        */
  uint64_t process_start_ns; /* when the process was started, on the same clock; 0: unknown         */
  uint32_t instruments;      /* TideInstrument bits that were asked for                               */
  TideSlice producer;        /* "pagetide 0.1.0"                                                      */
  TideSlice executable;
  TideSlice directory;
  TideSlice host;
  uint32_t n_args;
  TideSlice args[64]; /* the first 64 of them; the rest are counted in n_args only             */
} TideHello;

typedef struct
{
  uint32_t version_hex; /* PY_VERSION_HEX */
  uint32_t flags;       /* TIDE_PYTHON_*  */
  TideSlice version;    /* "3.11.2"       */
} TidePythonInfo;

typedef struct
{
  uint32_t file, name; /* string ids */
  uint32_t first_line;
} TideCodeInfo;

typedef struct
{
  uint32_t parent; /* node id, 0: root */
  uint32_t code;   /* code id          */
  uint32_t line;   /* 0: unknown       */
} TideNodeInfo;

typedef struct
{
  uint32_t tid;
  TideSlice name;
} TideThreadInfo;

typedef struct
{
  int64_t time_ns;
  int64_t delta_pages; /* charged to the node                             */
  uint64_t rss_pages;  /* RSS right after it                              */
  uint32_t node;       /* node id, 0: no Python frame                     */
  uint32_t thread;     /* thread id, 0: unknown                           */
  TideSource source;
} TideEvent;

/* Which optional parts a SAMPLE carries.  */
#define TIDE_SAMPLE_SWAP (1u << 0)
#define TIDE_SAMPLE_FAULTS (1u << 1)
#define TIDE_SAMPLE_CPU (1u << 2)
#define TIDE_SAMPLE_THREADS (1u << 3)

typedef struct
{
  int64_t time_ns;
  uint64_t rss_pages;
  uint32_t parts; /* TIDE_SAMPLE_* */
  uint64_t swap_pages;
  uint64_t minor_faults, major_faults;
  uint64_t user_ns, system_ns;
  uint32_t n_threads;
} TideSample;

typedef struct
{
  int64_t time_ns;
  TideInstrument instrument;
  TideInstrumentState state;
  uint64_t unit_bytes; /* how coarse its figures are: the error of one of them; 0: unknown */
  TideSlice reason;    /* a sentence when refused, else empty                              */
} TideInstrumentInfo;

typedef struct
{
  int64_t time_ns;
  TideSeverity severity;
  TideSlice text;
} TideMessage;

typedef struct
{
  int64_t time_ns;
  TideLostKind kind;
  uint64_t count;
} TideLost;

typedef struct
{
  int64_t time_ns;
  uint64_t agent_ns;      /* time spent in the agent's hooks and handlers in the target          */
  uint64_t agent_bytes;   /* memory that the agent added to the target                           */
  uint64_t helper_ns;     /* CPU time of the helper                                              */
  uint64_t target_cpu_ns; /* CPU time of the target, for the ratio                              */
  /* Of `agent_ns` what each instrument took, by bit number (1.1).  N_COSTS: how many are told, those of newer
   * writers beyond ours are left out; 0: not told.  */
  uint32_t n_costs;
  uint64_t cost_ns[TIDE_N_INSTRUMENTS];
} TideOverhead;

typedef struct
{
  int64_t time_ns;
  uint32_t descriptor; /* 1: stdout, 2: stderr */
  TideSlice bytes;
} TideOutput;

typedef struct
{
  int64_t time_ns;
  bool paused;
} TidePause;

typedef struct
{
  int64_t time_ns;
  TideEndKind kind;
  uint32_t value;
  uint64_t peak_rss_bytes; /* ru_maxrss, 0: unknown */
} TideBye;

void tide_put_hello (
    TideBuffer *buffer, uint16_t stream, const TideHello *hello, const TideSlice *args, uint32_t n_args);
void tide_put_python (TideBuffer *buffer, uint16_t stream, const TidePythonInfo *python);
void tide_put_string (TideBuffer *buffer, uint16_t stream, TideSlice bytes);
void tide_put_code (TideBuffer *buffer, uint16_t stream, const TideCodeInfo *code);
void tide_put_node (TideBuffer *buffer, uint16_t stream, const TideNodeInfo *node);
void tide_put_thread (TideBuffer *buffer, uint16_t stream, const TideThreadInfo *thread);
void tide_put_events (TideBuffer *buffer, uint16_t stream, const TideEvent *events, uint32_t n_events);
void tide_put_sample (TideBuffer *buffer, uint16_t stream, const TideSample *sample);
void tide_put_instrument (TideBuffer *buffer, uint16_t stream, const TideInstrumentInfo *instrument);
void tide_put_message (TideBuffer *buffer, uint16_t stream, const TideMessage *message);
void tide_put_lost (TideBuffer *buffer, uint16_t stream, const TideLost *lost);
void tide_put_overhead (TideBuffer *buffer, uint16_t stream, const TideOverhead *overhead);
void tide_put_output (TideBuffer *buffer, uint16_t stream, const TideOutput *output);
void tide_put_pause (TideBuffer *buffer, uint16_t stream, const TidePause *pause);
void tide_put_bye (TideBuffer *buffer, uint16_t stream, const TideBye *bye);
/* Control frames.  */
void tide_put_signal (TideBuffer *buffer, uint16_t stream, uint32_t signal_number);
void tide_put_suspend (TideBuffer *buffer, uint16_t stream, bool suspend);
void tide_put_detach (TideBuffer *buffer, uint16_t stream);

/* False as well for a wrong magic; HELLO->major is then 0.  A major newer than ours is decoded no further
 * than that: check it.  */
bool tide_get_hello (TideSlice payload, TideHello *hello);
bool tide_get_python (TideSlice payload, TidePythonInfo *python);
/* STRING needs none: its payload is the bytes.  */
bool tide_get_code (TideSlice payload, TideCodeInfo *code);
bool tide_get_node (TideSlice payload, TideNodeInfo *node);
bool tide_get_thread (TideSlice payload, TideThreadInfo *thread);
bool tide_get_sample (TideSlice payload, TideSample *sample);
bool tide_get_instrument (TideSlice payload, TideInstrumentInfo *instrument);
bool tide_get_message (TideSlice payload, TideMessage *message);
bool tide_get_lost (TideSlice payload, TideLost *lost);
bool tide_get_overhead (TideSlice payload, TideOverhead *overhead);
bool tide_get_output (TideSlice payload, TideOutput *output);
bool tide_get_pause (TideSlice payload, TidePause *pause);
bool tide_get_bye (TideSlice payload, TideBye *bye);
bool tide_get_signal (TideSlice payload, uint32_t *signal_number);
bool tide_get_suspend (TideSlice payload, bool *suspend);

/* An EVENTS block is read one event at a time: begin, then next until it gives false; then ok tells the end
 * from an error.  */
typedef struct
{
  TideCursor cursor;
  uint32_t left;
  TideEvent last;
} TideEventReader;

bool tide_event_reader_begin (TideEventReader *self, TideSlice payload);
bool tide_event_reader_next (TideEventReader *self, TideEvent *event);
bool tide_event_reader_ok (const TideEventReader *self);
