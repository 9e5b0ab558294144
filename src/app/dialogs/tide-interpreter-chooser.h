#pragma once

#include "tide-interpreter.h"
#include "tide-prompter.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A drop-down of the interpreters that were found, with version, path and origin, and "Other…".  Property
 * "selected" notifies.  */
#define TIDE_TYPE_INTERPRETER_CHOOSER (tide_interpreter_chooser_get_type ())
G_DECLARE_FINAL_TYPE (TideInterpreterChooser, tide_interpreter_chooser, TIDE, INTERPRETER_CHOOSER, GtkWidget)

/* PROMPTER is kept for "Other…".  */
void tide_interpreter_chooser_set_prompter (TideInterpreterChooser *self, TidePrompter *prompter);
/* Looks for interpreters; those of DIRECTORY (may be NULL) among them.  */
void tide_interpreter_chooser_find (TideInterpreterChooser *self, const char *directory);
/* Chooses the one at PATH, asking it what it is when it was not found.  NULL: the first that works.  */
void tide_interpreter_chooser_select_path (TideInterpreterChooser *self, const char *path);
TideInterpreter *
tide_interpreter_chooser_get_selected (TideInterpreterChooser *self); /* borrowed, may be NULL */
/* The list, for tests.  Borrowed.  */
GListStore *tide_interpreter_chooser_get_store (TideInterpreterChooser *self);

G_END_DECLS
