#include "config.h"

#include "tide-details-view.h"

#include "tide-facts.h"
#include "tide-format.h"
#include "tide-told.h"

#include <glib/gi18n-lib.h>

/* A command line of 3,000 characters is to be read, one of megabytes is not.  */
#define MAX_VALUE_CHARS 8000

struct _TideDetailsView
{
  GtkWidget parent;

  TideSession *session;
  GtkWidget *scroller;
  GtkGrid *grid;
  GPtrArray *names;  /* char *: what the grid shows … */
  GPtrArray *values; /* … so that it is built anew only when it has other rows */
  guint timeout;
};

G_DEFINE_FINAL_TYPE (TideDetailsView, tide_details_view, GTK_TYPE_WIDGET)

typedef struct
{
  GPtrArray *names, *values;
} TideFactList;

static void
tide_fact_list_add (TideFactList *list, const char *name, const char *value)
{
  char *shown;

  if (value == NULL || *value == '\0')
    return;
  shown = g_utf8_make_valid (value, -1);
  if (g_utf8_strlen (shown, -1) > MAX_VALUE_CHARS)
    {
      g_autofree char *head = g_utf8_substring (shown, 0, MAX_VALUE_CHARS);

      g_free (shown);
      shown = g_strconcat (head, "…", NULL);
    }
  g_ptr_array_add (list->names, g_strdup (name));
  g_ptr_array_add (list->values, shown);
}

static char *
tide_details_view_format_command (const TideProcessInfo *info)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (gsize i = 0; info->argv != NULL && info->argv[i] != NULL && text->len < 4 * MAX_VALUE_CHARS; i++)
    {
      g_autofree char *quoted =
          strpbrk (info->argv[i], " \t\n\"'\\$`*?;&|<>()") != NULL || *info->argv[i] == '\0'
              ? g_shell_quote (info->argv[i])
              : g_strdup (info->argv[i]);

      g_string_append_printf (text, "%s%s", i > 0 ? " " : "", quoted);
    }
  return g_strdup (text->str);
}

static void
tide_details_view_collect_program (TideFactList *list, TideProcess *process, gboolean live)
{
  const TideProcessInfo *info = tide_process_get_info (process);
  g_autofree char *command = tide_details_view_format_command (info);
  g_autofree char *pid = g_strdup_printf ("%u", info->pid);
  g_autofree char *parent = g_strdup_printf ("%u", info->parent_pid);
  g_autofree char *python =
      info->python_version != NULL ? g_strdup_printf ("CPython %s", info->python_version) : NULL;
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (info->start_wall_ns / 1000000000);
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_local (utc) : NULL;
  g_autofree char *started =
      local != NULL && info->start_wall_ns > 0 ? g_date_time_format (local, "%c") : NULL;
  g_autofree char *duration = tide_format_duration (tide_process_get_last_time (process));
  g_autofree char *page = tide_format_bytes (info->page_size);
  g_autofree char *end = tide_facts_end (process);

  tide_fact_list_add (list, _ ("Command"), command);
  tide_fact_list_add (list, _ ("Process"), pid);
  tide_fact_list_add (list, _ ("Parent process"), info->parent_pid > 0 ? parent : NULL);
  tide_fact_list_add (list, _ ("Python"), python);
  tide_fact_list_add (list, _ ("Interpreter"), info->executable);
  tide_fact_list_add (list, _ ("Directory"), info->directory);
  tide_fact_list_add (list, _ ("Computer"), info->host);
  tide_fact_list_add (list, _ ("Started"), started);
  tide_fact_list_add (list, _ ("Duration"), duration);
  if (end == NULL)
    end = g_strdup (live ? _ ("still running") : _ ("not recorded: the recording was cut"));
  tide_fact_list_add (list, _ ("End"), end);
  tide_fact_list_add (list, _ ("Memory page"), info->page_size > 0 ? page : NULL);
  tide_fact_list_add (list, _ ("Recorded by"), info->producer);
}

