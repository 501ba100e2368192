/*
 * What the fuzz harnesses share: redeem.c itself with a fence round its files,
 * a clock that stands still, and a request as text:
 *
 *	REQUEST_METHOD=POST		variables, one a line; the value @ of
 *	CONTENT_LENGTH=@		CONTENT_LENGTH is the body's true length
 *					an empty line ends them
 *	code=7k3m-9qxa-2ftf		the body, to the end
 *
 * A harness asserts what must hold for every input, so that a wrong answer is
 * found as well as a crash. Functions are inline, for no harness uses all.
 */
#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE 1

#include <sys/file.h>
#include <sys/stat.h>

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What the last input came to, in a word: its seed's name begins with it. */
static const char *outcome_reached = "";

/* The word I of those that a harness knows; NULL behind the last. */
const char *outcome_known(size_t i);

#define VARIABLES_MAX 32
#define ATTEMPTS_MAX 4 /* small, so that the table fits into an input */

static const time_t now_here = 1795467361; /* 2026-11-23T20:56:01Z */
static char scratch_dir[256]; /* the directory that may be touched, or empty */
static int complaints = -1; /* instead of stderr */

/* Is there a part ".." in PATH? */
static bool climbs(const char *path)
{
	for (; path != NULL; path = strchr(path, '/')) {
		path += *path == '/';
		if (strncmp(path, "..", 2) == 0 &&
		    (path[2] == '/' || path[2] == '\0'))
			return true;
	}
	return false;
}

/* A path for openat and the like: it never leaves its directory. [S1] [S9] */
static const char *inside(const char *path)
{
	assert(*path != '\0' && *path != '/' && !climbs(path));
	return path;
}

/*
 * A path that settings or the server may name; nothing else is there. As a
 * page the owner would not name a code.
 */
static const char *reachable(const char *path)
{
	size_t length = strlen(scratch_dir);

	if (strcmp(path, "/dev/urandom") == 0 ||
	    (length > 0 && strncmp(path, scratch_dir, length) == 0 &&
		path[length] == '/' && !climbs(path) &&
		strstr(path, "/codes") == NULL))
		return path;
	return "";
}

/* A path for openat. */
static const char *fenced(int at, const char *path)
{
	return at == AT_FDCWD ? reachable(path) : inside(path);
}

/* Does PATH begin with START? */
static bool begins(const char *path, const char *start)
{
	return strncmp(path, start, strlen(start)) == 0;
}

/*
 * How files may be opened: never to be left to another program; below a
 * directory of ours not through a link, save what is only ever read; without
 * waiting where a pipe might lie; and made for the owner alone, or new. [S9]
 */
static void flags_check(int at, const char *path, int flags, mode_t mode)
{
	bool sold = begins(path, "codes/") || begins(path, "files/");
	bool shared = sold || strcmp(path, "attempts") == 0 ||
	    strcmp(path, "log") == 0 || strcmp(path, ".htaccess") == 0;

	assert((flags & O_CLOEXEC) != 0);
	if (at == AT_FDCWD)
		return;
	assert((flags & O_NOFOLLOW) != 0 ||
	    (!shared && (flags & (O_ACCMODE | O_CREAT)) == O_RDONLY));
	assert(!shared || (flags & (O_NONBLOCK | O_DIRECTORY | O_EXCL)) != 0);
	if ((flags & O_CREAT) == 0)
		return;
	assert(shared ? mode == 0600 : mode == 0644);
	assert(shared || (flags & O_EXCL) != 0);
}

/* openat(2) within the fence. */
static int openat_fenced(int at, const char *path, int flags, ...)
{
	mode_t mode = 0;

	if ((flags & O_CREAT) != 0) {
		va_list rest;

		va_start(rest, flags);
		mode = (mode_t)va_arg(rest, int);
		va_end(rest);
	}
	flags_check(at, path, flags, mode);
	return openat(at, fenced(at, path), flags, mode);
}

/* A folder's mode: what is in it is for who knows its name. */
static mode_t folder_mode(const char *path, mode_t mode)
{
	assert(mode == (strcmp(path, "lists") == 0 ? 0700 : 0711));
	return mode;
}

static time_t time_here(const time_t *at)
{
	assert(at == NULL);
	return now_here;
}

#undef STDERR_FILENO
#define STDERR_FILENO complaints
#define time(at) time_here(at)
#define openat(at, path, ...) openat_fenced(at, path, __VA_ARGS__)
#define mkdirat(at, path, mode)                                                \
	mkdirat(at, inside(path), folder_mode(path, mode))
#define fstatat(at, path, st, flags) fstatat(at, inside(path), st, flags)
#define unlinkat(at, path, flags) unlinkat(at, inside(path), flags)
#define symlinkat(to, at, path) symlinkat(reachable(to), at, inside(path))
#define linkat(from, to, at, path, flags)                                      \
	linkat(from, inside(to), at, inside(path), flags)
#define renameat(from, old, to, new)                                           \
	renameat(from, inside(old), to, inside(new))

#include "../redeem.c"

#undef time
#undef openat
#undef mkdirat
#undef fstatat
#undef unlinkat
#undef symlinkat
#undef linkat
#undef renameat

/* Where scratch files go: memory, if there is a place for it. */
static inline const char *scratch_place(void)
{
	const char *place = getenv("TMPDIR");

	if (place != NULL)
		return place;
	return access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
}

