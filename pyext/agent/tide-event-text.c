#include "tide-event-text.h"
#include "tide-code-text.h"

#include <string.h>

#define NUMBER_WIDTH 12
#define DELTA_WIDTH 6
#define KIND_WIDTH 8
#define LINE_WIDTH 4
#define BYTES_WIDTH 12

static const char *const kinds[TIDE_N_CALL_KINDS] = {
  [TIDE_CALL_CALL] = "CALL    ",     [TIDE_CALL_RETURN] = "RETURN  ",   [TIDE_CALL_C_CALL] = "C_CALL  ",
  [TIDE_CALL_C_RETURN] = "C_RETURN", [TIDE_CALL_C_EXCEPT] = "C_EXCEPT", [TIDE_CALL_LINE] = "LINE    ",
  [TIDE_CALL_EXCEPT] = "EXCEPT  ",
};

/* Digits of VALUE before END; gives where they begin.  */
static char *
digits (char *end, uint64_t value)
{
  do
    {
      *--end = (char)('0' + value % 10);
      value /= 10;
    }
  while (value);
  return end;
}

static char *
put_left (char *to, uint64_t value, size_t width)
{
  char text[24], *end = text + sizeof text;
  char *begin = digits (end, value);
  size_t n = (size_t)(end - begin);

  memcpy (to, begin, n);
  to += n;
  for (; n < width; n++)
    *to++ = ' ';
  return to;
}

static char *
put_right (char *to, int64_t value, size_t width)
{
  char text[24], *end = text + sizeof text;
  char *begin = digits (end, value < 0 ? (uint64_t)-value : (uint64_t)value);
  size_t n;

  if (value < 0)
    *--begin = '-';
  n = (size_t)(end - begin);
  for (size_t i = n; i < width; i++)
    *to++ = ' ';
  memcpy (to, begin, n);
  return to + n;
}

/* Seconds with six decimals, and blanks up to NUMBER_WIDTH.  */
static char *
put_clock (char *to, int64_t ns)
{
  uint64_t us = (uint64_t)(ns > 0 ? ns : 0) / 1000;
  char *begin = to;
  char fraction[8];

  to = put_left (to, us / 1000000, 0);
  *to++ = '.';
  /* A leading one keeps the zeros.  */
  digits (fraction + sizeof fraction, 1000000 + us % 1000000);
  memcpy (to, fraction + sizeof fraction - 6, 6);
  to += 6;
  while (to < begin + NUMBER_WIDTH)
    *to++ = ' ';
  return to;
}

/* TAG, number, delta and clock, each followed by a blank.  */
static char *
put_begin (char *to, const char *tag, uint64_t number, uint64_t delta, int64_t cpu_ns)
{
  memcpy (to, tag, 6);
  to = put_left (to + 6, number, NUMBER_WIDTH);
  *to++ = ' ';
  *to++ = '+';
  to = put_left (to, delta, DELTA_WIDTH);
  *to++ = ' ';
  to = put_clock (to, cpu_ns);
  *to++ = ' ';
  return to;
}

static void
write_c_name (TideTextLog *log, const char *name)
{
  char text[1024];
  size_t width;
  size_t n = tide_text_escape (text, sizeof text - TIDE_TEXT_NAME_WIDTH, name, strlen (name), &width);

  for (; width < TIDE_TEXT_NAME_WIDTH; width++)
    text[n++] = ' ';
  tide_text_log_write (log, text, n);
}

void
tide_event_text_write (TideTextLog *log, const char *tag, const TideEventText *event)
{
  TideCodeText code = tide_code_text (event->code);
  char text[160];
  char *to = put_begin (text, tag, event->number, event->delta, event->cpu_ns);

  memcpy (to, kinds[event->kind], KIND_WIDTH);
  to += KIND_WIDTH;
  *to++ = ' ';
  tide_text_log_write (log, text, (size_t)(to - text));
  tide_text_log_write (log, code.file, code.file_size);
  to = text;
  *to++ = ' ';
  *to++ = '#';
  to = put_right (to, event->line, LINE_WIDTH);
  *to++ = ' ';
  tide_text_log_write (log, text, (size_t)(to - text));
  if (event->c_name)
    write_c_name (log, event->c_name);
  else
    tide_text_log_write (log, code.name, code.name_size);
  to = text;
  *to++ = ' ';
  to = put_right (to, (int64_t)event->rss_bytes, BYTES_WIDTH);
  *to++ = ' ';
  to = put_right (to, event->delta_bytes, BYTES_WIDTH);
  if (event->tid)
    {
      *to++ = ' ';
      to = put_right (to, event->tid, NUMBER_WIDTH);
    }
  *to++ = '\n';
  tide_text_log_write (log, text, (size_t)(to - text));
}

static char *
put_title (char *to, const char *title, size_t width, bool right)
{
  size_t n = strlen (title);

  memset (to, ' ', width);
  memcpy (right ? to + width - n : to, title, n);
  to[width] = ' ';
  return to + width + 1;
}

void
tide_event_text_write_header (TideTextLog *log, bool threads)
{
  char text[320], *to = text;

  memset (to, ' ', 6);
  to = put_title (to + 6, "Event", NUMBER_WIDTH, false);
  to = put_title (to, "dEvent", 1 + DELTA_WIDTH, false);
  to = put_title (to, "Clock", NUMBER_WIDTH, false);
  to = put_title (to, "What", KIND_WIDTH, false);
  to = put_title (to, "File", TIDE_TEXT_FILE_WIDTH, false);
  to = put_title (to, "#line", 1 + LINE_WIDTH, false);
  to = put_title (to, "Function", TIDE_TEXT_NAME_WIDTH, false);
  to = put_title (to, "RSS", BYTES_WIDTH, true);
  to = put_title (to, "dRSS", BYTES_WIDTH, true);
  if (threads)
    to = put_title (to, "Thread", NUMBER_WIDTH, true);
  to[-1] = '\n';
  tide_text_log_write (log, text, (size_t)(to - text));
}

void
tide_event_text_write_message (
    TideTextLog *log, uint64_t number, uint64_t delta, int64_t cpu_ns, const char *text, size_t size)
{
  char begin[128];
  char *to = put_begin (begin, "MSG:  ", number, delta, cpu_ns);

  *to++ = '#';
  *to++ = ' ';
  tide_text_log_write (log, begin, (size_t)(to - begin));
  tide_text_write_escaped (log, text, size);
  tide_text_log_write (log, "\n", 1);
}
