#pragma once

#include "tide-table-columns.h"

G_BEGIN_DECLS

/* The table of lines; its owner is a TideLineSlots, its columns are those of TideLineColumn.  */
const TideTableKind *tide_line_columns_get_kind (void);

G_END_DECLS
