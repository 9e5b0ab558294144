#include "config.h"

#include "tide-window-private.h"

#include "tide-color-scheme.h"
#include "tide-facts.h"
#include "tide-fold-layout.h"
#include "tide-format.h"
#include "tide-resources.h"
#include "tide-settings.h"

#include <glib/gi18n-lib.h>

/* What the pump may take of a frame of 16 ms; the rest is for layout and drawing.  */
#define PUMP_BUDGET_US 4000

G_DEFINE_FINAL_TYPE (TideWindow, tide_window, GTK_TYPE_APPLICATION_WINDOW)

void
tide_window_show_error (TideWindow *self, const char *what, const GError *error)
{
  g_autofree char *text = NULL;

  if (error != NULL && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  text = error != NULL ? g_strdup_printf ("%s: %s", what, error->message) : g_strdup (what);
  tide_message_bar_show (self->message_bar, TIDE_MESSAGE_ERROR, text, NULL, NULL);
}

static void
tide_window_update_title (TideWindow *self)
{
  g_autofree char *title = tide_session_dup_title (self->session);
  g_autofree char *subtitle = tide_session_dup_subtitle (self->session);
  gboolean empty =
      tide_session_get_state (self->session) == TIDE_SESSION_EMPTY || title == NULL || *title == '\0';
  g_autofree char *unsaved = NULL;

  if (!empty && tide_session_is_dirty (self->session)
      && tide_session_get_state (self->session) == TIDE_SESSION_ENDED)
    /* Translators: before the title of a recording that is not saved yet.  */
    unsaved = g_strdup_printf (_ ("• %s"), title);

  gtk_label_set_text (self->title, empty ? "Pagetide" : unsaved != NULL ? unsaved : title);
  gtk_label_set_text (self->subtitle, empty || subtitle == NULL ? "" : subtitle);
  gtk_widget_set_visible (GTK_WIDGET (self->subtitle), !empty && subtitle != NULL && *subtitle != '\0');
  gtk_window_set_title (GTK_WINDOW (self), empty ? "Pagetide" : title);
}

static void
tide_window_update_elapsed (TideWindow *self)
{
  TideSpan whole = tide_session_get_whole (self->session);
  g_autofree char *text = tide_format_time (MAX (whole.end_ns, 0), G_GINT64_CONSTANT (1000000000));

  if (g_strcmp0 (gtk_label_get_text (self->elapsed), text) != 0)
    gtk_label_set_text (self->elapsed, text);
}

static gboolean
tide_window_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  TideWindow *self = TIDE_WINDOW (widget);

  tide_session_pump (self->session, PUMP_BUDGET_US);
  tide_window_update_elapsed (self);
  return G_SOURCE_CONTINUE;
}

static void
tide_window_update_inhibit (TideWindow *self)
{
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (self));
  gboolean live = tide_session_get_state (self->session) == TIDE_SESSION_LIVE;
  gboolean wanted = !self->closing && (live || tide_session_is_dirty (self->session));

  if (application == NULL)
    return;
  if (wanted && self->inhibit == 0)
    self->inhibit =
        gtk_application_inhibit (application, GTK_WINDOW (self), GTK_APPLICATION_INHIBIT_LOGOUT,
                                 live ? _ ("A program is being measured") : _ ("A recording is not saved"));
  else if (!wanted && self->inhibit != 0)
    {
      gtk_application_uninhibit (application, self->inhibit);
      self->inhibit = 0;
    }
}

static void
tide_window_show_diagnostics (TideWindow *self)
{
  TideRecording *recording = tide_session_get_recording (self->session);
  guint n = recording != NULL ? tide_recording_get_n_diagnostics (recording) : 0;
  g_autofree char *text = NULL;

  if (n == 0)
    return;
  if (n == 1)
    text = g_strdup (tide_recording_get_diagnostic (recording, 0));
  else
    text =
        g_strdup_printf (ngettext ("%s (and %u more under Details)", "%s (and %u more under Details)", n - 1),
                         tide_recording_get_diagnostic (recording, 0), n - 1);
  tide_message_bar_show (self->message_bar, TIDE_MESSAGE_WARNING, text, _ ("Details"), "win.tab::details");
}

