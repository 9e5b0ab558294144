#include "tide-fold-layout.h"
#include "ui-fixture.h"

/* A box of children that are 50 wide and 20 high; what is kept longest is said by KEEP, -1 ends the list. The
 * one at EXPANDS takes what is left, and may be 10 wide.  */
static GtkWidget *
make_box (const int *keep, int expands, GtkOrientation orientation)
{
  GtkLayoutManager *layout =
      g_object_new (TIDE_TYPE_FOLD_LAYOUT, "spacing", 5, "orientation", orientation, NULL);
  GtkWidget *box = g_object_new (GTK_TYPE_BOX, "layout-manager", layout, NULL);

  for (int i = 0; keep[i] >= 0; i++)
    {
      gboolean across = orientation == GTK_ORIENTATION_HORIZONTAL;
      GtkWidget *child = gtk_drawing_area_new ();

      gtk_widget_set_size_request (child, i == expands && across ? 10 : 50,
                                   i == expands && !across ? 10 : 20);
      gtk_widget_set_hexpand (child, i == expands && across);
      gtk_widget_set_vexpand (child, i == expands && !across);
      gtk_box_append (GTK_BOX (box), child);
      g_object_set (gtk_layout_manager_get_layout_child (layout, child), "keep", (guint)keep[i], NULL);
    }
  return g_object_ref_sink (box);
}

/* "x" for each child that is shown, "." for one that is not, at this size.  */
static char *
fold (GtkWidget *box, int width, int height)
{
  GString *shown = g_string_new (NULL);

  gtk_widget_size_allocate (box, &(GtkAllocation){ 0, 0, width, height }, -1);
  for (GtkWidget *child = gtk_widget_get_first_child (box); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    g_string_append_c (shown, gtk_widget_get_child_visible (child) ? 'x' : '.');
  return g_string_free (shown, FALSE);
}

static void
test_importance (void)
{
  static const int keep[] = { 2, 1, 3, -1 };
  static const struct
  {
    int width;
    const char *shown;
  } cases[] = {
    { 160, "xxx" }, { 159, "x.x" }, { 105, "x.x" }, { 104, "..x" },
    { 50, "..x" },  { 49, "..." },  { 0, "..." },
  };
  g_autoptr (GtkWidget) box = make_box (keep, -1, GTK_ORIENTATION_HORIZONTAL);
  int minimum, natural;

  gtk_widget_measure (box, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &natural, NULL, NULL);
  g_assert_cmpint (minimum, ==, 0);
  g_assert_cmpint (natural, ==, 160);
  gtk_widget_measure (box, GTK_ORIENTATION_VERTICAL, -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, ==, 20);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *shown = fold (box, cases[i].width, 20);

      g_assert_cmpstr (shown, ==, cases[i].shown);
    }
}

/* What must stay is in the minimum; what is hidden by its owner takes no room.  */
static void
test_always (void)
{
  static const int keep[] = { 9, TIDE_FOLD_KEEP_ALWAYS, -1 };
  g_autoptr (GtkWidget) box = make_box (keep, -1, GTK_ORIENTATION_HORIZONTAL);
  g_autofree char *narrow = NULL, *alone = NULL;
  int minimum;

  gtk_widget_measure (box, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, ==, 50);
  narrow = fold (box, 60, 20);
  g_assert_cmpstr (narrow, ==, ".x");
  gtk_widget_set_visible (gtk_widget_get_last_child (box), FALSE);
  gtk_widget_measure (box, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, ==, 0);
  alone = fold (box, 60, 20);
  g_assert_cmpint (alone[0], ==, 'x');
}

static void
test_expanding (void)
{
  static const int keep[] = { 1, 2, 3, -1 };
  g_autoptr (GtkWidget) box = make_box (keep, 2, GTK_ORIENTATION_HORIZONTAL);
  GtkWidget *last = gtk_widget_get_last_child (box);
  g_autofree char *wide = fold (box, 300, 20), *narrow = NULL;

  g_assert_cmpstr (wide, ==, "xxx");
  g_assert_cmpint (gtk_widget_get_width (last), ==, 300 - 2 * 55);
  narrow = fold (box, 80, 20);
  g_assert_cmpstr (narrow, ==, ".xx");
  g_assert_cmpint (gtk_widget_get_width (last), ==, 80 - 55);
}

static void
test_down (void)
{
  static const int keep[] = { 1, 2, 3, -1 };
  g_autoptr (GtkWidget) box = make_box (keep, 2, GTK_ORIENTATION_VERTICAL);
  GtkWidget *last = gtk_widget_get_last_child (box);
  g_autofree char *tall = fold (box, 50, 100), *low = NULL, *lowest = NULL;

  g_assert_cmpstr (tall, ==, "xxx");
  g_assert_cmpint (gtk_widget_get_height (last), ==, 100 - 2 * 25);
  low = fold (box, 50, 40);
  g_assert_cmpstr (low, ==, ".xx");
  g_assert_cmpint (gtk_widget_get_height (last), ==, 15);
  lowest = fold (box, 50, 0);
  g_assert_cmpstr (lowest, ==, "...");
}

static void
test_mirrored (void)
{
  static const int keep[] = { 1, 2, -1 };
  g_autoptr (GtkWidget) box = make_box (keep, -1, GTK_ORIENTATION_HORIZONTAL);
  GtkAllocation first;
  g_autofree char *shown = NULL;

  gtk_widget_set_direction (box, GTK_TEXT_DIR_RTL);
  shown = fold (box, 200, 20);
  g_assert_cmpstr (shown, ==, "xx");
  gtk_widget_get_allocation (gtk_widget_get_first_child (box), &first);
  g_assert_cmpint (first.x, ==, 150);
}

/* A box at the end of a line keeps what is left of it at the end.  */
static void
test_at_the_end (void)
{
  static const int keep[] = { 2, 1, -1 };
  g_autoptr (GtkWidget) box = make_box (keep, -1, GTK_ORIENTATION_HORIZONTAL);
  g_autofree char *shown = NULL;
  GtkAllocation first;

  gtk_widget_set_halign (box, GTK_ALIGN_END);
  shown = fold (box, 90, 20);
  g_assert_cmpstr (shown, ==, "x.");
  gtk_widget_get_allocation (gtk_widget_get_first_child (box), &first);
  g_assert_cmpint (first.x, ==, 40);
}

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  g_test_add_func ("/fold-layout/importance", test_importance);
  g_test_add_func ("/fold-layout/always", test_always);
  g_test_add_func ("/fold-layout/expanding", test_expanding);
  g_test_add_func ("/fold-layout/down", test_down);
  g_test_add_func ("/fold-layout/mirrored", test_mirrored);
  g_test_add_func ("/fold-layout/at-the-end", test_at_the_end);
  return g_test_run ();
}
