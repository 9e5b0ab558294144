#include "tide-fold-layout.h"

/* Children beyond these are not shown.  */
#define MAX_CHILDREN 16

struct _TideFoldLayoutChild
{
  GtkLayoutChild parent;

  guint keep;
};

enum
{
  PROP_0,
  PROP_KEEP,
};

G_DEFINE_FINAL_TYPE (TideFoldLayoutChild, tide_fold_layout_child, GTK_TYPE_LAYOUT_CHILD)

static void
tide_fold_layout_child_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  TideFoldLayoutChild *self = TIDE_FOLD_LAYOUT_CHILD (object);

  if (id != PROP_KEEP)
    {
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      return;
    }
  self->keep = g_value_get_uint (value);
  gtk_layout_manager_layout_changed (gtk_layout_child_get_layout_manager (GTK_LAYOUT_CHILD (self)));
}

static void
tide_fold_layout_child_class_init (TideFoldLayoutChildClass *klass)
{
  G_OBJECT_CLASS (klass)->set_property = tide_fold_layout_child_set_property;
  g_object_class_install_property (G_OBJECT_CLASS (klass), PROP_KEEP,
                                   g_param_spec_uint ("keep", NULL, NULL, 0, TIDE_FOLD_KEEP_ALWAYS, 0,
                                                      G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS));
}

static void
tide_fold_layout_child_init (TideFoldLayoutChild *self)
{
}

struct _TideFoldLayout
{
  GtkLayoutManager parent;

  GtkOrientation orientation;
  int spacing;
};

enum
{
  PROP_LAYOUT_0,
  PROP_ORIENTATION,
  PROP_SPACING,
};

G_DEFINE_FINAL_TYPE (TideFoldLayout, tide_fold_layout, GTK_TYPE_LAYOUT_MANAGER)

typedef struct
{
  GtkWidget *widget;
  guint keep;
  gboolean expands;
  gboolean tried;
  gboolean shown;
  int size;
} TideFolded;

static guint
tide_fold_layout_get_keep (GtkLayoutManager *manager, GtkWidget *child)
{
  return TIDE_FOLD_LAYOUT_CHILD (gtk_layout_manager_get_layout_child (manager, child))->keep;
}

static GtkSizeRequestMode
tide_fold_layout_get_request_mode (GtkLayoutManager *manager, GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_CONSTANT_SIZE;
}

static void
tide_fold_layout_measure (GtkLayoutManager *manager,
                          GtkWidget *widget,
                          GtkOrientation orientation,
                          int for_size,
                          int *minimum,
                          int *natural,
                          int *minimum_baseline,
                          int *natural_baseline)
{
  TideFoldLayout *self = TIDE_FOLD_LAYOUT (manager);

  *minimum = *natural = 0;
  *minimum_baseline = *natural_baseline = -1;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      int child_minimum, child_natural;

      if (!gtk_widget_should_layout (child))
        continue;
      gtk_widget_measure (child, orientation, -1, &child_minimum, &child_natural, NULL, NULL);
      if (orientation == self->orientation)
        {
          if (tide_fold_layout_get_keep (manager, child) == TIDE_FOLD_KEEP_ALWAYS)
            *minimum += child_natural + (*minimum > 0 ? self->spacing : 0);
          *natural += child_natural + (*natural > 0 ? self->spacing : 0);
        }
      else
        {
          *minimum = MAX (*minimum, child_minimum);
          *natural = MAX (*natural, child_natural);
        }
    }
}

static guint
tide_fold_layout_collect (TideFoldLayout *self, GtkWidget *widget, TideFolded *children)
{
  GtkLayoutManager *manager = GTK_LAYOUT_MANAGER (self);
  guint n = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && n < MAX_CHILDREN;
       child = gtk_widget_get_next_sibling (child))
    {
      int minimum, natural;

      if (!gtk_widget_should_layout (child))
        continue;
      gtk_widget_measure (child, self->orientation, -1, &minimum, &natural, NULL, NULL);
      children[n] = (TideFolded){
        .widget = child,
        .keep = tide_fold_layout_get_keep (manager, child),
        .expands = gtk_widget_compute_expand (child, self->orientation),
      };
      children[n].size = children[n].expands ? minimum : natural;
      n++;
    }
  return n;
}

