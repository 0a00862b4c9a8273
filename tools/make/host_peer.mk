# SPDX-License-Identifier: Apache-2.0
#
# Included at the end of a block of a folder's module.mk that describes a program for another system in the emulator (static, -O2):
# takes down HOST_PEER (its name), SRCS and DEPS. A folder may hold several blocks.

ifneq ($(words $(HOST_PEER)),1)
$(error $(reading_dir)/module.mk: HOST_PEER is `$(HOST_PEER)'; expected one name)
endif
ifneq ($(filter $(HOST_PEER),$(HOST_PEERS)),)
$(error $(reading_dir)/module.mk: the name $(HOST_PEER) is taken by $(HOST_PEER_DIR_$(HOST_PEER)))
endif
$(foreach s,$(SRCS),$(if $(wildcard $(reading_dir)/$(s)),,$(warning $(reading_dir)/module.mk: SRCS names `$(s)', which is not in the folder)))
HOST_PEERS += $(HOST_PEER)
HOST_PEER_DIR_$(HOST_PEER) := $(reading_dir)
HOST_PEER_SRCS_$(HOST_PEER) := $(addprefix $(reading_dir)/,$(SRCS))
HOST_PEER_DEPS_$(HOST_PEER) := $(DEPS)
$(clear_all)
