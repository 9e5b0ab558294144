#include "config.h"

#include "tide-launch.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

TideLaunch *
tide_launch_new (void)
{
  TideLaunch *self = g_new0 (TideLaunch, 1);

  self->kind = TIDE_PROGRAM_SCRIPT;
  self->instruments = tide_instruments_default ();
  return self;
}

TideLaunch *
tide_launch_copy (const TideLaunch *self)
{
  TideLaunch *copy = g_new (TideLaunch, 1);

  *copy = *self;
  copy->python = g_strdup (self->python);
  copy->program = g_strdup (self->program);
  copy->args = g_strdupv (self->args);
  copy->directory = g_strdup (self->directory);
  copy->environment = g_strdupv (self->environment);
  return copy;
}

void
tide_launch_free (TideLaunch *self)
{
  if (self == NULL)
    return;
  g_free (self->python);
  g_free (self->program);
  g_strfreev (self->args);
  g_free (self->directory);
  g_strfreev (self->environment);
  g_free (self);
}

char **
tide_launch_dup_arguments (const TideLaunch *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (self->kind == TIDE_PROGRAM_MODULE)
    g_strv_builder_add (builder, "-m");
  else if (self->kind == TIDE_PROGRAM_CODE)
    g_strv_builder_add (builder, "-c");
  else if (self->program[0] == '-' && self->program[1] != '\0')
    g_strv_builder_add (builder, "--");
  g_strv_builder_add (builder, self->program);
  if (self->args != NULL)
    g_strv_builder_addv (builder, (const char **)self->args);
  return g_strv_builder_end (builder);
}

static gboolean
is_plain (const char *word)
{
  if (*word == '\0')
    return FALSE;
  for (const char *p = word; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && strchr ("_-+./:=@%,", *p) == NULL)
      return FALSE;
  return TRUE;
}

static void
append_word (GString *line, const char *word)
{
  g_autofree char *quoted = is_plain (word) ? g_strdup (word) : g_shell_quote (word);

  if (line->len > 0)
    g_string_append_c (line, ' ');
  g_string_append (line, quoted);
}

char *
tide_launch_describe (const TideLaunch *self)
{
  g_autoptr (GString) line = g_string_new (NULL);
  g_auto (GStrv) arguments = NULL;

  append_word (line, self->python != NULL ? self->python : "python3");
  if (self->program != NULL)
    {
      arguments = tide_launch_dup_arguments (self);
      for (guint i = 0; arguments[i] != NULL; i++)
        append_word (line, arguments[i]);
    }
  return g_utf8_make_valid (line->str, line->len);
}

char *
tide_launch_dup_name (const TideLaunch *self)
{
  g_autofree char *name = NULL;

  if (self->kind == TIDE_PROGRAM_CODE)
    return g_strdup ("-c");
  if (self->program == NULL)
    return g_strdup ("");
  if (self->kind == TIDE_PROGRAM_MODULE)
    return g_utf8_make_valid (self->program, -1);
  name = g_path_get_basename (self->program);
  return g_utf8_make_valid (name, -1);
}

static char *
resolve (const char *path, const char *directory)
{
  if (g_path_is_absolute (path) || directory == NULL)
    return g_canonicalize_filename (path, NULL);
  else
    {
      g_autofree char *base = g_canonicalize_filename (directory, NULL);

      return g_canonicalize_filename (path, base);
    }
}

