#pragma once

#include "tide-function-table.h"

G_BEGIN_DECLS

/* What stands in the columns of the functions table, in words.  Main thread.  */

const char *tide_function_cell_title (TideFunctionColumn column);
/* What the number is, in one sentence.  */
const char *tide_function_cell_definition (TideFunctionColumn column);

/* The cell's text for ROW, written into BUFFER or borrowed.  HAS_BYTES: Python bytes were measured.  */
const char *tide_function_cell_format (
    const TideFunctionRow *row, TideFunctionColumn column, gboolean has_bytes, char *buffer, gsize size);

/* What the cell says when one points at it; NULL: nothing.  */
char *
tide_function_cell_dup_tooltip (const TideFunctionRow *row, TideFunctionColumn column, gboolean has_bytes);
char *tide_function_cell_dup_name_tooltip (const TideFunctionRow *row);
/* BYTES of FIGURES, of what was allocated or of what is live, with their error and blocks.  */
char *tide_function_cell_dup_bytes_tooltip (const TideSiteFigures *figures, gint64 bytes, gboolean allocated);

G_END_DECLS
