/*
 * Fuzzes the whole of redeem() in a scratch directory: what one request may do
 * to a shop, whatever the request, the record and the settings are. [S1] to
 * [S4], [S6], [S8] to [S13]. The input is a request as in fuzz.h, a line %%,
 * the record codes/7K3M9QXA2FTF, a line %%, lines for .htredeem, a line %%, the
 * table of failed tries: lines "tries ADDRESS SINCE TENTHS", or its bytes;
 * then, if there is another line %%, what secure/.htaccess holds before.
 */
#include "fuzz.h"

#define CODE "codes/7K3M9QXA2FTF"
#define ALIVE_TOKEN "11111111111111111111111111111111"
/* a link, or the page of one, that was over long ago */
#define DEAD_BUCKET "29000000"
#define OWNERS DEAD_BUCKET "/press.zip" /* which is not ours to remove */
#define DEAD_LINK DEAD_BUCKET "/22222222222222222222222222222222"

static const struct {
	const char *path;
	const char *target; /* of a symbolic link, or NULL */
} fixtures[] = {
    {"home/", NULL},
    {"home/codes/", NULL},
    {"home/codes/FOLDER/", NULL},
    {"home/codes/LINKED", "../../outside/linked.zip"},
    {"home/files/", NULL},
    {"home/files/a.zip", NULL},
    {"home/files/b & c.zip", NULL},
    {"home/files/.hidden", NULL},
    {"home/files/run.php", NULL},
    {"home/files/linked.zip", "../../outside/linked.zip"},
    {"home/files/linked", "../../outside"},
    {"home/files/album/", NULL},
    {"home/files/album/a.zip", NULL},
    {"home/files/album/\xc3\xa9.flac", NULL},
    {"home/files/album/.hidden", NULL},
    {"home/files/album/linked.zip", "../../../outside/linked.zip"},
    {"home/files/mixed/", NULL},
    {"home/files/mixed/x.php.zip", NULL},
    {"home/files/empty/", NULL},
    {"home/page.html", NULL},
    {"home/no-marker.html", NULL},
    {"outside/", NULL},
    {"outside/linked.zip", NULL},
    {"secure/", NULL},
    /* the live link that a record may name */
    {"secure/29924457/", NULL},
    {"secure/29924457/" ALIVE_TOKEN "/", NULL},
    {"secure/29924457/" ALIVE_TOKEN "/a.zip", "../../../home/files/a.zip"},
};

/* What a request must leave as it is, told by its time of change. */
static struct untouched {
	const char *path;
	struct timespec changed;
} untouched[] = {
    {".", {0, 0}},
    {"home/codes", {0, 0}},
    {"home/codes/FOLDER", {0, 0}},
    {"home/files", {0, 0}},
    {"home/files/a.zip", {0, 0}},
    {"home/files/album", {0, 0}},
    {"home/files/linked", {0, 0}},
    {"home/page.html", {0, 0}},
    {"outside", {0, 0}},
    {"outside/linked.zip", {0, 0}},
};

static struct shop shop;
static int top = -1; /* descriptor of the scratch directory */
static int request_file = -1;
static int answer_file = -1;
static int record_fd = -1;
static int settings_file = -1;
static int complaint_file = -1;
static struct span had_rules; /* in secure, before the request */

const char *outcome_known(size_t i)
{
	return outcome_of_answers(i);
}

