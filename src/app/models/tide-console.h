#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Turns the bytes that a program wrote to a terminal into text that can be shown: escape sequences are left
 * out, a carriage return starts the line again (progress bars), what is not UTF-8 or not printable becomes
 * U+FFFD, and no line is longer than TIDE_CONSOLE_MAX_LINE characters.  A character or a sequence that is cut
 * between two chunks is put together again.  One console for each descriptor.  */
typedef struct _TideConsole TideConsole;

#define TIDE_CONSOLE_MAX_LINE 8192

typedef enum
{
  TIDE_CONSOLE_TEXT,    /* append this to the line; may hold newlines */
  TIDE_CONSOLE_RESTART, /* what comes next replaces the line          */
} TideConsoleOp;

typedef void (*TideConsoleFunc) (TideConsoleOp op, const char *text, gsize length, gpointer user_data);

TideConsole *tide_console_new (void);
void tide_console_free (TideConsole *self);
/* Calls FUNC for each piece, in order; TEXT is valid UTF-8 without zeros.  */
void tide_console_feed (
    TideConsole *self, const guint8 *bytes, gsize length, TideConsoleFunc func, gpointer user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TideConsole, tide_console_free)

G_END_DECLS
