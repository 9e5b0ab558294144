#pragma once

#include "tide-table-columns.h"

G_BEGIN_DECLS

/* The table of functions; its owner is a TideFunctionSlots, its columns are those of TideFunctionColumn.  */
const TideTableKind *tide_function_columns_get_kind (void);

G_END_DECLS
