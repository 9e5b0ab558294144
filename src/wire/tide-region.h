#pragma once

/* The memory that the agent (in the target) and the helper share: a sealed memfd, made by the helper before
 * the target starts.
 *
 *   +---------------------------+ 0
 *   | TideRegion                | who, what is wanted, what is on, the shared account
 *   +---------------------------+ TIDE_REGION_RING_OFFSET
 *   | ring, TIDE_REGION_RING_SIZE bytes (a power of two)
 *   +---------------------------+ TIDE_REGION_MAIL_OFFSET
 *   | TIDE_MAIL_PAGES copies of pages of the target, see TideRegionMail
 *   +---------------------------+
 *
 * One ring: whoever accounts in the target holds `account_lock` (a try-lock: who does not get it leaves,
 * since the holder's difference contains his), so there is one producer at a time, and a CODE record always
 * stands before the EVENT that names it.  It survives any death of the target.  The helper trusts nothing
 * here: heads are masked, sizes are checked, records are copied before they are read.
 *
 * The shared account: `accounted_pages` is the RSS that somebody has already charged to somebody.  Whoever
 * sees RSS r (agent or helper) takes the difference by atomic exchange, so that nothing is counted twice.
 * When the ring has no room the agent does not exchange: the difference stays for the next one.
 *
 * Who looks is not always who knows.  A stack that is read a millisecond after the pages came is that of
 * whoever runs long, not of whoever grows; so growth that the agent will explain better is claimed by it
 * (`claimed_pages`, for the stack in `claim`): pages of a fresh arena, which are charged to the stack that
 * had to open it (each function opens arenas in proportion to what it takes), or, with faults, what has come
 * since the last signal.  The helper leaves growth up to the claim alone while RSS moves, and charges it to
 * the claim's stack once RSS stands still; it takes every fall, and growth beyond the claim, at once.  Of an
 * arena no more is claimed than is resident in it: both sides ask the kernel, by mincore and by pagemap.  And
 * once RSS has stood still and the function that opened the arena is seen no more, the rest of it is nobody's
 * (`claimed_pages` 0 by the helper): it is of whoever comes later.
 *
 * A big block (`block`, `pending_pages`) is filled after it was handed out, by who asked for it and at once,
 * or later by others.  Either side charges what came of it to the stack that asked: the agent when it looks
 * next, the helper once, when it finds that stack elsewhere for the first time.  */

#include <stdatomic.h>
#include <stdint.h>

#include "tide-wire.h"

#define TIDE_REGION_MAGIC 0x314e474552444954ull /* "TIDREGN1" */
#define TIDE_REGION_VERSION 8
#define TIDE_REGION_RING_OFFSET 8192
#define TIDE_REGION_RING_SIZE (1u << 20)
#define TIDE_REGION_MAIL_OFFSET (TIDE_REGION_RING_OFFSET + TIDE_REGION_RING_SIZE)
#define TIDE_MAIL_PAGE 4096u
#define TIDE_MAIL_PAGES 8u
#define TIDE_REGION_SIZE (TIDE_REGION_MAIL_OFFSET + TIDE_MAIL_PAGES * TIDE_MAIL_PAGE)

/* How the helper tells a launched target's agent of the region: "FD:PID", the inherited descriptor and the
 * pid that is meant (so that other programs of an exec or fork chain leave it alone).  The agent removes it
 * and itself from LD_PRELOAD before Python sees its environment.  TIDE_ENV_PRELOAD holds LD_PRELOAD as it was
 * before us, if there was one.  */
#define TIDE_ENV_REGION "PAGETIDE_REGION"
#define TIDE_ENV_PRELOAD "PAGETIDE_LD_PRELOAD"
/* How LD_PRELOAD begins where the agent's own path cannot stand in it.  */
#define TIDE_PRELOAD_BY_FD "/proc/self/fd/"

typedef enum
{
  TIDE_AGENT_ABSENT = 0,  /* not loaded (yet)                                      */
  TIDE_AGENT_LOADED = 1,  /* in the process, the interpreter does not run yet      */
  TIDE_AGENT_READY = 2,   /* layout, version and instruments below are valid       */
  TIDE_AGENT_STOPPED = 3, /* asked to stop, and all hooks are as before            */
  TIDE_AGENT_ENDED = 4,   /* the interpreter has been finalized                    */
} TideAgentState;

