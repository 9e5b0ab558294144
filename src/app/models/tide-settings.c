#include "config.h"

#include "tide-settings.h"

GSettings *
tide_settings_new (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema =
      source != NULL ? g_settings_schema_source_lookup (source, PAGETIDE_APP_ID, TRUE) : NULL;

  /* g_settings_new() would end the program; one of another version has other keys.  */
  if (schema == NULL || !g_settings_schema_has_key (schema, "tables"))
    return NULL;
  return g_settings_new_full (schema, NULL, NULL);
}
