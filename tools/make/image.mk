# SPDX-License-Identifier: Apache-2.0
#
# The system image (programs, manifests, files) and the disk the firmware boots from.

IMAGE_FILE := image/$(IMAGE).image
ifeq ($(wildcard $(IMAGE_FILE)),)
ifneq ($(filter image disk raw build all,$(or $(MAKECMDGOALS),all)),)
$(error IMAGE=$(IMAGE): there is no $(IMAGE_FILE); expected one of: $(patsubst image/%.image,%,$(wildcard image/*.image)))
endif
endif

IMAGE_INPUTS := $(IMAGE_FILE) $(shell find $(wildcard userspace drivers tests) -name '*manifest.toml') $(shell find image -type f) \
	$(wildcard tools/image/*.py) $(wildcard lib/image/*.h)
SYSTEM_IMAGE := $(B)/$(if $(filter default,$(IMAGE)),system,system-$(IMAGE)).img
BUNDLE := $(B)/$(if $(filter default,$(IMAGE)),boot,boot-$(IMAGE)).bundle
DISK_IMAGE := $(B)/$(if $(filter default,$(IMAGE)),disk,disk-$(IMAGE)).img

# What goes into the image: the program without symbols, and its table of functions.
$(B)/image/%: $(B)/programs/%.elf
	$(Q)mkdir -p $(@D)
	$(Q)$(OBJCOPY) --strip-all $< $@
$(B)/image/%.sym: $(B)/programs/%.elf tools/image/symbols.py
	$(Q)mkdir -p $(@D)
	$(Q)$(PYTHON) tools/image/symbols.py --no-lines $< $@
IMAGE_PROGRAMS := $(PROGRAMS:%=$(B)/image/%) $(PROGRAMS:%=$(B)/image/%.sym)

$(SYSTEM_IMAGE): $(IMAGE_PROGRAMS) $(IMAGE_INPUTS)
	$(call say,IMAGE,$@)
	$(Q)$(PYTHON) tools/image/build.py --image $(IMAGE_FILE) --programs $(B)/image --abi abi --out $@

$(DISK_IMAGE): $(EFI_LOADER) $(B)/kernel.elf $(B)/kernel.sym $(SYSTEM_IMAGE) tools/image/disk.py
	$(call say,DISK,$@)
	$(Q)$(PYTHON) tools/image/disk.py --out $@ --loader $(EFI_LOADER) --file ferrous/kernel.elf=$(B)/kernel.stripped \
		--file ferrous/kernel.sym=$(B)/kernel.sym --file ferrous/system.img=$(SYSTEM_IMAGE)

$(BUNDLE): $(B)/kernel.stripped $(B)/kernel.sym $(SYSTEM_IMAGE) tools/image/bundle.py
	$(call say,BUNDLE,$@)
	$(Q)$(PYTHON) tools/image/bundle.py --out $@ kernel.elf=$(B)/kernel.stripped kernel.sym=$(B)/kernel.sym system.img=$(SYSTEM_IMAGE)

# What is loaded has no debugging information; kernel.elf keeps it for gdb and the symbol table.
$(B)/kernel.stripped: $(B)/kernel.elf
	$(Q)$(OBJCOPY) --strip-all $< $@
$(DISK_IMAGE): $(B)/kernel.stripped

IMPOSSIBLE := $(filter-out $(ARCH_BOOTS),$(filter raw disk,$(subst loader,disk,$(MAKECMDGOALS))))
ifneq ($(IMPOSSIBLE),)
$(error make $(MAKECMDGOALS): ARCH=$(ARCH) cannot be booted that way; tools/run/boot_ways.toml says which ways work for which architecture)
endif

.PHONY: build kernel loader programs image disk raw
kernel: $(B)/kernel.elf $(B)/kernel.sym
loader: $(EFI_LOADER)
programs: $(PROGRAM_FILES)
image: $(SYSTEM_IMAGE)
disk: $(DISK_IMAGE)
raw: $(B)/boot.image $(BUNDLE)
build: $(ARCH_BOOTS) commands
