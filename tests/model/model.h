/* SPDX-License-Identifier: Apache-2.0
 *
 * An executable model of capabilities, messages and scheduling: what each system call should return and
 * change, said in the simplest way there is. Nothing here is fast by cleverness and nothing knows how the
 * kernel does it: a revoked capability is one whose node was marked when the walk over all nodes came by;
 * an object is alive while the walk over all capabilities finds one.
 *
 * One processor. Who runs is any of the ready threads with the highest priority: which of equals is the
 * kernel's to choose, so the model is told (model_choose). How important a thread is, is looked up anew whenever
 * it matters, by following everybody who waits.
 */
#ifndef TESTS_MODEL_MODEL_H
#define TESTS_MODEL_MODEL_H

#include "abi/errors.h"
#include "abi/objects.h"
#include "abi/structs.h"
#include "abi/syscalls.h"
#include "abi/events.h"
#include "lib/base/safe.h"

enum : u32 { PROCESSES = 3, THREADS = 7, CAPS_MAX = 96, OBJECTS_MAX = 160, NODES_MAX = 512, QUEUE_MAX = 16, NONE = U32_MAX };
enum : u32 { WORDS = 3, SENT_CAPS = 2, DEPTH_MAX = 32 };
enum : u32 { ALL_RIGHTS = 0xffffffffu, MOVE = 0x80000000u };

/* ---- what there is ---- */

/* A node of a derivation tree. Node 0 of an object is its root. */
struct node {
	u32 parent;        /* NONE: the object's root */
	u32 object;
	u32 depth;
	bool invalid;      /* something above it was revoked */
	bool gone;         /* nothing refers to it any more */
	bool watched;
	u64 badge;
};

struct held {
	bool used;
	u32 handle;        /* as the kernel gave it; 0: not known yet */
	u32 object, node, rights;
	u64 value;
};

struct message {
	u64 badge, info, word[WORDS];
};

struct line {
	u32 count, at[QUEUE_MAX];
};

struct thing {
	enum object_type type; /* OBJECT_NONE: never made */
	bool dead;
	u64 id;                /* as the kernel gave it; 0: not known yet */
	u32 root;
	/* endpoint */
	struct line senders, receivers, gone;
	u32 bound_node;        /* of the capability by which the signal was bound */
	u32 bound_through;     /* of that to what it was bound to */
	struct message kept[QUEUE_MAX];
	u32 kept_count, depth, bound;
	u64 bound_mask;
	/* reply */
	u32 caller, receiver;
	u32 attached;          /* the endpoint that it was last used to receive from */
	/* signal */
	u64 bits;
	struct line waiters;
	u32 bound_to;
};

/* What a thread sees in its registers. */
struct result {
	u64 status, value;
	bool any_value;        /* the value means nothing */
	u32 made_in, made;     /* the value is the handle of this capability of this process; NONE: it is a number */
	bool message;          /* it has received the rest */
	u64 info, word[WORDS];
	u32 words, caps;
	u32 cap[SENT_CAPS];    /* which of its process' capabilities arrived; NONE: none */
};

/* A system call. */
struct request {
	enum syscall_number number;
	u32 handle, second;    /* endpoint, and reply object */
	u64 at[4];             /* further arguments */
	u64 info, word[WORDS], deadline;
	u32 cap[SENT_CAPS], keep[SENT_CAPS]; /* handles */
};

struct runner {
	u32 process, priority;
	enum thread_state state;
	bool killed, stop;
	bool cancel;           /* its next wait is not to be */
	bool again;            /* makes its call, the receive in `wait`, once more when it runs */
	u32 activity;          /* whose it runs on */
	u32 serving;           /* reply object of the caller that lent it; NONE */
	u32 serves;            /* the endpoint where it received last; NONE */
	u32 note;              /* node of the badge that it was told is gone, and has not received again since; NONE */
	u32 place_priority;    /* SENDING: how important it was when its place among the senders was given */
	u64 place_since;       /* counts such places */
	struct request wait;   /* what it waits with */
	u32 place, reply;      /* object that it waits at; reply object of a receive or call */
	u64 badge;
	struct result result;
};

struct holdings {
	struct held cap[CAPS_MAX];
	bool closed;           /* its last thread is gone */
};

struct model {
	u64 now, places;
	u64 compared;          /* places that had been given when the core was last compared with */
	u32 running;           /* NONE: nobody */
	u32 objects, nodes;
	struct thing object[OBJECTS_MAX];
	struct node node[NODES_MAX];
	struct holdings space[PROCESSES];
	struct runner thread[THREADS];
	bool full;             /* a table of the model is: this program ends here */
};

extern struct model model;

/* ---- setting up ---- */

u32 model_object(enum object_type type, u64 id);
void model_cap(u32 process, u32 object, u32 node, u32 rights, u64 value, u32 handle);

/* ---- what happens ---- */

/* The running thread makes the system call. */
void model_call(const struct request *request);

/* Time goes by. */
void model_time(u64 now);

/* The kernel let this thread die or stop, which it had been told to. False: it had not. */
bool model_stopped(u32 thread, enum thread_state state);

/* The kernel chose this thread to run; NONE: nobody. False: it should not have. */
bool model_chosen(u32 thread);

/* ---- between the model's parts ---- */

/* caps.c */
enum status cap_find(u32 process, u32 handle, struct held **out);
enum status cap_of(u32 process, u32 handle, enum object_type type, u32 rights, struct held **out);
u32 cap_put(u32 process, u32 object, u32 node, u32 rights, u64 value); /* its place; NONE: the space is closed */
void cap_take(u32 process, u32 place);
void caps_close(u32 process);
u32 node_below(u32 node);
void node_unref(u32 node);
void node_revoke(u32 node);
bool object_referred_to(u32 object);
bool object_receivable(u32 object);    /* of an endpoint: somebody has the right to */
bool caps_call(u32 self, const struct request *request);

/* messages.c */
bool message_call(u32 self, const struct request *request);
void endpoint_note(u32 endpoint);
void note_return(u32 thread);          /* it ended: another receiver is told what it may not have done */
void endpoint_unserved(u32 object);    /* if it is an endpoint where nobody may receive any more, its senders learn so */
void wait_withdraw(u32 thread);
void wait_end(u32 thread, enum status status, u64 value);
void objects_reap(void);
void waits_undo(u32 object); /* after a revocation: those that have lost their capability */
void signal_bits(u32 signal, u64 bits);
void activity_home(u32 thread);

/* threads.c */
bool thread_call(u32 self, const struct request *request);

/* How important a thread is: as what it runs on, or as the most important that waits for whoever runs on that. */
u32 priority_of(u32 thread);

/* At the end of a step: senders that have become more or less important go behind their new equals. */
void places_settle(void);
void place_give(u32 sender);

/* lines of those who wait */
void line_add(struct line *line, u32 value);
void line_remove(struct line *line, u32 value);

void finish(u32 thread, enum status status, u64 value);

#endif
