#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Numbers for people, in one place.  Transfer full, any thread.  Localised decimal point; IEC units; true
 * minus sign (U+2212); thin spaces (U+202F) between thousands; three to four significant digits, and no
 * decimals where the figure is a whole number of its unit.  */
char *tide_format_bytes (guint64 bytes); /* "812 MiB", "1.25 GiB", "96.4 MiB", "4 KiB", "0 B"; three digits */
/* "+212.4 MiB", "−22.7 MiB", "+1.25 GiB", "0 B"; one decimal or two */
char *tide_format_bytes_signed (gint64 bytes);
char *tide_format_bytes_exact (gint64 bytes); /* "222 715 904 bytes" (plural form) */
/* "+3.1 MiB/s"; two or three digits, and never more than one decimal */
char *tide_format_rate (double bytes_per_second);
char *tide_format_count (guint64 count); /* "98 310" */
/* "0:31.4", "1:02:03", "−0:02": position on the time axis; as many decimals as it takes to tell positions
 * STEP_NS apart.  */
char *tide_format_time (gint64 ns, gint64 step_ns);
char *tide_format_duration (gint64 ns); /* "12.4 s", "3 min 20 s", "2 h 5 min", "850 ms" */
/* The end of FILE that tells it from others: its base name, and where many are called so ("__init__.py") its
 * folder as well.  Borrowed from FILE.  */
const char *tide_format_place (const char *file);
/* The same with LINE, 0: unknown, then without it; "" of no file: "json/__init__.py:299".  */
char *tide_format_place_line (const char *file, guint line);
/* Writes into BUFFER (64 bytes are enough), allocates nothing and returns BUFFER: for cells that are
 * rewritten each frame.  */
const char *tide_format_bytes_into (char *buffer, gsize size, guint64 bytes);
const char *tide_format_bytes_signed_into (char *buffer, gsize size, gint64 bytes);

G_END_DECLS
