#include "one-frame.h"

#include "tide-switch-frames.h"

static void
test_switch (void)
{
  static const TideSwitch cases[] = {
    { .on = TIDE_INSTRUMENT_BYTES, .off = TIDE_INSTRUMENT_FAULTS },
    { .parts = TIDE_SWITCH_TRIGGER, .trigger_bytes = G_MAXUINT64 },
    { .on = G_MAXUINT32,
      .parts = TIDE_SWITCH_TRIGGER | TIDE_SWITCH_SAMPLE,
      .trigger_bytes = 0,
      .sample_bytes = 9 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      TideBuffer buffer;
      TideSlice payload;
      TideSwitch out;

      tide_buffer_init (&buffer);
      tide_put_switch (&buffer, TIDE_STREAM_ALL, &cases[i]);
      payload = payload_of (&buffer, TIDE_FRAME_SWITCH, 0xffff);
      g_assert_true (tide_get_switch (payload, &out));
      g_assert_cmpuint (out.on, ==, cases[i].on);
      g_assert_cmpuint (out.off, ==, cases[i].off);
      g_assert_cmpuint (out.parts, ==, cases[i].parts);
      g_assert_cmpuint (out.trigger_bytes, ==, cases[i].trigger_bytes);
      g_assert_cmpuint (out.sample_bytes, ==, cases[i].sample_bytes);
      assert_no_prefix (payload, tide_get_switch, &out);
      tide_buffer_finish (&buffer);
    }
}

static void
test_budget (void)
{
  TideBuffer buffer;
  guint32 thousandths;

  tide_buffer_init (&buffer);
  tide_put_budget (&buffer, 3, 50);
  g_assert_true (tide_get_budget (payload_of (&buffer, TIDE_FRAME_BUDGET, 3), &thousandths));
  g_assert_cmpuint (thousandths, ==, 50);
  g_assert_false (tide_get_budget ((TideSlice){ "", 0 }, &thousandths));
  tide_buffer_clear (&buffer);
  tide_put_budget (&buffer, 3, TIDE_BUDGET_MAX + 1);
  g_assert_false (tide_get_budget (payload_of (&buffer, TIDE_FRAME_BUDGET, 3), &thousandths));
  tide_buffer_finish (&buffer);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/switch-frames/switch", test_switch);
  g_test_add_func ("/wire/switch-frames/budget", test_budget);
  return g_test_run ();
}
