#pragma once

#include <stdbool.h>
#include <stdint.h>

/* One change of the target's environment, in the order in which it was given.  */
typedef struct
{
  const char *assignment; /* "K=V", or "K" to unset it */
  bool unset;
} TideEnvironmentChange;

#define TIDE_OPTIONS_MAX_OPENER 8

/* What the command line asks for.  Strings belong to argv.  */
typedef struct
{
  const char *agent;
  const char *directory;
  char **command; /* NULL-terminated, program first */
  TideEnvironmentChange *changes;
  uint32_t n_changes;
  int frames_fd;
  int control_fd; /* -1: none */
  uint32_t instruments;
  int64_t interval_ns;
  const char *opener[TIDE_OPTIONS_MAX_OPENER + 1]; /* starts `pagetide-helper grant` with more rights */
  uint32_t n_opener;
  uint64_t trigger_bytes; /* as in TideSwitch */
  uint64_t sample_bytes;
  uint32_t budget; /* thousandths; 0: any */
  bool capture;
  bool children;

  /* A process that runs already and asked for it, instead of COMMAND.  */
  bool join;
  int pid;
  int region_fd; /* the memory that it made          */
  int ready_fd;  /* told once it is measured; -1: nobody */
} TideOptions;

typedef enum
{
  TIDE_OPTIONS_RUN,
  TIDE_OPTIONS_GRANT,
  TIDE_OPTIONS_HELP,
  TIDE_OPTIONS_VERSION,
  TIDE_OPTIONS_BAD, /* a sentence was printed to stderr */
} TideOptionsResult;

TideOptionsResult tide_options_parse (TideOptions *self, int argc, char **argv);
void tide_options_finish (TideOptions *self);
void tide_options_print_help (void);
