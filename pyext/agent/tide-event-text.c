#include "tide-event-text.h"
#include "tide-code-text.h"

#include <stddef.h>
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

static const char pairs[] = "00010203040506070809101112131415161718192021222324"
                            "25262728293031323334353637383940414243444546474849"
                            "50515253545556575859606162636465666768697071727374"
                            "75767778798081828384858687888990919293949596979899";
static const char blanks[] = "                ";
_Static_assert(sizeof blanks > NUMBER_WIDTH && sizeof blanks > BYTES_WIDTH, "the widest column");

/* Room for a line whose texts are of usual length.  */
#define LINE_SIZE 2048
/* Of what is between the texts.  */
#define FIGURES_SIZE 256

static size_t
count_digits (uint64_t value)
{
  for (size_t n = 1;; n += 4, value /= 10000)
    {
      if (value < 10)
        return n;
      if (value < 100)
        return n + 1;
      if (value < 1000)
        return n + 2;
      if (value < 10000)
        return n + 3;
    }
}

/* Digits of VALUE before END, two at a time: most of the time of a log goes into its numbers.  */
static void
put_digits (char *end, uint64_t value)
{
  for (; value >= 100; value /= 100)
    memcpy (end -= 2, pairs + 2 * (value % 100), 2);
  if (value >= 10)
    memcpy (end - 2, pairs + 2 * value, 2);
  else
    end[-1] = (char)('0' + value);
}

static inline char *
put_left (char *to, uint64_t value, size_t width)
{
  size_t n = count_digits (value);

  memcpy (to, blanks, width);
  put_digits (to + n, value);
  return to + (n > width ? n : width);
}

static inline char *
put_right (char *to, int64_t value, size_t width)
{
  uint64_t size = value < 0 ? -(uint64_t)value : (uint64_t)value;
  size_t n = count_digits (size) + (value < 0);
  char *end = to + (n > width ? n : width);

  memcpy (to, blanks, width);
  put_digits (end, size);
  if (value < 0)
    end[-(ptrdiff_t)n] = '-';
  return end;
}

/* Seconds with six decimals, and blanks up to NUMBER_WIDTH.  */
static char *
put_clock (char *to, int64_t ns)
{
  uint64_t us = (uint64_t)(ns > 0 ? ns : 0) / 1000;
  char *begin = to;

  memcpy (to, blanks, NUMBER_WIDTH);
  to = put_left (to, us / 1000000, 0);
  /* A leading one, under the point, keeps the zeros.  */
  put_digits (to + 7, 1000000 + us % 1000000);
  *to = '.';
  to += 7;
  return to < begin + NUMBER_WIDTH ? begin + NUMBER_WIDTH : to;
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

/* TEXT behind what stands between LINE and TO; what does not fit there goes to the log.  Gives the new TO. */
static char *
put_text (TideTextLog *log, char *line, char *to, const char *text, size_t size)
{
  if (size <= LINE_SIZE - FIGURES_SIZE - (size_t)(to - line))
    {
      memcpy (to, text, size);
      return to + size;
    }
  tide_text_log_write (log, line, (size_t)(to - line));
  tide_text_log_write (log, text, size);
  return line;
}

static char *
put_c_name (TideTextLog *log, char *line, char *to, const char *name)
{
  char text[1024];
  size_t width;
  size_t n = tide_text_escape (text, sizeof text - TIDE_TEXT_NAME_WIDTH, name, strlen (name), &width);

  for (; width < TIDE_TEXT_NAME_WIDTH; width++)
    text[n++] = ' ';
  return put_text (log, line, to, text, n);
}

void
tide_event_text_write (TideTextLog *log, const char *tag, const TideEventText *event)
{
  TideCodeText code = tide_code_text (event->code);
  char line[LINE_SIZE];
  char *to = put_begin (line, tag, event->number, event->delta, event->cpu_ns);

  memcpy (to, kinds[event->kind], KIND_WIDTH);
  to += KIND_WIDTH;
  *to++ = ' ';
  to = put_text (log, line, to, code.file, code.file_size);
  *to++ = ' ';
  *to++ = '#';
  to = put_right (to, event->line, LINE_WIDTH);
  *to++ = ' ';
  to = event->c_name ? put_c_name (log, line, to, event->c_name)
                     : put_text (log, line, to, code.name, code.name_size);
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
  tide_text_log_write (log, line, (size_t)(to - line));
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
