/*
 * Fuzzes a code's file: what can be read is decided on, written back and read
 * again, and nothing in it is lost. The input is the file. [S2] [S4]
 */
#include "fuzz.h"

static int code_file = -1;
static struct record current;

static const char *const decision_words[] = {[GIVE_COUNTED] = "counted",
    [GIVE_FREE] = "free",
    [GIVE_SAME] = "same",
    [REFUSE_USED_UP] = "used-up",
    [REFUSE_EXPIRED] = "expired",
    [REFUSE_NOT_YET] = "not-yet"};

const char *outcome_known(size_t i)
{
	if (i < LENGTH(decision_words))
		return decision_words[i];
	return i == LENGTH(decision_words) ? "refused" : NULL;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	code_file = file_new();
	return 0;
}

static bool record_take(const char *at, size_t length)
{
	static char buffer[RECORD_MAX + 256];
	struct buf reason;

	file_fill(code_file, at, length);
	current.fd = code_file;
	memcpy(
	    current.path, "codes/7K3M9QXA2FTF", sizeof("codes/7K3M9QXA2FTF"));
	current.name = current.path + strlen("codes/");
	current.size = length;
	reason = buf_init(buffer, sizeof(buffer));
	if (record_read(&current, &reason) == OUTCOME_NONE)
		return true;
	/* who refuses a record says which one */
	assert(!reason.overflowed &&
	    strncmp(buffer, current.path, strlen(current.path)) == 0);
	return false;
}

/* Without the blanks after the last line that has anything in it. */
static size_t without_room(const char *at, size_t length)
{
	size_t last = length;
	const char *end;

	while (last > 0 && is_blank(at[last - 1]))
		last--;
	end = memchr(at + last, '\n', length - last);
	return end != NULL ? (size_t)(end - at) + 1 : last;
}

/*
 * All that a record's text holds but the program's own lines, line ends
 * included, into BUFFER. What stands behind the last of them is room.
 */
static void kept_lines(const char *at, size_t length, char *buffer)
{
	struct span whole = {at, without_room(at, length)};
	size_t kept = whole.length - bom_skip(whole).length;

	memcpy(buffer, at, kept);
	at += kept;
	length = whole.length - kept;
	while (length > 0) {
		const char *end = memchr(at, '\n', length);
		size_t size = end != NULL ? (size_t)(end - at) + 1 : length;
		struct span line = {at, size};

		if (managed_line(line) == 0) {
			memcpy(buffer + kept, at, size);
			kept += size;
		}
		at += size;
		length -= size;
	}
	buffer[without_room(buffer, kept)] = '\0';
}

/* All that was in OLD is in NEW, and then at most the end of a line. */
static void kept_check(
    const char *old, size_t old_length, const char *new, size_t new_length)
{
	static char before[RECORD_MAX + 2], after[RECORD_MAX + 2];
	size_t length;

	kept_lines(old, old_length, before);
	kept_lines(new, new_length, after);
	length = strlen(before);
	assert(strncmp(before, after, length) == 0);
	assert(strspn(after + length, " \t\r\n") == strlen(after + length));
}

static size_t own_lines(struct span text, int own)
{
	size_t count = 0;

	text = bom_skip(text);
	while (text.length > 0)
		count += managed_line(span_split(&text, '\n')) == own;
	return count;
}

/* Writes CHANGE into the record, and reads it again from the file. [S3] */
static void write_check(const struct change *change)
{
	static char old[RECORD_MAX + 2], new[RECORD_MAX + 2];
	static char again[RECORD_MAX + 2];
	const struct record before = current;
	struct buf text = buf_init(again, RECORD_MAX + 1);
	size_t size;

	memcpy(old, current.text, current.size);
	if (!record_write(&current, change)) {
		/* 200 bytes are more than the program's own lines may take */
		assert(current.body.length > RECORD_MAX - 200);
		assert(file_take(code_file, new, sizeof(new)) == current.size);
		assert(memcmp(old, new, current.size) == 0);
		return;
	}
	size = file_take(code_file, new, sizeof(new));
	assert(size >= before.size && size <= RECORD_MAX);
	assert(new[size - 1] == '\n');
	kept_check(old, before.size, new, size);
	assert(record_take(new, size));
	assert(current.uses == change->uses && current.last == change->last);
	assert(current.link.end == change->link->end);
	assert(strcmp(current.link.token, change->link->token) == 0);
	assert(strcmp(current.link.secret, change->link->secret) == 0);
	assert(current.limit == before.limit);
	assert(current.expires == before.expires);
	assert(own_lines(current.body, MANAGED_USES) == 1);
	assert(own_lines(current.body, MANAGED_LAST) == 1);
	assert(own_lines(current.body, MANAGED_LINK) == 1);
	record_format(&text, &current, change);
	assert(text.length == size);
	assert(memcmp(again, new, without_room(new, size)) == 0);
}

