#include "config.h"

#include "tide-hello.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_ARGUMENT_BYTES (512u << 10)
#define MAX_PATH 4096

static TideSlice
slice_of (const char *text)
{
  return (TideSlice){ text != NULL ? text : "", text != NULL ? strlen (text) : 0 };
}

void
tide_hello_put (TideStream *stream, TideHelloFacts *facts)
{
  TideHello hello = { 0 };
  size_t room = MAX_ARGUMENT_BYTES;
  char host[256] = "";

  hello.pid = facts->pid;
  hello.parent_pid = facts->parent_pid;
  hello.page_size = (uint64_t)sysconf (_SC_PAGESIZE);
  hello.clock_base_ns = (uint64_t)stream->outlet->clock_base_ns;
  hello.start_wall_ns = stream->outlet->start_wall_ns;
  hello.process_start_ns = (uint64_t)facts->start_ns;
  hello.instruments = facts->instruments | TIDE_INSTRUMENT_SAMPLER;
  hello.producer = slice_of ("pagetide " PAGETIDE_VERSION);
  hello.executable = slice_of (facts->executable);
  hello.directory = slice_of (facts->directory);
  gethostname (host, sizeof host - 1);
  hello.host = slice_of (host);
  for (uint32_t i = 0; i < facts->n_args; i++)
    {
      if (facts->args[i].length > room)
        facts->args[i].length = room;
      room -= facts->args[i].length;
    }
  tide_put_hello (tide_stream_get_buffer (stream), stream->number, &hello, facts->args, facts->n_args);
}

/* Where a link of /proc/PID leads; NULL: nowhere.  */
static const char *
read_link (uint32_t pid, const char *name, char *text)
{
  char path[64];
  ssize_t n;

  snprintf (path, sizeof path, "/proc/%u/%s", pid, name);
  n = readlink (path, text, MAX_PATH - 1);
  if (n <= 0)
    return NULL;
  text[n] = '\0';
  return text;
}

static size_t
read_command_line (uint32_t pid, char *text)
{
  char path[64];
  size_t length = 0;
  ssize_t n = 1;
  int fd;

  snprintf (path, sizeof path, "/proc/%u/cmdline", pid);
  fd = open (path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return 0;
  while (n > 0 && length < MAX_ARGUMENT_BYTES)
    {
      n = read (fd, text + length, MAX_ARGUMENT_BYTES - length);
      length += n > 0 ? (size_t)n : 0;
    }
  close (fd);
  return length;
}

/* The arguments stand one after the other, each with a zero at its end.  */
static uint32_t
split (const char *text, size_t length, TideSlice *args)
{
  uint32_t n = 0;

  while (length > 0 && n < TIDE_HELLO_MAX_ARGS)
    {
      size_t one = strnlen (text, length), step = one < length ? one + 1 : one;

      args[n++] = (TideSlice){ text, one };
      text += step;
      length -= step;
    }
  return n;
}

void
tide_hello_put_running (TideStream *stream, TideHelloFacts *facts)
{
  char executable[MAX_PATH], directory[MAX_PATH];
  char *text = malloc (MAX_ARGUMENT_BYTES);
  TideSlice *args = calloc (TIDE_HELLO_MAX_ARGS, sizeof *args);

  facts->executable = read_link (facts->pid, "exe", executable);
  facts->directory = read_link (facts->pid, "cwd", directory);
  if (text != NULL && args != NULL)
    {
      facts->args = args;
      facts->n_args = split (text, read_command_line (facts->pid, text), args);
    }
  tide_hello_put (stream, facts);
  free (args);
  free (text);
}
