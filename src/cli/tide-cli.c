#include "config.h"

#include "tide-cli.h"

#include "tide-cli-help.h"
#include "tide-cli-options.h"
#include "tide-loader.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void
tide_cli_window_clear (TideCliWindow *self)
{
  g_clear_pointer (&self->launch, tide_launch_free);
  g_clear_pointer (&self->files, g_strfreev);
}

static gboolean
is_help (const char *argument)
{
  return strcmp (argument, "--help") == 0 || strcmp (argument, "-h") == 0;
}

/* Up to SIZE bytes; -1 with errno.  */
static gssize
read_head (int fd, guint8 *head, gsize size)
{
  gsize length = 0;

  while (length < size)
    {
      gssize n = read (fd, head + length, size - length);

      if (n < 0)
        return -1;
      if (n == 0)
        break;
      length += (gsize)n;
    }
  return (gssize)length;
}

/* What is opened is told by its first bytes; whatever else is wrong with it the window can show.  */
static gboolean
check_file (const char *path)
{
  g_autofree char *display = g_filename_display_name (path);
  g_autofree guint8 *head = g_malloc (TIDE_LOADER_HEAD_BYTES);
  struct stat status;
  gssize n = -1;
  /* Not blocking: the name of a pipe that nobody writes to would hold us for ever.  */
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  int error = errno;

  if (fd >= 0 && fstat (fd, &status) == 0 && S_ISDIR (status.st_mode))
    {
      close (fd);
      tide_cli_fail (_ ("%s is a folder, not a recording."), display);
      return FALSE;
    }
  if (fd >= 0)
    {
      n = read_head (fd, head, TIDE_LOADER_HEAD_BYTES);
      error = errno;
      close (fd);
    }
  if (n < 0)
    tide_cli_fail (_ ("%s cannot be opened: %s."), display, g_strerror (error));
  else if (!tide_loader_recognizes (head, (gsize)n))
    tide_cli_fail (_ ("%s is neither a recording of Pagetide nor a process log."), display);
  else
    return TRUE;
  return FALSE;
}

static gboolean
take_files (int argc, char **argv, TideCliWindow *window)
{
  g_autoptr (GStrvBuilder) files = g_strv_builder_new ();
  gboolean only_files = FALSE;
  guint n = 0;

  for (int i = 1; i < argc; i++)
    {
      if (!only_files && strcmp (argv[i], "--") == 0)
        only_files = TRUE;
      else if (!only_files && argv[i][0] == '-' && argv[i][1] != '\0')
        {
          tide_cli_fail (_ ("There is no option %s here: --help lists those there are."), argv[i]);
          return FALSE;
        }
      else if (!check_file (argv[i]))
        return FALSE;
      else
        {
          g_strv_builder_add (files, argv[i]);
          n++;
        }
    }
  if (n > 0)
    window->files = g_strv_builder_end (files);
  return TRUE;
}

/* FALSE: the window is wanted.  */
static gboolean
run_command (int argc, char **argv, TideCliWindow *window, int *status)
{
  g_auto (TideCliOptions) options = { NULL };
  g_autoptr (GError) error = NULL;

  if (!tide_cli_options_parse (&options, argc, argv, FALSE, &error))
    *status = tide_cli_fail ("%s", error->message);
  else if (options.help)
    *status = tide_cli_print_help ("run");
  else if (!tide_launch_check (options.launch, &error))
    *status = tide_cli_fail ("%s", error->message);
  else
    {
      options.launch->capture_output = TRUE;
      window->launch = g_steal_pointer (&options.launch);
      return FALSE;
    }
  return TRUE;
}

static int
fail_unbuilt (int argc, char **argv)
{
  for (int i = 1; i < argc; i++)
    if (is_help (argv[i]))
      return tide_cli_print_help (argv[0]);
  return tide_cli_fail (_ ("The command “%s” is not built yet."), argv[0]);
}

static const struct
{
  const char *name;
  int (*run) (int argc, char **argv);
} commands[] = {
  { "attach", fail_unbuilt }, { "record", tide_cli_record }, { "report", tide_cli_report },
  { "diff", fail_unbuilt },   { "convert", fail_unbuilt },   { "render", tide_cli_render },
  { "doctor", fail_unbuilt },
};

gboolean
tide_cli_run (int argc, char **argv, TideCliWindow *window, int *status)
{
  const char *first = argc > 1 ? argv[1] : NULL;

  *status = 0;
  if (first == NULL)
    return FALSE;
  if (strcmp (first, "--version") == 0)
    *status = tide_cli_print ("pagetide " PAGETIDE_VERSION "\n");
  else if (is_help (first))
    *status = tide_cli_print_help (NULL);
  else if (strcmp (first, "run") == 0)
    return run_command (argc - 1, argv + 1, window, status);
  else
    {
      for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
        if (strcmp (first, commands[i].name) == 0)
          {
            *status = commands[i].run (argc - 1, argv + 1);
            return TRUE;
          }
      if (take_files (argc, argv, window))
        return FALSE;
      *status = 1;
    }
  return TRUE;
}
