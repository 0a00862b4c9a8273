/* SPDX-License-Identifier: Apache-2.0
 *
 * Lending, revocation and shootdown together, on three processors, every interleaving of their steps.
 *
 *   client   uses a capability, calls a server and lends its activity, waits with a deadline; whichever ends the
 *            wait first wins. Then it takes away the page itself, as two processors may at once.
 *   server   answers or dies; runs on the lent activity meanwhile and touches a page of the shared space.
 *   keeper   revokes the capability's parent, takes the page away, and gives the frame back.
 *
 * A step is what the hardware does at once: one access to a shared word. The order in memory is that of the
 * program (what is weaker on real processors is not in this model).
 *
 * Shown: after revoke has returned no use begins (USE); a frame that was given back is in no processor's cache
 * (STALE); a wait has one end (ONE-END); an activity that is gone is not run on, and in the end none is lent
 * (HOME); a lock has one holder (LOCK); nothing waits for ever (no dead end; keeper_ends, wait_ends).
 */
#define CLIENT 0
#define SERVER 1
#define KEEPER 2
#define CPUS 3

/* ---- shared words ---- */

byte epoch, revocations;        /* of the parent; of all */
byte checked_at;                /* of the child: when it was last found good. Derived at epoch 0 */
bool revoked;                   /* revoke has returned */

bool present = true;            /* the entry of the page in the tables */
bool frame_free;
bool lock;                      /* of the address space */
byte holders;
bool marked[CPUS];              /* the space's mask of processors */
bool uses[CPUS];                /* this processor's tables are the space's */
bool cached[CPUS];              /* its translation cache has the page */
byte asked[CPUS];               /* a bit for each processor that asks this one */
byte waiting[CPUS];             /* a bit for each that has not answered this one */

bool called, bound;             /* the message is there; the reply object has the client as its caller */
byte ends;                      /* how often the client's wait was ended */
bool client_gone, keeper_done;
byte left;                      /* processors that have nothing to do any more */
byte references = 1;            /* to the client's activity: its own */
bool server_lent;               /* the server runs on it */

/* ---- lineage: kernel/core/cap/lineage.c ---- */

#define BIT(cpu) (1 << (cpu))

/* Whether the capability may be used now. */
inline check(good)
{
	byte now;
	bool began_after;

	began_after = revoked;
	if
	:: checked_at == revocations -> good = true
	:: else ->
		now = revocations;
		if
		:: epoch == 0 -> checked_at = now; good = true
		:: else -> good = false
		fi
	fi;
	assert(!(good && began_after))          /* USE */
}

inline revoke()
{
	epoch++;
	atomic { revocations++ };
	revoked = true
}

/* ---- translation: kernel/arch/x86/64/tlb.c ---- */

/* Answers those who ask this processor. */
inline serve(me)
{
	byte from;
	byte who;

	atomic { from = asked[me]; asked[me] = 0 };
	for (who : 0 .. CPUS - 1) {
		if
		:: from & BIT(who) ->
			if
			:: uses[me] -> cached[me] = false
			:: else
			fi;
			atomic { waiting[who] = waiting[who] & (7 - BIT(me)) }
		:: else
		fi
	}
}

/* Every spinning processor serves. */
inline take_lock(me)
{
	do
	:: atomic { !lock -> lock = true; holders++ }; break
	:: lock && asked[me] != 0 -> serve(me)
	od;
	assert(holders == 1)                    /* LOCK */
}

inline give_lock()
{
	atomic { holders--; lock = false }
}

inline shootdown(me)
{
	byte mask;
	byte cpu;

	/* The mask is one word: it is read at once. */
	atomic {
		mask = 0;
		for (cpu : 0 .. CPUS - 1) {
			if
			:: marked[cpu] && cpu != me -> mask = mask | BIT(cpu)
			:: else
			fi
		}
	};
	waiting[me] = mask;
	for (cpu : 0 .. CPUS - 1) {
		if
		:: mask & BIT(cpu) -> atomic { asked[cpu] = asked[cpu] | BIT(me) }
		:: else
		fi
	}
	do
	:: waiting[me] == 0 -> break
	:: waiting[me] != 0 && asked[me] != 0 -> serve(me)
	od
}

