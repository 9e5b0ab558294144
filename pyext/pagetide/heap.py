"""Every malloc and free of C code, with the Python function that did it, as the D scripts of pymemtrace tell: not yet.

The instrument needs hooks in libc's allocator (a preload at launch, or rewritten import slots at attach), which the agent does not have
yet.  What there is instead:

* `pagetide record --instruments bytes` counts all blocks that Python's own allocators hand out, by function and line, exactly
* growth by C libraries is charged to the Python function that called them, by page, in every recording
"""
raise ImportError(
    "pagetide.heap (every malloc and free by Python function) is not built yet: use `pagetide record --instruments bytes` for Python's own "
    "blocks, or any recording for the pages that C libraries take.")
