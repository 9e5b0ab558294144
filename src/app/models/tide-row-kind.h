#pragma once

#include "tide-function-table.h"

G_BEGIN_DECLS

/* Rows of the table that are no functions.  Recordings know them by a name in brackets without a file; people
 * see a translated name and are told what it means.  Main thread.  */
typedef enum
{
  TIDE_ROW_FUNCTION,
  TIDE_ROW_BEFORE,   /* resident before measuring began */
  TIDE_ROW_PAUSED,   /* changed while measuring was paused */
  TIDE_ROW_OUTSIDE,  /* no Python frame explains it */
  TIDE_ROW_UNREAD,   /* a stack too deep to be read whole */
  TIDE_ROW_SHUTDOWN, /* the interpreter took itself apart */
} TideRowKind;

TideRowKind tide_row_kind_of (const TideFunctionRow *row);
/* Whether what the row says is part of what the program did, and not of how it was measured or ended.  */
gboolean tide_row_kind_is_growth (TideRowKind kind);

/* The row's name: for people (translated), for files (never translated).  Borrowed.  */
const char *tide_row_kind_get_name (const TideFunctionRow *row);
const char *tide_row_kind_get_key (const TideFunctionRow *row);
/* A sentence for people; NULL for a function.  */
const char *tide_row_kind_explain (TideRowKind kind);

G_END_DECLS
