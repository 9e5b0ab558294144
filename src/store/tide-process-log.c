#define _GNU_SOURCE
#include "config.h"

#include "tide-process-log.h"

#include "tide-format.h"
#include "tide-frames.h"
#include "tide-mark-frames.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#define TAG "ProcessLoggingThread-JSON"
/* The longest label that our own module writes, escaped, fits several times.  */
#define MAX_LINE_BYTES (256u << 10)
/* Honest objects hold objects of numbers, and nothing deeper.  json-glib recurses.  */
#define MAX_DEPTH 8
/* A person reads no more of them.  */
#define MAX_DIAGNOSTICS 20
/* The unit of a stream's sizes; the logs have bytes, and the wire takes no finer one.  */
#define PAGE_BYTES 512
#define MAX_SECONDS 3e9
/* No more than a decoder has streams.  */
#define MAX_LANES 4096

typedef struct
{
  guint16 number; /* of its stream */
  gint64 first_ns;
  double first_elapsed; /* seconds; NAN: not given */
  gint64 last_ns;
  gboolean stopped;
} Lane;

/* One line.  Sizes and counts that are not there are negative, times NAN.  */
typedef struct
{
  guint32 pid;
  gint64 clock_us; /* local time, as if it were UTC; G_MININT64: none */
  double elapsed;
  double rss, faults, page_ins, user, system;
  const char *label;
} Entry;

struct _TideProcessLog
{
  TideDecoder *decoder;
  JsonParser *parser;
  GHashTable *lanes; /* pid -> Lane */
  GByteArray *pending;
  gboolean skipping; /* to the end of a line that is too long */
  guint64 line;
  gint64 begin_us; /* clock of the first line that has one; G_MININT64: none yet */
  TideBuffer frames;
  guint64 n_bad;
  GPtrArray *diagnostics;
};

gboolean
tide_process_log_sniff (const guint8 *data, gsize length)
{
  return length > 0 && memmem (data, length, TAG, strlen (TAG)) != NULL;
}

TideProcessLog *
tide_process_log_new (TideDecoder *decoder)
{
  TideProcessLog *self = g_new0 (TideProcessLog, 1);

  self->decoder = decoder;
  self->parser = json_parser_new_immutable ();
  self->lanes = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  self->pending = g_byte_array_new ();
  self->begin_us = G_MININT64;
  tide_buffer_init (&self->frames);
  self->diagnostics = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
tide_process_log_free (TideProcessLog *self)
{
  if (self == NULL)
    return;
  g_object_unref (self->parser);
  g_hash_table_unref (self->lanes);
  g_byte_array_unref (self->pending);
  tide_buffer_finish (&self->frames);
  g_ptr_array_unref (self->diagnostics);
  g_free (self);
}

const GPtrArray *
tide_process_log_get_diagnostics (TideProcessLog *self)
{
  return self->diagnostics;
}

static void
diagnose (TideProcessLog *self)
{
  g_autofree char *line = tide_format_count (self->line);

  self->n_bad++;
  if (self->n_bad <= MAX_DIAGNOSTICS)
    g_ptr_array_add (
        self->diagnostics,
        g_strdup_printf (_ ("Line %s of the process log is damaged or cut off, and was left out."), line));
}

/* Whether TEXT nests no deeper than honest lines do.  */
static gboolean
is_shallow (const char *text, gsize length)
{
  gboolean in_string = FALSE;
  guint depth = 0;

  for (gsize i = 0; i < length; i++)
    switch (text[i])
      {
      case '\\':
        i += in_string ? 1 : 0;
        break;
      case '"':
        in_string = !in_string;
        break;
      case '{':
      case '[':
        if (!in_string && ++depth > MAX_DEPTH)
          return FALSE;
        break;
      case '}':
      case ']':
        if (!in_string && depth > 0)
          depth--;
        break;
      default:
        break;
      }
  return TRUE;
}

/* A member that is a finite number, or OTHERWISE.  */
static double
get_number (JsonObject *object, const char *name, double otherwise)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;
  GType type =
      node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;
  double value = type == G_TYPE_INT64 || type == G_TYPE_DOUBLE ? json_node_get_double (node) : NAN;

  return isfinite (value) ? value : otherwise;
}

static JsonObject *
get_object (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static const char *
get_text (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
}

/* "2025-02-12 14:16:58.676195" in microseconds, as if it were UTC: between two such times no clock is put
 * forward.  G_MININT64: it is no time.  */
static gint64
parse_clock (const char *text)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) time = text != NULL ? g_date_time_new_from_iso8601 (text, utc) : NULL;

  return time != NULL ? g_date_time_to_unix (time) * G_USEC_PER_SEC + g_date_time_get_microsecond (time)
                      : G_MININT64;
}

