#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a place came to in Python bytes, see tide-sites.h.  */
typedef struct
{
  gint64 allocated, freed;                          /* bytes, in the range              */
  gint64 live;                                      /* bytes, at its end                */
  gint64 peak;                                      /* bytes, the highest in the range  */
  gint64 n_allocated, n_freed, n_live, n_temporary; /* blocks  */
  double live_variance, allocated_variance;         /* of estimates from a sample, bytes squared; 0: exact */
} TideSiteFigures;

/* The standard error of a VARIANCE, in bytes.  */
gint64 tide_site_error (double variance);

G_END_DECLS
