#include "config.h"

#include "tide-console.h"

typedef enum
{
  STATE_TEXT,
  STATE_ESCAPE,        /* ESC came                                   */
  STATE_CSI,           /* ESC [ parameters … final 0x40-0x7e         */
  STATE_STRING,        /* ESC ] or P or _ or ^ or X … BEL or ESC \   */
  STATE_STRING_ESCAPE, /* ESC within a string                        */
} TideConsoleState;

struct _TideConsole
{
  TideConsoleState state;
  gboolean returned; /* a carriage return came, and nothing since */
  guint column;      /* characters in the line                    */
  guint8 partial[4]; /* an unfinished UTF-8 character             */
  gsize n_partial;
  GString *text; /* waits to be given out                     */
};

TideConsole *
tide_console_new (void)
{
  TideConsole *self = g_new0 (TideConsole, 1);

  self->text = g_string_new (NULL);
  return self;
}

void
tide_console_free (TideConsole *self)
{
  if (self == NULL)
    return;
  g_string_free (self->text, TRUE);
  g_free (self);
}

static void
tide_console_flush (TideConsole *self, TideConsoleFunc func, gpointer user_data)
{
  if (self->text->len > 0)
    func (TIDE_CONSOLE_TEXT, self->text->str, self->text->len, user_data);
  g_string_truncate (self->text, 0);
}

static void
tide_console_newline (TideConsole *self)
{
  /* "\r\n" ends a line, it does not replace it.  */
  self->returned = FALSE;
  self->column = 0;
  g_string_append_c (self->text, '\n');
}

static void
tide_console_put (TideConsole *self, gunichar c, TideConsoleFunc func, gpointer user_data)
{
  if (self->returned)
    {
      tide_console_flush (self, func, user_data);
      func (TIDE_CONSOLE_RESTART, "", 0, user_data);
      self->returned = FALSE;
      self->column = 0;
    }
  if (self->column >= TIDE_CONSOLE_MAX_LINE)
    tide_console_newline (self);
  self->column++;
  g_string_append_unichar (self->text, c);
}

/* The bytes that a character beginning with FIRST has, 0 when none begins so.  */
static gsize
tide_console_character_length (guint8 first)
{
  if (first < 0x80)
    return 1;
  if (first >= 0xc2 && first <= 0xdf)
    return 2;
  if (first >= 0xe0 && first <= 0xef)
    return 3;
  if (first >= 0xf0 && first <= 0xf4)
    return 4;
  return 0;
}

static void
tide_console_character (TideConsole *self, guint8 byte, TideConsoleFunc func, gpointer user_data)
{
  gsize wanted;

  if (self->n_partial > 0 && (byte & 0xc0) != 0x80)
    {
      tide_console_put (self, 0xfffd, func, user_data);
      self->n_partial = 0;
    }
  self->partial[self->n_partial++] = byte;
  wanted = tide_console_character_length (self->partial[0]);
  if (wanted == 0)
    {
      tide_console_put (self, 0xfffd, func, user_data);
      self->n_partial = 0;
    }
  else if (self->n_partial == wanted)
    {
      gunichar c = g_utf8_get_char_validated ((const char *)self->partial, (gssize)wanted);

      self->n_partial = 0;
      if (c == (gunichar)-1 || c == (gunichar)-2 || !(g_unichar_isprint (c) || g_unichar_ismark (c)))
        c = 0xfffd;
      tide_console_put (self, c, func, user_data);
    }
}

static void
tide_console_byte (TideConsole *self, guint8 byte, TideConsoleFunc func, gpointer user_data)
{
  if (byte == '\n')
    {
      self->n_partial = 0;
      tide_console_newline (self);
    }
  else if (byte == '\r')
    self->returned = TRUE;
  else if (byte == '\t')
    {
      self->n_partial = 0;
      tide_console_put (self, '\t', func, user_data);
    }
  else if (byte == 0x1b)
    self->state = STATE_ESCAPE;
  else if (byte >= 0x20 && byte != 0x7f)
    tide_console_character (self, byte, func, user_data);
  /* Other control characters (bell, backspace, zero) show nothing.  */
}

static void
tide_console_escape (TideConsole *self, guint8 byte)
{
  switch (byte)
    {
    case '[':
      self->state = STATE_CSI;
      break;
    case ']':
    case 'P':
    case '_':
    case '^':
    case 'X':
      self->state = STATE_STRING;
      break;
    default:
      /* Intermediates come before the final byte of a short sequence.  */
      if (byte < 0x20 || byte > 0x2f)
        self->state = STATE_TEXT;
      break;
    }
}

void
tide_console_feed (
    TideConsole *self, const guint8 *bytes, gsize length, TideConsoleFunc func, gpointer user_data)
{
  for (gsize i = 0; i < length; i++)
    {
      guint8 byte = bytes[i];

      /* A sequence does not run over the end of a line: a program that was cut within one must not swallow
       * what follows.  */
      if (byte == '\n' && self->state != STATE_TEXT)
        self->state = STATE_TEXT;

      switch (self->state)
        {
        case STATE_TEXT:
          tide_console_byte (self, byte, func, user_data);
          break;
        case STATE_ESCAPE:
          tide_console_escape (self, byte);
          break;
        case STATE_CSI:
          if (byte >= 0x40 && byte <= 0x7e)
            self->state = STATE_TEXT;
          break;
        case STATE_STRING:
          if (byte == 0x07)
            self->state = STATE_TEXT;
          else if (byte == 0x1b)
            self->state = STATE_STRING_ESCAPE;
          break;
        case STATE_STRING_ESCAPE:
          self->state = byte == '\\' ? STATE_TEXT : STATE_STRING;
          break;
        }
    }
  tide_console_flush (self, func, user_data);
}
