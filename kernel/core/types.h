/* SPDX-License-Identifier: Apache-2.0
 *
 * The kernel's struct names, so that headers can mention each other's types without including
 * each other.
 */
#ifndef KERNEL_CORE_TYPES_H
#define KERNEL_CORE_TYPES_H

struct activity;
struct code;
struct cap;
struct cpu;
struct endpoint;
struct group;
struct klog;
struct lineage;
struct machine;
struct memory;
struct namespace;
struct ns_node;
struct object;
struct pooled;
struct process;
struct queued_message;
struct region;
struct reply;
struct signal;
struct space;
struct thread;
struct timer;
struct trace;

#endif
