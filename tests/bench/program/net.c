/* SPDX-License-Identifier: Apache-2.0
 *
 * What a frame costs: `bench net', with a network whose other end sends back what asks for it. Counted as disks are (disk.c).
 */
#include "lib/9p/print.h"
#include "lib/base/text.h"
#include "lib/frames/frames.h"
#include "lib/rt/message.h"
#include "tests/bench/program/measures.h"
#include "tests/bench/program/samples.h"
#include "abi/structs.h"
#include "abi/stubs.h"

enum : u32 { ROUNDS = 2048, WARM_UP = 64 };
enum : u64 { PATIENCE_NS = 5000000000 };

static struct frames frames;

static const struct kind {
	char name[32];
	u32 bytes, together;
	bool back;
} kinds[] = {
	{ "net_send_1514", 1514, 1, false }, { "net_send_60_8", 60, 8, false }, { "net_send_1514_8", 1514, 8, false },
	{ "net_there_and_back_60", 60, 1, true }, { "net_there_and_back_1514", 1514, 1, true },
	{ "net_there_and_back_1514_8", 1514, 8, true },
};

static void look(void)
{
	static struct cpu_stat stat;

	must(span_text("machine"), sys_machine_cpu_stat(rt_handle(span_text("machine")), 0, &stat));
}

static void send(const struct kind *kind)
{
	u32 number;

	must(span_text("send"), frames_begin(&frames, &number));
	struct mspan frame = frames_buffer(&frames, FRAMES_SEND, number);

	mspan_put_u8(frame, 12, 0x88);
	mspan_put_u8(frame, 13, kind->back ? 0xb5 : 0xb6);
	frames_send(&frames, number, kind->bytes);
}

static void receive(const struct kind *kind)
{
	struct span frame;
	u32 number;

	must(span_text("receive"), frames_receive(&frames, rt_deadline_in(PATIENCE_NS), &number, &frame));
	must(span_text("length"), span_len(frame) == kind->bytes ? STATUS_OK : STATUS_BAD_FORMAT);
	frames_done(&frames, number);
}

static void operations(const struct kind *kind, u32 count)
{
	for (u32 i = 0; i < count; i += kind->together) {
		for (u32 j = 0; j < kind->together; j++)
			send(kind);
		frames_flush(&frames);
		for (u32 j = 0; j < kind->together && kind->back; j++)
			receive(kind);
	}
}

u64 measure_net(void)
{
	TEXT_BUFFER(line, 96);

	must(span_text("frames"), frames_open(&frames, span_text("/dev/net0/frames")));
	for (u32 at = 0; at < ARRAY_LEN(kinds); at++) {
		const struct kind *kind = ELEM(kinds, at);

		operations(kind, WARM_UP);
		look();
		operations(kind, ROUNDS);
		look();
		text_clear(&line);
		text_add(&line, "net ");
		text_add_span(&line, span_until_zero(SPAN_OF_ARRAY(kind->name)));
		text_add(&line, " ");
		text_add_u64(&line, kind->together);
		text_add(&line, " ");
		text_add_u64(&line, ROUNDS);
		text_add(&line, "\n");
		print_text(&line);
		print_flush();
	}
	frames_close(&frames);
	return 0;
}
