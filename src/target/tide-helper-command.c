#include "config.h"

#include "tide-helper-command.h"
#include "tide-target.h"
#include "tide-wire.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static char *
find_part (const char *variable, const char *folder, const char *name, int mode, GError **error)
{
  const char *given = g_getenv (variable);
  g_autofree char *path =
      given != NULL && *given != '\0' ? g_strdup (given) : g_build_filename (folder, name, NULL);
  g_autofree char *display = NULL;

  if (g_file_test (path, G_FILE_TEST_IS_REGULAR) && access (path, mode) == 0)
    return g_canonicalize_filename (path, NULL);
  display = g_filename_display_name (path);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
               _ ("A part of Pagetide is missing: %s. Install Pagetide again."), display);
  return NULL;
}

char *
tide_target_find_helper (GError **error)
{
  return find_part ("PAGETIDE_HELPER", PAGETIDE_PKGLIBEXECDIR, "pagetide-helper", X_OK, error);
}

char *
tide_target_find_agent (GError **error)
{
  return find_part ("PAGETIDE_AGENT", PAGETIDE_PKGLIBDIR, "pagetide-agent.so", R_OK, error);
}

static void
add_option (GStrvBuilder *builder, const char *name, const char *value)
{
  g_strv_builder_add (builder, name);
  g_strv_builder_add (builder, value);
}

static void
add_number (GStrvBuilder *builder, const char *name, guint64 number)
{
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, number);

  add_option (builder, name, text);
}

/* Only a helper that nobody but root can change may be run as root.  */
static gboolean
is_trustworthy (const char *path)
{
  for (g_autofree char *part = g_strdup (path);;)
    {
      GStatBuf st;
      char *parent;

      if (g_lstat (part, &st) != 0 || st.st_uid != 0 || S_ISLNK (st.st_mode)
          || (st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return FALSE;
      if (g_str_equal (part, "/"))
        return TRUE;
      parent = g_path_get_dirname (part);
      g_free (part);
      part = parent;
    }
}

gboolean
tide_helper_may_ask (GError **error)
{
  g_autofree char *helper = tide_target_find_helper (error);
  g_autofree char *pkexec = NULL;

  if (helper == NULL)
    return FALSE;
  pkexec = g_find_program_in_path ("pkexec");
  if (pkexec == NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                         _ ("Permission can be asked for only where polkit’s program pkexec is installed."));
  else if (!is_trustworthy (helper))
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                         _ ("Permission can be asked for only by an installation that belongs to root."));
  else
    return TRUE;
  return FALSE;
}

static char **
join_command (const TideLaunch *launch, int frames_fd, int control_fd, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *helper = tide_target_find_helper (error);

  if (helper == NULL)
    return NULL;
  g_strv_builder_add (builder, helper);
  g_strv_builder_add (builder, "join");
  add_number (builder, "--frames", frames_fd);
  add_number (builder, "--control", control_fd);
  add_number (builder, "--instruments", launch->instruments | TIDE_INSTRUMENT_SAMPLER);
  if (launch->interval_ms > 0)
    add_number (builder, "--interval-us", MIN (launch->interval_ms, TIDE_LAUNCH_MAX_INTERVAL_MS) * 1000);
  if (launch->trigger_bytes > 0)
    add_number (builder, "--trigger-bytes", MIN (launch->trigger_bytes, G_MAXINT64));
  add_number (builder, "--pid", launch->join.pid);
  add_number (builder, "--region", launch->join.region_fd);
  add_number (builder, "--ready", launch->join.ready_fd);
  return g_strv_builder_end (builder);
}

char **
tide_helper_command (const TideLaunch *launch, int frames_fd, int control_fd, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *helper = launch->join.pid > 0 ? NULL : tide_target_find_helper (error);
  g_autofree char *agent = helper != NULL ? tide_target_find_agent (error) : NULL;
  g_autofree char *python = agent != NULL ? tide_launch_find_python (launch, error) : NULL;
  g_auto (GStrv) arguments = NULL;

  if (launch->join.pid > 0)
    return join_command (launch, frames_fd, control_fd, error);
  if (python == NULL)
    return NULL;
  g_strv_builder_add (builder, helper);
  g_strv_builder_add (builder, "launch");
  add_option (builder, "--agent", agent);
  add_number (builder, "--frames", frames_fd);
  add_number (builder, "--control", control_fd);
  add_number (builder, "--instruments", launch->instruments | TIDE_INSTRUMENT_SAMPLER);
  if (launch->interval_ms > 0)
    add_number (builder, "--interval-us", MIN (launch->interval_ms, TIDE_LAUNCH_MAX_INTERVAL_MS) * 1000);
  if (launch->ask_permission && (launch->instruments & TIDE_INSTRUMENT_FAULTS) != 0)
    {
      if (!tide_helper_may_ask (error))
        return NULL;
      add_option (builder, "--opener", "pkexec");
      add_option (builder, "--opener", helper);
      add_option (builder, "--opener", "grant");
    }
  if (launch->trigger_bytes > 0)
    add_number (builder, "--trigger-bytes", MIN (launch->trigger_bytes, G_MAXINT64));
  if (launch->sample_bytes > 0)
    add_number (builder, "--sample-bytes", MIN (launch->sample_bytes, G_MAXINT64));
  if (launch->budget > 0)
    add_number (builder, "--budget", MIN (launch->budget, TIDE_BUDGET_MAX));
  if (launch->capture_output)
    g_strv_builder_add (builder, "--capture");
  if (launch->children)
    g_strv_builder_add (builder, "--children");
  if (launch->directory != NULL)
    add_option (builder, "--directory", launch->directory);
  for (guint i = 0; launch->environment != NULL && launch->environment[i] != NULL; i++)
    add_option (builder, strchr (launch->environment[i], '=') != NULL ? "--set" : "--unset",
                launch->environment[i]);
  g_strv_builder_add (builder, "--");
  g_strv_builder_add (builder, python);
  arguments = tide_launch_dup_arguments (launch);
  g_strv_builder_addv (builder, (const char **)arguments);
  return g_strv_builder_end (builder);
}