/* Chooses those that are shown, and gives what is left to those that expand.  Returns how much is left even
 * so.  */
static int
tide_fold_layout_choose (TideFoldLayout *self, TideFolded *children, guint n, int room)
{
  int used = 0, n_expand = 0;

  for (guint tried = 0; tried < n; tried++)
    {
      TideFolded *best = NULL;
      int size;

      for (guint i = 0; i < n; i++)
        {
          if (!children[i].tried && (best == NULL || children[i].keep > best->keep))
            best = &children[i];
        }
      best->tried = TRUE;
      size = best->size + (used > 0 ? self->spacing : 0);
      best->shown = used + size <= room;
      if (!best->shown)
        continue;
      used += size;
      n_expand += best->expands;
    }
  for (guint i = 0; i < n; i++)
    {
      if (children[i].shown && children[i].expands)
        {
          int share = (room - used) / n_expand--;

          children[i].size += share;
          used += share;
        }
    }
  return room - used;
}

static void
tide_fold_layout_allocate (GtkLayoutManager *manager, GtkWidget *widget, int width, int height, int baseline)
{
  TideFoldLayout *self = TIDE_FOLD_LAYOUT (manager);
  gboolean across = self->orientation == GTK_ORIENTATION_HORIZONTAL;
  gboolean rtl = across && gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  TideFolded children[MAX_CHILDREN];
  guint n = tide_fold_layout_collect (self, widget, children);
  int left = tide_fold_layout_choose (self, children, n, across ? width : height);
  /* Where some had to go, the others stay at their side.  */
  int at = across && gtk_widget_get_halign (widget) == GTK_ALIGN_END ? MAX (left, 0) : 0;

  for (guint i = 0; i < n; i++)
    {
      const TideFolded *child = &children[i];
      GtkAllocation place = { 0, 0, width, height };

      gtk_widget_set_child_visible (child->widget, child->shown);
      if (!child->shown)
        continue;
      if (across)
        {
          place.x = rtl ? width - at - child->size : at;
          place.width = child->size;
        }
      else
        {
          place.y = at;
          place.height = child->size;
        }
      gtk_widget_size_allocate (child->widget, &place, -1);
      at += child->size + self->spacing;
    }
}

static void
tide_fold_layout_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  TideFoldLayout *self = TIDE_FOLD_LAYOUT (object);

  switch (id)
    {
    case PROP_ORIENTATION:
      self->orientation = g_value_get_enum (value);
      break;
    case PROP_SPACING:
      self->spacing = g_value_get_int (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
  gtk_layout_manager_layout_changed (GTK_LAYOUT_MANAGER (self));
}

static void
tide_fold_layout_class_init (TideFoldLayoutClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkLayoutManagerClass *layout_class = GTK_LAYOUT_MANAGER_CLASS (klass);
  const GParamFlags flags = G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS;

  object_class->set_property = tide_fold_layout_set_property;
  g_object_class_install_property (
      object_class, PROP_ORIENTATION,
      g_param_spec_enum ("orientation", NULL, NULL, GTK_TYPE_ORIENTATION, GTK_ORIENTATION_HORIZONTAL, flags));
  g_object_class_install_property (object_class, PROP_SPACING,
                                   g_param_spec_int ("spacing", NULL, NULL, 0, 1000, 0, flags));
  layout_class->layout_child_type = TIDE_TYPE_FOLD_LAYOUT_CHILD;
  layout_class->get_request_mode = tide_fold_layout_get_request_mode;
  layout_class->measure = tide_fold_layout_measure;
  layout_class->allocate = tide_fold_layout_allocate;
}

static void
tide_fold_layout_init (TideFoldLayout *self)
{
}
