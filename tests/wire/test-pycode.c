#include "tide-pycode.h"

#include <glib.h>
#include <string.h>

/* An interpreter's memory made by hand: what lies between BASE and BASE + SIZE can be read, nothing else.  */
#define BASE 0x10000
#define SIZE (256 * 1024)

typedef struct
{
  TidePythonLayout layout;
  uint8_t *memory;
  uint64_t used;
  TidePyCode *code;
} Fixture;

static bool
peek (void *context, uint64_t address, void *to, size_t size)
{
  Fixture *self = context;

  if (address < BASE || address - BASE > SIZE || size > SIZE - (address - BASE))
    return false;
  memcpy (to, self->memory + (address - BASE), size);
  return true;
}

static void
set_up (Fixture *self, gconstpointer version)
{
  g_assert_true (tide_pylayout_init (&self->layout, GPOINTER_TO_UINT (version)));
  self->memory = g_malloc0 (SIZE);
  self->used = 0;
  self->code = g_new0 (TidePyCode, 1);
  self->layout.code_type = BASE + 8;
}

static void
tear_down (Fixture *self, gconstpointer version)
{
  g_free (self->memory);
  g_free (self->code);
}

static uint64_t
take (Fixture *self, size_t size)
{
  uint64_t at = self->used;

  self->used += (size + 15) & ~(size_t)15;
  g_assert_cmpuint (self->used, <=, SIZE);
  return BASE + at;
}

static void
poke (Fixture *self, uint64_t address, int32_t offset, const void *from, size_t size)
{
  memcpy (self->memory + (address - BASE) + offset, from, size);
}

static void
poke_word (Fixture *self, uint64_t address, int32_t offset, uint64_t word)
{
  poke (self, address, offset, &word, sizeof word);
}

/* A str of N characters of KIND bytes.  */
static uint64_t
make_str (Fixture *self, const void *data, uint64_t n, uint32_t kind, bool ascii)
{
  int32_t offset = ascii ? self->layout.str_ascii_data : self->layout.str_compact_data;
  uint64_t str = take (self, (size_t)offset + n * kind);
  uint32_t state = (kind | 1u << 3 | (ascii ? 1u << 4 : 0)) << self->layout.str_kind_shift;

  poke_word (self, str, self->layout.str_length, n);
  poke (self, str, self->layout.str_state, &state, sizeof state);
  poke (self, str, offset, data, n * kind);
  return str;
}

static uint64_t
make_bytes (Fixture *self, const void *data, uint64_t n)
{
  uint64_t bytes = take (self, (size_t)self->layout.bytes_data + n);

  poke_word (self, bytes, self->layout.bytes_size, n);
  poke (self, bytes, self->layout.bytes_data, data, n);
  return bytes;
}

static uint64_t
make_code (Fixture *self, uint64_t file, uint64_t name, int32_t first_line, uint64_t lines)
{
  uint64_t code = take (self, 256);

  poke_word (self, code, self->layout.object_type, self->layout.code_type);
  poke_word (self, code, self->layout.code_filename, file);
  poke_word (self, code, self->layout.code_name, name);
  poke_word (self, code, self->layout.code_line_table, lines);
  poke (self, code, self->layout.code_first_line, &first_line, sizeof first_line);
  return code;
}

static void
assert_str (Fixture *self, uint64_t str, const char *want)
{
  char text[64];
  uint32_t length;

  g_assert_true (tide_pycode_read_str (&self->layout, peek, self, str, text, sizeof text, &length));
  g_assert_cmpmem (text, length, want, strlen (want));
}

static void
test_strings (Fixture *self, gconstpointer version)
{
  static const uint8_t latin1[] = { 'c', 'a', 'f', 0xe9 };
  static const uint16_t two[] = { 0x6b65, 'x', 0xdcff, 0xdc80, 0xd800, 0xdfff, 0xdc7f };
  static const uint32_t four[] = { 0x10400, 'y', 0x110000, 0x7ff };

  assert_str (self, make_str (self, "", 0, 1, true), "");
  assert_str (self, make_str (self, "plain", 5, 1, true), "plain");
  assert_str (self, make_str (self, latin1, 4, 1, false), "caf\303\251");
  /* The first two surrogates stand for bytes, the others for nothing.  */
  assert_str (self, make_str (self, two, 7, 2, false),
              "\346\255\245x\377\200\357\277\275\357\277\275\357\277\275");
  assert_str (self, make_str (self, four, 4, 4, false), "\360\220\220\200y\357\277\275\337\277");
}

