#include "config.h"

#include "tide-recording-name.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

/* File systems take 255 bytes; date, number and suffix need some.  */
#define MAX_NAME_BYTES 120
#define MAX_TRIES 10000

/* The program's name as a part of a file name: nothing that a shell, a terminal or a foreign file system
 * would trip over.  */
static char *
dup_stem (const TideLaunch *launch)
{
  g_autofree char *name =
      launch->kind == TIDE_PROGRAM_CODE ? g_strdup ("code") : tide_launch_dup_name (launch);
  GString *stem = g_string_new (NULL);

  if (g_str_has_suffix (name, ".py"))
    name[strlen (name) - 3] = '\0';
  for (const char *p = name; *p != '\0' && stem->len < MAX_NAME_BYTES; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      g_string_append_unichar (
          stem, g_unichar_isalnum (c) || (c < 0x80 && strchr ("-_.", (int)c) != NULL) ? c : '_');
    }
  if (stem->len == 0 || strcmp (stem->str, "-") == 0)
    g_string_assign (stem, "program");
  return g_string_free (stem, FALSE);
}

char *
tide_recording_name_reserve (const char *directory, const TideLaunch *launch, GError **error)
{
  g_autofree char *stem = dup_stem (launch);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *time = g_date_time_format (now, "%Y%m%d-%H%M%S");
  g_autofree char *display = g_filename_display_name (directory);

  for (guint i = 1; i <= MAX_TRIES; i++)
    {
      g_autofree char *number = i > 1 ? g_strdup_printf ("-%u", i) : g_strdup ("");
      g_autofree char *name = g_strdup_printf ("pagetide-%s-%s%s.pagetide", stem, time, number);
      g_autofree char *path = g_build_filename (directory, name, NULL);
      int fd = open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

      if (fd >= 0)
        {
          close (fd);
          return g_steal_pointer (&path);
        }
      if (errno != EEXIST)
        break;
    }
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), _ ("No recording can be written in %s: %s."),
               display, g_strerror (errno));
  return NULL;
}

char *
tide_recording_name_dup_program (const char *basename)
{
  g_autoptr (GRegex) regex =
      g_regex_new ("^pagetide-(.+)-[0-9]{8}-[0-9]{6}(-[0-9]+)?\\.pagetide$", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;

  if (!g_utf8_validate (basename, -1, NULL) || !g_regex_match (regex, basename, 0, &match))
    return NULL;
  return g_match_info_fetch (match, 1);
}
