# SPDX-License-Identifier: Apache-2.0
#
# Linking: the kernel, the boot loader, the guest's programs.

# ---- kernel: all its modules, and the library modules they reach ----
KERNEL_ROOTS := $(filter-out kernel/arch/% %/tests,$(filter kernel/%,$(MODULES))) $(ARCH_KERNEL_MODULES)
KERNEL_MODULES := $(filter kernel/% lib/% abi,$(call closure,$(KERNEL_ROOTS)))
KERNEL_OBJECTS := $(foreach m,$(KERNEL_MODULES),$(call module_objects,$(m),kernel))

$(B)/kernel.elf: $(KERNEL_OBJECTS) kernel/link.ld
	$(call say,LD,$@)
	$(Q)$(LD) $(LINK_kernel) -Map=$(B)/kernel.map -o $@ $(filter %.o,$^)

$(B)/kernel.sym: $(B)/kernel.elf tools/image/symbols.py
	$(call say,SYM,$@)
	$(Q)$(PYTHON) tools/image/symbols.py $< $@

# ---- boot loader ----
EFI_MODULES := $(filter boot/% lib/%,$(call closure,boot/uefi $(ARCH_EFI_HEAD)))
EFI_OBJECTS := $(foreach m,$(EFI_MODULES),$(call module_objects,$(m),efi))

EFI_LOADER := $(B)/$(ARCH_EFI_NAME)
ifeq ($(ARCH_EFI_HEAD),)
$(EFI_LOADER): $(EFI_OBJECTS)
	$(call say,LD,$@)
	$(Q)$(LD_EFI) $(LINK_efi) /out:$@ $^
else
$(B)/efi.elf: $(EFI_OBJECTS) $(ARCH_EFI_HEAD)/link.ld
	$(call say,LD,$@)
	$(Q)$(LD) $(LINK_flat_efi) -o $@ $(filter %.o,$^)
$(EFI_LOADER): $(B)/efi.elf
	$(Q)$(OBJCOPY) -O binary $< $@
endif

# ---- raw loader, for architectures that have one ----
RAW_MODULES := $(if $(ARCH_RAW_NAME),$(filter boot/% lib/%,$(call closure,boot/raw)))
RAW_OBJECTS := $(foreach m,$(RAW_MODULES),$(call module_objects,$(m),raw))

$(B)/raw.elf: $(RAW_OBJECTS) boot/raw/link.ld
	$(call say,LD,$@)
	$(Q)$(LD) $(LINK_raw) -o $@ $(filter %.o,$^)
$(B)/boot.image: $(B)/raw.elf
	$(Q)$(OBJCOPY) -O binary $< $@

# ---- programs: their own sources, lib/rt and the libraries they reach ----
RT_MODULES := $(filter lib/rt lib/rt/arch/$(ARCH),$(MODULES))
program_modules = $(filter lib/% abi,$(call closure,$(RT_MODULES) $(PROGRAM_DEPS_$(1))))
program_objects = $(call objects_of,$(PROGRAM_SRCS_$(1)),user) $(foreach m,$(call program_modules,$(1)),$(call module_objects,$(m),user))

# $(1) program. General registers only, unless it says FPU := yes.
define program_rule
PROGRAM_OBJECTS_$(1) := $(call program_objects,$(1))
$(call objects_of,$(PROGRAM_SRCS_$(1)),user): private EXTRA := $(if $(filter yes,$(PROGRAM_FPU_$(1))),,$(ARCH_GENERAL_REGS))
$(B)/programs/$(1).elf: $$(PROGRAM_OBJECTS_$(1))
	$$(call say,LD,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(LD) $$(LINK_user) -o $$@ $$^
endef
$(foreach p,$(PROGRAMS),$(eval $(call program_rule,$(p))))
USER_OBJECTS := $(sort $(foreach p,$(PROGRAMS),$(PROGRAM_OBJECTS_$(p))))
USER_MODULES := $(sort $(foreach p,$(PROGRAMS),$(call program_modules,$(p))))
$(foreach m,$(filter lib/% abi,$(MODULES)),$(eval $(call module_objects,$(m),user): private EXTRA := $(ARCH_GENERAL_REGS)))
PROGRAM_FILES := $(PROGRAMS:%=$(B)/programs/%.elf)

TARGET_OBJECTS := $(sort $(KERNEL_OBJECTS) $(EFI_OBJECTS) $(RAW_OBJECTS) $(USER_OBJECTS))
$(TARGET_OBJECTS): $(BUILD_FILES)
-include $(patsubst %.o,%.d,$(TARGET_OBJECTS))

# $(1) file, $(2) objects: joins the objects' lines. Rewritten only when it differs.
define join_commands
	$(Q)mkdir -p $(dir $(1))
	$(Q)(echo '['; cat /dev/null $(addsuffix .json,$(2)) | sed '$$ s/,$$//'; echo ']') > $(1).new
	$(Q)cmp -s $(1).new $(1) && rm $(1).new || mv $(1).new $(1)
endef
.PHONY: commands
commands: $(TARGET_OBJECTS)
	$(call join_commands,$(B)/compile_commands.json,$(TARGET_OBJECTS))

# What would be compiled and how, without doing it: for checks of architectures that are not built. `null' ends the list.
check_entries = $(foreach o,$(filter $(FLAVOUR_DIR_$(1))/%.c.o,$(TARGET_OBJECTS)),$(call check_entry,$(patsubst \
	gen/%,$(GEN)/%,$(patsubst $(FLAVOUR_DIR_$(1))/%.o,%,$(o))),$(FLAGS_$(1))))
check_entry = {"directory": "$(CURDIR)", "file": "$(1)", "command": "$(CC) $(2) -c $(1)"},
.PHONY: check-commands
check-commands: $(GEN_STAMP)
	$(shell mkdir -p $(B))$(file >$(B)/check_commands.json,[$(foreach f,kernel user efi raw,$(call check_entries,$(f))) null])
