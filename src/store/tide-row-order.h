#pragma once

#include "tide-row-source.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Which rows of SOURCE to write, and in which order: those that have FILTER (NULL: all) in one of their
 * texts, letter case aside, descending by the cells of COLUMN (-1: as they come), rows without a figure last,
 * ties as they come.  Gives indices (transfer full) and how many; NULL with *N set means the first *N rows as
 * they are.  FALSE and ERROR when cancelled.  */
gboolean tide_row_order (TideRowSource *source,
                         const char *filter,
                         gint column,
                         gsize **order,
                         gsize *n,
                         GCancellable *cancellable,
                         GError **error);

G_END_DECLS
