/* SPDX-License-Identifier: Apache-2.0
 *
 * What plugins of QEMU's emulator need of its interface.
 *
 * SPEC: QEMU 7.2, docs/devel/tcg-plugins.rst and include/qemu/qemu-plugin.h, from which what is declared here is known.
 */
#ifndef TESTS_BENCH_PLUGINS_QEMU_H
#define TESTS_BENCH_PLUGINS_QEMU_H

#include "lib/base/safe.h"

#define EXPORTED __attribute__((visibility("default")))

enum : u32 { PROCESSORS_MAX = 8, NO_REGISTERS = 0 };
enum : u32 { MEMORY_BOTH = 3 /* loads and stores */ };

struct qemu_info_t { const char *target_name; /* and more */ };
struct qemu_plugin_hwaddr;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
typedef void plugin_block(u64 id, struct qemu_plugin_tb *block);
typedef void plugin_executed(u32 processor, void *data);
typedef void plugin_touched(u32 processor, u32 access, u64 address, void *data);
typedef void plugin_end(u64 id, void *data);

void qemu_plugin_register_vcpu_tb_trans_cb(u64 id, plugin_block *call);
usize qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *block);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *block, usize index);
u64 qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *instruction);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *instruction);
usize qemu_plugin_insn_size(const struct qemu_plugin_insn *instruction);
bool qemu_plugin_mem_is_store(u32 access);
struct qemu_plugin_hwaddr *qemu_plugin_get_hwaddr(u32 access, u64 address);
u64 qemu_plugin_hwaddr_phys_addr(const struct qemu_plugin_hwaddr *place);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *instruction, plugin_executed *call, u32 flags, void *data);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *instruction, plugin_touched *call, u32 flags, u32 kinds,
	void *data);
void qemu_plugin_register_atexit_cb(u64 id, plugin_end *call, void *data);

/* What a plugin defines: which version of the interface (newer emulators refuse the older one), and its beginning. */
extern EXPORTED int qemu_plugin_version;
EXPORTED int qemu_plugin_install(u64 id, const struct qemu_info_t *info, int argc, void *argv);

#endif
