#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* TEXT, which the agent, the helper or the program said, in the language of the person: what they say in
 * words of their own is translated, all else comes back as it is.  Not owned; lives as long as TEXT.  NULL
 * for NULL.  Any thread.  */
const char *tide_told (const char *text);

G_END_DECLS
