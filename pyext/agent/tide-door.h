#pragma once

#include "tide-python.h"

/* The way of Python code into the agent: the package `pagetide` loads this very file, or finds it in a
 * program that Pagetide launched, and gets a dictionary of functions.
 *
 * By ctypes.PyDLL: pagetide_agent_door (TIDE_DOOR_VERSION) gives a new reference to that dictionary; None
 * when the agent is of another version than the package; NULL and an exception when this interpreter lacks
 * something.  Where there is no ctypes, by importlib's ExtensionFileLoader as a module `pagetide_agent` with
 * the attributes `functions` and `version`: never on a free-threaded build, whose objects are larger than
 * this module's head.  */

#define TIDE_DOOR_VERSION 1

void *pagetide_agent_door (unsigned version);
void *PyInit_pagetide_agent (void);

/* What each part offers, ended by an entry without a name.  */
extern TidePyMethod tide_profile_methods[];
extern TidePyMethod tide_references_methods[];
extern TidePyMethod tide_marks_methods[];
