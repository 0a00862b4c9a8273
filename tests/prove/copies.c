/* SPDX-License-Identifier: Apache-2.0
 *
 * Copies to and from user memory. Some pages of two processes' memory, each there or not; any address, any length
 * up to a little more than the pages hold; pages of 8 bytes, so that a copy meets several. What is not inside a
 * page that is there is never touched, by CBMC's own checks: it is not inside any object.
 */
#include "kernel/core/mem/user_copy.c"

enum : u64 { PAGES = 3, MOST = PAGES * PAGE_BYTES, BASE = HAL_USER_BASE };

struct cpu *prove_this_cpu;

struct page { u8 byte[PAGE_BYTES]; };

/* A process' memory: page i is at BASE + i pages. */
struct user {
	struct process process;
	struct page *page[PAGES];
	bool there[PAGES];
	u32 access;
};
static struct user *here, *other;

static struct user *any_user(u32 access)
{
	struct user *user = NEW(struct user);

	for (u32 i = 0; i < PAGES; i++) {
		user->page[i] = NEW(struct page);
		user->there[i] = MAYBE();
	}
	user->access = access;
	return user;
}

/* Frames of the model are numbered: user, page. */
vaddr_t hal_direct(paddr_t frame)
{
	struct user *user = (frame.v & 8) != 0 ? other : here;
	u64 number = frame.v & 7;

	return (vaddr_t){ (u64)(uptr)(number == 0 ? user->page[0] : number == 1 ? user->page[1] : user->page[2]) };
}

bool hal_interrupt_pending(void) { return MAYBE(); }

struct frame_result space_touch(struct space *space, u64 at, u32 access)
{
	struct user *user = space == &here->process.space ? here : other;
	u64 number = (at - BASE) >> PAGE_SHIFT;

	PROVE(at < HAL_USER_TOP, "only user addresses are looked up");
	PROVE(access == user->access, "memory is read to be read and written to be written");
	if (at < BASE || number >= PAGES || !user->there[number])
		return (struct frame_result){ .ok = false, .status = STATUS_BAD_ADDRESS };
	return (struct frame_result){ .ok = true, .frame = { number | (user == other ? 8 : 0) } };
}

/* Whether all of [at, at + bytes) is there. */
static bool all_there(const struct user *user, u64 at, u64 bytes)
{
	bool there = at >= BASE && at - BASE <= MOST && bytes <= MOST - (at - BASE);

	for (u32 i = 0; i < PAGES; i++) {
		u64 first = BASE + i * PAGE_BYTES;

		there = there && IMPLIES(bytes != 0 && first < at + bytes && at < first + PAGE_BYTES, user->there[i]);
	}
	return there || bytes == 0;
}

static u8 byte_at(const struct user *user, u64 at)
{
	u64 offset = at - BASE;

	return user->page[offset / PAGE_BYTES]->byte[offset % PAGE_BYTES];
}

void prove_in(void)
{
	uaddr_t from = { ANY(u64) };
	u8 to[MOST + 1];
	u64 bytes = ANY(u64), some = ANY(u64);

	ASSUME(bytes <= sizeof(to));
	here = any_user(HAL_PROT_READ);
	other = here;
	enum status status = user_copy_in(&here->process, (struct mspan){ to, bytes }, from);

	PROVE(IMPLIES(bytes != 0, (status == STATUS_OK) == all_there(here, from.v, bytes)),
		"a copy succeeds exactly if all of it is there");
	if (status != STATUS_OK || some >= bytes)
		return;
	PROVE(to[some] == byte_at(here, from.v + some), "every byte is the one in user memory");
}

void prove_out(void)
{
	uaddr_t to = { ANY(u64) };
	u8 from[MOST + 1];
	u64 bytes = ANY(u64), some = ANY(u64), elsewhere = ANY(u64);

	ASSUME(bytes <= sizeof(from) && elsewhere < MOST);
	here = any_user(HAL_PROT_WRITE);
	other = here;
	u8 before = byte_at(here, BASE + elsewhere);
	enum status status = user_copy_out(&here->process, to, (struct span){ from, bytes });

	PROVE(IMPLIES(BASE + elsewhere < to.v || BASE + elsewhere - to.v >= bytes, byte_at(here, BASE + elsewhere) == before),
		"nothing outside the range is written");
	PROVE(IMPLIES(bytes != 0, (status == STATUS_OK) == all_there(here, to.v, bytes)),
		"a copy succeeds exactly if all of it is there");
	if (status != STATUS_OK || some >= bytes)
		return;
	PROVE(byte_at(here, to.v + some) == from[some], "every byte arrives");
}

void prove_across(void)
{
	uaddr_t source = { ANY(u64) }, target = { ANY(u64) };
	u64 bytes = ANY(u64), some = ANY(u64);
	struct thread self = { .copied = ANY(u32) };

	ASSUME(bytes <= PAGE_BYTES + 2);
	here = any_user(HAL_PROT_READ);
	other = any_user(HAL_PROT_WRITE);
	u64 before = self.copied < bytes ? self.copied : 0;
	struct sys_result result = user_copy_across(&self, (struct user_range){ &here->process, source },
		(struct user_range){ &other->process, target }, bytes);
	bool again = result.status == SYS_AGAIN;
	u64 copied = again ? self.copied : result.value;

	PROVE(again || self.copied == 0, "the next copy begins at its beginning");
	PROVE(IMPLIES(again, copied > before && copied < bytes), "who makes the call again has come further");
	PROVE(copied < before + STAY_MOST + PAGE_BYTES, "others get at what is locked for it after a bounded part");
	PROVE(copied <= bytes && IMPLIES(bytes != 0, (copied == bytes) == (result.status == STATUS_OK)), "what was copied is told");
	if (some < before || some >= copied)
		return;
	PROVE(byte_at(other, target.v + some) == byte_at(here, source.v + some), "every byte that is told has arrived");
}