static void
test_strings_are_cut_at_a_character (Fixture *self, gconstpointer version)
{
  g_autofree uint16_t *characters = g_new (uint16_t, 1000);
  g_autofree char *text = g_malloc (3000);
  uint64_t str;
  uint32_t length;

  for (int i = 0; i < 1000; i++)
    characters[i] = 0x6b65;
  str = make_str (self, characters, 1000, 2, false);
  for (uint32_t size = 0; size < 3000; size += 7)
    {
      g_assert_true (tide_pycode_read_str (&self->layout, peek, self, str, text, size, &length));
      g_assert_cmpuint (length, ==, size - size % 3);
    }
}

static void
test_hostile_strings (Fixture *self, gconstpointer version)
{
  uint64_t str = make_str (self, "text", 4, 1, true);
  uint32_t length, state;
  char text[64];

  g_assert_false (tide_pycode_read_str (&self->layout, peek, self, 0, text, sizeof text, &length));
  g_assert_false (
      tide_pycode_read_str (&self->layout, peek, self, UINT64_MAX - 3, text, sizeof text, &length));
  /* Longer than the memory: what fits is read, or nothing.  */
  poke_word (self, str, self->layout.str_length, UINT64_MAX);
  g_assert_true (tide_pycode_read_str (&self->layout, peek, self, str, text, sizeof text, &length));
  g_assert_cmpuint (length, ==, sizeof text);
  str = BASE + SIZE - 64;
  poke_word (self, str, self->layout.str_length, 1000);
  state = (1u | 3u << 3) << self->layout.str_kind_shift;
  poke (self, str, self->layout.str_state, &state, sizeof state);
  g_assert_false (tide_pycode_read_str (&self->layout, peek, self, str, text, sizeof text, &length));
  /* Kinds that there are not, and what is not compact.  */
  for (uint32_t bits = 0; bits < 16; bits++)
    {
      bool good = bits == 9 || bits == 10 || bits == 12;

      poke_word (self, str, self->layout.str_length, 0);
      state = bits << self->layout.str_kind_shift;
      poke (self, str, self->layout.str_state, &state, sizeof state);
      g_assert_cmpint (tide_pycode_read_str (&self->layout, peek, self, str, text, sizeof text, &length), ==,
                       good);
    }
}

static void
test_code (Fixture *self, gconstpointer version)
{
  uint64_t file = make_str (self, "/a/b.py", 7, 1, true);
  uint64_t name = make_str (self, "A.f", 3, 1, true);
  uint64_t lines = make_bytes (self, "\1\2\3\4", 4);
  uint64_t code = make_code (self, file, name, 42, lines);
  uint64_t fingerprint;

  g_assert_true (tide_pycode_read (&self->layout, peek, self, code, self->code));
  g_assert_cmpmem (self->code->file, self->code->file_length, "/a/b.py", 7);
  g_assert_cmpmem (self->code->name, self->code->name_length, "A.f", 3);
  g_assert_cmpmem (self->code->line_table, self->code->line_table_length, "\1\2\3\4", 4);
  g_assert_cmpuint (self->code->first_line, ==, 42);
  g_assert_cmpuint (self->code->address, ==, code);
  g_assert_false (self->code->internal);
  g_assert_true (tide_pycode_fingerprint (&self->layout, peek, self, code, &fingerprint));
  g_assert_cmpuint (fingerprint, ==, self->code->fingerprint);
  g_assert_cmpuint (fingerprint, !=, 0);
}

static void
test_fingerprint_tells_another_code (Fixture *self, gconstpointer version)
{
  uint64_t file = make_str (self, "f", 1, 1, true), other = make_str (self, "g", 1, 1, true);
  uint64_t lines = make_bytes (self, "\1\2", 2), longer = make_bytes (self, "\1\2\1\2", 4);
  uint64_t codes[] = {
    make_code (self, file, file, 1, lines),  make_code (self, other, file, 1, lines),
    make_code (self, file, other, 1, lines), make_code (self, file, file, 2, lines),
    make_code (self, file, file, 1, longer),
  };
  uint64_t seen[G_N_ELEMENTS (codes)];

  for (size_t i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      g_assert_true (tide_pycode_fingerprint (&self->layout, peek, self, codes[i], &seen[i]));
      for (size_t j = 0; j < i; j++)
        g_assert_cmpuint (seen[i], !=, seen[j]);
    }
}

