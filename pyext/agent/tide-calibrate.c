#define _GNU_SOURCE
#include "tide-calibrate.h"
#include "tide-pycode.h"
#include "tide-peek.h"
#include "tide-python.h"

#include <pthread.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define N_FRAMES 3
#define TSTATE_SCAN 512
#define PTHREAD_SCAN 2048

/* From here on threads of free-threaded builds run copies of a function's instructions, of which the frame
 * alone does not tell the line.  */
#define FREE_THREADED_UNKNOWN 0x030e0000u

/* The innermost function is nested, so that its qualified name differs from its name, and calls over two
 * lines.  */
static const char source[] = "def outer():\n"
                             "  def inner(x):\n"
                             "    return look(\n"
                             "    )\n"
                             "  return inner(\n"
                             "    1)\n"
                             "outer()\n";

/* What the C function sees while the three frames run.  */
static struct
{
  TidePythonLayout *layout;
  const char *reason;
  bool called;
  TidePyCode code;
} run;

static uint64_t
word_at (uint64_t address)
{
  uint64_t word = 0;

  return tide_peek (NULL, address, &word, sizeof word) ? word : 0;
}

static uint64_t
address_of (const void *object)
{
  return (uint64_t)(uintptr_t)object;
}

/* The attribute as a number; -1 when it is none.  */
static long
number_attribute (void *object, const char *name)
{
  void *value = tide_py.PyObject_GetAttrString (object, name);
  long number = value ? tide_py.PyLong_AsLong (value) : -1;

  tide_py.PyErr_Clear ();
  if (value)
    tide_py.Py_DecRef (value);
  return number;
}

static bool
attribute_is_text (void *object, const char *name, const char *text, uint32_t length)
{
  void *value = tide_py.PyObject_GetAttrString (object, name);
  ssize_t size = 0;
  const char *utf8 = value ? tide_py.PyUnicode_AsUTF8AndSize (value, &size) : NULL;
  bool same = utf8 && (size_t)size == length && memcmp (utf8, text, length) == 0;

  tide_py.PyErr_Clear ();
  if (value)
    tide_py.Py_DecRef (value);
  return same;
}

static bool
attribute_is_bytes (void *object, const char *name, const uint8_t *bytes, uint32_t length)
{
  void *value = tide_py.PyObject_GetAttrString (object, name);
  const char *data = value ? tide_py.PyBytes_AsString (value) : NULL;
  bool same = data && (size_t)tide_py.PyBytes_Size (value) == length && memcmp (data, bytes, length) == 0;

  tide_py.PyErr_Clear ();
  if (value)
    tide_py.Py_DecRef (value);
  return same;
}

/* FRAME is the frame object that the API gives; from 3.11 on it points to the interpreter's frame.  */
static uint64_t
interpreter_frame (const TidePythonLayout *layout, void *frame)
{
  /* It stands behind the head of the object and the frame object of the caller.  */
  return layout->instruction_scale ? address_of (frame)
                                   : word_at (address_of (frame) + (uint64_t)layout->object_type + 16);
}

/* Where the thread state holds WANT, itself or through a cframe.  What is known of the version is tried
 * first.  */
static bool
find_frame_head (TidePythonLayout *layout, uint64_t tstate, uint64_t want)
{
  uint64_t found;

  if (tide_pylayout_top (layout, tide_peek, NULL, tstate, &found) && found == want)
    return true;
  for (int32_t offset = 0; offset < TSTATE_SCAN; offset += 8)
    {
      layout->tstate_frame = offset;
      for (int32_t inner = -8; inner < 32; inner += 8)
        {
          layout->cframe_frame = inner < 0 ? -1 : inner;
          if (tide_pylayout_top (layout, tide_peek, NULL, tstate, &found) && found == want)
            return true;
        }
    }
  return false;
}

static bool
verify_code (const TidePythonLayout *layout, void *code)
{
  const char *name = layout->version_hex >= 0x030b0000 ? "co_qualname" : "co_name";
  const char *lines = layout->version_hex >= 0x030a0000 ? "co_linetable" : "co_lnotab";

  return tide_pycode_read (layout, tide_peek, NULL, address_of (code), &run.code)
         && attribute_is_text (code, "co_filename", run.code.file, run.code.file_length)
         && attribute_is_text (code, name, run.code.name, run.code.name_length)
         && number_attribute (code, "co_firstlineno") == (long)run.code.first_line
         && attribute_is_bytes (code, lines, run.code.line_table, run.code.line_table_length);
}

