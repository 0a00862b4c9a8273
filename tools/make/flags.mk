# SPDX-License-Identifier: Apache-2.0
#
# Compiler and linker flags. docs/safety.md explains the warnings and the checks that stay in.

WARNINGS := -Werror -Wall -Wextra -Wconversion -Wsign-conversion -Wcast-qual -Wcast-align \
	-Wmissing-prototypes -Wmissing-variable-declarations -Wvla -Walloca -Wshadow \
	-Wimplicit-fallthrough -Wswitch-enum -Wthread-safety -Wconditional-uninitialized \
	-Wstrict-prototypes -Wpointer-arith -Wreturn-stack-address -Waddress-of-packed-member \
	-Wincompatible-function-pointer-types-strict -Wcast-function-type-strict

# Checks that are in every build, release too. A failing one traps.
CHECKS := -fsanitize=array-bounds,shift,signed-integer-overflow,bool,enum,unreachable,return,vla-bound,integer-divide-by-zero,builtin \
	-fsanitize-trap=all -fstack-protector-strong -ftrivial-auto-var-init=zero

LANGUAGE := -std=c23 -ffreestanding -fstrict-flex-arrays=3 -fno-strict-aliasing -fno-common \
	-fvisibility=hidden -fno-ident -ffile-prefix-map=$(CURDIR)/=

OPTIMISE_release := -O2 -DFERROUS_DEBUG=0
OPTIMISE_debug := -O1 -DFERROUS_DEBUG=1
OPTIMISE_kasan := $(OPTIMISE_debug)
OPTIMISE_cover := $(OPTIMISE_debug)
OPTIMISE := $(OPTIMISE_$(PROFILE)) -g -gdwarf-4

# One section per function, so that the linker leaves out what nobody calls; frame pointers, so
# that a backtrace needs no tables.
CODEGEN := -ffunction-sections -fdata-sections -fno-omit-frame-pointer -fno-asynchronous-unwind-tables -fno-unwind-tables

# Events of the kernel: TRACE=off leaves the code for them out.
TRACED := -DFERROUS_TRACE=$(if $(filter off,$(TRACE)),0,1)

# The kernel's address sanitizer: a call before each access, of kernel/debug/kasan.c; stacks and globals are not
# watched. WHY -Xclang: the driver does not know that this target can do it. Not in what looks itself.
SANITIZED_kasan := -Xclang -fsanitize=kernel-address $(addprefix -mllvm -asan-,instrumentation-with-call-threshold=0 stack=0 \
	globals=0 constructor-kind=none)
UNSANITIZED := kernel/core/mem/shadow.c kernel/debug/kasan.c
KASAN := -DFERROUS_KASAN=$(if $(filter kasan,$(PROFILE)),1,0)

# What has been run: a counter of one byte for each edge of the kernel's control flow, and a table of where each lies
# (docs/testing.md, "The system call fuzzer").
COUNTED_cover := -fsanitize-coverage=inline-8bit-counters,pc-table
COUNTED_kasan := $(COUNTED_cover)
COVER := -DFERROUS_COVER=$(if $(COUNTED_$(PROFILE)),1,0)

COMMON := $(LANGUAGE) $(OPTIMISE) $(WARNINGS) $(CHECKS) $(CODEGEN) -I. -I$(GEN)

FLAGS_kernel := --target=$(ARCH_TARGET) $(COMMON) -fsanitize=kcfi $(ARCH_FLAGS) $(ARCH_KERNEL_FLAGS) \
	-fPIE -fdirect-access-external-data -Wframe-larger-than=1024 -I$(ARCH_KERNEL_INCLUDE) -DFERROUS_KERNEL=1 $(TRACED) $(KASAN) $(COVER)
FLAGS_user := --target=$(ARCH_TARGET) $(COMMON) -fsanitize=kcfi $(ARCH_FLAGS) $(ARCH_USER_FLAGS) \
	-fPIE -fdirect-access-external-data -Wframe-larger-than=2048 -I$(ARCH_USER_INCLUDE) -DFERROUS_USER=1
# WHY: no stack protector and no kcfi in the loader: firmware calls it and is called by it, and
# its target's guard comes from a run-time library that is not there.
FLAGS_efi := --target=$(ARCH_EFI_TARGET) $(COMMON) -fno-stack-protector -fshort-wchar $(ARCH_EFI_FLAGS) \
	-Wframe-larger-than=2048 -DFERROUS_EFI=1

# WHY: the raw loader runs before there is anything to seed a stack guard with.
FLAGS_raw := --target=$(ARCH_TARGET) $(COMMON) -fno-stack-protector -fsanitize=kcfi $(ARCH_RAW_FLAGS) -fPIE -fdirect-access-external-data \
	-Wframe-larger-than=2048 -DFERROUS_RAW=1

# The host: the same sources and warnings, with the sanitizers' run-time libraries and the checks of
# debug kernels (lock order).
HOST_SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all
# Another machine than the host (docs/testing.md, "Another order of bytes"): Debian's cross libraries, below HOST_ROOT, and what
# the sanitizers do without libraries of their own.
ifneq ($(HOST_TARGET),)
HOST_LIBRARIES := $(HOST_ROOT)/usr/$(HOST_TARGET)
HOST_SANITIZE := -fsanitize=undefined -fsanitize-trap=all
HOST_MACHINE := --target=$(HOST_TARGET) --gcc-install-dir=$(lastword $(wildcard $(HOST_ROOT)/usr/lib/gcc-cross/$(HOST_TARGET)/*)) \
	-isystem $(HOST_LIBRARIES)/include
HOST_LINK := $(HOST_MACHINE) -B$(HOST_LIBRARIES)/lib -L$(HOST_LIBRARIES)/lib -static -fuse-ld=lld
endif
FLAGS_host := $(HOST_MACHINE) $(filter-out -ffreestanding,$(LANGUAGE)) -O1 -g -gdwarf-4 $(WARNINGS) $(HOST_SANITIZE) -fno-omit-frame-pointer \
	-I. -I$(GEN) -Itests/host/include -D_GNU_SOURCE=1 -DFERROUS_DEBUG=1 -DFERROUS_HOST=1 -DFERROUS_TRACE=1 -DFERROUS_KASAN=0 -DFERROUS_COVER=0

# WHY the last: debugging information of functions that were dropped would otherwise begin at address 0 and
# shadow real code, in gdb and in tools/image/symbols.py.
LINK_PIE := -static -pie --no-dynamic-linker -z text -z max-page-size=4096 -z separate-code -z noexecstack \
	--gc-sections --build-id=none --fatal-warnings -z dead-reloc-in-nonalloc=.debug_*=0xffffffff00000000
LINK_kernel := $(LINK_PIE) -T kernel/link.ld
LINK_raw := $(LINK_PIE) -z notext -T boot/raw/link.ld
LINK_flat_efi := $(LINK_PIE) -T $(ARCH_EFI_HEAD)/link.ld
LINK_user := $(LINK_PIE) -z relro -z now -e _start
LINK_efi := /subsystem:efi_application /entry:efi_main /nodefaultlib /Brepro /opt:ref
