/*
 * Fuzzes .htredeem: either it is refused with a complaint, or every value in
 * it is within its bounds. The input is the file. [S13]
 */
#include "fuzz.h"

static int complaint_file = -1;
static int settings_file = -1;
static char settings_path[PATH_SIZE];

static const char *const plain_words[] = {"good", "line", "file"};

const char *outcome_known(size_t i)
{
	if (i < LENGTH(plain_words))
		return plain_words[i];
	i -= LENGTH(plain_words);
	return i < LENGTH(keys) ? keys[i].name : NULL;
}

static void remove_settings(void)
{
	(void)unlink(settings_path);
	(void)rmdir(scratch_dir);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct buf text = buf_init(scratch_dir, sizeof(scratch_dir));

	(void)argc;
	(void)argv;
	complaints = complaint_file = file_new();
	buf_addf(&text, "%s/redeem-fuzz.XXXXXX", scratch_place());
	assert(!text.overflowed && mkdtemp(scratch_dir) != NULL);
	text = buf_init(settings_path, sizeof(settings_path));
	buf_addf(&text, "%s/.htredeem", scratch_dir);
	settings_file = open(settings_path, O_RDWR | O_CREAT | O_EXCL, 0600);
	assert(settings_file >= 0 && atexit(remove_settings) == 0);
	return 0;
}

/*
 * What was complained of: a key; "line", which is none of a key known here;
 * "file", where no line could be read.
 */
static const char *wrong_word(const char *said)
{
	struct span rest = {said, strcspn(said, "\n")};
	bool numbered;
	size_t i;

	rest.bytes += strlen("redeem: ") + strlen(settings_path) + 1;
	rest.length -= strlen("redeem: ") + strlen(settings_path) + 1;
	numbered = isdigit((unsigned char)*rest.bytes);
	if (numbered)
		(void)span_split(&rest, ':');
	rest = span_trim(span_split(&rest, ':'));
	for (i = 0; i < LENGTH(keys); i++)
		if (span_is(rest, keys[i].name))
			return keys[i].name;
	return numbered ? "line" : "file";
}

/* A string of a setting ends in its place, and has no part of a line's end. */
static void string_check(const char *string)
{
	const char *end = memchr(string, '\0', PATH_SIZE);

	assert(end != NULL && strpbrk(string, "\n") == NULL);
	assert(end == string || (!is_blank(*string) && !is_blank(end[-1])));
}

static void values_check(const struct settings *settings)
{
	string_check(settings->home);
	string_check(settings->apache.secure);
	string_check(settings->apache.url);
	string_check(settings->page);
	string_check(settings->timezone);
	assert(settings->home[0] == '/');
	assert(settings->apache.secure[0] == '/' ||
	    (settings->apache.secure[0] == '\0' &&
		settings->delivery != DELIVERY_APACHE));
	assert(settings->apache.url[0] == '\0' ||
	    (settings->apache.url[0] == '/' && settings->apache.url[1] != '/'));
	assert(strpbrk(settings->apache.url, " \t\r?#\"'<>&:;\\") == NULL);
	assert(settings->apache.url[0] == '\0' ||
	    settings->apache.url[strlen(settings->apache.url) - 1] != '/');
	assert(settings->window >= 1 && settings->window <= 86400);
	assert(settings->grace >= 0 && settings->grace <= 86400);
	assert(settings->tries >= 0 && settings->tries <= 100000);
	assert(settings->apache.links == LINKS_SYMBOLIC ||
	    settings->apache.links == LINKS_HARD);
	assert(settings->delivery < LENGTH(deliveries));
	assert(settings->retry >= 0 && settings->retry <= 400L * 86400);
	assert(settings->start == START_PAGE || settings->start == START_FILE);
	string_check(settings->address);
	string_check(settings->contact);
	assert(strpbrk(settings->contact, "<>\"' ") == NULL);
	assert(strpbrk(settings->address, "<>\"' ?#") == NULL);
}

/* Each line is blank, a comment, or has a key of its own. */
static void lines_check(struct span rest)
{
	size_t seen[LENGTH(keys)] = {0};

	rest = bom_skip(rest);
	while (rest.length > 0) {
		struct span line = span_trim(span_split(&rest, '\n'));
		size_t known = 0;
		size_t i;

		if (line.length == 0 || *line.bytes == '#')
			continue;
		for (i = 0; i < LENGTH(keys); i++) {
			struct span value = line;
			struct span key = span_split(&value, ':');

			if (span_is(span_trim(key), keys[i].name) &&
			    span_trim(value).length > 0)
				known += ++seen[i];
		}
		assert(known == 1);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const kept[] = {NULL};
	static char variable_conf[PATH_SIZE + 16];
	static char *const ours[] = {variable_conf, NULL};
	static char said[1 << 17];
	static struct variables variables;
	static struct settings settings;
	struct span none = {"", 0};
	struct span whole = {(const char *)data, size};
	struct buf text = buf_init(variable_conf, sizeof(variable_conf));
	size_t lines;
	bool good;

	if (size > SETTINGS_MAX + 1)
		whole.length = size = SETTINGS_MAX + 1;
	buf_addf(&text, "REDEEM_CONF=%s", settings_path);
	file_fill(settings_file, whole.bytes, whole.length);
	file_fill(complaint_file, "", 0);
	variables_set(&variables, &none, kept, ours);
	memset(&settings, 'x', sizeof(settings));
	good = settings_load(&settings, "");
	variables_unset(&variables);
	lines = complaints_check(
	    said, file_take(complaint_file, said, sizeof(said)));
	assert(good == (lines == 0));
	outcome_reached = good ? "good" : wrong_word(said);
	assert(good || occurrences(said, settings_path) >= lines);
	if (!good)
		return 0;
	assert(size <= SETTINGS_MAX && memchr(data, 0, size) == NULL);
	values_check(&settings);
	lines_check(whole);
	return 0;
}
