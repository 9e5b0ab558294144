#pragma once

#include <glib.h>

G_BEGIN_DECLS

guint tide_instruments_default (void); /* what a launch has when nobody chose */
guint tide_instruments_known (
    guint instruments); /* without the bits that this version does not know, with the sampler */

G_END_DECLS
