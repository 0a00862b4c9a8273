/* SPDX-License-Identifier: Apache-2.0
 *
 * Tokens, and pipelines made of them.
 */
#include "userspace/apps/shell/parse.h"

enum token : u32 {
	TOKEN_WORD, TOKEN_END, TOKEN_NEWLINE, TOKEN_NEXT, TOKEN_AND, TOKEN_OR, TOKEN_BACKGROUND, TOKEN_PIPE,
	TOKEN_INPUT, TOKEN_OUTPUT, TOKEN_APPEND, TOKEN_OPEN_QUOTE, TOKEN_TOO_LONG,
};

struct lexer {
	struct span rest;
	struct parse_values values;
	struct text to;     /* words are written here */
	struct word word;   /* the last word */
};

static u8 peek(const struct lexer *l, usize at)
{
	return at < span_len(l->rest) ? span_u8(l->rest, at) : 0;
}

static void skip(struct lexer *l, usize bytes)
{
	l->rest = span_from(l->rest, min_u64(bytes, span_len(l->rest)));
}

static bool at_end(const struct lexer *l)
{
	return span_len(l->rest) == 0;
}

static bool ends_word(u8 c)
{
	return ascii_is_space(c) || c == ';' || c == '&' || c == '|' || c == '<' || c == '>';
}

/* $? $! $$; any other dollar stands for itself. */
static void take_dollar(struct lexer *l)
{
	u8 c = peek(l, 1);
	bool known = c == '?' || c == '!' || c == '$';

	if (c == '?')
		text_add_u64(&l->to, l->values.status);
	else if (c == '!')
		text_add_u64(&l->to, l->values.background);
	else if (c == '$')
		text_add_u64(&l->to, l->values.self);
	else
		text_add_u8(&l->to, '$');
	skip(l, known ? 2 : 1);
}

static bool take_single_quoted(struct lexer *l)
{
	usize end = span_find(l->rest, 1, '\'');

	if (end == span_len(l->rest))
		return false;
	text_add_span(&l->to, span_part(l->rest, 1, end - 1));
	skip(l, end + 1);
	return true;
}

static bool take_double_quoted(struct lexer *l)
{
	skip(l, 1);
	while (!at_end(l) && peek(l, 0) != '"') {
		u8 c = peek(l, 0);
		u8 next = peek(l, 1);

		if (c == '$') {
			take_dollar(l);
			continue;
		}
		if (c == '\\' && (next == '"' || next == '\\' || next == '$')) {
			c = next;
			skip(l, 1);
		}
		text_add_u8(&l->to, c);
		skip(l, 1);
	}
	if (at_end(l))
		return false;
	skip(l, 1);
	return true;
}

static enum token take_word(struct lexer *l)
{
	usize begin = l->to.used;
	bool closed = true;

	while (closed && !at_end(l) && !ends_word(peek(l, 0))) {
		u8 c = peek(l, 0);

		if (c == '\'') {
			closed = take_single_quoted(l);
		} else if (c == '"') {
			closed = take_double_quoted(l);
		} else if (c == '$') {
			take_dollar(l);
		} else {
			if (c == '\\' && span_len(l->rest) > 1) {
				skip(l, 1);
				c = peek(l, 0);
			}
			text_add_u8(&l->to, c);
			skip(l, 1);
		}
	}
	l->word = (struct word){ (u32)begin, (u32)(l->to.used - begin) };
	if (!closed)
		return TOKEN_OPEN_QUOTE;
	return l->to.cut ? TOKEN_TOO_LONG : TOKEN_WORD;
}

/* An operator of one character, or of the same character twice. */
static enum token operator(struct lexer *l, enum token one, enum token two)
{
	bool twice = peek(l, 1) == peek(l, 0);

	skip(l, twice ? 2 : 1);
	return twice ? two : one;
}

static enum token next_token(struct lexer *l)
{
	while (!at_end(l) && peek(l, 0) != '\n' && ascii_is_space(peek(l, 0)))
		skip(l, 1);
	if (peek(l, 0) == '#')
		l->rest = span_from(l->rest, span_find(l->rest, 0, '\n'));
	if (at_end(l))
		return TOKEN_END;
	switch (peek(l, 0)) {
	case '\n': skip(l, 1); return TOKEN_NEWLINE;
	case ';': skip(l, 1); return TOKEN_NEXT;
	case '<': skip(l, 1); return TOKEN_INPUT;
	case '&': return operator(l, TOKEN_BACKGROUND, TOKEN_AND);
	case '|': return operator(l, TOKEN_PIPE, TOKEN_OR);
	case '>': return operator(l, TOKEN_OUTPUT, TOKEN_APPEND);
	default: return take_word(l);
	}
}

/* ---- pipelines ---- */

static struct command *last_command(struct pipeline *p)
{
	return ELEM(p->command, p->commands - 1);
}

/* True if the command that is being read has anything. */
static bool has_content(const struct command *c)
{
	return c->words > 0;
}

static enum parse_problem begin_command(struct pipeline *p)
{
	if (p->commands == PARSE_COMMANDS_MAX)
		return PARSE_TOO_MANY_COMMANDS;
	p->commands++;
	*last_command(p) = (struct command){ .first = p->words };
	return PARSE_OK;
}

static enum parse_problem add_word(struct pipeline *p, struct word word)
{
	if (p->words == PARSE_WORDS_MAX)
		return PARSE_TOO_MANY_WORDS;
	*ELEM(p->word, p->words) = word;
	p->words++;
	last_command(p)->words++;
	return PARSE_OK;
}

