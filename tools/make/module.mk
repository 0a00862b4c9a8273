# SPDX-License-Identifier: Apache-2.0
#
# Included at the end of a folder's module.mk: takes down MODULE, SRCS and DEPS.

ifneq ($(MODULE),$(reading_dir))
$(error $(reading_dir)/module.mk: MODULE is `$(MODULE)'; expected the folder's own path, `$(reading_dir)')
endif
$(foreach s,$(SRCS),$(if $(wildcard $(reading_dir)/$(s)),,$(warning $(reading_dir)/module.mk: SRCS names `$(s)', which is not in the folder)))
MODULES += $(MODULE)
SRCS_$(MODULE) := $(SRCS)
DEPS_$(MODULE) := $(DEPS)
$(clear_all)
