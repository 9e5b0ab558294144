#pragma once

#include "tide-id-table.h"
#include "tide-stream.h"

/* The ids of the stream: each string, code, node of the call tree and thread is defined once, before its
 * first use.
 *
 * A program may make names without end.  Past the bounds a string or code has id 0 (unknown), and a node is
 * its parent: what is charged is charged to the nearest place that has a name, and the helper stays small.
 * The person is told once.  */
typedef struct
{
  TideStream *stream; /* where definitions go; not owned */

  TideIdTable strings;
  TideSlice *string_bytes; /* copies */
  uint32_t n_string_bytes;
  size_t string_memory;

  TideIdTable codes;
  TideCodeInfo *code_infos;
  uint32_t n_code_infos;

  TideIdTable nodes;
  TideNodeInfo *node_infos;
  uint32_t n_node_infos;

  TideIdTable threads;
  uint32_t told; /* of which of these was said that it is full */
} TideIntern;

void tide_intern_init (TideIntern *self, TideStream *stream);
void tide_intern_finish (TideIntern *self);

uint32_t tide_intern_string (TideIntern *self, TideSlice bytes);
uint32_t tide_intern_code (TideIntern *self, TideSlice file, TideSlice name, uint32_t first_line);
uint32_t tide_intern_node (TideIntern *self, uint32_t parent, uint32_t code, uint32_t line);
/* A node at the root that stands for no function, like "[before measuring]".  */
uint32_t tide_intern_pseudo (TideIntern *self, const char *name);
/* The thread of process PID with this kernel tid, named as the kernel names it.  */
uint32_t tide_intern_thread (TideIntern *self, uint32_t pid, uint32_t tid);
