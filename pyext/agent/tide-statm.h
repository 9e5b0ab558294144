#pragma once

#include <stdbool.h>
#include <stdint.h>

/* This process's RSS, by a descriptor of our own.  Programs close descriptors that they do not know, and get
 * our number for a file of theirs: so each use first asks whether the number is still ours, and opens anew
 * where it is not.  For signal handlers too.  */

/* False also where the program may open so few files that it would miss ours.  */
bool tide_statm_open (void);

/* In pages; -1: cannot be read now.  */
int64_t tide_statm_read (void);

/* Closes the descriptor if it is ours.  */
void tide_statm_close (void);

/* How many pages the kernel holds back before statm shows them (0 where it is exact), by touching fresh
 * pages.  */
int64_t tide_statm_lag (void);

/* Moves FD out of the way of a program that counts on low numbers, or on all that its limit allows: beyond
 * the limit where that is possible.  Gives the new number, or FD where there is none.  */
int tide_descriptor_raise (int fd);

/* As close(), but no place where a thread that is cancelled ends.  May change errno.  */
void tide_descriptor_close (int fd);
