#include "config.h"

#include "tide-about.h"

#include <cairo.h>
#include <glib/gi18n-lib.h>

void
tide_about_present (GtkWindow *parent)
{
  GtkWidget *dialog = gtk_about_dialog_new ();
  GtkAboutDialog *about = GTK_ABOUT_DIALOG (dialog);
  g_autofree char *os = g_get_os_info (G_OS_INFO_KEY_PRETTY_NAME);
  /* Left untranslated: it is there to be copied into a report.  */
  g_autofree char *system = g_strdup_printf (
      "Pagetide %s\nGTK %u.%u.%u\nGLib %u.%u.%u\ncairo %s\n%s", PAGETIDE_VERSION, gtk_get_major_version (),
      gtk_get_minor_version (), gtk_get_micro_version (), glib_major_version, glib_minor_version,
      glib_micro_version, cairo_version_string (), os != NULL ? os : "");

  gtk_about_dialog_set_program_name (about, "Pagetide");
  gtk_about_dialog_set_version (about, PAGETIDE_VERSION);
  gtk_about_dialog_set_logo_icon_name (about, PAGETIDE_APP_ID);
  gtk_about_dialog_set_comments (about, _ ("Shows where a Python program’s memory goes, while it runs"));
  gtk_about_dialog_set_license_type (about, GTK_LICENSE_MIT_X11);
  gtk_about_dialog_set_system_information (about, system);
  gtk_window_set_transient_for (GTK_WINDOW (dialog), parent);
  gtk_window_set_modal (GTK_WINDOW (dialog), parent != NULL);
  gtk_window_present (GTK_WINDOW (dialog));
}
