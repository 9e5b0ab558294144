#include "helper-fixture.h"
#include "tide-sites-frames.h"

#include <string.h>

/* Of bytes.py.  */
#define KEEPS_LINE 7
#define DROPS_LINE 12

typedef struct
{
  TideSiteKind kind;
  guint32 code, line;
  TideSiteEntry last;
} Site;

/* The sites of a run, as they were told last.  */
static GArray *
collect (Run *run)
{
  GArray *sites = g_array_new (FALSE, TRUE, sizeof (Site));

  for (guint i = 0; i < run->kept->len; i++)
    {
      GBytes *kept = run->kept->pdata[i];
      TideSitesReader reader;
      TideSiteEntry entry;

      if (g_array_index (run->types, guint, i) != TIDE_FRAME_SITES)
        continue;
      g_assert_true (tide_sites_reader_begin (
          &reader, (TideSlice){ g_bytes_get_data (kept, NULL), g_bytes_get_size (kept) }));
      while (tide_sites_reader_next (&reader, &entry))
        {
          if (entry.is_new)
            {
              Site site = { entry.kind, entry.code, entry.line, entry };

              g_assert_cmpuint (entry.id, ==, sites->len + 1);
              g_assert_cmpuint (entry.code, <=, run->codes->len);
              g_array_append_val (sites, site);
            }
          g_assert_cmpuint (entry.id, <=, sites->len);
          g_array_index (sites, Site, entry.id - 1).last = entry;
        }
      g_assert_true (tide_sites_reader_ok (&reader));
    }
  return sites;
}

static const TideSiteEntry *
find (Run *run, GArray *sites, TideSiteKind kind, const char *function, guint32 line)
{
  for (guint i = 0; i < sites->len; i++)
    {
      const Site *site = &g_array_index (sites, Site, i);
      const TideCodeInfo *code;

      if (site->code == 0 || site->kind != kind || site->line != line)
        continue;
      code = &g_array_index (run->codes, TideCodeInfo, site->code - 1);
      if (strcmp (run->strings->pdata[code->name - 1], function) == 0)
        return &site->last;
    }
  g_error ("nothing of %s", function);
}

static Run *
run_bytes (guint instruments)
{
  g_autofree char *python = g_find_program_in_path ("python3");
  g_autofree char *program = g_test_build_filename (G_TEST_DIST, "bytes.py", NULL);
  g_autofree char *options = g_strdup_printf ("--instruments %u", instruments);
  Run *run = run_new (options);

  g_assert_nonnull (python);
  run_add_python (run, python, program);
  run_start (run, NULL);
  g_assert_cmpint (run_finish (run), ==, 128 + 9);
  return run;
}

/* A program that is killed has no time to say anything: the counters are there all the same.  */
static void
test_killed (void)
{
  g_autoptr (Run) run = run_bytes (TIDE_INSTRUMENT_SAMPLER | TIDE_INSTRUMENT_EVENTS | TIDE_INSTRUMENT_BYTES);
  g_autoptr (GArray) sites = collect (run);
  const TideSiteEntry *keeps = find (run, sites, TIDE_SITE_LINE, "keeps", KEEPS_LINE);
  const TideSiteEntry *drops = find (run, sites, TIDE_SITE_LINE, "drops", DROPS_LINE);
  const TideSiteEntry *function = find (run, sites, TIDE_SITE_FUNCTION, "keeps", 0);

  /* With the list, and what it was made of.  */
  g_assert_cmpuint (keeps->live_bytes, >=, 5000 * 1000);
  g_assert_cmpuint (keeps->live_bytes, <, 5000 * 1000 + 100000);
  g_assert_cmpuint (keeps->live_blocks, >=, 5000);
  g_assert_cmpuint (keeps->freed_bytes, ==, keeps->allocated_bytes - keeps->live_bytes);
  g_assert_cmpuint (function->peak_bytes, >=, keeps->live_bytes);
  g_assert_cmpuint (drops->allocated_bytes, >=, 3000 * 2000);
  g_assert_cmpuint (drops->live_bytes, <, 1000);
  g_assert_cmpuint (drops->n_temporary, >=, 2990);
}

static void
test_sampled (void)
{
  g_autoptr (Run) run =
      run_bytes (TIDE_INSTRUMENT_SAMPLER | TIDE_INSTRUMENT_EVENTS | TIDE_INSTRUMENT_BYTES_SAMPLED);
  g_autoptr (GArray) sites = collect (run);
  guint64 allocated = 0;

  for (guint i = 0; i < sites->len; i++)
    {
      const Site *site = &g_array_index (sites, Site, i);

      if (site->kind == TIDE_SITE_LINE)
        allocated += site->last.allocated_bytes;
      g_assert_cmpuint (site->last.live_error, <=, site->last.allocated_error);
    }
  /* Some 12 MB at 512 KiB: nothing of it is seen once in 10^10 runs, and twice as much as there is as well.
   */
  g_assert_cmpuint (allocated, >, 0);
  g_assert_cmpuint (allocated, <, 120000000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/helper-bytes/killed", test_killed);
  g_test_add_func ("/helper-bytes/sampled", test_sampled);
  return g_test_run ();
}