/* A program that the person stopped ended as it should.  */
static void
tide_window_show_bad_end (TideWindow *self)
{
  TideProcess *process = tide_session_get_process (self->session);
  g_autofree char *text = process != NULL ? tide_facts_bad_end (process) : NULL;

  if (text != NULL && !tide_session_is_stopping (self->session)
      && tide_session_get_error_text (self->session) == NULL)
    tide_message_bar_show (self->message_bar, TIDE_MESSAGE_WARNING, text, _ ("Show _Output"),
                           "win.tab::output");
}

/* What the header says of a live program, in words and not by colour alone.  */
static void
tide_window_update_live (TideWindow *self)
{
  gboolean live = tide_session_get_state (self->session) == TIDE_SESSION_LIVE;
  gboolean paused = live && tide_session_is_paused (self->session);
  gboolean stopping = live && tide_session_is_stopping (self->session);
  const char *state = stopping ? _ ("Stopping…") : paused ? _ ("Paused") : NULL;

  gtk_widget_set_visible (self->live, live);
  gtk_widget_set_visible (GTK_WIDGET (self->pause_button), live);
  gtk_widget_set_visible (GTK_WIDGET (self->stop_button), live);
  gtk_widget_set_visible (GTK_WIDGET (self->instruments_button), live);
  gtk_widget_set_visible (GTK_WIDGET (self->live_state), state != NULL);
  gtk_label_set_text (self->live_state, state != NULL ? state : "");
  if (paused)
    gtk_widget_add_css_class (self->live, "paused");
  else
    gtk_widget_remove_css_class (self->live, "paused");
  gtk_widget_set_tooltip_text (self->live, paused ? _ ("Measuring is paused; the program goes on")
                                                  : _ ("Recording: time since the start of the program"));
  gtk_button_set_label (GTK_BUTTON (self->pause_button), paused ? _ ("_Resume") : _ ("_Pause"));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->pause_button),
                               paused ? _ ("Measure again (Space)")
                                      : _ ("Measure nothing for a while; the program goes on (Space)"));
  gtk_button_set_label (self->stop_button, stopping ? _ ("_Kill") : _ ("_Stop"));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->stop_button),
                               stopping ? _ ("The program was asked to end; press again to kill it")
                                        : _ ("Ask the program to end; press again to kill it"));
}

static void
tide_window_state_changed (TideWindow *self)
{
  TideSessionState state = tide_session_get_state (self->session);
  static const char *const pages[] = {
    [TIDE_SESSION_EMPTY] = "start",
    [TIDE_SESSION_LOADING] = "loading",
    [TIDE_SESSION_LIVE] = "session",
    [TIDE_SESSION_ENDED] = "session",
  };

  gtk_stack_set_visible_child_name (self->stack, pages[state]);
  if (state == TIDE_SESSION_LIVE && self->tick == 0)
    self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), tide_window_tick, NULL, NULL);
  else if (state != TIDE_SESSION_LIVE && self->tick != 0)
    {
      gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick);
      self->tick = 0;
    }
  if (state == TIDE_SESSION_ENDED)
    tide_window_show_diagnostics (self);
  if (state == TIDE_SESSION_ENDED && self->was_live)
    tide_window_show_bad_end (self);
  self->was_live = state == TIDE_SESSION_LIVE;
  if (state == TIDE_SESSION_EMPTY)
    tide_start_page_refresh (self->start_page);
  /* Not the filter entry: Space is to pause.  */
  if (state == TIDE_SESSION_LIVE || state == TIDE_SESSION_ENDED)
    tide_session_page_focus_timeline (self->session_page);
  tide_window_leave_state_changed (self);
}

