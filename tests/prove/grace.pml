/* SPDX-License-Identifier: Apache-2.0
 *
 * The grace period (kernel/core/object/object.c, going idle in kernel/core/sched/sched.c, coming in for the first time in
 * kernel/boot/start.c) where stores are seen late, on two processors, every interleaving of their steps.
 *
 *   closer  makes an object unreachable, asks for a grace period, and frees the object when it is over.
 *   user    finds the object if it can, uses it, and then runs a program, idles, or both.
 *
 * Stores of either stay in its buffer, unseen by the other, until a fence or any time before, in the order of the program.
 *
 * Shown: what is used was not freed (USED); the object is freed at last (no dead end).
 */
#define TURNS 3

bool unlinked, unlinked_seen;   /* no table leads to the object: as the closer has stored it, as the user sees it */
bool wanted, wanted_seen;       /* a grace period was asked for */
bool idle = true, idle_seen = true;
bool passed, passed_seen;       /* the user has come by since then */
bool freed;

inline fence_of_user()
{
	idle == idle_seen && passed == passed_seen
}

inline fence_of_closer()
{
	unlinked == unlinked_seen && wanted == wanted_seen
}

inline use()
{
	assert(!found || !freed)  /* USED */
}

/* A stay in the kernel. */
inline stay()
{
	found = !unlinked_seen;
	use();
	use()
}

/* To a program: sched_leave_grace. Releases. */
inline leave()
{
	passed = passed || wanted_seen;
	found = false
}

active proctype user()
{
	byte turn;
	bool found;

	for (turn : 1 .. TURNS) {
		idle = false;
		fence_of_user();
		stay();
		if
		:: leave(); stay()
		:: skip
		fi;
		idle = true;
		found = false;
		leave()
	}
}

active proctype closer()
{
	unlinked = true;
	wanted = true;
	fence_of_closer();
	idle_seen || passed_seen;
	freed = true
}

/* Buffered stores are seen at last; of each processor in order. */
active proctype buffer()
{
end:
	do
	:: atomic { unlinked != unlinked_seen -> unlinked_seen = unlinked }
	:: atomic { unlinked == unlinked_seen && wanted != wanted_seen -> wanted_seen = wanted }
	:: atomic { idle != idle_seen -> idle_seen = idle }
	:: atomic { passed != passed_seen -> passed_seen = passed }
	od
}