/* Where things are in this interpreter: offsets in bytes, found and verified by the agent.  Signed -1: not
 * there.  */
typedef struct
{
  uint32_t version_hex; /* PY_VERSION_HEX                                                              */
  int32_t tstate_frame; /* tstate -> current frame, or -> cframe                                       */
  int32_t cframe_frame; /* cframe -> current frame; -1: tstate has the frame itself                     */
  int32_t tstate_next;
  int32_t tstate_thread_id; /* pthread_t of the thread                                                     */
  int32_t pthread_tid;      /* pthread_t -> kernel tid (glibc, found by looking); -1                       */
  int32_t interp_threads;   /* interpreter -> first tstate                                                 */
  int32_t interp_next;      /* interpreter -> the one that was made before it                              */
  int32_t frame_previous;
  int32_t frame_code;        /* a pointer, low 3 bits are tags                                              */
  int32_t frame_instruction; /* 3.8-3.10: int32 (units below), else pointer to the instruction */
  int32_t instruction_scale; /* 3.8, 3.9: 1 (bytes); 3.10: 2 (code units); 0: pointer                       */
  int32_t instruction_bias;  /* pointer: bytes to subtract so that it names the running instruction         */
  int32_t code_name;         /* qualified name where there is one (3.11+), else the name                    */
  int32_t code_filename;
  int32_t code_first_line;   /* int32                                                                       */
  int32_t code_line_table;   /* bytes object: co_lnotab (3.8, 3.9) or co_linetable (3.10+)                  */
  int32_t code_instructions; /* 3.11+: the first instruction, inside the code object; else -1               */
  int32_t bytes_size;        /* ob_size and data of a bytes object                                          */
  int32_t bytes_data;
  int32_t str_length;       /* of a str object                                                             */
  int32_t str_state;        /* uint32 bit field: kind and flags                                            */
  int32_t str_ascii_data;   /* data of a compact ASCII string                                              */
  int32_t str_compact_data; /* data of another compact string                                              */
  int32_t object_type;      /* object -> its type                                                          */
  int32_t str_kind_shift;   /* of the kind (3 bits), compact and ascii (1 each) in that bit field          */
  uint64_t code_type;       /* address of PyCode_Type                                                      */
  uint64_t interpreter;     /* address of the main interpreter's state                                     */
  uint64_t main_tstate;
  uint64_t interpreters; /* address of the pointer to the newest one; 0: unknown */
} TidePythonLayout;

typedef struct
{
  uint32_t state;            /* TideInstrumentState */
  _Atomic uint32_t sequence; /* odd while the others are being written */
  uint64_t unit_bytes;
  char reason[240]; /* zero-terminated when refused */
} TideRegionInstrument;

/* What only some instruments need: a memfd of its own, made and sealed by the helper when the instrument is
 * wanted, which the agent opens as /proc/HELPER/fd/FD when it starts it.  */
typedef enum
{
  TIDE_AREA_CALLS = 0, /* rings of the every-call instruments, one a thread, see tide-calls-area.h */
  TIDE_AREA_SITES = 1, /* counters of Python bytes, see tide-sites-area.h                          */
  TIDE_N_AREAS = 2,
} TideAreaKind;

typedef struct
{
  int32_t fd; /* in the helper, -1: there is none */
  uint32_t padding;
  uint64_t size; /* bytes */
} TideRegionArea;

/* What the program itself asks of the helper, by way of the agent: as a SWITCH frame.  The fields first, then
 * `number` goes up by one; nothing more is asked before `taken` is the same.  */
typedef struct
{
  _Atomic uint32_t number; /* by the agent  */
  _Atomic uint32_t taken;  /* by the helper */
  uint32_t on, off;        /* TideInstrument bits */
  uint32_t parts;          /* TIDE_SWITCH_*       */
  uint32_t padding;
  uint64_t trigger_bytes;
  uint64_t sample_bytes;
} TideRegionRequest;

/* To keep to the budget, RSS is looked at 2^N times as seldom, N up to this.  */
#define TIDE_MOST_SLOWER 4u

#define TIDE_RECORD_MAX_FRAMES 128

typedef struct
{
  uint32_t code;   /* agent's code id                              */
  uint32_t offset; /* byte offset of the running instruction       */
} TideRecordFrame;