static void
tide_window_session_notify (TideSession *session, GParamSpec *pspec, TideWindow *self)
{
  const char *name = g_param_spec_get_name (pspec);

  /* These change with each frame; nothing here follows from them but what the actions say.  */
  if (g_str_equal (name, "visible-begin") || g_str_equal (name, "visible-end") || g_str_equal (name, "table")
      || g_str_equal (name, "computing"))
    return;

  if (g_str_equal (name, "state"))
    tide_window_state_changed (self);
  if (g_str_equal (name, "error-text"))
    {
      g_autofree char *text = NULL;

      g_object_get (session, "error-text", &text, NULL);
      if (text != NULL && *text != '\0')
        tide_message_bar_show (self->message_bar, TIDE_MESSAGE_ERROR, text, NULL, NULL);
    }
  tide_window_update_title (self);
  tide_window_update_live (self);
  tide_window_update_inhibit (self);
  tide_window_actions_update (self);
}

/* The stylesheet's data colours differ between light and dark.  */
static void
tide_window_update_dark (TideWindow *self)
{
  if (tide_color_scheme_is_dark (gtk_widget_get_settings (GTK_WIDGET (self))))
    gtk_widget_add_css_class (GTK_WIDGET (self), "dark");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "dark");
}

static gboolean
tide_window_close_request (GtkWindow *window)
{
  TideWindow *self = TIDE_WINDOW (window);

  if (self->closing)
    return GTK_WINDOW_CLASS (tide_window_parent_class)->close_request (window);
  tide_window_close_asking (self, NULL, NULL);
  return TRUE;
}

static void
tide_window_restore_size (TideWindow *self)
{
  if (self->settings == NULL)
    return;
  gtk_window_set_default_size (GTK_WINDOW (self), g_settings_get_int (self->settings, "window-width"),
                               g_settings_get_int (self->settings, "window-height"));
  if (g_settings_get_boolean (self->settings, "window-maximized"))
    gtk_window_maximize (GTK_WINDOW (self));
}

static void
tide_window_remember_size (TideWindow *self)
{
  int width, height;

  if (self->settings == NULL)
    return;
  /* Not the size that it has while it is maximized, but the one that it goes back to.  */
  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  g_settings_set_int (self->settings, "window-width", CLAMP (width, 320, 32767));
  g_settings_set_int (self->settings, "window-height", CLAMP (height, 240, 32767));
  g_settings_set_boolean (self->settings, "window-maximized", gtk_window_is_maximized (GTK_WINDOW (self)));
}

typedef struct
{
  TideWindowClosedFunc callback;
  gpointer user_data;
} TideClosing;

static void
tide_window_close_left (TideWindow *self, gboolean left, gpointer user_data)
{
  g_autofree TideClosing *closing = user_data;
  g_autoptr (TideWindow) alive G_GNUC_UNUSED = g_object_ref (self);

  if (left)
    {
      self->closing = TRUE;
      tide_window_remember_size (self);
      tide_session_close (self->session);
      tide_window_update_inhibit (self);
      gtk_window_destroy (GTK_WINDOW (self));
    }
  if (closing->callback != NULL)
    closing->callback (GTK_WINDOW (self), left, closing->user_data);
}

void
tide_window_close_asking (TideWindow *self, TideWindowClosedFunc callback, gpointer user_data)
{
  TideClosing *closing = g_new0 (TideClosing, 1);

  g_return_if_fail (TIDE_IS_WINDOW (self));

  closing->callback = callback;
  closing->user_data = user_data;
  tide_window_leave (self, tide_window_close_left, closing);
}

static void
tide_window_dispose (GObject *object)
{
  TideWindow *self = TIDE_WINDOW (object);

  if (self->tick != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick);
  self->tick = 0;
  if (self->loading != NULL)
    g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_clear_object (&self->session);
  g_clear_object (&self->prompter);
  g_clear_object (&self->recent);
  g_clear_object (&self->settings);
  if (self->instruments != NULL)
    gtk_window_destroy (self->instruments);
  G_OBJECT_CLASS (tide_window_parent_class)->dispose (object);
}

