#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How many decimals a figure of a unit gets, by its size.  */
typedef enum
{
  TIDE_DIGITS_THREE,  /* 1.25  12.5  125  1 023   */
  TIDE_DIGITS_SIGNED, /* 1.25  12.5  125.3  1 023 */
  TIDE_DIGITS_RATE,   /* 1.3   12.5  125  1 023   */
} TideDigits;

/* With POINT for the decimal point, which is the locale's otherwise: so that a test needs no locale.  PREFIX
 * is the sign.  Return BUFFER; 64 bytes are enough, and what does not fit is cut at a whole character.  */
const char *tide_format_bytes_with (
    char *buffer, gsize size, const char *prefix, guint64 bytes, TideDigits digits, const char *point);
const char *tide_format_time_with (char *buffer, gsize size, gint64 ns, gint64 step_ns, const char *point);
const char *tide_format_duration_with (char *buffer, gsize size, gint64 ns, const char *point);

G_END_DECLS
