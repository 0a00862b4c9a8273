/* SPDX-License-Identifier: Apache-2.0
 *
 * torture kill SEED ROUNDS PAUSE_US [--slow US] SERVICE...: kills services, while processes of its own work with them
 * and check every byte. Prints "back SERVICE MICROSECONDS alone|pair|inits" for each recovery, inits if the other was the keeper
 * or the loader, and last "N lost". With --slow, what the kernel did while a service was away for longer follows such a line,
 * between "slow SERVICE MICROSECONDS SINCE_NS" and "slow end". tests/scenarios/torture.py runs it.
 *
 * torture faults SEED COUNT VICTIM[+VICTIM...]... -- OTHER...: changes text and data of services while they run, in a machine
 * that was booted with the word `inject', while such processes work with the others. Those joined by + are changed in turn,
 * because one works for the other, all else at the same time. Each prints what came of it by kind of fault and
 * "recovered N of N"; last is "N lost". tests/scenarios/faults_injected.py runs it.
 *
 * torture gone SEED COUNT VICTIM: stops a service and puts faults into the process that it was. Prints "N lost".
 *
 * torture use VICTIM[+VICTIM...]...: uses each as after a fault, so that others can see what is executed meanwhile, and prints
 * "text SERVICE ADDRESS".
 *
 * torture speed DRIVER EVERY_US KILLS calls|rings: what a disk does in a time while its driver lives, and while it is killed
 * every EVERY_US. Prints "speed undisturbed|killed OPERATIONS MICROSECONDS KILLS" and last "N lost".
 *
 * torture rings SEED COUNT: eight requests under way through a disk's rings, every byte compared. Prints "N lost".
 *
 * torture hang: the loader does not come back, in such a machine; the program does when that was found. torture hang SERVICE: the
 * keeper waits for it meanwhile, because it is to start the service.
 *
 * torture rubbish SEED COUNT: writes what cannot be into a disk's rings. Prints "N lost".
 */
#ifndef TESTS_TORTURE_TORTURE_H
#define TESTS_TORTURE_TORTURE_H

#include "lib/base/span.h"
#include "abi/errors.h"

/* The file whose end tells the workers to end. */
#define TORTURE_STOP "/tmp/torture.stop"

/* What is worked with, and overwritten, if it is there. */
#define TORTURE_DISK "/dev/disk0"
#define TORTURE_SHARE "/share"

/* What is known of a service's places: see places.c. */
#define TORTURE_PLACES "/tmp/torture.places."

/* A number below `limit`. */
u64 random_below(u64 limit);
void random_seed(u64 seed);

/* Says on standard error what was expected and found. */
void lost(struct span what, enum status status);
u32 lost_count(void);

/* ---- work.c: one kind of work until it is told to stop, with such a pause between its rounds; the program's exit status ---- */
u64 work(struct span kind, u64 seed, u64 pause_ns);
bool work_goes_on(void);

/* ---- disk.c, disk_rings.c ---- */
void work_disk(u64 number);
void work_disk_rings(void);
void use_disk_rings(u64 count);

/* ---- rubbish.c ---- */
void write_rubbish(u64 count);

/* ---- services.c: what the keeper says of a service, and what it is told ---- */

/* Good until the next call; empty, and lost, if it cannot be read. */
struct span service_status(struct span service);
enum status service_order(struct span service, struct span word);

/* ---- kills.c ---- */
enum : u32 { VICTIMS_MAX = 16 };

/* Kills the service, or the loader or the keeper, and `other` with it unless that is empty; waits until they serve again. */
void kill_and_wait(struct span victim, struct span other);

/* Kills it and goes on. */
void kill_only(struct span service);

/* How often the service has come back, as the keeper counts. */
u64 recoveries(struct span service);

/* The priority of whoever is not to wait until those who work have had their turns. */
enum : u32 { IMPORTANT = 144 };

/* ---- slow.c ---- */

/* From now on the kernel records what is needed to explain a recovery that takes longer; RT_FOREVER: none is. */
void slow_begin(u64 us);

/* Prints the events of one that took so long, from when it was killed, if it is one to explain. */
void slow_look(struct span service, u64 us, u64 since_ns);

/* ---- inits.c: the loader and the keeper ---- */
bool is_inits(struct span name);

/* In between whoever is waited for is asked at once. WHY: how long it was away is measured here, and not when whoever looks at
 * that comes to run beside the others. */
void inits_begin(void);
void inits_end(void);

/* The process that it is now; 0: it has not been started again yet. */
u64 inits_process(struct span name);
void inits_kill(struct span name, u64 process);

/* Comes back when it has answered. */
void inits_ask(struct span name);

/* ---- speed.c ---- */

/* Prints how many operations on the disk are done in so many times so long, and how many while its driver is killed
 * that often. Eight are under way, through rings or by calls of a thread each. */
void disk_speed(struct span driver, u64 every_ns, u64 kills, bool rings);

/* ---- faults.c ---- */

/* Uses each of a text like `console+uart0` as often as after a fault, and says where it has its text: "text SERVICE HEX". */
void use_all(struct span group);

/* Puts so many faults into the services that a text like `console+uart0` names, one after another, and says what came of it. */
void put_faults(u64 count, struct span group);

/* Stops the service and puts so many faults into the process that it was: the loader has that one's memory still. */
void fault_who_is_gone(u64 count, struct span service);

/* How often the services were started that these arguments name. */
u64 starts_of(u32 first, u32 end);

/* ---- places.c: which instructions of a service are executed while it is used, if anybody has written that down ---- */
enum : u32 { PLACES_MAX = 8192 };

struct place {
	u32 at; /* in its text */
	u32 bytes;
};

struct places {
	u32 count;
	struct place place[PLACES_MAX];
};

/* From the file TORTURE_PLACES.SERVICE: hexadecimal digits, in lower case, say where the next instruction is, and a letter from A
 * on, how long it is: A has one byte; the next one is behind it. */
void places_load(struct span service, struct places *out);

/* True if one of them begins at `at', or, unless `begins', has that byte. */
bool places_have(const struct places *places, u64 at, bool begins);

#endif
