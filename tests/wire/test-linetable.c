#include "tide-line-walk.h"
#include "tide-linetable.h"

#include <glib.h>
#include <string.h>

#define V38 0x030800f0u
#define V310 0x030a00f0u
#define V311 0x030b00f0u

static guint8 *
from_hex (const char *hex, gsize *length)
{
  gsize n = strcmp (hex, "-") == 0 ? 0 : strlen (hex) / 2;
  guint8 *bytes = g_malloc (n + 1);

  for (gsize i = 0; i < n; i++)
    bytes[i] = (guint8)(g_ascii_xdigit_value (hex[2 * i]) << 4 | g_ascii_xdigit_value (hex[2 * i + 1]));
  *length = n;
  return bytes;
}

/* What comes after "KEY " in the next line.  */
static const char *
take (char ***lines, const char *key)
{
  const char *line = *(*lines)++;

  g_assert_nonnull (line);
  g_assert_true (g_str_has_prefix (line, key));
  return line + strlen (key) + 1;
}

static guint
check_code (guint32 version_hex, char ***lines)
{
  g_autofree char *name = g_strdup (take (lines, "code"));
  guint first_line = (guint)g_ascii_strtoull (strrchr (name, ' ') + 1, NULL, 10);
  const char *hex = take (lines, "table");
  guint size = (guint)g_ascii_strtoull (take (lines, "size"), NULL, 10);
  g_auto (GStrv) changes = g_strsplit (take (lines, "lines"), " ", -1);
  gsize length;
  g_autofree guint8 *bytes = from_hex (hex, &length);
  TideLineTable table;
  guint next = 0;
  guint32 expected = 0;

  g_assert_true (tide_linetable_init (&table, version_hex, bytes, length, first_line));
  for (guint offset = 0; offset < size; offset += 2)
    {
      if (changes[next] != NULL && g_ascii_strtoull (changes[next], NULL, 10) == offset)
        expected = (guint32)g_ascii_strtoull (strchr (changes[next++], ':') + 1, NULL, 10);
      if (tide_linetable_lookup (&table, offset) != expected)
        g_error ("%s at %u: %u, Python says %u", name, offset, tide_linetable_lookup (&table, offset),
                 expected);
      g_assert_cmpuint (tide_line_find (version_hex, bytes, length, first_line, offset), ==, expected);
    }
  g_assert_null (changes[next]);
  g_assert_cmpuint (next, >, 0);
  tide_linetable_finish (&table);
  return size / 2;
}

static guint
check_file (const char *path)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) error = NULL;
  guint32 version_hex;
  guint n_codes = 0, n_instructions = 0;
  char **at;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (g_strchomp (text), "\n", -1);
  at = lines;
  version_hex = (guint32)g_ascii_strtoull (take (&at, "version"), NULL, 16);
  g_assert_cmphex (version_hex >> 24, ==, 3);
  for (; *at != NULL; n_codes++)
    n_instructions += check_code (version_hex, &at);
  g_test_message ("%u code objects, %u instructions", n_codes, n_instructions);
  g_assert_cmpuint (n_instructions, >, 1000);
  return n_codes;
}

static void
test_real (gconstpointer version)
{
  g_autofree char *name = g_strconcat (version, ".txt", NULL);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "linetables", name, NULL);

  g_assert_cmpuint (check_file (path), >, 30);
}

/* What tests/pyext/test_lines.py had an interpreter write of its library.  */
static void
test_given (gconstpointer path)
{
  g_assert_cmpuint (check_file (path), >, 3000);
}

typedef struct
{
  guint32 version_hex;
  const char *hex;
  guint32 first_line;
  /* Of the offsets 0, 2, 4...  */
  guint32 lines[6];
} Case;

