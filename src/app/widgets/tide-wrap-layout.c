#include "tide-wrap-layout.h"

#define SPACING 8
#define LINE_SPACING 6

struct _TideWrapLayout
{
  GtkLayoutManager parent;
};

G_DEFINE_FINAL_TYPE (TideWrapLayout, tide_wrap_layout, GTK_TYPE_LAYOUT_MANAGER)

typedef struct
{
  GtkWidget *first;
  GtkWidget *last;
  int used; /* width of its children and what is between them */
  int height;
  int n_expand;
} TideWrapLine;

/* How wide CHILD is in a line of WIDTH.  */
static int
tide_wrap_layout_child_width (GtkWidget *child, int width)
{
  int minimum, natural;

  gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &natural, NULL, NULL);
  return MAX (minimum, MIN (natural, width));
}

static GtkWidget *
tide_wrap_layout_next (GtkWidget *child)
{
  while (child != NULL && !gtk_widget_should_layout (child))
    child = gtk_widget_get_next_sibling (child);
  return child;
}

/* The line that begins with CHILD; returns the first child of the next, NULL: there is none.  */
static GtkWidget *
tide_wrap_layout_fill (GtkWidget *child, int width, TideWrapLine *line)
{
  *line = (TideWrapLine){ .first = child };
  for (; child != NULL; child = tide_wrap_layout_next (gtk_widget_get_next_sibling (child)))
    {
      int child_width = tide_wrap_layout_child_width (child, width), height;

      if (line->last != NULL && line->used + SPACING + child_width > width)
        return child;
      line->used += child_width + (line->last != NULL ? SPACING : 0);
      gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, child_width, NULL, &height, NULL, NULL);
      line->height = MAX (line->height, height);
      line->n_expand += gtk_widget_compute_expand (child, GTK_ORIENTATION_HORIZONTAL);
      line->last = child;
    }
  return NULL;
}

static GtkSizeRequestMode
tide_wrap_layout_get_request_mode (GtkLayoutManager *manager, GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
tide_wrap_layout_measure (GtkLayoutManager *manager,
                          GtkWidget *widget,
                          GtkOrientation orientation,
                          int for_size,
                          int *minimum,
                          int *natural,
                          int *minimum_baseline,
                          int *natural_baseline)
{
  GtkWidget *child = tide_wrap_layout_next (gtk_widget_get_first_child (widget));

  *minimum = *natural = 0;
  *minimum_baseline = *natural_baseline = -1;
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      for (; child != NULL; child = tide_wrap_layout_next (gtk_widget_get_next_sibling (child)))
        {
          int child_minimum, child_natural;

          gtk_widget_measure (child, orientation, -1, &child_minimum, &child_natural, NULL, NULL);
          *minimum = MAX (*minimum, child_minimum);
          *natural += child_natural + (*natural > 0 ? SPACING : 0);
        }
      return;
    }
  while (child != NULL)
    {
      TideWrapLine line;

      child = tide_wrap_layout_fill (child, for_size >= 0 ? for_size : G_MAXINT / 2, &line);
      *natural += line.height + (*natural > 0 ? LINE_SPACING : 0);
    }
  *minimum = *natural;
}

static void
tide_wrap_layout_place (GtkWidget *widget, const TideWrapLine *line, int width, int y)
{
  gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int spare = MAX (width - line->used, 0), n_expand = line->n_expand, x = 0;

  for (GtkWidget *child = line->first;; child = tide_wrap_layout_next (gtk_widget_get_next_sibling (child)))
    {
      int child_width = tide_wrap_layout_child_width (child, width);

      if (gtk_widget_compute_expand (child, GTK_ORIENTATION_HORIZONTAL))
        {
          int share = spare / n_expand--;

          child_width += share;
          spare -= share;
        }
      gtk_widget_size_allocate (
          child, &(GtkAllocation){ rtl ? width - x - child_width : x, y, child_width, line->height }, -1);
      x += child_width + SPACING;
      if (child == line->last)
        break;
    }
}

static void
tide_wrap_layout_allocate (GtkLayoutManager *manager, GtkWidget *widget, int width, int height, int baseline)
{
  GtkWidget *child = tide_wrap_layout_next (gtk_widget_get_first_child (widget));
  int y = 0;

  while (child != NULL)
    {
      TideWrapLine line;

      child = tide_wrap_layout_fill (child, width, &line);
      tide_wrap_layout_place (widget, &line, width, y);
      y += line.height + LINE_SPACING;
    }
}

static void
tide_wrap_layout_class_init (TideWrapLayoutClass *klass)
{
  GtkLayoutManagerClass *layout_class = GTK_LAYOUT_MANAGER_CLASS (klass);

  layout_class->get_request_mode = tide_wrap_layout_get_request_mode;
  layout_class->measure = tide_wrap_layout_measure;
  layout_class->allocate = tide_wrap_layout_allocate;
}

static void
tide_wrap_layout_init (TideWrapLayout *self)
{
}

GtkLayoutManager *
tide_wrap_layout_new (void)
{
  return g_object_new (TIDE_TYPE_WRAP_LAYOUT, NULL);
}
