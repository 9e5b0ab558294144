#include "tide-pylayout.h"

#include <glib.h>
#include <string.h>

#define BASE 0x10000
#define SIZE 8192

/* Addresses of what stands in the memory made by hand.  */
#define TYPE (BASE + 0x100)
#define TSTATE (BASE + 0x200)
#define CFRAME (BASE + 0x600)
#define CODE (BASE + 0x800)
#define NO_CODE (BASE + 0xc00)
#define FRAME (BASE + 0x1000)
#define CALLER (BASE + 0x1200)

typedef struct
{
  TidePythonLayout layout;
  uint8_t memory[SIZE];
} Fixture;

static bool
peek (void *context, uint64_t address, void *to, size_t size)
{
  Fixture *self = context;

  if (address < BASE || address - BASE > SIZE || size > SIZE - (address - BASE))
    return false;
  memcpy (to, self->memory + (address - BASE), size);
  return true;
}

static void
poke (Fixture *self, uint64_t address, int32_t offset, uint64_t word)
{
  memcpy (self->memory + (address - BASE) + offset, &word, sizeof word);
}

/* The running instruction of FRAME is OFFSET bytes into its code.  */
static void
poke_instruction (Fixture *self, uint64_t frame, int32_t offset)
{
  const TidePythonLayout *layout = &self->layout;

  if (layout->instruction_scale)
    {
      int32_t index = offset < 0 ? -1 : offset / layout->instruction_scale;

      memcpy (self->memory + (frame - BASE) + layout->frame_instruction, &index, sizeof index);
    }
  else
    poke (self, frame, layout->frame_instruction, (uint64_t)(CODE + layout->code_instructions + offset));
}

static void
set_up (Fixture *self, gconstpointer version)
{
  TidePythonLayout *layout = &self->layout;

  memset (self, 0, sizeof *self);
  g_assert_true (tide_pylayout_init (layout, GPOINTER_TO_UINT (version)));
  layout->code_type = TYPE;
  poke (self, CODE, layout->object_type, TYPE);
  poke (self, NO_CODE, layout->object_type, TYPE + 8);
  poke (self, TSTATE, layout->tstate_frame, layout->cframe_frame < 0 ? FRAME : CFRAME);
  if (layout->cframe_frame >= 0)
    poke (self, CFRAME, layout->cframe_frame, FRAME);
  poke (self, FRAME, layout->frame_previous, CALLER);
  poke (self, FRAME, layout->frame_code, CODE);
  poke_instruction (self, FRAME, 24);
}

static void
test_walk (Fixture *self, gconstpointer version)
{
  uint64_t frame;
  TidePyFrame read;

  g_assert_true (tide_pylayout_top (&self->layout, peek, self, TSTATE, &frame));
  g_assert_cmpuint (frame, ==, FRAME);
  g_assert_true (tide_pylayout_frame (&self->layout, peek, self, frame, &read));
  g_assert_cmpuint (read.previous, ==, CALLER);
  g_assert_cmpuint (read.code, ==, CODE);
  g_assert_cmpuint (read.offset, ==, 24);
  g_assert_true (tide_pylayout_frame (&self->layout, peek, self, CALLER, &read));
  g_assert_cmpuint (read.previous, ==, 0);
  g_assert_cmpuint (read.code, ==, 0);
}

static void
test_not_begun (Fixture *self, gconstpointer version)
{
  TidePyFrame read;

  poke_instruction (self, FRAME, -2);
  g_assert_true (tide_pylayout_frame (&self->layout, peek, self, FRAME, &read));
  g_assert_cmpuint (read.offset, ==, 0);
}

static void
test_tags_and_other_objects (Fixture *self, gconstpointer version)
{
  TidePyFrame read;

  for (uint64_t tag = 0; tag < 8; tag++)
    {
      poke (self, FRAME, self->layout.frame_code, CODE | tag);
      g_assert_true (tide_pylayout_frame (&self->layout, peek, self, FRAME, &read));
      g_assert_cmpuint (read.code, ==, CODE);
    }
  poke (self, FRAME, self->layout.frame_code, NO_CODE);
  g_assert_true (tide_pylayout_frame (&self->layout, peek, self, FRAME, &read));
  g_assert_cmpuint (read.code, ==, 0);
  g_assert_cmpuint (read.previous, ==, CALLER);
}

static void
test_unreadable (Fixture *self, gconstpointer version)
{
  uint64_t frame = 1;
  TidePyFrame read;

  g_assert_true (tide_pylayout_top (&self->layout, peek, self, 0, &frame));
  g_assert_cmpuint (frame, ==, 0);
  g_assert_false (tide_pylayout_top (&self->layout, peek, self, 4, &frame));
  g_assert_false (tide_pylayout_frame (&self->layout, peek, self, BASE + SIZE - 8, &read));
  g_assert_false (tide_pylayout_frame (&self->layout, peek, self, UINT64_MAX - 4, &read));
  poke (self, FRAME, self->layout.frame_code, 0x40);
  g_assert_false (tide_pylayout_frame (&self->layout, peek, self, FRAME, &read));
  self->layout.frame_instruction = INT32_MAX;
  g_assert_false (tide_pylayout_frame (&self->layout, peek, self, FRAME, &read));
  self->layout.frame_instruction = -1;
  g_assert_false (tide_pylayout_frame (&self->layout, peek, self, FRAME, &read));
}

static void
test_versions (void)
{
  static const guint known[] = { 0x030800f0, 0x030b02f0, 0x030f00f0, 0x031400f0 };
  static const guint unknown[] = { 0, 0x02071200, 0x030710f0, 0x04000000 };
  TidePythonLayout layout;

  for (size_t i = 0; i < G_N_ELEMENTS (known); i++)
    {
      g_assert_true (tide_pylayout_init (&layout, known[i]));
      g_assert_cmpuint (layout.version_hex, ==, known[i]);
    }
  for (size_t i = 0; i < G_N_ELEMENTS (unknown); i++)
    g_assert_false (tide_pylayout_init (&layout, unknown[i]));
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    void (*function) (Fixture *, gconstpointer);
  } tests[] = {
    { "walk", test_walk },
    { "not-begun", test_not_begun },
    { "tags-and-other-objects", test_tags_and_other_objects },
    { "unreadable", test_unreadable },
  };
  static const guint minors[] = { 8, 9, 10, 11, 12, 13, 14, 15 };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pylayout/versions", test_versions);
  for (size_t i = 0; i < G_N_ELEMENTS (tests); i++)
    for (size_t j = 0; j < G_N_ELEMENTS (minors); j++)
      {
        g_autofree char *path = g_strdup_printf ("/pylayout/%s/3.%u", tests[i].name, minors[j]);

        g_test_add (path, Fixture, GUINT_TO_POINTER (0x03000000 | minors[j] << 16), set_up, tests[i].function,
                    NULL);
      }
  return g_test_run ();
}
