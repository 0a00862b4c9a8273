/* SPDX-License-Identifier: Apache-2.0
 *
 * Looking at every access, and the report of one that is not allowed. See kasan.h. Not instrumented itself.
 */
#include "kernel/debug/kasan.h"
#include "abi/names.h"
#include "kernel/core/klog/klog.h"
#include "kernel/core/mem/shadow.h"
#include "kernel/core/object/sizes.h"
#include "kernel/debug/panic.h"
#include "kernel/raw/backtrace.h"

static const char *pool_name(u32 pool)
{
	switch (pool) {
	case POOL_LINEAGE:
		return "lineage";
	case POOL_REGION:
		return "region";
	case POOL_NS_NODE:
		return "name";
	case POOL_MESSAGE:
		return "message";
	default:
		return object_type_name(pool);
	}
}

static const char *what_of(u8 mark)
{
	if (mark == SHADOW_FRAME)
		return "kasan: use of a free frame";
	return (mark & ~SHADOW_POOL_BITS) == SHADOW_ITEM ? "kasan: use of a free pool item"
		: "kasan: use of memory behind the end of a pool item";
}

static void show_place(const struct shadow_closed *closed)
{
	u32 pool = closed->mark & SHADOW_POOL_BITS;

	klog_u64(closed->into);
	if (closed->mark == SHADOW_FRAME) {
		klog_text(" bytes into the frame at physical 0x");
		klog_hex(page_floor(closed->at.v));
		return;
	}
	klog_text((closed->mark & ~SHADOW_POOL_BITS) == SHADOW_ITEM ? " bytes into" : " bytes behind");
	klog_text(" an item of pool ");
	klog_text(pool_name(pool));
	klog_text(" of ");
	klog_u64(pool_item_bytes(pool));
	klog_text(" bytes");
}

NORETURN static void report(u64 address, u64 bytes, bool write, const struct shadow_closed *closed)
{
	shadow_watch(false);
	panic_begin(what_of(closed->mark));
	klog_text(write ? "  write of " : "  read of ");
	klog_u64(bytes);
	klog_text(" bytes at 0x");
	klog_hex(address);
	klog_text(": ");
	show_place(closed);
	klog_end();
	panic_backtrace(backtrace_here());
	panic_end();
}

static void look(u64 address, u64 bytes, bool write)
{
	struct shadow_closed closed;

	if (UNLIKELY(shadow_refuses(address, bytes, &closed)))
		report(address, bytes, write, &closed);
}

void kasan_begin(const struct boot_info *info)
{
	klog_begin("kasan: every access of the kernel to memory is looked at");
	klog_end();
	shadow_watch(true);
	kasan_self_test(info);
}

void __asan_load1(u64 address) { look(address, 1, false); }
void __asan_load2(u64 address) { look(address, 2, false); }
void __asan_load4(u64 address) { look(address, 4, false); }
void __asan_load8(u64 address) { look(address, 8, false); }
void __asan_load16(u64 address) { look(address, 16, false); }
void __asan_loadN(u64 address, u64 bytes) { look(address, bytes, false); }
void __asan_store1(u64 address) { look(address, 1, true); }
void __asan_store2(u64 address) { look(address, 2, true); }
void __asan_store4(u64 address) { look(address, 4, true); }
void __asan_store8(u64 address) { look(address, 8, true); }
void __asan_store16(u64 address) { look(address, 16, true); }
void __asan_storeN(u64 address, u64 bytes) { look(address, bytes, true); }
void __asan_handle_no_return(void) { }
