/* SPDX-License-Identifier: Apache-2.0
 *
 * A service is a few callbacks: this library runs the loop that receives requests, keeps the
 * table of open files, answers ping, tells when a file was closed, and lets answers wait.
 *
 *	static enum status greet_open(struct service_call *call, const struct service_file *from,
 *		struct span path, struct service_file *file) { ... file->node = ...; return STATUS_OK; }
 *	static enum status greet_read(struct service_call *call, struct service_file *file)
 *	{
 *		return service_put_at(call, span_text("hello\n"));
 *	}
 *	static const struct service_ops ops = { .open = greet_open, .read = greet_read };
 *	u64 program_main(const struct rt_args *args) { service_run(&ops); }
 *
 * The process needs the handles "endpoint", "group" and "self"; the keeper gives them.
 *
 * Badges: instance << 32 | generation << 16 | index. The instance is the number of the start in
 * which the file was opened; badge 0 is the root. A service that keeps nothing answers files of an
 * earlier instance STALE. One that keeps state (`keeps`) keeps its open files and what waits for
 * an answer too: its clients notice nothing. Each request is then a transaction of lib/keep. A
 * callback that is null answers NOT_SUPPORTED. One thread; callbacks must not wait for
 * anything but services named in their manifest's `calls`.
 */
#ifndef LIB_SERVICE_SERVICE_H
#define LIB_SERVICE_SERVICE_H

#include "lib/rt/message.h"
#include "lib/rt/rt.h"
#include "lib/path/path.h"
#include "abi/ninep.h"

enum : u32 {
	SERVICE_FILES_MAX = 256,    /* open files, of all clients */
	SERVICE_DEFERRED_MAX = 32,  /* answers that wait */
	SERVICE_PATH_MAX = PATH_BYTES_MAX,
	SERVICE_LABEL_OWN = 0x100,  /* labels from here on are the service's own: ops->other */
};

/* What a service sends to the keeper when it begins to serve, by the capability "faults". */
enum : u32 { SERVICE_READY = 0x200 };
/* When a request ends with OUT_OF_FRAMES, OUT_OF_OBJECTS, OUT_OF_CAPS or OUT_OF_THREADS, once for each of these: the status is
 * word 0. The keeper says in the log whose limit that is. */
enum : u32 { SERVICE_EXHAUSTED = 0x201 };

/* Raised by the keeper in a service's signal whose manifest says `without = "tell"`: a service that it needs was given
 * up, or is there again. */
enum : u64 { SERVICE_NEEDS_BIT = 1ull << 63 };

/* Exit status of a service whose hardware is not there: the keeper does not start it again. */
enum : u64 { SERVICE_EXIT_ABSENT = 100 };

/* An open file. `node`, `state` and the description belong to the service. */
struct STABLE service_file {
	alignas(8) u64 node; /* which file it is, in the service's terms; 0 for the root */
	u64 state[2];
	u64 bytes;        /* length, for the answer to open and for stat */
	u32 qid_type;     /* QID_FILE unless open says otherwise */
	u32 qid_version;
	u32 flags;        /* the abi's open_flags it was opened with */
	u32 index;        /* in the table; the library's, as all below */
	u32 generation;
	u32 instance;     /* that opened it */
	bool used;
};

/* A request being served: lives during the callback. */
struct service_call {
	u32 op;           /* the label */
	u64 badge;
	u64 word[MSG_WORDS_IN_REGISTERS];
	u32 words;
	u32 cap_count;    /* capabilities received */
	handle_t cap[MSG_CAPS_MAX];  /* dropped after the callback unless taken with service_take_cap */
	u64 offset;       /* read and write: from the request */
	u64 count;        /* read: bytes asked for; write: bytes offered, then bytes taken (the answer) */
	u64 done;         /* bytes put into the caller's buffer so far */
	u64 value[3];     /* answer words of `other` and `control` */
	u32 values;       /* how many */
	handle_t answer_cap[MSG_CAPS_MAX];
	u32 answer_rights[MSG_CAPS_MAX];
	u32 answer_caps;
	u32 drop_after;   /* bit i: answer_cap[i] is dropped after the answer */
	handle_t reply;   /* none for a message without an answer */
	u32 slot;         /* the library's */
	u32 file;         /* the library's */
	bool deferred;
};

