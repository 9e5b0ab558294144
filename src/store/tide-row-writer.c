#include "config.h"

#include "tide-row-writer.h"

#include "tide-format.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define FLUSH_BYTES (64u << 10)
/* Widths are taken from so many rows; a wider one further down only stands out.  */
#define MEASURED_ROWS 10000
/* Wider texts do not push the columns behind them away from the others'.  */
#define MAX_WIDTH 40

void
tide_row_writer_init (TideRowWriter *self, GOutputStream *stream, GCancellable *cancellable)
{
  self->stream = stream;
  self->cancellable = cancellable;
  self->pending = g_string_new (NULL);
}

void
tide_row_writer_clear (TideRowWriter *self)
{
  g_string_free (self->pending, TRUE);
}

gboolean
tide_row_writer_flush (TideRowWriter *self, GError **error)
{
  gboolean ok = g_output_stream_write_all (self->stream, self->pending->str, self->pending->len, NULL,
                                           self->cancellable, error);

  g_string_truncate (self->pending, 0);
  return ok;
}

void
tide_json_put_string (GString *out, const char *text)
{
  g_autofree char *valid = NULL;

  if (text == NULL)
    {
      g_string_append (out, "null");
      return;
    }
  if (!g_utf8_validate (text, -1, NULL))
    text = valid = g_utf8_make_valid (text, -1);
  g_string_append_c (out, '"');
  for (; *text != '\0'; text++)
    {
      guchar c = (guchar)*text;

      if (c == '"' || c == '\\')
        g_string_append_c (out, '\\');
      if (c == '\n')
        g_string_append (out, "\\n");
      else if (c == '\t')
        g_string_append (out, "\\t");
      else if (c < 0x20 || c == 0x7f)
        g_string_append_printf (out, "\\u%04x", c);
      else
        g_string_append_c (out, (char)c);
    }
  g_string_append_c (out, '"');
}

void
tide_json_put_list (GString *out, const char *const *list)
{
  g_string_append_c (out, '[');
  for (guint i = 0; list != NULL && list[i] != NULL; i++)
    {
      if (i > 0)
        g_string_append (out, ", ");
      tide_json_put_string (out, list[i]);
    }
  g_string_append_c (out, ']');
}

/* Exact, whatever the locale, and a floating-point number in every language: "12.5", "3.0".  */
void
tide_json_put_seconds (GString *out, gint64 time_ns)
{
  guint64 magnitude = time_ns < 0 ? 0 - (guint64)time_ns : (guint64)time_ns;
  gsize keep;

  g_string_append_printf (out, "%s%" G_GUINT64_FORMAT ".", time_ns < 0 ? "-" : "", magnitude / 1000000000);
  keep = out->len + 1;
  g_string_append_printf (out, "%09" G_GUINT64_FORMAT, magnitude % 1000000000);
  while (out->len > keep && out->str[out->len - 1] == '0')
    g_string_truncate (out, out->len - 1);
}

static void
put_json_cell (GString *out, TideCells cells, const TideCell *cell)
{
  if (cell->is_null)
    g_string_append (out, "null");
  else if (cells == TIDE_CELLS_TEXT)
    tide_json_put_string (out, cell->text);
  else if (cells == TIDE_CELLS_LIST)
    tide_json_put_list (out, cell->list);
  else if (cells == TIDE_CELLS_TIME || cells == TIDE_CELLS_DURATION)
    tide_json_put_seconds (out, cell->number);
  else
    g_string_append_printf (out, "%" G_GINT64_FORMAT, cell->number);
}

static void
put_json_row (GString *out, const TideRowSource *source, const TideCell *cells)
{
  const char *separator = "{";

  for (guint i = 0; i < source->n_columns; i++)
    {
      if ((source->columns[i].audience & TIDE_FOR_PROGRAMS) == 0)
        continue;
      g_string_append (out, separator);
      tide_json_put_string (out, source->columns[i].key);
      g_string_append (out, ": ");
      put_json_cell (out, source->columns[i].cells, &cells[i]);
      separator = ", ";
    }
  g_string_append_c (out, '}');
}

