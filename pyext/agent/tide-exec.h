#pragma once

/* Programs that are executed with an environment of their own, as subprocess.run (..., env={}) has it:
 * execve(), execv() and posix_spawn() of libc, before which we stand, add to it what a Python needs to be
 * followed, where children are, and say that they did; so that program does not see it (tide-environment.h).
 * What other functions of libc execute (system(), execvp()) is followed if it inherits the environment.  */

/* From now on, if this program's environment lets those that it executes be followed.  Before
 * tide_environment_clean().  */
void tide_exec_follow (void);