typedef u32 service_ticket; /* 0: none */

struct service_ops {
	/* Finds what `path` (relative to `from`, no empty, "." or ".." component; may be empty) names and fills
	 * in `file`; file->flags is set. Instead it may answer with a capability of another
	 * service by service_answer_cap, or defer and answer with service_answer_opened: then `file` is not used. */
	enum status (*open)(struct service_call *call, const struct service_file *from, struct span path,
		struct service_file *file);
	/* Makes the file first. */
	enum status (*create)(struct service_call *call, const struct service_file *from, struct span path,
		struct service_file *file);
	/* Reads call->count bytes at call->offset: service_put and friends; or defers. */
	enum status (*read)(struct service_call *call, struct service_file *file);
	/* Writes call->count bytes at call->offset: service_take; sets call->count to what it took. */
	enum status (*write)(struct service_call *call, struct service_file *file);
	/* Entry `index` of a directory, from 0; NOT_FOUND after the last. The record is zeroed. */
	enum status (*entry)(const struct service_file *directory, u64 index, struct dir_entry *out);
	/* Instead of it, where entries have to be asked for: reads whole records, call->offset is a multiple of their size. */
	enum status (*list)(struct service_call *call, struct service_file *directory);
	/* Completes the record, which is filled in from `file`; or defers, and answers with such a record. Null: nothing to add. */
	enum status (*stat)(struct service_call *call, struct service_file *file, struct file_stat *out);
	enum status (*remove)(struct service_call *call, const struct service_file *from, struct span path);
	enum status (*resize)(struct service_call *call, struct service_file *file, u64 bytes);
	enum status (*control)(struct service_call *call, struct service_file *file, u64 code, u64 value, u64 *result);
	/* The last capability of the file is gone; its deferred answers were given up. */
	void (*closed)(struct service_file *file);
	/* Bits of the service's signal were raised. */
	void (*signal)(u64 bits);
	/* SERVICE_NEEDS_BIT, which is not among those bits. */
	void (*needs_changed)(void);
	/* A message that the kernel sent about a fault; see abi. */
	enum status (*fault)(struct service_call *call);
	/* Any label from SERVICE_LABEL_OWN on; call->badge tells the file or is 0. */
	enum status (*other)(struct service_call *call);

	/* Of a service whose manifest declares state: */
	u32 keeps;        /* version of its tables, from 1; 0: it keeps nothing */
	u64 keeps_bytes;  /* what its own tables take: keep_add */
	/* Adds its tables. They hold what an empty service has; what was kept is in them afterwards. The
	 * queues of tickets are among them: whoever waits goes on waiting in the next instance. */
	void (*keep)(void);
	/* Everything is there; makes what follows from the tables and is not kept. */
	void (*kept)(void);
};

/* Serves for ever. Ends the process with a message if the process lacks what a service needs. */
NORETURN void service_run(const struct service_ops *ops);

/* ---- for callbacks ---- */

/* Appends to the caller's buffer. INVARIANT: no more than call->count in all. */
[[nodiscard]] enum status service_put(struct service_call *call, struct span data);

/* Answers a read of a file whose whole content is `content`: the part that the request asks for. */
[[nodiscard]] enum status service_put_at(struct service_call *call, struct span content);

/* Copies up to the length of `to` from the caller's data, at `offset` in it. *got may be less. */
[[nodiscard]] enum status service_take(struct service_call *call, u64 offset, struct mspan to, u64 *got);

/* Takes a received capability over; none if there is no such. */
handle_t service_take_cap(struct service_call *call, u32 index);

/* Answers with a capability. The handle stays the service's, or is dropped after the answer. */
void service_answer_cap(struct service_call *call, handle_t handle, u32 rights, bool drop);

