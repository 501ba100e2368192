/*
 * What the program makes of codes, for tests/tool-record.t: of each file named
 * on stdin, below HOME/codes, one line on stdout:
 *
 *	NAME record USES-LEFT past|open FROM
 *	NAME broken LINE
 *
 * LINE is the one that is at fault, 0 if none is. The day is argument two,
 * as 20261123.
 */
#include "../redeem.c"

/* The number in "codes/NAME:NUMBER: key: why", or 0. */
static long line_of(const char *reason)
{
	const char *colon = strchr(reason, ':');
	long line = 0;

	while (colon != NULL && isdigit((unsigned char)*++colon))
		line = line * 10 + (*colon - '0');
	return line;
}

static void judge(int home, const char *name, long today)
{
	static struct record record;
	char why[RECORD_MAX];
	struct buf reason = buf_init(why, sizeof(why));
	struct code code;

	memset(&code, 0, sizeof(code));
	(void)snprintf(code.exact, sizeof(code.exact), "%s", name);
	if (record_open(&record, home, &code, monotonic_seconds() + 5,
		&reason) == OUTCOME_NONE)
		printf("%s record %ld %s %ld\n", name,
		    record.limit > record.uses ? record.limit - record.uses : 0,
		    record.expires != 0 && record.expires < today ? "past" :
								    "open",
		    record.from);
	else
		printf("%s broken %ld\n", name, line_of(why));
	record_close(&record);
}

int main(int argc, char **argv)
{
	int home = argc == 3 ? open(argv[1], O_RDONLY | O_DIRECTORY) : -1;
	char name[CODE_MAX + 2];

	if (home < 0)
		return 2;
	while (fgets(name, sizeof(name), stdin) != NULL) {
		name[strcspn(name, "\n")] = '\0';
		judge(home, name, strtol(argv[2], NULL, 10));
	}
	return 0;
}
