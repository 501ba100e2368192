/*
 * Fuzzes what comes back to the program: a path behind its own, and ranges, in
 * a shop with the delivery "cgi" or "s3". [S9] [S16] The input is variables as
 * in fuzz.h. Three more are the harness's: with SIGN=file or SIGN=list,
 * PATH_INFO becomes the path of a link to what it says, rightly signed until
 * END, so that not even a signature opens what is not for sale; HANDOFF is that
 * of the shop, or "s3", where another server has the bytes.
 */
#include "fuzz.h"

#define KEY "0123456789abcdef0123456789abcdef"
#define TOKEN "11111111111111111111111111111111"
#define OTHER_TOKEN "33333333333333333333333333333333" /* no page, a folder */
#define OUTSIDE "not for sale"

static const struct {
	const char *path;
	const char *text; /* NULL: a folder; else what a file holds */
	const char *target; /* of a symbolic link, or NULL */
} fixtures[] = {
    {"home", NULL, NULL},
    {"home/codes", NULL, NULL},
    {"home/codes/7K3M9QXA2FTF", OUTSIDE, NULL},
    {"home/files", NULL, NULL},
    {"home/files/a.zip", "0123456789", NULL},
    {"home/files/empty.zip", "", NULL},
    {"home/files/.hidden", OUTSIDE, NULL},
    {"home/files/run.php", OUTSIDE, NULL},
    {"home/files/linked.zip", "", "../../outside/x.zip"},
    {"home/files/linked", "", "../../outside"},
    {"home/files/album", NULL, NULL},
    {"home/files/album/b & \xc3\xa9.flac", "0123456789", NULL},
    {"home/lists", NULL, NULL},
    {"home/lists/29924457", NULL, NULL},
    {"home/lists/29924457/" TOKEN, "<p data-outcome=\"files\">", NULL},
    {"home/lists/29924457/" OTHER_TOKEN, NULL, NULL},
    {"outside", NULL, NULL},
    {"outside/x.zip", OUTSIDE, NULL},
};

static struct shop shop;
static int top = -1; /* descriptor of the scratch directory */
static int no_body = -1;
static int answer_file = -1;
static char confs[4][PATH_SIZE]; /* REDEEM_CONF=..., for each HANDOFF_... */
#define CONF_S3 3 /* and for "s3" */

const char *outcome_known(size_t i)
{
	return outcome_of_answers(i);
}

static void remove_scratch(void)
{
	size_t i;

	for (i = LENGTH(fixtures); i-- > 0;)
		if (unlinkat(top, fixtures[i].path, 0) != 0)
			(void)unlinkat(top, fixtures[i].path, AT_REMOVEDIR);
	for (i = 0; handoff_words[i] != NULL; i++)
		(void)unlinkat(top, handoff_words[i], 0);
	(void)unlinkat(top, "s3", 0);
	(void)rmdir(scratch_dir);
}

static void write_text(const char *path, const char *text)
{
	int fd = openat(top, path, O_WRONLY | O_CREAT | O_EXCL, 0600);

	assert(fd >= 0 && write_all(fd, text, strlen(text)) && close(fd) == 0);
}

/* The settings for the handoff I, in a file of that name. */
static void conf_write(size_t i)
{
	char text[2 * PATH_SIZE];
	struct buf lines = buf_init(text, sizeof(text));
	struct buf variable = buf_init(confs[i], sizeof(confs[i]));

	buf_addf(&lines,
	    "home: %s/home\ndelivery: cgi\nkey: %s\nhandoff: %s\n"
	    "handoff-prefix: /internal/\n",
	    scratch_dir, KEY, handoff_words[i]);
	write_text(handoff_words[i], text);
	buf_addf(&variable, "REDEEM_CONF=%s/%s", scratch_dir, handoff_words[i]);
}

/* The settings for the delivery "s3", in a file of that name. */
static void conf_write_s3(void)
{
	char text[2 * PATH_SIZE];
	struct buf lines = buf_init(text, sizeof(text));
	struct buf variable = buf_init(confs[CONF_S3], sizeof(confs[CONF_S3]));

	buf_addf(&lines,
	    "home: %s/home\ndelivery: s3\ns3-endpoint: https://store.test\n"
	    "s3-region: r\ns3-bucket: b\ns3-key: k\ns3-secret: %s\n",
	    scratch_dir, KEY);
	write_text("s3", text);
	buf_addf(&variable, "REDEEM_CONF=%s/s3", scratch_dir);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct buf path = buf_init(scratch_dir, sizeof(scratch_dir));
	size_t i;

	(void)argc;
	(void)argv;
	no_body = file_new();
	answer_file = file_new();
	complaints = file_new();
	buf_addf(&path, "%s/redeem-fuzz.XXXXXX", scratch_place());
	assert(mkdtemp(scratch_dir) != NULL);
	top = open(scratch_dir, O_RDONLY | O_DIRECTORY);
	assert(top >= 0 && atexit(remove_scratch) == 0);
	for (i = 0; i < LENGTH(fixtures); i++) {
		if (fixtures[i].target != NULL)
			assert(symlinkat(fixtures[i].target, top,
				   fixtures[i].path) == 0);
		else if (fixtures[i].text != NULL)
			write_text(fixtures[i].path, fixtures[i].text);
		else
			assert(mkdirat(top, fixtures[i].path, 0700) == 0);
	}
	for (i = 0; handoff_words[i] != NULL; i++)
		conf_write(i);
	conf_write_s3();
	return 0;
}

