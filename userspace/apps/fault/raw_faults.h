/* SPDX-License-Identifier: Apache-2.0
 *
 * The forbidden things. Each ends the process if the system is right; it returns if not.
 */
#ifndef USERSPACE_APPS_FAULT_RAW_FAULTS_H
#define USERSPACE_APPS_FAULT_RAW_FAULTS_H

#include "lib/base/safe.h"

void raw_jump(u64 address);    /* goes to code that is none */
void raw_fault_null(void);     /* reads address 0 */
void raw_fault_read(void);     /* reads memory of the kernel */
void raw_fault_write(void);    /* writes an address that is not mapped */
void raw_fault_text(void);     /* writes its own code */
void raw_fault_execute(void);  /* jumps to data */
void raw_fault_inside(void);   /* jumps behind the mark of a function, where processors know such marks */
void raw_fault_return(void);   /* returns to an address that was written over the one it saved, where processors sign those */
void raw_fault_stack(void);    /* uses more stack than there is */
void raw_fault_divide(void);   /* divides by zero, with the instruction */
void raw_fault_trap(void);     /* indexes an array out of its bounds */
void raw_fault_privileged(void); /* an instruction for the kernel only */

#endif
