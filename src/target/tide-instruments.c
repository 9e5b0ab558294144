#include "config.h"

#include "tide-instruments.h"

#include "tide-instrument-name.h"
#include "tide-launch.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Named by the design.  */
static const char *const not_built[] = { "heap", "tracemalloc", "mallocstats", NULL };

guint
tide_instruments_default (void)
{
  return TIDE_INSTRUMENT_SAMPLER | TIDE_INSTRUMENT_EVENTS | TIDE_INSTRUMENT_FAULTS;
}

guint
tide_instruments_known (guint instruments)
{
  return (instruments & TIDE_INSTRUMENTS_OF_AGENT) | TIDE_INSTRUMENT_SAMPLER;
}

gboolean
tide_parse_size (const char *text, guint64 *bytes)
{
  static const char suffixes[] = "KMGT";
  const char *digits_end = text + strspn (text, "0123456789");
  g_autofree char *digits = g_strndup (text, digits_end - text);
  const char *suffix;
  guint64 number;
  guint shift = 0;

  if (!g_ascii_string_to_unsigned (digits, 10, 1, G_MAXINT64, &number, NULL))
    return FALSE;
  if (*digits_end != '\0')
    {
      suffix = strchr (suffixes, g_ascii_toupper (*digits_end));
      if (suffix == NULL || digits_end[1] != '\0')
        return FALSE;
      shift = 10 * (suffix - suffixes + 1);
    }
  if (number > (guint64)G_MAXINT64 >> shift)
    return FALSE;
  *bytes = number << shift;
  return TRUE;
}

/* Of bytes-sampled alone: "bytes-sampled=64K".  */
static gboolean
take_value (const char *word, const char *name, guint bit, guint64 *sample_bytes, GError **error)
{
  const char *value = strchr (word, '=');

  if (value == NULL)
    return TRUE;
  if (bit == TIDE_INSTRUMENT_BYTES_SAMPLED && sample_bytes != NULL
      && tide_parse_size (value + 1, sample_bytes))
    return TRUE;
  if (bit == TIDE_INSTRUMENT_BYTES_SAMPLED && sample_bytes != NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                 _ ("“%s” is no distance of samples: write a number of bytes, or one with K, M or G."),
                 value + 1);
  else
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _ ("The instrument “%s” takes no value."),
                 name);
  return FALSE;
}

static gboolean
parse_one (const char *word, guint *bit, guint64 *sample_bytes, GError **error)
{
  g_autofree char *name = g_strndup (word, strcspn (word, "="));
  g_autofree char *display = NULL;

  *bit = tide_instrument_by_name (name);
  if (*bit != 0)
    return take_value (word, name, *bit, sample_bytes, error);
  if (g_strv_contains (not_built, name))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, _ ("The instrument “%s” is not built yet."),
                   name);
      return FALSE;
    }
  display = g_utf8_make_valid (name, -1);
  g_set_error (
      error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
      _ ("There is no instrument “%s”: choose among events, faults, calls, lines, bytes, bytes-sampled and "
         "gc."),
      display);
  return FALSE;
}

gboolean
tide_instruments_parse (const char *text, guint *instruments, guint64 *sample_bytes, GError **error)
{
  g_auto (GStrv) words = g_strsplit (text, ",", -1);
  guint bits = TIDE_INSTRUMENT_SAMPLER;

  for (guint i = 0; words[i] != NULL; i++)
    {
      guint bit;

      if (*g_strstrip (words[i]) == '\0')
        continue;
      if (!parse_one (words[i], &bit, sample_bytes, error))
        return FALSE;
      bits |= bit;
    }
  *instruments = bits;
  return TRUE;
}

gboolean
tide_instruments_parse_switch (const char *text, TideSwitch *wish, GError **error)
{
  /* An empty text is one empty word here.  */
  g_auto (GStrv) words = g_strsplit (*text != '\0' ? text : " ", ",", -1);
  guint64 sample_bytes = 0;

  *wish = (TideSwitch){ 0 };
  for (guint i = 0; words[i] != NULL; i++)
    {
      const char *word = g_strstrip (words[i]);
      guint bit;

      if (word[0] != '+' && word[0] != '-')
        {
          g_autofree char *display = g_utf8_make_valid (word, -1);

          g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                       _ ("“%s” switches nothing: write + or - and the name of an instrument."), display);
          return FALSE;
        }
      if (!parse_one (word + 1, &bit, &sample_bytes, error))
        return FALSE;
      wish->on = word[0] == '+' ? wish->on | bit : wish->on & ~bit;
      wish->off = word[0] == '-' ? wish->off | bit : wish->off & ~bit;
    }
  if (sample_bytes > 0)
    {
      wish->parts |= TIDE_SWITCH_SAMPLE;
      wish->sample_bytes = sample_bytes;
    }
  return TRUE;
}

char *
tide_instruments_format (guint instruments)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < TIDE_N_INSTRUMENTS; i++)
    if ((TIDE_INSTRUMENTS_OF_AGENT & instruments & 1u << i) != 0)
      g_string_append_printf (text, "%s%s", text->len > 0 ? "," : "", tide_instrument_name (1u << i));
  return g_string_free (g_steal_pointer (&text), FALSE);
}
