#define _GNU_SOURCE
#include "tide-account.h"
#include "tide-sites.h"

#include <fcntl.h>
#include <glib.h>
#include <sys/mman.h>
#include <unistd.h>

/* The places of Python bytes: that they stay who they are, and what becomes of those for which there is no
 * room.  */

/* The agent's: nobody accounts here.  */
void
tide_account_own (int64_t pages)
{
}

static TideRegion *
make_region (void)
{
  TideRegion *region = g_new0 (TideRegion, 1);
  int fd = memfd_create ("pagetide-test", MFD_CLOEXEC | MFD_ALLOW_SEALING);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (ftruncate (fd, TIDE_SITES_AREA_SIZE), ==, 0);
  g_assert_cmpint (fcntl (fd, F_ADD_SEALS, F_SEAL_SHRINK), ==, 0);
  region->helper_pid = (uint32_t)getpid ();
  region->areas[TIDE_AREA_SITES] = (TideRegionArea){ .fd = fd, .size = TIDE_SITES_AREA_SIZE };
  return region;
}

static void
test_full (void)
{
  TideRegion *region = make_region ();
  char reason[240];
  uint32_t nowhere, first, code = 1;

  g_assert_true (tide_sites_open (region, 0, reason, sizeof reason));
  nowhere = tide_sites_get (0, 0, false);
  g_assert_cmpuint (nowhere, !=, 0);
  g_assert_cmpuint (tide_sites_get (0, 0, true), !=, nowhere);
  first = tide_sites_get (1, 10, false);
  g_assert_cmpuint (first, !=, 0);
  g_assert_cmpuint (tide_sites_get (1, 10, true), !=, first);
  /* New functions have no place from some moment on...  */
  while (tide_sites_get (code, 10, false) != 0)
    g_assert_cmpuint (++code, <, TIDE_SITES_MAX);
  g_assert_cmpuint (code, >, TIDE_SITES_MAX / 4);
  g_assert_cmpuint (tide_sites_get (code + 1, 10, true), ==, 0);
  /* ... but new lines of known ones have, until all is used.  */
  g_assert_cmpuint (tide_sites_get (1, 10, false), ==, first);
  for (uint32_t line = 11; line < 1000; line++)
    g_assert_cmpuint (tide_sites_get (1, line, false), !=, 0);
  for (uint32_t line = 1000; tide_sites_get (1, line, false) != 0; line++)
    g_assert_cmpuint (line, <, TIDE_SITES_MAX);
  g_assert_cmpuint (tide_sites_get (1, 10, false), ==, first);
  g_assert_cmpuint (tide_sites_get (0, 0, false), ==, nowhere);
  tide_sites_drop ();
  close (region->areas[TIDE_AREA_SITES].fd);
  g_free (region);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sites/full", test_full);
  return g_test_run ();
}
