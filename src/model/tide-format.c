#include "config.h"

#include "tide-format.h"

#include "tide-format-private.h"

#include <glib/gi18n-lib.h>
#include <langinfo.h>
#include <string.h>

#define MINUS "\xe2\x88\x92"      /* U+2212 */
#define THIN_SPACE "\xe2\x80\xaf" /* U+202F narrow no-break space */

#define NS_PER_US G_GUINT64_CONSTANT (1000)
#define NS_PER_MS G_GUINT64_CONSTANT (1000000)
#define NS_PER_SECOND G_GUINT64_CONSTANT (1000000000)

/* 20 digits, six thin spaces and the zero.  */
#define COUNT_SIZE 48

static const guint64 powers_of_ten[] = { 1,      10,      100,      1000,      10000,
                                         100000, 1000000, 10000000, 100000000, 1000000000 };

/* The magnitude, which for G_MININT64 no gint64 holds.  */
static guint64
magnitude (gint64 value)
{
  return value < 0 ? -(guint64)value : (guint64)value;
}

static const char *
get_point (void)
{
  const char *point = nl_langinfo (RADIXCHAR);

  return *point != '\0' && g_utf8_validate (point, -1, NULL) ? point : ".";
}

/* g_snprintf(), but for a text that is cut within a character.  */
static const char *G_GNUC_PRINTF (3, 4) print (char *buffer, gsize size, const char *format, ...)
{
  va_list args;
  const char *end;

  if (size == 0)
    return buffer;
  va_start (args, format);
  g_vsnprintf (buffer, size, format, args);
  va_end (args);
  if (!g_utf8_validate (buffer, -1, &end))
    buffer[end - buffer] = '\0';
  return buffer;
}

static const char *
print_count (char buffer[COUNT_SIZE], guint64 count)
{
  char digits[24];
  int length = g_snprintf (digits, sizeof digits, "%" G_GUINT64_FORMAT, count);
  char *out = buffer;

  for (int i = 0; i < length; i++)
    {
      if (i > 0 && (length - i) % 3 == 0)
        out = g_stpcpy (out, THIN_SPACE);
      *out++ = digits[i];
    }
  *out = '\0';
  return buffer;
}

static guint
get_decimals (TideDigits digits, guint64 whole)
{
  switch (digits)
    {
    case TIDE_DIGITS_THREE:
      return whole < 10 ? 2 : whole < 100 ? 1 : 0;
    case TIDE_DIGITS_SIGNED:
      return whole < 10 ? 2 : whole < 1000 ? 1 : 0;
    case TIDE_DIGITS_RATE:
    default:
      return whole < 100 ? 1 : 0;
    }
}

/* VALUE / UNIT, rounded.  Gives FALSE when that comes to LIMIT or more, so that the next larger unit is due.
 */
static gboolean
print_quotient (char *buffer,
                gsize size,
                guint64 value,
                guint64 unit,
                guint64 limit,
                TideDigits digits,
                const char *point)
{
  guint64 whole = value / unit, rest = value % unit;
  guint decimals = get_decimals (digits, whole);
  guint64 scaled, power;
  char count[COUNT_SIZE];

  if (rest == 0)
    {
      print (buffer, size, "%s", print_count (count, whole));
      return whole < limit;
    }
  /* The rest is multiplied by at most 100: keep it far from 64 bits.  */
  while (unit > (G_GUINT64_CONSTANT (1) << 50))
    {
      unit >>= 10;
      rest >>= 10;
    }
  for (;; decimals--)
    {
      power = powers_of_ten[decimals];
      scaled = whole * power + (rest * power + unit / 2) / unit;
      /* 9.999 has become 10.00, which needs one decimal less.  */
      if (decimals == 0 || get_decimals (digits, scaled / power) >= decimals)
        break;
    }
  if (scaled / power >= limit)
    return FALSE;
  if (decimals == 0)
    print (buffer, size, "%s", print_count (count, scaled));
  else
    print (buffer, size, "%s%s%0*" G_GUINT64_FORMAT, print_count (count, scaled / power), point,
           (int)decimals, scaled % power);
  return TRUE;
}

