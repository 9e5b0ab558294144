#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Which strings, and which functions, were met before under another id.  Internal to the model; one thread.
 *
 * A program that loads the same code twice gives the same function two ids; for the person it is one.  The
 * hashes are seeded, so that nobody can make a recording whose names all collide.  */
typedef struct _TideInterner TideInterner;

TideInterner *tide_interner_new (void);
void tide_interner_free (TideInterner *self);

/* The id under which an equal STRING was first given, or ID, which it then has.  STRING is borrowed for good.
 */
guint32 tide_interner_add_string (TideInterner *self, const char *string, guint32 id);
/* The same for a function; FILE and NAME are ids that tide_interner_add_string() returned.  */
guint32
tide_interner_add_function (TideInterner *self, guint32 file, guint32 name, guint32 first_line, guint32 id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TideInterner, tide_interner_free)

G_END_DECLS
