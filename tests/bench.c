/*
 * What `make bench` and tests/proof-budgets.t measure with. In the public
 * domain.
 *
 *	bench load PORT BUYERS STATUS PATH
 *		BUYERS processes send the requests on stdin, a line each, to a
 *		server on 127.0.0.1, the next when the last is answered: POST of
 *		the line, or GET where it is "-". Says requests per second.
 *	bench run STATUS PROGRAM
 *		runs PROGRAM by itself, as a server would, for each line on
 *		stdin, in turn. Says microseconds, the median.
 *	bench peak STATUS PROGRAM
 *		runs PROGRAM once, for the first line. Says kilobytes of memory.
 *	bench links DIR MINUTE BUCKETS COUNT TARGET
 *		makes COUNT links in DIR as redeem makes them, in so many
 *		buckets: of MINUTE and of those before it.
 *
 * The first two end with status 1 where an answer has not the STATUS wanted: a
 * program is not fast if it refuses.
 */
#define _GNU_SOURCE
#define _XOPEN_SOURCE 700

#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define FORM "application/x-www-form-urlencoded"

/* The lines of stdin. */
struct lines {
	size_t count;
	char **at;
};

static void fail(const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	exit(1);
}

static struct lines lines_read(void)
{
	struct lines lines = {0, NULL};
	size_t room = 0;
	char line[256];

	while (fgets(line, sizeof(line), stdin) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (lines.count == room) {
			room = 2 * room + 1024;
			lines.at = realloc(lines.at, room * sizeof(*lines.at));
			if (lines.at == NULL)
				fail("lines");
		}
		lines.at[lines.count] = strdup(line);
		if (lines.at[lines.count++] == NULL)
			fail("lines");
	}
	if (lines.count == 0 || ferror(stdin))
		fail("no requests on stdin");
	return lines;
}

static double now(void)
{
	struct timespec at;

	if (clock_gettime(CLOCK_MONOTONIC, &at) != 0)
		fail("clock");
	return (double)at.tv_sec * 1e6 + (double)at.tv_nsec / 1e3;
}

/* Reads FD to its end; what comes after SIZE - 1 bytes is dropped. */
static void drain(int fd, char *buffer, size_t size)
{
	char rest[4096];
	size_t length = 0;
	ssize_t got;

	while (length < size - 1 &&
	    (got = read(fd, buffer + length, size - 1 - length)) > 0)
		length += (size_t)got;
	buffer[length] = '\0';
	while (read(fd, rest, sizeof(rest)) > 0)
		continue;
}

/* Ends the program where the first line of ANSWER has no STATUS. */
static void answer_is(const char *answer, const char *status, const char *line)
{
	const char *found = strchr(answer, ' ');

	if (found != NULL && strncmp(found + 1, status, strlen(status)) == 0)
		return;
	fprintf(stderr, "bench: %s: wanted %s, got: %.60s\n", line, status,
	    *answer != '\0' ? answer : "nothing");
	exit(1);
}

/* One request on a connection of its own. */
static void ask(
    uint16_t port, const char *status, const char *path, const char *line)
{
	struct sockaddr_in to;
	char buffer[2048];
	bool form = strcmp(line, "-") == 0;
	int length, fd = socket(AF_INET, SOCK_STREAM, 0);

	memset(&to, 0, sizeof(to));
	to.sin_family = AF_INET;
	to.sin_port = htons(port);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	length = snprintf(buffer, sizeof(buffer),
	    "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
	    "Accept-Language: en\r\n%s",
	    form ? "GET" : "POST", path, form ? "\r\n" : "");
	if (!form)
		length += snprintf(buffer + length,
		    sizeof(buffer) - (size_t)length,
		    "Content-Type: " FORM "\r\nContent-Length: %zu\r\n\r\n%s",
		    strlen(line), line);
	if (fd < 0 ||
	    connect(fd, (const struct sockaddr *)&to, sizeof(to)) != 0 ||
	    write(fd, buffer, (size_t)length) != length)
		fail(line);
	drain(fd, buffer, sizeof(buffer));
	answer_is(buffer, status, line);
	if (close(fd) != 0)
		fail(line);
}

