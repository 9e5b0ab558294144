#pragma once

#include <glib.h>

G_BEGIN_DECLS

guint tide_instruments_default (void); /* what a launch has when nobody chose */
/* Without the bits that this version does not know, with the sampler.  */
guint tide_instruments_known (guint instruments);

G_END_DECLS