/* As a shell would take it.  */
static char *
join_list (const char *const *list)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; list != NULL && list[i] != NULL; i++)
    {
      g_autofree char *quoted = NULL;
      gboolean plain = list[i][0] != '\0';

      for (const char *p = list[i]; *p != '\0'; p++)
        plain = plain && (g_ascii_isalnum (*p) || strchr ("_-./:=,+@%", *p) != NULL || (guchar)*p >= 0x80);
      if (!plain)
        quoted = g_shell_quote (list[i]);
      if (i > 0)
        g_string_append_c (text, ' ');
      g_string_append (text, plain ? list[i] : quoted);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* RFC 4180; quoted where it is empty as well, since nothing at all is null.  */
static void
put_csv_text (GString *out, const char *text)
{
  g_autofree char *valid = NULL;

  if (!g_utf8_validate (text, -1, NULL))
    text = valid = g_utf8_make_valid (text, -1);
  if (*text != '\0' && *text != ' ' && text[strlen (text) - 1] != ' ' && strpbrk (text, ",\"\r\n") == NULL)
    {
      g_string_append (out, text);
      return;
    }
  g_string_append_c (out, '"');
  for (; *text != '\0'; text++)
    {
      if (*text == '"')
        g_string_append_c (out, '"');
      g_string_append_c (out, *text);
    }
  g_string_append_c (out, '"');
}

static void
put_csv_cell (GString *out, TideCells cells, const TideCell *cell)
{
  if (cell->is_null)
    return;
  if (cells == TIDE_CELLS_TEXT)
    put_csv_text (out, cell->text);
  else if (cells == TIDE_CELLS_LIST)
    {
      g_autofree char *text = join_list (cell->list);

      put_csv_text (out, text);
    }
  else
    put_json_cell (out, cells, cell);
}

/* CELLS: NULL for the line of keys.  */
static void
put_csv_row (GString *out, const TideRowSource *source, const TideCell *cells)
{
  gboolean first = TRUE;

  for (guint i = 0; i < source->n_columns; i++)
    {
      if ((source->columns[i].audience & TIDE_FOR_PROGRAMS) == 0)
        continue;
      if (!first)
        g_string_append_c (out, ',');
      first = FALSE;
      if (cells == NULL)
        g_string_append (out, source->columns[i].key);
      else
        put_csv_cell (out, source->columns[i].cells, &cells[i]);
    }
  g_string_append_c (out, '\n');
}

/* What a name has in it must not move a terminal's cursor, or break a line.  */
static char *
make_printable (const char *text)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c == '\n')
        g_string_append (out, "\\n");
      else if (c == '\t')
        g_string_append (out, "\\t");
      else if (g_unichar_iscntrl (c) || g_unichar_type (c) == G_UNICODE_FORMAT)
        g_string_append_printf (out, c < 0x100 ? "\\x%02x" : "\\u%04x", c);
      else
        g_string_append_unichar (out, c);
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* A cell for people.  Transfer full.  */
static char *
describe_cell (TideCells cells, const TideCell *cell)
{
  g_autofree char *joined = NULL;

  if (cell->is_null)
    return g_strdup ("–");
  switch (cells)
    {
    case TIDE_CELLS_COUNT:
      return tide_format_count ((guint64)cell->number);
    case TIDE_CELLS_BYTES:
      return tide_format_bytes ((guint64)cell->number);
    case TIDE_CELLS_BYTES_SIGNED:
      return tide_format_bytes_signed (cell->number);
    case TIDE_CELLS_TIME:
      /* Seconds, as --range takes them.  */
      return g_strdup_printf ("%" G_GINT64_FORMAT ".%03" G_GINT64_FORMAT, cell->number / 1000000000,
                              cell->number / 1000000 % 1000);
    case TIDE_CELLS_DURATION:
      return tide_format_duration (cell->number);
    case TIDE_CELLS_TEXT:
      return make_printable (cell->text);
    case TIDE_CELLS_LIST:
      if (cell->list == NULL || cell->list[0] == NULL)
        return g_strdup ("–");
      joined = join_list (cell->list);
      return make_printable (joined);
    case TIDE_CELLS_PLAIN:
    default:
      return g_strdup_printf ("%" G_GINT64_FORMAT, cell->number);
    }
}

static guint
width_of (const char *text)
{
  guint width = 0;

  for (; *text != '\0'; text = g_utf8_next_char (text))
    {
      gunichar c = g_utf8_get_char (text);

      width += g_unichar_iszerowidth (c) ? 0 : g_unichar_iswide (c) ? 2 : 1;
    }
  return width;
}

static void
put_padded (GString *out, const char *text, guint width, gboolean to_the_right)
{
  guint own = width_of (text);
  gint padding = own < width ? (gint)(width - own) : 0;

  g_string_append_printf (out, "%*s%s%*s", to_the_right ? padding : 0, "", text, to_the_right ? 0 : padding,
                          "");
}

static gboolean
is_text (const TideExportColumn *column)
{
  return column->cells == TIDE_CELLS_TEXT || column->cells == TIDE_CELLS_LIST;
}

static void
put_text_line (GString *out, const TideRowSource *source, const guint *widths, char **texts)
{
  const char *separator = "";

  for (guint i = 0; i < source->n_columns; i++)
    {
      if (texts[i] == NULL)
        continue;
      g_string_append (out, separator);
      put_padded (out, texts[i], widths[i], !is_text (&source->columns[i]));
      separator = "  ";
    }
  while (out->len > 0 && out->str[out->len - 1] == ' ')
    g_string_truncate (out, out->len - 1);
  g_string_append_c (out, '\n');
}

