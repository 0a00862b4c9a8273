/* SPDX-License-Identifier: Apache-2.0
 *
 * Copying to and from user memory, a page at a time. See user_copy.h.
 */
#include "kernel/core/mem/user_copy.h"
#include "kernel/core/mem/space.h"
#include "kernel/core/process/process.h"
#include "kernel/raw/frame_access.h"

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

enum status user_copy_across(struct process *from, uaddr_t source, struct process *to, uaddr_t target, u64 bytes,
	u64 *copied)
{
	*copied = 0;
	if (bytes > HAL_USER_TOP || source.v > HAL_USER_TOP - bytes || target.v > HAL_USER_TOP - bytes)
		return STATUS_BAD_ADDRESS;
	while (*copied < bytes) {
		u64 read_at = source.v + *copied, write_at = target.v + *copied;
		u64 piece = min_u64(bytes - *copied, min_u64(rest_of_page(read_at), rest_of_page(write_at)));
		struct frame_result read = space_touch(&from->space, read_at, HAL_PROT_READ);

		if (!read.ok)
			return read.status;
		struct frame_result write = space_touch(&to->space, write_at, HAL_PROT_WRITE);

		if (!write.ok)
			return write.status;
		span_copy(frame_bytes(write.frame, write_at & PAGE_MASK, piece),
			span_of(frame_bytes(read.frame, read_at & PAGE_MASK, piece)));
		*copied += piece;
	}
	return STATUS_OK;
}
