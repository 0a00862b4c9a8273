/* SPDX-License-Identifier: Apache-2.0
 *
 * wc [FILE...]: counts lines, words and bytes.
 */
#include "lib/tool/tool.h"

struct counts {
	u64 lines, words, bytes;
	bool in_word;
};

static void count_piece(struct counts *c, struct span piece)
{
	for (usize i = 0; i < span_len(piece); i++) {
		u8 byte = span_u8(piece, i);
		bool space = ascii_is_space(byte);

		c->lines += byte == '\n';
		c->words += c->in_word && space;
		c->in_word = !space;
	}
	c->bytes += span_len(piece);
}

static void print_counts(const struct counts *c, struct span name)
{
	TEXT_BUFFER(line, 320);

	text_add_u64_right(&line, c->lines, 8);
	text_add_u64_right(&line, c->words + c->in_word, 8);
	text_add_u64_right(&line, c->bytes, 10);
	if (span_len(name) > 0)
		text_add(&line, " ");
	text_add_span(&line, span_first(name, 256));
	text_add(&line, "\n");
	print_text(&line);
}

u64 program_main(const struct rt_args *args)
{
	struct tool_inputs in = tool_inputs(args, 0);
	u8 bytes[1024];

	while (tool_next_input(&in)) {
		struct counts counts = {};
		usize count = 1;

		while (count > 0) {
			count = tool_read(&in, MSPAN_OF_ARRAY(bytes));
			count_piece(&counts, span_first(SPAN_OF_ARRAY(bytes), count));
		}
		print_counts(&counts, in.standard ? span_empty() : rt_arg(in.next - 1));
	}
	print_flush();
	return tool_inputs_result(&in);
}
