/* Only in the agent that is built with sanitizers: how they behave, and where reports of undefined behaviour
 * go.  Each of the two libraries has its own reporting, but the dynamic linker gives both the functions of
 * AddressSanitizer's, so that `log_path` in the options of the other one is not its own.  */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__ ((visibility ("default")))

/* Signals are the program's, and what it dies of.  A leak is none of the agent's, which has no malloc, and
 * AddressSanitizer comes behind libc on purpose.  */
#define OPTIONS                                                                                              \
  "halt_on_error=0:handle_segv=0:handle_sigbus=0:handle_abort=0:handle_sigill=0:handle_sigfpe=0:"            \
  "use_sigaltstack=0"

int tide_provoke (int at, int most);
const char *__asan_default_options (void);
const char *__ubsan_default_options (void);

/* Here, since some programs take an environment of their own.  */
EXPORT const char *
__asan_default_options (void)
{
  return OPTIONS ":detect_leaks=0:verify_asan_link_order=0:quarantine_size_mb=16:malloc_context_size=8";
}

EXPORT const char *
__ubsan_default_options (void)
{
  return OPTIONS ":print_stacktrace=1";
}

static int
set_path (struct dl_phdr_info *library, size_t size, void *path)
{
  void *handle = NULL;
  void (*set) (const char *) = NULL;

  if (strstr (library->dlpi_name, "/libubsan."))
    handle = dlopen (library->dlpi_name, RTLD_LAZY | RTLD_NOLOAD);
  if (handle)
    set = (void (*) (const char *))dlsym (handle, "__sanitizer_set_report_path");
  if (set)
    set (path);
  return 0;
}

static void __attribute__ ((constructor (101))) choose_path (void)
{
  char *path = getenv ("TIDE_SANITIZER_LOG");

  if (path)
    dl_iterate_phdr (set_path, path);
}

/* Does what each of them must report: AT 4 is behind an array's end, MOST 2^31 - 1 the greatest int.  */
EXPORT int
tide_provoke (int at, int most)
{
  volatile char bytes[4] = { 0 };
  volatile char *place = bytes;

  return place[at] + (most + 1);
}
