#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* One sentence for the person above the content: an error or a warning stays until it is closed, a note goes
 * by itself.  */
#define TIDE_TYPE_MESSAGE_BAR (tide_message_bar_get_type ())
G_DECLARE_FINAL_TYPE (TideMessageBar, tide_message_bar, TIDE, MESSAGE_BAR, GtkWidget)

typedef enum
{
  TIDE_MESSAGE_NOTE,
  TIDE_MESSAGE_WARNING,
  TIDE_MESSAGE_ERROR,
} TideMessageKind;

/* LABEL and ACTION (may both be NULL): a button that activates the action.  */
void tide_message_bar_show (
    TideMessageBar *self, TideMessageKind kind, const char *text, const char *label, const char *action);
void tide_message_bar_dismiss (TideMessageBar *self);
/* NULL when nothing is shown.  */
const char *tide_message_bar_get_text (TideMessageBar *self);

G_END_DECLS
