#include "config.h"

#include "tide-session-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* The part of the session that says in words what it is.  */

char *
tide_session_name_program (char **argv)
{
  for (guint i = 1; argv != NULL && argv[0] != NULL && argv[i] != NULL; i++)
    {
      if (strcmp (argv[i], "-c") == 0)
        return g_strdup ("python -c");
      if (strcmp (argv[i], "-m") == 0 && argv[i + 1] != NULL)
        return g_strdup (argv[i + 1]);
      if (strcmp (argv[i], "--") == 0 && argv[i + 1] != NULL)
        return g_path_get_basename (argv[i + 1]);
      if (argv[i][0] != '-' && argv[i][0] != '\0')
        return g_path_get_basename (argv[i]);
    }
  return NULL;
}

char *
tide_session_dup_title (TideSession *self)
{
  char *name = NULL;

  if (self->process != NULL)
    name = tide_session_name_program (tide_process_get_info (self->process)->argv);
  if (name == NULL && self->launch != NULL)
    name = tide_launch_dup_name (self->launch);
  if (name == NULL && self->path != NULL)
    name = g_filename_display_basename (self->path);
  return name != NULL ? name : g_strdup ("");
}

static char *
describe_start (TideSession *self, gint64 start_wall_ns)
{
  g_autoptr (GDateTime) start =
      start_wall_ns > 0 ? g_date_time_new_from_unix_local (start_wall_ns / 1000000000) : NULL;
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *text = NULL;

  if (start == NULL)
    return NULL;
  if (self->launch != NULL)
    {
      text = g_date_time_format (start, "%H:%M");
      /* Translators: %s is a time of day.  */
      return g_strdup_printf (_ ("launched %s"), text);
    }
  text = g_date_time_format (start, g_date_time_get_year (start) == g_date_time_get_year (now)
                                            && g_date_time_get_day_of_year (start)
                                                   == g_date_time_get_day_of_year (now)
                                        ? "%H:%M"
                                        : "%Y-%m-%d %H:%M");
  /* Translators: %s is a time of day, perhaps after a date.  */
  return g_strdup_printf (_ ("recorded %s"), text);
}

char *
tide_session_dup_subtitle (TideSession *self)
{
  const TideProcessInfo *info = self->process != NULL ? tide_process_get_info (self->process) : NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *start = NULL;

  if (info == NULL)
    return g_strdup ("");
  if (info->pid != 0)
    g_string_append_printf (text, _ ("PID %u"), info->pid);
  if (info->python_version != NULL)
    g_string_append_printf (text, "%sCPython %s", text->len > 0 ? " · " : "", info->python_version);
  start = describe_start (self, info->start_wall_ns);
  if (start != NULL)
    g_string_append_printf (text, "%s%s", text->len > 0 ? " · " : "", start);
  return g_string_free (g_steal_pointer (&text), FALSE);
}