/* A file without a name. */
static inline int file_new(void)
{
	char path[256];
	struct buf text = buf_init(path, sizeof(path));
	int fd;

	buf_addf(&text, "%s/redeem-fuzz.XXXXXX", scratch_place());
	assert(!text.overflowed);
	fd = mkstemp(path);
	assert(fd >= 0 && unlink(path) == 0);
	return fd;
}

/* Makes FD hold these bytes and no others, to be read from the start. */
static inline void file_fill(int fd, const char *at, size_t length)
{
	assert(ftruncate(fd, 0) == 0 && lseek(fd, 0, SEEK_SET) == 0);
	assert(pwrite(fd, at, length, 0) == (ssize_t)length);
}

/* Reads FD from its start into BUFFER as a string; its length. */
static inline size_t file_take(int fd, char *buffer, size_t size)
{
	ssize_t length = pread(fd, buffer, size - 1, 0);

	assert(length >= 0 && (size_t)length < size - 1);
	buffer[length] = '\0';
	return (size_t)length;
}

/* Every complaint is one line, and plain: that of the bytes in TEXT. [S12] */
static inline size_t complaints_check(const char *text, size_t length)
{
	static const char start[] = "redeem: ";
	struct span rest = {text, length};
	size_t lines = 0;

	assert(length == 0 || text[length - 1] == '\n');
	for (; rest.length > 0; lines++) {
		struct span line = span_split(&rest, '\n');
		size_t i;

		assert(line.length > strlen(start));
		assert(memcmp(line.bytes, start, strlen(start)) == 0);
		for (i = 0; i < line.length; i++)
			assert(!iscntrl((unsigned char)line.bytes[i]));
	}
	return lines;
}

/* Variables that the environment has during one input. */
struct variables {
	char text[16384];
	char length[32]; /* CONTENT_LENGTH, where it is the true one */
	char *item[VARIABLES_MAX + 1];
	char **before; /* the environment that was there */
};

/*
 * Makes the lines of INPUT, up to an empty one, the environment; the names in
 * KEPT (ended by NULL) are not the input's to set, the strings in OURS are set
 * as well. INPUT becomes what follows. Until variables_unset.
 */
static inline void variables_set(struct variables *variables,
    struct span *input, const char *const *kept, char *const *ours)
{
	struct buf text = buf_init(variables->text, sizeof(variables->text));
	size_t count = 0;
	size_t i;

	while (*ours != NULL)
		variables->item[count++] = *ours++;
	while (input->length > 0) {
		struct span line = span_split(input, '\n');
		struct span value = line;
		struct span name = span_split(&value, '=');
		char *start = text.bytes + text.length;

		if (line.length == 0)
			break;
		for (i = 0; kept[i] != NULL && !span_is(name, kept[i]); i++)
			;
		buf_addmem(&text, line.bytes, line.length);
		buf_addmem(&text, "", 1);
		if (kept[i] == NULL && !text.overflowed &&
		    count < VARIABLES_MAX && name.length < line.length)
			variables->item[count++] = start;
	}
	variables->item[count] = NULL;
	variables->before = environ;
	environ = variables->item;
}

/* CONTENT_LENGTH=@ becomes the number of bytes that there are. */
static inline void variables_length(struct variables *variables, size_t length)
{
	struct buf text = buf_init(
	    variables->length, sizeof(variables->length));
	size_t i;

	buf_addf(&text, "CONTENT_LENGTH=%zu", length);
	for (i = 0; variables->item[i] != NULL; i++)
		if (strcmp(variables->item[i], "CONTENT_LENGTH=@") == 0)
			variables->item[i] = variables->length;
}

static inline void variables_unset(const struct variables *variables)
{
	environ = variables->before;
}

/* How often WORD is in TEXT. */
static inline size_t occurrences(const char *text, const char *word)
{
	size_t count = 0;

	for (; (text = strstr(text, word)) != NULL; text += strlen(word))
		count++;
	return count;
}

/*
 * How many messages a page has. What was typed may end in data-outcome= just
 * before the quote of its attribute; that is none.
 */
static inline size_t messages(const char *text)
{
	static const char start[] = "data-outcome=\"";
	size_t count = 0;

	for (; (text = strstr(text, start)) != NULL; text += strlen(start))
		count += text[strlen(start)] >= 'a' &&
		    text[strlen(start)] <= 'z';
	return count;
}

/*
 * The word for an outcome of redeem(): what the page says of itself, but where
 * several say the same or there is no page.
 */
static inline const char *outcome_word(enum outcome outcome)
{
	switch (outcome) {
	case OUTCOME_LINK: return "link";
	case OUTCOME_FILE: return "file";
	case OUTCOME_FORWARD: return "forward";
	case OUTCOME_PART: return "part";
	case OUTCOME_NO_PART: return "no-part";
	case OUTCOME_LINK_WRONG: return "link-wrong";
	case OUTCOME_LINK_OVER: return "link-over";
	case OUTCOME_BAD_METHOD: return "bad-method";
	case OUTCOME_BAD_TYPE: return "bad-type";
	case OUTCOME_NO_LENGTH: return "no-length";
	case OUTCOME_BAD_LENGTH: return "bad-length";
	case OUTCOME_TOO_LONG: return "too-long";
	case OUTCOME_BAD_BODY: return "bad-body";
	default: return answers[outcome].word;
	}
}

/* outcome_known where these are the outcomes; the first is none of them. */
static inline const char *outcome_of_answers(size_t i)
{
	return ++i < LENGTH(answers) ? outcome_word((enum outcome)i) : NULL;
}

#ifdef FUZZ_REPLAY
#include "replay.h"
#endif
