/* A library of the kind that a program may have beside Pagetide's agent, for test_company.py.  */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define N_PAGES 64
#define EXPORT __attribute__ ((visibility ("default")))

/* A block so large that malloc maps each by itself.  */
#define BLOCK_SIZE ((size_t)40 << 20)
/* After which a thread is cancelled, wherever it is by then.  */
#define RUN_NS 2000000

EXPORT int company_count_lost (void);
EXPORT int company_cancel_threads (int n);
EXPORT int company_fork_cancelled (void);

static char *pages[N_PAGES];

/* What is mapped in a forked child finds the holes first.  */
static void
map_in_child (void)
{
  for (int i = 0; i < N_PAGES; i++)
    {
      void *page = mmap (NULL, (size_t)sysconf (_SC_PAGESIZE), PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

      pages[i] = page != MAP_FAILED ? page : NULL;
    }
}

static void __attribute__ ((constructor)) watch_forks (void) { pthread_atfork (NULL, NULL, map_in_child); }

/* How many of those pages are not mapped any more.  */
int
company_count_lost (void)
{
  unsigned char resident;
  int n = 0;

  for (int i = 0; i < N_PAGES; i++)
    n += pages[i] == NULL || mincore (pages[i], 1, &resident) != 0;
  return n;
}

typedef struct
{
  void *(*take) (size_t);
  void (*give_back) (void *);
} Allocator;

static void *
take_and_give_back (void *data)
{
  const Allocator *allocator = data;

  for (;;)
    {
      allocator->give_back (allocator->take (BLOCK_SIZE));
      pthread_testcancel ();
    }
  return NULL;
}

/* Cancels N threads of its own that take memory by Python's allocator for C code.  */
int
company_cancel_threads (int n)
{
  const struct timespec run = { 0, RUN_NS };
  Allocator allocator;
  pthread_t thread;

  *(void **)&allocator.take = dlsym (RTLD_DEFAULT, "PyMem_RawMalloc");
  *(void **)&allocator.give_back = dlsym (RTLD_DEFAULT, "PyMem_RawFree");
  for (int i = 0; i < n; i++)
    {
      if (pthread_create (&thread, NULL, take_and_give_back, &allocator) != 0)
        return -1;
      nanosleep (&run, NULL);
      pthread_cancel (thread);
      pthread_join (thread, NULL);
    }
  return 0;
}

#define CHILD_STATUS 7

static void *
fork_cancelled (void *data)
{
  int *status = data;
  pid_t pid;

  pthread_cancel (pthread_self ());
  pid = fork ();
  if (pid == 0)
    _exit (CHILD_STATUS);
  pthread_setcancelstate (PTHREAD_CANCEL_DISABLE, NULL);
  if (pid > 0)
    waitpid (pid, status, 0);
  return NULL;
}

/* Forks in a thread that is to end, though fork() is no place where it does.  Gives the child's exit status,
 * -1: there was no child.  */
int
company_fork_cancelled (void)
{
  pthread_t thread;
  int status = -1;

  if (pthread_create (&thread, NULL, fork_cancelled, &status) != 0)
    return -1;
  pthread_join (thread, NULL);
  return WIFEXITED (status) ? WEXITSTATUS (status) : -1;
}
