#include "tide-frame-meter.h"

#include <math.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* What a display of 60 Hz takes for a picture.  */
#define FRAME_MS (1000.0 / 60)

typedef struct
{
  guint n;
  double sum, worst;
} Figure;

struct _TideFrameMeter
{
  TideWindow *window;
  GdkFrameClock *clock;
  guint tick;

  gint64 begun_us;
  gsize first_event;
  gint64 frame_us, last_frame_us, frame_cpu_us;
  gint64 last_table_us;
  guint missed;
  Figure frame, frame_cpu, table;
};

/* The poll function and the wrapped pump have no user data.  */
static struct
{
  gint64 since_us, since_cpu_us;
  Figure hold, hold_cpu, pump;
} loop;

gboolean __real_tide_session_pump (TideSession *self, gint64 budget_us);
gboolean __wrap_tide_session_pump (TideSession *self, gint64 budget_us);

static void
add (Figure *figure, double value)
{
  figure->n++;
  figure->sum += value;
  figure->worst = MAX (figure->worst, value);
}

static double
mean (const Figure *figure)
{
  return figure->n > 0 ? figure->sum / figure->n : 0;
}

static gint64
get_cpu_us (void)
{
  struct timespec t;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &t);
  return t.tv_sec * G_USEC_PER_SEC + t.tv_nsec / 1000;
}

/* The linker gives the window this one for its own.  */
gboolean
__wrap_tide_session_pump (TideSession *self, gint64 budget_us)
{
  gint64 start = g_get_monotonic_time ();
  gboolean appended = __real_tide_session_pump (self, budget_us);

  add (&loop.pump, (g_get_monotonic_time () - start) / 1e3);
  return appended;
}

static gint
measured_poll (GPollFD *fds, guint n, gint timeout)
{
  gint ready;

  if (loop.since_us != 0)
    {
      add (&loop.hold, (g_get_monotonic_time () - loop.since_us) / 1e3);
      add (&loop.hold_cpu, (get_cpu_us () - loop.since_cpu_us) / 1e3);
    }
  ready = poll ((struct pollfd *)fds, n, timeout);
  loop.since_us = g_get_monotonic_time ();
  loop.since_cpu_us = get_cpu_us ();
  return ready;
}

static void
on_before_paint (GdkFrameClock *clock, TideFrameMeter *self)
{
  self->frame_us = g_get_monotonic_time ();
  self->frame_cpu_us = get_cpu_us ();
  if (self->last_frame_us != 0)
    self->missed += (guint)MAX (0, lround ((self->frame_us - self->last_frame_us) / 1e3 / FRAME_MS) - 1);
  self->last_frame_us = self->frame_us;
}

static void
on_after_paint (GdkFrameClock *clock, TideFrameMeter *self)
{
  if (self->frame_us == 0)
    return;
  add (&self->frame, (g_get_monotonic_time () - self->frame_us) / 1e3);
  add (&self->frame_cpu, (get_cpu_us () - self->frame_cpu_us) / 1e3);
  self->frame_us = 0;
}

static void
on_refreshed (TideFunctionSlots *slots, TideFrameMeter *self)
{
  gint64 now = g_get_monotonic_time ();

  if (self->last_table_us != 0)
    add (&self->table, (now - self->last_table_us) / 1e3);
  self->last_table_us = now;
}

static TideFunctionSlots *
get_slots (TideFrameMeter *self)
{
  return tide_functions_view_get_slots (tide_window_get_functions_view (self->window));
}

TideFrameMeter *
tide_frame_meter_new (TideWindow *window)
{
  TideFrameMeter *self = g_new0 (TideFrameMeter, 1);

  self->window = g_object_ref (window);
  self->clock = g_object_ref (gtk_widget_get_frame_clock (GTK_WIDGET (window)));
  g_signal_connect (self->clock, "before-paint", G_CALLBACK (on_before_paint), self);
  g_signal_connect (self->clock, "after-paint", G_CALLBACK (on_after_paint), self);
  g_signal_connect (get_slots (self), "refreshed", G_CALLBACK (on_refreshed), self);
  g_main_context_set_poll_func (NULL, measured_poll);
  return self;
}

