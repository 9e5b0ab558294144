#include "fuzz.h"

#include "tide-control.h"

#include <glib.h>
#include <signal.h>
#include <string.h>

/* Bytes of the control pipe, as the helper takes them.  */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  TideControlCommand command;
  TideControl control;

  tide_control_init (&control, -1);
  while (size > 0)
    {
      size_t n = MIN (size, sizeof control.data - control.length);

      /* As tide_control_read() does, without a pipe.  */
      memcpy (control.data + control.length, data, n);
      control.length += n;
      data += n;
      size -= n;
      while ((command = tide_control_next (&control)).kind != TIDE_CONTROL_NOTHING)
        {
          g_assert_cmpint (command.kind, <=, TIDE_CONTROL_BUDGET);
          if (command.kind == TIDE_CONTROL_SIGNAL)
            g_assert_true (command.signal_number > 0 && command.signal_number < NSIG);
          g_assert_cmpuint (command.thousandths, <=, TIDE_BUDGET_MAX);
        }
      /* What waits for its end leaves room for it, so that the reader is not stuck.  */
      g_assert_cmpuint (control.length, <, sizeof control.data);
    }
  tide_control_finish (&control);
  return 0;
}
