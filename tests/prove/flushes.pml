/* SPDX-License-Identifier: Apache-2.0
 *
 * Flushes of riscv64 (kernel/arch/riscv64/tlb.c), which ask only those processors that use the space now, on three
 * processors, every interleaving of their steps.
 *
 *   changer  writes code, maps its frame, takes it away again, and gives the frame back.
 *   user     two of them go over to the space and leave it, again and again, and run the code while it is there.
 *
 * What a processor has cached of a space stays when it leaves. A store that says which space is in use stays in its
 * processor's buffer, unseen by others, until a fence or any time before; all else is in the order of the program.
 *
 * Shown: a frame that was given back is not used (STALE); what runs was fetched behind its being written (FETCH); the
 * changer waits for nobody for ever (no dead end).
 */
#define USERS 2
#define TURNS 3
#define BIT(cpu) (1 << (cpu))

bool present;                   /* the entry of the page in the tables */
bool code_written, frame_free;
byte known;                     /* the space's mask of processors that go over to it and do nothing else */
bool stored[USERS];             /* the space is in use: as its processor has stored it */
bool seen[USERS];               /* ... as others see it */
bool root[USERS];               /* this processor's tables are the space's */
bool cached[USERS];             /* it has the page in its translation cache */
bool old_code[USERS] = true;    /* ... and in its instruction cache what was there before the code */

inline fence(me)
{
	stored[me] == seen[me]
}

inline forget(who)
{
	atomic { cached[who] = false; old_code[who] = old_code[who] && !code_written }
}

/* hal_space_activate, and riscv64_meet_space. */
inline enter(me)
{
	stored[me] = true;
	fence(me);
	if
	:: known & BIT(me) -> root[me] = true
	:: else ->
		known = known | BIT(me);
		root[me] = true;
		forget(me)
	fi
}

/* For the sake of what is next on the processor: nothing is forgotten. */
inline leave(me)
{
	stored[me] = false;
	root[me] = false
}

inline fetch(me)
{
	atomic {
		if
		:: cached[me] || present ->
			cached[me] = true;
			assert(!frame_free);            /* STALE */
			assert(!old_code[me])           /* FETCH */
		:: else
		fi
	}
}

/* users_of_changed, and firmware's interrupts of those found. */
inline ask()
{
	byte cpu;

	known = 0;
	for (cpu : 0 .. USERS - 1) {
		if
		:: seen[cpu] -> forget(cpu)
		:: else
		fi
	}
}

proctype user(byte me)
{
	byte turn;

	for (turn : 1 .. TURNS) {
		enter(me);
		fetch(me);
		fetch(me);
		leave(me)
	}
}

active proctype changer()
{
	code_written = true;
	ask();
	present = true;
	present = false;
	ask();
	frame_free = true
}

/* A buffered store is seen at last. */
proctype buffer(byte cpu)
{
end:
	do
	:: stored[cpu] != seen[cpu] -> seen[cpu] = stored[cpu]
	od
}

/* A processor may look ahead, whatever its program does. */
proctype walker(byte cpu)
{
end:
	do
	:: atomic { root[cpu] && present && !cached[cpu] -> cached[cpu] = true }
	od
}

init
{
	byte cpu;

	atomic {
		for (cpu : 0 .. USERS - 1) {
			run user(cpu);
			run buffer(cpu);
			run walker(cpu)
		}
	}
}