const char *
tide_format_bytes_with (
    char *buffer, gsize size, const char *prefix, guint64 bytes, TideDigits digits, const char *point)
{
  static const char *const units[] = { N_ ("B"),   N_ ("KiB"), N_ ("MiB"), N_ ("GiB"),
                                       N_ ("TiB"), N_ ("PiB"), N_ ("EiB") };
  static const char *const rates[] = { N_ ("B/s"),   N_ ("KiB/s"), N_ ("MiB/s"), N_ ("GiB/s"),
                                       N_ ("TiB/s"), N_ ("PiB/s"), N_ ("EiB/s") };
  char number[COUNT_SIZE + 8];
  guint unit = 0;

  while (unit + 1 < G_N_ELEMENTS (units) && bytes >> (10 * (unit + 1)) != 0)
    unit++;
  /* Rounding may carry it over: 1023.9 KiB is 1.00 MiB.  */
  while (!print_quotient (number, sizeof number, bytes, G_GUINT64_CONSTANT (1) << (10 * unit), 1024, digits,
                          point))
    unit++;
  return print (buffer, size, "%s%s %s", prefix, number,
                _ (digits == TIDE_DIGITS_RATE ? rates[unit] : units[unit]));
}

const char *
tide_format_time_with (char *buffer, gsize size, gint64 ns, gint64 step_ns, const char *point)
{
  guint decimals = 0;
  guint64 rounded, unit, seconds, fraction;
  const char *sign;
  char hours[COUNT_SIZE], digits[16] = "";

  while (decimals < 9 && step_ns > 0 && NS_PER_SECOND / powers_of_ten[decimals] > (guint64)step_ns)
    decimals++;
  unit = powers_of_ten[9 - decimals];
  rounded = magnitude (ns) / unit + (magnitude (ns) % unit * 2 >= unit ? 1 : 0);
  sign = ns < 0 && rounded > 0 ? MINUS : "";
  seconds = rounded / powers_of_ten[decimals];
  fraction = rounded % powers_of_ten[decimals];

  if (decimals > 0)
    g_snprintf (digits, sizeof digits, "%0*" G_GUINT64_FORMAT, (int)decimals, fraction);
  if (decimals == 0)
    point = "";
  if (seconds < 3600)
    return print (buffer, size, "%s%u:%02u%s%s", sign, (guint)(seconds / 60), (guint)(seconds % 60), point,
                  digits);
  return print (buffer, size, "%s%s:%02u:%02u%s%s", sign, print_count (hours, seconds / 3600),
                (guint)(seconds / 60 % 60), (guint)(seconds % 60), point, digits);
}

const char *
tide_format_duration_with (char *buffer, gsize size, gint64 ns, const char *point)
{
  static const struct
  {
    guint64 unit_ns, limit;
    const char *name;
  } units[] = {
    { 1, 1000, N_ ("ns") },
    { NS_PER_US, 1000, N_ ("µs") },
    { NS_PER_MS, 1000, N_ ("ms") },
    { NS_PER_SECOND, 60, N_ ("s") },
  };
  guint64 length = magnitude (ns), seconds, minutes;
  const char *sign = ns < 0 ? MINUS : "";
  char number[COUNT_SIZE + 8], hours[COUNT_SIZE];

  if (length == 0)
    return print (buffer, size, "0 %s", _ ("s"));
  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    if (length / units[i].unit_ns < units[i].limit
        && print_quotient (number, sizeof number, length, units[i].unit_ns, units[i].limit, TIDE_DIGITS_THREE,
                           point))
      return print (buffer, size, "%s%s %s", sign, number, _ (units[i].name));

  seconds = length / NS_PER_SECOND + (length % NS_PER_SECOND >= NS_PER_SECOND / 2 ? 1 : 0);
  if (seconds < 3600)
    {
      guint m = seconds / 60, s = seconds % 60;

      return s == 0 ? print (buffer, size, _ ("%s%u min"), sign, m)
                    : print (buffer, size, _ ("%s%u min %u s"), sign, m, s);
    }
  minutes = seconds / 60 + (seconds % 60 >= 30 ? 1 : 0);
  print_count (hours, minutes / 60);
  return minutes % 60 == 0 ? print (buffer, size, _ ("%s%s h"), sign, hours)
                           : print (buffer, size, _ ("%s%s h %u min"), sign, hours, (guint)(minutes % 60));
}

