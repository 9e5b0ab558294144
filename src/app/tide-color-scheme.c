#include "config.h"

#include "tide-color-scheme.h"

#define PORTAL_NAME "org.freedesktop.portal.Desktop"
#define PORTAL_PATH "/org/freedesktop/portal/desktop"
#define PORTAL_SETTINGS "org.freedesktop.portal.Settings"
#define APPEARANCE "org.freedesktop.appearance"

/* A boolean, deprecated in favour of an enumeration that GTK 4.8 does not know.  */
#define PREFER_DARK "gtk-application-prefer-dark-theme"
#define SCHEME "gtk-interface-color-scheme"

struct _TideColorScheme
{
  GObject parent;

  GtkSettings *settings;
  GDBusProxy *portal;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (TideColorScheme, tide_color_scheme, G_TYPE_OBJECT)

const char *
tide_color_scheme_property (GtkSettings *settings)
{
  return g_object_class_find_property (G_OBJECT_GET_CLASS (settings), SCHEME) != NULL ? SCHEME : PREFER_DARK;
}

/* The value of SCHEME for dark and light; its enumeration's class is there as long as that of the settings.
 */
static int
get_scheme (GtkSettings *settings, gboolean dark)
{
  GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (settings), SCHEME);
  GEnumClass *schemes = G_PARAM_SPEC_ENUM (pspec)->enum_class;

  return g_enum_get_value_by_nick (schemes, dark ? "dark" : "light")->value;
}

gboolean
tide_color_scheme_is_dark (GtkSettings *settings)
{
  const char *property = tide_color_scheme_property (settings);
  int value;

  g_object_get (settings, property, &value, NULL);
  return g_str_equal (property, SCHEME) ? value == get_scheme (settings, TRUE) : value != FALSE;
}

static void
set_dark (GtkSettings *settings, gboolean dark)
{
  const char *property = tide_color_scheme_property (settings);

  g_object_set (settings, property, g_str_equal (property, SCHEME) ? get_scheme (settings, dark) : dark,
                NULL);
}

gboolean
tide_color_scheme_parse (GVariant *value, gboolean *dark)
{
  g_autoptr (GVariant) inner = g_variant_ref (value);
  guint32 number;

  /* Read answers with a variant in a variant, SettingChanged with one.  */
  while (g_variant_is_of_type (inner, G_VARIANT_TYPE_VARIANT))
    {
      GVariant *next = g_variant_get_variant (inner);

      g_variant_unref (inner);
      inner = next;
    }
  if (!g_variant_is_of_type (inner, G_VARIANT_TYPE_UINT32))
    return FALSE;

  number = g_variant_get_uint32 (inner);
  *dark = number == 1;
  return number <= 2;
}

static void
tide_color_scheme_apply (TideColorScheme *self, GVariant *value)
{
  gboolean dark;

  if (tide_color_scheme_parse (value, &dark))
    set_dark (self->settings, dark);
}

static void
tide_color_scheme_signal (
    GDBusProxy *proxy, const char *sender, const char *signal, GVariant *parameters, TideColorScheme *self)
{
  const char *space, *key;
  g_autoptr (GVariant) value = NULL;

  if (!g_str_equal (signal, "SettingChanged") || !g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(ssv)")))
    return;
  g_variant_get (parameters, "(&s&s@v)", &space, &key, &value);
  if (g_str_equal (space, APPEARANCE) && g_str_equal (key, "color-scheme"))
    tide_color_scheme_apply (self, value);
}

static void
tide_color_scheme_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TideColorScheme) self = user_data;
  g_autoptr (GVariant) answer = g_dbus_proxy_call_finish (G_DBUS_PROXY (source), result, NULL);

  if (answer != NULL && g_variant_is_of_type (answer, G_VARIANT_TYPE ("(v)")))
    {
      g_autoptr (GVariant) value = g_variant_get_child_value (answer, 0);

      tide_color_scheme_apply (self, value);
    }
}

static void
tide_color_scheme_ready (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TideColorScheme) self = user_data;

  self->portal = g_dbus_proxy_new_for_bus_finish (result, NULL);
  if (self->portal == NULL)
    return;

  g_signal_connect_object (self->portal, "g-signal", G_CALLBACK (tide_color_scheme_signal), self, 0);
  g_dbus_proxy_call (self->portal, "Read", g_variant_new ("(ss)", APPEARANCE, "color-scheme"),
                     G_DBUS_CALL_FLAGS_NONE, 2000, self->cancellable, tide_color_scheme_read,
                     g_object_ref (self));
}

static void
tide_color_scheme_dispose (GObject *object)
{
  TideColorScheme *self = TIDE_COLOR_SCHEME (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->portal);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (tide_color_scheme_parent_class)->dispose (object);
}

static void
tide_color_scheme_class_init (TideColorSchemeClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tide_color_scheme_dispose;
}

static void
tide_color_scheme_init (TideColorScheme *self)
{
  self->cancellable = g_cancellable_new ();
}

TideColorScheme *
tide_color_scheme_new (GtkSettings *settings)
{
  TideColorScheme *self = g_object_new (TIDE_TYPE_COLOR_SCHEME, NULL);
  const char *wanted = g_getenv ("PAGETIDE_COLOR_SCHEME");

  self->settings = g_object_ref (settings);
  if (wanted != NULL)
    set_dark (settings, g_str_equal (wanted, "dark"));
  else
    g_dbus_proxy_new_for_bus (G_BUS_TYPE_SESSION, G_DBUS_PROXY_FLAGS_DO_NOT_LOAD_PROPERTIES, NULL,
                              PORTAL_NAME, PORTAL_PATH, PORTAL_SETTINGS, self->cancellable,
                              tide_color_scheme_ready, g_object_ref (self));
  return self;
}
