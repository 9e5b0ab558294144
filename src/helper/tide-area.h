#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Memory of some instrument that is shared with an agent: a memfd, sealed against another size, of which only
 * what is used becomes resident.  All zero when it is new.  */
typedef struct
{
  void *memory; /* of SIZE bytes; NULL: there is none */
  size_t size;
  int fd;
} TideArea;

/* False and errno.  */
bool tide_area_open (TideArea *self, size_t size);
void tide_area_finish (TideArea *self);
