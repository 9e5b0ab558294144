#define _GNU_SOURCE
#include "tide-package.h"
#include "tide-python.h"

#include <limits.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[PATH_MAX];

static bool
holds_package (const char *path)
{
  char file[PATH_MAX];

  return snprintf (file, sizeof file, "%s/pagetide/__init__.py", path) < (int)sizeof file
         && access (file, R_OK) == 0;
}

/* The loader may have been given a path through /proc/self/fd, which is only good for now.  */
static int
take_own_folder (struct dl_phdr_info *info, size_t size, void *unused)
{
  uintptr_t here = (uintptr_t)tide_package_find;
  char file[PATH_MAX], *slash;

  for (int i = 0; i < info->dlpi_phnum; i++)
    {
      const ElfW (Phdr) *part = &info->dlpi_phdr[i];

      if (part->p_type != PT_LOAD || here - (info->dlpi_addr + part->p_vaddr) >= part->p_memsz)
        continue;
      slash = realpath (info->dlpi_name, file) ? strrchr (file, '/') : NULL;
      if (!slash)
        return 1;
      *slash = '\0';
      if (snprintf (folder, sizeof folder, "%s/python", file) < (int)sizeof folder && holds_package (folder))
        return 1;
      if (holds_package (file))
        memcpy (folder, file, sizeof folder);
      else
        folder[0] = '\0';
      return 1;
    }
  return 0;
}

void
tide_package_find (void)
{
  dl_iterate_phdr (take_own_folder, NULL);
}

void
tide_package_offer (void)
{
  void *path = tide_py.PySys_GetObject ("path"), *text;

  if (!folder[0] || !path)
    return;
  text = tide_py.PyUnicode_DecodeFSDefault (folder);
  if (!text || tide_py.PyList_Append (path, text) != 0)
    tide_py.PyErr_Clear ();
  if (text)
    tide_py.Py_DecRef (text);
}
