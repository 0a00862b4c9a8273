/* SPDX-License-Identifier: Apache-2.0
 *
 * Programs that once failed. See known.h. The comments say what each operation did when it was written down.
 */
#include "tests/model/known.h"

static const struct operation programs[][PROGRAM_MAX] = {
	/* Thread 1 drops the reply object that the more important thread 2 receives with: it runs at once. */
	{
		{ 38, 12, 252, 212, 47 }, /* thread 2: thread_suspend */
		{ 255, 51, 20, 128, 9 }, /* time passes */
		{ 51, 165, 217, 9, 29 }, /* thread 6: reply_create */
		{ 38, 46, 190, 150, 235 }, /* thread 6: thread_suspend */
		{ 48, 203, 154, 35, 196 }, /* thread 2: endpoint_create */
		{ 51, 149, 87, 205, 199 }, /* thread 2: reply_create */
		{ 8, 60, 187, 141, 178 }, /* thread 2: receive */
		{ 48, 233, 100, 170, 153 }, /* thread 6: endpoint_create */
		{ 8, 198, 251, 203, 231 }, /* thread 6: receive */
		{ 16, 75, 71, 49, 101 }, /* thread 1: cap_drop */
	},
	/* An answer moves away the very handle that the answering thread would wait with. */
	{
		{ 48, 25, 210, 185, 47 }, /* thread 2: endpoint_create */
		{ 6, 218, 242, 43, 222 }, /* thread 2: call */
		{ 48, 177, 188, 47, 51 }, /* thread 4: endpoint_create */
		{ 6, 132, 62, 220, 42 }, /* thread 4: call */
		{ 5, 126, 103, 215, 31 }, /* thread 6: thread_exit */
		{ 6, 174, 150, 99, 72 }, /* thread 1: call */
		{ 6, 166, 168, 19, 87 }, /* thread 3: call */
		{ 38, 75, 52, 50, 107 }, /* thread 5: thread_suspend */
		{ 48, 181, 208, 111, 128 }, /* thread 0: endpoint_create */
		{ 51, 8, 24, 248, 14 }, /* thread 0: reply_create */
		{ 8, 220, 246, 146, 160 }, /* thread 0: receive */
		{ 10, 210, 47, 55, 11 }, /* thread 0: reply_receive */
		{ 10, 76, 174, 215, 192 }, /* thread 2: reply_receive */
	},
	/* Thread 6 answers a less important thread on whose activity it runs, and waits; a sender that it cannot take from, more
	 * important than that one, is told so meanwhile. */
	{
		{ 38, 9, 13, 57, 208 }, /* thread 2: thread_suspend */
		{ 16, 95, 154, 56, 129 }, /* thread 4: cap_drop */
		{ 3, 123, 242, 252, 2 }, /* thread 4: yield */
		{ 3, 115, 145, 146, 95 }, /* thread 6: yield */
		{ 48, 37, 112, 17, 92 }, /* thread 4: endpoint_create */
		{ 13, 114, 197, 110, 32 }, /* thread 4: cap_derive */
		{ 13, 104, 175, 17, 71 }, /* thread 4: cap_derive */
		{ 5, 53, 181, 70, 64 }, /* thread 4: thread_exit */
		{ 48, 229, 21, 165, 192 }, /* thread 6: endpoint_create */
		{ 48, 146, 194, 142, 20 }, /* thread 6: endpoint_create */
		{ 51, 25, 210, 50, 110 }, /* thread 6: reply_create */
		{ 7, 109, 140, 200, 73 }, /* thread 6: send */
		{ 3, 53, 252, 3, 184 }, /* thread 1: yield */
		{ 14, 35, 114, 189, 156 }, /* thread 3: cap_grant */
		{ 6, 176, 183, 231, 7 }, /* thread 3: call */
		{ 48, 214, 34, 23, 166 }, /* thread 1: endpoint_create */
		{ 51, 183, 192, 172, 190 }, /* thread 1: reply_create */
		{ 8, 115, 34, 78, 246 }, /* thread 1: receive */
		{ 10, 31, 159, 244, 223 }, /* thread 5: reply_receive */
		{ 10, 72, 179, 213, 250 }, /* thread 6: reply_receive */
		{ 6, 31, 230, 118, 228 }, /* thread 5: call */
		{ 7, 148, 41, 94, 5 }, /* thread 0: send */
		{ 255, 218, 53, 243, 212 }, /* time passes */
		{ 10, 100, 91, 223, 136 }, /* thread 6: reply_receive */
		{ 7, 191, 160, 127, 70 }, /* thread 3: send */
		{ 6, 76, 183, 71, 108 }, /* thread 1: call */
		{ 10, 164, 14, 29, 67 }, /* thread 6: reply_receive */
	},
	/* Who serves where he waits is made more important by another who waits there, and goes behind him. */
	{
		{ 51, 231, 108, 102, 210 }, /* thread 2: reply_create */
		{ 48, 73, 99, 166, 64 }, /* thread 2: endpoint_create */
		{ 10, 239, 127, 100, 190 }, /* thread 2: reply_receive */
		{ 38, 139, 218, 180, 195 }, /* thread 4: thread_suspend */
		{ 51, 213, 145, 185, 108 }, /* thread 4: reply_create */
		{ 45, 92, 159, 102, 114 }, /* thread 4: signal_create */
		{ 48, 185, 79, 220, 61 }, /* thread 4: endpoint_create */
		{ 47, 83, 110, 166, 86 }, /* thread 4: signal_wait */
		{ 38, 65, 246, 16, 180 }, /* thread 1: thread_suspend */
		{ 13, 186, 46, 43, 254 }, /* thread 1: cap_derive */
		{ 7, 113, 136, 13, 4 }, /* thread 1: send */
		{ 10, 74, 239, 59, 242 }, /* thread 3: reply_receive */
		{ 48, 18, 96, 92, 228 }, /* thread 5: endpoint_create */
		{ 6, 192, 238, 52, 16 }, /* thread 5: call */
		{ 38, 162, 123, 83, 110 }, /* thread 0: thread_suspend */
		{ 38, 4, 62, 38, 39 }, /* thread 0: thread_suspend */
		{ 16, 149, 46, 2, 90 }, /* thread 0: cap_drop */
		{ 16, 36, 185, 15, 210 }, /* thread 0: cap_drop */
		{ 16, 161, 21, 104, 236 }, /* thread 0: cap_drop */
		{ 14, 112, 98, 176, 38 }, /* thread 0: cap_grant */
		{ 14, 79, 6, 107, 246 }, /* thread 0: cap_grant */
		{ 255, 240, 109, 119, 112 }, /* time passes */
		{ 39, 107, 150, 218, 28 }, /* thread 3: thread_resume */
		{ 10, 45, 146, 115, 34 }, /* thread 2: reply_receive */
		{ 7, 189, 227, 186, 83 }, /* thread 3: send */
		{ 39, 123, 206, 242, 102 }, /* thread 0: thread_resume */
		{ 8, 200, 178, 118, 248 }, /* thread 4: receive */
		{ 39, 91, 102, 222, 49 }, /* thread 0: thread_resume */
		{ 6, 15, 44, 155, 164 }, /* thread 1: call */
		{ 6, 11, 81, 26, 210 }, /* thread 2: call */
		{ 3, 206, 102, 255, 140 }, /* thread 4: yield */
		{ 3, 107, 146, 163, 84 }, /* thread 2: yield */
		{ 7, 120, 228, 194, 87 }, /* thread 4: send */
		{ 10, 228, 17, 169, 213 }, /* thread 2: reply_receive */
		{ 7, 11, 48, 159, 188 }, /* thread 2: send */
	},
	/* Dropping a capability wakes somebody more important, and leaves an endpoint where another waits to nobody. */
	{
		{ 51, 220, 125, 222, 144 }, /* thread 2: reply_create */
		{ 51, 91, 152, 71, 168 }, /* thread 2: reply_create */
		{ 48, 57, 70, 138, 221 }, /* thread 2: endpoint_create */
		{ 10, 169, 50, 222, 137 }, /* thread 2: reply_receive */
		{ 48, 53, 49, 238, 190 }, /* thread 4: endpoint_create */
		{ 6, 93, 110, 44, 39 }, /* thread 4: call */
		{ 45, 193, 233, 250, 190 }, /* thread 6: signal_create */
		{ 47, 17, 35, 75, 44 }, /* thread 6: signal_wait */
		{ 8, 187, 140, 185, 208 }, /* thread 1: receive */
		{ 6, 41, 234, 182, 203 }, /* thread 3: call */
		{ 47, 13, 186, 24, 21 }, /* thread 5: signal_wait */
		{ 13, 186, 241, 21, 175 }, /* thread 0: cap_derive */
		{ 16, 74, 89, 44, 235 }, /* thread 0: cap_drop */
		{ 14, 143, 15, 179, 102 }, /* thread 0: cap_grant */
		{ 50, 194, 81, 7, 91 }, /* thread 0: endpoint_watch_badge */
		{ 16, 228, 141, 22, 9 }, /* thread 0: cap_drop */
	},
	/* A circle of two servers loses who kept it up; another as important is behind them. */
	{
		{ 14, 130, 71, 174, 137 }, /* thread 2: cap_grant */
		{ 3, 68, 53, 60, 67 }, /* thread 2: yield */
		{ 48, 193, 182, 112, 91 }, /* thread 4: endpoint_create */
		{ 13, 173, 40, 196, 136 }, /* thread 4: cap_derive */
		{ 14, 100, 248, 123, 221 }, /* thread 4: cap_grant */
		{ 51, 42, 10, 67, 192 }, /* thread 4: reply_create */
		{ 8, 149, 7, 240, 43 }, /* thread 4: receive */
		{ 255, 94, 240, 218, 148 }, /* time passes */
		{ 7, 186, 88, 97, 145 }, /* thread 4: send */
		{ 48, 188, 126, 179, 184 }, /* thread 2: endpoint_create */
		{ 14, 88, 26, 126, 60 }, /* thread 2: cap_grant */
		{ 6, 46, 146, 45, 151 }, /* thread 2: call */
		{ 48, 154, 59, 35, 79 }, /* thread 6: endpoint_create */
		{ 51, 213, 188, 190, 118 }, /* thread 6: reply_create */
		{ 7, 15, 160, 161, 43 }, /* thread 6: send */
		{ 3, 34, 132, 249, 167 }, /* thread 1: yield */
		{ 10, 204, 81, 164, 112 }, /* thread 3: reply_receive */
		{ 14, 51, 183, 93, 86 }, /* thread 4: cap_grant */
		{ 51, 189, 94, 113, 212 }, /* thread 4: reply_create */
		{ 6, 152, 222, 30, 14 }, /* thread 4: call */
		{ 10, 199, 35, 245, 59 }, /* thread 3: reply_receive */
		{ 14, 110, 132, 29, 81 }, /* thread 1: cap_grant */
		{ 255, 254, 227, 47, 25 }, /* time passes */
		{ 16, 177, 28, 207, 107 }, /* thread 3: cap_drop */
		{ 51, 38, 210, 181, 54 }, /* thread 3: reply_create */
		{ 6, 192, 119, 162, 253 }, /* thread 3: call */
		{ 8, 117, 209, 251, 10 }, /* thread 1: receive */
		{ 7, 212, 28, 50, 128 }, /* thread 1: send */
		{ 255, 219, 165, 52, 75 }, /* time passes */
		{ 8, 233, 46, 231, 102 }, /* thread 3: receive */
		{ 48, 196, 72, 100, 79 }, /* thread 3: endpoint_create */
		{ 10, 62, 79, 203, 1 }, /* thread 3: reply_receive */
		{ 9, 111, 116, 81, 215 }, /* thread 1: reply */
		{ 6, 132, 155, 91, 31 }, /* thread 2: call */
		{ 6, 70, 140, 156, 186 }, /* thread 3: call */
		{ 7, 121, 35, 20, 53 }, /* thread 1: send */
		{ 13, 97, 226, 122, 116 }, /* thread 5: cap_derive */
		{ 8, 48, 226, 23, 135 }, /* thread 5: receive */
		{ 7, 124, 34, 114, 121 }, /* thread 6: send */
		{ 8, 37, 46, 249, 91 }, /* thread 5: receive */
	},
	/* Two servers wait where both serve, and lose who made them important: one falls first. */
	{
		{ 48, 55, 236, 127, 22 }, /* thread 2: endpoint_create */
		{ 51, 121, 7, 247, 42 }, /* thread 2: reply_create */
		{ 10, 34, 167, 133, 163 }, /* thread 2: reply_receive */
		{ 48, 117, 180, 78, 25 }, /* thread 4: endpoint_create */
		{ 14, 227, 43, 221, 40 }, /* thread 4: cap_grant */
		{ 7, 141, 166, 166, 1 }, /* thread 4: send */
		{ 7, 79, 175, 162, 80 }, /* thread 6: send */
		{ 255, 88, 64, 177, 99 }, /* time passes */
		{ 51, 128, 118, 238, 117 }, /* thread 2: reply_create */
		{ 6, 232, 248, 88, 180 }, /* thread 2: call */
		{ 51, 188, 28, 197, 35 }, /* thread 6: reply_create */
		{ 7, 85, 118, 150, 185 }, /* thread 6: send */
		{ 6, 185, 80, 162, 134 }, /* thread 1: call */
		{ 6, 76, 55, 118, 96 }, /* thread 3: call */
		{ 10, 96, 182, 20, 198 }, /* thread 5: reply_receive */
		{ 51, 226, 173, 100, 42 }, /* thread 4: reply_create */
		{ 8, 22, 56, 56, 27 }, /* thread 4: receive */
		{ 8, 43, 251, 162, 162 }, /* thread 4: receive */
		{ 6, 49, 123, 138, 131 }, /* thread 6: call */
		{ 6, 126, 228, 197, 165 }, /* thread 4: call */
		{ 6, 210, 186, 43, 209 }, /* thread 5: call */
		{ 255, 253, 113, 206, 103 }, /* time passes */
		{ 10, 202, 17, 41, 5 }, /* thread 6: reply_receive */
	},
	/* Somebody who was killed comes to run, and to his process' end, only as time passes. */
	{
		{ 3, 132, 194, 230, 137 }, /* thread 2: yield */
		{ 3, 242, 21, 70, 141 }, /* thread 4: yield */
		{ 3, 40, 156, 78, 214 }, /* thread 6: yield */
		{ 48, 80, 155, 167, 10 }, /* thread 2: endpoint_create */
		{ 38, 158, 120, 77, 121 }, /* thread 2: thread_suspend */
		{ 13, 31, 179, 127, 116 }, /* thread 2: cap_derive */
		{ 7, 138, 47, 234, 147 }, /* thread 2: send */
		{ 51, 36, 235, 244, 131 }, /* thread 6: reply_create */
		{ 255, 42, 198, 98, 64 }, /* time passes */
		{ 48, 232, 138, 23, 63 }, /* thread 6: endpoint_create */
		{ 6, 20, 59, 35, 194 }, /* thread 6: call */
		{ 38, 17, 225, 18, 109 }, /* thread 2: thread_suspend */
		{ 13, 98, 4, 55, 79 }, /* thread 2: cap_derive */
		{ 45, 128, 3, 210, 44 }, /* thread 2: signal_create */
		{ 6, 213, 90, 172, 136 }, /* thread 2: call */
		{ 6, 42, 119, 47, 46 }, /* thread 1: call */
		{ 14, 81, 171, 21, 219 }, /* thread 5: cap_grant */
		{ 7, 138, 251, 36, 125 }, /* thread 5: send */
		{ 10, 49, 100, 249, 81 }, /* thread 0: reply_receive */
		{ 10, 72, 0, 246, 97 }, /* thread 0: reply_receive */
		{ 7, 177, 127, 87, 187 }, /* thread 2: send */
		{ 9, 194, 61, 113, 220 }, /* thread 0: reply */
		{ 30, 64, 48, 12, 178 }, /* thread 0: process_kill */
		{ 255, 98, 245, 84, 117 }, /* time passes */
	},
	/* Thread 1 ends before it has received again after it was told that a badge is gone: thread 0 is told. */
	{
		{ 3, 29, 126, 137, 43 }, /* thread 2: yield */
		{ 3, 69, 162, 172, 72 }, /* thread 4: yield */
		{ 48, 193, 135, 151, 98 }, /* thread 6: endpoint_create */
		{ 38, 32, 205, 162, 40 }, /* thread 6: thread_suspend */
		{ 6, 170, 202, 54, 204 }, /* thread 6: call */
		{ 48, 179, 151, 71, 7 }, /* thread 2: endpoint_create */
		{ 7, 205, 250, 39, 54 }, /* thread 2: send */
		{ 13, 5, 218, 190, 189 }, /* thread 1: cap_derive */
		{ 48, 44, 117, 19, 114 }, /* thread 1: endpoint_create */
		{ 6, 10, 218, 53, 120 }, /* thread 1: call */
		{ 48, 154, 247, 67, 242 }, /* thread 3: endpoint_create */
		{ 45, 104, 209, 253, 148 }, /* thread 3: signal_create */
		{ 14, 234, 222, 186, 186 }, /* thread 3: cap_grant */
		{ 38, 208, 0, 73, 111 }, /* thread 3: thread_suspend */
		{ 47, 22, 99, 82, 11 }, /* thread 3: signal_wait */
		{ 13, 114, 230, 84, 49 }, /* thread 0: cap_derive */
		{ 14, 208, 92, 86, 226 }, /* thread 0: cap_grant */
		{ 13, 6, 158, 247, 134 }, /* thread 0: cap_derive */
		{ 50, 11, 9, 147, 190 }, /* thread 0: endpoint_watch_badge */
		{ 16, 38, 80, 216, 203 }, /* thread 0: cap_drop */
		{ 16, 102, 19, 25, 141 }, /* thread 0: cap_drop */
		{ 16, 2, 172, 163, 193 }, /* thread 2: cap_drop */
		{ 16, 116, 130, 21, 222 }, /* thread 2: cap_drop */
		{ 39, 25, 151, 0, 68 }, /* thread 2: thread_resume */
		{ 38, 198, 32, 13, 100 }, /* thread 2: thread_suspend */
		{ 7, 200, 172, 44, 176 }, /* thread 4: send */
		{ 51, 100, 55, 47, 171 }, /* thread 1: reply_create */
		{ 10, 23, 198, 66, 97 }, /* thread 1: reply_receive */
		{ 5, 130, 54, 238, 155 }, /* thread 1: thread_exit */
		{ 8, 231, 77, 66, 169 }, /* thread 0: receive */
	},
};

u32 known_count(void) { return ARRAY_LEN(programs); }

struct program known_program(u32 number)
{
	struct program program = { .count = 0 };

	for (u32 i = 0; i < PROGRAM_MAX && (*ELEM(programs, number))[i].call != 0; i++) {
		*ELEM(program.at, i) = (*ELEM(programs, number))[i];
		program.count++;
	}
	return program;
}
