/* SPDX-License-Identifier: Apache-2.0
 *
 * x86_64: time stamp counter, random instructions, processor features, and the jump.
 */
#include "boot/machine/machine.h"

struct cpuid {
	u32 eax, ebx, ecx, edx;
};

/* SPEC: Intel SDM 2A CPUID */
enum : u32 {
	CPUID_MAX = 0,
	CPUID_FEATURES = 1,
	CPUID_EXTENDED = 7,
	CPUID_MAX_AMD = 0x80000000u,
	CPUID_FEATURES_AMD = 0x80000001u,
	ECX_RDRAND = 1u << 30,
	EDX_NX = 1u << 20,
	EDX_GIANT = 1u << 26,
};
enum : u64 { CR4_LA57 = 1ull << 12 };
enum : u32 { RANDOM_TRIES = 32 };

UNSAFE_BEGIN("SAFETY: cpuid, rdtsc, rdrand, pause and reading cr4 touch no memory and change only the registers named");
static struct cpuid cpuid(u32 leaf)
{
	struct cpuid out;
	__asm__ volatile("cpuid" : "=a"(out.eax), "=b"(out.ebx), "=c"(out.ecx), "=d"(out.edx) : "a"(leaf), "c"(0));
	return out;
}

u64 machine_ticks(void)
{
	u32 low, high;
	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (u64)high << 32 | low;
}

static bool random_once(u64 *out)
{
	u64 word = 0;
	bool ok = false;
	__asm__ volatile("rdrand %0" : "=r"(word), "=@ccc"(ok));
	*out = word;
	return ok;
}

static u64 cr4_read(void)
{
	u64 value = 0;
	__asm__ volatile("mov %%cr4, %0" : "=r"(value));
	return value;
}

void machine_relax(void)
{
	__asm__ volatile("pause");
}
UNSAFE_END();

bool machine_random(u64 *out)
{
	if ((cpuid(CPUID_FEATURES).ecx & ECX_RDRAND) == 0)
		return false;
	for (u32 i = 0; i < RANDOM_TRIES; i++) {
		/* WHY: some broken processors say success and give all ones. */
		if (random_once(out) && *out != U64_MAX && *out != 0)
			return true;
	}
	return false;
}

static u32 features_amd(void)
{
	return cpuid(CPUID_MAX_AMD).eax >= CPUID_FEATURES_AMD ? cpuid(CPUID_FEATURES_AMD).edx : 0;
}

struct span machine_missing(void)
{
	if ((features_amd() & EDX_NX) == 0)
		return span_text("the processor cannot mark memory as not executable (NX); enable it in the firmware's set-up");
	if ((cr4_read() & CR4_LA57) != 0)
		return span_text("the firmware runs with 5-level paging; turn it off in the firmware's set-up");
	return span_empty();
}

/* The caches are never off here. */
void machine_written(u64 address, u64 bytes)
{
	(void)address;
	(void)bytes;
}

void machine_processor_set(u64 number)
{
	(void)number;
}

u32 machine_levels(void)
{
	return 4;
}

bool machine_giant_pages(void)
{
	return (features_amd() & EDX_GIANT) != 0;
}

UNSAFE_BEGIN("SAFETY: the caller built tables that map this code where it runs, the stack, the boot info and the kernel's entry; nothing of the loader runs afterwards");
NORETURN void machine_enter(u64 root, u64 entry, u64 info, u64 stack)
{
	/* SPEC: Intel SDM 3A 2.2.1 (EFER.NXE is bit 11), 2.5 (CR0.WP is bit 16, CR4.PGE is bit 7).
	 * NXE before the tables that use it; PGE off drops firmware's global translations. */
	__asm__ volatile(
		"cli\n\t"
		"cld\n\t"
		"mov $0xc0000080, %%ecx\n\t"
		"rdmsr\n\t"
		"or $0x800, %%eax\n\t"
		"wrmsr\n\t"
		"mov %%cr0, %%rax\n\t"
		"or $0x10000, %%rax\n\t"
		"mov %%rax, %%cr0\n\t"
		"mov %%cr4, %%rax\n\t"
		"and $~0x80, %%rax\n\t"
		"mov %%rax, %%cr4\n\t"
		"mov %[root], %%cr3\n\t"
		"mov %[stack], %%rsp\n\t"
		"xor %%ebp, %%ebp\n\t"
		"jmp *%[entry]"
		:
		: [root] "r"(root), [stack] "r"(stack), [entry] "r"(entry), "D"(info)
		: "rax", "rcx", "rdx", "memory");
	__builtin_unreachable();
}
UNSAFE_END();
