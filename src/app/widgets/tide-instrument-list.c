#include "config.h"

#include "tide-instrument-list.h"

#include "tide-facts.h"
#include "tide-format.h"

#include <glib/gi18n-lib.h>

typedef struct
{
  guint instrument; /* 0: not listed */
  GtkSwitch *toggle;
  GtkLabel *state;
  guint n_told;     /* by the process, when the switch was turned */
  gboolean waiting; /* for an answer */
} Row;

struct _TideInstrumentList
{
  GtkBox parent;

  guint shown;
  Row rows[TIDE_N_INSTRUMENT_FACTS];
  GtkSpinButton *trigger; /* KiB */
  GtkSpinButton *sample;  /* KiB */
  GtkSpinButton *budget;  /* percent */
  guint n_told[TIDE_N_INSTRUMENT_FACTS];
  gboolean filling;
};

enum
{
  PROP_SHOWN = 1,
  N_PROPS
};

enum
{
  SWITCHED,
  OPTIONS_CHANGED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (TideInstrumentList, tide_instrument_list, GTK_TYPE_BOX)

static GtkWidget *
new_label (const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 60);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  return label;
}

static void
tide_instrument_list_turned (GtkSwitch *toggle, GParamSpec *pspec, TideInstrumentList *self)
{
  gboolean on = gtk_switch_get_active (toggle);

  if (self->filling)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (self->rows); i++)
    {
      Row *row = &self->rows[i];

      if (row->toggle != toggle)
        continue;
      row->waiting = TRUE;
      row->n_told = self->n_told[i];
      g_signal_emit (self, signals[SWITCHED], 0, row->instrument, on);
    }
}

static void
tide_instrument_list_add_row (TideInstrumentList *self, Row *row, guint instrument)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *name = new_label (tide_facts_instrument_name (instrument), "strong");
  GtkWidget *purpose = NULL, *toggle = gtk_switch_new (), *state = new_label ("", "small");
  /* Translators: what an instrument is for, and its price ("Who took memory; at most 5 % slower").  */
  g_autofree char *text = g_strdup_printf (_ ("%s; %s"), tide_facts_instrument_purpose (instrument),
                                           tide_facts_instrument_price (instrument));

  purpose = new_label (text, "dim");
  gtk_widget_add_css_class (purpose, "small");
  gtk_widget_set_visible (state, FALSE);
  gtk_box_append (GTK_BOX (texts), name);
  gtk_box_append (GTK_BOX (texts), purpose);
  gtk_box_append (GTK_BOX (texts), state);
  gtk_widget_set_hexpand (texts, TRUE);
  gtk_widget_set_valign (toggle, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (toggle), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  tide_facts_instrument_name (instrument),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
  gtk_box_append (GTK_BOX (box), texts);
  gtk_box_append (GTK_BOX (box), toggle);
  gtk_box_append (GTK_BOX (self), box);
  *row = (Row){ .instrument = instrument, .toggle = GTK_SWITCH (toggle), .state = GTK_LABEL (state) };
  g_signal_connect (toggle, "notify::active", G_CALLBACK (tide_instrument_list_turned), self);
}

static void
tide_instrument_list_option_changed (TideInstrumentList *self)
{
  if (!self->filling)
    g_signal_emit (self, signals[OPTIONS_CHANGED], 0);
}

static GtkSpinButton *
tide_instrument_list_add_option (
    TideInstrumentList *self, GtkGrid *grid, int row, double most, double step, const char *text)
{
  GtkWidget *label = gtk_label_new_with_mnemonic (text),
            *spin = gtk_spin_button_new_with_range (0, most, step);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_label_set_mnemonic_widget (GTK_LABEL (label), spin);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (spin), GTK_ACCESSIBLE_RELATION_LABELLED_BY, label, NULL,
                                  -1);
  gtk_grid_attach (grid, label, 0, row, 1, 1);
  gtk_grid_attach (grid, spin, 1, row, 1, 1);
  g_signal_connect_swapped (spin, "value-changed", G_CALLBACK (tide_instrument_list_option_changed), self);
  return GTK_SPIN_BUTTON (spin);
}

static void
tide_instrument_list_constructed (GObject *object)
{
  TideInstrumentList *self = TIDE_INSTRUMENT_LIST (object);
  GtkWidget *grid = gtk_grid_new ();

  G_OBJECT_CLASS (tide_instrument_list_parent_class)->constructed (object);
  for (guint i = 0; i < G_N_ELEMENTS (self->rows); i++)
    {
      guint instrument = tide_facts_instrument_at (i);

      if (instrument != TIDE_INSTRUMENT_SAMPLER && (self->shown & instrument) != 0)
        tide_instrument_list_add_row (self, &self->rows[i], instrument);
    }
  gtk_grid_set_row_spacing (GTK_GRID (grid), 6);
  gtk_grid_set_column_spacing (GTK_GRID (grid), 12);
  self->trigger =
      tide_instrument_list_add_option (self, GTK_GRID (grid), 0, 1 << 30, 4,
                                       _ ("_Calls and lines only where RSS moved by so many KiB (0: all)"));
  self->sample =
      tide_instrument_list_add_option (self, GTK_GRID (grid), 1, 1 << 30, 64,
                                       _ ("_Distance of samples of Python bytes in KiB (0: by itself)"));
  self->budget = tide_instrument_list_add_option (
      self, GTK_GRID (grid), 2, 100, 1, _ ("_Most of the program’s time for measuring, in percent (0: any)"));
  gtk_spin_button_set_digits (self->budget, 1);
  gtk_box_append (GTK_BOX (self), grid);
}

