# SPDX-License-Identifier: Apache-2.0
#
# Programs of the host: unit tests and simulators (ASan, UBSan), fuzzers (libFuzzer), plugins of the emulator, programs for
# other systems in it.
# They link the same modules as the guest, compiled for the host.

# WHY left out: the functions that the compiler calls (memmove, __asan_load8 and so on) are the host's own here; ours
# would also take the place of its library's. What stands for the sanitizers' libraries is for programs that have none.
HOST_HAS := lib/freestanding/memory.c kernel/debug/kasan.c $(if $(HOST_TARGET),,tests/host/fake_hal/unwatched.c)
host_closure_objects = $(filter-out $(HOST_HAS:%=$(FLAVOUR_DIR_$(2))/%.o),$(call closure_objects,$(1),$(2)))

# The simulator's own compilation of the core: with switch points before every access to memory. What the
# compiler puts before loads and stores, points.h puts before the other atomic operations.
FLAVOUR_DIR_sim := $(H)/sim-obj
ABI_SRCS_sim := $(ABI_SRCS_host)
FLAGS_sim := $(FLAGS_host)
$(FLAVOUR_DIR_sim)/kernel/boot/%.o $(FLAVOUR_DIR_sim)/kernel/core/%.o: EXTRA := -fsanitize-coverage=func,trace-loads,trace-stores -include tests/sim/points.h

# $(1) name, $(2) flavour. HOST_TEST_WRAP are functions that the program puts its own in place of.
define host_rule
HOST_TEST_OBJECTS_$(1) := $(call objects_of,$(HOST_TEST_SRCS_$(1)),$(2)) $(call host_closure_objects,$(HOST_TEST_DEPS_$(1)),$(2))
$(H)/tests/$(1): $$(HOST_TEST_OBJECTS_$(1))
	$$(call say,LD,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(CC) $$(HOST_LINK) $$(HOST_SANITIZE) $(HOST_TEST_WRAP_$(1):%=-Wl,--wrap=%) -o $$@ $$^ -lpthread
endef
$(foreach t,$(HOST_TESTS),$(eval $(call host_rule,$(t),$(HOST_TEST_FLAVOUR_$(t)))))

# Fuzzers need coverage counters in all they link, so that their objects live apart.
FLAVOUR_DIR_fuzz := $(H)/fuzz-obj
ABI_SRCS_fuzz := $(ABI_SRCS_host)
FLAGS_fuzz := $(FLAGS_host) -fsanitize=fuzzer-no-link
# Loaded into QEMU, so without sanitizers. From QEMU 9 on their interface begins with version 2.
FLAVOUR_DIR_plugin := $(H)/plugin-obj
ABI_SRCS_plugin := $(ABI_SRCS_host)
FLAGS_plugin := $(filter-out -O1 -DFERROUS_DEBUG=1 $(HOST_SANITIZE),$(FLAGS_host)) -O2 -fPIC -fvisibility=hidden
PLUGIN_VERSION = $(if $(filter 5.% 6.% 7.% 8.%,$(word 4,$(shell qemu-system-$(ARCH) --version))),1,2)
$(FLAVOUR_DIR_plugin)/tests/%.o: EXTRA = -DPLUGIN_VERSION=$(PLUGIN_VERSION)
$(foreach f,sim fuzz plugin,\
	$(eval $(call compile_generated_rule,$(f)))\
	$(eval $(call compile_rule,$(f),c,CC))\
	$(eval $(call compile_rule,$(f),S,AS)))

define fuzz_rule
HOST_FUZZ_OBJECTS_$(1) := $(call objects_of,$(HOST_FUZZ_SRCS_$(1)),fuzz) $(call host_closure_objects,$(HOST_FUZZ_DEPS_$(1)),fuzz)
$(H)/fuzz/$(1): $$(HOST_FUZZ_OBJECTS_$(1))
	$$(call say,LD,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(CC) $$(HOST_SANITIZE) -fsanitize=fuzzer -o $$@ $$^
endef
$(foreach t,$(HOST_FUZZERS),$(eval $(call fuzz_rule,$(t))))

define plugin_rule
HOST_PLUGIN_OBJECTS_$(1) := $(call objects_of,$(HOST_PLUGIN_SRCS_$(1)),plugin) $(call host_closure_objects,$(HOST_PLUGIN_DEPS_$(1)),plugin)
$(H)/plugins/$(1).so: $$(HOST_PLUGIN_OBJECTS_$(1))
	$$(call say,LD,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(CC) -shared -o $$@ $$^
endef
$(foreach t,$(HOST_PLUGINS),$(eval $(call plugin_rule,$(t))))

define peer_rule
HOST_PEER_OBJECTS_$(1) := $(call objects_of,$(HOST_PEER_SRCS_$(1)),plugin) $(call host_closure_objects,$(HOST_PEER_DEPS_$(1)),plugin)
$(H)/peers/$(1): $$(HOST_PEER_OBJECTS_$(1))
	$$(call say,LD,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(CC) -static -o $$@ $$^ -lpthread
endef
$(foreach t,$(HOST_PEERS),$(eval $(call peer_rule,$(t))))

HOST_OBJECTS := $(sort $(foreach t,$(HOST_TESTS),$(HOST_TEST_OBJECTS_$(t))) \
	$(foreach t,$(HOST_FUZZERS),$(HOST_FUZZ_OBJECTS_$(t))) $(foreach t,$(HOST_PLUGINS),$(HOST_PLUGIN_OBJECTS_$(t))) \
	$(foreach t,$(HOST_PEERS),$(HOST_PEER_OBJECTS_$(t))))
HOST_CHECKED := $(sort $(foreach t,$(HOST_TESTS),$(HOST_TEST_OBJECTS_$(t))))
$(HOST_OBJECTS): $(BUILD_FILES) $(MK)/host.mk
-include $(patsubst %.o,%.d,$(HOST_OBJECTS))

# Runs them, by HOST_RUN where the machine is another; what each printed is kept.
host_run := $(HOST_TESTS:%=host-run-%)
.PHONY: host-run $(host_run)
host-run: $(host_run)
$(host_run): host-run-%: $(H)/tests/%
	$(Q)mkdir -p $(H)/logs
	$(Q)$(HOST_RUN) $< > $(H)/logs/$* 2>&1 && tail -n 1 $(H)/logs/$* | sed 's/^/  $*: /' || { tail -n 40 $(H)/logs/$*; exit 1; }

.PHONY: host-tests fuzzers host-plugins host-peers host-commands
host-tests: $(HOST_TESTS:%=$(H)/tests/%)
fuzzers: $(HOST_FUZZERS:%=$(H)/fuzz/%)
host-plugins: $(HOST_PLUGINS:%=$(H)/plugins/%.so)
host-peers: $(HOST_PEERS:%=$(H)/peers/%)
host-commands: $(HOST_CHECKED)
	$(call join_commands,$(H)/compile_commands.json,$(HOST_CHECKED))
