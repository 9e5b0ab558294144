#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A table of environment variables to set, with rows that can be added and removed.  Signal "changed".  */
#define TIDE_TYPE_ENVIRONMENT_EDITOR (tide_environment_editor_get_type ())
G_DECLARE_FINAL_TYPE (TideEnvironmentEditor, tide_environment_editor, TIDE, ENVIRONMENT_EDITOR, GtkWidget)

/* ENVIRONMENT: "K=V" to set, "K" to unset; NULL: none.  */
void tide_environment_editor_set (TideEnvironmentEditor *self, const char *const *environment);
/* Rows without a name are left out.  NULL when none is left.  Transfer full.  */
char **tide_environment_editor_dup (TideEnvironmentEditor *self);
/* NULL when all is well, else what is wrong.  Translated, transfer full.  */
char *tide_environment_editor_check (TideEnvironmentEditor *self);

G_END_DECLS
