#include "config.h"

#include "tide-instruments.h"
#include "tide-launch.h"
#include "tide-wire.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* BIT 0: named by the design, not built yet.  */
static const struct
{
  const char *name;
  guint bit;
} instruments_by_name[] = {
  { "sampler", TIDE_INSTRUMENT_SAMPLER },
  { "events", TIDE_INSTRUMENT_EVENTS },
  { "faults", TIDE_INSTRUMENT_FAULTS },
  { "calls", TIDE_INSTRUMENT_CALLS },
  { "lines", TIDE_INSTRUMENT_LINES },
  { "bytes", 0 },
  { "bytes-sampled", 0 },
  { "heap", 0 },
  { "tracemalloc", 0 },
  { "mallocstats", 0 },
  { "gc", 0 },
};

guint
tide_instruments_default (void)
{
  return TIDE_INSTRUMENT_SAMPLER | TIDE_INSTRUMENT_EVENTS | TIDE_INSTRUMENT_FAULTS;
}

guint
tide_instruments_known (guint instruments)
{
  guint known = TIDE_INSTRUMENT_SAMPLER;

  for (guint i = 0; i < G_N_ELEMENTS (instruments_by_name); i++)
    known |= instruments & instruments_by_name[i].bit;
  return known;
}

static gboolean
parse_one (const char *word, guint *bit, GError **error)
{
  g_autofree char *name = g_strndup (word, strcspn (word, "="));
  g_autofree char *display = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (instruments_by_name); i++)
    {
      if (strcmp (instruments_by_name[i].name, name) != 0)
        continue;
      *bit = instruments_by_name[i].bit;
      if (*bit != 0 && strcmp (word, name) == 0)
        return TRUE;
      if (*bit != 0)
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                     _ ("The instrument “%s” takes no value."), name);
      else
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, _ ("The instrument “%s” is not built yet."),
                     name);
      return FALSE;
    }
  display = g_utf8_make_valid (name, -1);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
               _ ("There is no instrument “%s”: choose among events, faults, calls and lines."), display);
  return FALSE;
}

gboolean
tide_instruments_parse (const char *text, guint *instruments, GError **error)
{
  g_auto (GStrv) words = g_strsplit (text, ",", -1);
  guint bits = TIDE_INSTRUMENT_SAMPLER;

  for (guint i = 0; words[i] != NULL; i++)
    {
      guint bit;

      if (*g_strstrip (words[i]) == '\0')
        continue;
      if (!parse_one (words[i], &bit, error))
        return FALSE;
      bits |= bit;
    }
  *instruments = bits;
  return TRUE;
}

char *
tide_instruments_format (guint instruments)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (instruments_by_name); i++)
    if (instruments_by_name[i].bit != TIDE_INSTRUMENT_SAMPLER
        && (instruments & instruments_by_name[i].bit) != 0)
      g_string_append_printf (text, "%s%s", text->len > 0 ? "," : "", instruments_by_name[i].name);
  return g_string_free (g_steal_pointer (&text), FALSE);
}
