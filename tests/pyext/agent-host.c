/* Stands in for the helper in the agent's tests: makes the region, executes a Python with the agent
 * preloaded, drains the ring, and writes what came as JSON lines.  It does not sample from outside, so all
 * that is accounted is the agent's.
 *
 *   agent-host [--wanted BITS] [--full] [--stop N] [--kill N] [--suspend]
 *              [--sample BYTES] [--toggle BITS N] AGENT OUTPUT PROGRAM [ARG...]
 *
 * --toggle stops and starts these instruments N times, then sends SIGUSR1.  --full leaves no room in the
 * ring.  --stop asks the agent to stop at its N-th account, --kill kills the program there.  Names are
 * written byte for byte, as the characters of that number.  The exit status is the program's, or 128 and the
 * signal.
 */

#define _GNU_SOURCE
#include "tide-region.h"
#include "tide-sites-area.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

typedef struct
{
  uint32_t wanted;
  bool full;
  bool suspend;
  uint64_t stop_at;
  uint64_t kill_at;
  uint64_t sample_bytes;
  uint32_t toggled;
  uint32_t n_toggles;
} Options;

static TideRegion *
make_region (const Options *options, int *fd)
{
  TideRegion *region;

  *fd = memfd_create ("pagetide", MFD_ALLOW_SEALING);
  if (*fd < 0 || ftruncate (*fd, TIDE_REGION_SIZE) != 0
      || fcntl (*fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
    return NULL;
  region = mmap (NULL, TIDE_REGION_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, *fd, 0);
  if (region == MAP_FAILED)
    return NULL;
  region->magic = TIDE_REGION_MAGIC;
  region->version = TIDE_REGION_VERSION;
  region->size = TIDE_REGION_SIZE;
  region->wanted = options->wanted;
  region->page_size = (uint32_t)sysconf (_SC_PAGESIZE);
  region->helper_pid = (uint32_t)getpid ();
  region->suspend = options->suspend;
  region->sample_bytes = options->sample_bytes;
  for (int i = 0; i < TIDE_N_AREAS; i++)
    region->areas[i].fd = -1;
  if (options->full)
    region->tail = (uint64_t)0 - TIDE_REGION_RING_SIZE;
  return region;
}

/* Counters of Python bytes, for an agent that is to count them.  */
static TideSitesHeader *
make_sites (TideRegion *region)
{
  int fd = memfd_create ("pagetide-sites", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  TideSitesHeader *sites;

  if (fd < 0 || ftruncate (fd, TIDE_SITES_AREA_SIZE) != 0
      || fcntl (fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
    return NULL;
  sites = mmap (NULL, TIDE_SITES_AREA_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  region->areas[TIDE_AREA_SITES].fd = fd;
  region->areas[TIDE_AREA_SITES].size = TIDE_SITES_AREA_SIZE;
  return sites == MAP_FAILED ? NULL : sites;
}

static void
put_sites (FILE *out, const TideSitesHeader *header)
{
  const char *area = (const char *)header;
  const TideSiteCounters *counters = (const TideSiteCounters *)(area + TIDE_SITES_COUNTERS_OFFSET);
  const TideSitePlace *places = (const TideSitePlace *)(area + TIDE_SITES_PLACES_OFFSET);
  const TideSiteErrors *errors = (const TideSiteErrors *)(area + TIDE_SITES_ERRORS_OFFSET);

  for (uint32_t i = 0; i < header->n_sites; i++)
    {
      double variances[2];

      memcpy (variances, &errors[i], sizeof variances);
      fprintf (out,
               "{\"kind\": \"site\", \"of\": %u, \"code\": %u, \"line\": %u, \"shared\": %u, \"live\": %llu, "
               "\"blocks\": %llu, \"allocated\": %llu, \"count\": %llu, \"peak\": %llu, "
               "\"temporary\": %llu, \"forgotten\": %llu, \"live_variance\": %.17g, "
               "\"allocated_variance\": %.17g}\n",
               places[i].kind, places[i].code, places[i].line, counters[i].shared,
               (unsigned long long)counters[i].live_bytes, (unsigned long long)counters[i].live_blocks,
               (unsigned long long)counters[i].allocated_bytes, (unsigned long long)counters[i].n_allocated,
               (unsigned long long)counters[i].peak_bytes, (unsigned long long)counters[i].n_temporary,
               (unsigned long long)errors[i].forgotten_bytes, variances[0], variances[1]);
    }
  fprintf (out, "{\"kind\": \"sites\", \"missed\": %llu}\n", (unsigned long long)header->n_missed);
}

static void
execute (TideRegion *region, int fd, const char *agent, char **arguments)
{
  const char *before = getenv ("LD_PRELOAD");
  char text[64];
  char *preload = NULL;

  /* A test that gives up kills us, and must not leave a program behind that runs for ever.  */
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  region->target_pid = (uint32_t)getpid ();
  snprintf (text, sizeof text, "%d:%d", fd, (int)getpid ());
  setenv (TIDE_ENV_REGION, text, 1);
  if (before)
    setenv (TIDE_ENV_PRELOAD, before, 1);
  if (asprintf (&preload, "%s%s%s", agent, before ? ":" : "", before ? before : "") < 0)
    _exit (126);
  setenv ("LD_PRELOAD", preload, 1);
  execv (arguments[0], arguments);
  _exit (127);
}

static void
put_bytes (FILE *out, const char *key, const uint8_t *bytes, uint32_t length)
{
  fprintf (out, ", \"%s\": \"", key);
  for (uint32_t i = 0; i < length; i++)
    fprintf (out, "\\u%04x", bytes[i]);
  fputc ('"', out);
}

static void
put_code (FILE *out, const uint8_t *record)
{
  const uint8_t *bytes = record + sizeof (TideCodeRecord);
  TideCodeRecord code;

  memcpy (&code, record, sizeof code);
  if (sizeof code + (uint64_t)code.file_length + code.name_length + code.line_table_length > code.header.size)
    {
      fprintf (out, "{\"kind\": \"bad\"}\n");
      return;
    }
  fprintf (out, "{\"kind\": \"code\", \"id\": %u, \"first_line\": %u", code.id, code.first_line);
  put_bytes (out, "file", bytes, code.file_length);
  put_bytes (out, "name", bytes + code.file_length, code.name_length);
  put_bytes (out, "lines", bytes + code.file_length + code.name_length, code.line_table_length);
  fprintf (out, "}\n");
}

static void
put_event (FILE *out, const uint8_t *record)
{
  TideEventRecord event;

  memcpy (&event, record, sizeof event);
  fprintf (
      out,
      "{\"kind\": \"event\", \"time\": %llu, \"delta\": %lld, \"rss\": %llu, \"tid\": %u, \"source\": %u, "
      "\"truncated\": %u, \"frames\": [",
      (unsigned long long)event.time_ns, (long long)event.delta_pages, (unsigned long long)event.rss_pages,
      event.tid, event.source, event.truncated);
  for (uint32_t i = 0; i < event.n_frames; i++)
    {
      TideRecordFrame frame;

      memcpy (&frame, record + sizeof event + i * sizeof frame, sizeof frame);
      fprintf (out, "%s[%u, %u]", i ? ", " : "", frame.code, frame.offset);
    }
  fprintf (out, "]}\n");
}

/* True when something was there.  */
static bool
drain (TideRegion *region, FILE *out)
{
  const uint8_t *ring = (const uint8_t *)region + TIDE_REGION_RING_OFFSET;
  uint64_t head = atomic_load_explicit (&region->head, memory_order_acquire);
  uint64_t first = atomic_load (&region->tail);
  uint64_t tail = first;

  while (tail != head)
    {
      const uint8_t *record = ring + (tail & (TIDE_REGION_RING_SIZE - 1));
      TideRecordHeader header;

      memcpy (&header, record, sizeof header);
      if (header.size < sizeof header || header.size % 8 || header.size > head - tail)
        {
          fprintf (out, "{\"kind\": \"bad\"}\n");
          break;
        }
      if (header.kind == TIDE_RECORD_CODE)
        put_code (out, record);
      else if (header.kind == TIDE_RECORD_EVENT)
        put_event (out, record);
      tail += header.size;
    }
  atomic_store_explicit (&region->tail, tail, memory_order_release);
  return tail != first;
}

static void
put_instrument (FILE *out, const char *key, const TideRegionInstrument *instrument)
{
  fprintf (out, ", \"%s\": {\"state\": %u, \"unit\": %llu, \"reason\": \"%s\"}", key, instrument->state,
           (unsigned long long)instrument->unit_bytes, instrument->reason);
}

static unsigned long long
add_costs (const TideRegion *region)
{
  unsigned long long sum = 0;

  for (int i = 0; i < TIDE_N_INSTRUMENTS; i++)
    sum += region->cost_ns[i];
  return sum;
}

static void
put_end (FILE *out, const TideRegion *region)
{
  fprintf (out,
           "{\"kind\": \"end\", \"state\": %u, \"python\": \"%s\", \"flags\": %u, \"accounted\": %lld, "
           "\"lost\": %llu, \"accounts\": %llu, \"hook_ns\": %llu, \"fault_ns\": %llu, \"agent_bytes\": "
           "%llu, \"code_type\": %llu, "
           "\"pthread_tid\": %d",
           region->agent_state, region->python_version, region->python_flags,
           (long long)region->accounted_pages, (unsigned long long)region->lost,
           (unsigned long long)region->n_accounts, add_costs (region), (unsigned long long)region->cost_ns[2],
           (unsigned long long)region->agent_bytes, (unsigned long long)region->layout.code_type,
           region->layout.pthread_tid);
  put_instrument (out, "events", &region->instruments[1]);
  put_instrument (out, "faults", &region->instruments[2]);
  put_instrument (out, "bytes", &region->instruments[5]);
  put_instrument (out, "bytes_sampled", &region->instruments[6]);
  fprintf (out, "}\n");
}

/* Like the helper: each millisecond while something comes, else when the agent rings.  */
static void
wait_for_more (TideRegion *region, bool busy)
{
  const struct timespec tick = { 0, 1000000 };
  const struct timespec patience = { 0, 5000000 };

  if (busy)
    {
      nanosleep (&tick, NULL);
      return;
    }
  atomic_store (&region->helper_idle, 1);
  syscall (SYS_futex, &region->helper_idle, FUTEX_WAIT, 1, &patience, NULL, 0);
  atomic_store (&region->helper_idle, 0);
}

/* Stops or starts what is toggled once the agent has done the last of these, and tells when all are done.  */
static void
toggle (TideRegion *region, Options *options, pid_t pid)
{
  if (options->toggled == 0 || region->agent_state != TIDE_AGENT_READY || region->wish != region->wish_done)
    return;
  if (options->n_toggles == 0)
    {
      options->toggled = 0;
      kill (pid, SIGUSR1);
      return;
    }
  options->n_toggles--;
  options->wanted ^= options->toggled;
  region->wanted = options->wanted;
  region->wish++;
}

int
main (int argc, char **argv)
{
  Options options = { .wanted = TIDE_INSTRUMENT_EVENTS };
  TideRegion *region;
  TideSitesHeader *sites;
  FILE *out;
  pid_t pid;
  int status = 0, fd, i = 1;

  for (; i < argc && strncmp (argv[i], "--", 2) == 0; i++)
    {
      if (strcmp (argv[i], "--full") == 0)
        options.full = true;
      else if (strcmp (argv[i], "--suspend") == 0)
        options.suspend = true;
      else if (strcmp (argv[i], "--wanted") == 0 && i + 1 < argc)
        options.wanted = (uint32_t)strtoul (argv[++i], NULL, 10);
      else if (strcmp (argv[i], "--stop") == 0 && i + 1 < argc)
        options.stop_at = strtoull (argv[++i], NULL, 10);
      else if (strcmp (argv[i], "--kill") == 0 && i + 1 < argc)
        options.kill_at = strtoull (argv[++i], NULL, 10);
      else if (strcmp (argv[i], "--toggle") == 0 && i + 2 < argc)
        {
          options.toggled = (uint32_t)strtoul (argv[++i], NULL, 10);
          options.n_toggles = 2 * (uint32_t)strtoul (argv[++i], NULL, 10);
        }
      else if (strcmp (argv[i], "--sample") == 0 && i + 1 < argc)
        options.sample_bytes = strtoull (argv[++i], NULL, 10);
      else
        return 125;
    }
  if (argc - i < 3)
    return 125;
  out = fopen (argv[i + 1], "we");
  region = out ? make_region (&options, &fd) : NULL;
  sites = region ? make_sites (region) : NULL;
  if (!sites)
    return 125;

  pid = fork ();
  if (pid == 0)
    execute (region, fd, argv[i], argv + i + 2);
  while (pid > 0 && waitpid (pid, &status, WNOHANG) == 0)
    {
      bool busy = !options.full && drain (region, out);

      toggle (region, &options, pid);
      if (options.kill_at && region->n_accounts >= options.kill_at)
        kill (pid, SIGKILL);
      if (options.stop_at && region->n_accounts >= options.stop_at)
        region->stop = 1;
      wait_for_more (region, busy);
    }
  if (!options.full)
    drain (region, out);
  put_sites (out, sites);
  put_end (out, region);
  if (pid < 0 || fclose (out) != 0)
    return 125;
  return WIFSIGNALED (status) ? 128 + WTERMSIG (status) : WEXITSTATUS (status);
}
