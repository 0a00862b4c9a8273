/* SPDX-License-Identifier: Apache-2.0
 *
 * net                     tells the address of the first network, and what went through
 * net arp ADDRESS [OWN]   asks who has an IPv4 address, in the name of another (10.0.2.15), and waits two seconds for the answer
 * net echo COUNT          sends frames to a peer that sends each back, again if it does not within half a second, and compares
 *                         every byte
 */
#include "lib/9p/file.h"
#include "lib/frames/frames.h"
#include "lib/rt/message.h"
#include "lib/tool/tool.h"

#define FRAMES "/dev/net0/frames"
#define STATUS_FILE "/dev/net0/status"

enum : u32 { HEADER_BYTES = 14, ARP_BYTES = 42, TYPE_ARP = 0x0806, ADDRESS_BYTES = 6, TRIES_MAX = 200 };
/* SPEC: IEEE 802: a type for experiments */
enum : u32 { TYPE_ECHO = 0x88b5, BODY_AT = 24, LENGTHS = 1400, LENGTH_LEAST = 60, TOGETHER = 8 };
enum : u64 { PATIENCE_ARP_NS = 2000000000, PATIENCE_ECHO_NS = 500000000 };

static struct frames frames;
static u8 own[ADDRESS_BYTES];

static void put_be16(struct mspan to, u64 at, u32 value)
{
	mspan_put_u8(to, at, (u8)(value >> 8));
	mspan_put_u8(to, at + 1, (u8)value);
}

static u32 be16(struct span from, u64 at) { return (u32)span_u8(from, at) << 8 | span_u8(from, at + 1); }

/* ---- addresses ---- */

static u32 hex_digit(u8 c) { return c >= 'a' ? c - 'a' + 10u : c - '0'; }

/* It stands behind the first word of the driver's status. */
static enum status read_own(void)
{
	u8 text[512];
	usize count = 0;
	enum status status = file_load(span_text(STATUS_FILE), MSPAN_OF_ARRAY(text), &count);
	struct span rest = span_first(SPAN_OF_ARRAY(text), count);

	if (status != STATUS_OK)
		return status;
	(void)span_split(&rest, ' ');
	rest = span_trim(rest);
	if (span_len(rest) < 3 * ADDRESS_BYTES - 1)
		return STATUS_BAD_FORMAT;
	for (u32 i = 0; i < ADDRESS_BYTES; i++)
		*ELEM(own, i) = (u8)(hex_digit(span_u8(rest, 3 * i)) << 4 | hex_digit(span_u8(rest, 3 * i + 1)));
	return STATUS_OK;
}

static bool parse_ip(struct span text, u8 (*ip)[4])
{
	for (u32 i = 0; i < 4; i++) {
		struct span part = span_split(&text, '.');
		u64 value = 256;

		if (!span_parse_u64(part, &value) || value > 255)
			return false;
		*ELEM(*ip, i) = (u8)value;
	}
	return span_len(text) == 0;
}

static void add_address(struct text *line, struct span address)
{
	for (u32 i = 0; i < ADDRESS_BYTES; i++) {
		if (i > 0)
			text_add(line, ":");
		text_add_hex_digits(line, span_u8(address, i), 2);
	}
}

/* ---- frames ---- */

/* To everybody, from this machine. */
static void begin_frame(struct mspan frame, u32 type)
{
	mspan_fill(frame, 0);
	mspan_fill(mspan_first(frame, ADDRESS_BYTES), 0xff);
	span_copy(mspan_from(frame, ADDRESS_BYTES), SPAN_OF_ARRAY(own));
	put_be16(frame, 12, type);
}

/* ---- arp. SPEC: RFC 826 ---- */

static void make_question(struct mspan frame, struct span asked, struct span from)
{
	begin_frame(frame, TYPE_ARP);
	put_be16(frame, 14, 1);
	put_be16(frame, 16, 0x0800);
	mspan_put_u8(frame, 18, ADDRESS_BYTES);
	mspan_put_u8(frame, 19, 4);
	put_be16(frame, 20, 1);
	span_copy(mspan_from(frame, 22), SPAN_OF_ARRAY(own));
	span_copy(mspan_from(frame, 28), from);
	span_copy(mspan_from(frame, 38), asked);
}

static bool is_answer(struct span frame, struct span asked)
{
	return span_len(frame) >= ARP_BYTES && be16(frame, 12) == TYPE_ARP && be16(frame, 20) == 2 &&
	       span_equal(span_part(frame, 28, 4), asked);
}

static enum status send_question(struct span asked, struct span from)
{
	u32 number;
	enum status status = frames_begin(&frames, &number);

	if (status != STATUS_OK)
		return status;
	make_question(mspan_first(frames_buffer(&frames, FRAMES_SEND, number), LENGTH_LEAST), asked, from);
	frames_send(&frames, number, LENGTH_LEAST);
	return STATUS_OK;
}

/* WHY a copy: what is in the buffer may change after it was looked at. */
static enum status receive_answer(struct span asked, u8 (*answer)[ARP_BYTES])
{
	u64 deadline = rt_deadline_in(PATIENCE_ARP_NS);
	enum status status = STATUS_OK;
	bool found = false;

	while (status == STATUS_OK && !found) {
		struct span frame;
		u32 number;

		status = frames_receive(&frames, deadline, &number, &frame);
		if (status != STATUS_OK)
			break;
		span_copy(MSPAN_OF_ARRAY(*answer), span_first(frame, ARP_BYTES));
		found = span_len(frame) >= ARP_BYTES && is_answer(SPAN_OF_ARRAY(*answer), asked);
		frames_done(&frames, number);
	}
	return status;
}

