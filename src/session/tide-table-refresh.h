#pragma once

#include "tide-function-table.h"

G_BEGIN_DECLS

/* Keeps one function table up to date: one computation at a time, in a GTask thread.
 *
 * Another process or range is computed at once, or as soon as what is computed just then is done (which is
 * shown: a table says of which range it is); the growth of the data makes a new table at most once in
 * INTERVAL.  A table of another process is never shown.  Main thread.  */
typedef struct _TideTableRefresh TideTableRefresh;

/* The table, or whether one is computed, is another than before.  */
typedef void (*TideTableRefreshFunc) (gpointer user_data);

TideTableRefresh *
tide_table_refresh_new (guint interval_ms, TideTableRefreshFunc changed, gpointer user_data);
/* CHANGED is not called any more.  */
void tide_table_refresh_free (TideTableRefresh *self);

/* PROCESS may be NULL: then there is no table.  */
void tide_table_refresh_set_subject (TideTableRefresh *self, TideProcess *process, TideSpan span);
void tide_table_refresh_data_grew (TideTableRefresh *self);
/* Once more, now.  */
void tide_table_refresh_demand (TideTableRefresh *self);

TideFunctionTable *tide_table_refresh_get_table (TideTableRefresh *self); /* borrowed, NULL: none yet */
gboolean tide_table_refresh_is_computing (TideTableRefresh *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TideTableRefresh, tide_table_refresh_free)

G_END_DECLS
