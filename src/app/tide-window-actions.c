#include "config.h"

#include "tide-window-private.h"

#include "tide-compat.h"
#include "tide-instruments-dialog.h"
#include "tide-launch-dialog.h"

#include <glib/gi18n-lib.h>

/* A press of a zoom key: four of them double what is seen.  */
#define ZOOM_STEP 0.75

static void
launch_accepted (TideLaunchDialog *dialog, const TideLaunch *launch, TideWindow *self)
{
  tide_window_launch (self, launch);
}

static void
activate_launch (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TideWindow *self = user_data;
  TideLaunchDialog *dialog = tide_launch_dialog_new (GTK_WINDOW (self), self->prompter, self->recent);

  g_signal_connect_object (dialog, "launch", G_CALLBACK (launch_accepted), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
activate_open (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  tide_window_choose_and_open (user_data);
}

static void
activate_open_recent (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_autoptr (GFile) file = g_file_new_for_uri (g_variant_get_string (parameter, NULL));

  tide_window_open (user_data, file);
}

static void
activate_discard (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TideWindow *self = user_data;
  g_autoptr (GFile) file = g_file_new_for_uri (g_variant_get_string (parameter, NULL));
  g_autoptr (GError) error = NULL;

  if (!g_file_delete (file, NULL, &error))
    tide_window_show_error (self, _ ("The recording could not be discarded"), error);
  tide_start_page_refresh (self->start_page);
}

static void
activate_save_as (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  tide_window_save_as (user_data);
}

static void
activate_export_png (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  tide_window_export_picture (user_data);
}

static void
activate_export_csv (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  tide_window_export_table (user_data);
}

static void
activate_close_window (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  gtk_window_close (GTK_WINDOW (user_data));
}

static void
activate_close_recording_left (TideWindow *self, gboolean left, gpointer user_data)
{
  if (left)
    tide_session_close (self->session);
}

static void
activate_close_recording (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  tide_window_leave (user_data, activate_close_recording_left, NULL);
}

static void
activate_cancel_loading (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TideWindow *self = user_data;

  if (self->loading != NULL)
    g_cancellable_cancel (self->loading);
}

static void
activate_find (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TideWindow *self = user_data;

  tide_session_page_find (self->session_page);
}

static void
change_pause (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  TideWindow *self = user_data;

  tide_session_set_paused (self->session, g_variant_get_boolean (state));
}

/* One for each window; it stays open while the person looks at the tables.  */
static void
activate_instruments (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TideWindow *self = user_data;

  if (self->instruments == NULL)
    {
      self->instruments = GTK_WINDOW (tide_instruments_dialog_new (GTK_WINDOW (self), self->session));
      g_object_add_weak_pointer (G_OBJECT (self->instruments), (gpointer *)&self->instruments);
    }
  gtk_window_present (self->instruments);
}

static void
activate_stop (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TideWindow *self = user_data;

  tide_session_stop (self->session);
}

static void
activate_run_again (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TideWindow *self = user_data;
  const TideLaunch *launch = tide_session_get_launch (self->session);

  if (launch == NULL)
    launch = tide_recent_get_launch (self->recent, 0);
  if (launch != NULL)
    tide_window_launch (self, launch);
}

static void
activate_refresh (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TideWindow *self = user_data;

  tide_session_refresh (self->session);
}

static void
change_follow (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  TideWindow *self = user_data;

  tide_session_set_follow (self->session, g_variant_get_boolean (state));
}

static void
activate_jump_to_now (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TideWindow *self = user_data;

  tide_session_set_follow (self->session, TRUE);
}

static void
activate_fit (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TideWindow *self = user_data;

  tide_session_fit (self->session);
}

static void
tide_window_zoom (TideWindow *self, double factor)
{
  TideSpan visible = tide_session_get_visible (self->session);
  /* While it follows, now stays where it is; else the middle does.  */
  gint64 at = tide_session_get_follow (self->session)
                  ? visible.end_ns
                  : visible.begin_ns + (visible.end_ns - visible.begin_ns) / 2;

  tide_session_zoom (self->session, at, factor);
}

static void
activate_zoom_in (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  tide_window_zoom (user_data, ZOOM_STEP);
}

static void
activate_zoom_out (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  tide_window_zoom (user_data, 1.0 / ZOOM_STEP);
}

static void
activate_zoom_to_selection (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TideWindow *self = user_data;

  tide_session_zoom_to_selection (self->session);
}

static void
activate_clear_selection (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TideWindow *self = user_data;

  tide_session_clear_selection (self->session);
}

/* Escape undoes what narrows the view, one thing at a time: the selection, then the filter.  */
static void
activate_escape (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TideWindow *self = user_data;

  if (tide_session_has_selection (self->session))
    tide_session_clear_selection (self->session);
  else
    tide_session_set_filter (self->session, NULL);
}

static void
change_tab (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  TideWindow *self = user_data;

  if (tide_session_page_set_tab (self->session_page, g_variant_get_string (state, NULL)))
    g_simple_action_set_state (action, state);
}

static void
activate_menu (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TideWindow *self = user_data;

  gtk_menu_button_popup (self->menu_button);
}

static void
change_fullscreen (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  if (g_variant_get_boolean (state))
    gtk_window_fullscreen (GTK_WINDOW (user_data));
  else
    gtk_window_unfullscreen (GTK_WINDOW (user_data));
}

static void
activate_sample (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  tide_window_watch_sample (user_data);
}

static void
activate_copy_row (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  tide_functions_view_copy_row (tide_window_get_functions_view (user_data));
}

static void
activate_copy_table (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  tide_functions_view_copy_table (tide_window_get_functions_view (user_data));
}

/* The source file of the selected function, or NULL.  Transfer full.  */
static GFile *
tide_window_dup_source (TideWindow *self)
{
  const TideFunctionRow *row = tide_functions_view_get_selected (tide_window_get_functions_view (self));
  TideProcess *process = tide_session_get_process (self->session);

  if (row == NULL || *row->file == '\0' || *row->file == '<')
    return NULL;
  if (g_path_is_absolute (row->file))
    return g_file_new_for_path (row->file);
  if (process != NULL && tide_process_get_info (process)->directory != NULL)
    {
      g_autofree char *path = g_build_filename (tide_process_get_info (process)->directory, row->file, NULL);

      return g_file_new_for_path (path);
    }
  return NULL;
}

static void
activate_open_source (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TideWindow *self = user_data;
  g_autoptr (GFile) file = tide_window_dup_source (self);

  if (file == NULL || !g_file_query_exists (file, NULL))
    tide_window_show_error (self, _ ("The source file of this function is not on this computer"), NULL);
  else
    tide_compat_open_file (GTK_WINDOW (self), file);
}

static void
activate_show_source (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TideWindow *self = user_data;
  g_autoptr (GFile) file = tide_window_dup_source (self);

  if (file == NULL || !g_file_query_exists (file, NULL))
    tide_window_show_error (self, _ ("The source file of this function is not on this computer"), NULL);
  else
    tide_compat_show_in_folder (GTK_WINDOW (self), file);
}

static const GActionEntry window_actions[] = {
  { .name = "launch", .activate = activate_launch },
  { .name = "attach" },
  { .name = "open", .activate = activate_open },
  { .name = "open-recent", .activate = activate_open_recent, .parameter_type = "s" },
  { .name = "discard", .activate = activate_discard, .parameter_type = "s" },
  { .name = "save-as", .activate = activate_save_as },
  { .name = "export-png", .activate = activate_export_png },
  { .name = "export-csv", .activate = activate_export_csv },
  { .name = "close-window", .activate = activate_close_window },
  { .name = "close-recording", .activate = activate_close_recording },
  { .name = "cancel-loading", .activate = activate_cancel_loading },
  { .name = "find", .activate = activate_find },
  { .name = "pause", .state = "false", .change_state = change_pause },
  { .name = "instruments", .activate = activate_instruments },
  { .name = "stop", .activate = activate_stop },
  { .name = "run-again", .activate = activate_run_again },
  { .name = "refresh", .activate = activate_refresh },
  { .name = "follow", .state = "true", .change_state = change_follow },
  { .name = "jump-to-now", .activate = activate_jump_to_now },
  { .name = "fit", .activate = activate_fit },
  { .name = "zoom-in", .activate = activate_zoom_in },
  { .name = "zoom-out", .activate = activate_zoom_out },
  { .name = "zoom-to-selection", .activate = activate_zoom_to_selection },
  { .name = "clear-selection", .activate = activate_clear_selection },
  { .name = "escape", .activate = activate_escape },
  { .name = "tab", .parameter_type = "s", .state = "'functions'", .change_state = change_tab },
  { .name = "menu", .activate = activate_menu },
  { .name = "fullscreen", .state = "false", .change_state = change_fullscreen },
  { .name = "sample", .activate = activate_sample },
  { .name = "copy-row", .activate = activate_copy_row },
  { .name = "copy-table", .activate = activate_copy_table },
  { .name = "open-source", .activate = activate_open_source },
  { .name = "show-source", .activate = activate_show_source },
};

void
tide_window_set_action_enabled (TideWindow *self, const char *name, gboolean enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

void
tide_window_set_action_state (TideWindow *self, const char *name, GVariant *state)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), name);

  g_simple_action_set_state (G_SIMPLE_ACTION (action), state);
}

