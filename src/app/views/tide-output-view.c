#include "config.h"

#include "tide-output-view.h"

#include "tide-console.h"
#include "tide-facts.h"
#include "tide-format.h"
#include "tide-resources.h"

#include <glib/gi18n-lib.h>

/* A text view takes some 20 ns for a byte; this keeps a step within a frame.  */
#define BYTES_A_STEP (256 * 1024)

struct _TideOutputView
{
  GtkWidget parent;

  TideSession *session;
  TideRecording *recording; /* whose "changed" is heard */
  TideProcess *process;     /* whose output is shown */
  gsize n_taken;            /* of its chunks */
  gboolean ended;           /* the last line stands */
  TideConsole *consoles[2];
  GtkTextTag *tag; /* of what is inserted now, NULL: stdout */
  guint idle;
  gboolean follow; /* the end of the output stays in sight … */
  gboolean moved;  /* … unless somebody has moved since the last step */
  gboolean typed;

  GtkWidget *box;
  GtkStack *stack;
  GtkLabel *empty;
  GtkLabel *cut;
  GtkScrolledWindow *scroller;
  GtkTextView *view;
  GtkTextBuffer *buffer;
  GtkTextTag *stderr_tag;
  GtkTextTag *end_tag;
};

G_DEFINE_FINAL_TYPE (TideOutputView, tide_output_view, GTK_TYPE_WIDGET)

static void
tide_output_view_insert (TideOutputView *self, const char *text, gsize length, GtkTextTag *tag)
{
  GtkTextIter end;

  gtk_text_buffer_get_end_iter (self->buffer, &end);
  if (tag != NULL)
    gtk_text_buffer_insert_with_tags (self->buffer, &end, text, (int)length, tag, NULL);
  else
    gtk_text_buffer_insert (self->buffer, &end, text, (int)length);
}

static void
tide_output_view_op (TideConsoleOp op, const char *text, gsize length, gpointer user_data)
{
  TideOutputView *self = user_data;

  if (op == TIDE_CONSOLE_RESTART)
    {
      GtkTextIter start, end;

      gtk_text_buffer_get_end_iter (self->buffer, &end);
      start = end;
      gtk_text_iter_set_line_offset (&start, 0);
      gtk_text_buffer_delete (self->buffer, &start, &end);
    }
  else
    tide_output_view_insert (self, text, length, self->tag);
}

static void
tide_output_view_bound (TideOutputView *self)
{
  int excess = gtk_text_buffer_get_char_count (self->buffer) - TIDE_OUTPUT_MAX_CHARS;
  GtkTextIter start, end;

  if (excess <= 0)
    return;
  gtk_text_buffer_get_start_iter (self->buffer, &start);
  /* A little more than must be, so that not each line costs a deletion.  */
  gtk_text_buffer_get_iter_at_offset (self->buffer, &end, excess + TIDE_OUTPUT_MAX_CHARS / 16);
  gtk_text_iter_forward_line (&end);
  gtk_text_buffer_delete (self->buffer, &start, &end);
  gtk_widget_set_visible (GTK_WIDGET (self->cut), TRUE);
}

static gboolean
tide_output_view_is_at_end (TideOutputView *self)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);

  return gtk_adjustment_get_value (adjustment) + gtk_adjustment_get_page_size (adjustment)
         >= gtk_adjustment_get_upper (adjustment) - 4.0;
}

static void
tide_output_view_scroll_to_end (TideOutputView *self)
{
  GtkTextIter end;

  gtk_text_buffer_get_end_iter (self->buffer, &end);
  gtk_text_buffer_place_cursor (self->buffer, &end);
  gtk_text_view_scroll_to_mark (self->view, gtk_text_buffer_get_insert (self->buffer), 0.0, FALSE, 0.0, 1.0);
}

/* Where the text is seen to be says nothing: GTK measures new lines later than they come, and what flows fast
 * is always ahead of that.  Only what a person does begins or ends the following.  */
static void
tide_output_view_update_follow (TideOutputView *self)
{
  GtkTextIter cursor;

  if (!self->moved)
    return;
  gtk_text_buffer_get_iter_at_mark (self->buffer, &cursor, gtk_text_buffer_get_insert (self->buffer));
  self->follow = tide_output_view_is_at_end (self) || (self->typed && gtk_text_iter_is_end (&cursor));
  self->moved = self->typed = FALSE;
}

