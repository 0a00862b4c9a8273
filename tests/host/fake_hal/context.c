/* SPDX-License-Identifier: Apache-2.0
 *
 * Fake HAL: the processors' host contexts. See context.h. The sanitizer is told of every switch, so that
 * it knows which stack it watches.
 */
#include "tests/host/fake_hal/context.h"

#include <sanitizer/common_interface_defs.h>
#include <setjmp.h>
#include <ucontext.h>

#include "tests/host/fake_hal/machine.h"

enum : usize { STACK_BYTES = 256u << 10 };

struct STABLE stack {
	alignas(PAGE_BYTES) u8 bytes[STACK_BYTES];
};

struct STABLE context {
	ucontext_t host;          /* how it begins */
	jmp_buf base, at;         /* its outermost frame; where it paused */
	bool started;
	void (*entry)(void);
	usize stack_bytes;
	const void *raw_stack;
	void *raw_fake_stack;     /* the sanitizer's */
};

static struct stack stacks[FAKE_CPUS_MAX];
static struct context contexts[FAKE_CPUS_MAX], outside;
static struct context *present = &outside;

/* WHY jumps: setcontext asks the host's kernel for the signal mask each time. It only makes the stack. */
static void switch_to(struct context *from, struct context *to)
{
	present = to;
UNSAFE_BEGIN("SAFETY: each context has a stack of its own; `at` was set here, in a frame that has not returned since");
	if (_setjmp(from->at) == 0) {
		__sanitizer_start_switch_fiber(&from->raw_fake_stack, to->raw_stack, to->stack_bytes);
		if (to->started)
			_longjmp(to->at, 1);
		to->started = true;
		(void)setcontext(&to->host);
	}
	__sanitizer_finish_switch_fiber(from->raw_fake_stack, nullptr, nullptr);
UNSAFE_END();
}

/* The outermost frame of a processor's stack: one entry after another. */
static void run_entries(void)
{
	struct context *self = present;

UNSAFE_BEGIN("SAFETY: the second half of switch_to for a context that begins; this frame never returns, so base stays valid");
	__sanitizer_finish_switch_fiber(nullptr, &outside.raw_stack, &outside.stack_bytes);
	(void)_setjmp(self->base);
UNSAFE_END();
	for (;;) {
		if (self->entry == nullptr)
			switch_to(self, &outside);
		void (*entry)(void) = self->entry;

		self->entry = nullptr;
		entry();
	}
}

static void make(struct context *context, u32 cpu)
{
	outside.started = true;
	context->stack_bytes = STACK_BYTES;
	(void)getcontext(&context->host);
UNSAFE_BEGIN("SAFETY: the stack is this context's alone and lives for ever");
	context->raw_stack = context->host.uc_stack.ss_sp = ELEM(stacks, cpu);
	context->host.uc_stack.ss_size = STACK_BYTES;
	makecontext(&context->host, run_entries, 0);
UNSAFE_END();
}

void context_begin(u32 cpu, void (*entry)(void))
{
	struct context *context = ELEM(contexts, cpu);

	if (!context->started)
		make(context, cpu);
	context->entry = entry;
	switch_to(&outside, context);
}

bool context_owns(const void *at)
{
UNSAFE_BEGIN("SAFETY: the addresses are only compared");
	return (uptr)at - (uptr)present->raw_stack < present->stack_bytes;
UNSAFE_END();
}

void context_resume(u32 cpu) { switch_to(&outside, ELEM(contexts, cpu)); }
void context_pause(u32 cpu) { switch_to(ELEM(contexts, cpu), &outside); }

void context_end(u32 cpu)
{
UNSAFE_BEGIN("SAFETY: base is a frame of this very stack that never returns; nothing on what is skipped owns anything");
	_longjmp(ELEM(contexts, cpu)->base, 1);
UNSAFE_END();
}
