#pragma once

#include "tide-buffer.h"
#include "tide-window.h"

/* What the tests of the window share.  */

#define UI_MS G_GINT64_CONSTANT (1000000)
#define UI_MIB (G_GINT64_CONSTANT (1) << 20)

/* gtk_test_init() and what makes pictures and sizes the same everywhere.  */
void ui_init (int *argc, char ***argv);

/* A finished recording of "nightly.py", process 4242 of CPython 3.12.1, of N functions "function_0000" …:
 * function i grows by i + 1 MiB at (i + 1) × 10 ms, each fifth releases half of that 5 ms later.  With
 * output, instruments (faults are refused), and exit status 3.  */
TideRecording *ui_recording (guint n);
/* The same with Python bytes at its end: function i has taken (i + 1) KiB in i + 1 blocks, of which half are
 * live; the most was (i + 1) KiB.  MEAN_BYTES: of the sample, 0: exact.  */
TideRecording *ui_recording_of_bytes (guint n, guint64 mean_bytes);
/* The net growth of function i in it, bytes.  */
gint64 ui_net (guint i);
/* A whole life: 10 MiB before measuring, "grow" takes 60 MiB, 4 come from outside Python, 2 while paused, and
 * at the end the interpreter releases 70.  */
TideRecording *ui_recording_of_life (void);
/* N processes that run, 100 ms after each other: number i is "child_i.py", process 4242 + i, of (i + 1) × 10
 * MiB.  */
TideRecording *ui_recording_of_family (guint n);
/* N calls and returns of "function_0000", one of each in 100 us, with a line between, after FIRST such; each
 * call brings a page.  */
void ui_append_calls (TideRecording *recording, guint first, guint n);
/* Borrows TEXT.  */
TideSlice ui_slice (const char *text);
/* What the frames of BUFFER, which it finishes, tell.  */
TideRecording *ui_decode (TideBuffer *buffer);
/* A recording file of the same bytes as ui_recording().  */
void ui_write_recording (const char *path, guint n);

/* Runs the main loop until CONDITION is true; fails the test after 20 s.  */
typedef gboolean (*UiCondition) (gpointer data);
void ui_wait (UiCondition condition, gpointer data);
/* Until the session's table and the rows that show it have come.  */
void ui_settle (TideWindow *window);

/* A window that is shown, with a spool and a state of its own.  */
TideWindow *ui_window_new (void);
/* The same in a later start: it knows what was remembered.  */
TideWindow *ui_window_new_again (void);
void ui_window_show (TideWindow *window, TideRecording *recording);
void ui_window_destroy (TideWindow *window);
gboolean ui_action_enabled (TideWindow *window, const char *name);
void ui_activate (TideWindow *window, const char *name);
/* Fails when something below WIDGET can have the focus and a screen reader has no words for it; returns how
 * many there are.  */
guint ui_assert_named (GtkWidget *widget);
/* Draws the window's content to pictures/NAME.png of the build directory.  */
void ui_picture (GtkWidget *widget, const char *name);

char *ui_folder_new (void);
void ui_folder_remove (const char *folder);

/* A prompter that answers from a list, and remembers what it was asked.  */
#define UI_TYPE_PROMPTER (ui_prompter_get_type ())
G_DECLARE_FINAL_TYPE (UiPrompter, ui_prompter, UI, PROMPTER, TidePrompter)

UiPrompter *ui_prompter_new (void);
void ui_prompter_will_answer (UiPrompter *self, TideAnswer answer);
/* PATH NULL: cancelled.  */
void ui_prompter_will_choose (UiPrompter *self, const char *path);
guint ui_prompter_get_n_asked (UiPrompter *self);
/* Heading of the last question, or title of the last file dialog.  */
const char *ui_prompter_get_last (UiPrompter *self);
