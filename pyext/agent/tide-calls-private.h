#pragma once

#include "tide-calls.h"

#include <pthread.h>
#include <stdatomic.h>

/* Between tide-calls.c and the two ways in which CPython tells of events.  */

#define TIDE_CALLS_BIT(kind) (1u << TIDE_CALL_##kind)
#define TIDE_CALLS_C_KINDS (TIDE_CALLS_BIT (C_CALL) | TIDE_CALLS_BIT (C_RETURN) | TIDE_CALLS_BIT (C_EXCEPT))
#define TIDE_CALLS_TRACE_KINDS (TIDE_CALLS_BIT (LINE) | TIDE_CALLS_BIT (EXCEPT))
#define TIDE_CALLS_FRAME_KINDS (TIDE_CALLS_BIT (CALL) | TIDE_CALLS_BIT (RETURN))

typedef struct
{
  bool (*start) (const TidePythonLayout *layout, char *reason, size_t size);
  void (*stop) (void);
  const char *(*check) (void);
} TideCallsSource;

extern const TideCallsSource tide_calls_by_threads; /* up to 3.11  */
extern const TideCallsSource tide_calls_by_monitor; /* from 3.12 on */

typedef struct
{
  TideCallsSink sink;
  pthread_t thread;      /* that started it       */
  _Atomic uint32_t open; /* kinds that are let through */
  bool retired;          /* in a forked child, and still installed */
} TideCallsState;

extern TideCallsState tide_calls_state;

/* What a retired source does at its next event.  */
void tide_calls_take_away (void);

static inline void
tide_calls_emit (TideCallKind kind, void *code, int32_t offset, int32_t line, void *callee)
{
  const TideCallsState *state = &tide_calls_state;
  TideCallsEvent event = { .kind = kind, .line = line, .offset = offset, .code = code, .callee = callee };

  if (state->retired)
    tide_calls_take_away ();
  if (!(atomic_load_explicit (&state->open, memory_order_relaxed) & (1u << kind))
      || (!state->sink.all_threads && !pthread_equal (state->thread, pthread_self ())))
    return;
  state->sink.function (state->sink.data, &event);
}
