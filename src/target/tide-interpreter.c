#define _GNU_SOURCE
#include "config.h"

#include "tide-interpreter-private.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>

#define OLDEST_HEX 0x03080000u
#define NEWEST_KNOWN_MINOR 15u
/* From 3.14 on its threads run copies of the instructions, of which a frame alone does not tell the line.  */
#define NEWEST_KNOWN_FREE_THREADED_MINOR 13
#define MARK "\n--pagetide--\n"

struct _TideInterpreter
{
  GObject parent_instance;

  char *path;
  char *origin;
  char *implementation;
  char *version;
  char *identity;
  char *problem;
  char *warning;
  guint rank;
};

G_DEFINE_FINAL_TYPE (TideInterpreter, tide_interpreter, G_TYPE_OBJECT)

static void
tide_interpreter_finalize (GObject *object)
{
  TideInterpreter *self = TIDE_INTERPRETER (object);

  g_free (self->path);
  g_free (self->origin);
  g_free (self->implementation);
  g_free (self->version);
  g_free (self->identity);
  g_free (self->problem);
  g_free (self->warning);
  G_OBJECT_CLASS (tide_interpreter_parent_class)->finalize (object);
}

static void
tide_interpreter_class_init (TideInterpreterClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tide_interpreter_finalize;
}

static void
tide_interpreter_init (TideInterpreter *self)
{
}

static void
judge (TideInterpreter *self, guint hex, gboolean free_threaded)
{
  if (strcmp (self->implementation, "CPython") != 0)
    self->problem =
        g_strdup_printf (_ ("This is %s; only programs of CPython can be measured."), self->implementation);
  else if (hex < OLDEST_HEX)
    self->problem = g_strdup_printf (
        _ ("This is Python %s; programs of Python 3.8 and newer can be measured."), self->version);
  else if (free_threaded && ((hex >> 16) & 0xff) > NEWEST_KNOWN_FREE_THREADED_MINOR)
    self->warning =
        g_strdup (_ ("A free-threaded build: the memory is measured, but not yet charged to functions."));
  else if (free_threaded)
    self->warning =
        g_strdup (_ ("A free-threaded build: memory is charged to functions; calls, lines and Python "
                     "bytes cannot be measured."));
  else if (hex >> 24 > 3 || ((hex >> 16) & 0xff) > NEWEST_KNOWN_MINOR)
    self->warning = g_strdup_printf (
        _ ("Python %s is newer than this version of Pagetide: some instruments may refuse."), self->version);
}

static const char *
next_field (const char **at, const char *end)
{
  const char *field = *at;
  const char *stop = field < end ? memchr (field, '\0', end - field) : NULL;

  *at = stop != NULL ? stop + 1 : end;
  return stop != NULL ? field : NULL;
}

TideInterpreter *
tide_interpreter_new_from_answer (
    const char *path, const char *origin, const guint8 *answer, gsize length, GError **error)
{
  enum
  {
    IMPLEMENTATION,
    VERSION,
    HEX,
    EXECUTABLE,
    PREFIX,
    FREE_THREADED,
    N_FIELDS
  };
  const char *fields[N_FIELDS];
  const char *end = (const char *)answer + length;
  /* A wrapper may have written something before.  */
  const char *at = length > 0 ? memmem (answer, length, MARK, strlen (MARK)) : NULL;
  TideInterpreter *self;
  g_autofree char *implementation = NULL;
  char *real;

  if (at != NULL)
    {
      at += strlen (MARK);
      for (guint i = 0; i < N_FIELDS && at != NULL; i++)
        if ((fields[i] = next_field (&at, end)) == NULL)
          at = NULL;
    }
  if (at == NULL)
    {
      g_autofree char *display = g_filename_display_name (path);

      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                   _ ("%s does not answer as a Python interpreter does."), display);
      return NULL;
    }
  self = g_object_new (TIDE_TYPE_INTERPRETER, NULL);
  self->path = g_strdup (path);
  self->origin = g_strdup (origin != NULL ? origin : "");
  implementation = g_utf8_make_valid (fields[IMPLEMENTATION], -1);
  self->implementation = strcmp (implementation, "cpython") == 0 ? g_strdup ("CPython")
                         : strcmp (implementation, "pypy") == 0  ? g_strdup ("PyPy")
                                                                 : g_steal_pointer (&implementation);
  self->version = g_utf8_make_valid (fields[VERSION], -1);
  real = realpath (fields[EXECUTABLE], NULL);
  self->identity = g_strconcat (real != NULL ? real : path, "\n", fields[PREFIX], NULL);
  free (real);
  judge (self, (guint)g_ascii_strtoull (fields[HEX], NULL, 10), fields[FREE_THREADED][0] == '1');
  return self;
}

TideInterpreter *
tide_interpreter_new_silent (const char *path, const char *origin, const char *problem)
{
  TideInterpreter *self = g_object_new (TIDE_TYPE_INTERPRETER, NULL);

  self->path = g_strdup (path);
  self->origin = g_strdup (origin != NULL ? origin : "");
  self->implementation = g_strdup ("");
  self->version = g_strdup ("");
  self->identity = g_strdup (path);
  self->problem = g_strdup (problem);
  return self;
}

const char *
tide_interpreter_get_path (TideInterpreter *self)
{
  return self->path;
}

const char *
tide_interpreter_get_version (TideInterpreter *self)
{
  return self->version;
}

const char *
tide_interpreter_get_implementation (TideInterpreter *self)
{
  return self->implementation;
}

const char *
tide_interpreter_get_origin (TideInterpreter *self)
{
  return self->origin;
}

const char *
tide_interpreter_get_problem (TideInterpreter *self)
{
  return self->problem;
}

const char *
tide_interpreter_get_warning (TideInterpreter *self)
{
  return self->warning;
}

void
tide_interpreter_set_rank (TideInterpreter *self, guint rank)
{
  self->rank = rank;
}

guint
tide_interpreter_get_rank (TideInterpreter *self)
{
  return self->rank;
}

const char *
tide_interpreter_get_identity (TideInterpreter *self)
{
  return self->identity;
}
