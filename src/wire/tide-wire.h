#pragma once

/* The frames that flow from a target to Pagetide, and lie in a recording file.  Plain C11 and libc: shared by
 * the agent, the helper and the application.
 *
 *   0        4      6        8
 *   +--------+------+--------+----------------- - -
 *   | length | type | stream | payload (length bytes)
 *   +--------+------+--------+----------------- - -
 *
 * All integers of the header are little-endian.  `stream` numbers the process that a frame speaks of, from 0;
 * each stream begins with a HELLO.  Inside payloads, unless a frame says otherwise: unsigned numbers are
 * LEB128 varints, signed ones zigzag varints, a string is a varint length and that many bytes (no zero at the
 * end; *not* necessarily UTF-8).  Times are nanoseconds since the clock base of the stream's HELLO.  Within a
 * stream the times of frames never decrease: whoever writes clamps them.
 *
 * Ids (strings, codes, nodes, threads) are dense and begin at 1 in each stream; 0 means "none".  A definition
 * comes before its first use.  A reader skips frame types that it does not know and trailing bytes of
 * payloads (a newer minor version may add both), and refuses a newer major version.  */

#include <stddef.h>
#include <stdint.h>

#define TIDE_WIRE_MAGIC "PAGETIDE"
#define TIDE_WIRE_MAJOR 1
#define TIDE_WIRE_MINOR 2
#define TIDE_WIRE_HEADER_SIZE 8
/* A hostile length must not make a reader allocate without bound.  The largest honest frame is an OUTPUT or
 * EVENTS block (64 KiB).  */
#define TIDE_WIRE_MAX_PAYLOAD (1u << 20)
/* More processes than that are not told of.  */
#define TIDE_WIRE_MAX_STREAMS 4096

typedef enum
{
  /* Target to viewer.  */
  TIDE_FRAME_HELLO = 1,      /* first of each stream: who, when, versions                    */
  TIDE_FRAME_PYTHON = 2,     /* the interpreter, told by the agent once it runs               */
  TIDE_FRAME_STRING = 3,     /* the next string id: bytes of a file or function name         */
  TIDE_FRAME_CODE = 4,       /* the next code id: file, qualified name, first line           */
  TIDE_FRAME_NODE = 5,       /* the next node id of the call tree: parent, code, line        */
  TIDE_FRAME_THREAD = 6,     /* the next thread id: kernel tid and name                      */
  TIDE_FRAME_EVENTS = 7,     /* a block of RSS changes, each charged to a node               */
  TIDE_FRAME_SAMPLE = 8,     /* RSS, and now and then more, read from /proc                  */
  TIDE_FRAME_INSTRUMENT = 9, /* an instrument was started, stopped or refused, and why       */
  TIDE_FRAME_MESSAGE = 10,   /* a sentence for the person                                    */
  TIDE_FRAME_LOST = 11,      /* so many records never came                                   */
  TIDE_FRAME_OVERHEAD = 12,  /* what measuring has cost so far, in all and by instrument     */
  TIDE_FRAME_OUTPUT = 13,    /* bytes that the program wrote to stdout or stderr             */
  TIDE_FRAME_PAUSE = 14,     /* measuring was paused or went on                              */
  TIDE_FRAME_BYE = 15,       /* last of each stream: how it ended                            */
  TIDE_FRAME_CALLS = 16,     /* a block of calls, returns and lines, each with RSS (1.1; CPU
                              time 1.2)                                                   */
  TIDE_FRAME_COUNTS = 17,    /* how often each code was called so far (1.1)                  */
  TIDE_FRAME_SITES = 18,     /* Python bytes by code and line so far (1.1)                   */
  TIDE_FRAME_GC = 19,        /* a collection of the garbage collector (1.1)                  */
  TIDE_FRAME_MARK = 20,      /* a mark, span or snapshot that the program set (1.1)          */
  /* Viewer to target (control).  */
  TIDE_FRAME_SIGNAL = 64,  /* send this signal to the target                               */
  TIDE_FRAME_SUSPEND = 65, /* varint 1: stop measuring for now, 0: go on                   */
  TIDE_FRAME_DETACH = 66,  /* stop measuring for good and leave the target alone           */
  TIDE_FRAME_SWITCH = 67,  /* start or stop an instrument, with its options (1.1)          */
  TIDE_FRAME_BUDGET = 68,  /* the share of the target's time that measuring may take (1.1) */
} TideFrameType;

