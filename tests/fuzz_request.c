/*
 * Fuzzes what a client sends: variables and body become a request, then a
 * code, and what was typed goes into pages and addresses. [S1] [S10] [S11]
 */
#include "fuzz.h"

static int input = -1;
static struct shop shop;

/* What a request can come to before it is decided on. */
static const enum outcome refused[] = {OUTCOME_BAD_METHOD, OUTCOME_BAD_TYPE,
    OUTCOME_NO_LENGTH, OUTCOME_BAD_LENGTH, OUTCOME_TOO_LONG, OUTCOME_BAD_BODY};
static const char *const read_words[] = {"code", "mistyped", "no-code"};

const char *outcome_known(size_t i)
{
	if (i < LENGTH(read_words))
		return read_words[i];
	i -= LENGTH(read_words);
	return i < LENGTH(refused) ? outcome_word(refused[i]) : NULL;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	input = file_new();
	return 0;
}

static bool is_one_of(int c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

/*
 * Steps over one character at *AT; false if it is not one that a page may
 * hold: UTF-8, shortest form, no surrogate, no control character.
 */
static bool character_good(const char **at)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	unsigned char first = (unsigned char)**at;
	size_t length = first < 0x80 ? 1 :
	    first >> 5 == 0x06       ? 2 :
	    first >> 4 == 0x0e       ? 3 :
	    first >> 3 == 0x1e       ? 4 :
				       0;
	uint32_t point = length > 1 ? first & (0x7fU >> length) : first;
	size_t i;

	if (length == 0)
		return false;
	for (i = 1; i < length; i++) {
		unsigned char next = (unsigned char)(*at)[i];

		if (next >> 6 != 2)
			return false;
		point = point << 6 | (next & 0x3fU);
	}
	*at += length;
	return point >= least[length] && point <= 0x10ffff &&
	    (point < 0xd800 || point > 0xdfff) && point >= 0x20 &&
	    point != 0x7f;
}

