#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define TIDE_STORE_ERROR (tide_store_error_quark ())
GQuark tide_store_error_quark (void);

typedef enum
{
  TIDE_STORE_ERROR_NOT_A_RECORDING, /* nothing that we read                         */
  TIDE_STORE_ERROR_TOO_NEW,         /* a major version that we do not know           */
  TIDE_STORE_ERROR_DAMAGED,         /* the bytes contradict themselves               */
  TIDE_STORE_ERROR_WRITE,           /* the file could not be written                 */
  TIDE_STORE_ERROR_FULL,            /* it has the size that it was allowed            */
} TideStoreError;

G_END_DECLS