/* Instruments, as bits of HELLO's set and as the number in INSTRUMENT frames.  */
typedef enum
{
  TIDE_INSTRUMENT_SAMPLER = 1 << 0,
  TIDE_INSTRUMENT_EVENTS = 1 << 1,
  TIDE_INSTRUMENT_FAULTS = 1 << 2,
  TIDE_INSTRUMENT_CALLS = 1 << 3,         /* every call and return                                */
  TIDE_INSTRUMENT_LINES = 1 << 4,         /* the same and every line                              */
  TIDE_INSTRUMENT_BYTES = 1 << 5,         /* every Python allocation, exactly                     */
  TIDE_INSTRUMENT_BYTES_SAMPLED = 1 << 6, /* a Poisson sample of them                             */
  TIDE_INSTRUMENT_GC = 1 << 7,            /* collections of the garbage collector                 */
} TideInstrument;

#define TIDE_N_INSTRUMENTS 8

/* Where an instrument stands in arrays of TIDE_N_INSTRUMENTS.  */
static inline uint32_t
tide_instrument_index (TideInstrument bit)
{
  return (uint32_t)__builtin_ctz ((unsigned)bit);
}

/* Those that the agent has.  */
#define TIDE_INSTRUMENTS_OF_AGENT (((1u << TIDE_N_INSTRUMENTS) - 1) & ~(uint32_t)TIDE_INSTRUMENT_SAMPLER)

/* What told us of an RSS change.  */
typedef enum
{
  TIDE_SOURCE_START = 0,    /* resident before measuring began, or while it was paused           */
  TIDE_SOURCE_ALLOC = 1,    /* the interpreter took or released memory                           */
  TIDE_SOURCE_PENDING = 2,  /* pages of a big block that came after it was handed out            */
  TIDE_SOURCE_FAULT = 3,    /* a page-fault signal                                               */
  TIDE_SOURCE_OUTSIDE = 4,  /* the helper saw RSS move and read the running stack                */
  TIDE_SOURCE_SHUTDOWN = 5, /* the interpreter was taking itself apart: nobody's                */
} TideSource;

typedef enum
{
  TIDE_STATE_OFF = 0,
  TIDE_STATE_ON = 1,
  TIDE_STATE_REFUSED = 2,
} TideInstrumentState;

typedef enum
{
  TIDE_SEVERITY_NOTE = 0,
  TIDE_SEVERITY_WARNING = 1,
  TIDE_SEVERITY_ERROR = 2,
} TideSeverity;

typedef enum
{
  TIDE_LOST_EVENTS = 1, /* events that found the ring full                   */
  TIDE_LOST_OUTPUT = 2, /* bytes of output that nobody took in time          */
  TIDE_LOST_FRAMES = 3, /* bytes of frames dropped because the reader was slow */
} TideLostKind;

typedef enum
{
  TIDE_END_EXITED = 0,    /* value: exit status                          */
  TIDE_END_SIGNALLED = 1, /* value: signal number                        */
  TIDE_END_DETACHED = 2,  /* the program goes on without us              */
  TIDE_END_UNKNOWN = 3,   /* we lost sight of it                         */
  TIDE_END_EXECUTED = 4,  /* the process became another program (1.1)    */
} TideEndKind;

/* Of the every-call instruments.  */
typedef enum
{
  TIDE_CALL_CALL = 0,
  TIDE_CALL_RETURN = 1,
  TIDE_CALL_C_CALL = 2,
  TIDE_CALL_C_RETURN = 3,
  TIDE_CALL_C_EXCEPT = 4,
  TIDE_CALL_LINE = 5,
  TIDE_CALL_EXCEPT = 6, /* a Python frame raises or passes an exception on */
} TideCallKind;

#define TIDE_N_CALL_KINDS 7

/* What a program may set from its own code.  */
typedef enum
{
  TIDE_MARK_MESSAGE = 0,
  TIDE_MARK_SPAN_BEGIN = 1, /* with an id of its own */
  TIDE_MARK_SPAN_END = 2,   /* with the id of its begin */
  TIDE_MARK_SNAPSHOT = 3,   /* a moment with a name, to compare with another */
} TideMarkKind;

/* Flags of the PYTHON frame.  */
#define TIDE_PYTHON_DEBUG (1u << 0)
#define TIDE_PYTHON_FREE_THREADED (1u << 1)

/* Bytes of somebody's buffer: not owned, not zero-terminated.  */
typedef struct
{
  const char *data;
  size_t length;
} TideSlice;
