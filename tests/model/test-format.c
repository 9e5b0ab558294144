#include "config.h"

#include "tide-format-private.h"
#include "tide-format.h"

#include <langinfo.h>
#include <locale.h>
#include <math.h>
#include <string.h>

#define MINUS "\xe2\x88\x92"
#define THIN "\xe2\x80\xaf"

#define KI G_GUINT64_CONSTANT (1024)
#define MI (KI * KI)
#define GI (KI * MI)
#define S G_GINT64_CONSTANT (1000000000)
#define MS G_GINT64_CONSTANT (1000000)

/* MADE (transfer full) is what was expected.  */
static void
assert_text (char *made, const char *expected)
{
  g_assert_cmpstr (made, ==, expected);
  g_assert_true (g_utf8_validate (made, -1, NULL));
  g_free (made);
}

static void
test_bytes (void)
{
  static const struct
  {
    guint64 bytes;
    const char *text;
  } cases[] = {
    { 0, "0 B" },
    { 1, "1 B" },
    { 999, "999 B" },
    { 1000, "1" THIN "000 B" },
    { 1023, "1" THIN "023 B" },
    { KI, "1 KiB" },
    { KI + 1, "1.00 KiB" },
    { 4 * KI, "4 KiB" },
    { 1536, "1.50 KiB" },
    { 9 * KI + 1023, "10.0 KiB" },
    { 96 * MI + 419431, "96.4 MiB" },
    { 99 * MI + MI - 1, "100 MiB" },
    { 812 * MI + 1000, "812 MiB" },
    { 1000 * MI, "1" THIN "000 MiB" },
    { 1023 * MI + 100, "1" THIN "023 MiB" },
    { MI - 1, "1.00 MiB" },
    { GI - 1, "1.00 GiB" },
    { GI + GI / 4, "1.25 GiB" },
    { KI * GI, "1 TiB" },
    { KI * KI * GI + 1, "1.00 PiB" },
    { G_GUINT64_CONSTANT (1) << 63, "8 EiB" },
    { G_MAXUINT64, "16.0 EiB" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_text (tide_format_bytes (cases[i].bytes), cases[i].text);
}

static void
test_bytes_signed (void)
{
  static const struct
  {
    gint64 bytes;
    const char *text;
  } cases[] = {
    { 0, "0 B" },
    { 1, "+1 B" },
    { -1, MINUS "1 B" },
    { 4096, "+4 KiB" },
    { 212 * MI + 419431, "+212.4 MiB" },
    { -(gint64)(22 * MI + 734004), MINUS "22.7 MiB" },
    { GI + GI / 4, "+1.25 GiB" },
    { 999 * MI + MI - 1, "+1" THIN "000 MiB" },
    { 1023 * MI + MI - 1, "+1.00 GiB" },
    { G_MAXINT64, "+8.00 EiB" },
    { G_MININT64, MINUS "8 EiB" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      char buffer[64];

      assert_text (tide_format_bytes_signed (cases[i].bytes), cases[i].text);
      g_assert_true (tide_format_bytes_signed_into (buffer, sizeof buffer, cases[i].bytes) == buffer);
      g_assert_cmpstr (buffer, ==, cases[i].text);
    }
}

/* A buffer that is too small has a beginning of the text, in whole characters.  */
static void
test_small_buffer (void)
{
  const char *whole = MINUS "22.7 MiB";

  for (gsize size = 1; size < 16; size++)
    {
      char buffer[17];

      memset (buffer, 'x', sizeof buffer);
      tide_format_bytes_signed_into (buffer, size, -(gint64)(22 * MI + 734004));
      g_assert_cmpuint (strlen (buffer), <, size);
      g_assert_true (g_utf8_validate (buffer, -1, NULL));
      g_assert_true (g_str_has_prefix (whole, buffer));
      g_assert_cmpint (buffer[size], ==, 'x');
    }
}

static void
test_bytes_exact (void)
{
  assert_text (tide_format_bytes_exact (0), "0 bytes");
  assert_text (tide_format_bytes_exact (1), "1 byte");
  assert_text (tide_format_bytes_exact (-1), MINUS "1 byte");
  assert_text (tide_format_bytes_exact (222715904), "222" THIN "715" THIN "904 bytes");
  assert_text (tide_format_bytes_exact (1000001), "1" THIN "000" THIN "001 bytes");
  assert_text (tide_format_bytes_exact (G_MININT64),
               MINUS "9" THIN "223" THIN "372" THIN "036" THIN "854" THIN "775" THIN "808 bytes");
}

static void
test_rate (void)
{
  assert_text (tide_format_rate (0), "0 B/s");
  assert_text (tide_format_rate (0.4), "0 B/s");
  assert_text (tide_format_rate (-0.6), MINUS "1 B/s");
  assert_text (tide_format_rate (3.1 * MI), "+3.1 MiB/s");
  assert_text (tide_format_rate (-22.72 * MI), MINUS "22.7 MiB/s");
  assert_text (tide_format_rate (512.3 * KI), "+512 KiB/s");
  assert_text (tide_format_rate (99.97 * KI), "+100 KiB/s");
  assert_text (tide_format_rate (NAN), "0 B/s");
  assert_text (tide_format_rate (INFINITY), "+8.0 EiB/s");
  assert_text (tide_format_rate (-INFINITY), MINUS "8.0 EiB/s");
  assert_text (tide_format_rate (1e300), "+8.0 EiB/s");
}

static void
test_count (void)
{
  assert_text (tide_format_count (0), "0");
  assert_text (tide_format_count (7), "7");
  assert_text (tide_format_count (999), "999");
  assert_text (tide_format_count (98310), "98" THIN "310");
  assert_text (tide_format_count (100000), "100" THIN "000");
  assert_text (tide_format_count (G_MAXUINT64),
               "18" THIN "446" THIN "744" THIN "073" THIN "709" THIN "551" THIN "615");
}

static void
test_time (void)
{
  static const struct
  {
    gint64 ns, step_ns;
    const char *text;
  } cases[] = {
    { 0, S, "0:00" },
    { 0, 0, "0:00" },
    { 0, 100 * MS, "0:00.0" },
    { 31 * S + 400 * MS, 100 * MS, "0:31.4" },
    { 31 * S + 400 * MS, 200 * MS, "0:31.4" },
    { 31 * S + 400 * MS, S, "0:31" },
    { 31 * S + 400 * MS, 5 * S, "0:31" },
    { 31 * S + 400 * MS, 50 * MS, "0:31.40" },
    { 31 * S + 400 * MS, MS, "0:31.400" },
    { 31 * S + 7, 1, "0:31.000000007" },
    { 59 * S + 960 * MS, 100 * MS, "1:00.0" },
    { 3599 * S + 600 * MS, S, "1:00:00" },
    { 3723 * S, S, "1:02:03" },
    { -2 * S, S, MINUS "0:02" },
    { -20 * MS, S, "0:00" },
    { -20 * MS, 10 * MS, MINUS "0:00.02" },
    { G_MAXINT64, S, "2" THIN "562" THIN "047:47:17" },
    { G_MININT64, 1, MINUS "2" THIN "562" THIN "047:47:16.854775808" },
    { S, G_MININT64, "0:01" },
    { S, G_MAXINT64, "0:01" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_text (tide_format_time (cases[i].ns, cases[i].step_ns), cases[i].text);
}

static void
test_duration (void)
{
  static const struct
  {
    gint64 ns;
    const char *text;
  } cases[] = {
    { 0, "0 s" },
    { 1, "1 ns" },
    { 999, "999 ns" },
    { 1500, "1.50 µs" },
    { 999999, "1.00 ms" },
    { 850 * MS, "850 ms" },
    { 999 * MS + 600000, "1.00 s" },
    { S, "1 s" },
    { 12 * S + 400 * MS, "12.4 s" },
    { 59 * S + 940 * MS, "59.9 s" },
    { 59 * S + 960 * MS, "1 min" },
    { 61 * S, "1 min 1 s" },
    { 200 * S, "3 min 20 s" },
    { 3599 * S + 600 * MS, "1 h" },
    { 7500 * S, "2 h 5 min" },
    { 7229 * S, "2 h" },
    { -850 * MS, MINUS "850 ms" },
    { -200 * S, MINUS "3 min 20 s" },
    { G_MAXINT64, "2" THIN "562" THIN "047 h 47 min" },
    { G_MININT64, MINUS "2" THIN "562" THIN "047 h 47 min" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_text (tide_format_duration (cases[i].ns), cases[i].text);
}

static void
test_place (void)
{
  static const struct
  {
    const char *file;
    guint line;
    const char *place;
  } cases[] = {
    { "/src/batch.py", 12, "batch.py:12" },
    { "/src/batch.py", 0, "batch.py" },
    { "batch.py", 12, "batch.py:12" },
    { "/lib/json/__init__.py", 299, "json/__init__.py:299" },
    { "json/__init__.py", 1, "json/__init__.py:1" },
    { "/__init__.py", 1, "__init__.py:1" },
    { "__main__.py", 1, "__main__.py:1" },
    { "<frozen importlib._bootstrap>", 241, "<frozen importlib._bootstrap>:241" },
    { "/src/", 3, "/src/:3" },
    { "/", 3, "/:3" },
    { "a b\n/c d.py", 4294967295u, "c d.py:4294967295" },
    { "", 0, "" },
    { "", 7, "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *end = tide_format_place (cases[i].file);
      g_autofree char *place = tide_format_place_line (cases[i].file, cases[i].line);

      g_assert_cmpstr (place, ==, cases[i].place);
      g_assert_true (g_str_has_suffix (cases[i].file, end));
      g_assert_true (g_str_has_prefix (place, end));
    }
}

/* With a decimal comma, whether this machine has a locale with one or not.  */
static void
test_decimal_comma (void)
{
  char buffer[64];
  const char *locales[] = { "de_DE.UTF-8", "fr_FR.UTF-8", "de_DE" };

  g_assert_cmpstr (
      tide_format_bytes_with (buffer, sizeof buffer, "+", 212 * MI + 419431, TIDE_DIGITS_SIGNED, ","), ==,
      "+212,4 MiB");
  g_assert_cmpstr (tide_format_bytes_with (buffer, sizeof buffer, "", 3 * MI + 104858, TIDE_DIGITS_RATE, ","),
                   ==, "3,1 MiB/s");
  g_assert_cmpstr (tide_format_time_with (buffer, sizeof buffer, 31 * S + 400 * MS, 100 * MS, ","), ==,
                   "0:31,4");
  g_assert_cmpstr (tide_format_duration_with (buffer, sizeof buffer, 12 * S + 400 * MS, ","), ==, "12,4 s");

  for (gsize i = 0; i < G_N_ELEMENTS (locales); i++)
    if (setlocale (LC_NUMERIC, locales[i]) != NULL)
      {
        g_assert_cmpstr (nl_langinfo (RADIXCHAR), ==, ",");
        assert_text (tide_format_bytes (GI + GI / 4), "1,25 GiB");
        break;
      }
  setlocale (LC_NUMERIC, "C");
}

/* Every quotient is at most half of its last digit away from the truth.  */
static void
test_rounding (void)
{
  for (guint i = 0; i < 20000; i++)
    {
      guint64 bytes = ((guint64)(guint32)g_test_rand_int () << 32 | (guint32)g_test_rand_int ())
                      >> g_test_rand_int_range (0, 64);
      g_autofree char *text = tide_format_bytes (bytes);
      char digits[64], *out = digits, *unit;
      double made, exact = bytes;

      for (unit = text; *unit != ' '; unit++)
        if (g_ascii_isdigit (*unit) || *unit == '.')
          *out++ = *unit;
      *out = '\0';
      unit++;
      made = g_ascii_strtod (digits, NULL);
      for (const char *c = "KMGTPE"; *unit != 'B'; c++)
        {
          exact /= 1024;
          if (*c == *unit)
            break;
        }
      g_assert_cmpfloat (made, <, 1024);
      g_assert_cmpfloat (ABS (made - exact), <=, (exact < 10 ? 0.005 : exact < 100 ? 0.05 : 0.5) * 1.0001);
    }
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/format/bytes", test_bytes);
  g_test_add_func ("/format/bytes-signed", test_bytes_signed);
  g_test_add_func ("/format/small-buffer", test_small_buffer);
  g_test_add_func ("/format/bytes-exact", test_bytes_exact);
  g_test_add_func ("/format/rate", test_rate);
  g_test_add_func ("/format/count", test_count);
  g_test_add_func ("/format/time", test_time);
  g_test_add_func ("/format/duration", test_duration);
  g_test_add_func ("/format/place", test_place);
  g_test_add_func ("/format/decimal-comma", test_decimal_comma);
  g_test_add_func ("/format/rounding", test_rounding);
  return g_test_run ();
}