static enum parse_problem add_redirection(struct lexer *l, struct command *c, enum token kind)
{
	bool *has = kind == TOKEN_INPUT ? &c->has_input : &c->has_output;
	enum token token = next_token(l);

	if (token == TOKEN_OPEN_QUOTE)
		return PARSE_OPEN_QUOTE;
	if (token == TOKEN_TOO_LONG)
		return PARSE_TOO_LONG;
	if (token != TOKEN_WORD)
		return PARSE_NO_FILE;
	if (*has)
		return PARSE_TWO_FILES;
	*has = true;
	if (kind == TOKEN_INPUT)
		c->input = l->word;
	else
		c->output = l->word;
	c->append = c->append || kind == TOKEN_APPEND;
	return PARSE_OK;
}

/* The end of a pipeline. Blank lines and the end may stand alone; ";" and the like may not. */
static enum parse_problem finish(struct pipeline *p, enum token token)
{
	bool blank = p->commands == 1 && !has_content(last_command(p)) && !last_command(p)->has_input &&
		!last_command(p)->has_output;

	switch (token) {
	case TOKEN_END: p->join = JOIN_END; break;
	case TOKEN_AND: p->join = JOIN_AND; break;
	case TOKEN_OR: p->join = JOIN_OR; break;
	case TOKEN_BACKGROUND: p->join = JOIN_BACKGROUND; break;
	case TOKEN_NEXT:
	case TOKEN_NEWLINE:
	case TOKEN_WORD:
	case TOKEN_PIPE:
	case TOKEN_INPUT:
	case TOKEN_OUTPUT:
	case TOKEN_APPEND:
	case TOKEN_OPEN_QUOTE:
	case TOKEN_TOO_LONG:
	default: p->join = JOIN_NEXT; break;
	}
	if (blank && (token == TOKEN_END || token == TOKEN_NEWLINE)) {
		p->commands = 0;
		return PARSE_OK;
	}
	return has_content(last_command(p)) ? PARSE_OK : PARSE_NO_COMMAND;
}

static enum parse_problem read_pipeline(struct lexer *l, struct pipeline *p)
{
	enum parse_problem problem = begin_command(p);

	while (problem == PARSE_OK) {
		enum token token = next_token(l);

		switch (token) {
		case TOKEN_WORD: problem = add_word(p, l->word); break;
		case TOKEN_INPUT:
		case TOKEN_OUTPUT:
		case TOKEN_APPEND: problem = add_redirection(l, last_command(p), token); break;
		case TOKEN_PIPE: problem = has_content(last_command(p)) ? begin_command(p) : PARSE_NO_COMMAND; break;
		case TOKEN_OPEN_QUOTE: problem = PARSE_OPEN_QUOTE; break;
		case TOKEN_TOO_LONG: problem = PARSE_TOO_LONG; break;
		case TOKEN_END:
		case TOKEN_NEWLINE:
		case TOKEN_NEXT:
		case TOKEN_AND:
		case TOKEN_OR:
		case TOKEN_BACKGROUND:
		default: return finish(p, token);
		}
	}
	return problem;
}

enum parse_problem parse_pipeline(struct span *rest, const struct parse_values *values, struct pipeline *out)
{
	out->commands = out->words = out->text_used = 0;
	out->join = JOIN_END;
	struct lexer l = { .rest = *rest, .values = *values, .to = text_on(MSPAN_OF_ARRAY(out->text)) };
	enum parse_problem problem = read_pipeline(&l, out);

	out->text_used = (u32)l.to.used;
	*rest = l.rest;
	return problem;
}

/* WHY the last join is looked at: "a &&" needs something after it. */
enum parse_problem parse_check(struct span line, struct pipeline *scratch)
{
	struct parse_values values = {};
	bool needs_more = false;
	enum parse_problem problem = PARSE_OK;

	while (problem == PARSE_OK && (span_len(line) > 0 || needs_more)) {
		problem = parse_pipeline(&line, &values, scratch);
		if (problem == PARSE_OK && scratch->commands == 0 && needs_more)
			problem = PARSE_NO_COMMAND;
		needs_more = scratch->join == JOIN_AND || scratch->join == JOIN_OR;
	}
	return problem;
}

const char *parse_problem_text(enum parse_problem problem)
{
	switch (problem) {
	case PARSE_OK: return "nothing is wrong";
	case PARSE_OPEN_QUOTE: return "a quote is not closed; add the missing ' or \"";
	case PARSE_NO_COMMAND: return "expected a command before or after ; & | && || < or >";
	case PARSE_NO_FILE: return "expected the name of a file after < > or >>";
	case PARSE_TWO_FILES: return "a command has two inputs or two outputs; expected one";
	case PARSE_TOO_MANY_WORDS: return "too many words in a pipeline; at most 64";
	case PARSE_TOO_MANY_COMMANDS: return "too many commands in a pipeline; at most 8";
	case PARSE_TOO_LONG: return "a pipeline is too long; at most 2048 bytes";
	case PARSE_PROBLEM_COUNT:
	default: return "unknown problem";
	}
}

struct span word_span(const struct pipeline *p, struct word word)
{
	return span_part(SPAN_OF_ARRAY(p->text), word.at, word.bytes);
}

struct span command_word(const struct pipeline *p, const struct command *c, u32 index)
{
	return index < c->words ? word_span(p, *ELEM(p->word, c->first + index)) : span_empty();
}
