#include "config.h"

#include "tide-cli-join.h"

#include "tide-cli.h"
#include "tide-store-error.h"
#include "tide-target.h"

#include <glib-unix.h>
#include <unistd.h>

typedef struct
{
  GMainLoop *loop;
  TideTarget *target;
  guint life_id;
} Join;

static void
drop_batches (Join *join)
{
  TideBatch *batch;

  while ((batch = tide_target_pop (join->target)) != NULL)
    tide_batch_free (batch);
}

static void
on_ready (TideTarget *target, gpointer data)
{
  drop_batches (data);
}

static void
on_ended (TideTarget *target, gpointer data)
{
  Join *join = data;

  drop_batches (join);
  g_main_loop_quit (join->loop);
}

/* Nothing is ever written there: it is closed.  */
static gboolean
on_life_end (int fd, GIOCondition condition, gpointer data)
{
  Join *join = data;

  tide_target_detach (join->target);
  join->life_id = 0;
  return G_SOURCE_REMOVE;
}

int
tide_cli_join (const TideLaunch *launch, const char *path)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (TideTarget) target = NULL;
  g_autoptr (GError) error = NULL;
  const GError *problem;
  Join join = { .loop = loop };

  join.target = target = tide_target_launch (launch, path, &error);
  /* The helper has them: without ours the process sees when it fails.  */
  close (launch->join.ready_fd);
  close (launch->join.region_fd);
  if (target == NULL)
    return tide_cli_fail ("%s", error->message);
  g_signal_connect (target, "ready", G_CALLBACK (on_ready), &join);
  g_signal_connect (target, "ended", G_CALLBACK (on_ended), &join);
  join.life_id = g_unix_fd_add (launch->join.life_fd, G_IO_IN | G_IO_HUP | G_IO_ERR, on_life_end, &join);
  g_main_loop_run (loop);
  g_clear_handle_id (&join.life_id, g_source_remove);
  problem = tide_target_get_error (target);
  if (problem == NULL)
    return 0;
  tide_cli_fail ("%s", problem->message);
  /* As large as --max-size allowed is no failure, but worth a word.  */
  return g_error_matches (problem, TIDE_STORE_ERROR, TIDE_STORE_ERROR_FULL) ? 0 : 1;
}