static void
tide_instrument_list_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SHOWN)
    TIDE_INSTRUMENT_LIST (object)->shown = g_value_get_uint (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
tide_instrument_list_class_init (TideInstrumentListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = tide_instrument_list_constructed;
  object_class->set_property = tide_instrument_list_set_property;
  properties[PROP_SHOWN] =
      g_param_spec_uint ("shown", NULL, NULL, 0, G_MAXUINT, TIDE_INSTRUMENTS_OF_AGENT,
                         G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[SWITCHED] = g_signal_new ("switched", TIDE_TYPE_INSTRUMENT_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                    NULL, G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_BOOLEAN);
  signals[OPTIONS_CHANGED] = g_signal_new ("options-changed", TIDE_TYPE_INSTRUMENT_LIST, G_SIGNAL_RUN_LAST, 0,
                                           NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
tide_instrument_list_init (TideInstrumentList *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 10);
}

GtkWidget *
tide_instrument_list_new (guint shown)
{
  return g_object_new (TIDE_TYPE_INSTRUMENT_LIST, "shown", shown, NULL);
}

void
tide_instrument_list_set_chosen (TideInstrumentList *self, guint instruments)
{
  self->filling = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (self->rows); i++)
    if (self->rows[i].instrument != 0)
      gtk_switch_set_active (self->rows[i].toggle, (instruments & self->rows[i].instrument) != 0);
  self->filling = FALSE;
}

guint
tide_instrument_list_get_chosen (TideInstrumentList *self)
{
  guint instruments = 0;

  for (guint i = 0; i < G_N_ELEMENTS (self->rows); i++)
    if (self->rows[i].instrument != 0 && gtk_switch_get_active (self->rows[i].toggle))
      instruments |= self->rows[i].instrument;
  return instruments;
}

void
tide_instrument_list_set_options (TideInstrumentList *self, const TideInstrumentOptions *options)
{
  self->filling = TRUE;
  gtk_spin_button_set_value (self->trigger, (double)(options->trigger_bytes / 1024));
  gtk_spin_button_set_value (self->sample, (double)(options->sample_bytes / 1024));
  gtk_spin_button_set_value (self->budget, options->budget / 10.0);
  self->filling = FALSE;
}

TideInstrumentOptions
tide_instrument_list_get_options (TideInstrumentList *self)
{
  return (TideInstrumentOptions){ (guint64)gtk_spin_button_get_value_as_int (self->trigger) * 1024,
                                  (guint64)gtk_spin_button_get_value_as_int (self->sample) * 1024,
                                  (guint)(gtk_spin_button_get_value (self->budget) * 10 + 0.5) };
}

/* "on, ± 64 KiB; takes 1.2 % of the program’s time", "refused: The program blocks SIGTRAP."  */
static char *
dup_state (const TideInstrumentFact *fact, gboolean live)
{
  g_autofree char *state = tide_facts_instrument_state (fact);
  char *all;

  if (fact->state == TIDE_STATE_ON && fact->unit_bytes > 0)
    {
      g_autofree char *unit = tide_format_bytes ((guint64)fact->unit_bytes);

      /* Translators: the state of an instrument, and how far one of its figures may be off.  */
      all = g_strdup_printf (_ ("%s, ± %s"), state, unit);
      g_free (state);
      state = all;
    }
  if (fact->state == TIDE_STATE_ON && live && fact->share >= 0)
    {
      /* Translators: the state of an instrument, and its price.  */
      all = g_strdup_printf (_ ("%s; takes %.1f %% of the program’s time"), state, fact->share * 100);
      g_free (state);
      state = all;
    }
  return g_steal_pointer (&state);
}

void
tide_instrument_list_show_process (TideInstrumentList *self, TideProcess *process, gboolean live)
{
  TideInstrumentFact facts[TIDE_N_INSTRUMENT_FACTS] = { 0 };

  if (process != NULL)
    tide_facts_instruments (process, facts);
  self->filling = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (self->rows); i++)
    {
      Row *row = &self->rows[i];
      g_autofree char *text = facts[i].known ? dup_state (&facts[i], live) : NULL;

      self->n_told[i] = facts[i].n_told;
      if (row->instrument == 0)
        continue;
      /* What is refused again, or is off already, may have nothing new to tell.  */
      if (row->n_told != facts[i].n_told || !live)
        row->waiting = FALSE;
      if (!row->waiting)
        gtk_switch_set_active (row->toggle, process != NULL && facts[i].state == TIDE_STATE_ON);
      gtk_label_set_text (row->state, text != NULL ? text : "");
      gtk_widget_set_visible (GTK_WIDGET (row->state), text != NULL);
    }
  self->filling = FALSE;
}

GtkSwitch *
tide_instrument_list_get_switch (TideInstrumentList *self, guint instrument)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->rows); i++)
    if (self->rows[i].instrument == instrument)
      return self->rows[i].toggle;
  return NULL;
}

const char *
tide_instrument_list_get_state (TideInstrumentList *self, guint instrument)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->rows); i++)
    if (self->rows[i].instrument == instrument)
      return gtk_label_get_text (self->rows[i].state);
  return NULL;
}
