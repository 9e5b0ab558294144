#include "config.h"

#include "tide-session-page.h"

#include "tide-details-view.h"
#include "tide-events-view.h"
#include "tide-fold-layout.h"
#include "tide-headline.h"
#include "tide-lines-view.h"
#include "tide-overview.h"
#include "tide-process-chooser.h"
#include "tide-resources.h"
#include "tide-status-bar.h"
#include "tide-timeline.h"
#include "tide-wrap-layout.h"

#include <glib/gi18n-lib.h>

struct _TideSessionPage
{
  GtkWidget parent;

  TideSession *session;
  GtkWidget *box;
  GtkBox *overview_box;
  TideHeadline *headline;
  GtkPaned *paned;
  GtkBox *timeline_box;
  GtkWidget *timeline; /* in it */
  GtkWidget *jump_button;
  GtkStackSwitcher *switcher;
  TideProcessChooser *process_chooser;
  GtkStack *stack;
  TideFunctionsView *functions_view;
  TideLinesView *lines_view;
  TideEventsView *events_view;
  TideOutputView *output_view;
  TideDetailsView *details_view;
  TideStatusBar *status_bar;
};

enum
{
  PROP_0,
  PROP_TAB,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (TideSessionPage, tide_session_page, GTK_TYPE_WIDGET)

static void
tide_session_page_visible_child (GtkStack *stack, GParamSpec *pspec, TideSessionPage *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TAB]);
}

