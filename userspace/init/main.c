/* SPDX-License-Identifier: Apache-2.0
 *
 * init, the first process: opens the system image, starts the loader and the keeper, and gives
 * each exactly what it needs. Then it only watches the two. Whichever hangs is ended, whichever ends is started again, on the
 * same endpoint, so that its clients only wait; what the keeper knows is kept here for the next.
 */
#include "lib/rt/message.h"
#include "lib/safe/safe.h"
#include "userspace/init/boot.h"
#include "abi/names.h"
#include "abi/objects.h"
#include "abi/stubs.h"

enum : u64 { BIT_LOADER = 1, BIT_KEEPER = 2, BIT_MISSED = 4, CALM_NS = 10000000000ull, KEEPER_STATE_BYTES = 256 * 1024 };
enum : u32 { FAILURES_MAX = 8, KILL_STATUS = 137 };

/* What outlives an instance of the keeper: the group that it is charged to, its state, its signal, and the reply objects of who
 * waits for it. Other capabilities of its are in the safe. */
struct kept {
	handle_t group, state, vault, signal;
};

struct STABLE init_state {
	struct load_source source;
	handle_t endpoint, signal, reply; /* init's own */
	struct watched loader, keeper;
	struct kept kept;
};

static struct init_state state = { .loader.name = "loader", .keeper.name = "keeper" };
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
	if (load_source_open(first_handle(INIT_HANDLE_IMAGE), first_handle(INIT_HANDLE_CODE), &state.source, &why) != STATUS_OK)
		boot_give_up(text_span(&why));
}

static enum status start(struct watched *watched, u64 bit)
{
	enum status status = boot_start(&state.source, &child, &watched->process);

	watched->started_ns = rt_now_ns();
	watched->hung = false;
	__atomic_fetch_add(&watched->starts, 1, __ATOMIC_RELEASE);
	__atomic_store_n(&watched->missed, 0, __ATOMIC_RELEASE);
	return status == STATUS_OK ? sys_process_watch(watched->process, state.signal, bit) : status;
}

/* WHY from there: only who has the machine before it starts may have its programs changed while they run. */
static void add_inject(void)
{
	if (boot_asked(span_text("inject")))
		spawn_add_arg(&child, span_text("inject"));
}

static enum status start_loader(void)
{
	struct system_process what = {
		.name = span_text("loader"), .endpoint = state.loader.endpoint, .parent = rt_group(), .limits = { .frames = 2048 },
	};
	enum status status = boot_prepare(&child, &what);

	if (status != STATUS_OK)
		return status;
	spawn_add_handle(&child, span_text("code"), first_handle(INIT_HANDLE_CODE), CODE_RIGHT_SEAL);
	add_inject();
	return start(&state.loader, BIT_LOADER);
}

static enum status start_keeper(void)
{
	struct system_process what = {
		.name = span_text("keeper"), .endpoint = state.keeper.endpoint, .parent = state.kept.group,
	};
	handle_t loader = {}, safe = {};
	enum status status = boot_prepare(&child, &what);

	if (status == STATUS_OK)
		status = sys_cap_derive(state.loader.endpoint, RIGHT_DUPLICATE | RIGHT_TRANSFER | RIGHT_INSPECT | ENDPOINT_RIGHT_SEND,
			0, 0, &loader);
	if (status == STATUS_OK)
		status = sys_cap_derive(state.endpoint, RIGHT_DUPLICATE | RIGHT_TRANSFER | ENDPOINT_RIGHT_SEND, 0, 0, &safe);
	if (status != STATUS_OK)
		return status;
	spawn_add_handle(&child, span_text("safe"), safe, MSG_ALL_RIGHTS);
	child.block.instance = state.keeper.starts + 1;
	spawn_add_handle(&child, span_text("signal"), state.kept.signal, SIGNAL_RIGHTS_ALL);
	spawn_add_handle(&child, span_text("state"), state.kept.state, RIGHT_INSPECT | MEMORY_RIGHT_READ | MEMORY_RIGHT_WRITE);
	spawn_add_handle(&child, span_text("vault"), state.kept.vault, NAMESPACE_RIGHT_LOOKUP | NAMESPACE_RIGHT_BIND);
	spawn_add_handle(&child, span_text("kept-group"), state.kept.group, GROUP_RIGHTS_ALL);
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
	add_inject();
	status = start(&state.keeper, BIT_KEEPER);
	sys_cap_drop(loader);
	sys_cap_drop(safe);
	return status;
}

static enum status make_kept(void)
{
	struct group_limits limits = { .frames = 2048 };
	struct kept *kept = &state.kept;
	enum status status = sys_group_create(rt_group(), &limits, span_text("keeper"), &kept->group);

