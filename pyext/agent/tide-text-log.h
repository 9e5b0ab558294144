#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A text file that is written in large pieces, for logs of millions of lines.  With the GIL held, but for
 * what is said otherwise.  A forked child writes nothing of its parent's.
 *
 * What is not written yet when the process is killed is lost: at most TIDE_TEXT_LOG_SIZE bytes, and no more
 * than a second of them while lines come.  */

#define TIDE_TEXT_LOG_SIZE (64u << 10)

typedef struct TideTextLog TideTextLog;

/* Makes the file at PATH: a new one when EXCLUSIVE, else one that replaces what is there.  NULL and errno. */
TideTextLog *tide_text_log_open (const char *path, bool exclusive);

/* Never fails: a file that takes no more is left alone from then on, see tide_text_log_close().  */
void tide_text_log_write (TideTextLog *self, const char *data, size_t size);

/* TEXT, up to its nought, and a newline.  */
void tide_text_log_write_line (TideTextLog *self, const char *text);

/* To the file.  */
void tide_text_log_flush (TideTextLog *self);

/* Now and then, with the time in nanoseconds of any clock that goes on: flushes when the last time is long
 * ago.  */
void tide_text_log_age (TideTextLog *self, int64_t now_ns);

/* Flushes, closes and frees.  Gives 0, or the errno of the first write that failed.  */
int tide_text_log_close (TideTextLog *self);

/* The process ends: what is in all logs goes to their files.  Without the GIL.  */
void tide_text_log_flush_all (void);

/* In a forked child: all logs are the parent's.  */
void tide_text_log_drop_all (void);

/* Whether it was left to the parent by a fork.  */
bool tide_text_log_is_dropped (const TideTextLog *self);

/* TEXT (UTF-8, lone surrogates encoded as if they were characters) to TO so that it stays on one line and can
 * be read back: a backslash is doubled, control characters and everything at which Python's str.splitlines()
 * would break become \n, \r, \t, \xNN or \uNNNN, lone surrogates (bytes of a file name that are no UTF-8)
 * \udcNN.  At most SIZE bytes; gives how many, and in WIDTH, if it is not NULL, how many characters.  A
 * sixfold SIZE is always enough.  */
size_t tide_text_escape (char *to, size_t size, const char *text, size_t length, size_t *width);

/* The same straight into a log, of any length.  */
void tide_text_write_escaped (TideTextLog *log, const char *text, size_t size);
