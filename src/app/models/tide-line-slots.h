#pragma once

#include "tide-line-table.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* The rows of a line table as a list of places, as TideFunctionSlots are those of functions: item i stands
 * for whatever is at place i now.  The table and its order are made by a worker.
 *
 * Signal: "refreshed" after what stands at the places changed.  Main thread.  */
#define TIDE_TYPE_LINE_SLOTS (tide_line_slots_get_type ())
G_DECLARE_FINAL_TYPE (TideLineSlots, tide_line_slots, TIDE, LINE_SLOTS, GObject)

#define TIDE_TYPE_LINE_SLOT (tide_line_slot_get_type ())
G_DECLARE_FINAL_TYPE (TideLineSlot, tide_line_slot, TIDE, LINE_SLOT, GObject)

TideLineSlots *tide_line_slots_new (void);

/* Of what the table is, PROCESS NULL: of nothing.  Asks for it, or for it again.  */
void tide_line_slots_ask (TideLineSlots *self, TideProcess *process, TideSpan span, const char *filter);
void tide_line_slots_set_sort (TideLineSlots *self, TideLineColumn column, gboolean descending);
TideLineColumn tide_line_slots_get_sort (TideLineSlots *self, gboolean *descending);

/* Borrowed, valid until the next "refreshed"; NULL past the end.  */
const TideLineRow *tide_line_slots_get_row (TideLineSlots *self, guint position);
gboolean tide_line_slots_has_bytes (TideLineSlots *self);
/* Nothing is made just now.  */
gboolean tide_line_slots_is_settled (TideLineSlots *self);

G_END_DECLS
