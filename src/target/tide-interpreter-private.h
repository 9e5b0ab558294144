#pragma once

#include "tide-interpreter.h"

G_BEGIN_DECLS

/* What the probe's program wrote, of LENGTH bytes that nobody vouches for.  NULL and an error when it is no
 * answer.  */
TideInterpreter *tide_interpreter_new_from_answer (
    const char *path, const char *origin, const guint8 *answer, gsize length, GError **error);
/* One that did not answer, and why.  */
TideInterpreter *tide_interpreter_new_silent (const char *path, const char *origin, const char *problem);

/* The place in a list of found ones.  */
void tide_interpreter_set_rank (TideInterpreter *self, guint rank);
guint tide_interpreter_get_rank (TideInterpreter *self);
/* Equal for what is one interpreter under two names.  */
const char *tide_interpreter_get_identity (TideInterpreter *self);

/* For tests: another time limit.  */
void tide_interpreter_probe_within_async (const char *path,
                                          const char *origin,
                                          guint limit_ms,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data);

G_END_DECLS