/* Adds a word to the answer of `other`. */
void service_answer_word(struct service_call *call, u64 value);

/* ---- answers that wait ---- */

/* Puts the answer off: the callback's status is ignored. 0 if too many wait already; answer BUSY. */
service_ticket service_defer(struct service_call *call);

/* The same for a request that may be made twice: it is not kept, and costs as little as without state. If the instance ends
 * before it answers, the caller of a service that keeps state is told to ask again. */
service_ticket service_defer_repeatable(struct service_call *call);

/* From here on the request is kept: what was begun for it would not be right a second time. The next instance has to go on
 * with it, by what the service itself keeps of it. */
void service_ticket_keep(service_ticket ticket);

/* False when the caller's file is closed or it was answered. */
bool service_waiting(service_ticket ticket);

/* Answers a deferred read with data, at most what it asked for. PEER_DIED: the caller is gone and
 * has not got the data; NOT_FOUND: the ticket is over. */
[[nodiscard]] enum status service_answer_data(service_ticket ticket, struct span data);

/* Copies from the data of a deferred write. */
[[nodiscard]] enum status service_take_deferred(service_ticket ticket, u64 offset, struct mspan to, u64 *got);

/* Answers with a status and one word: the count of a write, the result of a control. */
enum status service_answer(service_ticket ticket, enum status status, u64 value);

/* A record for what a deferred open or create opens, to be filled in; null if all are taken. */
struct service_file *service_file_new(u32 flags);

/* Answers that with the file. On an error nobody was told of it, and the record is gone. */
[[nodiscard]] enum status service_answer_opened(service_ticket ticket, struct service_file *file);

/* What the deferred request asked for. */
u64 service_ticket_count(service_ticket ticket);

/* ---- surroundings ---- */

/* The signal bound to the endpoint: for timers, interrupts, exits, children. It lives as long as
 * the endpoint: bits that an earlier instance's objects raised may still be set. */
handle_t service_signal(void);

/* The service's endpoint. */
handle_t service_endpoint(void);

/* The callback changed `node`, `state` or the description of a file otherwise than in open and create. */
void service_file_changed(const struct service_file *file);

/* Where objects are charged that outlive this instance, and names for their capabilities; none if nothing is kept. */
handle_t service_kept_group(void);
handle_t service_vault(void);

/* The file that the call was made to, for `other`; null if it is none's, or of an instance whose files are gone: STALE. */
struct service_file *service_file_of(const struct service_call *call);

/* Visits the open files: the first used one at or after `index`, null at the end. */
struct service_file *service_file_from(u32 index);

/* Appends a line to the system's log under the service's name. */
static inline void service_log(struct span line) { rt_log(line); }

/* ---- static trees: a table of named nodes ---- */

enum : u32 { SERVICE_TREE_MAX = 24, SERVICE_TREE_NAME = 24, SERVICE_TREE_NONE = U32_MAX };

/* Node 0 is the root; parents stand before their children. The index is the node number. */
struct service_tree_node {
	char name[SERVICE_TREE_NAME];
	u32 parent;
	u32 qid_type;
};

struct service_tree {
	u32 count;
	struct service_tree_node node[SERVICE_TREE_MAX];
};

/* The node at `path` from node `from`, or SERVICE_TREE_NONE. */
u32 service_tree_walk(const struct service_tree *tree, u32 from, struct span path);

/* The usual open of a static tree: NOT_FOUND, or `file` filled in with node and type. */
[[nodiscard]] enum status service_tree_open(const struct service_tree *tree, const struct service_file *from,
	struct span path, struct service_file *file);

/* The usual `entry`. */
[[nodiscard]] enum status service_tree_entry(const struct service_tree *tree, const struct service_file *directory,
	u64 index, struct dir_entry *out);

/* Fills in a directory entry. */
void service_set_entry(struct dir_entry *out, struct span name, u32 qid_type, u64 qid_path, u64 bytes);

#endif
