#pragma once

#include "tide-batch.h"
#include "tide-launch.h"
#include "tide-switch-frames.h"

G_BEGIN_DECLS

/* A measured program that runs: the helper, the channel that reads its frames, and the journal that keeps
 * them.
 *
 * The channel's thread reads the pipe, journals the bytes, decodes them and queues batches (a bounded queue:
 * a full one makes the helper drop and count).  The owner takes them with tide_target_pop() on the main
 * thread, a few milliseconds' worth a frame.
 *
 * Signals, on the main thread: "ready" when batches wait (once until they are taken), "ended" when the stream
 * is over and its journal is closed (after the last batch was queued).  */
#define TIDE_TYPE_TARGET (tide_target_get_type ())
G_DECLARE_FINAL_TYPE (TideTarget, tide_target, TIDE, TARGET, GObject)

/* Starts it.  JOURNAL_PATH: where the recording is written from its first second.  What LAUNCH does not
 * capture is the caller's own: descriptors, process group and ignored signals.  Destroying a live target
 * stops the measuring, not the program.  */
TideTarget *tide_target_launch (const TideLaunch *launch, const char *journal_path, GError **error);

TideBatch *tide_target_pop (TideTarget *self); /* transfer full, NULL: none waits */
gboolean tide_target_has_ended (TideTarget *self);
const char *tide_target_get_journal_path (TideTarget *self);
guint64 tide_target_get_journal_bytes (TideTarget *self);
/* What went wrong with the stream or the journal, or NULL.  Complete once "ended" was emitted.  */
const GError *tide_target_get_error (TideTarget *self);

/* To the program.  Nothing happens when it has ended.  */
void tide_target_send_signal (TideTarget *self, int signal_number);
void tide_target_suspend (TideTarget *self, gboolean suspend);
void tide_target_detach (TideTarget *self);
/* Starts and stops instruments of the process with number STREAM of the recording, or of all
 * (TIDE_STREAM_ALL); what comes of it is told as notes of the recording.  */
void tide_target_switch (TideTarget *self, guint stream, const TideSwitch *wish);
/* The share of the program's time that measuring may take, in thousandths; 0: any.  */
void tide_target_set_budget (TideTarget *self, guint thousandths);
/* The status with which the helper ended, which is the program's (128 + N after signal N) whatever became of
 * its stream; -1: unknown.  After "ended".  */
int tide_target_get_exit_status (TideTarget *self);
/* FALSE when the stream ended before its program said how it did: the figures at the end are missing.  After
 * "ended".  */
gboolean tide_target_is_whole (TideTarget *self);

/* Where the helper and the agent are: PAGETIDE_HELPER and PAGETIDE_AGENT in the environment (tests,
 * uninstalled), then the installed places.  NULL and an error when missing.  Transfer full.  */
char *tide_target_find_helper (GError **error);
char *tide_target_find_agent (GError **error);

G_END_DECLS
