#include "tide-pycode.h"

#include "tide-hash.h"

#include <string.h>

/* Bytes of a string that are read at once: small, since the reader may stand on a signal stack.  A multiple
 * of 4.  */
#define CHUNK 256

/* Of what is longer than two of these, its two ends are in the fingerprint.  A multiple of 32.  */
#define END_SIZE 128

typedef struct
{
  uint64_t name, filename, line_table;
  uint64_t line_table_size;
  int32_t first_line;
  uint64_t fingerprint;
} CodeHead;

static bool
peek_at (TidePyPeek peek, void *context, uint64_t address, int32_t offset, void *to, size_t size)
{
  return offset >= 0 && peek (context, address + (uint64_t)offset, to, size);
}

/* Reads the two ends of the SIZE bytes at ADDRESS into the fingerprint of *HEAD, four words at once.  */
static bool
mix_ends (CodeHead *head, TidePyPeek peek, void *context, uint64_t address, uint64_t size)
{
  uint64_t words[2 * END_SIZE / sizeof (uint64_t)], lanes[4] = { size, 1, 2, 3 };
  uint8_t *bytes = (uint8_t *)words;
  uint64_t n = size < sizeof words ? size : sizeof words, n_padded = (n + 31) & ~(uint64_t)31;

  memset (bytes + n, 0, (size_t)(n_padded - n));
  if (n == size ? !peek (context, address, bytes, (size_t)n)
                : !peek (context, address, bytes, END_SIZE)
                      || !peek (context, address + size - END_SIZE, bytes + END_SIZE, END_SIZE))
    return false;
  for (uint64_t i = 0; i < n_padded / sizeof *words; i += 4)
    for (int lane = 0; lane < 4; lane++)
      lanes[lane] = tide_hash_number (lanes[lane], words[i + lane]);
  for (int lane = 0; lane < 4; lane++)
    head->fingerprint = tide_hash_number (head->fingerprint, lanes[lane]);
  return true;
}

typedef struct
{
  uint64_t n_chars;
  uint32_t kind; /* bytes of one */
  uint64_t data; /* their address */
} StrHead;

static bool
read_str_head (
    const TidePythonLayout *layout, TidePyPeek peek, void *context, uint64_t address, StrHead *head)
{
  uint32_t state;

  if (!peek_at (peek, context, address, layout->str_length, &head->n_chars, sizeof head->n_chars)
      || !peek_at (peek, context, address, layout->str_state, &state, sizeof state))
    return false;
  state >>= layout->str_kind_shift & 31;
  head->kind = state & 7;
  head->data = address + (uint64_t)(state >> 4 & 1 ? layout->str_ascii_data : layout->str_compact_data);
  /* All strings of code objects are compact: bit 3.  */
  return (head->kind == 1 || head->kind == 2 || head->kind == 4) && state >> 3 & 1;
}

static bool
mix_str (CodeHead *head, const TidePythonLayout *layout, TidePyPeek peek, void *context, uint64_t address)
{
  StrHead str;

  return read_str_head (layout, peek, context, address, &str)
         && mix_ends (head, peek, context, str.data,
                      str.n_chars < UINT32_MAX ? str.n_chars * str.kind : UINT32_MAX);
}

static bool
read_head (const TidePythonLayout *layout, TidePyPeek peek, void *context, uint64_t address, CodeHead *head)
{
  /* One read for the whole code object, since each costs a system call from outside.  */
  uint8_t window[160];
  uint32_t serial = 0;
  int32_t offsets[] = { layout->code_name, layout->code_filename, layout->code_first_line,
                        layout->code_line_table };
  int32_t end = 0;

  for (size_t i = 0; i < sizeof offsets / sizeof *offsets; i++)
    {
      if (offsets[i] < 0 || offsets[i] > (int32_t)sizeof window - 8)
        return false;
      if (end < offsets[i] + 8)
        end = offsets[i] + 8;
    }
  if (layout->version_hex >= TIDE_PYCODE_WITH_SERIAL
      && layout->code_first_line + TIDE_PYCODE_SERIAL + 4 > end)
    return false;
  if (!peek (context, address, window, (size_t)end))
    return false;
  memcpy (&head->name, window + layout->code_name, sizeof head->name);
  memcpy (&head->filename, window + layout->code_filename, sizeof head->filename);
  memcpy (&head->first_line, window + layout->code_first_line, sizeof head->first_line);
  memcpy (&head->line_table, window + layout->code_line_table, sizeof head->line_table);
  if (layout->version_hex >= TIDE_PYCODE_WITH_SERIAL)
    memcpy (&serial, window + layout->code_first_line + TIDE_PYCODE_SERIAL, sizeof serial);
  if (!peek_at (peek, context, head->line_table, layout->bytes_size, &head->line_table_size,
                sizeof head->line_table_size))
    return false;
  head->fingerprint = tide_hash_number (0, head->name);
  head->fingerprint = tide_hash_number (head->fingerprint, head->filename);
  head->fingerprint = tide_hash_number (head->fingerprint, head->line_table);
  head->fingerprint =
      tide_hash_number (head->fingerprint, (uint32_t)head->first_line | (uint64_t)serial << 32);
  head->fingerprint = tide_hash_number (head->fingerprint, head->line_table_size);
  if (!mix_str (head, layout, peek, context, head->name)
      || !mix_str (head, layout, peek, context, head->filename)
      || (head->line_table_size <= TIDE_RECORD_MAX_LINE_TABLE
          && !mix_ends (head, peek, context, head->line_table + (uint64_t)layout->bytes_data,
                        head->line_table_size)))
    return false;
  if (head->fingerprint == 0)
    head->fingerprint = 1;
  return true;
}