char *
tide_launch_find_python (const TideLaunch *self, GError **error)
{
  const char *name = self->python != NULL && self->python[0] != '\0' ? self->python : "python3";
  g_autofree char *display = g_filename_display_name (name);
  g_autofree char *found = NULL;

  if (strchr (name, '/') == NULL)
    {
      found = g_find_program_in_path (name);
      if (found == NULL)
        {
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                       _ ("There is no program %s in PATH: choose a Python interpreter by its path."),
                       display);
          return NULL;
        }
      return g_steal_pointer (&found);
    }
  /* Not canonicalized: a virtual environment's interpreter is known by the symbolic link that it is started
   * by.  */
  if (g_path_is_absolute (name))
    found = g_strdup (name);
  else
    {
      g_autofree char *here = g_get_current_dir ();

      found = g_build_filename (here, name, NULL);
    }
  if (!g_file_test (found, G_FILE_TEST_EXISTS))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _ ("There is no Python interpreter at %s."),
                 display);
  else if (g_file_test (found, G_FILE_TEST_IS_DIR) || access (found, X_OK) != 0)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, _ ("%s cannot be run as a program."),
                 display);
  else
    return g_steal_pointer (&found);
  return NULL;
}

static gboolean
check_script (const TideLaunch *self, GError **error)
{
  g_autofree char *path = NULL;
  g_autofree char *display = g_filename_display_name (self->program);

  if (strcmp (self->program, "-") == 0)
    return TRUE;
  path = resolve (self->program, self->directory);
  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    {
      g_autofree char *entry = g_build_filename (path, "__main__.py", NULL);

      if (g_file_test (entry, G_FILE_TEST_IS_REGULAR))
        return TRUE;
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY,
                   _ ("%s is a folder without a __main__.py: choose a Python script."), display);
      return FALSE;
    }
  if (access (path, R_OK) == 0)
    return TRUE;
  if (errno == ENOENT || errno == ENOTDIR)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _ ("There is no script %s."), display);
  else
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), _ ("The script %s cannot be read: %s."),
                 display, g_strerror (errno));
  return FALSE;
}

static gboolean
check_directory (const TideLaunch *self, GError **error)
{
  g_autofree char *display = NULL;

  if (self->directory == NULL)
    return TRUE;
  display = g_filename_display_name (self->directory);
  if (!g_file_test (self->directory, G_FILE_TEST_IS_DIR))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_DIRECTORY,
                 _ ("There is no folder %s to run the program in."), display);
  else if (access (self->directory, X_OK) != 0)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, _ ("The folder %s cannot be entered."),
                 display);
  else
    return TRUE;
  return FALSE;
}

static gboolean
check_environment (const TideLaunch *self, GError **error)
{
  for (guint i = 0; self->environment != NULL && self->environment[i] != NULL; i++)
    if (self->environment[i][0] == '\0' || self->environment[i][0] == '=')
      {
        g_autofree char *display = g_filename_display_name (self->environment[i]);

        g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                     _ ("“%s” sets no environment variable: write NAME=VALUE."), display);
        return FALSE;
      }
  return TRUE;
}

gboolean
tide_launch_check (const TideLaunch *self, GError **error)
{
  g_autofree char *python = NULL;

  if (self->join.pid > 0)
    return TRUE;
  if (self->program == NULL || (self->program[0] == '\0' && self->kind != TIDE_PROGRAM_CODE))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                           self->kind == TIDE_PROGRAM_MODULE ? _ ("Name the module that is to be run.")
                                                             : _ ("Choose the script that is to be run."));
      return FALSE;
    }
  python = tide_launch_find_python (self, error);
  return python != NULL && check_directory (self, error) && check_environment (self, error)
         && (self->kind != TIDE_PROGRAM_SCRIPT || check_script (self, error));
}

static void
add_bytestring (GVariantDict *dict, const char *key, const char *value)
{
  if (value != NULL)
    g_variant_dict_insert_value (dict, key, g_variant_new_bytestring (value));
}

static void
add_bytestrings (GVariantDict *dict, const char *key, char **value)
{
  if (value != NULL)
    g_variant_dict_insert_value (dict, key, g_variant_new_bytestring_array ((const char *const *)value, -1));
}

