#pragma once

#include "tide-session.h"

/* A recording of one process, "train.py", with N_EVENTS events: one each millisecond, each of one MiB, in
 * turn charged to load() and parse(), after a first sample at time 0.  */
TideRecording *fixture_recording (guint n_events);
/* The same as a file that is closed and whole.  */
void fixture_write (const char *path, guint n_events);

/* A folder that fixture_remove() takes away with all that lies in it.  */
char *fixture_folder (void);
void fixture_remove (const char *folder);

/* Runs the main context until no table is computed.  */
void fixture_settle (TideSession *session);