/* Made by hand, from the descriptions of the formats: what compilers seldom write, and what they never do. */
static void
test_small (void)
{
  static const Case cases[] = {
    { V38, "-", 7, { 7, 7, 7 } },
    { V38, "0201", 7, { 7, 8, 8 } },
    /* Two pairs for one step of more than 127 lines; one step back.  */
    { V38, "027f007f02fe", 7, { 7, 261, 259, 259 } },
    /* Half a pair.  */
    { V38, "020104", 7, { 7, 8, 8 } },
    /* Lines below the first.  */
    { V38, "0280", 7, { 7, 0, 0 } },
    { V310, "-", 7, { 0, 0 } },
    { V310, "0201020202ff", 7, { 8, 10, 9, 0 } },
    /* A range without a line does not move the others.  */
    { V310, "020102800201", 7, { 8, 0, 9, 0 } },
    { V310, "007f02010280", 7, { 135, 0, 0 } },
    { V310, "0201ff", 7, { 8, 0 } },
    { V311, "-", 7, { 0, 0 } },
    /* Short form, one-line form, no columns, long form, no location.  */
    { V311, "8000d80000e804f002000001f8", 7, { 7, 8, 10, 11, 0, 0 } },
    /* Lines that go back; two code units.  */
    { V311, "e90fe802", 7, { 0, 0, 1, 0 } },
    /* An entry that is cut off has moved as far as it was read; bytes before the first entry are none.  */
    { V311, "8000f0", 7, { 7, 7, 0 } },
    { V311, "00800080", 7, { 0, 0 } },
    /* A number without end.  */
    { V311, "e87f7f7f7f7f7f7f7f7f7f7f8000", 7, { 0, 0, 0 } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gsize length;
      g_autofree guint8 *bytes = from_hex (cases[i].hex, &length);
      TideLineTable table;

      g_test_message ("case %" G_GSIZE_FORMAT ": %s", i, cases[i].hex);
      g_assert_true (tide_linetable_init (&table, cases[i].version_hex, bytes, length, cases[i].first_line));
      for (guint j = 0; j < 3; j++)
        g_assert_cmpuint (tide_linetable_lookup (&table, 2 * j), ==, cases[i].lines[j]);
      for (guint j = 3; j < G_N_ELEMENTS (cases[i].lines) && cases[i].lines[j] != 0; j++)
        g_assert_cmpuint (tide_linetable_lookup (&table, 2 * j), ==, cases[i].lines[j]);
      tide_linetable_finish (&table);
    }
}

/* Whatever the bytes: ranges that rise, lookups that answer, and nothing read that is not there (a sanitizer
 * would say).  */
static void
test_hostile (void)
{
  static const guint32 versions[] = { V38, V310, V311 };
  g_autoptr (GRand) rand = g_rand_new_with_seed (626);

  for (guint round = 0; round < 9000; round++)
    {
      gsize length = (gsize)g_rand_int_range (rand, 0, round % 100 == 0 ? 65536 : 60);
      g_autofree guint8 *bytes = g_malloc (length + 1);
      g_autofree guint8 *exact = NULL;
      TideLineTable table;

      for (gsize i = 0; i < length; i++)
        bytes[i] = (guint8)(g_rand_int (rand) | (round % 2 ? 0x80 : 0));
      exact = g_memdup2 (bytes, length);
      g_assert_true (tide_linetable_init (&table, versions[round % 3], exact, length, g_rand_int (rand)));
      g_assert_cmpuint (table.n_ranges, <=, length + 1);
      for (guint i = 1; i < table.n_ranges; i++)
        {
          g_assert_cmpuint (table.ranges[i].start, >, table.ranges[i - 1].start);
          g_assert_cmpuint (table.ranges[i].line, !=, table.ranges[i - 1].line);
        }
      for (guint i = 0; i < table.n_ranges; i++)
        g_assert_cmpuint (tide_linetable_lookup (&table, table.ranges[i].start), ==, table.ranges[i].line);
      tide_linetable_lookup (&table, G_MAXUINT32);
      tide_linetable_finish (&table);
    }
}

int
main (int argc, char **argv)
{
  static const char *const versions[] = { "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14", "3.15" };

  g_test_init (&argc, &argv, NULL);
  if (argc > 1)
    {
      g_test_add_data_func ("/wire/linetable/given", argv[1], test_given);
      return g_test_run ();
    }
  for (gsize i = 0; i < G_N_ELEMENTS (versions); i++)
    {
      g_autofree char *path = g_strconcat ("/wire/linetable/real/", versions[i], NULL);

      g_test_add_data_func (path, versions[i], test_real);
    }
  g_test_add_func ("/wire/linetable/small", test_small);
  g_test_add_func ("/wire/linetable/hostile", test_hostile);
  return g_test_run ();
}