static gboolean
read_entry (TideProcessLog *self, const char *text, gsize length, Entry *entry)
{
  JsonNode *root;
  JsonObject *object, *memory, *cpu;
  double pid;

  if (!is_shallow (text, length) || !json_parser_load_from_data (self->parser, text, (gssize)length, NULL))
    return FALSE;
  root = json_parser_get_root (self->parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return FALSE;
  object = json_node_get_object (root);
  memory = get_object (object, "memory_info");
  cpu = get_object (object, "cpu_times");
  pid = get_number (object, "pid", 0);
  entry->clock_us = parse_clock (get_text (object, "timestamp"));
  entry->elapsed = get_number (object, "elapsed_time", NAN);
  if (!(pid >= 1 && pid <= G_MAXINT32) || (entry->clock_us == G_MININT64 && isnan (entry->elapsed))
      || fabs (entry->elapsed) > MAX_SECONDS)
    return FALSE;
  entry->pid = (guint32)pid;
  entry->rss = get_number (memory, "rss", -1);
  entry->faults = get_number (memory, "pfaults", -1);
  entry->page_ins = get_number (memory, "pageins", -1);
  entry->user = get_number (cpu, "user", -1);
  entry->system = get_number (cpu, "system", -1);
  entry->label = get_text (object, "label");
  return TRUE;
}

/* Unix time of a local time.  */
static guint64
to_wall_ns (gint64 clock_us)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (clock_us / G_USEC_PER_SEC);
  g_autoptr (GDateTime) local =
      utc != NULL ? g_date_time_new_local (g_date_time_get_year (utc), g_date_time_get_month (utc),
                                           g_date_time_get_day_of_month (utc), g_date_time_get_hour (utc),
                                           g_date_time_get_minute (utc), g_date_time_get_second (utc))
                  : NULL;
  gint64 seconds = local != NULL ? g_date_time_to_unix (local) : 0;

  return seconds > 0 ? ((guint64)seconds * G_USEC_PER_SEC + (guint64)(clock_us % G_USEC_PER_SEC)) * 1000 : 0;
}

/* NULL: there are more processes than streams.  */
static Lane *
add_lane (TideProcessLog *self, const Entry *entry)
{
  TideHello hello = { .pid = entry->pid, .page_size = PAGE_BYTES };
  Lane *lane;

  if (g_hash_table_size (self->lanes) == MAX_LANES)
    return NULL;
  lane = g_new0 (Lane, 1);
  lane->number = (guint16)g_hash_table_size (self->lanes);
  lane->first_elapsed = entry->elapsed;
  if (self->begin_us == G_MININT64)
    self->begin_us = entry->clock_us;
  if (entry->clock_us != G_MININT64 && entry->clock_us > self->begin_us
      && (entry->clock_us - self->begin_us) / G_USEC_PER_SEC < (gint64)MAX_SECONDS)
    lane->first_ns = (entry->clock_us - self->begin_us) * 1000;
  g_hash_table_insert (self->lanes, GUINT_TO_POINTER (entry->pid), lane);
  if (self->begin_us != G_MININT64)
    hello.start_wall_ns = to_wall_ns (self->begin_us);
  hello.producer = (TideSlice){ TAG, strlen (TAG) };
  tide_put_hello (&self->frames, lane->number, &hello, NULL, 0);
  return lane;
}

/* By the age of the process where it is given: nobody sets that clock.  */
static gint64
time_of (TideProcessLog *self, const Lane *lane, const Entry *entry)
{
  double since = NAN;

  if (!isnan (entry->elapsed) && !isnan (lane->first_elapsed))
    since = entry->elapsed - lane->first_elapsed;
  else if (entry->clock_us != G_MININT64)
    return CLAMP (entry->clock_us - self->begin_us, 0, (gint64)MAX_SECONDS * G_USEC_PER_SEC) * 1000;
  return since > 0 ? lane->first_ns + (gint64)round (since * 1e9) : lane->last_ns;
}

static gboolean
hand_over (TideProcessLog *self, GError **error)
{
  gboolean ok = tide_decoder_push (self->decoder, self->frames.data, self->frames.length, error);

  tide_buffer_clear (&self->frames);
  return ok;
}

static gboolean
is_size (double value)
{
  return value >= 0 && value < 9e15;
}

