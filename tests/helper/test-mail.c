#include "tide-mail.h"

#include <glib.h>
#include <linux/futex.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* An agent's thread that copies the page at address N as bytes of value N; that at 0 cannot be read.  */
typedef struct
{
  TideRegion *region;
  TideMail mail;
  GThread *thread;
  uint32_t lie; /* how many pages were copied, 0: the truth */
  gint leave;
} Fixture;

static gpointer
serve (gpointer data)
{
  Fixture *self = data;
  TideRegionMail *mail = &self->region->mail;
  uint8_t *pages = (uint8_t *)self->region + TIDE_REGION_MAIL_OFFSET;

  while (!g_atomic_int_get (&self->leave))
    {
      uint32_t turn = atomic_load (&mail->turn), letter = atomic_load (&mail->asked);

      if (letter == atomic_load (&mail->answered))
        {
          syscall (SYS_futex, &mail->turn, FUTEX_WAIT, turn, NULL, NULL, 0);
          continue;
        }
      mail->n_copied = 0;
      while (mail->n_copied < mail->n_pages && mail->addresses[mail->n_copied] != 0)
        {
          memset (pages + mail->n_copied * TIDE_MAIL_PAGE, (int)mail->addresses[mail->n_copied],
                  TIDE_MAIL_PAGE);
          mail->n_copied++;
        }
      if (self->lie > 0)
        mail->n_copied = self->lie;
      atomic_store (&mail->answered, letter);
      syscall (SYS_futex, &mail->answered, FUTEX_WAKE, 1, NULL, NULL, 0);
    }
  return NULL;
}

static void
set_up (Fixture *self, gconstpointer served)
{
  self->region = g_aligned_alloc0 (1, TIDE_REGION_SIZE, 4096);
  tide_mail_init (&self->mail, self->region);
  atomic_store (&self->region->mail.tid, 7);
  if (served)
    self->thread = g_thread_new ("reader", serve, self);
}

static void
tear_down (Fixture *self, gconstpointer served)
{
  g_atomic_int_set (&self->leave, 1);
  atomic_fetch_add (&self->region->mail.turn, 1);
  syscall (SYS_futex, &self->region->mail.turn, FUTEX_WAKE, 1, NULL, NULL, 0);
  if (self->thread)
    g_thread_join (self->thread);
  g_aligned_free (self->region);
}

/* As often as it takes: a letter that is not answered in time is none.  */
static void
read_as_told (Fixture *self, const uint64_t *addresses, uint32_t n, uint32_t readable)
{
  g_autofree uint8_t *memory = g_malloc0 (n * TIDE_MAIL_PAGE);
  uint8_t *copies[20];

  for (uint32_t i = 0; i < n; i++)
    copies[i] = memory + i * TIDE_MAIL_PAGE;
  while (tide_mail_read (&self->mail, addresses, copies, n) < readable)
    g_thread_yield ();
  g_assert_cmpuint (tide_mail_read (&self->mail, addresses, copies, n), <=, readable);
  for (uint32_t i = 0; i < readable; i++)
    g_assert_true (copies[i][0] == addresses[i] && copies[i][TIDE_MAIL_PAGE - 1] == addresses[i]);
  for (uint32_t i = readable; i < n; i++)
    g_assert_cmpuint (copies[i][0], ==, 0);
}

static void
test_copies (Fixture *self, gconstpointer unused)
{
  uint64_t addresses[20];

  for (uint32_t i = 0; i < 20; i++)
    addresses[i] = 100 + i;
  read_as_told (self, addresses, 1, 1);
  read_as_told (self, addresses, TIDE_MAIL_PAGES, TIDE_MAIL_PAGES);
  read_as_told (self, addresses, 20, 20);
  addresses[11] = 0;
  read_as_told (self, addresses, 20, 11);
  addresses[0] = 0;
  read_as_told (self, addresses, 20, 0);
}

/* Nobody answers: one letter is sent, and no other before the answer has come.  */
static void
test_stopped (Fixture *self, gconstpointer unused)
{
  uint64_t address = 5;
  uint8_t page[TIDE_MAIL_PAGE] = { 0 }, *copies[] = { page };

  for (int i = 0; i < 3; i++)
    g_assert_cmpuint (tide_mail_read (&self->mail, &address, copies, 1), ==, 0);
  g_assert_cmpuint (atomic_load (&self->region->mail.asked), ==, 1);
  self->thread = g_thread_new ("reader", serve, self);
  read_as_told (self, &address, 1, 1);
}

static void
test_without (Fixture *self, gconstpointer unused)
{
  uint64_t address = 5;
  uint8_t page[TIDE_MAIL_PAGE], *copies[] = { page };

  atomic_store (&self->region->mail.tid, 0);
  g_assert_cmpuint (tide_mail_read (&self->mail, &address, copies, 1), ==, 0);
  g_assert_cmpuint (atomic_load (&self->region->mail.asked), ==, 0);
}

/* Who says that more was copied than was asked for has copied nothing.  */
static void
test_liar (Fixture *self, gconstpointer unused)
{
  static const uint32_t lies[] = { 2, TIDE_MAIL_PAGES + 1, 1u << 31, G_MAXUINT32 };
  uint64_t address = 5;
  uint8_t page[TIDE_MAIL_PAGE] = { 0 }, *copies[] = { page };
  TideRegionMail *mail = &self->region->mail;

  for (guint i = 0; i < G_N_ELEMENTS (lies); i++)
    {
      uint32_t letter = atomic_load (&mail->asked);

      self->lie = lies[i];
      g_assert_cmpuint (tide_mail_read (&self->mail, &address, copies, 1), ==, 0);
      g_assert_cmpuint (atomic_load (&mail->asked), ==, letter + 1);
      g_assert_cmpuint (page[0], ==, 0);
      /* It may come late.  */
      while (atomic_load (&mail->answered) != letter + 1)
        g_thread_yield ();
    }
}

/* The region is the program's as well.  */
static void
test_hostile (Fixture *self, gconstpointer unused)
{
  uint64_t address = 5;
  uint8_t page[TIDE_MAIL_PAGE] = { 0 }, *copies[] = { page };

  atomic_store (&self->region->mail.answered, G_MAXUINT32);
  /* The answer is there before the letter.  */
  atomic_store (&self->region->mail.asked, G_MAXUINT32 - 1);
  g_assert_cmpuint (tide_mail_read (&self->mail, &address, copies, 1), ==, 0);
  atomic_store (&self->region->mail.answered, G_MAXUINT32 - 1);
  g_assert_cmpuint (tide_mail_read (&self->mail, &address, copies, 1), ==, 0);
  g_assert_cmpuint (page[0], ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/mail/copies", Fixture, "served", set_up, test_copies, tear_down);
  g_test_add ("/mail/stopped", Fixture, NULL, set_up, test_stopped, tear_down);
  g_test_add ("/mail/without", Fixture, NULL, set_up, test_without, tear_down);
  g_test_add ("/mail/liar", Fixture, "served", set_up, test_liar, tear_down);
  g_test_add ("/mail/hostile", Fixture, NULL, set_up, test_hostile, tear_down);
  return g_test_run ();
}
