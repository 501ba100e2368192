/*
 * What `make bench` and tests/proof-budgets.t measure with. In the public
 * domain.
 *
 *	bench peak STATUS PROGRAM BODY
 *		runs PROGRAM as a server would, with BODY posted to it, and
 *		prints the kilobytes of memory that it had at most; status 1
 *		where the answer has another STATUS, for a program is not small
 *		if it refuses.
 *	bench codes DIR COUNT LIMIT
 *		makes the records of COUNT codes in DIR, as tools/mint writes
 *		them, with no call more than that takes, and prints the codes.
 *	bench links DIR MINUTE BUCKETS COUNT TARGET
 *		makes COUNT links in DIR as redeem makes them, in so many
 *		buckets: of MINUTE and of those before it.
 */
#define _GNU_SOURCE
#define _XOPEN_SOURCE 700

#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void fail(const char *what)
{
	(void)fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	exit(1);
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
	while (read(fd, rest, sizeof(rest)) > 0) {
	}
}

/* Ends the program where the first line of ANSWER has no STATUS. */
static void answer_is(const char *answer, const char *status)
{
	const char *found = strchr(answer, ' ');

	if (found != NULL && strncmp(found + 1, status, strlen(status)) == 0)
		return;
	(void)fprintf(stderr, "bench: wanted %s, got: %.60s\n", status,
	    *answer != '\0' ? answer : "nothing");
	exit(1);
}

/* The variables that Apache sets for each request, but those of the shell. */
static void child_environment(const char *body)
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
	    {"REQUEST_METHOD", "POST"},
	    {"CONTENT_TYPE", "application/x-www-form-urlencoded"},
	};
	char length[32];
	size_t i;

	for (i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
		if (setenv(variables[i][0], variables[i][1], 1) != 0)
			fail("environment");
	(void)snprintf(length, sizeof(length), "%zu", strlen(body));
	if (setenv("CONTENT_LENGTH", length, 1) != 0)
		fail("environment");
}

/* Starts PROGRAM, traced, with BODY; its answer is to come from *ANSWER. */
static pid_t start(const char *program, const char *body, int *answer)
{
	size_t length = strlen(body);
	int in[2], out[2];
	pid_t child;

	child_environment(body);
	if (pipe(in) != 0 || pipe(out) != 0 ||
	    write(in[1], body, length) != (ssize_t)length || close(in[1]) != 0)
		fail("pipe");
	child = fork();
	if (child < 0)
		fail("fork");
	if (child == 0) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0 ||
		    dup2(in[0], 0) != 0 || dup2(out[1], 1) != 1 ||
		    close(in[0]) != 0 || close(out[0]) != 0 ||
		    close(out[1]) != 0)
			_exit(126);
		execl(program, program, (char *)NULL);
		_exit(127);
	}
	if (close(in[0]) != 0 || close(out[1]) != 0)
		fail("pipe");
	*answer = out[0];
	return child;
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
static int peak(char **given)
{
	char answer[2048];
	long high, last;
	int fd, status;
	pid_t child = start(given[1], given[2], &fd);

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
	answer_is(answer, given[0]);
	(void)printf("%ld\n", high > last ? high : last);
	return 0;
}

/* Fills CODE with 12 random letters of codes. */
static void code_draw(char *code, FILE *random)
{
	static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	unsigned char bytes[12];
	size_t i;

	if (fread(bytes, sizeof(bytes), 1, random) != 1)
		fail("/dev/urandom");
	for (i = 0; i < sizeof(bytes); i++)
		code[i] = letters[bytes[i] % 32];
}

static int codes(char **given)
{
	long count = strtol(given[1], NULL, 10);
	FILE *random = fopen("/dev/urandom", "r");
	char record[512], code[13] = "";
	int size = snprintf(record, sizeof(record),
	    "uses: 0\nlimit: %s\nfile: first-light.zip\n%127s\n", given[2], "");
	long i;

	if (random == NULL || chdir(given[0]) != 0)
		fail(given[0]);
	for (i = 0; i < count; i++) {
		int fd;

		code_draw(code, random);
		fd = open(code, O_WRONLY | O_CREAT | O_EXCL, 0600);
		if (fd < 0 || write(fd, record, (size_t)size) != size ||
		    close(fd) != 0)
			fail(code);
		puts(code);
	}
	return fflush(stdout) != 0;
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
	if (argc == 5 && strcmp(argv[1], "peak") == 0)
		return peak(argv + 2);
	if (argc == 5 && strcmp(argv[1], "codes") == 0)
		return codes(argv + 2);
	if (argc == 7 && strcmp(argv[1], "links") == 0)
		return links(argv + 2);
	(void)fprintf(stderr, "usage: bench peak|codes|links ...\n");
	return 2;
}
