#include "tide-area.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define GIB ((size_t)1 << 30)

static guint
count_descriptors (void)
{
  g_autoptr (GDir) folder = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  while (g_dir_read_name (folder) != NULL)
    n++;
  return n;
}

/* What one side writes the other reads; of a large one only what is used is there.  */
static void
test_shared (void)
{
  gsize page = (gsize)sysconf (_SC_PAGESIZE);
  TideArea area;
  struct stat st;
  char *other;

  g_assert_true (tide_area_open (&area, GIB));
  g_assert_cmpuint (area.size, ==, GIB);
  g_assert_cmpint (fcntl (area.fd, F_GETFD), ==, FD_CLOEXEC);
  g_assert_cmpint (fstat (area.fd, &st), ==, 0);
  g_assert_cmpint (st.st_size, ==, GIB);
  g_assert_cmpint (st.st_blocks, ==, 0);
  g_assert_cmpint (((const char *)area.memory)[GIB - 1], ==, 0);

  other = mmap (NULL, GIB, PROT_READ | PROT_WRITE, MAP_SHARED, area.fd, 0);
  g_assert_true (other != MAP_FAILED);
  other[GIB - 1] = 7;
  g_assert_cmpint (((const char *)area.memory)[GIB - 1], ==, 7);
  munmap (other, GIB);
  g_assert_cmpint (fstat (area.fd, &st), ==, 0);
  g_assert_cmpint (st.st_blocks * 512, <, GIB / 2);
  g_assert_cmpint (st.st_blocks * 512, >=, page);
  tide_area_finish (&area);
}

/* Whoever has the descriptor can neither shorten it, which would end us at the next look, nor lengthen it. */
static void
test_sealed (void)
{
  TideArea area;

  g_assert_true (tide_area_open (&area, 1 << 16));
  g_assert_cmpint (ftruncate (area.fd, 0), ==, -1);
  g_assert_cmpint (errno, ==, EPERM);
  g_assert_cmpint (ftruncate (area.fd, 1 << 20), ==, -1);
  g_assert_cmpint (errno, ==, EPERM);
  g_assert_cmpint (fcntl (area.fd, F_ADD_SEALS, F_SEAL_WRITE), ==, -1);
  tide_area_finish (&area);
}

static void
test_finish (void)
{
  guint before = count_descriptors ();
  TideArea area;

  g_assert_true (tide_area_open (&area, 4096));
  g_assert_cmpuint (count_descriptors (), ==, before + 1);
  tide_area_finish (&area);
  g_assert_cmpuint (count_descriptors (), ==, before);
  g_assert_null (area.memory);
  /* Again: as one that never was.  */
  tide_area_finish (&area);
  g_assert_cmpuint (count_descriptors (), ==, before);
  area = (TideArea){ 0 };
  tide_area_finish (&area);
  g_assert_cmpint (fcntl (0, F_GETFD), !=, -1);
}

/* Sizes that nobody has, and no descriptor: it says so, and leaves nothing behind.  */
static void
test_refused (void)
{
  const size_t sizes[] = { 0, (size_t)1 << 62, (size_t)G_MAXINT64, G_MAXSIZE };
  guint before = count_descriptors ();
  struct rlimit limit, none;
  TideArea area;

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_assert_false (tide_area_open (&area, sizes[i]));
      g_assert_null (area.memory);
      g_assert_cmpint (area.fd, ==, -1);
      tide_area_finish (&area);
    }
  g_assert_cmpuint (count_descriptors (), ==, before);

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  none = limit;
  none.rlim_cur = 0;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &none), ==, 0);
  g_assert_false (tide_area_open (&area, 4096));
  g_assert_cmpint (errno, ==, EMFILE);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  tide_area_finish (&area);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/area/shared", test_shared);
  g_test_add_func ("/area/sealed", test_sealed);
  g_test_add_func ("/area/finish", test_finish);
  g_test_add_func ("/area/refused", test_refused);
  return g_test_run ();
}
