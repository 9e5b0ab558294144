#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* CRC-32 as zlib, PNG and Ethernet have it (GLib has none).  Any thread; cannot fail.  */
guint32 tide_crc32 (const void *data, gsize length);

G_END_DECLS
