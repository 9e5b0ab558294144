#include "config.h"

#include "tide-mark.h"

#include "tide-format.h"
#include "tide-told.h"

#include <glib/gi18n-lib.h>

const char *
tide_marker_kind_get_name (TideMarkerKind kind)
{
  static const char *const names[] = {
    [TIDE_MARKER_GC] = "gc",
    [TIDE_MARKER_MESSAGE] = "message",
    [TIDE_MARKER_SPAN_BEGIN] = "span-begin",
    [TIDE_MARKER_SPAN_END] = "span-end",
    [TIDE_MARKER_SNAPSHOT] = "snapshot",
  };

  return names[kind];
}

char *
tide_collection_describe (const TideCollection *self)
{
  g_autofree char *freed = tide_format_count ((guint64)self->collected);
  g_autofree char *duration = tide_format_duration (self->duration_ns);
  g_autofree char *moved = tide_format_bytes_signed (self->delta_bytes);
  g_autofree char *stuck = NULL;

  if (self->uncollectable == 0)
    /* TRANSLATORS: of the garbage collector; generation, objects, time, change of memory.  */
    return g_strdup_printf (_ ("Garbage collection, generation %u: %s objects freed in %s, RSS %s"),
                            self->generation, freed, duration, moved);
  stuck = tide_format_count ((guint64)self->uncollectable);
  return g_strdup_printf (
      /* TRANSLATORS: the same, with the number of objects that could not be freed.  */
      _ ("Garbage collection, generation %u: %s objects freed, %s not collectable, in %s, RSS %s"),
      self->generation, freed, stuck, duration, moved);
}

char *
tide_mark_describe (const TideMark *self)
{
  switch ((TideMarkerKind)self->kind)
    {
    case TIDE_MARKER_SPAN_BEGIN:
      /* TRANSLATORS: %s is the name that the program gave to a span of time.  */
      return g_strdup_printf (_ ("Begin of “%s”"), self->text);
    case TIDE_MARKER_SPAN_END:
      return g_strdup_printf (_ ("End of “%s”"), self->text);
    case TIDE_MARKER_SNAPSHOT:
      return g_strdup_printf (_ ("Snapshot “%s”"), self->text);
    case TIDE_MARKER_GC:
    case TIDE_MARKER_MESSAGE:
    default:
      return g_strdup (tide_told (self->text));
    }
}
