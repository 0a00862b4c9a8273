# SPDX-License-Identifier: Apache-2.0
#
# Included at the end of a block of a folder's module.mk that describes a program of the guest (service, driver, application):
# takes down PROGRAM (its name), SRCS and DEPS. A folder may hold several blocks.

ifneq ($(words $(PROGRAM)),1)
$(error $(reading_dir)/module.mk: PROGRAM is `$(PROGRAM)'; expected one name)
endif
ifneq ($(filter $(PROGRAM),$(PROGRAMS)),)
$(error $(reading_dir)/module.mk: the name $(PROGRAM) is taken by $(PROGRAM_DIR_$(PROGRAM)))
endif
$(foreach s,$(SRCS),$(if $(wildcard $(reading_dir)/$(s)),,$(warning $(reading_dir)/module.mk: SRCS names `$(s)', which is not in the folder)))
PROGRAMS += $(PROGRAM)
PROGRAM_DIR_$(PROGRAM) := $(reading_dir)
PROGRAM_SRCS_$(PROGRAM) := $(addprefix $(reading_dir)/,$(SRCS))
PROGRAM_DEPS_$(PROGRAM) := $(DEPS)
PROGRAM_FPU_$(PROGRAM) := $(FPU)
$(clear_all)
