/* SPDX-License-Identifier: Apache-2.0
 *
 * The frames that the host sends. No I/O, so that it is tested on the host.
 */
#ifndef USERSPACE_SERVICES_AGENT_PROTOCOL_H
#define USERSPACE_SERVICES_AGENT_PROTOCOL_H

#include "lib/base/text.h"

enum : u32 { PROTOCOL_TEXT_MAX = 1400, PROTOCOL_HEAD_MAX = 32 };

enum protocol_event : u32 { PROTOCOL_NONE, PROTOCOL_RUN, PROTOCOL_OFF, PROTOCOL_BAD };

struct STABLE protocol {
	u8 head[PROTOCOL_HEAD_MAX]; /* the line that begins a frame */
	u32 head_used;
	u8 text[PROTOCOL_TEXT_MAX];
	u32 text_used;
	u64 wanted;                 /* bytes of text that are still to come */
	bool in_text;
	bool too_long;              /* the text is passed over */
};

/* One byte from the host. After PROTOCOL_RUN the text is protocol_text, until the next byte. */
[[nodiscard]] enum protocol_event protocol_input(struct protocol *p, u8 byte);

static inline struct span protocol_text(const struct protocol *p)
{
	return span_first(SPAN_OF_ARRAY(p->text), p->text_used);
}

#endif
