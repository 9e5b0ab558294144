#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The rows of a view, made one at a time when a writer asks, so that ten million of them cost no memory.  Any
 * one thread at a time.  */

/* What a column holds, and so how each format writes it.  */
typedef enum
{
  TIDE_CELLS_COUNT,        /* a number                                                     */
  TIDE_CELLS_PLAIN,        /* a number that is a name: a pid, a line                       */
  TIDE_CELLS_BYTES,        /* bytes                                                        */
  TIDE_CELLS_BYTES_SIGNED, /* bytes, a difference                                          */
  TIDE_CELLS_TIME,         /* nanoseconds from the start; written as seconds               */
  TIDE_CELLS_DURATION,     /* nanoseconds; written as seconds, for people as "12.4 s"      */
  TIDE_CELLS_TEXT,
  TIDE_CELLS_LIST, /* several texts */
} TideCells;

typedef enum
{
  TIDE_FOR_PROGRAMS = 1 << 0, /* in JSON and CSV, under its key */
  TIDE_FOR_PEOPLE = 1 << 1,   /* in text, under its title       */
  TIDE_FOR_ALL = TIDE_FOR_PROGRAMS | TIDE_FOR_PEOPLE,
} TideAudience;

typedef struct
{
  const char *key;
  const char *title; /* to be translated; NULL where people do not see it */
  TideCells cells;
  TideAudience audience;
} TideExportColumn;

/* Texts are UTF-8, borrowed until the next fill.  */
typedef struct
{
  gboolean is_null; /* not measured */
  gint64 number;
  const char *text;
  const char *const *list; /* NULL-terminated */
} TideCell;

typedef struct _TideRowSource TideRowSource;

struct _TideRowSource
{
  const TideExportColumn *columns;
  guint n_columns;
  gsize n_rows;
  const char *default_sort; /* a key, or NULL: as they come                 */
  gboolean upright;         /* for people: one line a cell, not one a row   */
  /* All N_COLUMNS cells of a row; CELLS come as nulls.  */
  void (*fill) (TideRowSource *self, gsize row, TideCell *cells);
  void (*free) (TideRowSource *self);
};

void tide_row_source_fill (TideRowSource *self, gsize row, TideCell *cells);
void tide_row_source_free (TideRowSource *self);
/* The column of that key that can be sorted by, or -1.  */
gint tide_row_source_find_sortable (TideRowSource *self, const char *key);

static inline void
tide_cell_set_number (TideCell *cell, gint64 number)
{
  cell->is_null = FALSE;
  cell->number = number;
}

/* NULL stays null.  */
static inline void
tide_cell_set_text (TideCell *cell, const char *text)
{
  cell->is_null = text == NULL;
  cell->text = text;
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TideRowSource, tide_row_source_free)

G_END_DECLS
