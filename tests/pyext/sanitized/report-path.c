/* Only in the agent that is built with sanitizers: where reports of undefined behaviour go.  Each of the two
 * libraries has its own reporting, but the dynamic linker gives both the functions of AddressSanitizer's, so
 * that `log_path` in the options of the other one is not its own.  */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>

int tide_provoke (int at, int most);

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
__attribute__ ((visibility ("default"))) int
tide_provoke (int at, int most)
{
  volatile char bytes[4] = { 0 };
  volatile char *place = bytes;

  return place[at] + (most + 1);
}