void
tide_window_actions_update (TideWindow *self)
{
  TideSessionState state = tide_session_get_state (self->session);
  gboolean live = state == TIDE_SESSION_LIVE, shown = live || state == TIDE_SESSION_ENDED;
  gboolean free = state != TIDE_SESSION_LOADING;
  gboolean selection = shown && tide_session_has_selection (self->session);
  const char *filter = tide_session_get_filter (self->session);
  gboolean can_repeat =
      tide_session_get_launch (self->session) != NULL || tide_recent_get_n_launches (self->recent) > 0;

  tide_window_set_action_enabled (self, "attach", FALSE);
  tide_window_set_action_enabled (self, "launch", free);
  tide_window_set_action_enabled (self, "open", free);
  tide_window_set_action_enabled (self, "open-recent", free);
  tide_window_set_action_enabled (self, "sample", free);
  tide_window_set_action_enabled (self, "run-again", free && can_repeat);
  tide_window_set_action_enabled (self, "cancel-loading", state == TIDE_SESSION_LOADING);
  tide_window_set_action_enabled (self, "save-as", shown);
  tide_window_set_action_enabled (self, "close-recording", shown);
  tide_window_set_action_enabled (self, "export-png", shown);
  tide_window_set_action_enabled (self, "export-csv", shown);
  tide_window_set_action_enabled (self, "find", shown);
  tide_window_set_action_enabled (self, "tab", shown);
  tide_window_set_action_enabled (self, "refresh", shown);
  tide_window_set_action_enabled (self, "pause", live);
  tide_window_set_action_enabled (self, "stop", live);
  tide_window_set_action_enabled (self, "follow", live);
  tide_window_set_action_enabled (self, "jump-to-now", live);
  tide_window_set_action_enabled (self, "fit", shown);
  tide_window_set_action_enabled (self, "zoom-in", shown);
  tide_window_set_action_enabled (self, "zoom-out", shown);
  tide_window_set_action_enabled (self, "zoom-to-selection", selection);
  tide_window_set_action_enabled (self, "clear-selection", selection);
  tide_window_set_action_enabled (self, "escape", selection || (filter != NULL && *filter != '\0'));
  tide_window_set_action_enabled (self, "copy-table", shown);
  tide_window_set_action_state (self, "pause",
                                g_variant_new_boolean (live && tide_session_is_paused (self->session)));
  tide_window_set_action_state (self, "follow",
                                g_variant_new_boolean (tide_session_get_follow (self->session)));
}

