#pragma once

#include "tide-function-slots.h"

G_BEGIN_DECLS

/* The functions table as text for a clipboard or a file, with exact numbers.  SEPARATOR ',': CSV as RFC 4180
 * has it; a tab: TSV, in which tabs and line ends within names become blanks.  Pure; transfer full.  */

/* Header and all rows, in the order that is shown.  The keys are those of `pagetide report`: the same program
 * reads both.  */
char *tide_functions_text_table (TideFunctionSlots *slots, char separator);
char *tide_functions_text_row (const TideFunctionRow *row, char separator);

G_END_DECLS
