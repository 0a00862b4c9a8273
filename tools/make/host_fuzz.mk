# SPDX-License-Identifier: Apache-2.0
#
# Included at the end of a block of a folder's module.mk that describes a libFuzzer target of the host:
# takes down HOST_FUZZ (its name), SRCS and DEPS. A folder may hold several blocks.

ifneq ($(words $(HOST_FUZZ)),1)
$(error $(reading_dir)/module.mk: HOST_FUZZ is `$(HOST_FUZZ)'; expected one name)
endif
ifneq ($(filter $(HOST_FUZZ),$(HOST_FUZZERS)),)
$(error $(reading_dir)/module.mk: the name $(HOST_FUZZ) is taken by $(HOST_FUZZ_DIR_$(HOST_FUZZ)))
endif
$(foreach s,$(SRCS),$(if $(wildcard $(reading_dir)/$(s)),,$(warning $(reading_dir)/module.mk: SRCS names `$(s)', which is not in the folder)))
HOST_FUZZERS += $(HOST_FUZZ)
HOST_FUZZ_DIR_$(HOST_FUZZ) := $(reading_dir)
HOST_FUZZ_SRCS_$(HOST_FUZZ) := $(addprefix $(reading_dir)/,$(SRCS))
HOST_FUZZ_DEPS_$(HOST_FUZZ) := $(DEPS)
$(clear_all)