/* Puts a signed path in the place of PATH_INFO; which is signed, or empty. */
static const char *path_sign(struct variables *variables)
{
	static char path[PATH_SIZE * 2];
	struct buf text = buf_init(path, sizeof(path));
	const char *kind = env("SIGN"), *end = env("END");
	const char *what = env("PATH_INFO");
	char mac[MAC_SIZE];
	size_t i;

	if ((strcmp(kind, sign_file) != 0 && strcmp(kind, sign_list) != 0) ||
	    *what == '\0' || strchr(end, '/') != NULL ||
	    !signature_make(KEY, kind, span_of(end), span_of(what), mac))
		return "";
	buf_addf(&text, "PATH_INFO=/%s/%s/%s%s", end, mac, what,
	    strcmp(kind, sign_list) == 0 ? "/" LIST_PAGE : "");
	for (i = 0; variables->item[i] != NULL && !text.overflowed; i++)
		if (strncmp(variables->item[i], "PATH_INFO=", 10) == 0)
			variables->item[i] = path;
	return kind;
}

/* Of a file that the server sends: which, and no bytes. */
static void handoff_check(const char *reply, size_t length)
{
	bool accel = shop.settings.cgi.handoff == HANDOFF_ACCEL;
	char wanted[PATH_SIZE];
	struct buf text = buf_init(wanted, sizeof(wanted));

	if (accel)
		buf_adds(&text, "\nX-Accel-Redirect: /internal/");
	else
		buf_addf(&text, "\nX-Sendfile: %s/home/files/", scratch_dir);
	assert(length == 0 && occurrences(reply, wanted) == 1);
	assert(strstr(reply, "\nContent-Length: ") == NULL);
}

/* Bytes of a file: as many as said, from where said, of what is for sale. */
static void file_check(const char *reply, const char *body, size_t length)
{
	static const char digits[] = "0123456789";
	const char *at = strstr(reply, "\nContent-Length: ");
	struct span number = {NULL, 0};
	long said;

	assert(strstr(reply, "attachment; filename=\"") != NULL);
	if (shop.settings.cgi.handoff != HANDOFF_NONE) {
		handoff_check(reply, length);
		return;
	}
	assert(at != NULL && at < body);
	number.bytes = at + strlen("\nContent-Length: ");
	number.length = strcspn(number.bytes, "\n");
	assert(number_parse(number, 0, 10, &said));
	if (shop.request.method == METHOD_HEAD) {
		assert(length == 0);
		return;
	}
	assert((size_t)said == length);
	assert(length == 0 ||
	    (isdigit((unsigned char)*body) &&
		strncmp(digits + (*body - '0'), body, length) == 0));
}

static void answer_check(enum outcome outcome, const char *signed_as)
{
	static char reply[sizeof(shop.out) + 1024];
	size_t size = file_take(answer_file, reply, sizeof(reply));
	const char *body = strstr(reply, "\n\n");
	bool file = outcome == OUTCOME_FILE || outcome == OUTCOME_PART;

	assert(body != NULL && strncmp(reply, "Status: ", 8) == 0);
	body += 2;
	assert(strstr(reply, OUTSIDE) == NULL && strchr(reply, '\r') == NULL);
	assert(strstr(reply, KEY) == NULL);
	assert(strstr(reply, scratch_dir) == NULL ||
	    (file && shop.settings.cgi.handoff == HANDOFF_SENDFILE));
	assert(outcome != OUTCOME_LINK && outcome != OUTCOME_NOT_SET_UP);
	if (outcome == OUTCOME_FORWARD) {
		assert(strcmp(signed_as, sign_file) == 0 && *body == '\0');
		assert(
		    strstr(reply, "\nLocation: https://store.test/b/") != NULL);
		return;
	}
	if (file || outcome == OUTCOME_NO_PART)
		assert(strcmp(signed_as, sign_file) == 0);
	if (file)
		file_check(reply, body, size - (size_t)(body - reply));
	if (outcome == OUTCOME_LIST)
		assert(strcmp(signed_as, sign_list) == 0);
	if (!file && outcome != OUTCOME_NO_PART)
		assert(messages(body) ==
		    (shop.request.method == METHOD_HEAD ? 0 : 1));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const kept[] = {"REDEEM_CONF", NULL};
	static struct variables variables;
	static char said[1 << 16];
	char *ours[] = {confs[HANDOFF_NONE], NULL};
	struct span input = {(const char *)data, size};
	const char *signed_as;
	enum outcome outcome;
	long handoff;

	variables_set(&variables, &input, kept, ours);
	handoff = word_index(env("HANDOFF"), handoff_words);
	if (strcmp(env("HANDOFF"), "s3") == 0)
		handoff = CONF_S3;
	if (handoff > 0)
		variables.item[0] = confs[handoff];
	signed_as = path_sign(&variables);
	/* a code that is posted is the other harnesses' */
	if (strcmp(env("REQUEST_METHOD"), "POST") == 0) {
		variables_unset(&variables);
		return 0;
	}
	file_fill(no_body, "", 0);
	file_fill(answer_file, "", 0);
	file_fill(complaints, "", 0);
	outcome = redeem(&shop, no_body, answer_file);
	outcome_reached = outcome_word(outcome);
	shop_close(&shop);
	answer_check(outcome, signed_as);
	variables_unset(&variables);
	(void)complaints_check(said, file_take(complaints, said, sizeof(said)));
	return 0;
}
