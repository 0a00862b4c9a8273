/* SPDX-License-Identifier: Apache-2.0
 *
 * Compiled manifests as hostile input.
 */
#include "lib/image/manifest.h"

enum : u32 { PRIORITY_MAX = 255, STACK_PAGES_MAX = 256, WEIGHT_MAX = 10000, DELAY_MAX_MS = 60000, ARGS_MAX = 32 };
enum : u32 { HEARTBEAT_MAX_MS = 60000, STATE_PAGES_MAX = 1 << 18, FAILURES_MAX = 1000 };
enum : u32 { DMA_PAGES_MAX = MANIFEST_DMA_PIECES_MAX * MANIFEST_DMA_PIECE_PAGES };

const char *manifest_problem_text(enum manifest_problem problem)
{
	switch (problem) {
	case MANIFEST_OK: return "is well-formed";
	case MANIFEST_BAD_LENGTH: return "has a wrong length";
	case MANIFEST_NOT_A_MANIFEST: return "does not begin with FMAN";
	case MANIFEST_BAD_VERSION: return "is of another version of the format";
	case MANIFEST_BAD_NAME: return "has no valid name";
	case MANIFEST_BAD_PROGRAM: return "names no program";
	case MANIFEST_BAD_PATH: return "has a path that is not absolute or not terminated";
	case MANIFEST_BAD_LIMIT: return "has a limit, priority, stack, state or heartbeat outside the allowed range";
	case MANIFEST_BAD_RESTART: return "has an unknown restart policy or a wrong delay";
	case MANIFEST_BAD_WITHOUT: return "does not say rightly when it is given up, or what it does without what it needs";
	case MANIFEST_BAD_ARGS: return "has malformed arguments";
	case MANIFEST_BAD_NEEDS: return "has a malformed list of needed services";
	case MANIFEST_BAD_CALLS: return "has a malformed list of called services";
	case MANIFEST_BAD_GRANT: return "has a malformed grant";
	case MANIFEST_BAD_DEVICE: return "has a malformed device";
	case MANIFEST_BAD_RESERVED: return "has reserved fields or unknown flags that are not zero";
	case MANIFEST_PROBLEM_COUNT: break;
	}
	return "has an unknown problem";
}

/* Terminated, printable, zero-padded to its end. */
static bool text_valid(struct span field)
{
	usize length = span_find(field, 0, 0);

	if (length == span_len(field))
		return false;
	for (usize i = 0; i < span_len(field); i++) {
		u8 c = span_u8(field, i);

		if (i < length ? c < ' ' || c >= 0x7f : c != 0)
			return false;
	}
	return true;
}

static bool name_valid(struct span field)
{
	return text_valid(field) && span_u8(field, 0) != 0 && span_find(field, 0, ' ') == span_len(field);
}

/* Absolute, or empty. */
static bool path_valid(struct span field)
{
	return text_valid(field) && (span_u8(field, 0) == 0 || span_u8(field, 0) == '/');
}

static bool limits_valid(const struct manifest_record *m)
{
	enum : u64 { LIMIT_MAX = 1ull << 40 };

	return m->frames <= LIMIT_MAX && m->objects <= LIMIT_MAX && m->caps <= LIMIT_MAX && m->threads <= LIMIT_MAX &&
	       m->state_pages <= STATE_PAGES_MAX && m->heartbeat_ms <= HEARTBEAT_MAX_MS &&
	       m->weight <= WEIGHT_MAX && m->priority <= m->max_priority && m->max_priority <= PRIORITY_MAX &&
	       m->stack_pages >= 1 && m->stack_pages <= STACK_PAGES_MAX;
}

static bool restart_valid(const struct manifest_record *m)
{
	return m->restart < MANIFEST_RESTART_COUNT && m->backoff_ms >= 1 && m->backoff_ms <= m->backoff_max_ms &&
	       m->backoff_max_ms <= DELAY_MAX_MS;
}

static bool giving_up_valid(const struct manifest_record *m)
{
	return m->without < MANIFEST_WITHOUT_COUNT && m->give_up_after >= 1 && m->give_up_after <= FAILURES_MAX;
}

/* Exactly args_count terminated texts in args_bytes. */
static bool args_valid(const struct manifest_record *m)
{
	u32 found = 0;

	if (m->args_bytes > MANIFEST_ARGS_BYTES || m->args_count > ARGS_MAX)
		return false;
	struct span args = span_first(SPAN_OF_ARRAY(m->args), m->args_bytes);

	for (usize i = 0; i < span_len(args); i++)
		found += span_u8(args, i) == 0;
	return found == m->args_count &&
	       (m->args_bytes == 0 || span_u8(args, m->args_bytes - 1) == 0);
}

