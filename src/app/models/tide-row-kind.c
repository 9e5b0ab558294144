#include "config.h"

#include "tide-row-kind.h"

#include <glib/gi18n-lib.h>

static const char *const keys[] = {
  [TIDE_ROW_FUNCTION] = NULL,
  [TIDE_ROW_BEFORE] = N_ ("[before measuring]"),
  [TIDE_ROW_PAUSED] = N_ ("[while paused]"),
  [TIDE_ROW_OUTSIDE] = N_ ("[outside Python]"),
  [TIDE_ROW_UNREAD] = N_ ("[frames not read]"),
  [TIDE_ROW_SHUTDOWN] = N_ ("[interpreter shutdown]"),
};

TideRowKind
tide_row_kind_of (const TideFunctionRow *row)
{
  if (row->code == 0)
    return TIDE_ROW_OUTSIDE;
  if (row->code == TIDE_CODE_BEFORE)
    return TIDE_ROW_BEFORE;
  if (*row->file != '\0' || *row->function != '[')
    return TIDE_ROW_FUNCTION;
  for (guint i = TIDE_ROW_BEFORE; i < G_N_ELEMENTS (keys); i++)
    {
      if (g_str_equal (row->function, keys[i]))
        return (TideRowKind)i;
    }
  return TIDE_ROW_FUNCTION;
}

gboolean
tide_row_kind_is_growth (TideRowKind kind)
{
  return kind == TIDE_ROW_FUNCTION || kind == TIDE_ROW_OUTSIDE || kind == TIDE_ROW_UNREAD;
}

const char *
tide_row_kind_get_name (const TideFunctionRow *row)
{
  TideRowKind kind = tide_row_kind_of (row);

  return kind == TIDE_ROW_FUNCTION ? row->function : _ (keys[kind]);
}

const char *
tide_row_kind_get_key (const TideFunctionRow *row)
{
  TideRowKind kind = tide_row_kind_of (row);

  return kind == TIDE_ROW_FUNCTION ? row->function : keys[kind];
}

const char *
tide_row_kind_explain (TideRowKind kind)
{
  switch (kind)
    {
    case TIDE_ROW_BEFORE:
      return _ ("What was already resident when measuring began: the interpreter itself and what it loads "
                "first");
    case TIDE_ROW_PAUSED:
      return _ ("What changed while measuring was paused; nobody looked who did it");
    case TIDE_ROW_OUTSIDE:
      return _ ("Changes that came while no Python function ran: in threads of libraries, or between two "
                "looks");
    case TIDE_ROW_UNREAD:
      return _ ("Callers of stacks that were too deep to be read whole");
    case TIDE_ROW_SHUTDOWN:
      return _ ("What the interpreter released when it took itself apart at the end; no function did that");
    case TIDE_ROW_FUNCTION:
    default:
      return NULL;
    }
}
