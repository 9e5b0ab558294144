#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A Python interpreter that a program can be launched with.  Immutable.  */
#define TIDE_TYPE_INTERPRETER (tide_interpreter_get_type ())
G_DECLARE_FINAL_TYPE (TideInterpreter, tide_interpreter, TIDE, INTERPRETER, GObject)

const char *tide_interpreter_get_path (TideInterpreter *self);
const char *tide_interpreter_get_version (TideInterpreter *self); /* "3.11.2"; "" when it did not answer */
const char *
tide_interpreter_get_implementation (TideInterpreter *self); /* "CPython"; "" when it did not answer */
/* Translated: "PATH", "pyenv", "virtual environment NAME" …  */
const char *tide_interpreter_get_origin (TideInterpreter *self);
/* NULL when programs can be measured with it; else a translated sentence that says why not.  */
const char *tide_interpreter_get_problem (TideInterpreter *self);
/* NULL, or a translated sentence that says what to expect less of, where there is no problem.  */
const char *tide_interpreter_get_warning (TideInterpreter *self);

/* Asks one program what it is (runs it, with a time limit of 10 s).  An error when it does not answer as
 * Python does.  */
void tide_interpreter_probe_async (const char *path,
                                   const char *origin,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
TideInterpreter *tide_interpreter_probe_finish (GAsyncResult *result, GError **error);

/* Looks in PATH, pyenv, /usr/bin, /usr/local/bin, conda, uv, and for virtual environments in DIRECTORY (may
 * be NULL) and its parents. STORE is filled with TideInterpreters as answers come, nearest place first, and
 * all are there when the callback is called. Duplicates (by resolved path and prefix) come once; one that
 * does not answer has that as its problem.  */
void tide_interpreters_find_async (const char *directory,
                                   GListStore *store,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
gboolean tide_interpreters_find_finish (GAsyncResult *result, GError **error);

G_END_DECLS