	if (status == STATUS_OK)
		status = sys_memory_create(kept->group, KEEPER_STATE_BYTES, &kept->state);
	if (status == STATUS_OK)
		status = sys_ns_create(kept->group, &kept->vault);
	if (status == STATUS_OK)
		status = sys_signal_create(kept->group, &kept->signal);
	return status == STATUS_OK ? sys_endpoint_bind(state.keeper.endpoint, kept->signal, U64_MAX) : status;
}

static struct span said(struct text *line, struct span who, struct span does)
{
	text_clear(line);
	text_add(line, "the ");
	text_add_span(line, who);
	text_add_span(line, does);
	return text_span(line);
}

/* Calls to it wait in its endpoint meanwhile. */
static void ended(struct watched *watched, enum status (*start_again)(void))
{
	struct span who = watched_name(watched);
	struct process_info info = {};
	TEXT_BUFFER(line, 200);
	TEXT_BUFFER(how, 120);

	if (sys_process_stat(watched->process, &info) != STATUS_OK)
		give_up(who, STATUS_DEAD);
	boot_add_end(&how, &info);
	(void)said(&line, who, span_text(" ended: "));
	text_add_span(&line, text_span(&how));
	rt_log(text_span(&line));
	/* WHY each: whoever ends one of the two asks nobody who could tell. */
	if (!watched->hung)
		boot_crash_head(&info, text_span(&how));
	sys_cap_drop(watched->process);
	if (rt_now_ns() - watched->started_ns > CALM_NS)
		watched->failures = 0;
	/* WHY not counted: who kills it wants it to come back. */
	if (info.exit_reason != EXIT_REASON_KILLED || watched->hung)
		watched->failures++;
	if (watched->failures > FAILURES_MAX)
		boot_give_up(said(&line, who, span_text(" ends again and again")));
	must(said(&line, who, span_text(" cannot be started again")), start_again());
}

/* It is heard of when it has ended. It may have ended by itself meanwhile. */
static void end_if_hung(struct watched *watched)
{
	if (watched->hung || __atomic_load_n(&watched->missed, __ATOMIC_ACQUIRE) < PULSE_MISSES)
		return;
	pulse_record(watched);
	watched->hung = sys_process_kill(watched->process, KILL_STATUS) == STATUS_OK;
}

static void look(u64 bits)
{
	if ((bits & BIT_MISSED) != 0) {
		end_if_hung(&state.loader);
		end_if_hung(&state.keeper);
	}
	if ((bits & BIT_LOADER) != 0)
		ended(&state.loader, start_loader);
	if ((bits & BIT_KEEPER) != 0)
		ended(&state.keeper, start_keeper);
}

/* Whoever has asked and is gone needs no answer. */
static void serve(struct message *m)
{
	if (msg_kind_of(m) == MSG_KIND_NOTE_SIGNAL) {
		look(m->word[0]);
		return;
	}
	safe_serve(m);
	(void)msg_reply(state.reply, m);
}

NORETURN static void serve_for_ever(void)
{
	for (;;) {
		struct message m = {};
		enum status status = msg_receive(state.endpoint, state.reply, &m, RT_FOREVER);

		if (status == STATUS_OK)
			serve(&m);
		else if (status != STATUS_CANCELLED)
			give_up(span_text("cannot wait for the keeper"), status);
	}
}

/* Its own endpoint, where it hears of ends, too. */
static enum status make_own(void)
{
	enum status status = sys_signal_create(rt_group(), &state.signal);

	if (status == STATUS_OK)
		status = sys_reply_create(rt_group(), &state.reply);
	if (status == STATUS_OK)
		status = sys_endpoint_create(rt_group(), 0, &state.endpoint);
	return status == STATUS_OK ? sys_endpoint_bind(state.endpoint, state.signal, U64_MAX) : status;
}

u64 program_main(const struct rt_args *args)
{
	(void)args;
	first_adopt_handles(span_text("init"));
	check_handles();
	open_image();
	must(span_text("cannot make an endpoint"), make_own());
	must(span_text("cannot make the loader's endpoint"), sys_endpoint_create(rt_group(), 0, &state.loader.endpoint));
	must(span_text("cannot make the keeper's endpoint"), sys_endpoint_create(rt_group(), 0, &state.keeper.endpoint));
	must(span_text("cannot make what the keeper keeps"), make_kept());
	must(span_text("cannot start the loader"), start_loader());
	must(span_text("cannot start the keeper"), start_keeper());
	must(span_text("cannot have a heartbeat"), pulse_init(&state.loader, &state.keeper, state.signal, BIT_MISSED));
	serve_for_ever();
}
