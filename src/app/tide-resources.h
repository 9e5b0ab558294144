#pragma once

#define TIDE_RESOURCE_PATH "/io/github/pagetide/Pagetide"

/* Makes the user interface files known to GTK.  A static library's own constructor would be left out by the
 * linker.  Main thread; may be called again.  */
void tide_resources_ensure (void);