static enum status arp(struct span name, struct span asked, struct span from)
{
	u8 answer[ARP_BYTES] = {};
	TEXT_BUFFER(line, 80);
	enum status status = send_question(asked, from);

	if (status == STATUS_OK)
		status = receive_answer(asked, &answer);
	if (status != STATUS_OK)
		return status;
	text_add_span(&line, name);
	text_add(&line, " is at ");
	add_address(&line, span_part(SPAN_OF_ARRAY(answer), 22, ADDRESS_BYTES));
	text_add(&line, "\n");
	print_text(&line);
	return STATUS_OK;
}

/* ---- echo ---- */

static u64 length_of(u64 number) { return LENGTH_LEAST + number * 37 % LENGTHS; }

static void make_numbered(struct mspan frame, u64 number)
{
	begin_frame(frame, TYPE_ECHO);
	mspan_put_le64(frame, HEADER_BYTES, number);
	put_be16(frame, HEADER_BYTES + 8, (u32)length_of(number));
	for (u64 i = BODY_AT; i < length_of(number); i++)
		mspan_put_u8(frame, i, (u8)(number * 31 + i * 7));
}

static bool is_ours(struct span frame) { return span_len(frame) >= LENGTH_LEAST && be16(frame, 12) == TYPE_ECHO; }

static bool is_as_sent(struct span frame, u64 number)
{
	static u8 sent[FRAMES_MOST];

	make_numbered(MSPAN_OF_ARRAY(sent), number);
	struct span body = span_part(SPAN_OF_ARRAY(sent), HEADER_BYTES, length_of(number) - HEADER_BYTES);

	return span_equal(span_from(frame, HEADER_BYTES), body);
}

/* Frames of others are passed over. */
static enum status look_at(struct span frame, u64 first, u32 *missing)
{
	if (!is_ours(frame))
		return STATUS_OK;
	u64 number = span_le64(frame, HEADER_BYTES);

	if (!is_as_sent(frame, number))
		return STATUS_BAD_FORMAT;
	/* One of before came twice. */
	if (number >= first && number < first + TOGETHER)
		*missing &= ~(1u << (number - first));
	return STATUS_OK;
}

/* Takes what comes back until all of those are there or the time is up. */
static enum status collect(u64 first, u32 *missing)
{
	u64 deadline = rt_deadline_in(PATIENCE_ECHO_NS);
	enum status status = STATUS_OK;

	while (*missing != 0 && status == STATUS_OK) {
		struct span frame;
		u32 buffer;

		status = frames_receive(&frames, deadline, &buffer, &frame);
		if (status != STATUS_OK)
			break;
		status = look_at(frame, first, missing);
		frames_done(&frames, buffer);
	}
	/* REPEAT: the driver was killed more often meanwhile than lib/frames asks again. */
	return status == STATUS_TIMED_OUT || status == STATUS_REPEAT ? STATUS_OK : status;
}

static enum status send_missing(u64 first, u32 missing)
{
	enum status status = STATUS_OK;

	for (u32 i = 0; i < TOGETHER && status == STATUS_OK; i++) {
		u32 buffer;

		if ((missing & 1u << i) == 0)
			continue;
		status = frames_begin(&frames, &buffer);
		if (status != STATUS_OK)
			break;
		make_numbered(mspan_first(frames_buffer(&frames, FRAMES_SEND, buffer), FRAMES_MOST), first + i);
		frames_send(&frames, buffer, length_of(first + i));
	}
	return status;
}

static enum status echo(u64 count)
{
	u64 again = 0;
	enum status status = STATUS_OK;
	TEXT_BUFFER(line, 80);

	for (u64 first = 0; first < count && status == STATUS_OK; first += TOGETHER) {
		u32 missing = (1u << min_u64(TOGETHER, count - first)) - 1;

		for (u32 tries = 0; missing != 0 && status == STATUS_OK; tries++) {
			again += tries > 0;
			status = tries < TRIES_MAX ? send_missing(first, missing) : STATUS_TIMED_OUT;
			if (status == STATUS_OK)
				status = collect(first, &missing);
		}
	}
	if (status != STATUS_OK)
		return status;
	text_add_u64(&line, count);
	text_add(&line, " came back, asked for again ");
	text_add_u64(&line, again);
	text_add(&line, " times\n");
	print_text(&line);
	return STATUS_OK;
}

/* ---- */

static u64 act(const struct rt_args *args)
{
	u8 asked[4] = {}, from[4] = { 10, 0, 2, 15 };
	u64 count = 0;
	bool asks = span_equal(rt_arg(0), span_text("arp")) && args->count >= 2 && args->count <= 3;
	bool echoes = span_equal(rt_arg(0), span_text("echo")) && args->count == 2;

	if (!(asks && parse_ip(rt_arg(1), &asked) && (args->count == 2 || parse_ip(rt_arg(2), &from))) &&
	    !(echoes && span_parse_u64(rt_arg(1), &count)))
		return tool_usage(span_text("[arp ADDRESS [OWN] | echo COUNT]"));
	enum status status = read_own();

	if (status == STATUS_OK)
		status = frames_open(&frames, span_text(FRAMES));
	if (status == STATUS_OK)
		status = asks ? arp(rt_arg(1), SPAN_OF_ARRAY(asked), SPAN_OF_ARRAY(from)) : echo(count);
	frames_close(&frames);
	return status == STATUS_OK ? TOOL_OK : tool_fail_status(span_text("/dev/net0"), status);
}

u64 program_main(const struct rt_args *args)
{
	if (args->count > 0)
		return act(args);
	enum status status = tool_print_file(span_text(STATUS_FILE));

	return status == STATUS_OK ? TOOL_OK : tool_fail_status(span_text(STATUS_FILE), status);
}