static void
tide_details_view_collect_measuring (TideFactList *list, TideProcess *process)
{
  TideInstrumentFact facts[TIDE_N_INSTRUMENT_FACTS];
  const TideCost *cost = tide_process_get_cost (process);
  g_autofree char *events = tide_format_count (tide_process_get_n_events (process));
  g_autofree char *samples = tide_format_count (tide_series_get_length (tide_process_get_rss (process)));
  g_autofree char *lost = tide_format_count ((guint64)MAX (tide_process_get_n_lost (process), 0));

  tide_facts_instruments (process, facts);
  for (guint i = 0; i < TIDE_N_INSTRUMENT_FACTS; i++)
    {
      g_autofree char *state = tide_facts_instrument_state (&facts[i]);

      if (tide_facts_instrument_matters (&facts[i]))
        tide_fact_list_add (list, tide_facts_instrument_name (facts[i].instrument), state);
    }
  tide_fact_list_add (list, _ ("Changes of RSS"), events);
  tide_fact_list_add (list, _ ("Readings of RSS"), samples);
  tide_fact_list_add (list, _ ("Events lost"), lost);
  if (cost != NULL)
    {
      g_autofree char *agent = tide_format_duration (cost->agent_ns);
      g_autofree char *cpu = tide_format_duration (cost->target_cpu_ns);
      g_autofree char *helper = tide_format_duration (cost->helper_ns);
      g_autofree char *bytes = tide_format_bytes ((guint64)MAX (cost->agent_bytes, 0));
      g_autofree char *text = g_strdup_printf (
          _ ("%s of the program’s %s of processor time, and %s of memory; outside it %s of processor time"),
          agent, cpu, bytes, helper);

      tide_fact_list_add (list, _ ("Cost of measuring"), text);
    }
}

static void
tide_details_view_collect (TideDetailsView *self, TideFactList *list)
{
  TideProcess *process = tide_session_get_process (self->session);
  TideRecording *recording = tide_session_get_recording (self->session);

  if (process != NULL)
    {
      tide_details_view_collect_program (list, process,
                                         tide_session_get_state (self->session) == TIDE_SESSION_LIVE);
      tide_details_view_collect_measuring (list, process);
      for (gsize i = 0; i < tide_process_get_n_notes (process); i++)
        {
          const TideNote *note = tide_process_get_note (process, i);
          g_autofree char *when = tide_format_time (note->time_ns, 100000000);
          g_autofree char *name = g_strdup_printf (_ ("Message at %s"), when);

          /* The page is for reading; a program that sends thousands of messages has them in its file.  */
          if (note->kind == TIDE_NOTE_MESSAGE && list->names->len < 200)
            tide_fact_list_add (list, name, tide_told (note->text));
        }
    }
  tide_fact_list_add (list, _ ("File"), tide_session_get_path (self->session));
  for (guint i = 0; recording != NULL && i < MIN (tide_recording_get_n_diagnostics (recording), 200); i++)
    tide_fact_list_add (list, _ ("Found while reading"), tide_recording_get_diagnostic (recording, i));
}

static gboolean
tide_details_view_same (GPtrArray *a, GPtrArray *b)
{
  gboolean same = a->len == b->len;

  for (guint i = 0; same && i < a->len; i++)
    same = g_str_equal (a->pdata[i], b->pdata[i]);
  return same;
}

static void
tide_details_view_fill (TideDetailsView *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->grid))) != NULL)
    gtk_grid_remove (self->grid, child);
  for (guint i = 0; i < self->names->len; i++)
    {
      GtkWidget *name = gtk_label_new (self->names->pdata[i]),
                *value = gtk_label_new (self->values->pdata[i]);

      gtk_label_set_xalign (GTK_LABEL (name), 1.0);
      gtk_label_set_yalign (GTK_LABEL (name), 0.0);
      gtk_widget_add_css_class (name, "dim");
      gtk_label_set_xalign (GTK_LABEL (value), 0.0);
      gtk_label_set_wrap (GTK_LABEL (value), TRUE);
      gtk_label_set_wrap_mode (GTK_LABEL (value), PANGO_WRAP_WORD_CHAR);
      gtk_label_set_selectable (GTK_LABEL (value), TRUE);
      gtk_widget_set_hexpand (value, TRUE);
      gtk_accessible_update_relation (GTK_ACCESSIBLE (value), GTK_ACCESSIBLE_RELATION_LABELLED_BY, name, NULL,
                                      -1);
      gtk_grid_attach (self->grid, name, 0, (int)i, 1, 1);
      gtk_grid_attach (self->grid, value, 1, (int)i, 1, 1);
    }
}

