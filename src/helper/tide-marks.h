#pragma once

#include "tide-intern.h"
#include "tide-ring-reader.h"
#include "tide-stream.h"

/* Records of moments, told as frames: the record that READER gave last.  Times that lie in the future are
 * NOW_NS.  False: it makes no sense.  */
bool tide_marks_take_gc (
    TideRingReader *reader, TideStream *stream, TideIntern *intern, uint32_t pid, int64_t now_ns);
bool tide_marks_take_mark (
    TideRingReader *reader, TideStream *stream, TideIntern *intern, uint32_t pid, int64_t now_ns);
