#pragma once

#include <pthread.h>

/* As with dlsym(), see tide-python.c: these moved from libpthread to libc, and a program without the former
 * has no threads that end.  Include it before the first use.  */
#if defined(__x86_64__) && defined(__GLIBC__)
__asm__(".symver pthread_key_create, pthread_key_create@GLIBC_2.2.5");
__asm__(".symver pthread_setspecific, pthread_setspecific@GLIBC_2.2.5");
#elif defined(__aarch64__) && defined(__GLIBC__)
__asm__(".symver pthread_key_create, pthread_key_create@GLIBC_2.17");
__asm__(".symver pthread_setspecific, pthread_setspecific@GLIBC_2.17");
#endif
#pragma weak pthread_key_create
#pragma weak pthread_setspecific
