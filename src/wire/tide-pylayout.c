#include "tide-pylayout.h"

#include <string.h>

/* Larger than the part of any version's frame that we look at.  */
#define FRAME_WINDOW 128

/* Code objects and stack references are aligned to 8; newer versions keep tags in the low bits.  */
#define TAG_MASK (~(uint64_t)7)

/* The thread, the flags and the second count that each object has there.  */
#define FREE_THREADED_HEAD 16

static void
init_frames_before_311 (TidePythonLayout *self, uint32_t minor)
{
  self->tstate_frame = 24;
  self->tstate_thread_id = 176;
  self->interp_threads = 8;
  self->frame_previous = 24;
  self->frame_code = 32;
  self->frame_instruction = minor == 10 ? 96 : 104;
  self->instruction_scale = minor == 10 ? 2 : 1;
  self->code_name = 112;
  self->code_filename = 104;
  self->code_first_line = 40;
  self->code_line_table = 120;
}

static void
init_frames_since_311 (TidePythonLayout *self, uint32_t minor)
{
  self->tstate_frame = minor <= 12 ? 56 : 72;
  self->cframe_frame = minor == 11 ? 8 : minor == 12 ? 0 : -1;
  self->tstate_thread_id = minor == 12 ? 136 : 152;
  self->interp_threads = minor == 11 ? 16 : minor == 12 ? 72 : 7344;
  self->frame_previous = minor == 11 ? 48 : 8;
  self->frame_code = minor == 11 ? 32 : 0;
  self->frame_instruction = 56;
  self->code_name = 128;
  self->code_filename = 112;
  self->code_first_line = minor == 11 ? 72 : 68;
  self->code_line_table = 136;
  self->code_instructions = minor == 11 ? 184 : minor == 12 ? 192 : minor == 13 ? 200 : 208;
}

bool
tide_pylayout_init (TidePythonLayout *self, uint32_t version_hex)
{
  uint32_t major = version_hex >> 24;
  uint32_t minor = version_hex >> 16 & 0xff;

  memset (self, 0, sizeof *self);
  self->version_hex = version_hex;
  self->cframe_frame = -1;
  self->pthread_tid = -1;
  self->code_instructions = -1;
  if (major != 3 || minor < 8)
    return false;

  if (minor <= 10)
    init_frames_before_311 (self, minor);
  else
    init_frames_since_311 (self, minor);
  self->tstate_next = 8;
  self->object_type = 8;
  self->bytes_size = 16;
  self->bytes_data = 32;
  self->str_length = 16;
  self->str_state = 32;
  self->str_kind_shift = minor <= 13 ? 2 : 16;
  self->str_ascii_data = minor <= 11 ? 48 : 40;
  self->str_compact_data = minor <= 11 ? 72 : 56;
  return true;
}

void
tide_pylayout_set_free_threaded (TidePythonLayout *self)
{
  int32_t *const moved[] = {
    &self->object_type,   &self->bytes_size,      &self->bytes_data,       &self->str_length,
    &self->str_state,     &self->str_ascii_data,  &self->str_compact_data, &self->code_name,
    &self->code_filename, &self->code_first_line, &self->code_line_table,  &self->code_instructions,
  };

  for (size_t i = 0; i < sizeof moved / sizeof *moved; i++)
    *moved[i] += FREE_THREADED_HEAD;
}

bool
tide_pylayout_top (
    const TidePythonLayout *self, TidePyPeek peek, void *context, uint64_t tstate, uint64_t *frame)
{
  *frame = 0;
  if (!tstate)
    return true;
  if (!peek (context, tstate + (uint64_t)self->tstate_frame, frame, sizeof *frame))
    return false;
  if (self->cframe_frame < 0 || !*frame)
    return true;
  return peek (context, *frame + (uint64_t)self->cframe_frame, frame, sizeof *frame);
}

static uint32_t
instruction_offset (const TidePythonLayout *self, const uint8_t *window, uint64_t code)
{
  int64_t offset;

  if (self->instruction_scale)
    {
      int32_t index;

      memcpy (&index, window + self->frame_instruction, sizeof index);
      offset = (int64_t)index * self->instruction_scale;
    }
  else
    {
      uint64_t instruction;

      memcpy (&instruction, window + self->frame_instruction, sizeof instruction);
      offset = (int64_t)(instruction - code - (uint64_t)self->code_instructions
                         - (uint64_t)self->instruction_bias);
    }
  /* A frame that has not begun stands before its first instruction.  */
  return offset < 0 ? 0 : offset > INT32_MAX ? 0 : (uint32_t)offset;
}

bool
tide_pylayout_frame (
    const TidePythonLayout *self, TidePyPeek peek, void *context, uint64_t address, TidePyFrame *frame)
{
  const int32_t offsets[] = { self->frame_previous, self->frame_code, self->frame_instruction };
  uint8_t window[FRAME_WINDOW];
  int32_t end = 0;
  uint64_t type;

  /* The helper has the layout from a process that may have overwritten it.  */
  for (size_t i = 0; i < sizeof offsets / sizeof *offsets; i++)
    {
      if (offsets[i] < 0 || offsets[i] > FRAME_WINDOW - 8)
        return false;
      if (end < offsets[i] + 8)
        end = offsets[i] + 8;
    }
  if (!peek (context, address, window, (size_t)end))
    return false;

  memcpy (&frame->previous, window + self->frame_previous, sizeof frame->previous);
  memcpy (&frame->code, window + self->frame_code, sizeof frame->code);
  frame->offset = 0;
  frame->code &= TAG_MASK;
  if (!frame->code)
    return true;

  /* From 3.12 on a frame may hold None or another object where no Python code runs.  */
  if (!peek (context, frame->code + (uint64_t)self->object_type, &type, sizeof type))
    return false;
  if (type != self->code_type)
    frame->code = 0;
  else
    frame->offset = instruction_offset (self, window, frame->code);
  return true;
}