/* A text for each column that people see, NULL for the others.  */
static GStrv
describe_row (TideRowSource *source, gsize row, TideCell *cells)
{
  GStrv texts = g_new0 (char *, source->n_columns + 1);

  tide_row_source_fill (source, row, cells);
  for (guint i = 0; i < source->n_columns; i++)
    if (source->columns[i].audience & TIDE_FOR_PEOPLE)
      texts[i] = describe_cell (source->columns[i].cells, &cells[i]);
  return texts;
}

static GStrv
describe_titles (const TideRowSource *source)
{
  GStrv texts = g_new0 (char *, source->n_columns + 1);

  for (guint i = 0; i < source->n_columns; i++)
    if (source->columns[i].audience & TIDE_FOR_PEOPLE)
      texts[i] = g_strdup (_ (source->columns[i].title));
  return texts;
}

static void
free_texts (const TideRowSource *source, GStrv texts)
{
  for (guint i = 0; i < source->n_columns; i++)
    g_free (texts[i]);
  g_free (texts);
}

static void
widen (const TideRowSource *source, guint *widths, char **texts)
{
  for (guint i = 0; i < source->n_columns; i++)
    if (texts[i] != NULL)
      widths[i] = MAX (widths[i], MIN (width_of (texts[i]), MAX_WIDTH));
}

static void
put_upright (GString *out, const TideRowSource *source, char **titles, char **texts)
{
  guint width = 0;

  for (guint i = 0; i < source->n_columns; i++)
    if (titles[i] != NULL)
      width = MAX (width, width_of (titles[i]));
  for (guint i = 0; i < source->n_columns; i++)
    if (titles[i] != NULL)
      {
        put_padded (out, titles[i], width + 2, FALSE);
        g_string_append_printf (out, "%s\n", texts[i]);
      }
}

static gboolean
put_text_rows (TideRowWriter *self, TideRowSource *source, const gsize *order, gsize n, GError **error)
{
  g_autofree guint *widths = g_new0 (guint, source->n_columns);
  g_autofree TideCell *cells = g_new0 (TideCell, source->n_columns);
  GStrv titles = describe_titles (source);
  gboolean ok = TRUE;

  widen (source, widths, titles);
  for (gsize i = 0; !source->upright && i < MIN (n, MEASURED_ROWS); i++)
    {
      GStrv texts = describe_row (source, order != NULL ? order[i] : i, cells);

      widen (source, widths, texts);
      free_texts (source, texts);
    }
  if (!source->upright)
    put_text_line (self->pending, source, widths, titles);
  for (gsize i = 0; ok && i < n; i++)
    {
      GStrv texts = describe_row (source, order != NULL ? order[i] : i, cells);

      if (source->upright)
        {
          if (i > 0)
            g_string_append_c (self->pending, '\n');
          put_upright (self->pending, source, titles, texts);
        }
      else
        put_text_line (self->pending, source, widths, texts);
      free_texts (source, texts);
      if (self->pending->len > FLUSH_BYTES)
        ok = tide_row_writer_flush (self, error);
    }
  free_texts (source, titles);
  return ok;
}

static gboolean
put_program_rows (TideRowWriter *self,
                  TideExportFormat format,
                  TideRowSource *source,
                  const gsize *order,
                  gsize n,
                  GError **error)
{
  g_autofree TideCell *cells = g_new0 (TideCell, source->n_columns);

  if (format == TIDE_EXPORT_JSON)
    g_string_append_c (self->pending, '[');
  else
    put_csv_row (self->pending, source, NULL);
  for (gsize i = 0; i < n; i++)
    {
      tide_row_source_fill (source, order != NULL ? order[i] : i, cells);
      if (format == TIDE_EXPORT_JSON)
        {
          g_string_append (self->pending, i == 0 ? "\n" : ",\n");
          put_json_row (self->pending, source, cells);
        }
      else
        put_csv_row (self->pending, source, cells);
      if (self->pending->len > FLUSH_BYTES && !tide_row_writer_flush (self, error))
        return FALSE;
    }
  if (format == TIDE_EXPORT_JSON)
    g_string_append (self->pending, n > 0 ? "\n]" : "]");
  return TRUE;
}

gboolean
tide_row_writer_put_rows (TideRowWriter *self,
                          TideExportFormat format,
                          TideRowSource *source,
                          const gsize *order,
                          gsize n,
                          GError **error)
{
  if (format == TIDE_EXPORT_TEXT)
    return put_text_rows (self, source, order, n, error);
  return put_program_rows (self, format, source, order, n, error);
}
