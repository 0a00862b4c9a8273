# SPDX-License-Identifier: Apache-2.0
#
# Compiling. A source is compiled once per flavour that needs it: kernel, user, efi, raw, host. Each
# object comes with its dependencies (.d) and its line of compile_commands.json (.json).

FLAVOUR_DIR_kernel := $(B)/kernel
FLAVOUR_DIR_user := $(B)/user
FLAVOUR_DIR_efi := $(B)/efi
FLAVOUR_DIR_raw := $(B)/raw
FLAVOUR_DIR_host := $(H)/obj

# A module's objects in a flavour; the contract's sources differ from flavour to flavour.
module_sources = $(if $(filter abi,$(1)),$(ABI_SRCS_$(2)),$(call sources,$(1)))
object_of = $(FLAVOUR_DIR_$(2))/$(patsubst $(GEN)/%,gen/%,$(1)).o
objects_of = $(foreach s,$(1),$(call object_of,$(s),$(2)))
module_objects = $(call objects_of,$(call module_sources,$(1),$(2)),$(2))
closure_objects = $(foreach m,$(call closure,$(1)),$(call module_objects,$(m),$(2)))

# $(1) flavour, $(2) suffix. EXTRA is set per object where one differs (FPU, fuzzers), ENTRY for what entry code calls.
define compile_rule
$$(FLAVOUR_DIR_$(1))/%.$(2).o: %.$(2) | $$(GEN_STAMP)
	$$(call say,$(3),$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(CC) $$(FLAGS_$(1)) $$(EXTRA) $$(ENTRY) -MMD -MP -MJ $$@.json -c $$< -o $$@
endef
define compile_generated_rule
$$(FLAVOUR_DIR_$(1))/gen/%.c.o: $$(GEN)/%.c | $$(GEN_STAMP)
	$$(call say,CC,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(CC) $$(FLAGS_$(1)) $$(EXTRA) -MMD -MP -MJ $$@.json -c $$< -o $$@
endef
$(foreach f,kernel user efi raw host,\
	$(eval $(call compile_generated_rule,$(f)))\
	$(eval $(call compile_rule,$(f),c,CC))\
	$(eval $(call compile_rule,$(f),S,AS)))

$(FLAVOUR_DIR_kernel)/%.c.o: EXTRA := $(SANITIZED_$(PROFILE)) $(COUNTED_$(PROFILE))
$(UNSANITIZED:%=$(FLAVOUR_DIR_kernel)/%.o): EXTRA := $(COUNTED_$(PROFILE))
$(FLAVOUR_DIR_kernel)/kernel/core/ipc/fastpath.c.o: ENTRY := $(ARCH_ENTRY_FLAGS)

# A change of flags or of the build itself compiles everything anew.
BUILD_FILES := $(filter-out $(MK)/host%.mk $(MK)/image.mk $(MK)/help.mk,$(wildcard $(MK)/*.mk))
