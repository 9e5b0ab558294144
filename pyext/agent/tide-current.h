#pragma once

/* Where CPython keeps the current thread state of the calling thread, as the function that tells it,
 * GET_CURRENT, says in its machine code: a variable of the process's up to 3.11, one of the thread's since,
 * so this is asked once in each thread.  What is there can be read without a call.  NULL: the code is none of
 * those that are known.  */
void *const *tide_current_find (void *(*get_current) (void));
