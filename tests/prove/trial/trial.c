/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs a harness so many times, each in a process of its own, so that it finds static storage as CBMC does. The values of a
 * run follow from its number.
 */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

void trial_entry(void);
void trial_assert(_Bool holds, const char *text, const char *file, int line);
void trial_assume(_Bool holds);
void trial_fill(void *at, unsigned long bytes);
void *trial_malloc(unsigned long bytes);

enum { HELD = 0, BROKEN = 1, NO_STATE = 2, TRIES = 100000, SECONDS = 20 };

static unsigned long long state;
static jmp_buf again;
static int tries;

/* SPEC: Marsaglia 2003, "Xorshift RNGs". */
static unsigned long long draw(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static unsigned any_word(void)
{
	static const unsigned often[] = { 0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 0xffffffff };
	unsigned kind = draw() % 16;

	if (kind < sizeof(often) / sizeof(often[0]))
		return often[kind];
	return (unsigned)(kind == 11 ? draw() % 64 : kind == 12 ? draw() % 4096 : draw());
}

/* The upper half of eight bytes is mostly 0, as that of a number is. */
void trial_fill(void *at, unsigned long bytes)
{
	for (unsigned long i = 0; i < bytes; i += 8) {
		unsigned halves[2] = { any_word(), draw() % 2 == 0 ? 0 : any_word() };

		memcpy((char *)at + i, halves, bytes - i < 8 ? bytes - i : 8);
	}
}

void *trial_malloc(unsigned long bytes)
{
	void *at = malloc(bytes);

	if (at == NULL)
		exit(NO_STATE);
	trial_fill(at, bytes);
	return at;
}

void trial_assert(_Bool holds, const char *text, const char *file, int line)
{
	if (holds)
		return;
	printf("%s:%d: %s\n", file, line, text);
	exit(BROKEN);
}

void trial_assume(_Bool holds)
{
	if (holds)
		return;
	if (++tries == TRIES)
		exit(NO_STATE);
	longjmp(again, 1);
}

static void run(int number)
{
	state = (number + 1ull) * 0x9e3779b97f4a7c15ull | 1;
	alarm(SECONDS);
	(void)setjmp(again);
	trial_entry();
	exit(HELD);
}

int main(int count, char **words)
{
	int runs = count > 1 ? atoi(words[1]) : 0;

	for (int number = 0; number < runs; number++) {
		int status = 0;

		fflush(stdout);
		pid_t child = fork();

		if (child == 0)
			run(number);
		if (child < 0 || waitpid(child, &status, 0) != child || status != 0) {
			printf("run %d of %d ended with %d\n", number, runs, WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status));
			return 1;
		}
	}
	printf("%d runs\n", runs);
	return 0;
}
