/* SPDX-License-Identifier: Apache-2.0
 *
 * The kernel's text log: a ring of the last 16 KiB, printed to the early console until a reader
 * binds to it, and again on a panic.
 */
#ifndef KERNEL_CORE_KLOG_KLOG_H
#define KERNEL_CORE_KLOG_KLOG_H

#include "kernel/core/object/object.h"
#include "kernel/core/types.h"
#include "lib/base/span.h"

enum : u32 { KLOG_BYTES = 16384 };

struct STABLE klog { struct object object; };

void klog_init(void);
void klog_write(struct span text);

/* Formatting without varargs: pieces of one line. It begins with the time and a first piece, and is complete with klog_end, which
 * adds the newline and wakes the reader. Boot and panic only, one processor at a time. */
void klog_begin(const char *text); /* "[   0.012345] " */
void klog_text(const char *text);
void klog_u64(u64 value);
void klog_hex(u64 value);
void klog_end(void);

/* In between lines are shown on the early console too, although a reader shows the log: it may be what
 * is in trouble. For few lines. */
void klog_loud_begin(void);
void klog_loud_end(void);

/* Ends the reader's binding if the capability to the log that it was made with has been revoked. */
void klog_undo(void);

/* Shows the last lines on the early console if they were left to a reader, who may not come to it any
 * more. In panic mode only. */
void klog_show_end(void);

/* From now on everything goes to the early console too, without locks: the system is dying. */
void klog_panic_mode(void);

#endif
