#include "config.h"

#include "tide-resources.h"

#include "tide-ui-resources.h"

void
tide_resources_ensure (void)
{
  static gboolean registered;

  if (!registered)
    {
      registered = TRUE;
      tide_ui_register_resource ();
    }
}