/* Compares one frame with its frame object, and its code with its code object.  Gives the next frame.  */
static const char *
verify_frame (TidePythonLayout *layout, uint64_t *address, void *frame, bool first)
{
  long instruction = number_attribute (frame, "f_lasti");
  void *code = tide_py.PyObject_GetAttrString (frame, "f_code");
  const char *reason = NULL;
  TidePyFrame read = { 0 };

  tide_py.PyErr_Clear ();
  if (!code || !tide_pylayout_frame (layout, tide_peek, NULL, *address, &read)
      || read.code != address_of (code))
    reason = "This interpreter's frames are not laid out as expected.";
  else
    {
      /* The first frame says where a code object's instructions begin, the others must agree.  */
      if (first && !layout->instruction_scale)
        {
          layout->code_instructions = (int32_t)(word_at (*address + (uint64_t)layout->frame_instruction)
                                                - read.code - (uint64_t)instruction);
          tide_pylayout_frame (layout, tide_peek, NULL, *address, &read);
        }
      if (instruction < 0 || read.offset != (uint32_t)instruction
          || (!layout->instruction_scale
              && (layout->code_instructions < 64 || layout->code_instructions > 512)))
        reason = "This interpreter keeps the running instruction elsewhere.";
      else if (!verify_code (layout, code))
        reason = "This interpreter's code objects are not laid out as expected.";
    }
  if (code)
    tide_py.Py_DecRef (code);
  /* Frames of the interpreter's own may stand between.  */
  *address = read.previous;
  while (*address && tide_pylayout_frame (layout, tide_peek, NULL, *address, &read) && !read.code)
    *address = read.previous;
  return reason;
}

static void *
look (void *self, void *arguments)
{
  TidePythonLayout *layout = run.layout;
  void *frame = tide_py.PyEval_GetFrame ();
  uint64_t address;

  run.called = true;
  run.reason = "This interpreter does not say which frame runs.";
  tide_py.Py_IncRef (tide_py.none);
  if (!frame)
    return tide_py.none;
  address = interpreter_frame (layout, frame);
  tide_py.Py_IncRef (frame);
  run.reason = NULL;
  if (!find_frame_head (layout, address_of (tide_py.PyThreadState_Get ()), address))
    run.reason = "This interpreter's thread state is not laid out as expected.";
  for (int i = 0; i < N_FRAMES && !run.reason; i++)
    {
      void *back = tide_py.PyObject_GetAttrString (frame, "f_back");

      run.reason = verify_frame (layout, &address, frame, i == 0);
      tide_py.Py_DecRef (frame);
      frame = back;
    }
  if (!frame)
    tide_py.PyErr_Clear ();
  else
    tide_py.Py_DecRef (frame);
  return tide_py.none;
}

static const char *
run_program (TidePythonLayout *layout)
{
  static TidePyMethod method = { "look", look, TIDE_PY_METH_NOARGS, NULL };
  void *globals = tide_py.PyDict_New ();
  void *function = tide_py.PyCFunction_NewEx (&method, NULL, NULL);
  void *code = tide_py.Py_CompileString (source, "<pagetide>", TIDE_PY_FILE_INPUT);
  void *result = NULL;

  run.layout = layout;
  run.called = false;
  run.reason = "A trial run of Python code failed.";
  if (globals && function && code && tide_py.PyDict_SetItemString (globals, "look", function) == 0)
    result = tide_py.PyEval_EvalCode (code, globals, globals);
  tide_py.PyErr_Clear ();
  if (!run.called || (!result && !run.reason))
    run.reason = "A trial run of Python code failed.";
  if (result)
    tide_py.Py_DecRef (result);
  if (code)
    tide_py.Py_DecRef (code);
  if (function)
    tide_py.Py_DecRef (function);
  if (globals)
    tide_py.Py_DecRef (globals);
  return run.reason;
}

static bool
verify_strings (TidePythonLayout *layout)
{
  /* ASCII, Latin-1, two and four bytes a character.  */
  static const char *const texts[] = { "pagetide", "caf\303\251", "\346\255\245", "\360\220\220\200x" };
  bool same = true;

  for (size_t i = 0; i < sizeof texts / sizeof *texts && same; i++)
    {
      void *text = tide_py.PyUnicode_FromString (texts[i]);
      char read[32];
      uint32_t length;

      same = text
             && tide_pycode_read_str (layout, tide_peek, NULL, address_of (text), read, sizeof read, &length)
             && length == strlen (texts[i]) && memcmp (read, texts[i], length) == 0;
      if (text)
        tide_py.Py_DecRef (text);
    }
  return same;
}