static bool grant_valid(const struct manifest_grant *grant)
{
	u64 end;

	if (!name_valid(SPAN_OF_ARRAY(grant->name)) || grant->reserved != 0 || grant->kind == MANIFEST_GRANT_NONE ||
	    grant->kind >= MANIFEST_GRANT_KIND_COUNT || ckd_add(&end, grant->base, grant->count))
		return false;
	bool ranged = grant->kind == MANIFEST_GRANT_IOPORT || grant->kind == MANIFEST_GRANT_IRQ ||
		      grant->kind == MANIFEST_GRANT_DEVICE;

	return ranged ? grant->count != 0 : grant->count == 0 && grant->base == 0;
}

static bool needs_valid(const struct manifest_record *m)
{
	if (m->needs_count > MANIFEST_NEEDS_MAX)
		return false;
	for (u32 i = 0; i < m->needs_count; i++) {
		if (!name_valid(SPAN_OF_ARRAY(ELEM(m->needs, i)->text)))
			return false;
	}
	return true;
}

static bool calls_valid(const struct manifest_record *m)
{
	if (m->calls_count > MANIFEST_CALLS_MAX)
		return false;
	for (u32 i = 0; i < m->calls_count; i++) {
		if (!name_valid(SPAN_OF_ARRAY(ELEM(m->calls, i)->text)))
			return false;
	}
	return true;
}

static bool grants_valid(const struct manifest_record *m)
{
	if (m->grants_count > MANIFEST_GRANTS_MAX)
		return false;
	for (u32 i = 0; i < m->grants_count; i++) {
		if (!grant_valid(ELEM(m->grant, i)))
			return false;
	}
	return true;
}

static bool device_valid(const struct manifest_device *device)
{
	if (device->reserved != 0 || device->dma_pages > DMA_PAGES_MAX)
		return false;
	if (device->class[0] == 0 ? device->number != 0 || device->dma_pages != 0 || device->match_count != 0 :
	    !name_valid(SPAN_OF_ARRAY(device->class)) || device->match_count == 0 || device->match_count > MANIFEST_MATCHES_MAX)
		return false;
	for (u32 i = 0; i < MANIFEST_MATCHES_MAX; i++) {
		struct span match = SPAN_OF_ARRAY(ELEM(device->match, i)->text);
		struct span program = SPAN_OF_ARRAY(ELEM(device->match, i)->program);

		if (i < device->match_count ? !name_valid(match) : !text_valid(match) || span_u8(match, 0) != 0)
			return false;
		if (span_u8(program, 0) != 0 ? i >= device->match_count || !name_valid(program) : !text_valid(program))
			return false;
	}
	return true;
}

static bool reserved_zero(const struct manifest_record *m)
{
	struct span padding = SPAN_OF_ARRAY(m->padding);

	for (usize i = 0; i < span_len(padding); i++) {
		if (span_u8(padding, i) != 0)
			return false;
	}
	return m->reserved2 == 0 && (m->flags & ~(u32)MANIFEST_FLAGS_ALL) == 0;
}

static enum manifest_problem record_check(const struct manifest_record *m)
{
	if (m->magic != MANIFEST_MAGIC)
		return MANIFEST_NOT_A_MANIFEST;
	if (m->version != MANIFEST_VERSION || m->bytes != MANIFEST_BYTES)
		return MANIFEST_BAD_VERSION;
	if (!name_valid(SPAN_OF_ARRAY(m->name)) || !text_valid(SPAN_OF_ARRAY(m->description)))
		return MANIFEST_BAD_NAME;
	if (!name_valid(SPAN_OF_ARRAY(m->program)))
		return MANIFEST_BAD_PROGRAM;
	if (!path_valid(SPAN_OF_ARRAY(m->provides)) || !path_valid(SPAN_OF_ARRAY(m->stdin_path)) ||
	    !path_valid(SPAN_OF_ARRAY(m->stdout_path)) || !path_valid(SPAN_OF_ARRAY(m->stderr_path)))
		return MANIFEST_BAD_PATH;
	if (!limits_valid(m))
		return MANIFEST_BAD_LIMIT;
	if (!restart_valid(m))
		return MANIFEST_BAD_RESTART;
	if (!giving_up_valid(m))
		return MANIFEST_BAD_WITHOUT;
	if (!args_valid(m))
		return MANIFEST_BAD_ARGS;
	if (!needs_valid(m))
		return MANIFEST_BAD_NEEDS;
	if (!calls_valid(m))
		return MANIFEST_BAD_CALLS;
	if (!grants_valid(m))
		return MANIFEST_BAD_GRANT;
	if (!device_valid(&m->device))
		return MANIFEST_BAD_DEVICE;
	return reserved_zero(m) ? MANIFEST_OK : MANIFEST_BAD_RESERVED;
}

enum manifest_problem manifest_read(struct span content, struct manifest_record *out)
{
	if (span_len(content) != sizeof(*out))
		return MANIFEST_BAD_LENGTH;
	span_copy(MSPAN_OF_STRUCT(*out), content);
	return record_check(out);
}
