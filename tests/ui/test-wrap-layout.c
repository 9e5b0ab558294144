#include "tide-wrap-layout.h"
#include "ui-fixture.h"

/* Four children, 50 wide and 20 high, 8 apart in a line; lines are 6 apart.  */
static GtkWidget *
make_box (void)
{
  GtkWidget *box = g_object_new (GTK_TYPE_BOX, "layout-manager", tide_wrap_layout_new (), NULL);

  for (guint i = 0; i < 4; i++)
    {
      GtkWidget *child = gtk_drawing_area_new ();

      gtk_widget_set_size_request (child, 50, 20);
      gtk_box_append (GTK_BOX (box), child);
    }
  return g_object_ref_sink (box);
}

static GtkAllocation
place_of (GtkWidget *box, guint index)
{
  GtkWidget *child = gtk_widget_get_first_child (box);
  GtkAllocation place;

  while (index-- > 0)
    child = gtk_widget_get_next_sibling (child);
  gtk_widget_get_allocation (child, &place);
  return place;
}

static void
test_lines (void)
{
  static const struct
  {
    int width, height;
  } cases[] = { { 224, 20 }, { 223, 46 }, { 108, 46 }, { 107, 98 }, { 50, 98 } };
  g_autoptr (GtkWidget) box = make_box ();
  int minimum, natural;

  gtk_widget_measure (box, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &natural, NULL, NULL);
  g_assert_cmpint (minimum, ==, 50);
  g_assert_cmpint (natural, ==, 224);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gtk_widget_measure (box, GTK_ORIENTATION_VERTICAL, cases[i].width, &minimum, &natural, NULL, NULL);
      g_assert_cmpint (minimum, ==, cases[i].height);
      g_assert_cmpint (natural, ==, cases[i].height);
    }
  gtk_widget_size_allocate (box, &(GtkAllocation){ 0, 0, 120, 46 }, -1);
  g_assert_cmpint (place_of (box, 1).x, ==, 58);
  g_assert_cmpint (place_of (box, 1).y, ==, 0);
  g_assert_cmpint (place_of (box, 2).x, ==, 0);
  g_assert_cmpint (place_of (box, 2).y, ==, 26);
}

static void
test_expanding_and_hidden (void)
{
  g_autoptr (GtkWidget) box = make_box ();
  GtkWidget *second = gtk_widget_get_next_sibling (gtk_widget_get_first_child (box));

  gtk_widget_set_hexpand (second, TRUE);
  gtk_widget_size_allocate (box, &(GtkAllocation){ 0, 0, 300, 20 }, -1);
  g_assert_cmpint (place_of (box, 1).width, ==, 50 + 300 - 224);
  g_assert_cmpint (place_of (box, 3).x, ==, 250);
  gtk_widget_set_visible (second, FALSE);
  gtk_widget_size_allocate (box, &(GtkAllocation){ 0, 0, 300, 20 }, -1);
  g_assert_cmpint (place_of (box, 2).x, ==, 58);
}

static void
test_mirrored (void)
{
  g_autoptr (GtkWidget) box = make_box ();

  gtk_widget_set_direction (box, GTK_TEXT_DIR_RTL);
  gtk_widget_size_allocate (box, &(GtkAllocation){ 0, 0, 120, 46 }, -1);
  g_assert_cmpint (place_of (box, 0).x, ==, 70);
  g_assert_cmpint (place_of (box, 2).x, ==, 70);
}

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  g_test_add_func ("/wrap-layout/lines", test_lines);
  g_test_add_func ("/wrap-layout/expanding-and-hidden", test_expanding_and_hidden);
  g_test_add_func ("/wrap-layout/mirrored", test_mirrored);
  return g_test_run ();
}
