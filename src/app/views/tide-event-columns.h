#pragma once

#include "tide-table-columns.h"

G_BEGIN_DECLS

typedef enum
{
  TIDE_EVENTS_COLUMN_NUMBER,
  TIDE_EVENTS_COLUMN_TIME,
  TIDE_EVENTS_COLUMN_CPU,
  TIDE_EVENTS_COLUMN_THREAD,
  TIDE_EVENTS_COLUMN_KIND,
  TIDE_EVENTS_COLUMN_RSS,
  TIDE_EVENTS_COLUMN_DELTA,
  TIDE_EVENTS_COLUMN_FUNCTION,
  TIDE_EVENTS_COLUMN_WHERE,
  TIDE_N_EVENTS_COLUMNS
} TideEventsColumn;

/* The table of events, in the order of time; its owner is a TideCallRows.  */
const TideTableKind *tide_event_columns_get_kind (void);

G_END_DECLS
