/* What the tests of the helper launch.  Each argument is a step:
 *
 *   grow=N     N pages more are touched, one by one
 *   drop       all of them are given back
 *   write=N    N bytes to stdout: lines of 63 letters
 *   kill=N     signal N to itself
 *   ready      "ready" and a newline to stdout
 *   wait       until stdin, or the file that comes next, gives a byte or its end
 *   from=PATH  opens PATH (a FIFO) for the waits after it
 *   exit=N     ends
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static char *memory;
static size_t size;

static void
drop (void)
{
  if (memory != NULL)
    munmap (memory, size);
  memory = NULL;
}

static void
grow (size_t pages)
{
  size_t page = (size_t)sysconf (_SC_PAGESIZE);

  drop ();
  size = pages * page;
  memory = mmap (NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED)
    exit (99);
  madvise (memory, size, MADV_NOHUGEPAGE);
  for (size_t i = 0; i < pages; i++)
    ((volatile char *)memory)[i * page] = 1;
}

static void
write_all (size_t n)
{
  char line[64];

  memset (line, 'x', sizeof line);
  line[63] = '\n';
  while (n > 0)
    {
      ssize_t done = write (1, line, n < sizeof line ? n : sizeof line);

      if (done <= 0)
        exit (98);
      n -= (size_t)done;
    }
}

int
main (int argc, char **argv)
{
  int fd = 0;

  for (int i = 1; i < argc; i++)
    {
      const char *step = argv[i], *equals = strchr (step, '=');
      size_t value = equals != NULL ? strtoul (equals + 1, NULL, 10) : 0;
      char byte;

      if (strncmp (step, "grow=", 5) == 0)
        grow (value);
      else if (strcmp (step, "drop") == 0)
        drop ();
      else if (strncmp (step, "write=", 6) == 0)
        write_all (value);
      else if (strncmp (step, "kill=", 5) == 0)
        kill (getpid (), (int)value);
      else if (strncmp (step, "from=", 5) == 0)
        {
          fd = open (equals + 1, O_RDONLY);
          if (fd < 0)
            return 97;
        }
      else if (strcmp (step, "ready") == 0)
        {
          if (write (1, "ready\n", 6) != 6)
            return 98;
        }
      else if (strcmp (step, "wait") == 0)
        {
          if (read (fd, &byte, 1) < 0)
            return 96;
        }
      else if (strncmp (step, "exit=", 5) == 0)
        return (int)value;
    }
  return 0;
}
