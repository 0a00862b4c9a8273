# SPDX-License-Identifier: Apache-2.0
#
# Included at the end of a block of a folder's module.mk that describes a plugin of QEMU (no sanitizers, -O2):
# takes down HOST_PLUGIN (its name), SRCS and DEPS. A folder may hold several blocks.

ifneq ($(words $(HOST_PLUGIN)),1)
$(error $(reading_dir)/module.mk: HOST_PLUGIN is `$(HOST_PLUGIN)'; expected one name)
endif
ifneq ($(filter $(HOST_PLUGIN),$(HOST_PLUGINS)),)
$(error $(reading_dir)/module.mk: the name $(HOST_PLUGIN) is taken by $(HOST_PLUGIN_DIR_$(HOST_PLUGIN)))
endif
$(foreach s,$(SRCS),$(if $(wildcard $(reading_dir)/$(s)),,$(warning $(reading_dir)/module.mk: SRCS names `$(s)', which is not in the folder)))
HOST_PLUGINS += $(HOST_PLUGIN)
HOST_PLUGIN_DIR_$(HOST_PLUGIN) := $(reading_dir)
HOST_PLUGIN_SRCS_$(HOST_PLUGIN) := $(addprefix $(reading_dir)/,$(SRCS))
HOST_PLUGIN_DEPS_$(HOST_PLUGIN) := $(DEPS)
$(clear_all)
