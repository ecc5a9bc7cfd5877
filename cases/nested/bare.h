/* SPDX-License-Identifier: BSD-2-Clause */
/* A body that is hypervisor and nested guest: it executes VMRUN itself, where nothing is between
 * that and what the case asks about (guest/nested/vmrun.asm has C's side around it). SVM only. */
#ifndef CASES_NESTED_BARE_H
#define CASES_NESTED_BARE_H

#include "types.h"

/* The body's next VMRUN enters the nested guest at IP, in the body, with no flag set, nothing armed
 * and the lower part of the body's stack. SVM_PREPARE() comes before it. */
void bare_aim(word ip);

/* Notes whether the nested guest was left at IP, and with which flags. */
void bare_note(word ip);

#endif
