# SPDX-License-Identifier: Apache-2.0
#
# Included at the end of a block of a folder's module.mk that describes a benchmark program of the host (no sanitizers, -O2):
# takes down HOST_BENCH (its name), SRCS and DEPS. A folder may hold several blocks.

ifneq ($(words $(HOST_BENCH)),1)
$(error $(reading_dir)/module.mk: HOST_BENCH is `$(HOST_BENCH)'; expected one name)
endif
ifneq ($(filter $(HOST_BENCH),$(HOST_BENCHES)),)
$(error $(reading_dir)/module.mk: the name $(HOST_BENCH) is taken by $(HOST_BENCH_DIR_$(HOST_BENCH)))
endif
$(foreach s,$(SRCS),$(if $(wildcard $(reading_dir)/$(s)),,$(warning $(reading_dir)/module.mk: SRCS names `$(s)', which is not in the folder)))
HOST_BENCHES += $(HOST_BENCH)
HOST_BENCH_DIR_$(HOST_BENCH) := $(reading_dir)
HOST_BENCH_SRCS_$(HOST_BENCH) := $(addprefix $(reading_dir)/,$(SRCS))
HOST_BENCH_DEPS_$(HOST_BENCH) := $(DEPS)
$(clear_all)