/* Only that much of a str moved between versions: the place of its kind.  */
static bool
find_strings (TidePythonLayout *layout)
{
  int32_t known = layout->str_kind_shift;

  for (int32_t shift = -1; shift < 28; shift++)
    {
      layout->str_kind_shift = shift < 0 ? known : shift;
      if (verify_strings (layout))
        return true;
    }
  return false;
}

/* Where glibc keeps the kernel's thread id: at a place that has not moved for long, else wherever it alone
 * is.  */
static void
find_kernel_tid (TidePythonLayout *layout)
{
#if defined(__x86_64__)
  const int32_t known = 720;
#elif defined(__aarch64__)
  const int32_t known = 208;
#else
  const int32_t known = -1;
#endif
  uint64_t self = (uint64_t)pthread_self ();
  int32_t tid = (int32_t)syscall (SYS_gettid);
  int32_t found = -1, value;
  int matches = 0;

  layout->pthread_tid = -1;
  if (known >= 0 && tide_peek (NULL, self + (uint64_t)known, &value, sizeof value) && value == tid)
    {
      layout->pthread_tid = known;
      return;
    }
  for (int32_t offset = 0; offset < PTHREAD_SCAN; offset += 4)
    if (tide_peek (NULL, self + (uint64_t)offset, &value, sizeof value) && value == tid)
      {
        found = offset;
        matches++;
      }
  if (matches == 1)
    layout->pthread_tid = found;
}

static const char *
find_threads (TidePythonLayout *layout)
{
  uint64_t interpreter = address_of (tide_py.PyInterpreterState_Main ());
  uint64_t tstate = address_of (tide_py.PyThreadState_Get ());
  uint64_t head = address_of (tide_py.PyInterpreterState_ThreadHead ((void *)(uintptr_t)interpreter));
  uint64_t runtime = address_of (tide_symbol ("_PyRuntime", NULL));
  static const char cookie[] = "xdebugpy";

  layout->interpreter = interpreter;
  layout->main_tstate = tstate;

  /* From 3.13 on the runtime begins with a table of offsets for debuggers; its tenth word is this one.  */
  if (runtime && memcmp ((const void *)(uintptr_t)runtime, cookie, 8) == 0)
    layout->interp_threads = (int32_t)word_at (runtime + 9 * 8);
  if (layout->interp_threads < 0 || word_at (interpreter + (uint64_t)layout->interp_threads) != head)
    return "This interpreter keeps its list of threads elsewhere.";
  if (word_at (head + (uint64_t)layout->tstate_next)
      != address_of (tide_py.PyThreadState_Next ((void *)(uintptr_t)head)))
    return "This interpreter links its threads in another way.";

  if (word_at (tstate + (uint64_t)layout->tstate_thread_id) != (uint64_t)pthread_self ())
    {
      int32_t offset = 0;

      while (offset < TSTATE_SCAN && word_at (tstate + (uint64_t)offset) != (uint64_t)pthread_self ())
        offset += 8;
      if (offset == TSTATE_SCAN)
        return "This interpreter's thread state does not name its thread.";
      layout->tstate_thread_id = offset;
    }
  find_kernel_tid (layout);
  return NULL;
}

const char *
tide_calibrate (TidePythonLayout *layout, uint32_t version_hex, bool free_threaded)
{
  const char *reason;

  if (!tide_pylayout_init (layout, version_hex))
    return "This version of Python is too old.";
  if (free_threaded && version_hex >= FREE_THREADED_UNKNOWN)
    return "Free-threaded builds of Python can be measured from inside up to 3.13.";
  if (free_threaded)
    tide_pylayout_set_free_threaded (layout);
  layout->code_type = address_of (tide_py.code_type);
  if (word_at (layout->code_type + (uint64_t)layout->object_type) == 0)
    return "This process may not look at its own memory (process_vm_readv and /proc/self/mem are refused).";
  if (!find_strings (layout))
    return "This interpreter's strings are not laid out as expected.";
  reason = run_program (layout);
  return reason ? reason : find_threads (layout);
}
