#include "tide-outside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

/* No field of an interpreter lies farther from the start of its structure.  */
#define MAX_FIELD (1 << 20)
#define MAX_TSTATES 1024
/* Thread states say which thread runs them, not which one made them.  */
#define RUNNER_IS_NAMED 0x030c0000u
/* Frames of the interpreter itself, which do not count as frames of the program.  */
#define MAX_OTHER_FRAMES 64

static bool
is_sane (const TidePythonLayout *layout)
{
  const int32_t fields[] = {
    layout->tstate_frame,      layout->cframe_frame,     layout->tstate_next,       layout->tstate_thread_id,
    layout->pthread_tid,       layout->interp_threads,   layout->frame_previous,    layout->frame_code,
    layout->frame_instruction, layout->instruction_bias, layout->code_name,         layout->code_filename,
    layout->code_first_line,   layout->code_line_table,  layout->code_instructions, layout->bytes_size,
    layout->bytes_data,        layout->str_length,       layout->str_state,         layout->str_ascii_data,
    layout->str_compact_data,  layout->object_type,      layout->interp_next,
  };

  for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
    if (fields[i] < -MAX_FIELD || fields[i] > MAX_FIELD)
      return false;
  return layout->instruction_scale >= 0 && layout->instruction_scale <= 2 && layout->str_kind_shift >= 0
         && layout->str_kind_shift < 32 && layout->version_hex >> 24 == 3;
}

bool
tide_outside_init (TideOutside *self, pid_t pid, TideMail *mail, const TidePythonLayout *layout)
{
  self->pid = pid;
  self->memory = -1;
  self->unreadable = false;
  self->mail = mail;
  self->layout = *layout;
  self->look = 1;
  self->n_needed = self->n_before = 0;
  memset (self->slots, 0, sizeof self->slots);
  return is_sane (&self->layout);
}

void
tide_outside_finish (TideOutside *self)
{
  if (self->memory >= 0)
    close (self->memory);
  self->memory = -1;
}

bool
tide_outside_is_refused (const TideOutside *self)
{
  return self->unreadable;
}

void
tide_outside_begin (TideOutside *self)
{
  /* A look that needed nothing tells nothing of the next.  */
  if (self->n_needed > 0)
    {
      memcpy (self->before, self->needed, sizeof self->before);
      self->n_before = self->n_needed;
    }
  self->n_needed = 0;
  self->look++;
}

/* At most a page.  */
static bool
read_by_mail (TideOutside *self, uint64_t address, void *to, size_t size)
{
  uint64_t page = address - address % TIDE_MAIL_PAGE;
  uint8_t copy[TIDE_MAIL_PAGE], *copies[] = { copy };

  if (address - page + size > sizeof copy || tide_mail_read (self->mail, &page, copies, 1) == 0)
    return false;
  memcpy (to, copy + (address - page), size);
  return true;
}

/* Filters of containers and of some policies refuse process_vm_readv() to everybody, and let files be read
 * to which the same permission is needed.  */
bool
tide_outside_read (TideOutside *self, uint64_t address, void *to, size_t size)
{
  struct iovec local = { to, size };
  struct iovec remote = { (void *)(uintptr_t)address, size };
  char path[64];

  if (self->unreadable)
    return read_by_mail (self, address, to, size);
  if (self->memory < 0)
    {
      if (process_vm_readv (self->pid, &local, 1, &remote, 1, 0) == (ssize_t)size)
        return true;
      if (errno != EPERM && errno != ENOSYS && errno != EACCES)
        return false;
      snprintf (path, sizeof path, "/proc/%d/mem", (int)self->pid);
      self->memory = open (path, O_RDONLY | O_CLOEXEC);
      self->unreadable = self->memory < 0 && (errno == EPERM || errno == EACCES);
      if (self->unreadable)
        return read_by_mail (self, address, to, size);
      if (self->memory < 0)
        return false;
    }
  return pread (self->memory, to, size, (off_t)address) == (ssize_t)size;
}

static uint32_t
slot_of (uint64_t address)
{
  return (uint32_t)(address / TIDE_OUTSIDE_PAGE) % TIDE_OUTSIDE_PAGES;
}

static bool
is_there (const TideOutside *self, uint64_t address)
{
  uint32_t slot = slot_of (address);

  return self->slots[slot].look == self->look && self->slots[slot].address == address;
}

