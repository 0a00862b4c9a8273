/* SPDX-License-Identifier: Apache-2.0
 *
 * Requests and answers through rings in shared memory (lib/ring), with a driver that ends at any moment and comes back; every
 * interleaving of their steps.
 *
 *   client   asks under each number, some of them twice, takes answers, sleeps when there are none.
 *   driver   takes requests, gives them to its device, answers what that has done, sleeps when there is nothing.
 *
 * Counts are of a life of the driver; entries are numbers of requests. What one side tells the other by a store stays in its
 * processor's buffer, unseen, until a fence or any time before; all else is in the order of the program. Signals are sticky.
 * With the driver its stores are seen before the next begins, for the kernel is between.
 *
 * Shown: a request is with the device once at a time (ONCE), and never when its client has its answer (LATE); each answer
 * is to what is under way (ANSWER); no entry that was not put is taken (ENTRY); nobody sleeps for ever (no dead end).
 */
#define NUMBERS 2
#define TURNS 2                         /* of number 0, and one of the others */
#define LIVES 2

/* ---- what is shared: as stored, and as the other sees it ---- */

#define CLIENT 0
#define DRIVER 1

byte life, life_seen;                   /* the driver's, which is the last */
byte put_life[2], put_count[2];         /* by who puts: the client requests, the driver answers */
byte put_life_seen[2], put_count_seen[2];
byte wake_life[2], wake_count[2];       /* by who takes and sleeps */
byte wake_life_seen[2], wake_count_seen[2];
byte entry[2 * NUMBERS];
bool bell[2];                           /* the signal that wakes him */

bool waits[NUMBERS];                    /* the client's, of what is under way */
bool device_has[NUMBERS], device_done[NUMBERS];
byte now = 1;                           /* which life runs */

#define slot(who, count) entry[who * NUMBERS + (count) % NUMBERS]
#define other(who) (1 - who)

inline fence(who)
{
	atomic {
		put_life_seen[who] == put_life[who] && put_count_seen[who] == put_count[who] &&
		wake_life_seen[who] == wake_life[who] && wake_count_seen[who] == wake_count[who]
	}
}

/* ring_tell: `count' were put, of which `told' the other was told of. */
inline tell(who, its_life, count, told)
{
	if
	:: count != told ->
		atomic { put_life[who] = its_life; put_count[who] = count };
		fence(who);
		if
		:: wake_life_seen[other(who)] == its_life && wake_count_seen[other(who)] >= told && wake_count_seen[other(who)] < count ->
			bell[other(who)] = true
		:: else
		fi;
		told = count
	:: else
	fi
}

/* ring_take: there are `there' of which `count' were taken. */
inline look(who, its_life, count, there)
{
	atomic {
		there = count;
		if
		:: put_life_seen[other(who)] == its_life -> there = put_count_seen[other(who)]
		:: else
		fi;
		assert(there >= count && there - count <= NUMBERS)     /* ENTRY */
	}
}

inline arm(who, its_life, count)
{
	atomic { wake_life[who] = its_life; wake_count[who] = count };
	fence(who)
}

/* ---- the client ---- */

