#include "tide-mail.h"

#include "tide-clock.h"

#include <linux/futex.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* How long the thread may take to come.  */
#define COMES_NS 1000000000
/* How long a letter is waited for.  */
#define ANSWER_NS 5000000

void
tide_mail_init (TideMail *self, TideRegion *region)
{
  *self = (TideMail){ .region = region };
}

static void
tell (TideMail *self, TideStream *stream, int64_t now_ns, TideMailState state)
{
  if (self->told == state)
    return;
  self->told = state;
  if (state == TIDE_MAIL_SERVED)
    tide_stream_put_message (stream, now_ns, TIDE_SEVERITY_NOTE,
                             "The program lets nobody look into it: a thread of Pagetide's inside it reads "
                             "its stacks.");
  else
    tide_stream_put_message (stream, now_ns, TIDE_SEVERITY_WARNING,
                             "The program's stacks cannot be read from outside: it lets nobody look into it. "
                             "Growth that its own allocators do not tell of is charged to nobody.");
}

void
tide_mail_want (TideMail *self, TideStream *stream, int64_t now_ns)
{
  TideRegionMail *mail = &self->region->mail;
  bool late = self->since_ns != 0 && now_ns - self->since_ns > COMES_NS;

  if (tide_mail_get_thread (self) != 0)
    tell (self, stream, now_ns, TIDE_MAIL_SERVED);
  else if (atomic_load (&mail->refused) != 0)
    tell (self, stream, now_ns, TIDE_MAIL_UNSERVED);
  else if (self->since_ns == 0 || late)
    {
      /* One that served before has ended for a fork: it comes again.  */
      if (late && self->told == TIDE_MAIL_UNKNOWN)
        tell (self, stream, now_ns, TIDE_MAIL_UNSERVED);
      self->since_ns = now_ns;
      self->asks = true;
      atomic_store (&mail->wanted, 1);
    }
}

bool
tide_mail_asks (TideMail *self)
{
  bool asks = self->asks;

  self->asks = false;
  return asks;
}

uint32_t
tide_mail_get_thread (const TideMail *self)
{
  return atomic_load_explicit (&self->region->mail.tid, memory_order_relaxed);
}

/* False: LETTER is not answered in time.  */
static bool
await (TideRegionMail *mail, uint32_t letter)
{
  int64_t end_ns = (int64_t)tide_clock_ns (CLOCK_MONOTONIC) + ANSWER_NS;

  for (;;)
    {
      uint32_t answered = atomic_load_explicit (&mail->answered, memory_order_acquire);
      int64_t left_ns = end_ns - (int64_t)tide_clock_ns (CLOCK_MONOTONIC);
      struct timespec left = { 0, left_ns };

      if (answered == letter)
        return true;
      if (left_ns <= 0)
        return false;
      syscall (SYS_futex, &mail->answered, FUTEX_WAIT, answered, &left, NULL, 0);
    }
}

/* At most TIDE_MAIL_PAGES.  */
static uint32_t
exchange (TideMail *self, const uint64_t *addresses, uint8_t *const *copies, uint32_t n)
{
  TideRegionMail *mail = &self->region->mail;
  const uint8_t *pages = (const uint8_t *)self->region + TIDE_REGION_MAIL_OFFSET;
  uint32_t letter = atomic_load (&mail->asked), n_copied;

  if (tide_mail_get_thread (self) == 0 || atomic_load (&mail->answered) != letter)
    return 0;
  letter++;
  memcpy (mail->addresses, addresses, n * sizeof *addresses);
  mail->n_pages = n;
  atomic_store_explicit (&mail->asked, letter, memory_order_release);
  atomic_fetch_add (&mail->turn, 1);
  syscall (SYS_futex, &mail->turn, FUTEX_WAKE, 1, NULL, NULL, 0);
  if (!await (mail, letter))
    return 0;
  n_copied = *(volatile uint32_t *)&mail->n_copied;
  if (n_copied > n)
    n_copied = 0;
  for (uint32_t i = 0; i < n_copied; i++)
    memcpy (copies[i], pages + i * TIDE_MAIL_PAGE, TIDE_MAIL_PAGE);
  return n_copied;
}

uint32_t
tide_mail_read (TideMail *self, const uint64_t *addresses, uint8_t *const *copies, uint32_t n)
{
  uint32_t done = 0;

  while (done < n)
    {
      uint32_t part = n - done < TIDE_MAIL_PAGES ? n - done : TIDE_MAIL_PAGES;
      uint32_t n_read = exchange (self, addresses + done, copies + done, part);

      done += n_read;
      if (n_read < part)
        break;
    }
  return done;
}
