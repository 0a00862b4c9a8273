/* SPDX-License-Identifier: Apache-2.0
 *
 * The kernel's text log. See klog.h.
 */
#include "kernel/core/klog/klog.h"
#include "abi/kernel_calls.h"
#include "kernel/core/cpu/lock.h"
#include "kernel/core/ipc/binding.h"
#include "kernel/core/process/process.h"
#include "kernel/core/thread/thread.h"
#include "kernel/hal/console.h"
#include "kernel/hal/time.h"

enum : u64 { END_BYTES = 400 };

static struct lock klog_lock;
static u8 ring[KLOG_BYTES];      /* under klog_lock */
static u64 written;              /* bytes ever; under klog_lock */
static struct signal_binding reader; /* under klog_lock */
static bool quiet;               /* a reader shows the log */
static bool panicking;
static u32 loud;                 /* atomic: writers whose lines are shown even so */

void klog_init(void) { lock_init(&klog_lock, LOCK_KLOG); }

static void put(u8 byte)
{
	*ELEM(ring, written % KLOG_BYTES) = byte;
	written++;
	if (!quiet || panicking || atomic_load(&loud) != 0)
		hal_console_putc(byte);
}

void klog_write(struct span text)
{
	if (!panicking)
		lock_take(&klog_lock);
	for (usize i = 0; i < span_len(text); i++)
		put(span_u8(text, i));
	if (!panicking)
		lock_release(&klog_lock);
}

void klog_loud_begin(void) { (void)atomic_add(&loud, 1u); }
void klog_loud_end(void) { (void)atomic_sub(&loud, 1u); }

void klog_text(const char *text) { klog_write(span_of_cstr(text)); }

static void number(u64 value, u32 base, u32 width)
{
	u8 digits[32] = {};
	u32 at = ARRAY_LEN(digits);

	do {
		at--;
		*ELEM(digits, at) = (u8)(value % base < 10 ? '0' + value % base : 'a' + value % base - 10);
		value /= base;
	} while (at > 0 && (value != 0 || ARRAY_LEN(digits) - at < width));
	klog_write(span_part(SPAN_OF_ARRAY(digits), at, ARRAY_LEN(digits) - at));
}

void klog_u64(u64 value) { number(value, 10, 1); }
void klog_hex(u64 value) { number(value, 16, 1); }

void klog_begin(const char *text)
{
	u64 now_us = hal_clock_ns() / 1000;

	klog_text("[");
	number(now_us / 1000000, 10, 3);
	klog_text(".");
	number(now_us % 1000000, 10, 6);
	klog_text("] ");
	klog_text(text);
}

/* What the binding names lives for this stay in the kernel. */
static void tell_reader(void)
{
	lock_take(&klog_lock);
	struct signal_binding binding = reader;

	lock_release(&klog_lock);
	binding_raise(&binding);
}

void klog_end(void)
{
	klog_text("\n");
	if (!panicking)
		tell_reader();
}

void klog_panic_mode(void)
{
	/* Whoever held the lock may never release it. */
	panicking = true;
}

void klog_show_end(void)
{
	u64 at = written - min_u64(written, END_BYTES);

	if (!quiet)
		return;
	/* From the beginning of a line. */
	while (at != 0 && at < written && ring[(at - 1) % KLOG_BYTES] != '\n')
		at++;
	for (; at < written; at++)
		hal_console_putc(ring[at % KLOG_BYTES]);
}

/* ---- system calls ---- */

struct sys_result syscall_klog_write(struct thread *self, struct klog *klog, struct user_span text)
{
	u8 line[256];
	struct mspan into = mspan_first(MSPAN_OF_ARRAY(line), text.bytes);
	enum status status = user_copy_in(self->process, into, text.at);

	(void)klog;
	if (status != STATUS_OK)
		return sys_fail(status);
	klog_write(span_of(into));
	tell_reader();
	return sys_ok(0);
}

/* A piece of the ring at `position`, at most `bytes`, copied out of it. */
static u64 copy_piece(u64 position, struct mspan into)
{
	u64 bytes = 0;

	lock_take(&klog_lock);
	while (bytes < mspan_len(into) && position + bytes < written) {
		mspan_put_u8(into, bytes, ring[(position + bytes) % KLOG_BYTES]);
		bytes++;
	}
	lock_release(&klog_lock);
	return bytes;
}

struct sys_result syscall_klog_read(struct thread *self, struct klog *klog, u64 position, struct user_span to)
{
	u8 piece[256];
	u64 end = atomic_load(&written), oldest = end > KLOG_BYTES ? end - KLOG_BYTES : 0;
	u64 skipped = position < oldest ? oldest - position : 0;
	u64 copied = copy_piece(position + skipped, mspan_first(MSPAN_OF_ARRAY(piece), to.bytes));

	(void)klog;
	enum status status = user_copy_out(self->process, to.at, span_part(SPAN_OF_ARRAY(piece), 0, copied));

	return status == STATUS_OK ? sys_ok(copied | min_u64(skipped, U32_MAX) << 32) : sys_fail(status);
}

/* ---- the reader ---- */

/* Without a reader the kernel prints its log again. */
void klog_undo(void)
{
	struct signal_binding before = {};

	lock_take(&klog_lock);
	if (reader.through != nullptr && !lineage_valid(reader.through)) {
		before = reader;
		reader = (struct signal_binding){};
		quiet = false;
	}
	lock_release(&klog_lock);
	binding_drop(&before);
}

struct sys_result syscall_klog_bind(struct thread *self, const struct cap *klog, const struct cap *signal, u64 bits)
{
	struct signal_binding made, before;

	(void)self;
	if (!binding_make(&made, signal, bits, klog->lineage))
		return sys_fail(STATUS_DEAD);
	lock_take(&klog_lock);
	before = reader;
	reader = made;
	quiet = true;
	bool valid = lineage_valid(klog->lineage); /* INV-REVOKE */

	lock_release(&klog_lock);
	binding_drop(&before);
	if (valid)
		tell_reader();
	else
		klog_undo();
	return sys_status(valid ? STATUS_OK : STATUS_REVOKED);
}