active proctype client()
{
	byte its_life, asked, asked_told, taken, there, n, left[NUMBERS];
	byte seen_life;
	bool all_done;

	life_seen != 0;                                 /* it was told so by the answer to its lease */
	its_life = life_seen;
	atomic { for (n : 0 .. NUMBERS - 1) { left[n] = 1 } left[0] = TURNS; n = 0 };
again:
	/* ring_client_ask */
	atomic {
		for (n : 0 .. NUMBERS - 1) {
			if
			:: left[n] > 0 && !waits[n] ->
				waits[n] = true;
				left[n]--;
				slot(CLIENT, asked) = n;
				asked++
			:: else
			fi
		}
		n = 0
	};
	tell(CLIENT, its_life, asked, asked_told);
taking:
	/* ring_client_take */
	look(CLIENT, its_life, taken, there);
	if
	:: there == taken ->
		seen_life = life_seen;
		if
		:: seen_life == its_life -> goto sleeping
		:: else
		fi;
		look(CLIENT, its_life, taken, there);
		if
		:: there == taken ->
			atomic {
				its_life = seen_life;
				seen_life = 0; asked = 0; asked_told = 0; taken = 0; there = 0;
				for (n : 0 .. NUMBERS - 1) {
					if
					:: waits[n] -> slot(CLIENT, asked) = n; asked++
					:: else
					fi
				}
				n = 0
			};
			tell(CLIENT, its_life, asked, asked_told);
			goto taking
		:: else
		fi
	:: else
	fi;
	atomic {
		n = slot(DRIVER, taken);
		assert(n < NUMBERS && waits[n]);        /* ANSWER */
		waits[n] = false;
		taken++;
		n = 0; there = 0; seen_life = 0
	};
	goto again;
sleeping:
	atomic {
		all_done = true;
		for (n : 0 .. NUMBERS - 1) { all_done = all_done && !waits[n] && left[n] == 0 }
		n = 0; there = 0; seen_life = 0
	};
	if
	:: all_done -> goto done
	:: else
	fi;
	/* ring_client_sleep */
	arm(CLIENT, its_life, taken);
	look(CLIENT, its_life, taken, there);
	if
	:: there == taken -> atomic { bell[CLIENT] -> bell[CLIENT] = false }
	:: else
	fi;
	goto taking;
done:	skip
}

/* ---- the driver ---- */

proctype driver(byte me)
{
	byte taken, answered, answered_told, there, n;

	{
		/* ring_server_begin */
		arm(DRIVER, me, 0);
		life = me;
		life_seen = me;
		bell[CLIENT] = true;
		goto asleep;
		do
		:: look(DRIVER, me, taken, there);
			if
			:: there != taken ->
				atomic {
					n = slot(CLIENT, taken);
					assert(n < NUMBERS && !device_has[n]);          /* ONCE */
					assert(waits[n]);                               /* LATE */
					device_has[n] = true;
					taken++;
					n = 0; there = 0
				}
			:: else ->
				atomic {
					for (n : 0 .. NUMBERS - 1) {
						if
						:: device_done[n] ->
							slot(DRIVER, answered) = n;
							answered++;
							device_done[n] = false;
							device_has[n] = false
						:: else
						fi
					}
					n = 0
				};
				tell(DRIVER, me, answered, answered_told);
				/* ring_sleep */
				arm(DRIVER, me, taken);
				look(DRIVER, me, taken, there);
				if
				:: there == taken ->
asleep:	end:				atomic { bell[DRIVER] -> bell[DRIVER] = false }
				:: else
				fi
			fi
		od
	} unless { now != me };
	/* The device is reset before the next begins, and the kernel is between. */
	fence(DRIVER);
	atomic {
		for (n : 0 .. NUMBERS - 1) { device_has[n] = false; device_done[n] = false }
		run driver(me + 1)
	}
}

/* It ends at any moment. */
active proctype killer()
{
end:
	do
	:: now < LIVES -> now++
	od
}

active proctype device()
{
	byte n;
end:
	do
	:: atomic { device_has[0] && !device_done[0] -> device_done[0] = true; bell[DRIVER] = true }
	:: atomic { device_has[1] && !device_done[1] -> device_done[1] = true; bell[DRIVER] = true }
	od
}

/* A buffered store is seen at last. */
proctype buffer(byte who)
{
end:
	do
	:: atomic { put_count_seen[who] != put_count[who] || put_life_seen[who] != put_life[who] ->
		put_count_seen[who] = put_count[who]; put_life_seen[who] = put_life[who] }
	:: atomic { wake_count_seen[who] != wake_count[who] || wake_life_seen[who] != wake_life[who] ->
		wake_count_seen[who] = wake_count[who]; wake_life_seen[who] = wake_life[who] }
	od
}

init
{
	atomic { run buffer(CLIENT); run buffer(DRIVER); run driver(1) }
}