static void remove_below(int at, const char *path)
{
	int fd = openat(at, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
	DIR *folder = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *entry;

	assert(folder != NULL);
	while ((entry = readdir(folder)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0)
			continue;
		if (unlinkat(fd, entry->d_name, 0) != 0)
			remove_below(fd, entry->d_name);
	}
	(void)closedir(folder);
	(void)unlinkat(at, path, AT_REMOVEDIR);
}

static void remove_scratch(void)
{
	remove_below(top, ".");
	(void)rmdir(scratch_dir);
}

static void make(const char *path, const char *target)
{
	/* all in one: a page, and a record, which nobody may redeem */
	static const char text[] = "uses: 0\nlimit: 9\nfile: a.zip\n"
				   "<h1>x</h1><!-- redeem --><p>y</p>\n"
				   "<!-- redeem, and no marker -->\n";
	size_t length = strlen(path);
	int fd;

	if (target != NULL) {
		assert(symlinkat(target, top, path) == 0);
		return;
	}
	if (path[length - 1] == '/') {
		char folder[PATH_SIZE];

		memcpy(folder, path, length);
		folder[length - 1] = '\0';
		assert(mkdirat(top, folder, 0755) == 0);
		return;
	}
	fd = openat(top, path, O_WRONLY | O_CREAT | O_EXCL, 0644);
	assert(fd >= 0 && write_all(fd, text, strlen(text)) && close(fd) == 0);
}

static struct timespec changed(const char *path)
{
	struct stat st;

	assert(fstatat(top, path, &st, 0) == 0);
	return st.st_mtim;
}

static int make_open(const char *path)
{
	int fd = openat(top, path, O_RDWR | O_CREAT | O_EXCL, 0600);

	assert(fd >= 0);
	return fd;
}

/* Makes the file PATH as long as it must be; what it holds is nobody's. */
static void size_set(const char *path, off_t size)
{
	int fd = openat(top, path, O_WRONLY);

	assert(fd >= 0 && ftruncate(fd, size) == 0 && close(fd) == 0);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct buf text = buf_init(scratch_dir, sizeof(scratch_dir));
	size_t i;

	(void)argc;
	(void)argv;
	buf_addf(&text, "%s/redeem-fuzz.XXXXXX", scratch_place());
	assert(!text.overflowed && mkdtemp(scratch_dir) != NULL);
	top = open(scratch_dir, O_RDONLY | O_DIRECTORY);
	assert(top >= 0 && atexit(remove_scratch) == 0);
	for (i = 0; i < LENGTH(fixtures); i++)
		make(fixtures[i].path, fixtures[i].target);
	size_set("home/no-marker.html", 5);
	size_set("home/files/b & c.zip", 4700000);
	size_set("home/files/album/\xc3\xa9.flac", 1234567890);
	record_fd = make_open("home/" CODE);
	settings_file = make_open(".htredeem");
	request_file = file_new();
	answer_file = file_new();
	complaints = complaint_file = file_new();
	for (i = 0; i < LENGTH(untouched); i++)
		untouched[i].changed = changed(untouched[i].path);
	return 0;
}

/* Takes what comes before a line %% off REST. */
static struct span section(struct span *rest)
{
	struct span piece = {rest->bytes, 0};

	while (rest->length > 0) {
		struct span line = span_split(rest, '\n');

		if (span_is(line, "%%"))
			return piece;
		piece.length = (size_t)(rest->bytes - piece.bytes);
	}
	return piece;
}

/*
 * The settings: home and secure are ours, for what the program may reach by
 * them is the owner's business; the rest is the input's.
 */
static void settings_write(struct span rest)
{
	static char buffer[SETTINGS_MAX + 1];
	struct buf text = buf_init(buffer, sizeof(buffer));

	buf_addf(&text, "home: %s/home\nsecure: %s/secure\n", scratch_dir,
	    scratch_dir);
	buf_addmem(&text, rest.bytes, rest.length);
	file_fill(settings_file, text.bytes, text.length);
}

/* Reads a decimal number of any size that fits. */
static int64_t int64_take(struct span *rest)
{
	char digits[32] = "";

	(void)span_copy(span_split(rest, ' '), digits, sizeof(digits));
	return strtoll(digits, NULL, 10);
}

/*
 * The table that LINES stand for, each "tries ADDRESS SINCE COUNT"; false if
 * there is one that is none.
 */
static bool attempts_make(struct attempts *table, struct span lines)
{
	size_t i;

	memset(table, 0, sizeof(*table));
	memcpy(table->magic, attempts_magic, sizeof(table->magic));
	for (i = 0; i < ATTEMPTS_MAX && lines.length > 0; i++) {
		struct span line = span_split(&lines, '\n');
		struct attempt *entry = &table->entry[i];
		char address[64];

		if (!span_is(span_split(&line, ' '), "tries") ||
		    !span_copy(
			span_split(&line, ' '), address, sizeof(address)))
			return false;
		entry->id = client_id(address, table->key);
		entry->since = int64_take(&line);
		entry->count = int64_take(&line);
		if (entry->id == 0)
			table->nowhere = *entry;
	}
	return lines.length == 0;
}

/* The table of failed tries; none if TEXT is empty. */
static void attempts_write(struct span text)
{
	static struct attempts table;
	int fd;

	(void)unlinkat(top, "home/attempts", 0);
	if (text.length == 0)
		return;
	if (attempts_make(&table, text)) {
		text.bytes = (const char *)&table;
		text.length = sizeof(table);
	}
	fd = make_open("home/attempts");
	assert(write_all(fd, text.bytes, text.length) && close(fd) == 0);
}

/* The rules of secure before the request, at most 4096 bytes of TEXT. */
static void rules_put(struct span text)
{
	int fd;

	had_rules = text;
	if (had_rules.length > 4096)
		had_rules.length = 4096;
	if (had_rules.length == 0)
		return;
	fd = make_open("secure/.htaccess");
	assert(
	    write_all(fd, had_rules.bytes, had_rules.length) && close(fd) == 0);
}

/* Could version 1.0 or a later one have written RULES? */
static bool is_rules(struct span rules)
{
	struct span first = span_split(&rules, '\n');
	struct span second = span_split(&rules, '\n');

	return (first.length > 9 && memcmp(first.bytes, "# redeem ", 9) == 0) ||
	    (span_is(first, "RewriteEngine On") &&
		span_is(second, "RewriteRule ^ - [F]"));
}

/* Looks at the rules of secure afterwards: whose they are; and removes them. */
static void rules_check(bool told)
{
	static char rules[8192];
	int fd = openat(top, "secure/.htaccess", O_RDONLY | O_NOFOLLOW);
	ssize_t length = fd >= 0 ? read_all(fd, rules, sizeof(rules)) : 0;
	bool same;

	assert(length >= 0 && (size_t)length < sizeof(rules));
	same = (size_t)length == had_rules.length &&
	    memcmp(rules, had_rules.bytes, had_rules.length) == 0;
	assert(same || strncmp(rules, "# redeem ", 9) == 0);
	assert(same || had_rules.length == 0 || is_rules(had_rules));
	assert(!told || strncmp(rules, "# redeem ", 9) == 0);
	if (fd >= 0)
		assert(close(fd) == 0 &&
		    unlinkat(top, "secure/.htaccess", 0) == 0);
}

/* [S15]: who has to wait, and for how long; what is left is a whole table. */
static void attempts_check(
    const char *reply, enum outcome outcome, bool had_table)
{
	const char *wait = strstr(reply, "\nRetry-After: ");
	const char *given = strstr(reply, "\n\n");
	struct span number = {wait, 0};
	struct stat st;
	long seconds;

	if (wait != NULL && wait < given) {
		number.bytes += strlen("\nRetry-After: ");
		number.length = strcspn(number.bytes, "\n");
		assert(number_parse(number, 1, 600, &seconds));
		assert(outcome == OUTCOME_SLOW_DOWN ||
		    outcome == OUTCOME_TRY_AGAIN);
	} else {
		assert(outcome != OUTCOME_SLOW_DOWN);
	}
	assert(outcome != OUTCOME_SLOW_DOWN ||
	    (had_table && shop.settings.tries > 0));
	if (fstatat(top, "home/attempts", &st, AT_SYMLINK_NOFOLLOW) != 0)
		assert(!had_table);
	else if (outcome == OUTCOME_UNKNOWN && !had_table)
		assert(st.st_size == (off_t)sizeof(struct attempts));
}

/* The settings of the request; the shop's own are wiped in the end. */
static struct settings used;
static struct request asked; /* and what was asked, for the same reason */

/* What the table of failed tries has for a client. */
struct tries {
	int64_t count; /* tenths; 0: nothing */
	bool full; /* of others, who count */
};

static struct tries tries_of(const char *address)
{
	static struct attempts table;
	const struct attempt *entry;
	struct tries tries = {0, false};
	int fd = openat(top, "home/attempts", O_RDONLY | O_NOFOLLOW);

	if (fd < 0)
		return tries;
	if (attempts_read(fd, &table)) {
		size_t i, counting = 0;

		for (i = 0; i < ATTEMPTS_MAX; i++)
			counting += attempt_counts(&table.entry[i], now_here);
		entry = attempts_find(
		    &table, client_id(address, table.key), now_here);
		tries.count = entry != NULL ? entry->count : 0;
		tries.full = tries.count == 0 && counting == ATTEMPTS_MAX;
	}
	assert(close(fd) == 0);
	return tries;
}

/* A try that got the client nothing is counted, and no other. [S15] */
static void tries_check(
    enum outcome outcome, struct tries before, struct tries after)
{
	bool whole = outcome == OUTCOME_UNKNOWN || outcome == OUTCOME_USED_UP ||
	    outcome == OUTCOME_EXPIRED;
	bool tenth = outcome == OUTCOME_MISTYPED;
	const char *byte = asked.typed;

	/* letters of another script count nothing, other signs do not matter */
	while (*byte > 0)
		byte++;
	if (tenth && *byte != '\0' && after.count == before.count)
		return;
	if (used.tries == 0 || (!whole && !tenth))
		assert(after.count == before.count);
	else if (!before.full && before.count < INT32_MAX - FAILED_TRY)
		assert(after.count == before.count + (whole ? FAILED_TRY : 1));
}

/* What is in the page for OUTCOME that a browser needs. */
static void page_check(const char *body, enum outcome outcome)
{
	bool invalid = outcome == OUTCOME_EMPTY ||
	    outcome == OUTCOME_MISTYPED || outcome == OUTCOME_UNKNOWN ||
	    outcome == OUTCOME_TOO_LONG;
	const char *button = strstr(body, "<button ");

	assert(
	    occurrences(body, " aria-invalid=\"true\"") == (invalid ? 1 : 0));
	if (button == NULL)
		return;
	button = strchr(button, '>');
	assert(button != NULL && button[1] != '<');
}

/* What the program answered, taken apart. */
struct reply {
	char text[sizeof(shop.out) + 1];
	long status;
	const char *body;
};

/* Is WORD in TEXT, and neither client nor owner of the site put it there? */
static bool revealed(const char *text, const char *word)
{
	return occurrences(text, word) > 0 &&
	    strstr(asked.typed, word) == NULL &&
	    strstr(asked.script, word) == NULL &&
	    strstr(used.apache.url, word) == NULL;
}

/* [S10] [S11] [S12]: a whole answer, and nothing of ours in it. */
static void reply_check(struct reply *reply, bool head)
{
	static const char start[] = "Status: ";
	size_t length = file_take(
	    answer_file, reply->text, sizeof(reply->text));
	const char *blank = strstr(reply->text, "\n\n");
	struct span number = {reply->text + strlen(start), 3};

	assert(strlen(reply->text) == length);
	assert(strncmp(reply->text, start, strlen(start)) == 0);
	assert(number_parse(number, 200, 599, &reply->status));
	assert(blank != NULL && strchr(reply->text, '\r') == NULL);
	reply->body = blank + 2;
	assert(messages(reply->text) == messages(reply->body));
	assert(messages(reply->body) == (reply->status == 303 || head ? 0 : 1));
	/* what was typed is shown again, and may be anything */
	assert(!revealed(reply->text, scratch_dir));
	assert(!revealed(reply->text, "htredeem"));
	assert(occurrences(reply->body, "<script") == 0);
	if (reply->status == 303)
		assert(*reply->body == '\0');
	else
		assert(occurrences(reply->text, "\nLocation:") == 0);
}

static int digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c - 'A' + 10;
}