/*
 * A "last" or "link" of which a part is lost is still a record: one byte of
 * each is another, which one depends on SEED.
 */
static void torn_check(size_t seed)
{
	char buffer[200];
	struct buf reason = buf_init(buffer, sizeof(buffer));
	static const char junk[] = "# :\t\xff\r0";
	struct span rest = current.body;

	while (rest.length > 0) {
		struct span line = span_split(&rest, '\n');
		const char *colon;
		char *byte;

		if (managed_line(line) != MANAGED_LAST &&
		    managed_line(line) != MANAGED_LINK)
			continue;
		colon = memchr(line.bytes, ':', line.length);
		line.length -= (size_t)(colon + 1 - line.bytes);
		if (line.length == 0)
			continue;
		byte = current.text + (colon + 1 - current.text) +
		    seed % line.length;
		*byte = junk[seed % strlen(junk)];
		assert(record_parse(&current, &reason) == OUTCOME_NONE);
	}
}

/* One try at the time NOW, against what the contract says of it. */
static void decide_check(
    const struct settings *settings, time_t now, long day, bool ours)
{
	enum decision decision = decide(&current, settings, now, day, ours);
	long long age = llabs((long long)now - current.last);
	bool free = current.last != 0 &&
	    (age < settings->grace || (ours && age < settings->retry));
	bool open = current.last != 0 && current.link.token[0] != '\0' &&
	    current.link.end > current.last + settings->window &&
	    current.link.end >= now &&
	    current.link.end <= now + settings->window;
	bool expired = current.expires != 0 && day > current.expires;

	assert((decision == GIVE_FREE || decision == GIVE_SAME) ==
	    (current.limit > 0 && (free || open)));
	assert(decision != GIVE_FREE || free);
	if (decision == GIVE_COUNTED)
		assert(current.uses < current.limit && !expired &&
		    day >= current.from);
	if (decision == REFUSE_USED_UP)
		assert(current.uses >= current.limit);
	if (decision == REFUSE_EXPIRED)
		assert(expired);
	if (decision == REFUSE_NOT_YET)
		assert(day < current.from);
	if (decision == GIVE_SAME) {
		assert(strlen(current.link.token) == 32);
		assert(strlen(current.link.secret) == 32);
		assert(current.link.end >= now);
		assert(current.link.end - now <= settings->window);
		assert(
		    open || (current.link.end - now) * 2 >= settings->window);
	}
}

/* At the edges of grace and window, and of the last valid day. */
static void decide_all(bool ours)
{
	static const long seconds[] = {0, 1, 60, 119, 120, 121, DAY};
	struct settings settings;
	size_t i;

	settings_default(&settings);
	settings.grace = 120;
	for (i = 0; i < LENGTH(seconds); i++) {
		decide_check(&settings, now_here, 20261120 + (long)i, ours);
		decide_check(&settings, current.last + seconds[i],
		    current.expires, ours);
		decide_check(&settings, current.last - seconds[i],
		    current.expires + 1, ours);
		decide_check(
		    &settings, current.link.end - seconds[i], 19700101, ours);
	}
	settings.grace = 0;
	decide_check(&settings, current.last, current.expires, ours);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct link link = {1795467480,
	    "0123456789abcdef0123456789abcdef",
	    "fedcba9876543210fedcba9876543210"};
	struct change change = {0, now_here, &link};
	static struct settings settings;

	if (size > RECORD_MAX + 1)
		size = RECORD_MAX + 1;
	outcome_reached = "refused";
	if (!record_take((const char *)data, size))
		return 0;
	settings_default(&settings);
	settings.grace = settings.window;
	outcome_reached = decision_words[decide(
	    &current, &settings, now_here, local_day(now_here), false)];
	assert(current.uses >= 0 && current.uses <= 999999);
	assert(current.limit >= 0 && current.limit <= 999999);
	decide_all(false);
	decide_all(true);
	torn_check(size);
	assert(record_take((const char *)data, size));
	/* uses beyond the limit are the owner's to write, not ours */
	change.uses = current.uses < 999999 ? current.uses + 1 : current.uses;
	write_check(&change);
	return 0;
}