static void
tide_window_row_selected (TideFunctionsView *view, TideWindow *self)
{
  const TideFunctionRow *row = tide_functions_view_get_selected (view);
  gboolean file = row != NULL && *row->file != '\0' && *row->file != '<';

  tide_window_set_action_enabled (self, "copy-row", row != NULL);
  tide_window_set_action_enabled (self, "open-source", file);
  tide_window_set_action_enabled (self, "show-source", file);
}

static void
tide_window_tab_changed (TideSessionPage *page, GParamSpec *pspec, TideWindow *self)
{
  tide_window_set_action_state (self, "tab", g_variant_new_string (tide_session_page_get_tab (page)));
}

/* The window manager has a say, too.  */
static void
tide_window_fullscreen_changed (TideWindow *self)
{
  tide_window_set_action_state (self, "fullscreen",
                                g_variant_new_boolean (gtk_window_is_fullscreen (GTK_WINDOW (self))));
}

void
tide_window_actions_class_init (GtkWidgetClass *widget_class)
{
  /* Keys that a focused entry, list or button wants first.  */
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "win.escape", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_End, 0, "win.jump-to-now", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_plus, 0, "win.zoom-in", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_minus, 0, "win.zoom-out", NULL);
}

/* GtkWindow's own binding of Space, to activate what has the focus, is older than any of a class below it; a
 * controller comes before both.  */
static void
tide_window_add_space (TideWindow *self)
{
  GtkEventController *keys = gtk_shortcut_controller_new ();

  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (keys),
      gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_space, 0), gtk_named_action_new ("win.pause")));
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}

void
tide_window_actions_init (TideWindow *self)
{
  TideFunctionsView *view = tide_window_get_functions_view (self);

  tide_window_add_space (self);
  g_action_map_add_action_entries (G_ACTION_MAP (self), window_actions, G_N_ELEMENTS (window_actions), self);
  g_signal_connect_object (view, "row-selected", G_CALLBACK (tide_window_row_selected), self, 0);
  g_signal_connect_object (self->session_page, "notify::tab", G_CALLBACK (tide_window_tab_changed), self, 0);
  g_signal_connect (self, "notify::fullscreened", G_CALLBACK (tide_window_fullscreen_changed), NULL);
  tide_window_row_selected (view, self);
}