/* How many of the N first pages at ADDRESSES could be copied TO.  */
static uint32_t
read_pages (TideOutside *self, const uint64_t *addresses, uint8_t **to, uint32_t n)
{
  struct iovec local[TIDE_OUTSIDE_BATCH], remote[TIDE_OUTSIDE_BATCH];
  ssize_t size;

  if (self->unreadable)
    return tide_mail_read (self->mail, addresses, to, n);
  for (uint32_t i = 0; i < n; i++)
    {
      local[i] = (struct iovec){ to[i], TIDE_OUTSIDE_PAGE };
      remote[i] = (struct iovec){ (void *)(uintptr_t)addresses[i], TIDE_OUTSIDE_PAGE };
    }
  size = process_vm_readv (self->pid, local, n, remote, n, 0);
  return size > 0 ? (uint32_t)((size_t)size / TIDE_OUTSIDE_PAGE) : 0;
}

/* Reads what the look before needed.  One page that is gone keeps those behind it from being read; they are
 * read when they are needed.  */
static void
read_batch (TideOutside *self)
{
  uint64_t addresses[TIDE_OUTSIDE_BATCH];
  uint8_t *to[TIDE_OUTSIDE_BATCH];
  uint32_t n = 0, n_read;

  for (uint32_t i = 0; i < self->n_before; i++)
    {
      uint32_t slot = slot_of (self->before[i]);
      bool taken = false;

      for (uint32_t k = 0; k < n && !taken; k++)
        taken = to[k] == self->pages[slot];
      if (taken)
        continue;
      addresses[n] = self->before[i];
      to[n++] = self->pages[slot];
      self->slots[slot].look = 0;
    }
  self->n_before = 0;
  if (n < 2 || self->memory >= 0)
    return;
  n_read = read_pages (self, addresses, to, n);
  for (uint32_t i = 0; i < n_read; i++)
    {
      self->slots[slot_of (addresses[i])].address = addresses[i];
      self->slots[slot_of (addresses[i])].look = self->look;
    }
}

/* The page at ADDRESS (a multiple of its size), or NULL.  */
static const uint8_t *
get_page (TideOutside *self, uint64_t address)
{
  uint32_t slot = slot_of (address);

  if (!is_there (self, address) && self->n_before > 0)
    read_batch (self);
  if (!is_there (self, address))
    {
      self->slots[slot].look = 0;
      if (!tide_outside_read (self, address, self->pages[slot], TIDE_OUTSIDE_PAGE))
        return NULL;
      self->slots[slot].look = self->look;
      self->slots[slot].address = address;
      self->slots[slot].used = 0;
    }
  if (self->slots[slot].used != self->look && self->n_needed < TIDE_OUTSIDE_BATCH)
    self->needed[self->n_needed++] = address;
  self->slots[slot].used = self->look;
  return self->pages[slot];
}

bool
tide_outside_peek (void *context, uint64_t address, void *to, size_t size)
{
  TideOutside *self = context;
  uint8_t *at = to;

  while (size > 0)
    {
      uint64_t inside = address % TIDE_OUTSIDE_PAGE;
      size_t n = TIDE_OUTSIDE_PAGE - inside;
      const uint8_t *page = get_page (self, address - inside);

      if (page == NULL)
        return false;
      if (n > size)
        n = size;
      memcpy (at, page + inside, n);
      at += n;
      address += n;
      size -= n;
    }
  return true;
}

/* False: it could not be read.  CODE 0 of KNOWN: the interpreter's own.  */
static bool
learn (TideOutside *self, TideCodes *codes, uint64_t address, TideKnownCode *known)
{
  const TideKnownCode *found;
  TideCodeContents contents;
  uint64_t fingerprint;

  if (!tide_pycode_fingerprint (&self->layout, tide_outside_peek, self, address, &fingerprint))
    return false;
  found = tide_codes_find (codes, address, fingerprint);
  if (found != NULL)
    {
      *known = *found;
      return true;
    }
  /* What this look has read so far is of several moments, and the program went on between them: other code
   * may be at this address by now, and other text where its names were.  */
  self->look++;
  if (!tide_pycode_read (&self->layout, tide_outside_peek, self, address, &self->code))
    return false;
  self->look++;
  if (!tide_pycode_fingerprint (&self->layout, tide_outside_peek, self, address, &fingerprint)
      || fingerprint != self->code.fingerprint)
    return false;
  *known = (TideKnownCode){ 0, 0 };
  if (self->code.internal)
    return true;
  contents.address = address;
  contents.fingerprint = self->code.fingerprint;
  contents.file = (TideSlice){ self->code.file, self->code.file_length };
  contents.name = (TideSlice){ self->code.name, self->code.name_length };
  contents.line_table = (TideSlice){ (const char *)self->code.line_table, self->code.line_table_length };
  contents.first_line = self->code.first_line;
  *known = tide_codes_add (codes, &contents);
  return true;
}

