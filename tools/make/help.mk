# SPDX-License-Identifier: Apache-2.0
#
# `make help`, `make list`, and compiling one folder only (`make compile M=lib/9p`).

.PHONY: help list compile clean
help:
	@echo 'make [ARCH=] [PROFILE=release|debug|kasan|cover] [TRACE=on|off] [IMAGE=] [OUT=folder] [V=1] TARGET'
	@echo '  build          disk image and compile_commands.json (the default)'
	@echo '  gen, goldens   generate out/gen/abi; rewrite abi/goldens and docs/reference.md'
	@echo '  kernel loader programs image disk raw  one of the parts'
	@echo '  commands       compile everything for the guest; compile_commands.json'
	@echo '  compile M=DIR  compile what lies below a folder, link nothing'
	@echo '  host-tests fuzzers host-plugins      programs that run on this machine'
	@echo '  host-run                             runs host-tests; HOST_TARGET, HOST_ROOT, HOST_RUN: on another machine (docs/testing.md)'
	@echo '  list           names of modules and programs'
	@echo '  clean          remove the output folder'

list:
	@echo 'modules: $(sort $(MODULES))'
	@echo 'kernel links: $(KERNEL_MODULES)'
	@echo 'loader links: $(EFI_MODULES)'
	@echo 'programs: $(sort $(PROGRAMS))'
	@echo 'host tests: $(HOST_TESTS)'
	@echo 'fuzzers: $(HOST_FUZZERS)'
	@echo 'plugins: $(HOST_PLUGINS)'
	@echo 'peers:   $(HOST_PEERS)'

# Library modules are compiled for user space (and for the kernel where it links them).
COMPILE_MODULES := $(filter $(M) $(M)/%,$(MODULES))
COMPILE_PROGRAMS := $(foreach p,$(PROGRAMS),$(if $(filter $(M) $(M)/%,$(PROGRAM_DIR_$(p))),$(p)))
COMPILE_HOST := $(foreach t,$(HOST_TESTS),$(if $(filter $(M) $(M)/%,$(HOST_TEST_DIR_$(t))),$(t)))
compile: $(foreach m,$(filter lib/%,$(COMPILE_MODULES)),$(call module_objects,$(m),user)) \
	$(foreach m,$(filter $(KERNEL_MODULES),$(COMPILE_MODULES)),$(call module_objects,$(m),kernel)) \
	$(foreach m,$(filter $(EFI_MODULES),$(COMPILE_MODULES)),$(call module_objects,$(m),efi)) \
	$(foreach p,$(COMPILE_PROGRAMS),$(call objects_of,$(PROGRAM_SRCS_$(p)),user)) \
	$(foreach t,$(COMPILE_HOST),$(call objects_of,$(HOST_TEST_SRCS_$(t)),host))
	$(if $^,@echo 'compiled $(words $^) objects of $(M)',$(error M=$(M) names no folder with modules; try `make list'))

clean:
	$(Q)rm -rf $(OUT)
