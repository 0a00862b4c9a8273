/* SPDX-License-Identifier: Apache-2.0
 *
 * Copying to and from user memory, a page at a time. See user_copy.h.
 */
#include "kernel/core/mem/user_copy.h"
#include "kernel/core/mem/space.h"
#include "kernel/core/process/process.h"
#include "kernel/core/thread/thread.h"
#include "kernel/hal/cpu.h"
#include "kernel/raw/frame_access.h"

/* STAY_MOST: after so much others get at locks that are held for the copy. */
enum : u64 { COPY_MOST = 65536, STAY_MOST = 2 * PAGE_BYTES };

static u64 rest_of_page(u64 at) { return PAGE_BYTES - (at & PAGE_MASK); }

enum status user_copy_in(struct process *process, struct mspan to, uaddr_t from)
{
	u64 done = 0, bytes = mspan_len(to);

	if (bytes > HAL_USER_TOP || from.v > HAL_USER_TOP - bytes)
		return STATUS_BAD_ADDRESS;
	while (done < bytes) {
		u64 at = from.v + done, piece = min_u64(bytes - done, rest_of_page(at));
		struct frame_result frame = space_touch(&process->space, at, HAL_PROT_READ);

		if (!frame.ok)
			return frame.status;
		span_copy(mspan_part(to, done, piece), span_of(frame_bytes(frame.frame, at & PAGE_MASK, piece)));
		done += piece;
	}
	return STATUS_OK;
}

enum status user_copy_out(struct process *process, uaddr_t to, struct span from)
{
	u64 done = 0, bytes = span_len(from);

	if (bytes > HAL_USER_TOP || to.v > HAL_USER_TOP - bytes)
		return STATUS_BAD_ADDRESS;
	while (done < bytes) {
		u64 at = to.v + done, piece = min_u64(bytes - done, rest_of_page(at));
		struct frame_result frame = space_touch(&process->space, at, HAL_PROT_WRITE);

		if (!frame.ok)
			return frame.status;
		span_copy(frame_bytes(frame.frame, at & PAGE_MASK, piece), span_part(from, done, piece));
		done += piece;
	}
	return STATUS_OK;
}

/* One step: what lies in one page on both sides. */
static enum status copy_piece(struct user_range from, struct user_range to, u64 most, u64 *copied)
{
	u64 piece = min_u64(most, min_u64(rest_of_page(from.at.v), rest_of_page(to.at.v)));
	struct frame_result read = space_touch(&from.process->space, from.at.v, HAL_PROT_READ);

	if (!read.ok)
		return read.status;
	struct frame_result write = space_touch(&to.process->space, to.at.v, HAL_PROT_WRITE);

	if (!write.ok)
		return write.status;
	span_copy(frame_bytes(write.frame, to.at.v & PAGE_MASK, piece),
		span_of(frame_bytes(read.frame, from.at.v & PAGE_MASK, piece)));
	*copied += piece;
	return STATUS_OK;
}

static struct user_range further(struct user_range range, u64 bytes)
{
	return (struct user_range){ range.process, { range.at.v + bytes } };
}

struct sys_result user_copy_across(struct thread *self, struct user_range from, struct user_range to, u64 bytes)
{
	u64 most = min_u64(bytes, COPY_MOST), before = self->copied < most ? self->copied : 0, copied = before;
	enum status status = STATUS_OK;

	self->copied = 0;
	if (most > HAL_USER_TOP || from.at.v > HAL_USER_TOP - most || to.at.v > HAL_USER_TOP - most)
		return sys_fail(STATUS_BAD_ADDRESS);
	while (copied < most && status == STATUS_OK) {
		status = copy_piece(further(from, copied), further(to, copied), most - copied, &copied);
		if (status == STATUS_OK && copied < most && (copied - before >= STAY_MOST || hal_interrupt_pending())) {
			self->copied = (u32)copied;
			return sys_again();
		}
	}
	return (struct sys_result){ status, copied };
}
