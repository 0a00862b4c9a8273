/* SPDX-License-Identifier: Apache-2.0
 *
 * x86: the local interrupt controller of each processor, xAPIC or x2APIC.
 * SPEC: Intel SDM 3A, chapter 11.
 */
#ifndef KERNEL_ARCH_X86_COMMON_APIC_H
#define KERNEL_ARCH_X86_COMMON_APIC_H

#include "lib/base/safe.h"

/* Interrupt vectors. The upper four bits are the priority. */
enum : u32 {
	VECTOR_OLD_CONTROLLERS = 0x20,
	VECTOR_LINE_0 = 0x30,
	VECTOR_LINE_END = 0xf0,
	VECTOR_TIMER = 0xf0,
	VECTOR_RESCHEDULE = 0xf1,
	VECTOR_TLB = 0xf2,
	VECTOR_APIC_ERROR = 0xfe,
	VECTOR_SPURIOUS = 0xff,
};

void apic_find(void);       /* which kind it is and where; boot processor */
bool apic_is_x2(void);
u32 apic_id(void);          /* this processor's */
void apic_enable(void);     /* on this processor */
void apic_end(void);        /* end of interrupt */

/* To another processor, by its APIC id. */
void apic_send(u32 to, u32 vector);
void apic_send_nmi(u32 to);
void apic_send_init(u32 to);
void apic_send_startup(u32 to, u32 page);

/* True if an interrupt waits on this processor. */
bool apic_pending(void);

/* Timer, counting down once. */
void apic_timer_enable(void);    /* on this processor; the interrupt is let through */
void apic_timer_count(u32 ticks);
u32 apic_timer_left(void);
void apic_timer_at_tsc(u64 tsc); /* if features.tsc_deadline; 0 disarms */

#endif