static gboolean
tide_output_view_event (TideOutputView *self, GdkEvent *event)
{
  switch ((int)gdk_event_get_event_type (event))
    {
    case GDK_KEY_PRESS:
      self->typed = TRUE;
      self->moved = TRUE;
      break;
    case GDK_BUTTON_PRESS:
    case GDK_TOUCH_BEGIN:
      /* Nothing moves under a hand.  */
      self->follow = self->moved = FALSE;
      break;
    case GDK_BUTTON_RELEASE:
    case GDK_TOUCH_END:
    case GDK_SCROLL:
      self->moved = TRUE;
      break;
    default:
      break;
    }
  return GDK_EVENT_PROPAGATE;
}

/* TRUE when something is left for the next step.  */
static gboolean
tide_output_view_step (TideOutputView *self)
{
  gsize budget = BYTES_A_STEP, n = tide_process_get_n_outputs (self->process);

  while (self->n_taken < n && budget > 0)
    {
      const TideOutputChunk *chunk = tide_process_get_output (self->process, self->n_taken++);
      gsize size;
      const guint8 *bytes = g_bytes_get_data (chunk->bytes, &size);

      self->tag = chunk->descriptor == 2 ? self->stderr_tag : NULL;
      tide_console_feed (self->consoles[chunk->descriptor == 2 ? 1 : 0], bytes, size, tide_output_view_op,
                         self);
      budget -= MIN (budget, size);
    }
  tide_output_view_bound (self);
  return self->n_taken < n;
}

/* Chunks that would be thrown away at once are not even looked at.  */
static void
tide_output_view_skip (TideOutputView *self)
{
  gsize n = tide_process_get_n_outputs (self->process), kept = n, bytes = 0;

  while (kept > self->n_taken && bytes <= TIDE_OUTPUT_MAX_CHARS)
    bytes += g_bytes_get_size (tide_process_get_output (self->process, --kept)->bytes);
  if (kept > self->n_taken)
    {
      self->n_taken = kept;
      gtk_text_buffer_set_text (self->buffer, "", 0);
      gtk_widget_set_visible (GTK_WIDGET (self->cut), TRUE);
    }
}

static void
tide_output_view_add_end (TideOutputView *self)
{
  g_autofree char *how = tide_facts_end (self->process);
  g_autofree char *text = NULL;
  GtkTextIter end;

  if (self->ended || how == NULL)
    return;
  self->ended = TRUE;
  gtk_text_buffer_get_end_iter (self->buffer, &end);
  /* Translators: the last line of the output pane; %s: "exited with status 0".  */
  text =
      g_strdup_printf (_ ("%s[The program %s]\n"), gtk_text_iter_get_line_offset (&end) > 0 ? "\n" : "", how);
  tide_output_view_insert (self, text, strlen (text), self->end_tag);
}

static void
tide_output_view_update_empty (TideOutputView *self)
{
  gboolean any = gtk_text_buffer_get_char_count (self->buffer) > 0;

  gtk_stack_set_visible_child_name (self->stack, any ? "text" : "empty");
  if (!any)
    gtk_label_set_text (
        self->empty,
        tide_session_get_state (self->session) == TIDE_SESSION_LIVE
            ? _ ("The program has not written anything yet")
            : _ ("The recording holds no output: the program wrote to a terminal, or nothing at all"));
}

static gboolean
tide_output_view_update (gpointer user_data)
{
  TideOutputView *self = user_data;
  gboolean more;

  if (self->process == NULL)
    {
      self->idle = 0;
      return G_SOURCE_REMOVE;
    }
  tide_output_view_update_follow (self);
  tide_output_view_skip (self);
  more = tide_output_view_step (self);
  if (!more)
    tide_output_view_add_end (self);
  tide_output_view_update_empty (self);
  if (self->follow)
    tide_output_view_scroll_to_end (self);
  if (!more)
    self->idle = 0;
  return more ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void
tide_output_view_queue (TideOutputView *self)
{
  if (self->idle == 0 && self->process != NULL
      && (self->n_taken < tide_process_get_n_outputs (self->process)
          || (!self->ended && tide_process_get_end (self->process) != NULL)))
    self->idle = g_idle_add (tide_output_view_update, self);
}

static void
tide_output_view_notify_process (TideOutputView *self)
{
  TideRecording *recording = tide_session_get_recording (self->session);
  /* All that the processes of a program write comes by way of the first one.  */
  TideProcess *process = recording != NULL ? tide_recording_get_process (recording, 0) : NULL;

  if (self->process == process)
    return;
  g_set_object (&self->process, process);
  self->n_taken = 0;
  self->ended = FALSE;
  self->follow = TRUE;
  self->moved = self->typed = FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (self->consoles); i++)
    {
      tide_console_free (self->consoles[i]);
      self->consoles[i] = tide_console_new ();
    }
  gtk_text_buffer_set_text (self->buffer, "", 0);
  gtk_widget_set_visible (GTK_WIDGET (self->cut), FALSE);
  tide_output_view_update_empty (self);
  tide_output_view_queue (self);
}

