# SPDX-License-Identifier: Apache-2.0
#
# The generated part of the contract: out/gen/abi from abi/*.toml. The generator rewrites only
# files whose text changes, so that a comment in a table does not rebuild the world.

GEN_STAMP := $(GEN)/.generated
GEN_INPUTS := $(wildcard abi/*.toml) $(sort $(wildcard tools/gen/*.py tools/gen/*/*.py))

$(GEN_STAMP): $(GEN_INPUTS)
	$(call say,GEN,$(GEN)/abi)
	$(Q)mkdir -p $(GEN)/abi
	$(Q)$(PYTHON) tools/gen/gen.py --out $(GEN)/abi
	$(Q)touch $@

# The recipe does nothing on purpose: make then looks whether the file has really changed.
$(GEN)/abi/%: $(GEN_STAMP)
	@:

ABI_SRCS_kernel := $(GEN)/abi/kernel_dispatch.c $(GEN)/abi/names.c
ABI_SRCS_user := $(GEN)/abi/names.c
ABI_SRCS_efi :=
ABI_SRCS_raw :=
ABI_SRCS_host := $(GEN)/abi/names.c

.PHONY: gen goldens
gen: $(GEN_STAMP)

goldens: $(GEN_STAMP)
	$(Q)$(PYTHON) tools/gen/gen.py --out $(GEN)/abi --manual docs/reference.md --goldens abi/goldens