/* What is made alike lies alike: all addresses are those of before.  */
static void
test_fingerprint_tells_other_contents (Fixture *self, gconstpointer version)
{
  g_autofree char *text = g_malloc (1000);
  uint64_t file, name, lines, code, seen[64];
  const uint32_t serial = 1;
  guint n = 0;

  memset (text, 'n', 1000);
  file = make_str (self, text, 100, 1, true);
  name = make_str (self, text, 33, 1, false);
  lines = make_bytes (self, text, 1000);
  code = make_code (self, file, name, 1, lines);
  g_assert_true (tide_pycode_fingerprint (&self->layout, peek, self, code, &seen[n++]));
  for (int32_t at = 0; at < 100; at += 11)
    {
      poke (self, file, self->layout.str_ascii_data + at, "x", 1);
      g_assert_true (tide_pycode_fingerprint (&self->layout, peek, self, code, &seen[n++]));
    }
  for (int32_t at = 0; at < 33; at += 8)
    {
      poke (self, name, self->layout.str_compact_data + at, "x", 1);
      g_assert_true (tide_pycode_fingerprint (&self->layout, peek, self, code, &seen[n++]));
    }
  /* Its ends alone when it is long.  */
  for (int32_t at = 0; at < 1000; at += at == 121 ? 755 : 11)
    {
      poke (self, lines, self->layout.bytes_data + at, "x", 1);
      g_assert_true (tide_pycode_fingerprint (&self->layout, peek, self, code, &seen[n++]));
    }
  if (self->layout.version_hex >= TIDE_PYCODE_WITH_SERIAL)
    {
      poke (self, code, self->layout.code_first_line + TIDE_PYCODE_SERIAL, &serial, sizeof serial);
      g_assert_true (tide_pycode_fingerprint (&self->layout, peek, self, code, &seen[n++]));
    }
  for (guint i = 0; i < n; i++)
    for (guint j = 0; j < i; j++)
      g_assert_cmpuint (seen[i], !=, seen[j]);
}

static void
test_bounds (Fixture *self, gconstpointer version)
{
  g_autofree char *many = g_malloc (100000);
  uint64_t file, name, lines, code;

  memset (many, 'n', 100000);
  file = make_str (self, many, 9000, 1, true);
  name = make_str (self, many, 9000, 1, true);
  lines = make_bytes (self, many, TIDE_RECORD_MAX_LINE_TABLE + 1);
  code = make_code (self, file, name, -1, lines);
  g_assert_true (tide_pycode_read (&self->layout, peek, self, code, self->code));
  g_assert_cmpuint (self->code->file_length, ==, TIDE_RECORD_MAX_NAME);
  g_assert_cmpuint (self->code->name_length, ==, TIDE_RECORD_MAX_NAME);
  g_assert_cmpuint (self->code->line_table_length, ==, 0);
  g_assert_cmpuint (self->code->first_line, ==, 0);

  /* A table of all memory's length, and pointers to nowhere.  */
  poke_word (self, lines, self->layout.bytes_size, UINT64_MAX);
  g_assert_true (tide_pycode_read (&self->layout, peek, self, code, self->code));
  g_assert_cmpuint (self->code->line_table_length, ==, 0);
  poke_word (self, code, self->layout.code_name, 8);
  g_assert_false (tide_pycode_read (&self->layout, peek, self, code, self->code));
  g_assert_false (tide_pycode_read (&self->layout, peek, self, 0, self->code));
}

static void
test_internal_code (Fixture *self, gconstpointer version)
{
  uint64_t shim = make_str (self, "<shim>", 6, 1, true);
  uint64_t name = make_str (self, "<interpreter trampoline>", 24, 1, true);
  uint64_t code = make_code (self, shim, name, 1, make_bytes (self, "", 0));

  g_assert_true (tide_pycode_read (&self->layout, peek, self, code, self->code));
  g_assert_true (self->code->internal);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    void (*function) (Fixture *, gconstpointer);
  } tests[] = {
    { "strings", test_strings },
    { "strings-are-cut-at-a-character", test_strings_are_cut_at_a_character },
    { "hostile-strings", test_hostile_strings },
    { "code", test_code },
    { "fingerprint-tells-another-code", test_fingerprint_tells_another_code },
    { "fingerprint-tells-other-contents", test_fingerprint_tells_other_contents },
    { "bounds", test_bounds },
    { "internal-code", test_internal_code },
  };
  static const guint minors[] = { 8, 10, 11, 12, 14 };

  g_test_init (&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (tests); i++)
    for (size_t j = 0; j < G_N_ELEMENTS (minors); j++)
      {
        g_autofree char *path = g_strdup_printf ("/pycode/%s/3.%u", tests[i].name, minors[j]);

        g_test_add (path, Fixture, GUINT_TO_POINTER (0x03000000 | minors[j] << 16), set_up, tests[i].function,
                    tear_down);
      }
  return g_test_run ();
}
