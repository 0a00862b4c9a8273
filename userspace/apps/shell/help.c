/* SPDX-License-Identifier: Apache-2.0
 *
 * What `help` says: a line for each command, or several.
 */
#include "userspace/apps/shell/builtins.h"
#include "lib/9p/print.h"

struct entry {
	char name[16];
	char arguments[32];
	char text[72];
};

static const struct entry entries[] = {
	{ "caps", "PID", "the capabilities of a process, with rights" },
	{ "cat", "[FILE...]", "print files, or standard input" },
	{ "cd", "[DIRECTORY]", "change the current directory" },
	{ "devices", "[NAME...]", "what the machine has" },
	{ "disk", "PATH [COMMAND...]", "a disk: what it is; `disk' alone lists the rest" },
	{ "echo", "[-n] [WORD...]", "print words" },
	{ "exit", "[STATUS]", "leave the shell" },
	{ "false", "", "fail" },
	{ "fault", "KIND", "do something forbidden, to see it contained" },
	{ "grep", "[-v] TEXT [FILE...]", "print the lines that hold a text, or do not" },
	{ "head", "[-n LINES] [FILE...]", "print the first lines" },
	{ "help", "[COMMAND]", "this list, or one line of it" },
	{ "jobs", "", "what runs in the background" },
	{ "kill", "PID|SERVICE...", "end processes; a killed service is started again" },
	{ "log", "[crash] [-f]", "the system's log, or its crash records" },
	{ "ls", "[-l] [PATH...]", "list directories" },
	{ "mem", "", "memory of the machine and of the system" },
	{ "mkdir", "DIRECTORY...", "make directories" },
	{ "net", "[arp ADDRESS | echo COUNT]", "the network card, and frames to try it" },
	{ "ns", "[PID]", "a namespace: names and what is bound to them" },
	{ "poweroff", "", "switch the machine off" },
	{ "ps", "", "processes" },
	{ "pwd", "", "print the current directory" },
	{ "reboot", "", "start the machine anew" },
	{ "rm", "PATH...", "remove files and empty directories" },
	{ "services", "[NAME...]", "services and their state, or all about some" },
	{ "services", "restart|stop|start|kill NAME...", "what it says" },
	{ "services", "replace NAME PROGRAM", "another version takes over its state and its clients" },
	{ "shell", "[-c TEXT]", "another shell" },
	{ "sleep", "SECONDS", "wait" },
	{ "spin", "[SECONDS]", "use a CPU" },
	{ "trace", "[-- COMMAND]", "what the kernel does, for a command or at all" },
	{ "true", "", "succeed" },
	{ "uptime", "", "time since the start" },
	{ "wait", "[JOB]", "wait for background jobs" },
	{ "wc", "[FILE...]", "count lines, words and bytes" },
	{ "write", "FILE [WORD...]", "write words, or standard input, to a file" },
};

static struct span name_of(const struct entry *entry) { return span_until_zero(SPAN_OF_ARRAY(entry->name)); }

static void print_entry(struct file *output, const struct entry *entry)
{
	TEXT_BUFFER(usage, 64);
	TEXT_BUFFER(line, 160);

	text_add_span(&usage, name_of(entry));
	text_add(&usage, " ");
	text_add_span(&usage, span_until_zero(SPAN_OF_ARRAY(entry->arguments)));
	text_add_padded(&line, text_span(&usage), 26);
	text_add(&line, " ");
	text_add_span(&line, span_until_zero(SPAN_OF_ARRAY(entry->text)));
	text_add(&line, "\n");
	(void)!file_write(output, text_span(&line));
}

void help_print(struct file *output, struct span command)
{
	bool found = false;

	print_flush();
	for (u32 i = 0; i < ARRAY_LEN(entries); i++) {
		if (span_len(command) == 0 || span_equal(command, name_of(ELEM(entries, i)))) {
			print_entry(output, ELEM(entries, i));
			found = true;
		}
	}
	if (!found)
		print_error("help: there is no such command; `help' alone lists all\n");
	else if (span_len(command) == 0)
		(void)!file_write(output, span_text(
			"\nA; B  A && B  A || B  A | B  A &  < FILE  > FILE  >> FILE  '...'  \"...\"  $?  $!\n"
			"^C ends a command. Tab completes, the arrows recall. Programs are in /image/bin.\n"));
}