static void
tide_output_view_notify_recording (TideOutputView *self)
{
  TideRecording *recording = tide_session_get_recording (self->session);

  if (self->recording == recording)
    return;
  if (self->recording != NULL)
    g_signal_handlers_disconnect_by_data (self->recording, self);
  g_set_object (&self->recording, recording);
  if (recording != NULL)
    g_signal_connect_swapped (recording, "changed", G_CALLBACK (tide_output_view_queue), self);
}

static void
tide_output_view_notify_state (TideOutputView *self)
{
  tide_output_view_update_empty (self);
  tide_output_view_queue (self);
}

void
tide_output_view_set_session (TideOutputView *self, TideSession *session)
{
  g_return_if_fail (TIDE_IS_OUTPUT_VIEW (self));
  g_return_if_fail (self->session == NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "notify::recording", G_CALLBACK (tide_output_view_notify_recording), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::process", G_CALLBACK (tide_output_view_notify_process), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::state", G_CALLBACK (tide_output_view_notify_state), self,
                           G_CONNECT_SWAPPED);
  tide_output_view_notify_recording (self);
  tide_output_view_notify_process (self);
  tide_output_view_update_empty (self);
}

char *
tide_output_view_dup_text (TideOutputView *self)
{
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (self->buffer, &start, &end);
  return gtk_text_buffer_get_text (self->buffer, &start, &end, FALSE);
}

static void
tide_output_view_dispose (GObject *object)
{
  TideOutputView *self = TIDE_OUTPUT_VIEW (object);

  g_clear_handle_id (&self->idle, g_source_remove);
  if (self->recording != NULL)
    g_signal_handlers_disconnect_by_data (self->recording, self);
  g_clear_object (&self->recording);
  g_clear_object (&self->process);
  g_clear_object (&self->session);
  if (self->box != NULL)
    gtk_widget_unparent (g_steal_pointer (&self->box));
  G_OBJECT_CLASS (tide_output_view_parent_class)->dispose (object);
}

static void
tide_output_view_finalize (GObject *object)
{
  TideOutputView *self = TIDE_OUTPUT_VIEW (object);

  for (guint i = 0; i < G_N_ELEMENTS (self->consoles); i++)
    tide_console_free (self->consoles[i]);
  G_OBJECT_CLASS (tide_output_view_parent_class)->finalize (object);
}

static void
tide_output_view_class_init (TideOutputViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tide_output_view_dispose;
  G_OBJECT_CLASS (klass)->finalize = tide_output_view_finalize;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, TIDE_RESOURCE_PATH "/tide-output-view.ui");
  gtk_widget_class_bind_template_child (widget_class, TideOutputView, box);
  gtk_widget_class_bind_template_child (widget_class, TideOutputView, stack);
  gtk_widget_class_bind_template_child (widget_class, TideOutputView, empty);
  gtk_widget_class_bind_template_child (widget_class, TideOutputView, cut);
  gtk_widget_class_bind_template_child (widget_class, TideOutputView, scroller);
  gtk_widget_class_bind_template_child (widget_class, TideOutputView, view);
}

static void
tide_output_view_init (TideOutputView *self)
{
  GtkEventController *events = gtk_event_controller_legacy_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_event_controller_set_propagation_phase (events, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (events, "event", G_CALLBACK (tide_output_view_event), self);
  gtk_widget_add_controller (GTK_WIDGET (self->scroller), events);
  self->buffer = gtk_text_view_get_buffer (self->view);
  /* Between the orange of growth on light and on dark: it can be read on both; the slant says the same
   * without colour.  */
  self->stderr_tag = gtk_text_buffer_create_tag (self->buffer, "stderr", "foreground", "#d75a1a", "style",
                                                 PANGO_STYLE_ITALIC, NULL);
  self->end_tag = gtk_text_buffer_create_tag (self->buffer, "end", "foreground", "#7a7a7a", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (self->consoles); i++)
    self->consoles[i] = tide_console_new ();
}