static int load(char **given, struct lines lines)
{
	uint16_t port = (uint16_t)strtol(given[0], NULL, 10);
	size_t buyers = (size_t)strtol(given[1], NULL, 10);
	size_t buyer, i;
	double start = now();
	int status, worst = 0;

	for (buyer = 0; buyer < buyers; buyer++) {
		pid_t child = fork();

		if (child < 0)
			fail("fork");
		if (child > 0)
			continue;
		for (i = buyer; i < lines.count; i += buyers)
			ask(port, given[2], given[3], lines.at[i]);
		_exit(0);
	}
	for (buyer = 0; buyer < buyers; buyer++)
		if (wait(&status) < 0 || status != 0)
			worst = 1;
	printf("%.1f\n", (double)lines.count * 1e6 / (now() - start));
	return worst;
}

/* The variables that Apache sets for each request, but those of the shell. */
static void child_environment(const char *line)
{
	static const char *const variables[][2] = {
	    {"GATEWAY_INTERFACE", "CGI/1.1"},
	    {"SERVER_PROTOCOL", "HTTP/1.1"},
	    {"SERVER_SOFTWARE", "Apache"},
	    {"SERVER_NAME", "127.0.0.1"},
	    {"REMOTE_ADDR", "127.0.0.1"},
	    {"SCRIPT_NAME", "/cgi-bin/redeem.cgi"},
	    {"HTTP_HOST", "127.0.0.1"},
	    {"HTTP_ACCEPT_LANGUAGE", "en"},
	    {"QUERY_STRING", ""},
	    {"REDIRECT_STATUS", "200"},
	    {"CONTENT_TYPE", FORM},
	};
	char length[32];
	size_t i;

	for (i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
		if (setenv(variables[i][0], variables[i][1], 1) != 0)
			fail("environment");
	(void)snprintf(length, sizeof(length), "%zu", strlen(line));
	if (setenv("CONTENT_LENGTH", length, 1) != 0 ||
	    setenv("REQUEST_METHOD", strcmp(line, "-") == 0 ? "GET" : "POST",
		1) != 0)
		fail("environment");
}

/* Starts PROGRAM with LINE as its body; its answer is to come from *ANSWER. */
static pid_t start(
    const char *program, const char *line, bool traced, int *answer)
{
	size_t length = strlen(line);
	int body[2], out[2];
	pid_t child;

	child_environment(line);
	if (pipe(body) != 0 || pipe(out) != 0 ||
	    write(body[1], line, length) != (ssize_t)length ||
	    close(body[1]) != 0)
		fail("pipe");
	child = fork();
	if (child < 0)
		fail("fork");
	if (child == 0) {
		if (traced && ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
			_exit(126);
		if (dup2(body[0], 0) != 0 || dup2(out[1], 1) != 1 ||
		    close(body[0]) != 0 || close(out[0]) != 0 ||
		    close(out[1]) != 0)
			_exit(126);
		execl(program, program, (char *)NULL);
		_exit(127);
	}
	if (close(body[0]) != 0 || close(out[1]) != 0)
		fail("pipe");
	*answer = out[0];
	return child;
}

static int by_size(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

static int run(char **given, struct lines lines)
{
	double *took = calloc(lines.count, sizeof(*took));
	char answer[2048];
	size_t i;
	int fd, status;

	if (took == NULL)
		fail("times");
	for (i = 0; i < lines.count; i++) {
		double begun = now();
		pid_t child = start(given[1], lines.at[i], false, &fd);

		drain(fd, answer, sizeof(answer));
		if (waitpid(child, &status, 0) != child || close(fd) != 0)
			fail("wait");
		took[i] = now() - begun;
		answer_is(answer, given[0], lines.at[i]);
	}
	qsort(took, lines.count, sizeof(*took), by_size);
	printf("%.1f\n", took[lines.count / 2]);
	return 0;
}

/* The greatest number of kilobytes in a line of KEY in /proc/PID/FILE. */
static long kilobytes(pid_t pid, const char *file, const char *key)
{
	char line[512];
	long value = 0;
	FILE *in;

	(void)snprintf(line, sizeof(line), "/proc/%ld/%s", (long)pid, file);
	in = fopen(line, "r");
	if (in == NULL)
		fail(line);
	while (fgets(line, sizeof(line), in) != NULL)
		if (strncmp(line, key, strlen(key)) == 0)
			value = strtol(line + strlen(key), NULL, 10);
	if (fclose(in) != 0)
		fail(file);
	return value;
}

/*
 * The program is stopped as it ends, with its memory still there. VmHWM is the
 * peak, but some kernels count it by halves; what smaps_rollup says is counted
 * then and there, so the greater of both is the answer.
 */
static int peak(char **given, struct lines lines)
{
	char answer[2048];
	long high, last;
	int fd, status;
	pid_t child = start(given[1], lines.at[0], true, &fd);

	if (waitpid(child, &status, 0) != child || !WIFSTOPPED(status) ||
	    ptrace(PTRACE_SETOPTIONS, child, NULL,
		PTRACE_O_TRACEEXIT | PTRACE_O_EXITKILL) != 0 ||
	    ptrace(PTRACE_CONT, child, NULL, NULL) != 0)
		fail("trace");
	while (waitpid(child, &status, 0) == child && WIFSTOPPED(status) &&
	    status >> 8 != (SIGTRAP | (PTRACE_EVENT_EXIT << 8)))
		if (ptrace(PTRACE_CONT, child, NULL, NULL) != 0)
			fail("trace");
	high = kilobytes(child, "status", "VmHWM:");
	last = kilobytes(child, "smaps_rollup", "Rss:");
	if (ptrace(PTRACE_CONT, child, NULL, NULL) != 0)
		fail("trace");
	drain(fd, answer, sizeof(answer));
	if (waitpid(child, &status, 0) != child || close(fd) != 0)
		fail("wait");
	answer_is(answer, given[0], lines.at[0]);
	printf("%ld\n", high > last ? high : last);
	return 0;
}

/* A link's directory NAME with rules, about as long as they are, and a file. */
static void link_make(const char *name, const char *target)
{
	char path[512], rules[1200];
	FILE *out;

	memset(rules, '#', sizeof(rules));
	if (mkdir(name, 0711) != 0)
		fail(name);
	(void)snprintf(path, sizeof(path), "%s/.htaccess", name);
	out = fopen(path, "w");
	if (out == NULL || fwrite(rules, sizeof(rules), 1, out) != 1 ||
	    fclose(out) != 0)
		fail(path);
	(void)snprintf(path, sizeof(path), "%s/first-light.zip", name);
	if (symlink(target, path) != 0)
		fail(path);
}

static int links(char **given)
{
	long minute = strtol(given[1], NULL, 10);
	long buckets = strtol(given[2], NULL, 10);
	long count = strtol(given[3], NULL, 10);
	char path[256];
	long i;

	for (i = 0; i < count; i++) {
		long bucket = minute - i % buckets;

		(void)snprintf(path, sizeof(path), "%s/%ld", given[0], bucket);
		if (mkdir(path, 0711) != 0 && errno != EEXIST)
			fail(path);
		(void)snprintf(path, sizeof(path), "%s/%ld/%032lx", given[0],
		    bucket, i * 2654435761);
		link_make(path, given[4]);
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 6 && strcmp(argv[1], "load") == 0)
		return load(argv + 2, lines_read());
	if (argc == 4 && strcmp(argv[1], "run") == 0)
		return run(argv + 2, lines_read());
	if (argc == 4 && strcmp(argv[1], "peak") == 0)
		return peak(argv + 2, lines_read());
	if (argc == 7 && strcmp(argv[1], "links") == 0)
		return links(argv + 2);
	fprintf(stderr, "usage: bench load|run|peak|links ...\n");
	return 2;
}