/* File names and arguments are bytes, not necessarily UTF-8.  */
GVariant *
tide_launch_to_variant (const TideLaunch *self)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  add_bytestring (&dict, "python", self->python);
  add_bytestring (&dict, "program", self->program);
  add_bytestring (&dict, "directory", self->directory);
  add_bytestrings (&dict, "args", self->args);
  add_bytestrings (&dict, "environment", self->environment);
  g_variant_dict_insert (&dict, "kind", "u", (guint32)self->kind);
  g_variant_dict_insert (&dict, "instruments", "u", (guint32)self->instruments);
  g_variant_dict_insert (&dict, "interval-ms", "u", (guint32)self->interval_ms);
  g_variant_dict_insert (&dict, "trigger-bytes", "t", self->trigger_bytes);
  g_variant_dict_insert (&dict, "sample-bytes", "t", self->sample_bytes);
  g_variant_dict_insert (&dict, "budget", "u", (guint32)self->budget);
  g_variant_dict_insert (&dict, "max-bytes", "t", self->max_bytes);
  g_variant_dict_insert (&dict, "ask-permission", "b", self->ask_permission);
  g_variant_dict_insert (&dict, "capture-output", "b", self->capture_output);
  g_variant_dict_insert (&dict, "children", "b", self->children);
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

static char *
take_bytestring (GVariantDict *dict, const char *key)
{
  g_autoptr (GVariant) value = g_variant_dict_lookup_value (dict, key, G_VARIANT_TYPE_BYTESTRING);

  return value != NULL ? g_variant_dup_bytestring (value, NULL) : NULL;
}

static char **
take_bytestrings (GVariantDict *dict, const char *key)
{
  g_autoptr (GVariant) value = g_variant_dict_lookup_value (dict, key, G_VARIANT_TYPE_BYTESTRING_ARRAY);

  return value != NULL ? g_variant_dup_bytestring_array (value, NULL) : NULL;
}

TideLaunch *
tide_launch_from_variant (GVariant *variant)
{
  g_autoptr (TideLaunch) self = NULL;
  GVariantDict dict;
  guint32 kind = 0, instruments = 0, interval_ms = 0, budget = 0;
  gboolean capture = FALSE, ask = FALSE, children = FALSE;

  if (variant == NULL || !g_variant_is_of_type (variant, G_VARIANT_TYPE_VARDICT))
    return NULL;
  g_variant_dict_init (&dict, variant);
  self = tide_launch_new ();
  self->python = take_bytestring (&dict, "python");
  self->program = take_bytestring (&dict, "program");
  self->directory = take_bytestring (&dict, "directory");
  self->args = take_bytestrings (&dict, "args");
  self->environment = take_bytestrings (&dict, "environment");
  if (g_variant_dict_lookup (&dict, "kind", "u", &kind) && kind <= TIDE_PROGRAM_CODE)
    self->kind = kind;
  if (g_variant_dict_lookup (&dict, "instruments", "u", &instruments))
    self->instruments = tide_instruments_known (instruments);
  if (g_variant_dict_lookup (&dict, "interval-ms", "u", &interval_ms))
    self->interval_ms = MIN (interval_ms, TIDE_LAUNCH_MAX_INTERVAL_MS);
  g_variant_dict_lookup (&dict, "trigger-bytes", "t", &self->trigger_bytes);
  g_variant_dict_lookup (&dict, "sample-bytes", "t", &self->sample_bytes);
  if (g_variant_dict_lookup (&dict, "budget", "u", &budget))
    self->budget = MIN (budget, TIDE_BUDGET_MAX);
  g_variant_dict_lookup (&dict, "max-bytes", "t", &self->max_bytes);
  if (g_variant_dict_lookup (&dict, "ask-permission", "b", &ask))
    self->ask_permission = ask;
  if (g_variant_dict_lookup (&dict, "capture-output", "b", &capture))
    self->capture_output = capture;
  if (g_variant_dict_lookup (&dict, "children", "b", &children))
    self->children = children;
  g_variant_dict_clear (&dict);
  return self->program != NULL ? g_steal_pointer (&self) : NULL;
}