void
tide_frame_meter_free (TideFrameMeter *self)
{
  g_main_context_set_poll_func (NULL, NULL);
  tide_frame_meter_keep_drawing (self, FALSE);
  g_signal_handlers_disconnect_by_data (self->clock, self);
  g_signal_handlers_disconnect_by_data (get_slots (self), self);
  g_object_unref (self->clock);
  g_object_unref (self->window);
  g_free (self);
}

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  return G_SOURCE_CONTINUE;
}

void
tide_frame_meter_keep_drawing (TideFrameMeter *self, gboolean drawing)
{
  if (drawing && self->tick == 0)
    self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self->window), on_tick, NULL, NULL);
  else if (!drawing && self->tick != 0)
    {
      gtk_widget_remove_tick_callback (GTK_WIDGET (self->window), self->tick);
      self->tick = 0;
    }
}

static gsize
get_n_events (TideFrameMeter *self)
{
  TideProcess *process = tide_session_get_process (tide_window_get_session (self->window));

  return process != NULL ? tide_process_get_n_events (process) : 0;
}

/* KEY of /proc/self/status, bytes.  */
static gint64
get_status (const char *key)
{
  g_autofree char *text = NULL;
  const char *at;

  if (!g_file_get_contents ("/proc/self/status", &text, NULL, NULL) || (at = strstr (text, key)) == NULL)
    return 0;
  return g_ascii_strtoll (at + strlen (key), NULL, 10) * 1024;
}

gint64
tide_frame_meter_get_peak_rss (void)
{
  return get_status ("VmHWM:");
}

void
tide_frame_meter_print_head (void)
{
  g_print ("%-34s %5s %5s %6s  %13s %13s  %13s %13s  %6s  %9s  %13s  %7s\n", "", "", "", "", "frame, ms",
           "of that CPU", "held, ms", "of that CPU", "pump", "events", "table, ms", "RSS");
  g_print ("%-34s %5s %5s %6s  %6s %6s %6s %6s  %6s %6s %6s %6s  %6s  %9s  %6s %6s  %7s\n", "", "s", "fps",
           "missed", "mean", "worst", "mean", "worst", "mean", "worst", "mean", "worst", "worst", "a second",
           "mean", "worst", "MiB");
}

void
tide_frame_meter_begin (TideFrameMeter *self)
{
  self->begun_us = g_get_monotonic_time ();
  self->first_event = get_n_events (self);
  self->frame_us = self->last_frame_us = self->last_table_us = 0;
  self->missed = 0;
  self->frame = self->frame_cpu = self->table = (Figure){ 0 };
  loop.hold = loop.hold_cpu = loop.pump = (Figure){ 0 };
}

void
tide_frame_meter_print (TideFrameMeter *self, const char *name)
{
  double seconds = (g_get_monotonic_time () - self->begun_us) / 1e6;
  gsize n_events = get_n_events (self);

  n_events -= MIN (self->first_event, n_events);
  g_print ("%-34s %5.1f %5.1f %6u  %6.1f %6.1f %6.1f %6.1f  %6.1f %6.1f %6.1f %6.1f  %6.1f  %9.0f  %6.0f "
           "%6.0f  %7.0f\n",
           name, seconds, self->frame.n / seconds, self->missed, mean (&self->frame), self->frame.worst,
           mean (&self->frame_cpu), self->frame_cpu.worst, mean (&loop.hold), loop.hold.worst,
           mean (&loop.hold_cpu), loop.hold_cpu.worst, loop.pump.worst, (double)n_events / seconds,
           mean (&self->table), self->table.worst, (double)get_status ("VmRSS:") / (1 << 20));
}
