#include "tide-intern.h"

#include "tide-hash.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_STRINGS (1u << 18)
#define MAX_STRING_MEMORY (32u << 20)
#define MAX_CODES (1u << 18)
#define MAX_NODES (1u << 20)
#define MAX_THREADS (1u << 16)

static const char *const full[] = {
  "The program has more names than can be kept: newer ones are unknown.",
  "The program has made more functions than can be told apart: what newer ones take is charged to those that "
  "called them.",
  "The program has more call paths than can be told apart: what newer ones take is charged to those that "
  "lead to them.",
  "The program has started more threads than can be told apart: of newer ones it is not told which it was.",
};

enum
{
  STRINGS,
  CODES,
  NODES,
  THREADS,
};

/* At the time of the frame before.  */
static void
tell_full (TideIntern *self, int which)
{
  if (self->told & 1u << which)
    return;
  self->told |= 1u << which;
  tide_stream_put_message (self->stream, 0, TIDE_SEVERITY_WARNING, full[which]);
}

void
tide_intern_init (TideIntern *self, TideStream *stream)
{
  memset (self, 0, sizeof *self);
  self->stream = stream;
  tide_id_table_init (&self->strings, MAX_STRINGS);
  tide_id_table_init (&self->codes, MAX_CODES);
  tide_id_table_init (&self->nodes, MAX_NODES);
  tide_id_table_init (&self->threads, MAX_THREADS);
}

void
tide_intern_finish (TideIntern *self)
{
  for (uint32_t i = 0; i < self->strings.n_ids; i++)
    free ((char *)self->string_bytes[i].data);
  free (self->string_bytes);
  free (self->code_infos);
  free (self->node_infos);
  tide_id_table_finish (&self->strings);
  tide_id_table_finish (&self->codes);
  tide_id_table_finish (&self->nodes);
  tide_id_table_finish (&self->threads);
  memset (self, 0, sizeof *self);
}

typedef struct
{
  const TideIntern *self;
  const void *wanted;
} Look;

static bool
same_string (const void *data, uint32_t id)
{
  const Look *look = data;
  const TideSlice *a = look->wanted, *b = &look->self->string_bytes[id - 1];

  return a->length == b->length && memcmp (a->data, b->data, a->length) == 0;
}

uint32_t
tide_intern_string (TideIntern *self, TideSlice bytes)
{
  uint64_t hash = tide_hash_bytes (1, bytes.data, bytes.length);
  Look look = { self, &bytes };
  uint32_t id = tide_id_table_find (&self->strings, hash, same_string, &look);
  TideSlice *room;
  char *copy;

  if (id != 0)
    return id;
  if (bytes.length > MAX_STRING_MEMORY - self->string_memory || self->strings.n_ids == MAX_STRINGS)
    {
      tell_full (self, STRINGS);
      return 0;
    }
  room = tide_array_reserve (self->string_bytes, &self->n_string_bytes, self->strings.n_ids, sizeof *room);
  if (room == NULL)
    return 0;
  self->string_bytes = room;
  copy = malloc (bytes.length + 1);
  id = copy != NULL ? tide_id_table_add (&self->strings, hash) : 0;
  if (id == 0)
    {
      free (copy);
      return 0;
    }
  memcpy (copy, bytes.data, bytes.length);
  self->string_bytes[id - 1] = (TideSlice){ copy, bytes.length };
  self->string_memory += bytes.length;
  tide_put_string (tide_stream_get_buffer (self->stream), self->stream->number, bytes);
  return id;
}

static bool
same_code (const void *data, uint32_t id)
{
  const Look *look = data;
  const TideCodeInfo *a = look->wanted, *b = &look->self->code_infos[id - 1];

  return a->file == b->file && a->name == b->name && a->first_line == b->first_line;
}

uint32_t
tide_intern_code (TideIntern *self, TideSlice file, TideSlice name, uint32_t first_line)
{
  TideCodeInfo info, *room;
  uint64_t hash;
  Look look = { self, &info };
  uint32_t id;

  info.file = tide_intern_string (self, file);
  info.name = tide_intern_string (self, name);
  info.first_line = first_line;
  hash = tide_hash_number (tide_hash_number (tide_hash_number (2, info.file), info.name), first_line);
  id = tide_id_table_find (&self->codes, hash, same_code, &look);
  if (id != 0)
    return id;
  room = tide_array_reserve (self->code_infos, &self->n_code_infos, self->codes.n_ids, sizeof *room);
  if (room == NULL)
    return 0;
  self->code_infos = room;
  id = tide_id_table_add (&self->codes, hash);
  if (id == 0)
    {
      tell_full (self, CODES);
      return 0;
    }
  self->code_infos[id - 1] = info;
  tide_put_code (tide_stream_get_buffer (self->stream), self->stream->number, &info);
  return id;
}

static bool
same_node (const void *data, uint32_t id)
{
  const Look *look = data;
  const TideNodeInfo *a = look->wanted, *b = &look->self->node_infos[id - 1];

  return a->parent == b->parent && a->code == b->code && a->line == b->line;
}

uint32_t
tide_intern_node (TideIntern *self, uint32_t parent, uint32_t code, uint32_t line)
{
  TideNodeInfo info = { parent, code, line }, *room;
  uint64_t hash = tide_hash_number (tide_hash_number (tide_hash_number (3, parent), code), line);
  Look look = { self, &info };
  uint32_t id;

  if (code == 0)
    return parent;
  id = tide_id_table_find (&self->nodes, hash, same_node, &look);
  if (id != 0)
    return id;
  room = tide_array_reserve (self->node_infos, &self->n_node_infos, self->nodes.n_ids, sizeof *room);
  if (room == NULL)
    return parent;
  self->node_infos = room;
  id = tide_id_table_add (&self->nodes, hash);
  if (id == 0)
    {
      tell_full (self, NODES);
      return parent;
    }
  self->node_infos[id - 1] = info;
  tide_put_node (tide_stream_get_buffer (self->stream), self->stream->number, &info);
  return id;
}

uint32_t
tide_intern_pseudo (TideIntern *self, const char *name)
{
  uint32_t code = tide_intern_code (self, (TideSlice){ "", 0 }, (TideSlice){ name, strlen (name) }, 0);

  return tide_intern_node (self, 0, code, 0);
}

uint32_t
tide_intern_thread (TideIntern *self, uint32_t pid, uint32_t tid)
{
  uint64_t hash = tide_hash_number (4, tid);
  TideThreadInfo info = { .tid = tid };
  char path[64], name[64];
  ssize_t n = 0;
  uint32_t id;
  int fd;

  if (tid == 0)
    return 0;
  id = tide_id_table_find (&self->threads, hash, NULL, NULL);
  if (id == 0)
    id = tide_id_table_add (&self->threads, hash);
  else
    return id;
  if (id == 0)
    {
      tell_full (self, THREADS);
      return 0;
    }
  snprintf (path, sizeof path, "/proc/%u/task/%u/comm", pid, tid);
  fd = open (path, O_RDONLY | O_CLOEXEC);
  if (fd >= 0)
    {
      n = read (fd, name, sizeof name);
      close (fd);
    }
  if (n > 0 && name[n - 1] == '\n')
    n--;
  info.name = (TideSlice){ name, n > 0 ? (size_t)n : 0 };
  tide_put_thread (tide_stream_get_buffer (self->stream), self->stream->number, &info);
  return id;
}