static void
tide_session_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_TAB:
      g_value_set_string (value, tide_session_page_get_tab (TIDE_SESSION_PAGE (object)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
tide_session_page_dispose (GObject *object)
{
  TideSessionPage *self = TIDE_SESSION_PAGE (object);

  if (self->box != NULL)
    gtk_widget_unparent (g_steal_pointer (&self->box));
  g_clear_object (&self->session);
  G_OBJECT_CLASS (tide_session_page_parent_class)->dispose (object);
}

static void
tide_session_page_class_init (TideSessionPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  g_type_ensure (TIDE_TYPE_FUNCTIONS_VIEW);
  g_type_ensure (TIDE_TYPE_LINES_VIEW);
  g_type_ensure (TIDE_TYPE_EVENTS_VIEW);
  g_type_ensure (TIDE_TYPE_OUTPUT_VIEW);
  g_type_ensure (TIDE_TYPE_DETAILS_VIEW);
  g_type_ensure (TIDE_TYPE_FOLD_LAYOUT);
  g_type_ensure (TIDE_TYPE_WRAP_LAYOUT);
  g_type_ensure (TIDE_TYPE_HEADLINE);
  g_type_ensure (TIDE_TYPE_PROCESS_CHOOSER);
  g_type_ensure (TIDE_TYPE_STATUS_BAR);

  object_class->dispose = tide_session_page_dispose;
  object_class->get_property = tide_session_page_get_property;
  properties[PROP_TAB] =
      g_param_spec_string ("tab", NULL, NULL, "functions", G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, TIDE_RESOURCE_PATH "/tide-session-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TideSessionPage, box);
  gtk_widget_class_bind_template_child (widget_class, TideSessionPage, overview_box);
  gtk_widget_class_bind_template_child (widget_class, TideSessionPage, headline);
  gtk_widget_class_bind_template_child (widget_class, TideSessionPage, paned);
  gtk_widget_class_bind_template_child (widget_class, TideSessionPage, timeline_box);
  gtk_widget_class_bind_template_child (widget_class, TideSessionPage, jump_button);
  gtk_widget_class_bind_template_child (widget_class, TideSessionPage, stack);
  gtk_widget_class_bind_template_child (widget_class, TideSessionPage, switcher);
  gtk_widget_class_bind_template_child (widget_class, TideSessionPage, process_chooser);
  gtk_widget_class_bind_template_child (widget_class, TideSessionPage, functions_view);
  gtk_widget_class_bind_template_child (widget_class, TideSessionPage, lines_view);
  gtk_widget_class_bind_template_child (widget_class, TideSessionPage, events_view);
  gtk_widget_class_bind_template_child (widget_class, TideSessionPage, output_view);
  gtk_widget_class_bind_template_child (widget_class, TideSessionPage, details_view);
  gtk_widget_class_bind_template_child (widget_class, TideSessionPage, status_bar);
  gtk_widget_class_bind_template_callback (widget_class, tide_session_page_visible_child);
}

static void
tide_session_page_init (TideSessionPage *self)
{
  GtkLayoutManager *layout;

  gtk_widget_init_template (GTK_WIDGET (self));
  layout = gtk_widget_get_layout_manager (GTK_WIDGET (self->switcher));
  if (GTK_IS_BOX_LAYOUT (layout))
    gtk_box_layout_set_homogeneous (GTK_BOX_LAYOUT (layout), FALSE);
}

/* What is under the pointer stands in a label, too, for whoever cannot see or hit the card.  */
static void
tide_session_page_notify_readout (TideTimeline *timeline, GParamSpec *pspec, TideSessionPage *self)
{
  tide_status_bar_set_readout (self->status_bar, tide_timeline_get_readout (timeline));
}

/* Whoever looked back at what was finds the way to what is.  */
static void
tide_session_page_update_jump (TideSessionPage *self)
{
  gtk_widget_set_visible (self->jump_button, tide_session_get_state (self->session) == TIDE_SESSION_LIVE
                                                 && !tide_session_get_follow (self->session));
}

void
tide_session_page_set_session (TideSessionPage *self, TideSession *session)
{
  GtkWidget *overview, *timeline;

  g_return_if_fail (TIDE_IS_SESSION_PAGE (self));
  g_return_if_fail (self->session == NULL);

  self->session = g_object_ref (session);
  overview = tide_overview_new (session);
  timeline = self->timeline = tide_timeline_new (session);
  gtk_widget_set_hexpand (overview, TRUE);
  gtk_widget_set_hexpand (timeline, TRUE);
  gtk_widget_set_vexpand (timeline, TRUE);
  gtk_box_append (self->overview_box, overview);
  gtk_box_append (self->timeline_box, timeline);
  g_signal_connect_object (timeline, "notify::readout", G_CALLBACK (tide_session_page_notify_readout), self,
                           0);
  g_signal_connect_object (session, "notify::state", G_CALLBACK (tide_session_page_update_jump), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::follow", G_CALLBACK (tide_session_page_update_jump), self,
                           G_CONNECT_SWAPPED);
  tide_session_page_update_jump (self);
  tide_headline_set_session (self->headline, session);
  tide_functions_view_set_session (self->functions_view, session);
  tide_lines_view_set_session (self->lines_view, session);
  tide_events_view_set_session (self->events_view, session);
  tide_output_view_set_session (self->output_view, session);
  tide_details_view_set_session (self->details_view, session);
  tide_status_bar_set_session (self->status_bar, session);
  tide_process_chooser_set_session (self->process_chooser, session);
}

void
tide_session_page_set_settings (TideSessionPage *self, GSettings *settings)
{
  g_return_if_fail (TIDE_IS_SESSION_PAGE (self));

  tide_table_columns_set_settings (tide_functions_view_get_columns (self->functions_view), settings);
  tide_table_columns_set_settings (tide_lines_view_get_columns (self->lines_view), settings);
  tide_table_columns_set_settings (tide_events_view_get_columns (self->events_view), settings);
}

void
tide_session_page_find (TideSessionPage *self)
{
  g_return_if_fail (TIDE_IS_SESSION_PAGE (self));

  if (gtk_stack_get_visible_child (self->stack) == GTK_WIDGET (self->lines_view))
    {
      tide_lines_view_focus_filter (self->lines_view);
      return;
    }
  tide_session_page_set_tab (self, "functions");
  tide_functions_view_focus_filter (self->functions_view);
}

gboolean
tide_session_page_set_tab (TideSessionPage *self, const char *name)
{
  if (gtk_stack_get_child_by_name (self->stack, name) == NULL)
    return FALSE;
  gtk_stack_set_visible_child_name (self->stack, name);
  return TRUE;
}

const char *
tide_session_page_get_tab (TideSessionPage *self)
{
  const char *name = gtk_stack_get_visible_child_name (self->stack);

  return name != NULL ? name : "functions";
}

void
tide_session_page_focus_timeline (TideSessionPage *self)
{
  g_return_if_fail (TIDE_IS_SESSION_PAGE (self));

  gtk_widget_grab_focus (self->timeline);
}

TideFunctionsView *
tide_session_page_get_functions_view (TideSessionPage *self)
{
  return self->functions_view;
}

TideLinesView *
tide_session_page_get_lines_view (TideSessionPage *self)
{
  return self->lines_view;
}

TideEventsView *
tide_session_page_get_events_view (TideSessionPage *self)
{
  return self->events_view;
}

TideOutputView *
tide_session_page_get_output_view (TideSessionPage *self)
{
  return self->output_view;
}