uint32_t
tide_outside_walk (
    TideOutside *self, TideCodes *codes, uint64_t tstate, TideOutsideFrame *frames, uint32_t max, bool *whole)
{
  uint64_t at;
  uint32_t n = 0;

  *whole = false;
  if (!tide_pylayout_top (&self->layout, tide_outside_peek, self, tstate, &at))
    return 0;
  for (uint32_t step = 0; at != 0 && n < max && step < max + MAX_OTHER_FRAMES; step++)
    {
      TidePyFrame frame;

      if (!tide_pylayout_frame (&self->layout, tide_outside_peek, self, at, &frame))
        return n;
      if (frame.code != 0)
        {
          if (!learn (self, codes, frame.code, &frames[n].known))
            return n;
          frames[n].offset = frame.offset;
          if (frames[n].known.code != 0)
            n++;
        }
      at = frame.previous;
    }
  *whole = at == 0;
  return n;
}

/* Of the threads of INTERPRETER; LEFT: how many thread states may still be looked at.  */
static uint64_t
find_in (TideOutside *self, uint64_t interpreter, uint32_t tid, int *left)
{
  const TidePythonLayout *layout = &self->layout;
  uint64_t tstate = 0;

  if (!tide_outside_peek (self, interpreter + (uint64_t)layout->interp_threads, &tstate, sizeof tstate))
    return 0;
  for (; tstate != 0 && *left > 0; --*left)
    {
      uint64_t thread;
      int32_t found;

      if (!tide_outside_peek (self, tstate + (uint64_t)layout->tstate_thread_id, &thread, sizeof thread))
        break;
      if (thread != 0
          && tide_outside_peek (self, thread + (uint64_t)layout->pthread_tid, &found, sizeof found)
          && (uint32_t)found == tid)
        return tstate;
      if (!tide_outside_peek (self, tstate + (uint64_t)layout->tstate_next, &tstate, sizeof tstate))
        break;
    }
  return 0;
}

/* Of the interpreters besides the main one; ONLY_RUNNING: of those that run Python code.  */
static uint64_t
find_in_others (TideOutside *self, uint32_t tid, bool only_running, int *left)
{
  const TidePythonLayout *layout = &self->layout;
  uint64_t interpreter = 0, tstate, frame;

  if (layout->interpreters == 0
      || !tide_outside_peek (self, layout->interpreters, &interpreter, sizeof interpreter))
    return 0;
  /* The main one, made first, is the last.  */
  for (int i = 0; interpreter != 0 && interpreter != layout->interpreter && i < MAX_TSTATES; i++)
    {
      tstate = find_in (self, interpreter, tid, left);
      if (tstate != 0
          && (!only_running
              || (tide_pylayout_top (layout, tide_outside_peek, self, tstate, &frame) && frame != 0)))
        return tstate;
      if (!tide_outside_peek (self, interpreter + (uint64_t)layout->interp_next, &interpreter,
                              sizeof interpreter))
        break;
    }
  return 0;
}

/* A thread that runs code of another interpreter for a moment has a thread state in either.  From 3.12 on the
 * other one's names the thread that runs it; before, the thread that made it, so there it is only for those
 * that have no other, and what runs is charged to who called it.  */
uint64_t
tide_outside_find_tstate (TideOutside *self, uint32_t tid, bool alone)
{
  const TidePythonLayout *layout = &self->layout;
  uint64_t tstate = 0;
  int left = MAX_TSTATES;

  if (layout->pthread_tid < 0 || layout->interp_threads < 0)
    return tid == (uint32_t)self->pid ? layout->main_tstate : 0;
  if (layout->version_hex >= RUNNER_IS_NAMED)
    tstate = find_in_others (self, tid, true, &left);
  if (tstate == 0)
    tstate = alone ? layout->main_tstate : find_in (self, layout->interpreter, tid, &left);
  if (tstate == 0 && layout->version_hex < RUNNER_IS_NAMED)
    tstate = find_in_others (self, tid, false, &left);
  return tstate;
}
