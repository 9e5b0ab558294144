#pragma once

#include "tide-batch.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Turns wire bytes into batches.  Bytes may come in pieces of any size.  Any one thread at a time.  Every
 * byte is taken for hostile: the decoder gives an error at the first thing no honest writer makes, keeps what
 * came before, and takes nothing after it.  Unknown frame types are skipped.  */
typedef struct _TideDecoder TideDecoder;

TideDecoder *tide_decoder_new (void);
void tide_decoder_free (TideDecoder *self);

/* FALSE and ERROR at the first bad frame.  */
gboolean tide_decoder_push (TideDecoder *self, const guint8 *data, gsize length, GError **error);
/* What was decoded since the last call, in order (batches of several streams alternate); NULL when there is
 * nothing.  Transfer full.  */
TideBatch *tide_decoder_pop (TideDecoder *self);
/* Bytes of an unfinished frame that wait for their rest.  */
gsize tide_decoder_get_pending (TideDecoder *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TideDecoder, tide_decoder_free)

G_END_DECLS
