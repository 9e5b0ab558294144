#include "tide-row-writer.h"

#include <string.h>

static const struct
{
  const char *text;
  const char *json;
} strings[] = {
  { NULL, "null" },
  { "", "\"\"" },
  { "plain", "\"plain\"" },
  { "q\"b\\n\n\t\r\x01\x7f", "\"q\\\"b\\\\n\\n\\t\\u000d\\u0001\\u007f\"" },
  { "caf\xc3\xa9", "\"caf\xc3\xa9\"" },
  { "\xff", "\"\xef\xbf\xbd\"" },
};

static void
test_json_strings (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (strings); i++)
    {
      g_autoptr (GString) out = g_string_new (NULL);

      tide_json_put_string (out, strings[i].text);
      g_assert_cmpstr (out->str, ==, strings[i].json);
    }
}

static const struct
{
  gint64 time_ns;
  const char *json;
} times[] = {
  { 0, "0.0" },
  { 1, "0.000000001" },
  { 1500000000, "1.5" },
  { 60000000000, "60.0" },
  { 123456789012345678, "123456789.012345678" },
  { -2500000000, "-2.5" },
  { -1, "-0.000000001" },
  { G_MININT64, "-9223372036.854775808" },
  { G_MAXINT64, "9223372036.854775807" },
};

static void
test_seconds (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    {
      g_autoptr (GString) out = g_string_new ("x");

      tide_json_put_seconds (out, times[i].time_ns);
      g_assert_cmpstr (out->str + 1, ==, times[i].json);
    }
}

/* One row for each text, and a list of it.  */
static const char *const texts[] = {
  "plain",       "",     "a,b",          "say \"it\"", "two\nlines", "cr\rhere", " blank ",
  "esc\x1b[31m", "\xff", "\xe6\x97\xa5", "tab\tbed",
};

static const TideExportColumn columns[] = {
  { "text", "Text", TIDE_CELLS_TEXT, TIDE_FOR_ALL },
  { "n", "N", TIDE_CELLS_PLAIN, TIDE_FOR_ALL },
  { "bytes", "Bytes", TIDE_CELLS_BYTES_SIGNED, TIDE_FOR_ALL },
  { "none", NULL, TIDE_CELLS_COUNT, TIDE_FOR_PROGRAMS },
};

static void
fill (TideRowSource *self, gsize row, TideCell *cells)
{
  tide_cell_set_text (&cells[0], texts[row]);
  tide_cell_set_number (&cells[1], (gint64)row);
  tide_cell_set_number (&cells[2], -(gint64)row * 1024);
}

static void
keep (TideRowSource *self)
{
}

static TideRowSource source = {
  columns, G_N_ELEMENTS (columns), G_N_ELEMENTS (texts), NULL, FALSE, fill, keep
};

static void
check_rows (TideExportFormat format, const gsize *order, gsize n, const char *expected)
{
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  TideRowWriter writer;

  tide_row_writer_init (&writer, stream, NULL);
  g_assert_true (tide_row_writer_put_rows (&writer, format, &source, order, n, &error));
  g_assert_true (tide_row_writer_flush (&writer, &error));
  g_assert_no_error (error);
  tide_row_writer_clear (&writer);
  text = g_strndup (g_memory_output_stream_get_data (G_MEMORY_OUTPUT_STREAM (stream)),
                    g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (stream)));
  g_assert_cmpstr (text, ==, expected);
}

static void
test_csv (void)
{
  check_rows (TIDE_EXPORT_CSV, NULL, G_N_ELEMENTS (texts),
              "text,n,bytes,none\n"
              "plain,0,0,\n"
              "\"\",1,-1024,\n"
              "\"a,b\",2,-2048,\n"
              "\"say \"\"it\"\"\",3,-3072,\n"
              "\"two\nlines\",4,-4096,\n"
              "\"cr\rhere\",5,-5120,\n"
              "\" blank \",6,-6144,\n"
              "esc\x1b[31m,7,-7168,\n"
              "\xef\xbf\xbd,8,-8192,\n"
              "\xe6\x97\xa5,9,-9216,\n"
              "tab\tbed,10,-10240,\n");
  check_rows (TIDE_EXPORT_CSV, NULL, 0, "text,n,bytes,none\n");
}

static void
test_json (void)
{
  const gsize order[] = { 4, 1 };

  check_rows (TIDE_EXPORT_JSON, order, 2,
              "[\n"
              "{\"text\": \"two\\nlines\", \"n\": 4, \"bytes\": -4096, \"none\": null},\n"
              "{\"text\": \"\", \"n\": 1, \"bytes\": -1024, \"none\": null}\n"
              "]");
  check_rows (TIDE_EXPORT_JSON, order, 0, "[]");
}

/* Columns stand below each other whatever is in them, and nothing in a name reaches the terminal as a
 * command.  */
static void
test_text (void)
{
  const gsize order[] = { 0, 4, 7, 9, 10 };

  check_rows (TIDE_EXPORT_TEXT, order, G_N_ELEMENTS (order),
              "Text          N    Bytes\n"
              "plain         0      0 B\n"
              "two\\nlines    4   \xe2\x88\x92"
              "4 KiB\n"
              "esc\\x1b[31m   7   \xe2\x88\x92"
              "7 KiB\n"
              "\xe6\x97\xa5            9   \xe2\x88\x92"
              "9 KiB\n"
              "tab\\tbed     10  \xe2\x88\x92"
              "10 KiB\n");
}

static void
test_closed (void)
{
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
  g_autoptr (GError) error = NULL;
  TideRowWriter writer;

  g_output_stream_close (stream, NULL, NULL);
  tide_row_writer_init (&writer, stream, NULL);
  g_assert_true (tide_row_writer_put_rows (&writer, TIDE_EXPORT_CSV, &source, NULL, 1, &error));
  g_assert_false (tide_row_writer_flush (&writer, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  tide_row_writer_clear (&writer);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/row-writer/json-strings", test_json_strings);
  g_test_add_func ("/row-writer/seconds", test_seconds);
  g_test_add_func ("/row-writer/csv", test_csv);
  g_test_add_func ("/row-writer/json", test_json);
  g_test_add_func ("/row-writer/text", test_text);
  g_test_add_func ("/row-writer/closed", test_closed);
  return g_test_run ();
}