/* kernel/core/mem/space.c: the entry first, then every cache. */
inline unmap(me)
{
	take_lock(me);
	present = false;
	give_lock();
	if
	:: uses[me] -> cached[me] = false
	:: else
	fi;
	shootdown(me)
}

/* A processor is marked before it uses the space, and unmarked after it has left it. */
inline enter_space(me)
{
	marked[me] = true;
	uses[me] = true
}

inline leave_space(me)
{
	atomic { uses[me] = false; cached[me] = false };
	marked[me] = false
}

/* User mode: an access goes through the cache, which the tables fill; then an interrupt may come. */
inline touch(me)
{
	if
	:: cached[me] -> assert(!frame_free)    /* STALE */
	:: !cached[me] && present -> cached[me] = true
	:: !cached[me] && !present
	fi;
	if
	:: asked[me] != 0 -> serve(me)
	:: true
	fi
}

/* ---- lending: kernel/core/ipc, kernel/core/sched/activity.h ---- */

/* Takes the caller out of the reply object: who does so owns the wait's end. One step under its lock. */
inline end_wait(won)
{
	atomic { won = bound; bound = false };
	if
	:: won -> ends++; assert(ends == 1)     /* ONE-END */
	:: else
	fi
}

inline drop_reference()
{
	references--
}

active proctype client()
{
	bool good, won;

	enter_space(CLIENT);
	touch(CLIENT);
	check(good);
	if
	:: good ->
		bound = true;
		references++;           /* lent: counted for the server */
		called = true;
		/* An answer, or the deadline. The processor idles and takes interrupts. */
		do
		:: !bound -> break
		:: asked[CLIENT] != 0 -> serve(CLIENT)
		:: bound -> end_wait(won); break
		od
	:: else -> called = false
	fi;
	check(good);                    /* the same capability again, later */
	check(good);
	unmap(CLIENT);
	leave_space(CLIENT);
	drop_reference();
	client_gone = true;
	/* Idle; interrupts are still answered. */
end_idle:
	do
	:: asked[CLIENT] != 0 -> serve(CLIENT)
	:: keeper_done && asked[CLIENT] == 0 -> break
	od;
	left++
}

active proctype server()
{
	bool won;

	do
	:: called -> break
	:: asked[SERVER] != 0 -> serve(SERVER)
	:: client_gone && !called -> goto end_idle
	od;
	server_lent = true;
	atomic { revocations++ };       /* something else is revoked: who looks must walk */
	enter_space(SERVER);
	assert(references > 0);         /* HOME */
	touch(SERVER);
	touch(SERVER);
	assert(references > 0);         /* HOME: also if the caller has given up */
	/* It answers, or dies: in both cases the caller's wait ends, and the activity goes home. */
	end_wait(won);
	server_lent = false;
	drop_reference();
	leave_space(SERVER);
end_idle:
	do
	:: asked[SERVER] != 0 -> serve(SERVER)
	:: keeper_done && client_gone && asked[SERVER] == 0 -> break
	od;
	left++
}

active proctype keeper()
{
	enter_space(KEEPER);
	revoke();
	unmap(KEEPER);
	frame_free = true;
	assert(!cached[CLIENT] && !cached[SERVER] && !cached[KEEPER]);   /* STALE */
	keeper_done = true;
	leave_space(KEEPER);
end_idle:
	do
	:: asked[KEEPER] != 0 -> serve(KEEPER)
	:: client_gone && !server_lent && asked[KEEPER] == 0 -> break
	od;
	left++
}

/* When nobody has anything left to do. */
active proctype afterwards()
{
	left == CPUS;
	assert(references == 0 && !server_lent && !bound);               /* HOME */
	assert(!lock && !marked[CLIENT] && !marked[SERVER] && !marked[KEEPER])
}

ltl keeper_ends { <> keeper_done }
ltl wait_ends { <> client_gone }
