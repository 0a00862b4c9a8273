# SPDX-License-Identifier: Apache-2.0
#
# What is built, where to, and with which tools. One output folder per architecture and profile.

ARCHES := x86_64 aarch64 riscv64
PROFILES := release debug kasan cover
ifeq ($(filter $(ARCH),$(ARCHES)),)
$(error ARCH=$(ARCH) is not an architecture of this system; expected one of: $(ARCHES))
endif
ifeq ($(filter $(PROFILE),$(PROFILES)),)
$(error PROFILE=$(PROFILE) is not a profile; expected one of: $(PROFILES))
endif

include $(MK)/arch_$(ARCH).mk

ifeq ($(filter $(TRACE),on off),)
$(error TRACE=$(TRACE): expected on or off)
endif

GEN := $(OUT)/gen
B := $(OUT)/$(ARCH)-$(PROFILE)$(if $(filter off,$(TRACE)),-untraced)
H := $(OUT)/host$(HOST_TARGET:%=-%)

# The compiler is pinned: the safe C checker reads the syntax tree of this very version.
CC := clang-19
LD := ld.lld-19
LD_EFI := lld-link-19
OBJCOPY := llvm-objcopy-19
PYTHON ?= python3

# Short lines while building; V=1 shows the commands.
Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-8s %s\n' $(1) $(patsubst $(OUT)/%,%,$(2)))
