#pragma once

/* Where the Python package that came with the agent is: `python` beside the agent's file, or that very folder
 * in a build.  Looked up once, while the agent is loaded.  */
void tide_package_find (void);

/* Puts that folder at the end of sys.path, so that `import pagetide` works in a program that was launched by
 * Pagetide, and nothing else is found there before it was.  With the GIL; leaves no exception.  */
void tide_package_offer (void);
