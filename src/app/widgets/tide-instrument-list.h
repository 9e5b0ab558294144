#pragma once

#include "tide-instruments.h"
#include "tide-process.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The instruments, one below the other: what each is for, what it costs, whether it is on and why not, with a
 * switch; below them how they measure.
 *
 * Property "shown": TideInstrument bits of those that are listed, at construction; the sampler is none of
 * them.  Signals: "switched" (guint instrument, gboolean on) by the person, "options-changed" likewise.  */
#define TIDE_TYPE_INSTRUMENT_LIST (tide_instrument_list_get_type ())
G_DECLARE_FINAL_TYPE (TideInstrumentList, tide_instrument_list, TIDE, INSTRUMENT_LIST, GtkBox)

GtkWidget *tide_instrument_list_new (guint shown);

/* Before a launch: which are chosen.  */
void tide_instrument_list_set_chosen (TideInstrumentList *self, guint instruments);
guint tide_instrument_list_get_chosen (TideInstrumentList *self);

void tide_instrument_list_set_options (TideInstrumentList *self, const TideInstrumentOptions *options);
TideInstrumentOptions tide_instrument_list_get_options (TideInstrumentList *self);

/* What PROCESS (NULL: none) tells of each.  LIVE: the switches follow what is on, but for those that were
 * just turned and are not answered.  */
void tide_instrument_list_show_process (TideInstrumentList *self, TideProcess *process, gboolean live);

/* For tests: the switch of an instrument and what is said of its state.  */
GtkSwitch *tide_instrument_list_get_switch (TideInstrumentList *self, guint instrument);
const char *tide_instrument_list_get_state (TideInstrumentList *self, guint instrument);

G_END_DECLS
