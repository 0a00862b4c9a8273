/* SPDX-License-Identifier: Apache-2.0
 *
 * The loader: the only holder of the authority to make memory executable. Makes processes from
 * programs of the system image, and nothing else: what may run is decided here.
 */
#include "lib/load/source.h"
#include "lib/service/service.h"
#include "userspace/services/loader/inject.h"
#include "abi/names.h"
#include "abi/stubs.h"

enum : u32 { LOADS_KEPT = 256 };

/* Where processes were loaded, for crash records; the oldest are forgotten. */
struct load_record {
	u64 process_id;
	u64 base;
	char program[SPAWN_PROGRAM_BYTES];
};

static struct load_source source;
static struct load_record records[LOADS_KEPT];
static u32 next_record;

static void remember(const struct load_request *request, const struct loaded *loaded)
{
	struct process_info info;
	struct load_record *record = ELEM(records, next_record);

	if (sys_process_stat(loaded->process, &info) != STATUS_OK)
		return;
	*record = (struct load_record){ .process_id = info.id, .base = loaded->base };
	span_copy(MSPAN_OF_ARRAY(record->program), SPAN_OF_ARRAY(request->program));
	next_record = (next_record + 1) % LOADS_KEPT;
	inject_loaded(info.id, span_until_zero(SPAN_OF_ARRAY(request->name)));
}

static bool request_valid(const struct load_request *request)
{
	struct span program = SPAN_OF_ARRAY(request->program);
	struct span name = SPAN_OF_ARRAY(request->name);

	return span_find(program, 0, 0) < span_len(program) && span_find(name, 0, 0) < span_len(name) &&
	       span_u8(program, 0) != 0;
}

/* The capabilities come in a fixed order, each only if its bit is set. */
static enum status take_order(const struct service_call *call, struct load_order *order)
{
	u32 at = 0;
	u64 which = call->word[0];

	if ((which & LOAD_CAP_GROUP) == 0 || which > (LOAD_CAP_GROUP | LOAD_CAP_NAMES | LOAD_CAP_FAULTS))
		return STATUS_INVALID;
	order->group = call->cap[at++];
	if ((which & LOAD_CAP_NAMES) != 0)
		order->names = call->cap[at++];
	if ((which & LOAD_CAP_FAULTS) != 0)
		order->faults = call->cap[at++];
	return at == call->cap_count ? STATUS_OK : STATUS_INVALID;
}

static enum status serve_load(struct service_call *call)
{
	struct load_request request;
	struct load_order order = { .open = inject_open() };
	struct loaded loaded;
	u64 got = 0;
	enum status status = take_order(call, &order);

	if (status != STATUS_OK)
		return status;
	call->count = sizeof(request);
	status = service_take(call, 0, MSPAN_OF_STRUCT(request), &got);
	if (status != STATUS_OK)
		return status;
	if (got != sizeof(request) || !request_valid(&request))
		return STATUS_INVALID;
	TEXT_BUFFER(why, SPAWN_REASON_BYTES - 1);

	status = load_program(&source, &request, &order, &loaded, &why);
	if (status != STATUS_OK) {
		u64 written;

		text_add_u8(&why, 0);
		/* The reason is a courtesy: a caller that has no room for it still gets the status. */
		if (sys_buffer_write(call->reply, 0, text_span(&why), &written) == STATUS_OK)
			service_answer_word(call, written);
		return status;
	}
	remember(&request, &loaded);
	service_answer_cap(call, loaded.process, MSG_ALL_RIGHTS, true);
	service_answer_cap(call, loaded.start_memory, MSG_ALL_RIGHTS, true);
	service_answer_word(call, loaded.entry);
	service_answer_word(call, loaded.stack);
	service_answer_word(call, loaded.start_address);
	return STATUS_OK;
}

static enum status serve_where(struct service_call *call)
{
	for (u32 i = 0; i < LOADS_KEPT; i++) {
		const struct load_record *record = ELEM(records, i);

		if (record->process_id != call->word[0] || record->base == 0)
			continue;
		service_answer_word(call, record->base);
		call->count = SPAWN_PROGRAM_BYTES;
		return service_put(call, SPAN_OF_ARRAY(record->program));
	}
	return STATUS_NOT_FOUND;
}

static enum status serve_inject(struct service_call *call)
{
	u64 place = 0;
	enum status status = inject(call->word[0], call->word[1], call->word[2], &place);

	service_answer_word(call, place);
	return status;
}

static enum status serve_text(struct service_call *call)
{
	u64 at = 0;
	enum status status = inject_text(call->word[0], &at);

	service_answer_word(call, at);
	return status;
}

static enum status loader_other(struct service_call *call)
{
	switch (call->op) {
	case LOADER_LOAD: return serve_load(call);
	case LOADER_WHERE: return serve_where(call);
	case LOADER_INJECT: return serve_inject(call);
	case LOADER_TEXT: return serve_text(call);
	case LOADER_HANG: return inject_hang();
	default: return STATUS_UNKNOWN_CALL;
	}
}

static const struct service_ops ops = { .other = loader_other };

u64 program_main(const struct rt_args *args)
{
	TEXT_BUFFER(why, 160);

	if (args->count == 1 && span_equal(rt_arg(0), span_text("inject")))
		inject_allow(rt_handle(span_text("code")));
	text_add(&why, "the system image ");
	if (load_source_open(rt_handle(span_text("image")), rt_handle(span_text("code")), &source, &why) != STATUS_OK) {
		rt_log(text_span(&why));
		return 1;
	}
	service_run(&ops);
}
