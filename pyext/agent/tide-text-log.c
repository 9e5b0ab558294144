#define _GNU_SOURCE
#include "tide-text-log.h"
#include "tide-statm.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define AGE_NS 1000000000

struct TideTextLog
{
  TideTextLog *next;
  int64_t flushed_ns;
  dev_t dev;
  ino_t ino;
  int fd;
  int error;
  bool dropped;
  size_t used;
  char buffer[TIDE_TEXT_LOG_SIZE];
};

static TideTextLog *all;

/* The program may have closed our number, and somebody else's file may have it now.  */
static bool
is_ours (const TideTextLog *self)
{
  struct stat st;

  return syscall (SYS_fstat, self->fd, &st) == 0 && st.st_dev == self->dev && st.st_ino == self->ino;
}

TideTextLog *
tide_text_log_open (const char *path, bool exclusive)
{
  int flags = O_WRONLY | O_CREAT | O_CLOEXEC | (exclusive ? O_EXCL : O_TRUNC);
  int fd = open (path, flags, 0666);
  struct stat st;
  TideTextLog *self;

  if (fd < 0)
    return NULL;
  fd = tide_descriptor_raise (fd);
  /* With its pages, which would else be charged to whoever runs when they come.  */
  self = mmap (NULL, sizeof *self, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  if (self == MAP_FAILED || syscall (SYS_fstat, fd, &st) != 0)
    {
      int error = errno;

      if (self != MAP_FAILED)
        munmap (self, sizeof *self);
      close (fd);
      errno = error;
      return NULL;
    }
  self->fd = fd;
  self->dev = st.st_dev;
  self->ino = st.st_ino;
  self->next = all;
  all = self;
  return self;
}

static void
put (TideTextLog *self, const char *data, size_t size)
{
  int error = errno;

  if (!self->error && !is_ours (self))
    self->error = EBADF;
  while (size > 0 && !self->error)
    {
      ssize_t n = write (self->fd, data, size);

      if (n > 0)
        {
          data += n;
          size -= (size_t)n;
        }
      else if (n == 0 || errno != EINTR)
        self->error = n == 0 ? EIO : errno;
    }
  errno = error;
}

void
tide_text_log_flush (TideTextLog *self)
{
  if (!self->dropped && self->used > 0)
    put (self, self->buffer, self->used);
  self->used = 0;
}

void
tide_text_log_write (TideTextLog *self, const char *data, size_t size)
{
  if (self->dropped)
    return;
  if (size > TIDE_TEXT_LOG_SIZE - self->used)
    tide_text_log_flush (self);
  if (size > TIDE_TEXT_LOG_SIZE)
    {
      put (self, data, size);
      return;
    }
  memcpy (self->buffer + self->used, data, size);
  self->used += size;
}

void
tide_text_log_write_line (TideTextLog *self, const char *text)
{
  tide_text_log_write (self, text, strlen (text));
  tide_text_log_write (self, "\n", 1);
}

void
tide_text_log_age (TideTextLog *self, int64_t now_ns)
{
  if (now_ns - self->flushed_ns < AGE_NS)
    return;
  if (self->flushed_ns != 0)
    tide_text_log_flush (self);
  self->flushed_ns = now_ns;
}

int
tide_text_log_close (TideTextLog *self)
{
  TideTextLog **link = &all;
  int error;

  tide_text_log_flush (self);
  if (is_ours (self) && close (self->fd) != 0 && errno != EINTR && !self->error && !self->dropped)
    self->error = errno;
  while (*link != self)
    link = &(*link)->next;
  *link = self->next;
  error = self->error;
  munmap (self, sizeof *self);
  return error;
}

void
tide_text_log_flush_all (void)
{
  for (TideTextLog *log = all; log; log = log->next)
    tide_text_log_flush (log);
}

void
tide_text_log_drop_all (void)
{
  for (TideTextLog *log = all; log; log = log->next)
    log->dropped = true;
}

bool
tide_text_log_is_dropped (const TideTextLog *self)
{
  return self->dropped;
}

/* The character at TEXT of LENGTH bytes and how many of them it takes; what is no UTF-8 is one byte, told by
 * a negative value.  */
static long
decode (const unsigned char *text, size_t length, size_t *n)
{
  static const long least[] = { 0, 0, 0x80, 0x800, 0x10000 };
  size_t size = text[0] < 0x80 ? 1 : text[0] >= 0xf0 ? 4 : text[0] >= 0xe0 ? 3 : 2;
  long value = size == 1 ? text[0] : text[0] & (0xff >> (size + 1));

  *n = 1;
  if (size == 1)
    return value;
  if (text[0] < 0xc2 || text[0] > 0xf4 || size > length)
    return -(long)text[0];
  for (size_t i = 1; i < size; i++)
    {
      if ((text[i] & 0xc0) != 0x80)
        return -(long)text[0];
      value = value << 6 | (text[i] & 0x3f);
    }
  if (value < least[size] || value > 0x10ffff)
    return -(long)text[0];
  *n = size;
  return value;
}

static size_t
escape_one (char to[8], long value)
{
  static const char digits[] = "0123456789abcdef";
  static const char short_ones[] = "\\\\\nn\rr\tt";
  unsigned bits = (unsigned)value;
  size_t n = 0;

  for (const char *p = short_ones; *p; p += 2)
    if (value == *p)
      {
        to[0] = '\\';
        to[1] = p[1];
        return 2;
      }
  to[n++] = '\\';
  to[n++] = bits < 0x100 ? 'x' : 'u';
  if (bits >= 0x100)
    {
      to[n++] = digits[bits >> 12 & 15];
      to[n++] = digits[bits >> 8 & 15];
    }
  to[n++] = digits[bits >> 4 & 15];
  to[n++] = digits[bits & 15];
  return n;
}

static bool
is_plain (long value)
{
  return value >= 0x20 && value != '\\' && !(value >= 0x7f && value < 0xa0) && value != 0x2028
         && value != 0x2029 && !(value >= 0xd800 && value < 0xe000);
}

size_t
tide_text_escape (char *to, size_t size, const char *text, size_t length, size_t *width)
{
  size_t used = 0, characters = 0, n;

  for (size_t at = 0; at < length; at += n)
    {
      long value = decode ((const unsigned char *)text + at, length - at, &n);
      bool plain = is_plain (value);
      char escaped[8];
      size_t bytes = plain ? n : escape_one (escaped, value < 0 ? 0xdc00 - value : value);

      if (bytes > size - used)
        break;
      memcpy (to + used, plain ? text + at : escaped, bytes);
      used += bytes;
      characters += plain ? 1 : bytes;
    }
  if (width)
    *width = characters;
  return used;
}

void
tide_text_write_escaped (TideTextLog *log, const char *text, size_t size)
{
  while (size > 0)
    {
      char escaped[6 * 512];
      size_t piece = size < 512 ? size : 512, n;

      /* No character is cut.  */
      while (piece < size && piece > 1 && ((unsigned char)text[piece] & 0xc0) == 0x80)
        piece--;
      n = tide_text_escape (escaped, sizeof escaped, text, piece, NULL);
      tide_text_log_write (log, escaped, n);
      text += piece;
      size -= piece;
    }
}
