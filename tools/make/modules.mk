# SPDX-License-Identifier: Apache-2.0
#
# Reads every module.mk of the tree and keeps what each said in variables:
#   MODULES            folders that are modules;       SRCS_<folder>, DEPS_<folder>
#   PROGRAMS           names of guest programs;        PROGRAM_SRCS_<name>, PROGRAM_DEPS_<name>, ...
#   HOST_TESTS, HOST_FUZZERS, HOST_PLUGINS, HOST_PEERS  programs of the host, plugins of QEMU and programs for other
#                                           systems in it, the same way
# A folder of another architecture is a module like any other, so that the host can test it; nothing of the guest
# reaches it, because the guest's own name theirs with $(ARCH).

ROOMS := $(wildcard kernel lib boot userspace drivers tests)
MODULE_FILES := $(sort $(shell find $(ROOMS) -name module.mk))

MODULES :=
PROGRAMS :=
HOST_TESTS :=
HOST_FUZZERS :=
HOST_PLUGINS :=
HOST_PEERS :=

# The folder of the module.mk that is being read (it included the file that asks).
reading_dir = $(patsubst %/module.mk,%,$(lastword $(filter %/module.mk,$(filter-out $(MK)/%,$(MAKEFILE_LIST)))))
forget := MODULE PROGRAM HOST_TEST HOST_FUZZ HOST_PLUGIN HOST_PEER SRCS DEPS FPU FLAVOUR WRAP
clear_all = $(foreach v,$(forget),$(eval $(v) :=))
$(clear_all)

include $(MODULE_FILES)

# The contract's generated sources are a module as well.
MODULES += abi
DEPS_abi :=

# All modules reachable from a list of modules, itself included. Cycles are harmless here.
closure = $(strip $(call closure_step,$(sort $(1)),$(sort $(1) $(foreach m,$(1),$(DEPS_$(m))))))
closure_step = $(if $(filter-out $(1),$(2)),$(call closure_step,$(2),$(sort $(2) $(foreach m,$(2),$(DEPS_$(m))))),$(1))

# Source paths of a module in a flavour (kernel, user, efi, host).
sources = $(addprefix $(1)/,$(SRCS_$(1)))
objects_of_sources = $(addprefix $(2)/,$(addsuffix .o,$(1)))