/* The stack to which claimed growth belongs, written by the agent under a sequence lock: odd while it is
 * being written.  */
typedef struct
{
  _Atomic uint32_t sequence;
  uint32_t tid;
  uint16_t n_frames;
  uint8_t truncated;
  uint8_t padding;
  TideRecordFrame frames[TIDE_RECORD_MAX_FRAMES]; /* leaf first */
} TideRegionClaim;

/* The big block that was handed out last, of which `pending_pages` are missing: where its new pages are, and
 * for whom.  All under the claim's sequence.  */
typedef struct
{
  TideRegionClaim claim;
  uint64_t address;
  uint64_t n_pages;
} TideRegionBlock;

/* How the helper reads a target that lets nobody look into it (one that is not dumpable, or by a policy of
 * the system): a thread of the agent copies for it, since a process may always look into itself.  There is
 * no such thread where it is not needed, nor while the process forks.  */
typedef struct
{
  _Atomic uint32_t wanted;   /* by the helper: 1: there is to be such a thread                             */
  _Atomic uint32_t refused;  /* by the agent: 1: it cannot be had                                          */
  _Atomic uint32_t tid;      /* by the agent: the thread; 0: there is none                                 */
  _Atomic uint32_t turn;     /* what the thread waits for: goes up when there is something to do for it    */
  _Atomic uint32_t asked;    /* by the helper, with what follows: goes up by one                           */
  _Atomic uint32_t answered; /* by the thread: as `asked`, when it has copied; what the helper waits for   */
  uint32_t n_pages;
  uint32_t n_copied;                   /* by the thread: the first so many could be copied */
  uint64_t addresses[TIDE_MAIL_PAGES]; /* of TIDE_MAIL_PAGE bytes each                     */
} TideRegionMail;

typedef struct
{
  uint64_t magic;
  uint32_t version;
  uint32_t size;

  /* Written by the helper before the target starts.  */
  uint32_t padding;
  uint32_t page_size;
  uint32_t helper_pid; /* for PR_SET_PTRACER */
  uint32_t target_pid; /* of an offered region 0, until its process takes it */

  /* Written by the agent.  `agent_state` last, with release order.  */
  _Atomic uint32_t agent_state;
  uint32_t python_flags; /* TIDE_PYTHON_* */
  uint64_t mapped_at;    /* address of this in the target: gone after an exec */
  char python_version[32];
  TidePythonLayout layout;
  TideRegionInstrument instruments[TIDE_N_INSTRUMENTS]; /* by bit number; a reason may be a remark when on */
  _Atomic uint64_t agent_bytes;                         /* memory the agent took */
  uint32_t main_only;                 /* TideInstrument bits: they see nothing of other interpreters */
  _Atomic uint32_t n_subinterpreters; /* that the process has made */
  _Atomic uint32_t executing;         /* 1: the process is becoming another program */

  /* Commands of the helper, looked at by the agent at each account, and after its signal.  What is wanted is
   * written first, then `wish` goes up by one; the agent makes it so and sets `wish_done` to what it saw.  */
  _Atomic uint32_t suspend;
  _Atomic uint32_t stop;   /* restore everything, as soon as it is safe */
  _Atomic uint32_t wanted; /* TideInstrument bits that are to be on */
  _Atomic uint32_t wish;
  _Atomic uint32_t wish_done;
  _Atomic int32_t wake_signal;   /* by the agent: sent to the main thread it has the agent look; 0: none */
  _Atomic uint32_t faults_asked; /* by the agent: goes up by one when it needs fault events of the helper */
  int32_t faults_socket;         /* in the target, for them (tide-grant.h); -1: the helper has none to give */
  TideRegionArea areas[TIDE_N_AREAS];
  _Atomic uint64_t trigger_bytes; /* calls: only those that moved RSS by so much; 0: all */
  _Atomic uint64_t sample_bytes;  /* bytes-sampled: mean distance of two samples; 0: the default */
  _Atomic uint32_t budget;        /* thousandths of the target's time that measuring may take; 0: any */
  _Atomic uint32_t slower;        /* by the helper: N, see TIDE_MOST_SLOWER */
  TideRegionRequest request;

  /* The shared account.  Its own cache line: both sides write it.  */
  _Alignas(64) _Atomic int64_t accounted_pages;
  _Atomic int64_t pending_pages; /* of the last big block, not yet resident */
  _Atomic int64_t claimed_pages; /* growth up to this is the agent's to charge, see above */
  _Atomic uint64_t claim_arena;  /* address of the arena for which that is; 0: it is for none */
  _Atomic uint64_t claim_arena_pages;
  _Atomic int64_t claim_taken;   /* pages of that arena that were charged already */
  _Atomic uint32_t account_lock; /* agent's threads only */
  _Atomic uint32_t
      finalizing; /* by the agent: the interpreter takes itself apart, what moves now is nobody's */
  _Atomic uint32_t
      helper_idle; /* 1: the helper sleeps long; set it to 0 and FUTEX_WAKE it to have it look now */

  /* Counters of the agent.  */
  _Alignas(64) _Atomic uint64_t n_accounts; /* looks at RSS                           */
  _Atomic uint64_t lost;                    /* records that found the ring full       */
  /* Time that each instrument took of the program's, by bit number: in slow paths and handlers, and what the
   * kernel takes to deliver signals.  */
  _Atomic uint64_t cost_ns[TIDE_N_INSTRUMENTS];

  _Alignas(64) TideRegionClaim claim;
  _Alignas(64) TideRegionBlock block;
  _Alignas(64) TideRegionMail mail;

  /* Ring: bytes written and read since the start.  */
  _Alignas(64) _Atomic uint64_t head; /* agent  */
  _Alignas(64) _Atomic uint64_t tail; /* helper */
} TideRegion;

