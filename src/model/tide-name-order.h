#pragma once

#include "tide-process.h"

G_BEGIN_DECLS

/* Where each code stands when all are sorted by name and by place: comparing strings once, so that sorting a
 * table compares numbers. Internal to the model; immutable.
 *
 * By name: name (letter case counts only among equals), file, line.  By place: file name without its folder,
 * the whole path, line, name. Equal codes are in the order of their ids.  */
typedef struct
{
  gatomicrefcount ref_count;
  guint n_codes;
  guint32 *by_name, *by_place;       /* code ids, sorted           */
  guint32 *name_ranks, *place_ranks; /* of code id - 1, from 0 on   */
} TideNameOrder;

/* OLDER, which may be NULL, is an order of fewer codes of the same process: only what came since is sorted.
 */
TideNameOrder *tide_name_order_new (TideProcess *process, guint n_codes, const TideNameOrder *older);
TideNameOrder *tide_name_order_ref (TideNameOrder *self);
void tide_name_order_unref (TideNameOrder *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TideNameOrder, tide_name_order_unref)

G_END_DECLS
