#pragma once

/* Looks for commands of the helper, and whether the instruments still run.  Called where the interpreter took
 * memory, never from a signal handler.  May change errno.  */
void tide_agent_poll (void);
