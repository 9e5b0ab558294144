#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Whole blocks through zlib.  Any thread.  */

/* Appends DATA, compressed, to OUT.  */
void tide_zlib_compress (const guint8 *data, gsize length, GByteArray *out);
/* DATA must unpack to exactly RAW_LENGTH bytes; never makes more.  NULL when it does not.  Transfer full
 * (g_free).  */
guint8 *tide_zlib_uncompress (const guint8 *data, gsize length, gsize raw_length);

G_END_DECLS