static void
tide_window_class_init (TideWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  tide_resources_ensure ();
  g_type_ensure (TIDE_TYPE_FOLD_LAYOUT);
  g_type_ensure (TIDE_TYPE_MESSAGE_BAR);
  g_type_ensure (TIDE_TYPE_START_PAGE);
  g_type_ensure (TIDE_TYPE_SESSION_PAGE);

  G_OBJECT_CLASS (klass)->dispose = tide_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = tide_window_close_request;

  gtk_widget_class_set_template_from_resource (widget_class, TIDE_RESOURCE_PATH "/tide-window.ui");
  gtk_widget_class_bind_template_child (widget_class, TideWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, TideWindow, message_bar);
  gtk_widget_class_bind_template_child (widget_class, TideWindow, start_page);
  gtk_widget_class_bind_template_child (widget_class, TideWindow, session_page);
  gtk_widget_class_bind_template_child (widget_class, TideWindow, title);
  gtk_widget_class_bind_template_child (widget_class, TideWindow, subtitle);
  gtk_widget_class_bind_template_child (widget_class, TideWindow, live);
  gtk_widget_class_bind_template_child (widget_class, TideWindow, live_state);
  gtk_widget_class_bind_template_child (widget_class, TideWindow, elapsed);
  gtk_widget_class_bind_template_child (widget_class, TideWindow, instruments_button);
  gtk_widget_class_bind_template_child (widget_class, TideWindow, stop_button);
  gtk_widget_class_bind_template_child (widget_class, TideWindow, pause_button);
  gtk_widget_class_bind_template_child (widget_class, TideWindow, open_button);
  gtk_widget_class_bind_template_child (widget_class, TideWindow, menu_button);
  gtk_widget_class_bind_template_child (widget_class, TideWindow, recent_menu);
  gtk_widget_class_bind_template_child (widget_class, TideWindow, progress);
  gtk_widget_class_bind_template_child (widget_class, TideWindow, progress_label);
  tide_window_actions_class_init (widget_class);
}

static void
tide_window_init (TideWindow *self)
{
  GtkSettings *settings = gtk_widget_get_settings (GTK_WIDGET (self));
  g_autofree char *dark = g_strconcat ("notify::", tide_color_scheme_property (settings), NULL);

  self->session = tide_session_new ();
  self->prompter = tide_prompter_new ();
  self->recent = tide_recent_new (NULL);
  self->settings = tide_settings_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  tide_window_restore_size (self);
  tide_session_page_set_session (self->session_page, self->session);
  tide_session_page_set_settings (self->session_page, self->settings);
  tide_window_actions_init (self);
  tide_window_open_init (self);
  tide_window_dnd_init (self);
  g_signal_connect (self->session, "notify", G_CALLBACK (tide_window_session_notify), self);
  g_signal_connect_object (settings, dark, G_CALLBACK (tide_window_update_dark), self, G_CONNECT_SWAPPED);
  tide_window_update_dark (self);
  tide_window_state_changed (self);
  tide_window_update_title (self);
  tide_window_update_live (self);
  tide_window_actions_update (self);
}

TideWindow *
tide_window_new (GtkApplication *application)
{
  return g_object_new (TIDE_TYPE_WINDOW, "application", application, NULL);
}

void
tide_window_set_prompter (TideWindow *self, TidePrompter *prompter)
{
  g_set_object (&self->prompter, prompter);
}

void
tide_window_set_recent (TideWindow *self, TideRecent *recent)
{
  g_set_object (&self->recent, recent);
}

TideSession *
tide_window_get_session (TideWindow *self)
{
  return self->session;
}

TideFunctionsView *
tide_window_get_functions_view (TideWindow *self)
{
  return tide_session_page_get_functions_view (self->session_page);
}

TideLinesView *
tide_window_get_lines_view (TideWindow *self)
{
  return tide_session_page_get_lines_view (self->session_page);
}

TideEventsView *
tide_window_get_events_view (TideWindow *self)
{
  return tide_session_page_get_events_view (self->session_page);
}

TideOutputView *
tide_window_get_output_view (TideWindow *self)
{
  return tide_session_page_get_output_view (self->session_page);
}

TideMessageBar *
tide_window_get_message_bar (TideWindow *self)
{
  return self->message_bar;
}
