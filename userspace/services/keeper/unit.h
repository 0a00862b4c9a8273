/* SPDX-License-Identifier: Apache-2.0
 *
 * Units: the services that the system image describes, and what became of them.
 */
#ifndef USERSPACE_SERVICES_KEEPER_UNIT_H
#define USERSPACE_SERVICES_KEEPER_UNIT_H

#include "lib/image/manifest.h"
#include "lib/rt/memory.h"
#include "lib/rt/rt.h"

/* Badges of what units get to send faults and word of themselves to the keeper: told apart from those of open files, whose
 * upper half is the number of the keeper's instance that opened them, far from this bit. */
enum : u64 { UNIT_BADGE = 1ull << 63 };

/* One bit of the keeper's signal for each, one for those to be ended, one for the timer, one for the heartbeat. */
enum : u32 { UNITS_MAX = 60, KILL_BIT = 60, TIMER_BIT = 61, PULSE_BIT = 62, UNIT_PROBLEM_BYTES = 176, UNIT_PROGRAM_BYTES = 48,
	UNIT_KILL_STATUS = 137 };

enum unit_state : u32 {
	UNIT_WAITING,   /* for what it needs */
	UNIT_RUNNING,
	UNIT_BACKOFF,   /* will be started again at restart_at_ns */
	UNIT_STOPPED,   /* by a person */
	UNIT_FINISHED,  /* ended and its policy does not start it again */
	UNIT_ABSENT,    /* its device is not in this machine */
	UNIT_FAILED,    /* cannot be started */
	UNIT_GIVEN_UP,  /* fails again and again, or needs one that was given up */
	UNIT_STATE_COUNT,
};

struct STABLE unit {
	char name[MANIFEST_NAME_BYTES];
	char description[MANIFEST_PATH_BYTES];
	char provides[MANIFEST_PATH_BYTES];
	char program[UNIT_PROGRAM_BYTES]; /* the manifest's, or what replaced it */
	u32 entry;                 /* of the image, with its manifest */
	enum manifest_restart restart;
	u32 backoff_ms, backoff_max_ms;
	u32 heartbeat_ms;
	u32 give_up_after;         /* failures in a row */
	enum manifest_without without;
	alignas(8) u64 needs;      /* units that it needs, a bit for each; known when it is started */
	u64 calls;                 /* those that it may call, likewise */

	/* Kept over restarts: clients' capabilities stay good. */
	handle_t endpoint;         /* all rights */
	handle_t client;           /* what clients get: SEND */
	handle_t signal;           /* bound to the endpoint */
	handle_t faults;           /* what its faults are sent to: the keeper, with a badge */
	handle_t kept;             /* group with the manifest's limits; each instance has one inside it */
	handle_t memory, vault;    /* of a service that keeps state: memory, and a namespace for capabilities */

	/* Of its device. WHY not the instance's: a device that an instance left behind may still write there. */
	handle_t dma[MANIFEST_DMA_PIECES_MAX];
	u32 message_line;          /* the line that stands for its messages; 0: none */
	u32 domain;                /* of its device, counted from 1; 0: none was asked for */
	u32 faults_before;         /* of its device, before the present instance */

	/* Of the present instance. */
	handle_t group, process;
	u64 process_id;
	u64 started_ns, ready_ns;  /* ready_ns: when it began to serve */
	bool ready;                /* it has begun to serve */
	bool hung;                 /* it was ended because it did not answer */
	u32 hangs;
	bool strayed;              /* it was ended because its device asked for what it may not reach */
	bool asked;                /* it is ended by the keeper's order */

	/* How long it was away: from the end of an instance to the first receive of the next. */
	alignas(8) u64 down_ns;    /* since when; 0: it is not, or was told to stop */
	u64 recovery_ns, recovery_worst_ns;
	u32 recoveries;

	enum unit_state state;
	u32 starts;
	u32 instances;             /* begun, whether they came to run or not: no number is given twice */
	u32 failures;              /* in a row, each after less than CALM_NS */
	alignas(8) u64 restart_at_ns;
	bool ended_before;
	bool stop_asked;
	bool lost;                 /* something that it needs was given up */
	alignas(8) u64 exit_status;
	u32 exit_reason;
	char problem[UNIT_PROBLEM_BYTES]; /* why it does not run */
};

/* ---- units.c: the table ---- */

/* Where the manifests are, and how many. */
void units_open(pages_t image);
u32 units_count(void);
struct unit *unit_at(u32 index);
u32 unit_index(const struct unit *unit);
struct unit *unit_named(struct span name);
struct span unit_name(const struct unit *unit);
/* How many have a message line; a domain. */
u32 units_with_line(void);
u32 units_with_domain(void);
const char *unit_state_name(enum unit_state state);

/* The manifest of a unit, in static storage until the next call; null if it is damaged. */
const struct manifest_record *unit_manifest(const struct unit *unit);

void unit_set_problem(struct unit *unit, struct span what, struct span why);
void unit_set_absent(struct unit *unit, struct span why);
void unit_log(const struct unit *unit, struct span text);
pages_t units_image(void);
/* The unit that a capability with this badge was given to; null if it is no such badge. */
struct unit *unit_of_badge(u64 badge);

/* The table, read from the manifests (malformed ones are reported on the log and left out) or found again. It is kept with
 * lib/keep: what changed is part of the present transaction. Handles in it mean nothing to the next
 * instance, which finds its own (hold.h). */
void units_keep(void);
u64 units_keep_bytes(void);
void units_changed(void);
/* What has changed of this one, and of a replacement, is committed now. */
void unit_commit(const struct unit *unit);

/* ---- launch.c: starting one ---- */

/* Creates group, namespace, capabilities and process as the manifest says. On failure nothing is
 * left behind and unit->problem says why. */
[[nodiscard]] enum status unit_launch(struct unit *unit);
/* What others call it by, and it calls the keeper by: made once by each instance of the keeper. */
[[nodiscard]] enum status unit_make_permanent(struct unit *unit);
/* The first of the two only. */
[[nodiscard]] enum status unit_make_client(struct unit *unit);
/* Whatever the present instance started ends with it. */
void unit_drop_instance(struct unit *unit);

/* ---- refuse.c: callers of a unit that nobody serves for any more ---- */

/* Answers them all with GIVEN_UP and the unit's name, until refuse_end. */
void refuse_begin(struct unit *unit);
void refuse_end(const struct unit *unit);

/* ---- lost.c: those that need it ---- */

/* After units were given up or came back: tells, stops and starts who needs them, as the manifests say. */
void lost_look(void);
/* True if callers of the unit are refused. */
bool unit_out_of_service(const struct unit *unit);

/* ---- watch.c: the life of units ---- */

enum status watch_init(void);
/* Starts every waiting unit whose needs run, until none is left. */
void watch_start_ready(void);
/* Bits of the keeper's signal. */
void watch_signal(u64 bits);
/* An earlier instance of the keeper watched it: goes on from what is kept of it. What is held was found for all units. */
void watch_resume(struct unit *unit);
/* The unit's present instance serves. */
void watch_ready(struct unit *unit);
/* Nobody will serve for it any more: its callers are answered, and so is everybody who needs it (lost.c). */
void watch_out_of_service(struct unit *unit, enum unit_state state);
/* Commands of a person. */
[[nodiscard]] enum status unit_kill(struct unit *unit);
[[nodiscard]] enum status unit_stop(struct unit *unit);
[[nodiscard]] enum status unit_start(struct unit *unit);
/* Again, whatever its policy says. */
void unit_restart_now(struct unit *unit);

#endif
