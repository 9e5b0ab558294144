#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Where Python interpreters are looked for.  Fields may be NULL: not looked there.  Borrowed by
 * tide_interpreter_places_list().  */
typedef struct
{
  const char *directory;  /* virtual environments in it and above it  */
  const char *path;       /* as in PATH                               */
  const char *const *bin; /* further folders of programs              */
  const char *home;       /* conda, uv, and pyenv without PYENV_ROOT  */
  const char *pyenv_root;
} TideInterpreterPlaces;

typedef struct
{
  char *path;   /* a program that can be run; not asked yet */
  char *origin; /* translated                               */
} TideInterpreterPlace;

void tide_interpreter_place_free (TideInterpreterPlace *self);
/* Nearest first; what is the same file in the same environment once.  Touches the file system: any thread but
 * the main one.  Array of TideInterpreterPlace, transfer full.  */
GPtrArray *tide_interpreter_places_list (const TideInterpreterPlaces *places);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TideInterpreterPlace, tide_interpreter_place_free)

G_END_DECLS
