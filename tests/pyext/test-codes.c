#include "tide-codes.h"
#include "tide-ring.h"

#include <glib.h>
#include <string.h>

/* The agent's codes: what is the same, and what becomes of those beyond the greatest id.  */

static TideRegion *
make_region (void)
{
  TideRegion *region = g_aligned_alloc0 (1, TIDE_REGION_SIZE, 4096);

  tide_ring_open (region);
  return region;
}

/* What is told is not read by anybody.  */
static uint32_t
get_id (TideRegion *region, uint64_t address, const char *name)
{
  TideCodeContents contents = {
    .address = address, .fingerprint = 1, .file = "file", .name = name, .file_length = 4
  };
  uint32_t id;

  contents.name_length = (uint32_t)strlen (name);
  atomic_store (&region->tail, atomic_load (&region->head));
  g_assert_true (tide_codes_named_id (&contents, &id));
  return id;
}

static void
test_same (void)
{
  TideRegion *region = make_region ();

  g_assert_cmpuint (get_id (region, 0x1000, "a"), ==, 1);
  g_assert_cmpuint (get_id (region, 0x2000, "b"), ==, 2);
  g_assert_cmpuint (get_id (region, 0x3000, "a"), ==, 1);
  g_assert_cmpuint (get_id (region, 0x1000, "a"), ==, 1);
  /* Many come and go at other addresses, more than are remembered by theirs.  */
  for (uint64_t i = 0; i < 100000; i++)
    g_assert_cmpuint (get_id (region, 0x10000 + i * 64, i % 2 ? "a" : "b"), ==, i % 2 ? 1 : 2);
  tide_codes_forget ();
  g_assert_cmpuint (get_id (region, 0x2000, "b"), ==, 1);
  tide_codes_forget ();
  g_aligned_free (region);
}

static void
test_no_room (void)
{
  TideRegion *region = make_region ();
  TideCodeContents contents = { .address = 64, .fingerprint = 1, .file = "", .name = "" };
  uint32_t id;

  atomic_store (&region->tail, atomic_load (&region->head) - TIDE_REGION_RING_SIZE);
  g_assert_false (tide_codes_named_id (&contents, &id));
  g_assert_cmpuint (get_id (region, 64, ""), ==, 1);
  tide_codes_forget ();
  g_aligned_free (region);
}

static void
test_many (void)
{
  TideRegion *region = make_region ();
  char name[32];

  for (uint32_t i = 1; i <= TIDE_CODES_MAX + 10; i++)
    {
      g_snprintf (name, sizeof name, "%u", i);
      g_assert_cmpuint (get_id (region, (uint64_t)i * 64, name), ==, i <= TIDE_CODES_MAX ? i : 0);
    }
  /* Those that came first stay who they are.  */
  g_assert_cmpuint (get_id (region, 64, "1"), ==, 1);
  g_assert_cmpuint (get_id (region, 128, "12345"), ==, 12345);
  g_assert_cmpuint (get_id (region, 192, "new"), ==, 0);
  tide_codes_forget ();
  g_aligned_free (region);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/codes/same", test_same);
  g_test_add_func ("/codes/no-room", test_no_room);
  g_test_add_func ("/codes/many", test_many);
  return g_test_run ();
}
