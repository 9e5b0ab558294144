#pragma once

#include "tide-session-page.h"
#include "tide-start-page.h"
#include "tide-window.h"

G_BEGIN_DECLS

typedef void (*TideWindowLeaveFunc) (TideWindow *self, gboolean left, gpointer user_data);

struct _TideWindow
{
  GtkApplicationWindow parent;

  TideSession *session;
  TidePrompter *prompter;
  TideRecent *recent;
  GSettings *settings;   /* NULL: nothing is remembered */
  GCancellable *loading; /* of the file being opened, NULL: none */
  guint tick;            /* the pump, 0 while nothing is live */
  guint inhibit;         /* cookie, 0: none */

  /* The questions before the session is given up; one round at a time.  */
  TideWindowLeaveFunc leave_func;
  gpointer leave_data;
  gboolean leave_waits; /* for the program to end */
  gboolean closing;     /* nothing is left to ask */

  GtkStack *stack;
  TideMessageBar *message_bar;
  TideStartPage *start_page;
  TideSessionPage *session_page;
  GtkLabel *title;
  GtkLabel *subtitle;
  gboolean was_live; /* what ended was seen to end */

  GtkWidget *live;
  GtkLabel *live_state;
  GtkLabel *elapsed;
  GtkButton *instruments_button;
  GtkWindow *instruments; /* the dialog, weak; NULL: not open */
  GtkButton *stop_button;
  GtkToggleButton *pause_button;
  GtkMenuButton *open_button;
  GtkMenuButton *menu_button;
  GMenu *recent_menu;
  GtkProgressBar *progress;
  GtkLabel *progress_label;
};

/* tide-window-actions.c */
void tide_window_actions_class_init (GtkWidgetClass *widget_class);
void tide_window_actions_init (TideWindow *self);
void tide_window_actions_update (TideWindow *self);
void tide_window_set_action_enabled (TideWindow *self, const char *name, gboolean enabled);
void tide_window_set_action_state (TideWindow *self, const char *name, GVariant *state);

/* tide-window-open.c */
void tide_window_open_init (TideWindow *self);
void tide_window_choose_and_open (TideWindow *self);
void tide_window_watch_sample (TideWindow *self);
void tide_window_update_recent_menu (TideWindow *self);
/* Starts LAUNCH in the session, which must be free.  */
void tide_window_start (TideWindow *self, const TideLaunch *launch);

/* tide-window-save.c: calls FUNC once, with TRUE when nothing would be lost any more.  */
void tide_window_leave (TideWindow *self, TideWindowLeaveFunc func, gpointer user_data);
void tide_window_leave_state_changed (TideWindow *self);
void tide_window_save_as (TideWindow *self);
/* A file name after the program and the time.  Transfer full.  */
char *tide_window_suggest_name (TideWindow *self, const char *suffix);

/* tide-window-export.c */
void tide_window_export_picture (TideWindow *self);
void tide_window_export_table (TideWindow *self);

/* tide-window-dnd.c */
void tide_window_dnd_init (TideWindow *self);

/* ERROR: not when it only says that the person cancelled.  */
void tide_window_show_error (TideWindow *self, const char *what, const GError *error);

G_END_DECLS