/* Decodes what stands between AT and END into PATH. */
static void path_decode(const char *at, const char *end, struct buf *path)
{
	for (; at != end; at++) {
		char c = *at;

		if (c == '%') {
			c = (char)(digit(at[1]) * 16 + digit(at[2]));
			at += 2;
		}
		buf_addmem(path, &c, 1);
	}
}

/* 303 leads to something that is there, below secure. [S3] [S6] */
static void location_check(const char *text, char token[HEX_SIZE])
{
	static const char hex[] = "0123456789abcdefABCDEF";
	const char *at = strstr(text, "\nLocation: ");
	size_t url = strlen(used.apache.url);
	char buffer[PATH_SIZE];
	struct buf path = buf_init(buffer, sizeof(buffer));
	const char *end, *slash;
	struct stat st;

	assert(at != NULL);
	at += strlen("\nLocation: ");
	assert(strncmp(at, used.apache.url, url) == 0);
	assert(at[0] == '/' && at[1] != '/' && at[url] == '/');
	end = at +
	    strspn(at,
		"abcdefghijklmnopqrstuvwxyz0123456789-._~/%"
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ");
	assert(*end == '?');
	assert(strspn(end + 1, hex) == HEX_SIZE - 1 && end[HEX_SIZE] == '\n');
	buf_adds(&path, "secure");
	path_decode(at + url, end, &path);
	assert(!path.overflowed && fstatat(top, inside(buffer), &st, 0) == 0);
	assert(S_ISREG(st.st_mode));
	slash = strchr(buffer + strlen("secure/"), '/');
	assert(slash != NULL && strspn(slash + 1, hex) == HEX_SIZE - 1);
	memcpy(token, slash + 1, HEX_SIZE - 1);
	token[HEX_SIZE - 1] = '\0';
}

static bool is_there(const char *path)
{
	struct stat st;

	return fstatat(top, path, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static bool is_hex(const char *name)
{
	return strlen(name) == HEX_SIZE - 1 &&
	    strspn(name, "0123456789abcdef") == HEX_SIZE - 1;
}

/* The page of several files is one page, and what it says makes sense. */
static void list_check(int at, const char *name)
{
	static char text[sizeof(shop.list_room)];
	int fd = openat(at, name, O_RDONLY | O_NOFOLLOW);
	const char *left, *minus;
	size_t length;

	assert(fd >= 0);
	length = file_take(fd, text, sizeof(text));
	assert(close(fd) == 0 && strlen(text) == length);
	assert(messages(text) == 1 && occurrences(text, "<script") == 0);
	left = strstr(text, "id=\"redeem-left\">");
	assert(left != NULL);
	minus = strstr(left, " -");
	assert(minus == NULL || minus > strstr(left, "</p>"));
	assert(occurrences(text, scratch_dir) == 0);
}

/* Looks at one link's directory and removes it: rules, and what is sold. */
static void link_check(int at, const char *name)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
	DIR *folder = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *entry;
	bool rules = false;
	size_t sold = 0;

	assert(folder != NULL);
	while ((entry = readdir(folder)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0)
			continue;
		rules = rules || strcmp(entry->d_name, ".htaccess") == 0;
		sold += *entry->d_name != '.';
		assert(*entry->d_name != '.' || rules);
		assert(strstr(entry->d_name, ".php") == NULL);
		assert(strstr(entry->d_name, "linked") == NULL);
		if (strcmp(entry->d_name, LIST_PAGE) == 0)
			list_check(fd, LIST_PAGE);
		assert(unlinkat(fd, entry->d_name, 0) == 0);
	}
	assert(rules && sold > 0);
	(void)closedir(folder);
	assert(unlinkat(at, name, AT_REMOVEDIR) == 0);
}

/*
 * Looks at one bucket, and removes what is in it but the live link. The number
 * of links that were new; TOKEN must be one of all.
 */
static size_t bucket_check(
    int secure, const char *name, const char *token, bool *found)
{
	int fd = openat(secure, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
	DIR *folder = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *entry;
	size_t links = 0;

	assert(folder != NULL);
	while ((entry = readdir(folder)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0)
			continue;
		/* hidden directories are gone by now */
		assert(is_hex(entry->d_name));
		*found = *found || strcmp(entry->d_name, token) == 0;
		if (strcmp(entry->d_name, ALIVE_TOKEN) == 0)
			continue;
		link_check(fd, entry->d_name);
		links++;
	}
	(void)closedir(folder);
	return links;
}

/* Looks at all of secure and cleans it up; the number of links made. [S6] */
static size_t secure_check(const char *token, bool *found)
{
	int fd = openat(top, "secure", O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
	DIR *folder = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *entry;
	size_t links = 0;

	assert(folder != NULL);
	while ((entry = readdir(folder)) != NULL) {
		const char *name = entry->d_name;

		if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
			continue;
		if (strcmp(name, DEAD_BUCKET) == 0) {
			assert(is_there("secure/" OWNERS));
			/* [S14] */
			assert(
			    *token == '\0' || !is_there("secure/" DEAD_LINK));
			continue;
		}
		assert(strspn(name, "0123456789") == strlen(name));
		links += bucket_check(fd, name, token, found);
		(void)unlinkat(fd, name, AT_REMOVEDIR);
	}
	(void)closedir(folder);
	return links;
}

/*
 * Looks at the pages that deliveries without a folder keep, and removes them;
 * how many there are. TOLD: a link was told, so the dead ones are gone.
 */
static size_t lists_check(bool told)
{
	DIR *lists = dir_open(top, "home/lists");
	const char *bucket, *page;
	size_t pages = 0;

	assert(lists != NULL);
	while (dir_next(lists, &bucket) > 0) {
		DIR *list = dir_open(dirfd(lists), bucket);

		if (strcmp(bucket, DEAD_BUCKET) == 0)
			assert(is_there("home/lists/" OWNERS) &&
			    (!told || !is_there("home/lists/" DEAD_LINK)));
		assert(strspn(bucket, "0123456789") == strlen(bucket));
		while (dir_next(list, &page) > 0) {
			if (strcmp(bucket, DEAD_BUCKET) == 0)
				continue;
			assert(is_hex(page));
			list_check(dirfd(list), page);
			assert(unlinkat(dirfd(list), page, 0) == 0);
			pages++;
		}
		dir_close(list);
		(void)unlinkat(dirfd(lists), bucket, AT_REMOVEDIR);
	}
	dir_close(lists);
	return pages;
}

/* An event of a real code is one line; others are none. */
static void log_check(enum outcome outcome)
{
	static char text[1 << 15];
	int fd = openat(top, "home/log", O_RDONLY | O_NOFOLLOW);
	size_t length;

	assert((fd >= 0) ==
	    (outcome == OUTCOME_LINK || outcome == OUTCOME_USED_UP ||
		outcome == OUTCOME_EXPIRED || outcome == OUTCOME_NOT_YET ||
		outcome == OUTCOME_BROKEN));
	if (fd < 0)
		return;
	length = file_take(fd, text, sizeof(text));
	assert(close(fd) == 0 && strlen(text) == length);
	assert(strcspn(text, "\n") == length - 1);
	/* a reason has what the owner wrote in it, but no control character */
	if (outcome == OUTCOME_BROKEN)
		assert(strstr(text, "Z broken ") != NULL);
	else
		assert(strspn(text,
			   "abcdefghijklmnopqrstuvwxyz0123456789-._~/%: \n"
			   "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == length);
}

static void untouched_check(void)
{
	size_t i;

	for (i = 0; i < LENGTH(untouched); i++) {
		struct timespec now = changed(untouched[i].path);

		assert(now.tv_sec == untouched[i].changed.tv_sec &&
		    now.tv_nsec == untouched[i].changed.tv_nsec);
	}
}

/* The code's file at one time. */
struct state {
	char file[RECORD_MAX + 3];
	size_t size;
	bool readable;
	struct record record; /* where it is readable */
};

static bool cookie_sent;

static void state_take(struct state *state)
{
	static char buffer[RECORD_MAX + 256];
	struct buf reason = buf_init(buffer, sizeof(buffer));

	state->size = file_take(record_fd, state->file, sizeof(state->file));
	state->record.fd = record_fd;
	state->record.name = state->record.path + strlen("codes/");
	assert(lseek(record_fd, 0, SEEK_SET) == 0);
	state->record.size = state->size;
	memcpy(state->record.path, CODE, sizeof(CODE));
	state->readable = record_read(&state->record, &reason) == OUTCOME_NONE;
	file_fill(complaint_file, "", 0);
}

/* [S2] [S8]: what one request may have counted, and for what. */
static void count_check(
    const struct state *before, const struct reply *reply, bool post)
{
	static struct state now;
	const struct record *old = &before->record;
	const struct record *new = &now.record;
	long most = cookie_sent && shop.settings.retry > shop.settings.grace ?
	    shop.settings.retry :
	    shop.settings.grace;
	bool free = before->readable && old->last != 0 &&
	    (llabs((long long)now_here - old->last) < most ||
		old->link.end >= now_here);

	state_take(&now);
	assert(now.readable == before->readable);
	if (reply->status != 303) {
		assert(now.size == before->size);
		assert(memcmp(now.file, before->file, now.size) == 0);
		return;
	}
	assert(post && now.readable);
	assert(new->uses == old->uses || new->uses == old->uses + 1);
	if (new->uses > old->uses) {
		assert(new->uses <= new->limit);
		assert(new->last == now_here);
	} else {
		assert(free && new->last == old->last);
	}
	assert(new->limit == old->limit &&new->expires == old->expires);
	assert(now.size >= before->size);
}

static void folder_make(const char *path)
{
	assert(mkdirat(top, path, 0755) == 0 || errno == EEXIST);
}

static void file_make(const char *path)
{
	int fd = openat(top, path, O_WRONLY | O_CREAT, 0600);

	assert(fd >= 0 && close(fd) == 0);
}

/* Writes the files of one request and sets its variables. */
static void prepare(struct variables *variables, struct span rest)
{
	static const char *const kept[] = {
	    "REDEEM_CONF", "SCRIPT_FILENAME", "TZ", NULL};
	static char script[PATH_SIZE];
	static char *const ours[] = {script, NULL};
	struct buf text = buf_init(script, sizeof(script));
	struct span piece;

	buf_addf(&text, "SCRIPT_FILENAME=%s/redeem.cgi", scratch_dir);
	variables_set(variables, &rest, kept, ours);
	cookie_sent = *env("HTTP_COOKIE") != '\0';
	tzset();
	piece = section(&rest);
	if (piece.length > 0 && piece.bytes[piece.length - 1] == '\n')
		piece.length--;
	variables_length(variables, piece.length);
	file_fill(request_file, piece.bytes, piece.length);
	file_fill(answer_file, "", 0);
	piece = section(&rest);
	file_fill(record_fd, piece.bytes,
	    piece.length <= RECORD_MAX ? piece.length : RECORD_MAX + 1);
	piece = section(&rest);
	settings_write(piece);
	attempts_write(section(&rest));
	rules_put(rest);
	/* what expired long ago, and what earlier requests left */
	folder_make("secure/" DEAD_BUCKET);
	folder_make("secure/" DEAD_LINK);
	file_make("secure/" OWNERS);
	folder_make("home/lists");
	folder_make("home/lists/" DEAD_BUCKET);
	file_make("home/lists/" DEAD_LINK);
	file_make("home/lists/" OWNERS);
	(void)unlinkat(top, "home/log", 0);
}

/* No descriptor was left open: the next one has the number of the first. */
static void free_check(void)
{
	static int first = -1;
	int fd = dup(top);

	assert(fd >= 0 && close(fd) == 0);
	if (first < 0)
		first = fd;
	assert(fd == first);
}

/* Makes sure that all of the answer fits to all that happened. */
static void answer_check(enum outcome outcome, const struct state *before,
    bool had_table, size_t complained)
{
	static struct reply reply;
	bool apache = shop.settings.delivery == DELIVERY_APACHE;
	char token[HEX_SIZE] = "";
	bool told, found = false;
	size_t links, pages;

	reply_check(&reply, shop.request.method == METHOD_HEAD);
	if (shop.request.method != METHOD_HEAD && outcome != OUTCOME_LINK)
		page_check(reply.body, outcome);
	/* what is the owner's to mend, the owner hears of [S12] */
	assert(complained > 0 ||
	    (outcome != OUTCOME_TRY_AGAIN && outcome != OUTCOME_BROKEN &&
		outcome != OUTCOME_NOT_SET_UP));
	told = reply.status == 303;
	assert(told == (outcome == OUTCOME_LINK));
	if (told && apache)
		location_check(reply.text, token);
	rules_check(told && apache);
	links = secure_check(token, &found);
	assert(found == (told && apache));
	assert(links <= 1 && (links == 0 || found));
	pages = lists_check(told && !apache);
	assert(pages <= 1 && (pages == 0 || (told && !apache)));
	count_check(before, &reply, shop.request.method == METHOD_POST);
	attempts_check(reply.text, outcome, had_table);
	log_check(outcome);
	untouched_check();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char said[1 << 17];
	static struct variables variables;
	static struct state before;
	struct span rest = {(const char *)data, size};
	char conf[PATH_SIZE] = "redeem: ";
	struct buf text = {conf, sizeof(conf), strlen(conf), false};
	enum outcome outcome;
	size_t complained;
	struct tries tries;
	bool had_table;

	buf_addf(&text, "%s/.htredeem:", scratch_dir);
	free_check();
	prepare(&variables, rest);
	had_table = faccessat(top, "home/attempts", F_OK, 0) == 0;
	state_take(&before);
	(void)settings_load(&used, env("SCRIPT_FILENAME"));
	(void)request_read(&asked, request_file);
	assert(lseek(request_file, 0, SEEK_SET) == 0);
	file_fill(complaint_file, "", 0);
	tries = tries_of(asked.address);
	outcome = redeem(&shop, request_file, answer_file);
	outcome_reached = outcome_word(outcome);
	shop_close(&shop);
	variables_unset(&variables);
	complained = complaints_check(
	    said, file_take(complaint_file, said, sizeof(said)));
	free_check();
	/* a complaint about settings names the file first [S13] */
	if (strncmp(said, conf, strlen(conf)) == 0)
		assert(outcome == OUTCOME_NOT_SET_UP);
	tries_check(outcome, tries, tries_of(asked.address));
	answer_check(outcome, &before, had_table, complained);
	return 0;
}