bool
tide_pycode_fingerprint (
    const TidePythonLayout *layout, TidePyPeek peek, void *context, uint64_t address, uint64_t *fingerprint)
{
  CodeHead head;

  if (!read_head (layout, peek, context, address, &head))
    return false;
  *fingerprint = head.fingerprint;
  return true;
}

/* At most 4 bytes to TO.  */
static size_t
encode (uint32_t c, char *to)
{
  if (c < 0x80)
    {
      to[0] = (char)c;
      return 1;
    }
  if (c >= 0xdc80 && c <= 0xdcff)
    {
      to[0] = (char)(c & 0xff);
      return 1;
    }
  if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
    c = 0xfffd;
  if (c < 0x800)
    {
      to[0] = (char)(0xc0 | c >> 6);
      to[1] = (char)(0x80 | (c & 0x3f));
      return 2;
    }
  if (c < 0x10000)
    {
      to[0] = (char)(0xe0 | c >> 12);
      to[1] = (char)(0x80 | (c >> 6 & 0x3f));
      to[2] = (char)(0x80 | (c & 0x3f));
      return 3;
    }
  to[0] = (char)(0xf0 | c >> 18);
  to[1] = (char)(0x80 | (c >> 12 & 0x3f));
  to[2] = (char)(0x80 | (c >> 6 & 0x3f));
  to[3] = (char)(0x80 | (c & 0x3f));
  return 4;
}

static uint32_t
char_at (const uint8_t *chunk, size_t index, uint32_t kind)
{
  uint16_t two;
  uint32_t four;

  if (kind == 1)
    return chunk[index];
  if (kind == 2)
    {
      memcpy (&two, chunk + 2 * index, sizeof two);
      return two;
    }
  memcpy (&four, chunk + 4 * index, sizeof four);
  return four;
}

bool
tide_pycode_read_str (const TidePythonLayout *layout,
                      TidePyPeek peek,
                      void *context,
                      uint64_t address,
                      char *to,
                      size_t size,
                      uint32_t *length)
{
  uint8_t chunk[CHUNK];
  uint64_t done = 0;
  size_t used = 0;
  StrHead str;

  *length = 0;
  if (!read_str_head (layout, peek, context, address, &str))
    return false;

  while (done < str.n_chars && used < size)
    {
      uint64_t n = CHUNK / str.kind;

      if (n > str.n_chars - done)
        n = str.n_chars - done;
      if (!peek (context, str.data + done * str.kind, chunk, (size_t)(n * str.kind)))
        return false;
      for (size_t i = 0; i < n; i++)
        {
          char bytes[4];
          size_t n_bytes = encode (char_at (chunk, i, str.kind), bytes);

          if (n_bytes > size - used)
            {
              *length = (uint32_t)used;
              return true;
            }
          memcpy (to + used, bytes, n_bytes);
          used += n_bytes;
        }
      done += n;
    }
  *length = (uint32_t)used;
  return true;
}

/* Where 3.12 and newer enter and leave the interpreter they run code objects of their own, of this file.  */
static bool
is_internal (const TidePyCode *code)
{
  static const char file[] = "<shim>";

  return code->file_length == sizeof file - 1 && memcmp (code->file, file, code->file_length) == 0;
}

bool
tide_pycode_read (
    const TidePythonLayout *layout, TidePyPeek peek, void *context, uint64_t address, TidePyCode *code)
{
  CodeHead head;

  if (!read_head (layout, peek, context, address, &head))
    return false;
  code->address = address;
  code->fingerprint = head.fingerprint;
  code->first_line = head.first_line < 0 ? 0 : (uint32_t)head.first_line;
  if (!tide_pycode_read_str (layout, peek, context, head.filename, code->file, sizeof code->file,
                             &code->file_length)
      || !tide_pycode_read_str (layout, peek, context, head.name, code->name, sizeof code->name,
                                &code->name_length))
    return false;
  code->line_table_length = 0;
  if (head.line_table_size <= sizeof code->line_table)
    {
      if (!peek_at (peek, context, head.line_table, layout->bytes_data, code->line_table,
                    (size_t)head.line_table_size))
        return false;
      code->line_table_length = (uint32_t)head.line_table_size;
    }
  code->internal = is_internal (code);
  return true;
}
