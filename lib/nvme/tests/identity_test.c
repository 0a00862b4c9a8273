/* SPDX-License-Identifier: Apache-2.0
 *
 * What controllers say of themselves: the edges, and anything.
 */
#include "lib/nvme/tests/identity_test.h"
#include "lib/nvme/identity.h"

enum : u32 { ROUNDS = 200000 };

static u8 page[NVME_IDENTITY_BYTES];
static u64 state = 1;

static u64 next(void)
{
	state = state * 6364136223846793005ull + 1442695040888963407ull;
	return state >> 33;
}

static struct mspan mem(void) { return MSPAN_OF_ARRAY(page); }

static bool abilities(u64 capabilities, struct nvme_abilities *out)
{
	TEXT_BUFFER(why, 160);
	bool good = nvme_abilities_of(capabilities, out, &why);

	return good && why.used == 0;
}

/* SPEC: NVM Express Base Specification 1.4, 3.1.1 */
static u64 capabilities(u64 entries, u64 step, u64 sets, u64 least_page)
{
	return (entries - 1) | 3ull << 24 | step << 32 | sets << 37 | least_page << 48;
}

static void registers(struct report *r)
{
	struct nvme_abilities a;

	report_case(r, span_text("what a controller is able to"),
		    abilities(capabilities(2048, 0, 1, 0), &a) && a.entries == 64 && a.ready_ms == 2000 && a.step == 4 &&
			    abilities(capabilities(2, 3, 1, 0), &a) && a.entries == 2 && a.step == 32);
	report_case(r, span_text("one without pages of 4 KiB, the command set, or a queue is not driven"),
		    !abilities(capabilities(64, 0, 1, 1), &a) && !abilities(capabilities(64, 0, 0, 0), &a) &&
			    !abilities(capabilities(1, 0, 1, 0), &a) && !abilities(U64_MAX, &a));
}

static bool controller(struct block_disk *disk)
{
	TEXT_BUFFER(why, 160);

	*disk = (struct block_disk){};
	return nvme_controller_is_good(SPAN_OF_ARRAY(page), disk, &why);
}

static bool named(struct block_disk *disk)
{
	TEXT_BUFFER(why, 160);

	return nvme_namespace_is_good(SPAN_OF_ARRAY(page), disk, &why);
}

static void set_controller(u8 most, u16 can, u8 cache)
{
	mspan_fill(mem(), 0);
	mspan_put_u8(mem(), 77, most);
	mspan_put_le32(mem(), 516, 1);
	mspan_put_le16(mem(), 520, can);
	mspan_put_u8(mem(), 525, cache);
}

static void controllers(struct report *r)
{
	struct block_disk d;
	bool good = true;

	for (u32 most = 0; most < 256; most++) {
		set_controller((u8)most, 0, 0);
		good = good && controller(&d) == (most == 0 || most >= 4);
	}
	report_case(r, span_text("a window's worth at once, or it is not driven"), good);
	set_controller(0, 4, 1);
	good = controller(&d) && d.flushes && d.limits.discard_most != 0 && d.limits.zero_most == 0;
	set_controller(0, 8, 2);
	report_case(r, span_text("it discards and zeroes where it says so, and is flushed where it has a cache"),
		    good && controller(&d) && !d.flushes && d.limits.discard_most == 0 && d.limits.zero_most != 0);
	mspan_put_le32(mem(), 516, 0);
	report_case(r, span_text("without a namespace there is no disk"), !controller(&d));
}

static void set_namespace(u64 blocks, u8 shift, u16 metadata)
{
	mspan_fill(mem(), 0);
	mspan_put_le64(mem(), 0, blocks);
	mspan_put_u8(mem(), 25, 3);
	mspan_put_u8(mem(), 26, 2);
	mspan_put_le32(mem(), 128 + 4 * 2, (u32)shift << 16 | metadata);
}

static void namespaces(struct report *r)
{
	struct block_disk d = {};
	bool good = true;

	for (u32 shift = 0; shift < 256; shift++) {
		set_namespace(100, (u8)shift, 0);
		bool driven = named(&d);

		good = good && driven == (shift >= 9 && shift <= 12) &&
			(!driven || (d.limits.unit == 1u << (shift - 9) && d.limits.sectors == 100ull * d.limits.unit));
	}
	report_case(r, span_text("blocks of 512 to 4096 bytes"), good);
	set_namespace(100, 9, 8);
	good = !named(&d);
	set_namespace(0, 9, 0);
	good = good && !named(&d);
	set_namespace(100, 9, 0);
	mspan_put_u8(mem(), 29, 1);
	good = good && !named(&d);
	set_namespace(100, 9, 0);
	mspan_put_u8(mem(), 25, 1);
	report_case(r, span_text("none with metadata, with protection, of no blocks, or in a format that there is not"),
		    good && !named(&d));
	set_namespace(U64_MAX, 12, 0);
	good = named(&d) && d.limits.sectors <= BLOCK_SECTORS_MAX && d.limits.sectors % 8 == 0;
	mspan_put_u8(mem(), 99, 1);
	d.limits.discard_most = d.limits.zero_most = 8;
	report_case(r, span_text("what can be reckoned with, and what may be written"),
		    good && !d.read_only && named(&d) && d.read_only && d.limits.discard_most == 0 && d.limits.zero_most == 0);
}

static void anything(struct report *r)
{
	bool good = true;
	u32 taken = 0;

	for (u32 i = 0; i < ROUNDS; i++) {
		struct block_disk d = {};

		if (i % 64 == 0)
			for (u64 at = 0; at < NVME_IDENTITY_BYTES; at++)
				mspan_put_u8(mem(), at, (u8)next());
		mspan_put_le64(mem(), 8 * (next() % 32), next() << 33 ^ next());
		mspan_put_u8(mem(), 29, (u8)(next() % 8 == 0));
		mspan_put_le32(mem(), 128 + 4 * (next() % 16), (u32)(next() % 16) << 16);
		if (!controller(&d) || !named(&d))
			continue;
		taken++;
		good = good && d.limits.unit >= 1 && d.limits.unit <= 8 && d.limits.sectors <= BLOCK_SECTORS_MAX &&
			d.limits.sectors % d.limits.unit == 0 && d.limits.zero_most <= BLOCK_WINDOW_SECTORS;
	}
	report_case(r, span_text("whatever they say, what is believed is within bounds"), good && taken > ROUNDS / 1000);
}

void identities(struct report *r)
{
	registers(r);
	controllers(r);
	namespaces(r);
	anything(r);
}
