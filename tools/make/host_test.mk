# SPDX-License-Identifier: Apache-2.0
#
# Included at the end of a block of a folder's module.mk that describes a test program of the host; it prints `N passed, N failed':
# takes down HOST_TEST (its name), SRCS and DEPS. A folder may hold several blocks. FLAVOUR says which compilation of the
# modules it links, if not the ordinary one; WRAP names functions `f' that it replaces by its own `__wrap_f'.

ifneq ($(words $(HOST_TEST)),1)
$(error $(reading_dir)/module.mk: HOST_TEST is `$(HOST_TEST)'; expected one name)
endif
ifneq ($(filter $(HOST_TEST),$(HOST_TESTS)),)
$(error $(reading_dir)/module.mk: the name $(HOST_TEST) is taken by $(HOST_TEST_DIR_$(HOST_TEST)))
endif
$(foreach s,$(SRCS),$(if $(wildcard $(reading_dir)/$(s)),,$(warning $(reading_dir)/module.mk: SRCS names `$(s)', which is not in the folder)))
HOST_TESTS += $(HOST_TEST)
HOST_TEST_DIR_$(HOST_TEST) := $(reading_dir)
HOST_TEST_SRCS_$(HOST_TEST) := $(addprefix $(reading_dir)/,$(SRCS))
HOST_TEST_DEPS_$(HOST_TEST) := $(DEPS)
HOST_TEST_FLAVOUR_$(HOST_TEST) := $(or $(FLAVOUR),host)
HOST_TEST_WRAP_$(HOST_TEST) := $(WRAP)
$(clear_all)