_Static_assert(sizeof (TideRegion) <= TIDE_REGION_RING_OFFSET, "the region's head must fit before the ring");

/* A record never wraps: one that would is preceded by a PAD record to the end of the ring.  Sizes are
 * multiples of 8.  */
typedef enum
{
  TIDE_RECORD_PAD = 0,
  TIDE_RECORD_CODE = 1,
  TIDE_RECORD_EVENT = 2,
  TIDE_RECORD_GC = 3,
  TIDE_RECORD_MARK = 4,
} TideRecordKind;

typedef struct
{
  uint32_t size; /* with this header */
  uint16_t kind;
  uint16_t padding;
} TideRecordHeader;

/* A code object that the agent met: its id in later EVENT records (dense from 1, the agent's own numbering).
 * `address` and `fingerprint` let the helper know it again when it reads the running stack from outside.
 * File, name (both UTF-8, undecodable file name bytes as they were) and line table follow, unpadded, the
 * record padded to 8.  */
typedef struct
{
  TideRecordHeader header;
  uint32_t id;
  uint32_t first_line;
  uint64_t address;
  uint64_t fingerprint;
  uint32_t file_length;
  uint32_t name_length;
  uint32_t line_table_length; /* 0: too long, lines are unknown */
  uint32_t padding;
} TideCodeRecord;

typedef struct
{
  TideRecordHeader header;
  uint64_t time_ns; /* CLOCK_MONOTONIC */
  int64_t delta_pages;
  uint64_t rss_pages;
  uint32_t tid;
  uint8_t source;    /* TideSource */
  uint8_t truncated; /* the stack was deeper than TIDE_RECORD_MAX_FRAMES */
  uint16_t n_frames;
  TideRecordFrame frames[]; /* leaf first */
} TideEventRecord;

/* A collection: when it began, what it did.  */
typedef struct
{
  TideRecordHeader header;
  uint64_t time_ns; /* CLOCK_MONOTONIC, at its begin */
  uint64_t duration_ns;
  uint64_t collected;
  uint64_t uncollectable;
  int64_t delta_pages; /* of RSS, during it */
  uint32_t generation;
  uint32_t tid;
} TideGcRecord;

/* A mark that the program set: see TideMarkKind; the text (UTF-8) follows.  */
typedef struct
{
  TideRecordHeader header;
  uint64_t time_ns;
  uint64_t id;
  uint64_t rss_pages;
  uint32_t tid;
  uint8_t kind;
  uint8_t padding[3];
  uint32_t text_length;
  uint32_t reserved;
} TideMarkRecord;

/* Codes that are told apart: the agent gives no greater id.  What it meets beyond them has id 0.  */
#define TIDE_CODES_MAX ((1u << 18) - 1)
#define TIDE_RECORD_MAX_NAME 8192
#define TIDE_RECORD_MAX_LINE_TABLE (64u << 10)
