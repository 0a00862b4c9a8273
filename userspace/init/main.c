/* SPDX-License-Identifier: Apache-2.0
 *
 * init, the first process: checks the system image, starts the loader and the keeper, and gives
 * each exactly what it needs. Then it only watches the two: the loader is started again when it
 * ends, on the same endpoint, so that its clients only wait; without the keeper the system cannot
 * go on.
 */
#include "lib/rt/message.h"
#include "userspace/init/boot.h"
#include "abi/names.h"
#include "abi/objects.h"
#include "abi/stubs.h"

enum : u64 { BIT_LOADER = 1, BIT_KEEPER = 2, LOADER_CALM_NS = 10000000000ull };
enum : u32 { LOADER_STARTS_MAX = 8 };

struct init_state {
	struct load_source source;
	handle_t signal;
	handle_t loader_endpoint, keeper_endpoint;
	handle_t loader, keeper;
	u32 loader_failures;
	u64 loader_started_ns;
};

static struct init_state state;
static struct spawn child;

NORETURN static void give_up(struct span what, enum status status)
{
	TEXT_BUFFER(line, 200);

	text_add_span(&line, what);
	text_add(&line, ": ");
	boot_add_status(&line, status);
	boot_give_up(text_span(&line));
}

static void must(struct span what, enum status status)
{
	if (status != STATUS_OK)
		give_up(what, status);
}

static void check_handles(void)
{
	for (u32 i = 0; i < INIT_HANDLE_COUNT; i++) {
		if (i == INIT_HANDLE_NAMES || i == INIT_HANDLE_COVERAGE || !handle_is_none(first_handle((enum init_handle)i)))
			continue;
		TEXT_BUFFER(line, 120);

		text_add(&line, "the kernel gave no capability for: ");
		text_add_cstr(&line, init_handle_name(i));
		boot_give_up(text_span(&line));
	}
}

static void open_image(void)
{
	TEXT_BUFFER(why, 200);

	text_add(&why, "the system image ");
	if (load_source_open(first_handle(INIT_HANDLE_IMAGE), first_handle(INIT_HANDLE_CODE), &state.source, &why) != STATUS_OK) {
		text_add(&why, "; make it anew with: ./ferrous build");
		boot_give_up(text_span(&why));
	}
}

static enum status start_loader(void)
{
	struct system_process what = {
		.name = span_text("loader"), .endpoint = state.loader_endpoint, .limits = { .frames = 2048 },
	};
	enum status status = boot_prepare(&child, &what);

	if (status != STATUS_OK)
		return status;
	spawn_add_handle(&child, span_text("code"), first_handle(INIT_HANDLE_CODE), CODE_RIGHT_SEAL);
	/* WHY from there: only who has the machine before it starts may have its programs changed while they run. */
	if (boot_asked(span_text("inject")))
		spawn_add_arg(&child, span_text("inject"));
	status = boot_start(&state.source, &child, &state.loader);
	if (status == STATUS_OK)
		status = sys_process_watch(state.loader, state.signal, BIT_LOADER);
	state.loader_started_ns = rt_now_ns();
	return status;
}

static enum status start_keeper(void)
{
	struct system_process what = {
		.name = span_text("keeper"), .endpoint = state.keeper_endpoint, .limits = { .frames = 2048 },
	};
	handle_t loader = {};
	enum status status = boot_prepare(&child, &what);

	if (status == STATUS_OK)
		status = sys_cap_derive(state.loader_endpoint, RIGHT_DUPLICATE | RIGHT_TRANSFER | RIGHT_INSPECT | ENDPOINT_RIGHT_SEND,
			0, 0, &loader);
	if (status != STATUS_OK)
		return status;
	child.block.instance = 1;
	spawn_add_handle(&child, span_text("loader"), loader, MSG_ALL_RIGHTS);
	spawn_add_handle(&child, span_text("root-group"), rt_group(), GROUP_RIGHTS_ALL);
	spawn_add_handle(&child, span_text("devices"), first_handle(INIT_HANDLE_DEVICES), MEMORY_RIGHTS_ALL);
	spawn_add_handle(&child, span_text("firmware"), first_handle(INIT_HANDLE_FIRMWARE), RIGHTS_COMMON | MEMORY_RIGHT_READ);
	spawn_add_handle(&child, span_text("dma"), first_handle(INIT_HANDLE_DMA), DMA_RIGHTS_ALL);
	spawn_add_handle(&child, span_text("irqs"), first_handle(INIT_HANDLE_IRQS), IRQ_RIGHTS_ALL);
	spawn_add_handle(&child, span_text("ioports"), first_handle(INIT_HANDLE_IOPORTS), IOPORT_RIGHTS_ALL);
	spawn_add_handle(&child, span_text("klog"), first_handle(INIT_HANDLE_KLOG), KLOG_RIGHTS_ALL);
	spawn_add_handle(&child, span_text("trace"), first_handle(INIT_HANDLE_TRACE), TRACE_RIGHTS_ALL);
	spawn_add_handle(&child, span_text("machine"), first_handle(INIT_HANDLE_MACHINE), MACHINE_RIGHTS_ALL);
	status = boot_start(&state.source, &child, &state.keeper);
	sys_cap_drop(loader);
	return status == STATUS_OK ? sys_process_watch(state.keeper, state.signal, BIT_KEEPER) : status;
}

NORETURN static void keeper_ended(void)
{
	TEXT_BUFFER(line, 200);

	text_add(&line, "the keeper ended");
	boot_add_end(&line, state.keeper);
	boot_give_up(text_span(&line));
}

static void log_loader_end(void)
{
	TEXT_BUFFER(line, 200);

	text_add(&line, "the loader ended");
	boot_add_end(&line, state.loader);
	rt_log(text_span(&line));
}

/* Calls to the loader wait in its endpoint meanwhile. */
static void loader_ended(void)
{
	struct process_info info;
	/* WHY not counted: who kills the loader wants it to come back. */
	bool killed = sys_process_stat(state.loader, &info) == STATUS_OK && info.exit_reason == EXIT_REASON_KILLED;

	log_loader_end();
	sys_cap_drop(state.loader);
	if (rt_now_ns() - state.loader_started_ns > LOADER_CALM_NS)
		state.loader_failures = 0;
	if (!killed)
		state.loader_failures++;
	if (state.loader_failures > LOADER_STARTS_MAX)
		boot_give_up(span_text("the loader ends again and again"));
	must(span_text("cannot start the loader again"), start_loader());
}

NORETURN static void watch(void)
{
	for (;;) {
		u64 bits = 0;
		enum status status = sys_signal_wait(state.signal, BIT_LOADER | BIT_KEEPER, RT_FOREVER, &bits);

		if (status != STATUS_OK && status != STATUS_CANCELLED)
			give_up(span_text("cannot wait for the keeper"), status);
		if ((bits & BIT_KEEPER) != 0)
			keeper_ended();
		if ((bits & BIT_LOADER) != 0)
			loader_ended();
	}
}

u64 program_main(const struct rt_args *args)
{
	(void)args;
	first_adopt_handles(span_text("init"));
	check_handles();
	open_image();
	must(span_text("cannot make a signal"), sys_signal_create(rt_group(), &state.signal));
	must(span_text("cannot make the loader's endpoint"), sys_endpoint_create(rt_group(), 0, &state.loader_endpoint));
	must(span_text("cannot make the keeper's endpoint"), sys_endpoint_create(rt_group(), 0, &state.keeper_endpoint));
	must(span_text("cannot start the loader"), start_loader());
	must(span_text("cannot start the keeper"), start_keeper());
	watch();
}