/* A label whose text stays keeps what somebody is selecting in it, and the keyboard.  */
static void
tide_details_view_rewrite (TideDetailsView *self)
{
  for (guint i = 0; i < self->values->len; i++)
    {
      GtkLabel *value = GTK_LABEL (gtk_grid_get_child_at (self->grid, 1, (int)i));

      if (!g_str_equal (gtk_label_get_text (value), self->values->pdata[i]))
        gtk_label_set_text (value, self->values->pdata[i]);
    }
}

static void
tide_details_view_update (TideDetailsView *self)
{
  gboolean same_names;
  TideFactList list = { g_ptr_array_new_with_free_func (g_free), g_ptr_array_new_with_free_func (g_free) };

  tide_details_view_collect (self, &list);
  same_names = tide_details_view_same (list.names, self->names);
  g_ptr_array_unref (self->names);
  g_ptr_array_unref (self->values);
  self->names = list.names;
  self->values = list.values;
  if (same_names)
    tide_details_view_rewrite (self);
  else
    tide_details_view_fill (self);
}

static gboolean
tide_details_view_time_out (gpointer user_data)
{
  TideDetailsView *self = user_data;

  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    tide_details_view_update (self);
  return G_SOURCE_CONTINUE;
}

static void
tide_details_view_notify (TideDetailsView *self)
{
  gboolean live = tide_session_get_state (self->session) == TIDE_SESSION_LIVE;

  if (live && self->timeout == 0)
    self->timeout = g_timeout_add_seconds (1, tide_details_view_time_out, self);
  else if (!live)
    g_clear_handle_id (&self->timeout, g_source_remove);
  tide_details_view_update (self);
}

void
tide_details_view_set_session (TideDetailsView *self, TideSession *session)
{
  g_return_if_fail (TIDE_IS_DETAILS_VIEW (self));
  g_return_if_fail (self->session == NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "notify::state", G_CALLBACK (tide_details_view_notify), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::process", G_CALLBACK (tide_details_view_notify), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::path", G_CALLBACK (tide_details_view_notify), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect (self, "map", G_CALLBACK (tide_details_view_update), NULL);
  tide_details_view_notify (self);
}

char *
tide_details_view_dup_text (TideDetailsView *self)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < self->names->len; i++)
    g_string_append_printf (text, "%s: %s\n", (char *)self->names->pdata[i], (char *)self->values->pdata[i]);
  return g_string_free (text, FALSE);
}

static void
tide_details_view_copy (GtkWidget *widget, const char *action, GVariant *parameter)
{
  g_autofree char *text = tide_details_view_dup_text (TIDE_DETAILS_VIEW (widget));

  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
}

static void
tide_details_view_dispose (GObject *object)
{
  TideDetailsView *self = TIDE_DETAILS_VIEW (object);

  g_clear_handle_id (&self->timeout, g_source_remove);
  g_clear_object (&self->session);
  if (self->scroller != NULL)
    gtk_widget_unparent (g_steal_pointer (&self->scroller));
  G_OBJECT_CLASS (tide_details_view_parent_class)->dispose (object);
}

static void
tide_details_view_finalize (GObject *object)
{
  TideDetailsView *self = TIDE_DETAILS_VIEW (object);

  g_ptr_array_unref (self->names);
  g_ptr_array_unref (self->values);
  G_OBJECT_CLASS (tide_details_view_parent_class)->finalize (object);
}

static void
tide_details_view_class_init (TideDetailsViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tide_details_view_dispose;
  G_OBJECT_CLASS (klass)->finalize = tide_details_view_finalize;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "details");
  gtk_widget_class_install_action (widget_class, "details.copy", NULL, tide_details_view_copy);
}

static void
tide_details_view_init (TideDetailsView *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12),
            *copy = gtk_button_new_with_mnemonic (_ ("_Copy All"));

  self->names = g_ptr_array_new_with_free_func (g_free);
  self->values = g_ptr_array_new_with_free_func (g_free);
  self->grid = GTK_GRID (gtk_grid_new ());
  gtk_grid_set_column_spacing (self->grid, 18);
  gtk_grid_set_row_spacing (self->grid, 6);
  gtk_widget_set_halign (copy, GTK_ALIGN_END);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (copy), "details.copy");
  gtk_box_append (GTK_BOX (box), copy);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->grid));
  gtk_widget_add_css_class (box, "details-box");

  self->scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scroller), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroller), box);
  gtk_widget_set_parent (self->scroller, GTK_WIDGET (self));
}