static void
put_entry (TideProcessLog *self, Lane *lane, const Entry *entry)
{
  TideSample sample = { 0 };
  TideMarkInfo mark = { .kind = TIDE_MARK_MESSAGE };

  lane->last_ns = MAX (lane->last_ns, time_of (self, lane, entry));
  sample.time_ns = mark.time_ns = lane->last_ns;
  if (is_size (entry->rss))
    {
      sample.rss_pages = (guint64)(entry->rss / PAGE_BYTES);
      if (is_size (entry->faults) && is_size (entry->page_ins))
        {
          sample.parts |= TIDE_SAMPLE_FAULTS;
          sample.major_faults = (guint64)entry->page_ins;
          sample.minor_faults = (guint64)MAX (0, entry->faults - entry->page_ins);
        }
      if (entry->user >= 0 && entry->system >= 0 && entry->user + entry->system < MAX_SECONDS)
        {
          sample.parts |= TIDE_SAMPLE_CPU;
          sample.user_ns = (guint64)(entry->user * 1e9);
          sample.system_ns = (guint64)(entry->system * 1e9);
        }
      tide_put_sample (&self->frames, lane->number, &sample);
    }
  if (entry->label != NULL)
    {
      mark.rss_pages = sample.rss_pages;
      mark.text = (TideSlice){ entry->label, strlen (entry->label) };
      tide_put_mark (&self->frames, lane->number, &mark);
    }
}

/* A whole line without its end.  */
static gboolean
take_line (TideProcessLog *self, const char *line, gsize length, GError **error)
{
  const char *end = line + length, *at = memmem (line, length, TAG, strlen (TAG));
  gboolean stop = FALSE;
  Entry entry;
  Lane *lane;

  self->line++;
  if (at == NULL)
    return TRUE;
  at += strlen (TAG);
  if (end - at >= 6 && memcmp (at, "-START", 6) == 0)
    at += 6;
  else if (end - at >= 5 && memcmp (at, "-STOP", 5) == 0)
    {
      at += 5;
      stop = TRUE;
    }
  if (end - at < 2 || at[0] != ' ' || at[1] != '{')
    return TRUE;
  if (!read_entry (self, at + 1, (gsize)(end - at) - 1, &entry))
    {
      diagnose (self);
      return TRUE;
    }
  lane = g_hash_table_lookup (self->lanes, GUINT_TO_POINTER (entry.pid));
  if (lane == NULL)
    lane = add_lane (self, &entry);
  if (lane == NULL)
    {
      diagnose (self);
      return TRUE;
    }
  lane->stopped = stop;
  put_entry (self, lane, &entry);
  return hand_over (self, error);
}

gboolean
tide_process_log_push (TideProcessLog *self, const guint8 *data, gsize length, GError **error)
{
  while (length > 0)
    {
      const guint8 *newline = memchr (data, '\n', length);
      gsize n = newline != NULL ? (gsize)(newline - data) : length;

      if (!self->skipping && self->pending->len + n > MAX_LINE_BYTES)
        {
          /* One of another program, or no line at all.  */
          self->skipping = TRUE;
          g_byte_array_set_size (self->pending, 0);
        }
      if (!self->skipping)
        g_byte_array_append (self->pending, data, (guint)n);
      if (newline == NULL)
        break;
      if (self->skipping)
        {
          self->line++;
          self->skipping = FALSE;
        }
      else if (!take_line (self, (const char *)self->pending->data, self->pending->len, error))
        return FALSE;
      g_byte_array_set_size (self->pending, 0);
      data += n + 1;
      length -= n + 1;
    }
  return TRUE;
}

gboolean
tide_process_log_end (TideProcessLog *self, GError **error)
{
  GHashTableIter iter;
  gpointer value;

  if (self->pending->len > 0
      && !take_line (self, (const char *)self->pending->data, self->pending->len, error))
    return FALSE;
  g_byte_array_set_size (self->pending, 0);
  /* Not where they say STOP: that may stand before other lines, and nothing may come after the end.  */
  g_hash_table_iter_init (&iter, self->lanes);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const Lane *lane = value;
      TideBye bye = { .time_ns = lane->last_ns,
                      .kind = lane->stopped ? TIDE_END_DETACHED : TIDE_END_UNKNOWN };

      tide_put_bye (&self->frames, lane->number, &bye);
    }
  if (self->n_bad > MAX_DIAGNOSTICS)
    {
      g_autofree char *count = tide_format_count (self->n_bad);

      g_ptr_array_add (
          self->diagnostics,
          g_strdup_printf (_ ("In all, %s lines of the process log were left out as damaged or cut off."),
                           count));
    }
  return hand_over (self, error);
}