static const char *
get_sign (gint64 value)
{
  return value < 0 ? MINUS : value > 0 ? "+" : "";
}

char *
tide_format_bytes (guint64 bytes)
{
  char buffer[64];

  return g_strdup (tide_format_bytes_into (buffer, sizeof buffer, bytes));
}

const char *
tide_format_bytes_into (char *buffer, gsize size, guint64 bytes)
{
  return tide_format_bytes_with (buffer, size, "", bytes, TIDE_DIGITS_THREE, get_point ());
}

char *
tide_format_bytes_signed (gint64 bytes)
{
  char buffer[64];

  return g_strdup (tide_format_bytes_signed_into (buffer, sizeof buffer, bytes));
}

const char *
tide_format_bytes_signed_into (char *buffer, gsize size, gint64 bytes)
{
  return tide_format_bytes_with (buffer, size, get_sign (bytes), magnitude (bytes), TIDE_DIGITS_SIGNED,
                                 get_point ());
}

char *
tide_format_bytes_exact (gint64 bytes)
{
  guint64 count = magnitude (bytes);
  char number[COUNT_SIZE];

  print_count (number, count);
  /* Plural forms look at the last digits at most.  */
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s%s byte", "%s%s bytes",
                                       count > 1000000 ? count % 1000000 + 1000000 : count),
                          bytes < 0 ? MINUS : "", number);
}

char *
tide_format_rate (double bytes_per_second)
{
  /* The largest double that fits: (double) G_MAXINT64 is one too large.  */
  const double most = 9223372036854774784.0;
  gint64 bytes = 0;
  char buffer[64];

  if (bytes_per_second >= most)
    bytes = (gint64)most;
  else if (bytes_per_second <= -most)
    bytes = -(gint64)most;
  else if (bytes_per_second == bytes_per_second)
    bytes = (gint64)(bytes_per_second < 0 ? bytes_per_second - 0.5 : bytes_per_second + 0.5);
  return g_strdup (tide_format_bytes_with (buffer, sizeof buffer, get_sign (bytes), magnitude (bytes),
                                           TIDE_DIGITS_RATE, get_point ()));
}

char *
tide_format_count (guint64 count)
{
  char buffer[COUNT_SIZE];

  return g_strdup (print_count (buffer, count));
}

char *
tide_format_time (gint64 ns, gint64 step_ns)
{
  char buffer[64];

  return g_strdup (tide_format_time_with (buffer, sizeof buffer, ns, step_ns, get_point ()));
}

char *
tide_format_duration (gint64 ns)
{
  char buffer[64];

  return g_strdup (tide_format_duration_with (buffer, sizeof buffer, ns, get_point ()));
}

const char *
tide_format_place (const char *file)
{
  const char *slash = strrchr (file, '/');
  const char *base = slash != NULL && slash[1] != '\0' ? slash + 1 : file;

  if (base - file > 1 && g_str_has_prefix (base, "__"))
    {
      const char *start = base - 1;

      while (start > file && start[-1] != '/')
        start--;
      return start;
    }
  return base;
}

char *
tide_format_place_line (const char *file, guint line)
{
  const char *place = tide_format_place (file);

  return line > 0 && *place != '\0' ? g_strdup_printf ("%s:%u", place, line) : g_strdup (place);
}
