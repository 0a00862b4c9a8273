/* SPDX-License-Identifier: Apache-2.0
 *
 * Fake HAL: clock, timers, console, interrupt lines, ports, power, registers.
 */
#include "tests/host/fake_hal/state.h"
#include "hal_arch/switch.h"

#include "abi/structs.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/hal/console.h"
#include "kernel/hal/frame.h"
#include "kernel/hal/irq.h"
#include "kernel/hal/mmu.h"
#include "kernel/hal/power.h"
#include "kernel/hal/time.h"

enum : u32 { CONSOLE_BYTES = 65536 };

static u8 console[CONSOLE_BYTES];
static u32 console_used;

const struct fake_records *fake_records(void) { return &fake.records; }

/* ---- time ---- */

u64 hal_clock_ns(void) { return fake.now_ns; }
u64 hal_boot_ns(void) { return 1000; }
void hal_timer_arm(u64 at_ns) { ELEM(fake.cpu, hal_this_cpu()->id)->timer_ns = at_ns; }

u64 fake_now(void) { return fake.now_ns; }
u64 fake_timer_at(u32 cpu) { return ELEM(fake.cpu, cpu)->timer_ns; }
bool fake_timer_due(u32 cpu) { return fake_timer_at(cpu) <= fake.now_ns; }

void fake_set_now(u64 ns)
{
	INVARIANT(ns >= fake.now_ns, "TEST: the clock never goes back");
	fake.now_ns = ns;
}

void fake_advance(u64 ns)
{
	u64 end = fake.now_ns + ns;

	for (;;) {
		u64 next = U64_MAX;

		fake_settle();
		for (u32 cpu = 0; cpu < fake.cpus; cpu++)
			next = min_u64(next, fake_timer_at(cpu));
		if (next > end)
			break;
		fake_set_now(next);
	}
	fake_set_now(end);
}

/* ---- console ---- */

void hal_console_putc(u8 byte)
{
	if (console_used == CONSOLE_BYTES)
		console_used = 0;
	*ELEM(console, console_used) = byte;
	console_used++;
}

struct span fake_console(void) { return span_part(SPAN_OF_ARRAY(console), 0, console_used); }
void fake_console_clear(void) { console_used = 0; }

/* ---- lines, ports, power ---- */

u32 hal_irq_count(void) { return FAKE_IRQ_LINES; }

bool hal_irq_enable(u32 line, u32 cpu) { return line < FAKE_IRQ_LINES && cpu < fake.cpus; }
/* The last one is a message, the others are wires. */
bool hal_irq_message(u32 line, u64 *address, u32 *data)
{
	*address = FAKE_MESSAGE_AT;
	*data = line;
	return line == FAKE_IRQ_LINES - 1;
}

/* Those below are what they are. */
bool hal_irq_edge(u32 line)
{
	if (line < FAKE_EDGES_FROM)
		return false;
	*ELEM(fake.edge, line) = true;
	hal_irq_mask(line);
	return true;
}

void hal_irq_mask(u32 line) { *ELEM(fake.masked, line) = true; }

void hal_irq_unmask(u32 line)
{
	*ELEM(fake.masked, line) = false;
	fake.records.unmasked++;
}

bool fake_line_masked(u32 line) { return *ELEM(fake.masked, line); }

bool fake_line_edge(u32 line) { return *ELEM(fake.edge, line); }

u32 hal_port_count(void) { return FAKE_PORTS; }

static void check_port(u32 port, u32 width)
{
	INVARIANT((width == 1 || width == 2 || width == 4) && (u64)port + width <= FAKE_PORTS, "INV-PORT-RANGE");
}

u32 hal_port_read(u32 port, u32 width)
{
	check_port(port, width);
	return port ^ 0xa5;
}

void hal_port_write(u32 port, u32 width, u32 value)
{
	check_port(port, width);
	fake.records.port_writes++;
	fake.records.last_port = port;
	fake.records.last_port_value = value;
}

static void (*at_power_off)(void);

void fake_at_power_off(void (*then)(void)) { at_power_off = then; }

void hal_power_off(void)
{
	fake.records.powered_off++;
	if (at_power_off != nullptr)
		at_power_off();
}

void hal_reboot(void) { fake.records.rebooted++; }

/* ---- registers ---- */

bool hal_user_address(u64 address) { return address < HAL_USER_TOP; }

void hal_frame_start(struct hal_frame *frame, uaddr_t entry, uaddr_t stack, u64 first, u64 second)
{
	INVARIANT(hal_user_address(entry.v) && hal_user_address(stack.v), "INV-FRAME-CANONICAL");
	frame->ip = entry.v;
	frame->sp = stack.v;
	frame->arg0 = first;
	frame->arg1 = second;
}

void hal_frame_registers(const struct hal_frame *frame, struct thread_registers *out)
{
	*out = (struct thread_registers){ .ip = frame->ip, .sp = frame->sp };
	out->general[0] = frame->status;
	out->general[1] = frame->arg0;
}

/* The call's instruction is as long as a byte. Whoever made the call sees by `ip` that it is to be made again. */
void hal_frame_restart(struct hal_frame *frame, u64 number)
{
	frame->ip--;
	frame->status = number;
}

void fake_tls_load(uaddr_t tls) { fake.records.tls = tls.v; }
void hal_fpu_init(struct hal_fpu *fpu) { fpu->value = 0; }

/* The unit's contents while they are in no thread: one value stands for all registers. */
static u64 unit[FAKE_CPUS_MAX];

void hal_fpu_switch(struct hal_fpu *from, struct hal_fpu *to)
{
	u64 *held = ELEM(unit, hal_this_cpu()->id);

	if (from != nullptr)
		from->value = *held;
	*held = to != nullptr ? to->value : 0;
}