/* Steps over one of the five character references that are used. */
static bool reference_good(const char **at)
{
	static const char *const known[] = {
	    "&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
	size_t i;

	for (i = 0; i < LENGTH(known); i++) {
		if (strncmp(*at, known[i], strlen(known[i])) == 0) {
			*at += strlen(known[i]);
			return true;
		}
	}
	return false;
}

/* [S10] */
static void html_check(const char *typed)
{
	static char html[HTML_MAX * BODY_MAX + 1];
	struct buf text = buf_init(html, sizeof(html));
	const char *at = html;
	size_t characters = 0;

	buf_addhtml(&text, typed);
	assert(!text.overflowed);
	for (; *at != '\0'; characters++) {
		assert(strchr("<>\"'", *at) == NULL);
		assert(*at == '&' ? reference_good(&at) : character_good(&at));
	}
	assert(characters <= strlen(typed));
	assert(characters > 0 || *typed == '\0');
}

/* What is encoded has only characters that are allowed, and comes back. */
static void url_check(const char *typed)
{
	static const char allowed[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	    "-._~/";
	static char url[3 * BODY_MAX + 8];
	static char back[3 * BODY_MAX + 8];
	struct buf text = buf_init(url, sizeof(url));
	struct span form = {url, 0};
	const char *at;

	buf_adds(&text, "x=1&code=");
	buf_addurl(&text, typed);
	if (text.overflowed) /* only where all of 4096 bytes take three */
		return;
	for (at = url + strlen("x=1&code="); *at != '\0'; at++) {
		if (*at == '%') {
			assert(is_one_of(at[1], "0123456789ABCDEF"));
			assert(is_one_of(at[2], "0123456789ABCDEF"));
			at += 2;
		} else {
			assert(strchr(allowed, *at) != NULL);
		}
	}
	form.length = text.length;
	form_field(form, "code", back);
	assert(strcmp(back, typed) == 0);
}

/* What is looked up is letters and digits in upper case. [S1] */
static void letters_check(const char *name, bool folded)
{
	static const char letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	static const char folds[] = "0123456789ABCDEFGHJKMNPQRSTUVWXYZ";

	assert(strspn(name, folded ? folds : letters) == strlen(name));
	assert(*name == '\0' || strlen(name) >= 4);
	assert(strlen(name) <= 64);
}

/* [S1] */
static void code_check(const char *typed)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	static const char digits[] = "0123456789";
	struct code code;
	size_t count = 0;
	enum outcome outcome = code_parse(&code, typed);
	bool plain = strstr(typed, "code=") == NULL;

	for (; *typed != '\0'; typed++) {
		plain = plain && (unsigned char)*typed < 0x80;
		count += is_one_of(*typed, digits) ||
		    is_one_of(*typed, letters) ||
		    is_one_of(*typed - 'a' + 'A', letters);
	}
	letters_check(code.exact, false);
	letters_check(code.folded, true);
	letters_check(code.group, true);
	assert(strlen(code.exact) == strlen(code.folded));
	assert(code.group[0] == '\0' || check_fits(code.group));
	assert((outcome == OUTCOME_NONE) ==
	    (code.exact[0] != '\0' || code.group[0] != '\0'));
	if (plain) {
		assert(outcome != OUTCOME_MISTYPED);
		if (count >= 4 && count <= 64)
			assert(strlen(code.exact) == count);
		else
			assert(code.exact[0] == '\0');
	}
	assert(!code_mistyped(&code) || strlen(code.exact) == 12);
}

static const char *read_word(enum outcome outcome)
{
	struct code code;

	if (outcome != OUTCOME_NONE)
		return outcome_word(outcome);
	outcome = code_parse(&code, shop.request.typed);
	if (outcome == OUTCOME_EMPTY)
		return "no-code";
	return outcome == OUTCOME_MISTYPED || code_mistyped(&code) ?
	    "mistyped" :
	    "code";
}

/* What goes into rules and pages unquoted. [S10] [S11] */
static void script_check(const char *script)
{
	assert(strspn(script,
		   "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/%"
		   "abcdefghijklmnopqrstuvwxyz") == strlen(script));
	/* two slashes would begin the name of another host */
	assert(*script == '\0' || (script[0] == '/' && script[1] != '/'));
}

/* The status that DESIGN gives to what is wrong with a request. */
static const char *status_of(enum outcome outcome)
{
	switch (outcome) {
	case OUTCOME_FORM: return "200";
	case OUTCOME_BAD_METHOD: return "405";
	case OUTCOME_BAD_TYPE: return "415";
	case OUTCOME_NO_LENGTH: return "411";
	case OUTCOME_BAD_LENGTH: return "400";
	case OUTCOME_TOO_LONG: return "413";
	case OUTCOME_BAD_BODY: return "400";
	default: assert(outcome == OUTCOME_FORM); return "";
	}
}

static void page_check(enum outcome outcome)
{
	struct buf reply = buf_init(shop.out, sizeof(shop.out));
	const char *body;

	reply_page(&reply, &shop, outcome);
	assert(!reply.overflowed);
	assert(strncmp(shop.out, "Status: ", 8) == 0);
	assert(strncmp(shop.out + 8, status_of(outcome), 3) == 0);
	body = strstr(shop.out, "\n\n");
	assert(body != NULL && strchr(shop.out, '\r') == NULL);
	assert(messages(body) == (shop.request.method == METHOD_HEAD ? 0 : 1));
	assert(occurrences(body, "<script") == 0);
	assert(occurrences(body, "<") == occurrences(body, ">"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const kept[] = {NULL};
	static char *const ours[] = {NULL};
	static struct variables variables;
	struct span body = {(const char *)data, size};
	const char *method;
	enum outcome outcome;

	variables_set(&variables, &body, kept, ours);
	variables_length(&variables, body.length);
	file_fill(input, body.bytes, body.length);
	shop_begin(&shop);
	memset(&shop.request, 'x', sizeof(shop.request));
	outcome = request_read(&shop.request, input);
	method = env("REQUEST_METHOD");
	assert((shop.request.method == METHOD_POST) ==
	    (strcmp(method, "POST") == 0));
	assert((outcome == OUTCOME_BAD_METHOD) ==
	    (shop.request.method == METHOD_OTHER));
	outcome_reached = read_word(outcome);
	variables_unset(&variables);
	assert(strlen(shop.request.typed) <= BODY_MAX);
	assert(outcome == OUTCOME_NONE || *shop.request.typed == '\0');
	script_check(shop.request.script);
	code_check(shop.request.typed);
	html_check(shop.request.typed);
	url_check(shop.request.typed);
	page_check(outcome == OUTCOME_NONE ? OUTCOME_FORM : outcome);
	return 0;
}
