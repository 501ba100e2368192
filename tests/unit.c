/*
 * Unit tests: the parts of redeem.c that touch no disk, each with a table of
 * cases. Expected values come from the contract, from the calendar or from a
 * calculation by hand, never from the program.
 */
#include "../redeem.c"

#include <check.h>

/* ---- Text ---- */

START_TEST(text_remembers_overflow)
{
	char buffer[8];
	struct buf text = buf_init(buffer, sizeof(buffer));

	buf_adds(&text, "seven..");
	ck_assert(!text.overflowed);
	ck_assert_str_eq(buffer, "seven..");
	buf_adds(&text, "x");
	ck_assert(text.overflowed);
	ck_assert_str_eq(buffer, "seven..");
	text = buf_init(buffer, sizeof(buffer));
	buf_addf(&text, "%d", 12345678);
	ck_assert(text.overflowed);
	ck_assert_str_eq(buffer, "");
	buf_adds(&text, "a");
	ck_assert_str_eq(buffer, "");
}
END_TEST

/* The directives of printf(3) that buf_addf knows, checked against it. */
START_TEST(text_prints)
{
	static const long long numbers[] = {0, 1, -1, 9, 10, 99, 2026, -1234,
	    2147483647, -2147483647, INT64_MAX, INT64_MIN};
	char own[200], other[200];
	size_t i;

	for (i = 0; i < LENGTH(numbers); i++) {
		struct buf text = buf_init(own, sizeof(own));
		long long n = numbers[i];

		buf_addf(&text, "%lld|%ld|%d|%02d|%04d|%02ld|%s|%.*s|%c%%", n,
		    (long)n, (int)n, (int)n, (int)n, (long)n, "", 3, "abcdef",
		    'x');
		(void)snprintf(other, sizeof(other),
		    "%lld|%ld|%d|%02d|%04d|%02ld|%s|%.*s|%c%%", n, (long)n,
		    (int)n, (int)n, (int)n, (long)n, "", 3, "abcdef", 'x');
		ck_assert_str_eq(own, other);
	}
}
END_TEST

/* [S10] */
static const struct {
	const char *raw, *html;
} html_cases[] = {
    {"plain", "plain"},
    {"<a href=\"x\">'&", "&lt;a href=&quot;x&quot;&gt;&#39;&amp;"},
    {"tab\there", "tab?here"},
    {"\xc3\xa9", "\xc3\xa9"},
    {"\xe2\x80\x93", "\xe2\x80\x93"},
    {"\xf0\x9f\x8e\xb5", "\xf0\x9f\x8e\xb5"},
    {"bad \xff end", "bad ? end"},
    {"cut \xe2\x80", "cut ??"},
    {"overlong \xc0\xaf", "overlong ??"},
    {"overlong \xe0\x80\xaf", "overlong ???"},
    {"surrogate \xed\xa0\x80", "surrogate ???"},
    {"too high \xf4\x90\x80\x80", "too high ????"},
    {"\x7f", "?"},
};

START_TEST(html_is_escaped)
{
	char buffer[200];
	struct buf text = buf_init(buffer, sizeof(buffer));

	buf_addhtml(&text, html_cases[_i].raw);
	ck_assert_str_eq(buffer, html_cases[_i].html);
}
END_TEST

/* [S11], RFC 3986 section 2.3 */
static const struct {
	const char *raw, *url;
} url_cases[] = {
    {"first-light_1.0~x.zip", "first-light_1.0~x.zip"},
    {"a b", "a%20b"},
    {"100%?#&=+", "100%25%3F%23%26%3D%2B"},
    {"\xc3\xa9", "%C3%A9"},
    {"a\r\nb", "a%0D%0Ab"},
    {"'()*!", "%27%28%29%2A%21"},
};

/* U+FEFC is an Arabic letter, and begins with two bytes of the mark */
START_TEST(a_mark_is_three_bytes)
{
	ck_assert(span_is(bom_skip(span_of("\xef\xbb\xbfx")), "x"));
	ck_assert(span_is(bom_skip(span_of("\xef\xbb\xbf")), ""));
	ck_assert(span_is(bom_skip(span_of("\xef\xbb\xbcx")), "\xef\xbb\xbcx"));
	ck_assert(span_is(bom_skip(span_of("\xef\xbb")), "\xef\xbb"));
}
END_TEST

/* only a read that has failed looks at errno */
START_TEST(the_end_of_a_file_is_no_signal)
{
	char text[8];

	errno = EINTR;
	ck_assert_int_eq(read_file(AT_FDCWD, "/dev/null", text, 8), 0);
}
END_TEST

START_TEST(urls_are_encoded)
{
	char buffer[100];
	struct buf text = buf_init(buffer, sizeof(buffer));

	buf_addurl(&text, url_cases[_i].raw);
	ck_assert_str_eq(buffer, url_cases[_i].url);
}
END_TEST

static const struct {
	off_t size;
	enum language language;
	const char *shown;
} size_cases[] = {
    {0, LANGUAGE_ENGLISH, "0&nbsp;B"},
    {1, LANGUAGE_ENGLISH, "1&nbsp;B"},
    {999, LANGUAGE_ENGLISH, "999&nbsp;B"},
    {1000, LANGUAGE_ENGLISH, "1.0&nbsp;kB"},
    {9999, LANGUAGE_ENGLISH, "9.9&nbsp;kB"},
    {12345, LANGUAGE_ENGLISH, "12&nbsp;kB"},
    {999999, LANGUAGE_ENGLISH, "999&nbsp;kB"},
    {1000000, LANGUAGE_ENGLISH, "1.0&nbsp;MB"},
    {123456789, LANGUAGE_ENGLISH, "123&nbsp;MB"},
    {4700000000LL, LANGUAGE_ENGLISH, "4.7&nbsp;GB"},
    {7654000000000LL, LANGUAGE_ENGLISH, "7654&nbsp;GB"},
    {999, LANGUAGE_FRENCH, "999&nbsp;o"},
    {4700000000LL, LANGUAGE_FRENCH, "4,7&nbsp;Go"},
    {1500, LANGUAGE_FRENCH, "1,5&nbsp;ko"},
    {1500000, LANGUAGE_FRENCH, "1,5&nbsp;Mo"},
    {1500000, LANGUAGE_GERMAN, "1,5&nbsp;MB"},
    {1500000, LANGUAGE_DUTCH, "1,5&nbsp;MB"},
    {1500000, LANGUAGE_SPANISH, "1,5&nbsp;MB"},
};

START_TEST(sizes_are_readable)
{
	char buffer[100];
	struct buf text = buf_init(buffer, sizeof(buffer));

	buf_addsize(&text, size_cases[_i].language, size_cases[_i].size);
	ck_assert_str_eq(buffer, size_cases[_i].shown);
}
END_TEST

/* ---- Time ---- */

static const struct {
	long long when;
	const char *shown;
} instant_cases[] = {
    {1, "1970-01-01T00:00:01Z"},
    {951782400, "2000-02-29T00:00:00Z"},
    {1000000000, "2001-09-09T01:46:40Z"},
    {1234567890, "2009-02-13T23:31:30Z"},
    {2147483648LL, "2038-01-19T03:14:08Z"},
    {4107542400LL, "2100-03-01T00:00:00Z"},
    {253402300799LL, "9999-12-31T23:59:59Z"},
};

START_TEST(instants_go_both_ways)
{
	char buffer[40];
	struct buf text = buf_init(buffer, sizeof(buffer));
	time_t when = 0;

	buf_addinstant(&text, (time_t)instant_cases[_i].when);
	ck_assert_str_eq(buffer, instant_cases[_i].shown);
	ck_assert(instant_parse(span_of(instant_cases[_i].shown), &when));
	ck_assert_int_eq(when, instant_cases[_i].when);
}
END_TEST

static const char *const bad_instants[] = {"", "2026-11-23", "2026-11-23T",
    "2026-11-23T20:56:01", "2026-11-23 20:56:01Z", "2026-13-01T00:00:00Z",
    "2026-02-29T00:00:00Z", "2026-11-23T24:00:00Z", "2026-11-23T20:60:00Z",
    "2026-11-23T20:56:01ZZ", "2026-11-23T2:56:001Z", "2026-1123T20:56:010Z",
    "-026-11-23T20:56:01Z", "2026-11-23T20:56:0"};

START_TEST(bad_instants_are_refused)
{
	time_t when;

	ck_assert(!instant_parse(span_of(bad_instants[_i]), &when));
}
END_TEST

static const struct {
	const char *text;
	long date; /* 0: refused */
} date_cases[] = {
    {"2027-12-31", 20271231},
    {"2028-02-29", 20280229},
    {"2027-02-29", 0},
    {"2000-02-29", 20000229},
    {"2100-02-29", 0},
    {"2027-04-31", 0},
    {"2027-00-10", 0},
    {"2027-01-00", 0},
    {"2027-1-1", 0},
    {"31.12.2027", 0},
    {"2027-12-311", 0},
    {"2027/12/31", 0},
    {"1969-12-31", 0},
};

START_TEST(dates_are_checked)
{
	long date = 0;
	bool good = date_parse(span_of(date_cases[_i].text), &date);

	ck_assert_int_eq(good, date_cases[_i].date != 0);
	if (good)
		ck_assert_int_eq(date, date_cases[_i].date);
}
END_TEST

/*
 * [S7]: Central Europe by rule. In 2026 the clocks go forward on 29 March and
 * back on 25 October, both at 01:00 UTC: 1774746000 and 1792890000.
 */
static const struct {
	long long start;
	int window;
	const char *least, *greatest;
} range_cases[] = {
    /* 23 November 2026, 20:56:01 UTC is 21:56:01 there */
    {1795467361, 120, "20261123215601", "20261123215801"},
    /* over midnight and over New Year */
    {1798757970, 120, "20261231235930", "20270101000130"},
    /* forward: 01:59:30 is followed by 03:00:00 */
    {1774745970, 120, "20260329015930", "20260329030130"},
    /* back: 02:59:30, then 02:00:00 to 02:01:30 */
    {1792889970, 120, "20261025020000", "20261025025959"},
    /* back, and the window ends with the last second of summer */
    {1792889879, 120, "20261025025759", "20261025025959"},
    /* back, and the first second of winter is the last of the window */
    {1792889880, 120, "20261025020000", "20261025025959"},
    /* wholly in winter time */
    {1792890000, 120, "20261025020000", "20261025020200"},
};

START_TEST(window_holds_when_clocks_change)
{
	char least[APACHE_TIME_SIZE], greatest[APACHE_TIME_SIZE];
	time_t start = (time_t)range_cases[_i].start;

	ck_assert_int_eq(setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1), 0);
	tzset();
	ck_assert(apache_time_range(
	    start, start + range_cases[_i].window, least, greatest));
	ck_assert_str_eq(least, range_cases[_i].least);
	ck_assert_str_eq(greatest, range_cases[_i].greatest);
}
END_TEST

START_TEST(window_in_utc)
{
	char least[APACHE_TIME_SIZE], greatest[APACHE_TIME_SIZE];

	ck_assert_int_eq(setenv("TZ", "UTC0", 1), 0);
	tzset();
	ck_assert(apache_time_range(1795467361, 1795467481, least, greatest));
	ck_assert_str_eq(least, "20261123205601");
	ck_assert_str_eq(greatest, "20261123205801");
	ck_assert_int_eq(local_day(1795467361), 20261123);
}
END_TEST

/* ---- Settings ---- */

static bool parse_settings(struct settings *settings, const char *text)
{
	settings_default(settings);
	memcpy(settings->file, "/s/.htredeem", sizeof("/s/.htredeem"));
	memcpy(settings->text, text, strlen(text) + 1);
	return settings_parse(settings) && settings_complete(settings);
}

#define GOOD "home: /h\nsecure: /s\n"

START_TEST(settings_have_defaults)
{
	struct settings s;

	ck_assert(parse_settings(&s, GOOD));
	ck_assert_str_eq(s.home, "/h");
	ck_assert_str_eq(s.apache.secure, "/s");
	ck_assert_str_eq(s.apache.url, "/secure");
	ck_assert_int_eq(s.window, 120);
	ck_assert_int_eq(s.grace, 120);
	ck_assert_int_eq(s.tries, 30);
	ck_assert_int_eq(s.apache.links, LINKS_SYMBOLIC);
	ck_assert_int_eq(s.delivery, DELIVERY_APACHE);
	ck_assert_int_eq(s.retry, 86400);
	ck_assert_int_eq(s.start, START_PAGE);
	ck_assert_str_eq(s.address, "");
	ck_assert_str_eq(s.contact, "");
	ck_assert_str_eq(s.page, "");
	ck_assert_str_eq(s.timezone, "");
}
END_TEST

START_TEST(settings_are_read)
{
	struct settings s;

	ck_assert(parse_settings(&s,
	    "# a comment\r\n\r\n"
	    "home : /h \r\n secure:/s\r\nurl: /d/l/\r\nwindow: 60\r\n"
	    "grace: 0\r\ntries: 0\r\nlinks: hard\r\ndelivery: apache\r\n"
	    "timezone: CET-1CEST\r\npage: /p: q.html\r\nstart: file\r\n"
	    "retry: 0\r\naddress: https://label.example/cgi-bin/redeem.cgi\r\n"
	    "contact: help@label.example\r\nlanguage: nl"));
	ck_assert_str_eq(s.home, "/h");
	ck_assert_str_eq(s.apache.url, "/d/l");
	ck_assert_int_eq(s.window, 60);
	ck_assert_int_eq(s.grace, 0);
	ck_assert_int_eq(s.tries, 0);
	ck_assert_int_eq(s.apache.links, LINKS_HARD);
	ck_assert_str_eq(s.timezone, "CET-1CEST");
	ck_assert_str_eq(s.page, "/p: q.html");
	ck_assert_int_eq(s.start, START_FILE);
	ck_assert_int_eq(s.retry, 0);
	ck_assert_str_eq(s.address, "https://label.example/cgi-bin/redeem.cgi");
	ck_assert_str_eq(s.contact, "help@label.example");
	ck_assert_int_eq(s.language, LANGUAGE_DUTCH);
}
END_TEST

/* Editors on Windows put a byte order mark first. */
START_TEST(settings_may_begin_with_a_mark)
{
	struct settings s;

	ck_assert(parse_settings(&s, "\xef\xbb\xbf" GOOD));
	ck_assert_str_eq(s.home, "/h");
	ck_assert(!parse_settings(&s, GOOD "\xef\xbb\xbfwindow: 1\n"));
	ck_assert(!parse_settings(&s, "\xef\xbb" GOOD));
}
END_TEST

/* A row for each key, with words for what takes words. */
START_TEST(each_key_has_its_row)
{
	int key;

	for (key = 0; key < KEYS; key++) {
		ck_assert(keys[key].name != NULL);
		ck_assert_int_eq(key_find(span_of(keys[key].name)), key);
		ck_assert(
		    (keys[key].kind == KIND_WORD) == (keys[key].words != NULL));
		ck_assert(
		    (keys[key].kind == KIND_NUMBER ||
			keys[key].kind == KIND_SECRET) == (keys[key].max > 0));
	}
	ck_assert_int_eq(key_find(span_of("")), KEYS);
}
END_TEST

static const struct {
	const char *contact;
	bool good;
} contact_cases[] = {
    {"help@label.example", true},
    {"a.b+c_d-e@mail.label.example", true},
    {"https://label.example", true},
    {"https://label.example/", true},
    {"https://label.example:8443/contact.php?about=codes&x=1#form", true},
    {"http://label.example/", false},
    {"label.example", false},
    {"@label.example", false},
    {"help@", false},
    {"help@label", false},
    {"help@.example", false},
    {"a b@label.example", false},
    {"help@label.example?cc=all", false},
    {"help@a@label.example", false},
    {"\"help\"@label.example", false},
    {"help@label.example,other@label.example", false},
    {"mailto:help@label.example", false},
    {"https://label.example/\"><b>", false},
    {"https://label.example/a'b", false},
    {"https://label.example?x", false},
    {"https://me@label.example/", false},
    {"https:///x", false},
    {"javascript:alert(1)", false},
    {"h\xc3\xa9lp@label.example", false},
};

START_TEST(contacts_are_checked)
{
	ck_assert_int_eq(
	    is_contact(contact_cases[_i].contact), contact_cases[_i].good);
}
END_TEST

/* The longest values that fit, and one character more. */
START_TEST(long_values_have_a_limit)
{
	static const struct {
		const char *key;
		int max;
	} cases[] = {{"s3-token", 4096}, {"key", 128}, {"secret", 128},
	    {"s3-key", PATH_SIZE - 1}, {"page", PATH_SIZE - 1},
	    {"home", PATH_SIZE - 1}};
	char text[SETTINGS_MAX];
	struct settings s;
	size_t i;
	int more;

	for (i = 0; i < LENGTH(cases); i++) {
		for (more = 0; more < 2; more++) {
			bool home = strcmp(cases[i].key, "home") == 0;

			(void)snprintf(text, sizeof(text),
			    "%ssecure: /s\n%s: /%0*d", home ? "" : "home: /h\n",
			    cases[i].key, cases[i].max - 1 + more, 0);
			ck_assert(parse_settings(&s, text) == (more == 0));
		}
	}
}
END_TEST

START_TEST(zones_are_known)
{
	ck_assert(zone_known("UTC"));
	ck_assert(zone_known("Europe/Berlin"));
	ck_assert(zone_known("Etc/GMT+5"));
	ck_assert(zone_known("CET-1CEST"));
	ck_assert(zone_known("CET-1CEST,M3.5.0,M10.5.0/3"));
	ck_assert(!zone_known("Europe/Atlantis"));
	ck_assert(!zone_known("Etc/GMT+99"));
	ck_assert(!zone_known("../../etc/passwd"));
	ck_assert(!zone_known("/etc/passwd"));
	/* what libc takes for UTC */
	ck_assert(!zone_known("America/Argentina"));
	ck_assert(!zone_known("Europe"));
	ck_assert(!zone_known("Europe/Berlin,1"));
	ck_assert(!zone_known("+02:00"));
	ck_assert(!zone_known("2"));
	ck_assert(!zone_known("AB3"));
	ck_assert(!zone_known("CETx"));
	ck_assert(zone_known("<+03>-3"));
	ck_assert(!zone_known("<+03-3"));
	ck_assert(!zone_known("<+3>-3"));
}
END_TEST

START_TEST(grace_follows_the_window)
{
	struct settings s;

	ck_assert(parse_settings(&s, GOOD "window: 45\n"));
	ck_assert_int_eq(s.grace, 45);
}
END_TEST

/* [S13] */
static const char *const bad_settings[] = {"", "home: /h\n", "secure: /s\n",
    GOOD "colour: red\n", GOOD "window:\n", GOOD "window: 0\n",
    GOOD "window: two\n", GOOD "window: -1\n", GOOD "window: 1e3\n",
    GOOD "window: 99999999999\n", GOOD "window 120\n", GOOD "grace: 1.5\n",
    GOOD "links: soft\n", GOOD "delivery: post\n", GOOD "home: /again\n",
    GOOD "start: now\n", GOOD "retry: -1\n", GOOD "retry: 34560001\n",
    GOOD "address: label.example/cgi-bin/redeem.cgi\n",
    GOOD "address: /cgi-bin/redeem.cgi\n", GOOD "address: ftp://a/b\n",
    GOOD "address: https://a/b?c\n", GOOD "address: https://a@b/\n",
    GOOD "contact: label\n", GOOD "url: secure\n", GOOD "url: //\n",
    GOOD "url: /a b\n", GOOD "url: /a\"b\n", GOOD "url: http://x/\n",
    GOOD "timezone: Nowhere/Atall\n", GOOD "timezone: ../../etc/passwd\n",
    GOOD "Window: 60\n", GOOD "nonsense\n", GOOD "key: short\n",
    GOOD "key: 0123456789abcdef 0123456789abcdef\n", GOOD "secret: seven77\n",
    GOOD "handoff: X-Send\n", GOOD "handoff: X-Accel-Redirect\n",
    GOOD "handoff-prefix: internal\n", GOOD "algorithm: sha1\n",
    GOOD "prefix: dl\n", GOOD "s3-endpoint: s3.example.com\n",
    GOOD "s3-endpoint: ftp://s3.example.com\n", GOOD "s3-endpoint: https://\n",
    GOOD "s3-endpoint: https:b://a\n", GOOD "s3-endpoint: http://a:\n",
    GOOD "s3-endpoint: http://a:80:90\n", GOOD "s3-endpoint: http://a:8x\n",
    GOOD "s3-endpoint: http://a:123456\n", GOOD "s3-endpoint: http://a:080\n",
    GOOD "s3-endpoint: https://a/b\n", GOOD "s3-endpoint: https://a@b\n",
    GOOD "s3-style: both\n", GOOD "s3-bucket: b;/x\n", GOOD "s3-region: a b\n"};

START_TEST(bad_settings_are_refused)
{
	struct settings s;

	ck_assert(!parse_settings(&s, bad_settings[_i]));
}
END_TEST

/* What each delivery cannot be without: all of it is good, less is not. */
static const char *const delivery_cases[] = {
    "secure: /s\n",
    "delivery: cgi\nkey: 0123456789abcdef0123456789abcdef\n",
    "delivery: secdownload\nprefix: /dl\nsecret: verysecret\n",
    ("delivery: s3\ns3-endpoint: https://a\ns3-region: r\ns3-bucket: b\n"
     "s3-key: k\ns3-secret: s\n"),
};

START_TEST(deliveries_need_their_keys)
{
	const char *all = delivery_cases[_i];
	const char *line = _i == 0 ? all : strchr(all, '\n') + 1;
	struct settings s;
	char buffer[400];
	struct buf text = buf_init(buffer, sizeof(buffer));

	buf_addf(&text, "home: /h\n%s", all);
	ck_assert(parse_settings(&s, buffer));
	while (*line != '\0') {
		const char *next = strchr(line, '\n') + 1;

		text = buf_init(buffer, sizeof(buffer));
		buf_adds(&text, "home: /h\n");
		buf_addmem(&text, all, (size_t)(line - all));
		buf_adds(&text, next);
		ck_assert(!parse_settings(&s, buffer));
		line = next;
	}
}
END_TEST

/* ---- Request ---- */

static const struct {
	const char *form, *code;
} form_cases[] = {
    {"code=7K3M", "7K3M"},
    {"x=1&code=7K3M&y=2", "7K3M"},
    {"code=a+b%2Dc", "a b-c"},
    {"code=%e2%80%93", "\xe2\x80\x93"},
    {"code=%", "%"},
    {"code=%4", "%4"},
    {"code=%zz%4g", "%zz%4g"},
    {"code=a%00b", "ab"},
    {"code=first&code=second", "first"},
    {"%63ode=x", "x"},
    {"code", ""},
    {"code=", ""},
    {"codes=1", ""},
    {"=x&&=&code=y", "y"},
    {"", ""},
    {"code=a=b", "a=b"},
};

START_TEST(forms_are_decoded)
{
	char value[200];

	form_field(span_of(form_cases[_i].form), "code", value);
	ck_assert_str_eq(value, form_cases[_i].code);
}
END_TEST

/* ---- Code as typed ---- */

/* [S1] */
static const struct {
	const char *typed, *exact, *folded; /* NULL: not a code */
} code_cases[] = {
    {"7K3M-9QXA-2FTF", "7K3M9QXA2FTF", "7K3M9QXA2FTF"},
    {" 7k3m 9qxa 2ftf\r\n", "7K3M9QXA2FTF", "7K3M9QXA2FTF"},
    {"7K3M\xe2\x80\x93"
     "9QXA\xe2\x80\x94"
     "2FTF",
	"7K3M9QXA2FTF", "7K3M9QXA2FTF"},
    {"oil O-I-L", "OILOIL", "011011"},
    {"flemish2026", "FLEMISH2026", "F1EM1SH2026"},
    {"../../etc/passwd", "ETCPASSWD", "ETCPASSWD"},
    {"a.b.c.d", "ABCD", "ABCD"},
    {"abc", NULL, NULL},
    {"a-b-c", NULL, NULL},
    {"", NULL, NULL},
    {"0123456789012345678901234567890123456789012345678901234567890123",
	"0123456789012345678901234567890123456789012345678901234567890123",
	"0123456789012345678901234567890123456789012345678901234567890123"},
    {"01234567890123456789012345678901234567890123456789012345678901234", NULL,
	NULL},
};

START_TEST(codes_are_folded)
{
	struct code code;
	enum outcome outcome = code_parse(&code, code_cases[_i].typed);

	if (code_cases[_i].exact == NULL) {
		ck_assert_int_eq(outcome, OUTCOME_EMPTY);
		return;
	}
	ck_assert_int_eq(outcome, OUTCOME_NONE);
	ck_assert_str_eq(code.exact, code_cases[_i].exact);
	ck_assert_str_eq(code.folded, code_cases[_i].folded);
}
END_TEST

/* As people paste it, and as keyboards of other languages write it. */
static const struct {
	const char *typed, *exact, *group;
} paste_cases[] = {
    /* an address, whole or in part */
    {"https://label.example/cgi-bin/redeem.cgi?code=7K3M-9QXA-2FTF",
	"7K3M9QXA2FTF", "7K3M9QXA2FTF"},
    {"label.example/x?lang=de&code=Flemish-2026&x=1#top", "FLEMISH2026", ""},
    {"?code=flemish2026#top", "FLEMISH2026", ""},
    {"see x?code=flemish2026 for more", "FLEMISH2026", ""},
    {"code=abc", "", ""},
    {"abcd?code=", "", ""},
    /* words and numbers round a minted code, whatever groups it has */
    {"Code: 7K3M-9QXA-2FTF", "CODE7K3M9QXA2FTF", "7K3M9QXA2FTF"},
    {"1. 7k3m 9qxa 2ftf", "17K3M9QXA2FTF", "7K3M9QXA2FTF"},
    {"7K3M9QXA2FTF (first light)", "7K3M9QXA2FTFFIRSTLIGHT", "7K3M9QXA2FTF"},
    {"x 7K3M-9QXA-2FTF y OOOO-OOOO-OOOO", "X7K3M9QXA2FTFYOOOOOOOOOOOO",
	"7K3M9QXA2FTF"},
    {"your code is oooo-oooo-ooiy!", "YOURCODEISOOOOOOOOOOIY", "00000000001Y"},
    /* a check that does not fit, or more letters in the first or last word */
    {"Code: 7K3M-9QXA-2FTG", "CODE7K3M9QXA2FTG", ""},
    {"Code: 7K3M-9QXA-2FTFX", "CODE7K3M9QXA2FTFX", ""},
    {"Code:X7K3M-9QXA-2FTF", "CODEX7K3M9QXA2FTF", ""},
    /* more than a code can have, but a code in it */
    {"This is a long letter that somebody has copied whole, with the code in "
     "it: 7K3M-9QXA-2FTF. Have fun with the music!",
	"", "7K3M9QXA2FTF"},
    /* full-width letters, digits and dash; Arabic-Indic digits, both kinds */
    {"\xef\xbc\xb7\xef\xbd\x8b\xef\xbc\x93\xef\xbc\x8d\xef\xbd\x9e\x39\x39",
	"WK399", ""},
    {"\xd9\xa0\xd9\xa9\xdb\xb0\xdb\xb9", "0909", ""},
    /* Danish and Turkish letters */
    {"\xc3\x98\xc3\xb8zz\xc4\xb0\xc4\xb1", "00ZZII", ""},
    /* no-break space, soft hyphen, zero-width space, word joiner, minus,
     * ideographic space, byte order mark, curly quotes */
    {"\xef\xbb\xbf\xe2\x80\x9c"
     "a\xc2\xa0"
     "b\xc2\xad"
     "c\xe2\x80\x8b\xe2\x81\xa0"
     "d\xe2\x88\x92"
     "e\xe3\x80\x80"
     "f\xe2\x80\x9d",
	"ABCDEF", ""},
    /* another script round a code, but not in it */
    {"\xd0\x9a\xd0\xbe\xd0\xb4: 7K3M-9QXA-2FTF", "", "7K3M9QXA2FTF"},
};

START_TEST(codes_are_found)
{
	struct code code;
	enum outcome outcome = code_parse(&code, paste_cases[_i].typed);

	ck_assert_str_eq(code.exact, paste_cases[_i].exact);
	ck_assert_str_eq(code.group, paste_cases[_i].group);
	ck_assert_int_eq(outcome,
	    code.exact[0] == '\0' && code.group[0] == '\0' ? OUTCOME_EMPTY :
							     OUTCOME_NONE);
}
END_TEST

/* Letters of another script, also one that looks like ours; bad UTF-8. */
static const char *const foreign_codes[] = {"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9",
    "7K3M-9QXA-2\xd0\xa2G", "7K3M-9QXA-2FT\xd0\xa4",
    "\xe3\x82\xb3\xe3\x83\xbc\xe3\x83\x89", "flemish2026\xff",
    "code=\xce\x91\xce\x92", "\xef\xbf\xa5"};

START_TEST(other_scripts_are_mistyped)
{
	struct code code;

	ck_assert_int_eq(
	    code_parse(&code, foreign_codes[_i]), OUTCOME_MISTYPED);
	ck_assert_str_eq(code.exact, "");
	ck_assert_str_eq(code.folded, "");
	ck_assert_str_eq(code.group, "");
}
END_TEST

/*
 * The contract's example. By hand for 00000000001: its last payload character
 * counts twice, so the sum is 2, and the check is 30, which is Y.
 */
static const struct {
	const char *typed;
	bool mistyped;
} check_cases[] = {
    {"7K3M9QXA2FTF", false},
    {"7K3M9QXA2FTG", true},
    {"7K3M9QXA2FFT", true},
    {"000000000000", false},
    {"00000000001Y", false},
    {"OOOOOOOOOOIY", false},
    {"00000000001X", true},
    {"U00000000000", true},
    {"7K3M9QXA2FT", false},
    {"FLEMISH2026", false},
};

START_TEST(check_character)
{
	struct code code;

	ck_assert_int_eq(
	    code_parse(&code, check_cases[_i].typed), OUTCOME_NONE);
	ck_assert_int_eq(code_mistyped(&code), check_cases[_i].mistyped);
}
END_TEST

/* Every single wrong character is noticed. */
START_TEST(check_finds_each_wrong_character)
{
	char code[] = "7K3M9QXA2FTF";
	size_t place, letter;

	for (place = 0; place < MINTED; place++) {
		char right = code[place];

		for (letter = 0; letter < 32; letter++) {
			code[place] = alphabet[letter];
			ck_assert_int_eq(
			    check_fits(code), alphabet[letter] == right);
		}
		code[place] = right;
	}
}
END_TEST

/* ---- Record ---- */

/* What is wrong with the record TEXT; empty if nothing is. */
static const char *record_wrong(struct record *record, const char *text)
{
	static char buffer[RECORD_MAX + 256];
	struct buf reason = buf_init(buffer, sizeof(buffer));

	memset(record, 0, sizeof(*record));
	memcpy(record->path, "codes/TEST", sizeof("codes/TEST"));
	record->name = record->path + strlen("codes/");
	record->size = strlen(text);
	memcpy(record->text, text, record->size);
	record->body = bom_skip(span_trim(span_of(record->text)));
	ck_assert_int_eq(record_parse(record, &reason),
	    reason.length == 0 ? OUTCOME_NONE : OUTCOME_BROKEN);
	return buffer;
}

static bool parse_record(struct record *record, const char *text)
{
	return *record_wrong(record, text) == '\0';
}

#define TOKEN "0123456789abcdef0123456789abcdef"
#define SECRET "fedcba9876543210fedcba9876543210"
#define LINK "link: 2026-11-23T20:58:01Z " TOKEN " " SECRET "\n"

START_TEST(records_are_read)
{
	struct record r;

	ck_assert(parse_record(&r,
	    "uses: 1\r\nlimit:3\nfile: a b.zip\n\n"
	    "colour: red\nno colon here\nexpires: 2027-12-31\n"
	    "from: 2027-01-15\ncode: Flemish 2026\npage: first-light.html\n"
	    "last: 2026-11-23T20:56:01Z\n" LINK "   \n"));
	ck_assert_int_eq(r.uses, 1);
	ck_assert_int_eq(r.limit, 3);
	ck_assert_int_eq(r.expires, 20271231);
	ck_assert_int_eq(r.from, 20270115);
	ck_assert(span_is(r.page, "first-light.html"));
	ck_assert_int_eq(r.last, 1795467361);
	ck_assert_int_eq(r.link.end, 1795467481);
	ck_assert_str_eq(r.link.token, TOKEN);
	ck_assert_str_eq(r.link.secret, SECRET);
}
END_TEST

/* Who refuses a record says in which line, and why. */
static const struct {
	const char *text, *wrong;
} bad_records[] = {
    {"", "codes/TEST: uses: is required"},
    {"uses: 0\nlimit: 3\n", "codes/TEST: file: is required"},
    {"uses: 0\nfile: a\n", "codes/TEST: limit: is required"},
    {"limit: 3\nfile: a\n", "codes/TEST: uses: is required"},
    {"uses: x\nlimit: 3\nfile: a\n",
	"codes/TEST:1: uses: not a number up to 999999"},
    {"note: 1\r\n\r\nuses: -1\r\nlimit: 3\r\nfile: a\r\n",
	"codes/TEST:3: uses: not a number up to 999999"},
    {"uses: 0\nuses: 0\nlimit: 3\nfile: a\n",
	"codes/TEST:2: uses: is set twice"},
    {"uses: 0\nlimit: 3\nlimit: 4\nfile: a\n",
	"codes/TEST:3: limit: is set twice"},
    {"uses: 0\nlimit: 3\nfile: a\nexpires: soon\n",
	"codes/TEST:4: expires: not a day such as 2027-12-31"},
    {"uses: 0\nlimit: 3\nfile: a\nfrom: 2027-02-29\n",
	"codes/TEST:4: from: not a day such as 2027-12-31"},
    {"uses: 0\nlimit: 3\nfile: a\nfrom: 2027-02-28\nfrom: 2027-02-28\n",
	"codes/TEST:5: from: is set twice"},
    {"uses: 0\nlimit: 1234567\nfile: a\n",
	"codes/TEST:2: limit: not a number up to 999999"},
    {"uses:\nlimit: 3\nfile: a\n",
	"codes/TEST:1: uses: not a number up to 999999"},
    {"Uses: 0\nlimit: 3\nfile: a\n", "codes/TEST: uses: is required"},
    {"uses: 0\nlimit: 3\nfile:\n", "codes/TEST:3: file: the value is missing"},
    {"uses: 0\nlimit: 3\n\xef\xbb\xbf"
     "file: a\n",
	"codes/TEST: file: is required"},
};

START_TEST(bad_records_are_refused)
{
	struct record r;

	ck_assert_str_eq(
	    record_wrong(&r, bad_records[_i].text), bad_records[_i].wrong);
}
END_TEST

/* Torn lines of the program's own cost a free click, never the record. */
static const char *const torn_lines[] = {
    "last: 2026-11-",
    "last:",
    "link: 2026-11-23T20:58:01Z 0123",
    "link:",
    ("link: 2026-11-23T20:58:01Z " TOKEN " " SECRET "0"),
    ("link: 2026-11-23T20:58:01Z " TOKEN " xedcba9876543210fedcba9876543210"),
    ("link: 2026-11-23T20:58:01Z ../../../../0123456789abcdef0123 " SECRET),
};

START_TEST(torn_lines_are_no_harm)
{
	char text[300];
	struct buf all = buf_init(text, sizeof(text));
	struct record r;

	buf_addf(&all, "uses: 1\nlimit: 3\nfile: a\n%s", torn_lines[_i]);
	ck_assert(parse_record(&r, text));
	ck_assert_int_eq(r.last, 0);
	ck_assert_str_eq(r.link.token, "");
}
END_TEST

static const struct link new_link = {1795467481, TOKEN, SECRET};

/* [S3] */
static const struct {
	const char *before, *after;
} compose_cases[] = {
    /* a byte order mark stays where it is */
    {"\xef\xbb\xbfuses: 0\nlimit: 3\nfile: a\n",
	"\xef\xbb\xbfuses: 1\nlimit: 3\nfile: a\nlast: "
	"2026-11-23T20:56:01Z\n" LINK},
    /* the program's lines are added at the end */
    {"uses: 0\nlimit: 3\nfile: a\n",
	"uses: 1\nlimit: 3\nfile: a\nlast: 2026-11-23T20:56:01Z\n" LINK},
    /* or written where they are; all else stays, in its place */
    {"note: x\nlast: 2020-01-01T00:00:00Z\nuses:  0 \n# y\nlimit: 3\n"
     "link: old\nfile: a\nuses later\n",
	"note: x\nlast: 2026-11-23T20:56:01Z\nuses: 1\n# y\nlimit: 3\n" LINK
	"file: a\nuses later\n"},
    /* line ends stay what they are, and a missing one is added */
    {"uses: 0\r\nlimit: 3\r\nfile: a",
	"uses: 1\r\nlimit: 3\r\nfile: a\r\n"
	"last: 2026-11-23T20:56:01Z\r\n"
	"link: 2026-11-23T20:58:01Z " TOKEN " " SECRET "\r\n"},
    /* a second line of the program's own is dropped */
    {"uses: 0\nlimit: 3\nfile: a\nlast: x\nlast: y\n" LINK,
	"uses: 1\nlimit: 3\nfile: a\nlast: 2026-11-23T20:56:01Z\n" LINK},
};

START_TEST(records_are_composed)
{
	char buffer[RECORD_MAX + 1];
	struct buf text = buf_init(buffer, sizeof(buffer));
	struct change change = {1, 1795467361, &new_link};
	struct record r;

	ck_assert(parse_record(&r, compose_cases[_i].before));
	record_format(&text, &r, &change);
	ck_assert(!text.overflowed);
	ck_assert_str_eq(buffer, compose_cases[_i].after);
}
END_TEST

/* What becomes shorter is filled up, so that nothing old shows behind it. */
START_TEST(records_never_shrink)
{
	char before[RECORD_MAX + 1] = "uses: 0\nlimit: 3\nfile: a\n";
	char buffer[RECORD_MAX + 1];
	struct change change = {1, 1795467361, &new_link};
	size_t start = strlen(before);
	size_t size;

	for (size = start; size <= RECORD_MAX; size += 61) {
		struct buf text = buf_init(buffer, sizeof(buffer));
		struct record r;

		memset(before + start, ' ', size - start);
		before[size] = '\0';
		ck_assert(parse_record(&r, before));
		record_format(&text, &r, &change);
		ck_assert(!text.overflowed);
		ck_assert_uint_ge(text.length, size);
		ck_assert_int_eq(buffer[text.length - 1], '\n');
		ck_assert(parse_record(&r, buffer));
		ck_assert_int_eq(r.uses, 1);
		ck_assert_str_eq(r.link.token, TOKEN);
	}
}
END_TEST

START_TEST(full_records_are_noticed)
{
	static char before[RECORD_MAX + 1];
	char buffer[RECORD_MAX + 1];
	struct buf old = buf_init(before, sizeof(before));
	struct buf text = buf_init(buffer, sizeof(buffer));
	struct change change = {1, 1795467361, &new_link};
	struct record r;

	buf_adds(&old, "uses: 0\nlimit: 3\nfile: a\nnote: ");
	while (old.length < RECORD_MAX - 50)
		buf_adds(&old, "x");
	ck_assert(parse_record(&r, before));
	record_format(&text, &r, &change);
	ck_assert(text.overflowed);
}
END_TEST

/* [S2] [S8]: uses, limit, expires, age of last, seconds left of the link */
static const struct {
	long uses, limit, expires;
	long age; /* -1: never used */
	long left; /* -1: no link */
	long grace;
	enum decision decision;
	bool ours; /* the browser that the last use was counted for */
	long from;
} decide_cases[] = {
    {0, 3, 0, -1, -1, 120, GIVE_COUNTED, false, 0},
    {2, 3, 0, -1, -1, 120, GIVE_COUNTED, false, 0},
    {3, 3, 0, -1, -1, 120, REFUSE_USED_UP, false, 0},
    {4, 3, 0, -1, -1, 120, REFUSE_USED_UP, false, 0},
    {0, 0, 0, -1, -1, 120, REFUSE_USED_UP, false, 0},
    /* revoked within the grace, while its link would be alive */
    {1, 0, 0, 10, 110, 120, REFUSE_USED_UP, false, 0},
    {1, 0, 0, 60, -1, 120, REFUSE_USED_UP, false, 0},
    /* the last valid day, and the day after */
    {0, 3, 20261123, -1, -1, 120, GIVE_COUNTED, false, 0},
    {0, 3, 20261122, -1, -1, 120, REFUSE_EXPIRED, false, 0},
    {3, 3, 20261122, -1, -1, 120, REFUSE_USED_UP, false, 0},
    /* within the grace */
    {1, 3, 0, 0, 120, 120, GIVE_SAME, false, 0},
    {1, 3, 0, 60, 60, 120, GIVE_SAME, false, 0},
    {1, 3, 0, 61, 59, 120, GIVE_FREE, false, 0},
    {1, 3, 0, 119, 1, 120, GIVE_FREE, false, 0},
    {1, 3, 0, 120, 0, 120, GIVE_COUNTED, false, 0},
    {1, 3, 0, 60, -1, 120, GIVE_FREE, false, 0},
    {3, 3, 0, 10, 110, 120, GIVE_SAME, false, 0},
    {3, 3, 0, 119, -1, 120, GIVE_FREE, false, 0},
    {3, 3, 0, 120, -1, 120, REFUSE_USED_UP, false, 0},
    {1, 3, 20261122, 10, 110, 120, GIVE_SAME, false, 0},
    {1, 3, 0, 300, -1, 600, GIVE_FREE, false, 0},
    {1, 3, 0, 0, 120, 0, GIVE_COUNTED, false, 0},
    /* a link that claims to open longer than any may */
    {1, 3, 0, 10, 3000, 120, GIVE_FREE, false, 0},
    /* a clock that was set back a little, and by far */
    {1, 3, 0, -5, 125, 120, GIVE_FREE, false, 0},
    {1, 3, 0, -3600, 3720, 120, GIVE_COUNTED, false, 0},
    /* the first valid day, and the day before */
    {0, 3, 0, -1, -1, 120, GIVE_COUNTED, false, 20261123},
    {0, 3, 0, -1, -1, 120, REFUSE_NOT_YET, false, 20261124},
    {0, 3, 20261122, -1, -1, 120, REFUSE_EXPIRED, false, 20261124},
    {3, 3, 0, -1, -1, 120, REFUSE_USED_UP, false, 20261124},
    {1, 3, 0, 10, 110, 120, GIVE_SAME, false, 20261124},
    /* the same browser, for a day; not where the use is of another time */
    {3, 3, 0, 120, 0, 120, GIVE_FREE, true, 0},
    {3, 3, 0, 120, 60, 120, GIVE_SAME, true, 0},
    {3, 3, 0, 120, 59, 120, GIVE_FREE, true, 0},
    {3, 3, 20261122, 86399, -1, 0, GIVE_FREE, true, 0},
    {3, 3, 0, 86400, -1, 120, REFUSE_USED_UP, true, 0},
    {2, 3, 0, 86400, -1, 120, GIVE_COUNTED, true, 0},
    {0, 3, 0, -1, -1, 120, GIVE_COUNTED, true, 0},
    {1, 0, 0, 10, 110, 120, REFUSE_USED_UP, true, 0},
    /* given again later: free while it is open, for whoever has the code */
    {3, 3, 0, 150, 70, 120, GIVE_SAME, false, 0},
    {3, 3, 0, 200, 20, 120, GIVE_SAME, false, 0},
    {3, 3, 20261122, 200, 20, 0, GIVE_SAME, false, 0},
    {3, 3, 0, 220, 0, 120, GIVE_SAME, false, 0},
    {3, 3, 0, 220, -2, 120, REFUSE_USED_UP, false, 0},
    {2, 3, 0, 220, -2, 120, GIVE_COUNTED, false, 0},
    /* not one that ends with the window of its use, nor one that is too long */
    {2, 3, 0, 100, 20, 0, GIVE_COUNTED, false, 0},
    {2, 3, 0, 150, 121, 120, GIVE_COUNTED, false, 0},
};

START_TEST(decisions)
{
	struct settings s;
	struct record r;
	time_t now = 1795467361;

	ck_assert(parse_settings(&s, GOOD));
	s.grace = decide_cases[_i].grace;
	memset(&r, 0, sizeof(r));
	r.uses = decide_cases[_i].uses;
	r.limit = decide_cases[_i].limit;
	r.expires = decide_cases[_i].expires;
	r.from = decide_cases[_i].from;
	if (decide_cases[_i].age != -1)
		r.last = now - decide_cases[_i].age;
	if (decide_cases[_i].left != -1) {
		r.link = new_link;
		r.link.end = now + decide_cases[_i].left;
	}
	ck_assert_int_eq(decide(&r, &s, now, 20261123, decide_cases[_i].ours),
	    decide_cases[_i].decision);
}
END_TEST

/*
 * ---- What is left on the stack ----
 *
 * A task runs twice, as the handler of a signal with a stack of its own, with
 * two secrets that differ in each byte. Where the stacks differ afterwards,
 * something of a secret is left.
 */

#define APART_SIZE (1 << 19)
#define APART_WORDS (APART_SIZE / 4)
static uint32_t apart[2][APART_WORDS];
static uint32_t *apart_stack;
static size_t apart_used; /* words of it that the task may have used */
static void (*apart_task)(void);

/* qemu 7.2 starts a handler on such a stack eight bytes beside where it may. */
#if defined(__x86_64__) && defined(__GNUC__)
__attribute__((force_align_arg_pointer))
#endif
static void
apart_handle(int number)
{
	volatile unsigned char here = (unsigned char)number;

	apart_used = ((uintptr_t)&here - (uintptr_t)apart_stack) / 4;
	apart_task();
}

static void run_apart(uint32_t *stack, void (*task)(void))
{
	stack_t own = {0}, before;
	struct sigaction action;

	memset(stack, 0, APART_SIZE);
	memset(&action, 0, sizeof(action));
	action.sa_handler = apart_handle;
	action.sa_flags = SA_ONSTACK;
	own.ss_sp = stack;
	own.ss_size = APART_SIZE;
	apart_stack = stack;
	apart_task = task;
	ck_assert_int_eq(sigaltstack(&own, &before), 0);
	ck_assert_int_eq(sigaction(SIGUSR1, &action, NULL), 0);
	ck_assert_int_eq(kill(getpid(), SIGUSR1), 0);
	ck_assert_int_eq(sigaltstack(&before, NULL), 0);
	ck_assert(apart_used > 0 && apart_used < APART_WORDS);
}

/* How many words in a row differ, at most. */
static size_t words_left(void)
{
	size_t most = 0, row = 0, i;

	for (i = 0; i < apart_used; i++) {
		row = apart[0][i] != apart[1][i] ? row + 1 : 0;
		if (row > most)
			most = row;
	}
	return most;
}

static char apart_secret[DIGEST_BLOCK + 1];
static unsigned char apart_result[SHA256_SIZE];

static void task_sha256(void)
{
	sha256_of(span_of(apart_secret), span_of("x"), apart_result);
}

static void task_hmac(void)
{
	hmac(span_of(apart_secret), span_of("x"), apart_result);
}

static void task_md5(void)
{
	struct digest digest;

	digest_begin(&digest, &md5);
	digest_add(&digest, apart_secret, DIGEST_BLOCK);
	digest_end(&digest, apart_result);
}

static void task_careless(void)
{
	volatile char copy[DIGEST_BLOCK];
	size_t i;

	for (i = 0; i < sizeof(copy); i++)
		copy[i] = apart_secret[i];
}

static void run_twice(void (*task)(void))
{
	size_t run, n;

	for (run = 0; run < 2; run++) {
		for (n = 0; n < DIGEST_BLOCK; n++)
			apart_secret[n] = (char)('0' + (7 * n + 31 * run) % 64);
		memset(apart_result, 0, sizeof(apart_result));
		run_apart(apart[run], task);
	}
}

/* [S16] */
START_TEST(digests_leave_nothing)
{
	static const struct {
		void (*task)(void);
		size_t most; /* words that a compiler may have put aside */
	} cases[] = {
	    {task_sha256, 7},
	    {task_hmac, 7},
	    {task_md5, 12},
	};
	size_t i;

	for (i = 0; i < LENGTH(cases); i++) {
		run_twice(cases[i].task);
		ck_assert_uint_le(words_left(), cases[i].most);
	}
	/* and had a block been left, it would have been seen */
	run_twice(task_careless);
	ck_assert_uint_ge(words_left(), DIGEST_BLOCK / 4);
}
END_TEST

/* [S16]: SHA-256 of TEST begins 94ee059335e587e5, as sha256sum(1) says. */
#define COOKIE "redeem-94ee059335e587e5"
static const struct {
	const char *cookies;
	bool ours;
} cookie_cases[] = {
    {"", false},
    {COOKIE "=" SECRET, true},
    {"a=b; " COOKIE "=" SECRET "; c=d", true},
    {COOKIE "=" SECRET ";x", true},
    {COOKIE "=" TOKEN "; " COOKIE "=" SECRET, true},
    {COOKIE "=" TOKEN, false},
    {COOKIE "=" SECRET "0", false},
    {COOKIE "=", false},
    {COOKIE, false},
    {"x" COOKIE "=" SECRET, false},
    {"redeem-94ee059335e587e0=" SECRET, false},
    {SECRET, false},
};

START_TEST(cookies_are_compared)
{
	struct record r;

	ck_assert(parse_record(&r, "uses: 1\nlimit: 3\nfile: a\n" LINK));
	ck_assert_int_eq(cookie_is_ours(cookie_cases[_i].cookies, &r),
	    cookie_cases[_i].ours);
	/* no link, no secret: not even that of no bytes is right */
	ck_assert(parse_record(&r, "uses: 1\nlimit: 3\nfile: a\n"));
	ck_assert(!cookie_is_ours(cookie_cases[_i].cookies, &r));
}
END_TEST

/* ---- Failed tries ---- */

/* [S15]: same number or another? */
static const struct {
	const char *one, *two;
	bool same;
} address_cases[] = {
    {"192.0.2.1", "192.0.2.1", true},
    {"192.0.2.1", "192.0.2.2", false},
    {"192.0.2.1", "::ffff:192.0.2.1", true},
    {"2001:db8::1", "2001:db8:0:0:ffff::2", true},
    {"2001:db8::1", "2001:db8:0:1::1", false},
    {"0.0.0.1", "0:0:0:1::", false},
    {"0.0.0.1", "::", false},
    {"192.0.2.1", "192.0.2.1:54321", true},
    {"192.0.2.1:1", "192.0.2.2:1", false},
    {"2001:db8::1", "[2001:db8::1]:80", true},
    {"2001:db8::1", "[2001:db8::1]", true},
    {"[::ffff:192.0.2.1]:80", "192.0.2.1", true},
};

START_TEST(addresses_are_told_apart)
{
	uint64_t one = client_id(address_cases[_i].one, 5);
	uint64_t two = client_id(address_cases[_i].two, 5);

	ck_assert_uint_ne(one, 0);
	ck_assert_uint_ne(two, 0);
	ck_assert_int_eq(one == two, address_cases[_i].same);
	/* another table has other numbers */
	ck_assert_uint_ne(client_id(address_cases[_i].one, 6), one);
}
END_TEST

static const char *const no_addresses[] = {"", "nonsense", "unix:", "1.2.3",
    "1.2.3.4.5", "2001:db8::1::2", "fe80::1%eth0", " 1.2.3.4", "[]:80", ":80",
    ".:", "2001:0db8:0000:0000:0000:0000:0000:0000:0000:0000:0001"};

START_TEST(no_address_is_no_number)
{
	ck_assert_uint_eq(client_id(no_addresses[_i], 5), 0);
}
END_TEST

/* Tries end after ten minutes, also where the clock was set back. */
START_TEST(tries_are_forgotten)
{
	static struct attempts table;
	uint64_t id;

	for (id = 0; id < 8; id += 7) {
		ck_assert_ptr_eq(attempts_find(&table, id, 1000), NULL);
		attempts_count(&table, id, 30, 5, 1000);
		attempts_count(&table, id, 30, 2, 1300);
		ck_assert_int_eq(attempts_find(&table, id, 1000)->count, 7);
		ck_assert_int_eq(attempts_find(&table, id, 1599)->count, 7);
		ck_assert_ptr_eq(attempts_find(&table, id, 1600), NULL);
		ck_assert_ptr_eq(attempts_find(&table, id, 999), NULL);
		attempts_count(&table, id, 30, 1, 1700);
		ck_assert_int_eq(attempts_find(&table, id, 1700)->count, 1);
	}
}
END_TEST

/* The fewest tries give way, and of these the oldest. */
START_TEST(fewest_tries_give_way)
{
	static struct attempts table;
	uint64_t id;

	for (id = 1; id <= ATTEMPTS_MAX; id++)
		attempts_count(&table, id, 3, id % 100 == 7 ? 10 : 20, 1000);
	attempts_find(&table, 207, 1000)->since = 900;
	attempts_count(&table, 9999, 3, 10, 1000);
	ck_assert_ptr_eq(attempts_find(&table, 207, 1000), NULL);
	ck_assert_int_eq(attempts_find(&table, 9999, 1000)->count, 10);
	ck_assert_int_eq(attempts_find(&table, 1, 1000)->count, 20);
	ck_assert_int_eq(attempts_find(&table, 7, 1000)->count, 10);
}
END_TEST

/* An entry at its limit never does: then a new client is not counted. */
START_TEST(who_waits_stays)
{
	static struct attempts table;
	uint64_t id;

	for (id = 1; id <= ATTEMPTS_MAX; id++)
		attempts_count(&table, id, 3, 30, 1000);
	attempts_count(&table, 9999, 3, 10, 1000);
	ck_assert_ptr_eq(attempts_find(&table, 9999, 1000), NULL);
	for (id = 1; id <= ATTEMPTS_MAX; id++)
		ck_assert_int_eq(attempts_find(&table, id, 1000)->count, 30);
	/* those without an address have an entry of their own */
	attempts_count(&table, 0, 3, 10, 1000);
	ck_assert_int_eq(attempts_find(&table, 0, 1000)->count, 10);
	ck_assert_int_eq(attempts_limit(0, 3), 10 * attempts_limit(1, 3));
}
END_TEST

/* ---- Link ---- */

/* [S9] */
static const struct {
	const char *name;
	bool sold;
} name_cases[] = {
    {"first-light.zip", true}, {"01 one.flac", true}, {"README", true},
    {"album.html", true}, {"php", true}, {"a.phpx", true}, {"a.php", false},
    {"a.PHP", false}, {"a.Php5", false}, {"a.php.zip", false}, {"a.cgi", false},
    {"a.pl", false}, {"a.shtml", false}, {"a.phtml.", false},
    {".htaccess", false}, {"", false}, {"a\nb.zip", false},
    {"a\x7f.zip", false}, {"f\xc3\xbcr.zip", true},
    {"f\xfcr.zip", false}, /* Latin-1 */
};

START_TEST(names_that_may_be_sold)
{
	ck_assert_int_eq(
	    name_wrong(name_cases[_i].name) == NULL, name_cases[_i].sold);
}
END_TEST

/* Two folders with a file of the same name; a file named like our page. */
static const struct {
	const char *left, *right;
	int order;
} order_cases[] = {
    {"2.flac", "10.flac", -1},
    {"10.flac", "2.flac", 1},
    {"track 9", "track 10", -1},
    {"1-10", "1-9", 1},
    {"02 b", "2 a", 1},
    {"02 a", "2 a", -1}, /* the same number: never the same name */
    {"a", "b", -1},
    {"a", "a1", -1},
    {"a1b", "a1", 1},
    {"", "a", -1},
    {"a", "a", 0},
    {"99999999999999999999999", "100000000000000000000000", -1},
    {"\xc3\xbc", "z", 1},
};

START_TEST(names_are_in_order)
{
	int order = compare_counting(
	    order_cases[_i].left, order_cases[_i].right);

	ck_assert_int_eq((order > 0) - (order < 0), order_cases[_i].order);
}
END_TEST

static const struct {
	const char *left, *right;
	bool same;
} same_cases[] = {
    {"plain.zip", "plain.zip", true},
    {"plain.zip", "Plain.zip", false},
    {"f\xc3\xbcr.zip", "fu\xcc\x88r.zip", true}, /* u umlaut */
    {"f\xc3\xbcr.zip", "fur.zip", false},
    {"f\xc3\xbcr.zip", "f\xc3\xbar.zip", false},
    {"\xc5\xbd", "Z\xcc\x8c", true}, /* Z caron */
    {"\xd0\xb9", "\xd0\xb8\xcc\x86", true}, /* short i */
    {"\xe3\x83\x91", "\xe3\x83\x8f\xe3\x82\x9a", true}, /* pa */
    {"\xe3\x83\x91", "\xe3\x83\x90", false}, /* pa, ba */
    {"bad \xff", "bad \xff", true},
    {"bad \xff", "bad \xfe", false},
};

START_TEST(letters_with_marks_are_the_same)
{
	ck_assert_int_eq(same_name(same_cases[_i].left, same_cases[_i].right),
	    same_cases[_i].same);
	ck_assert_int_eq(same_name(same_cases[_i].right, same_cases[_i].left),
	    same_cases[_i].same);
}
END_TEST

/* Each letter of a row has its plain one, and no more. */
START_TEST(rows_of_letters_are_whole)
{
	const char *composed = letter_marks[_i].composed;
	const char *plain = letter_marks[_i].plain;
	size_t length = utf8_length(letter_marks[_i].mark);

	ck_assert(length > 0 && letter_marks[_i].mark[length] == '\0');
	while (*composed != '\0' && *plain != '\0') {
		composed += utf8_length(composed);
		plain += utf8_length(plain);
	}
	ck_assert(*composed == '\0' && *plain == '\0');
}
END_TEST

static const struct {
	const char *name;
	bool left_behind;
} junk_cases[] = {
    {"Thumbs.db", true},
    {"thumbs.db", true},
    {"desktop.ini", true},
    {"Icon\r", true},
    {"Icon", false},
    {".DS_Store", true},
    {"._01 one.flac", true},
    {"notes.txt~", true},
    {"album.zip.part", true},
    {"album.zip.filepart", true},
    {"part", false},
    {"part.zip", false},
    {"Thumbs.db.zip", false},
    {"01 one.flac", false},
};

START_TEST(what_systems_leave_is_known)
{
	ck_assert_int_eq(
	    name_left_behind(junk_cases[_i].name), junk_cases[_i].left_behind);
}
END_TEST

START_TEST(public_names_are_unique)
{
	static struct items items;
	static const char *const paths[] = {"files/mp3/a.zip",
	    "files/flac/a.zip", "files/2-a.zip", "files/downloads.html"};
	size_t i, j;

	for (i = 0; i < LENGTH(paths); i++)
		ck_assert_int_eq(items_add(&items, paths[i], 1), OUTCOME_NONE);
	items_name(&items);
	for (i = 0; i < items.count; i++) {
		ck_assert_str_ne(items.item[i].name, "downloads.html");
		for (j = 0; j < i; j++)
			ck_assert_str_ne(
			    items.item[i].name, items.item[j].name);
	}
	ck_assert_str_eq(items.item[0].name, "a.zip");
	ck_assert_str_eq(items.item[1].name, "2-a.zip");
}
END_TEST

/* [S5] */
/* [S14] */
static const struct {
	const char *name;
	bool bucket, link;
} own_cases[] = {
    {"26297280", true, false}, /* 2020-01-01 00:00 */
    {"26297279", false, false},
    {"29000000", true, false},
    {"29000001", false, false}, /* the minute that is now */
    {"99999999", false, false},
    {"20240101", false, false},
    {"2024", false, false},
    {"026297280", false, false},
    {"262972800", false, false},
    {"2629728", false, false},
    {" 6297280", false, false},
    {"2629728x", false, false},
    {"", false, false},
    {".", false, false},
    {"0123456789abcdef0123456789abcdef", false, true},
    {".0123456789abcdef0123456789abcdef", false, true},
    {"..0123456789abcdef0123456789abcdef", false, false},
    {"0123456789ABCDEF0123456789abcdef", false, false},
    {"0123456789abcdef0123456789abcde", false, false},
    {"0123456789abcdef0123456789abcdef0", false, false},
    {"0123456789abcdef0123456789abcdef.txt", false, false},
};

START_TEST(only_what_is_ours_is_swept)
{
	const time_t now = 29000001 * 60LL + 59;

	ck_assert_int_eq(
	    is_expired_bucket(own_cases[_i].name, now), own_cases[_i].bucket);
	ck_assert_int_eq(is_link_name(own_cases[_i].name), own_cases[_i].link);
}
END_TEST

static const struct {
	const char *rules;
	bool ours;
} rules_cases[] = {
    {"# redeem 1.0\nRewriteEngine On\n", true},
    {"# redeem 2.13\r\n", true},
    {"# redeem 1.0", true},
    {"# redeem 1.0\r", false},
    {"# redeem 1..\n", false},
    {"# redeem \n", false},
    {"# redeem 1.0 or later\n", false},
    {"# redeemed 1.0\n", false},
    {" # redeem 1.0\n", false},
    {"RewriteEngine On\nRewriteRule ^ - [F]\n", true},
    {"RewriteEngine On\nRewriteRule ^ - [F]", true},
    {"RewriteEngine On\nRewriteRule ^ - [F]\nErrorDocument 403 "
     "\"<!DOCTYPE html><html lang=en>",
	true},
    {"RewriteEngine On\nRewriteRule ^ - [F]\nErrorDocument 403 "
     "\"<!DOCTYPE html><html lang=en>\"\n",
	true},
    {"RewriteEngine On\nRewriteRule ^ - [F]\nErrorDocument 403 "
     "\"<!DOCTYPE html><html lang=en>\"\nRequire all denied\n",
	false},
    {"RewriteEngine On\nRewriteRule ^ - [F]\nErrorDocument 403 /no.html\n",
	false},
    {"RewriteEngine On\nRewriteRule ^ - [F]\n\nOptions +Indexes\n", false},
    {"RewriteEngine On\n", false},
    {"", false},
};

START_TEST(secure_is_ours_by_its_rules)
{
	ck_assert_int_eq(
	    rules_ours(rules_cases[_i].rules), rules_cases[_i].ours);
}
END_TEST

START_TEST(links_differ)
{
	struct link one, two;

	ck_assert(link_draw(&one, 1));
	ck_assert(link_draw(&two, 1));
	ck_assert_uint_eq(strlen(one.token), 32);
	ck_assert_uint_eq(strlen(one.secret), 32);
	ck_assert_uint_eq(strspn(one.token, "0123456789abcdef"), 32);
	ck_assert_str_ne(one.token, two.token);
	ck_assert_str_ne(one.secret, two.secret);
	ck_assert_str_ne(one.token, one.secret);
}
END_TEST

/* [S7]: rules never get a page that could end the quotes around it. */
START_TEST(refusals_are_flattened)
{
	static const struct {
		const char *page, *line; /* NULL: cannot be one */
	} cases[] = {
	    {"", ""},
	    {"a\nb\r\nc\td", "a b  c d"},
	    {"<p class=\"x\">it's</p>", "<p class=\\\"x\\\">it's</p>"},
	    {"width:100%", "width:100%"},
	    {"caf\xc3\xa9 \xe2\x80\x99 \xf0\x9f\x8e\xb5",
		"caf&#233; &#8217; &#127925;"},
	    {"\xff", "?"},
	    {"a\\b", NULL},
	    {"%{TIME}", NULL},
	    {"$18, ${PATH}", "&#36;18, &#36;{PATH}"},
	    {"a[href$=x] 5 $", "a[href$=x] 5 $"},
	};
	char buffer[200];
	size_t i;

	for (i = 0; i < LENGTH(cases); i++) {
		struct buf text = buf_init(buffer, sizeof(buffer));
		bool good = page_flatten(&text, cases[i].page);

		ck_assert_int_eq(good, cases[i].line != NULL);
		if (good)
			ck_assert_str_eq(buffer, cases[i].line);
	}
}
END_TEST

/* Sentences in five languages with the longest path make the longest page. */
START_TEST(the_refusal_page_fits)
{
	static char scratch[PAGE_MAX], script[256];
	char buffer[REFUSAL_SIZE], lang[24];
	struct buf text = buf_init(buffer, sizeof(buffer));
	struct view view = {
	    (enum language)_i, built_in_page, script, "label@example.com", 0};

	memset(script, 'x', 255);
	memcpy(script, "/cgi-bin/redeem.cgi", 19);
	ck_assert(page_refusal(&text, &view, scratch, sizeof(scratch)));
	ck_assert(!text.overflowed);
	ck_assert_ptr_null(strpbrk(buffer, "\r\n"));
	ck_assert_ptr_nonnull(strstr(buffer, script));
	ck_assert_ptr_nonnull(strstr(buffer, "data-outcome=\\\"link-closed"));
	(void)snprintf(
	    lang, sizeof(lang), "<html lang=\\\"%s\\\">", languages[_i]);
	ck_assert_ptr_nonnull(strstr(buffer, lang));
	for (text.bytes = buffer; *text.bytes != '\0'; text.bytes++)
		ck_assert((unsigned char)*text.bytes < 0x80);
}
END_TEST

/* Two refusals of one mark are the same page, and of two marks they are not. */
START_TEST(a_mark_tells_refusals_apart)
{
	static char scratch[PAGE_MAX], long_path[PAGE_MARK_SIZE - 3 + 1];
	static const struct view views[] = {
	    {LANGUAGE_ENGLISH, built_in_page, "/r.cgi", "", 0},
	    {LANGUAGE_ENGLISH, built_in_page, "/r.cgi", "a@example.org", 0},
	    {LANGUAGE_ENGLISH, built_in_page, "/r.cgi", "", 1800000000},
	    {LANGUAGE_ENGLISH, built_in_page, "/r", "", 0},
	    {LANGUAGE_FRENCH, built_in_page, "/r.cgi", "", 0},
	};
	struct view other = views[0];
	char mark[LENGTH(views)][PAGE_MARK_SIZE];
	static char page[LENGTH(views)][REFUSAL_SIZE];
	size_t i, j;

	for (i = 0; i < LENGTH(views); i++) {
		struct buf text = buf_init(page[i], sizeof(page[i]));

		page_mark(&views[i], mark[i]);
		ck_assert(
		    page_refusal(&text, &views[i], scratch, sizeof(scratch)));
		for (j = 0; j < i; j++)
			ck_assert_int_eq(strcmp(mark[i], mark[j]) == 0,
			    strcmp(page[i], page[j]) == 0);
	}
	ck_assert_str_eq(mark[0], "en /r.cgi");
	other.action = "/";
	page_mark(&other, mark[0]);
	ck_assert_str_eq(mark[0], "en /");
	other.template = "<i>mine</i>" MARKER;
	page_mark(&other, mark[0]);
	ck_assert_str_eq(mark[0], PAGE_OTHER);
	other.action = "";
	page_mark(&other, mark[0]);
	ck_assert_str_eq(mark[0], "");
	/* "en " and what fits, and one more */
	other = views[0];
	other.action = long_path;
	memset(long_path, '/', sizeof(long_path) - 1);
	page_mark(&other, mark[0]);
	ck_assert_str_eq(mark[0], PAGE_OTHER);
	long_path[sizeof(long_path) - 2] = '\0';
	page_mark(&other, mark[0]);
	ck_assert_uint_eq(strlen(mark[0]), PAGE_MARK_SIZE - 1);
}
END_TEST

/* An owner's page is taken where it can stand in ErrorDocument. */
START_TEST(refusals_wear_the_owners_page)
{
	static char scratch[PAGE_MAX];
	static char longer[REFUSAL_SIZE + sizeof(MARKER)];
	static const struct {
		const char *template;
		bool taken;
	} cases[] = {
	    {"<i>mine</i>" MARKER, true},
	    {"<i>mine</i>\\" MARKER, false},
	    {"<i>mine</i>%{x}" MARKER, false},
	    {longer, false},
	};
	char buffer[REFUSAL_SIZE];
	size_t i;

	memset(longer, ' ', REFUSAL_SIZE);
	memcpy(longer, "<i>mine</i>", 11);
	memcpy(longer + REFUSAL_SIZE, MARKER, sizeof(MARKER));
	for (i = 0; i < LENGTH(cases); i++) {
		struct buf text = buf_init(buffer, sizeof(buffer));
		struct view view = {
		    LANGUAGE_ENGLISH, cases[i].template, "/r.cgi", "", 0};

		ck_assert(page_refusal(&text, &view, scratch, sizeof(scratch)));
		ck_assert_int_eq(
		    strstr(buffer, "<i>mine</i>") != NULL, cases[i].taken);
		ck_assert_ptr_nonnull(strstr(buffer, "redeem-code"));
	}
}
END_TEST

/* ---- Languages ---- */

/* Which of $1, $2 and $3 are in a phrase, each as a bit. */
static unsigned marks(const char *phrase)
{
	unsigned found = 0;

	while ((phrase = strchr(phrase, '$')) != NULL) {
		ck_assert_int_ge(phrase[1], '1');
		ck_assert_int_le(phrase[1], '3');
		found |= 1U << (phrase[1] - '1');
		phrase++;
	}
	return found;
}

START_TEST(each_language_has_each_phrase)
{
	size_t i;

	for (i = 0; i < LANGUAGES; i++) {
		const char *phrase = phrases[i][_i];

		ck_assert_msg(phrase != NULL && *phrase != '\0',
		    "phrase %d in %s", _i, languages[i]);
		ck_assert_uint_eq(marks(phrase), marks(phrases[0][_i]));
		ck_assert_msg(
		    strpbrk(phrase, "\"\\%<>\r\n") == NULL, "%s", phrase);
	}
}
END_TEST

/* What is a sentence ends as one, in each language, and is not another's. */
START_TEST(sentences_are_whole)
{
	size_t i, j;
	int phrase = TELL_FORM + _i;

	for (i = 0; i < LANGUAGES; i++) {
		const char *text = phrases[i][phrase];

		ck_assert_msg(text[strlen(text) - 1] == '.', "%s", text);
		for (j = 0; j < i; j++)
			ck_assert_str_ne(text, phrases[j][phrase]);
	}
}
END_TEST

static const struct {
	const char *accept;
	enum language fallback;
	long chosen;
} language_cases[] = {
    {"", LANGUAGE_ENGLISH, LANGUAGE_ENGLISH},
    {"", LANGUAGE_DUTCH, LANGUAGE_DUTCH},
    {"fr", LANGUAGE_ENGLISH, LANGUAGE_FRENCH},
    {"FR", LANGUAGE_ENGLISH, LANGUAGE_FRENCH},
    {"fr-CA", LANGUAGE_ENGLISH, LANGUAGE_FRENCH},
    {"fr_CA", LANGUAGE_ENGLISH, LANGUAGE_FRENCH},
    {"de_DE,en;q=0.5", LANGUAGE_ENGLISH, LANGUAGE_GERMAN},
    {"dex_DE", LANGUAGE_ENGLISH, LANGUAGE_ENGLISH},
    {"de-Latn-AT,en;q=0.5", LANGUAGE_ENGLISH, LANGUAGE_GERMAN},
    {"nl,en-US;q=0.7,en;q=0.3", LANGUAGE_ENGLISH, LANGUAGE_DUTCH},
    {"en;q=0.3, es;q=0.8, de;q=0.7", LANGUAGE_ENGLISH, LANGUAGE_SPANISH},
    {"en;q=0.8,es;q=0.80,de;q=0.801", LANGUAGE_ENGLISH, LANGUAGE_GERMAN},
    /* the first of equals */
    {"es, fr", LANGUAGE_ENGLISH, LANGUAGE_SPANISH},
    {"fr;q=0.5, es;q=0.500", LANGUAGE_ENGLISH, LANGUAGE_FRENCH},
    /* not wanted */
    {"fr;q=0", LANGUAGE_ENGLISH, LANGUAGE_ENGLISH},
    {"fr;q=0.000, de;q=0.001", LANGUAGE_ENGLISH, LANGUAGE_GERMAN},
    /* none of ours, then one */
    {"ja, pt-BR;q=0.9, es;q=0.1", LANGUAGE_ENGLISH, LANGUAGE_SPANISH},
    {"ja", LANGUAGE_FRENCH, LANGUAGE_FRENCH},
    {"french", LANGUAGE_GERMAN, LANGUAGE_GERMAN},
    /* anything */
    {"*", LANGUAGE_SPANISH, LANGUAGE_SPANISH},
    {"ja, *;q=0.5, de;q=0.4", LANGUAGE_DUTCH, LANGUAGE_DUTCH},
    {"de;q=0.6, *;q=0.5", LANGUAGE_DUTCH, LANGUAGE_GERMAN},
    /* blanks where they may be */
    {" de ; q=0.9 , fr ; Q=1.0 ", LANGUAGE_ENGLISH, LANGUAGE_FRENCH},
    {"\tde\t", LANGUAGE_ENGLISH, LANGUAGE_GERMAN},
    /* what is not a weight is none */
    {"fr;q=2, de;q=0.1", LANGUAGE_ENGLISH, LANGUAGE_GERMAN},
    {"fr;q=1.0000, de;q=0.1", LANGUAGE_ENGLISH, LANGUAGE_GERMAN},
    {"fr;q=-1, de;q=0.1", LANGUAGE_ENGLISH, LANGUAGE_GERMAN},
    {"fr;q=, de;q=0.1", LANGUAGE_ENGLISH, LANGUAGE_GERMAN},
    {"fr;x=1, de;q=0.1", LANGUAGE_ENGLISH, LANGUAGE_GERMAN},
    {"fr;q=0.9x, de;q=0.1", LANGUAGE_ENGLISH, LANGUAGE_GERMAN},
    /* no list at all */
    {",,,;;;q=", LANGUAGE_SPANISH, LANGUAGE_SPANISH},
    {";q=1,-,=", LANGUAGE_SPANISH, LANGUAGE_SPANISH},
};

START_TEST(language_is_chosen)
{
	ck_assert_int_eq(language_choose(language_cases[_i].accept,
			     language_cases[_i].fallback),
	    language_cases[_i].chosen);
}
END_TEST

static const struct {
	enum language language;
	const char *first; /* 1 May 2027 */
	const char *other; /* 23 November 2026 */
	const char *time; /* five past nine in the evening */
} date_words[] = {
    {LANGUAGE_ENGLISH, "1 May 2027", "23 November 2026", "21:05"},
    {LANGUAGE_FRENCH, "1er mai 2027", "23 novembre 2026", "21 h 05"},
    {LANGUAGE_GERMAN, "1. Mai 2027", "23. November 2026", "21:05 Uhr"},
    {LANGUAGE_DUTCH, "1 mei 2027", "23 november 2026", "21.05 uur"},
    {LANGUAGE_SPANISH, "1 de mayo de 2027", "23 de noviembre de 2026", "21:05"},
};

START_TEST(dates_are_in_words)
{
	enum language language = date_words[_i].language;
	struct tm tm;
	struct phrase_arg part;

	memset(&tm, 0, sizeof(tm));
	tm.tm_year = 127;
	tm.tm_mon = 4;
	tm.tm_mday = 1;
	tm.tm_hour = 21;
	tm.tm_min = 5;
	part = arg_date(language, &tm);
	ck_assert_str_eq(part.string, date_words[_i].first);
	part = arg_time(language, &tm);
	ck_assert_str_eq(part.string, date_words[_i].time);
	tm.tm_year = 126;
	tm.tm_mon = 10;
	tm.tm_mday = 23;
	part = arg_date(language, &tm);
	ck_assert_str_eq(part.string, date_words[_i].other);
}
END_TEST

/* ASCII stays, U+00E9, U+2019 and U+1F600 become numbers. */
START_TEST(letters_become_numbers)
{
	char buffer[100];
	struct buf text = buf_init(buffer, sizeof(buffer));

	const char *rest = "caf\xc3\xa9 l\xe2\x80\x99\xf0\x9f\x98\x80.";

	while (*rest != '\0')
		rest += buf_addascii(&text, rest);
	ck_assert_str_eq(buffer, "caf&#233; l&#8217;&#128512;.");
}
END_TEST

/* ---- Digests ---- */

/* In hexadecimal, as the standards print them. */
static const char *hex_of(const unsigned char *bytes, size_t size)
{
	static char hex[2 * SHA256_SIZE + 1];

	hex_write(bytes, size, hex);
	return hex;
}

static const char *digest_of(
    const struct algorithm *algorithm, const char *message)
{
	unsigned char bytes[SHA256_SIZE];
	struct digest digest;

	digest_begin(&digest, algorithm);
	/* in two pieces, which must not matter */
	digest_add(&digest, message, strlen(message) / 3);
	message += strlen(message) / 3;
	digest_add(&digest, message, strlen(message));
	digest_end(&digest, bytes);
	return hex_of(bytes, algorithm->size);
}

/* FIPS 180-4: the examples that NIST gives with it */
static const struct {
	const char *message, *digest;
} sha256_cases[] = {
    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
};

START_TEST(sha256_is_right)
{
	ck_assert_str_eq(digest_of(&sha256, sha256_cases[_i].message),
	    sha256_cases[_i].digest);
}
END_TEST

/*
 * What stands in the rules of secure is renewed only when the number in
 * PAGE_MARK is another. If this test fails, raise that, and put here the digest
 * that it has found.
 */
START_TEST(a_new_page_has_a_new_number)
{
	static char text[LANGUAGES * REFUSAL_SIZE + 4096], scratch[PAGE_MAX];
	struct buf all = buf_init(text, sizeof(text));
	size_t i;

	buf_adds(&all, SECURE_RULES RULES_ALONE RULES_HEADERS);
	for (i = 0; i < LANGUAGES; i++) {
		static char page[REFUSAL_SIZE];
		struct buf one = buf_init(page, sizeof(page));
		struct view view = {
		    (enum language)i, built_in_page, "/r.cgi", "", 0};

		ck_assert(page_refusal(&one, &view, scratch, sizeof(scratch)));
		buf_adds(&all, page);
	}
	ck_assert(!all.overflowed);
	ck_assert_str_eq(PAGE_MARK, "\n# page 1 ");
	ck_assert_str_eq(digest_of(&sha256, text),
	    "2193d9b99b70c3b3f4d2a9abffaf8d1d69b008f5b6f73111c0c132372d5d0d02");
}
END_TEST

START_TEST(sha256_of_a_million_letters)
{
	unsigned char bytes[SHA256_SIZE];
	struct digest digest;
	int i;

	digest_begin(&digest, &sha256);
	for (i = 0; i < 1000000; i++)
		digest_add(&digest, "a", 1);
	digest_end(&digest, bytes);
	ck_assert_str_eq(hex_of(bytes, SHA256_SIZE),
	    "cdc76e5c9914fb9281a1c7e284d73e67"
	    "f1809a48a497200e046d39ccc7112cd0");
}
END_TEST

/* RFC 1321, A.5 */
static const struct {
	const char *message, *digest;
} md5_cases[] = {
    {"", "d41d8cd98f00b204e9800998ecf8427e"},
    {"a", "0cc175b9c0f1b6a831c399e269772661"},
    {"abc", "900150983cd24fb0d6963f7d28e17f72"},
    {"message digest", "f96b697d7cb7938d525a2f31aaf161d0"},
    {"abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"},
    {"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
	"d174ab98d277d9f5a5611c2c9f419d9f"},
    {"1234567890123456789012345678901234567890123456789012345678901234567890123"
     "4567890",
	"57edf4a22be3c955ac49da2e2107b67a"},
};

START_TEST(md5_is_right)
{
	ck_assert_str_eq(
	    digest_of(&md5, md5_cases[_i].message), md5_cases[_i].digest);
}
END_TEST

/* RFC 4231, 4.2 to 4.8; a key or a message of one byte, repeated, or as text */
static const struct {
	const char *key;
	size_t key_times;
	const char *message;
	size_t message_times;
	const char *mac; /* of case 5 the RFC has the first half */
} hmac_cases[] = {
    {"\x0b", 20, "Hi There", 1,
	"b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
    {"Jefe", 1, "what do ya want for nothing?", 1,
	"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
    {"\xaa", 20, "\xdd", 50,
	"773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
    {"\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12"
     "\x13\x14\x15\x16\x17\x18\x19",
	1, "\xcd", 50,
	"82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
    {"\x0c", 20, "Test With Truncation", 1, "a3b6167473100ee06e0c796c2955552b"},
    {"\xaa", 131, "Test Using Larger Than Block-Size Key - Hash Key First", 1,
	"60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
    {"\xaa", 131,
	"This is a test using a larger than block-size key and a larger than "
	"block-size data. The key needs to be hashed before being used by the "
	"HMAC algorithm.",
	1, "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
};

START_TEST(hmac_is_right)
{
	char key_at[256], message_at[256];
	struct buf key = buf_init(key_at, sizeof(key_at));
	struct buf message = buf_init(message_at, sizeof(message_at));
	unsigned char mac[SHA256_SIZE];
	const char *wanted = hmac_cases[_i].mac;
	size_t i;

	for (i = 0; i < hmac_cases[_i].key_times; i++)
		buf_adds(&key, hmac_cases[_i].key);
	for (i = 0; i < hmac_cases[_i].message_times; i++)
		buf_adds(&message, hmac_cases[_i].message);
	ck_assert(!key.overflowed && !message.overflowed);
	hmac(span_of(key_at), span_of(message_at), mac);
	ck_assert_str_eq(hex_of(mac, strlen(wanted) / 2), wanted);
}
END_TEST

START_TEST(same_bytes_are_the_same)
{
	char left[65], right[65];
	size_t i;

	memset(left, 'a', sizeof(left));
	memset(right, 'a', sizeof(right));
	ck_assert(equal_const_time(left, right, 64));
	for (i = 0; i < 64; i++) {
		right[i] ^= 1;
		ck_assert(!equal_const_time(left, right, 64));
		right[i] ^= 1;
	}
}
END_TEST

/* RFC 4648, 10, without its padding; the last has the letters of section 5 */
static const struct {
	const char *bytes, *text;
} base64url_cases[] = {
    {"", ""},
    {"f", "Zg"},
    {"fo", "Zm8"},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg"},
    {"fooba", "Zm9vYmE"},
    {"foobar", "Zm9vYmFy"},
    {"\xfb\xff", "-_8"},
};

START_TEST(base64url_is_right)
{
	const char *bytes = base64url_cases[_i].bytes;
	char buffer[64];
	struct buf text = buf_init(buffer, sizeof(buffer));

	buf_addbase64url(&text, (const unsigned char *)bytes, strlen(bytes));
	ck_assert_str_eq(buffer, base64url_cases[_i].text);
}
END_TEST

/* ---- Links that are signed ---- */

/* RFC 9110, 5.6.7, and the day on which 32 bits end */
START_TEST(http_dates)
{
	char buffer[64];
	struct buf text = buf_init(buffer, sizeof(buffer));

	buf_addhttpdate(&text, 784111777);
	ck_assert_str_eq(buffer, "Sun, 06 Nov 1994 08:49:37 GMT");
	text = buf_init(buffer, sizeof(buffer));
	buf_addhttpdate(&text, (time_t)2147483648);
	ck_assert_str_eq(buffer, "Tue, 19 Jan 2038 03:14:08 GMT");
}
END_TEST

static const struct {
	const char *name;
	bool always;
	const char *value;
} disposition_cases[] = {
    {"first-light.zip", false, "attachment; filename=\"first-light.zip\""},
    {"first-light.zip", true,
	"attachment; filename=\"first-light.zip\"; "
	"filename*=UTF-8''first-light.zip"},
    {"a b'(c)+.zip", false, "attachment; filename=\"a b'(c)+.zip\""},
    {"\xc3\xa9 \"x\\y%.zip", false,
	"attachment; filename=\"__ _x_y_.zip\"; "
	"filename*=UTF-8''%C3%A9%20%22x%5Cy%25.zip"},
};

static const struct {
	const char *name, *rules;
} rules_item_cases[] = {
    {"a.zip",
	"<Files \"a.zip\">\nForceType application/zip\n"
	"Header set Content-Disposition \"attachment; filename=\\\"a.zip\\\"; "
	"filename*=UTF-8''a.zip\"\n</Files>\n"},
    {"100% \"x\".MP3",
	"<Files \"100% \\\"x\\\".MP3\">\nForceType audio/mpeg\n"
	"Header set Content-Disposition \"attachment; "
	"filename=\\\"100_ _x_.MP3\\\"; "
	"filename*=UTF-8''100%%25%%20%%22x%%22.MP3\"\n</Files>\n"},
    {"[a]*?\\~${B}",
	"<Files \"[[]a][*][?][\\\\\\\\][~][$]{B}\">\n"
	"ForceType application/octet-stream\n"
	"Header set Content-Disposition \"attachment; "
	"filename=\\\"[a]*?_~_{B}\\\"; "
	"filename*=UTF-8''%%5Ba%%5D%%2A%%3F%%5C~%%24%%7BB%%7D\"\n</Files>\n"},
};

START_TEST(names_stand_in_rules)
{
	static const char before[] = "<IfModule mod_headers.c>\n";
	static const char after[] = "</IfModule>\n";
	struct item item = {"", "", 1};
	char buffer[1000], wanted[1000];
	struct buf text = buf_init(buffer, sizeof(buffer));
	struct buf all = buf_init(wanted, sizeof(wanted));

	buf_adds(&all, before);
	buf_adds(&all, rules_item_cases[_i].rules);
	buf_adds(&all, after);
	ck_assert(span_copy(
	    span_of(rules_item_cases[_i].name), item.name, sizeof(item.name)));
	rules_additem(&text, &item);
	ck_assert_str_eq(buffer, wanted);
}
END_TEST

/* The longest that can be asked of a link's rules fits. */
START_TEST(rules_have_room)
{
	struct item item = {"", "", 1};
	char buffer[RULES_MOST], page[8192];
	struct buf text = buf_init(buffer, sizeof(buffer));
	size_t i;

	for (i = 0; i < sizeof(item.name) - 1; i++)
		item.name[i] = '\\';
	rules_additem(&text, &item);
	ck_assert(!text.overflowed);
	memset(page, 'x', sizeof(page));
	page[sizeof(page) - 1] = '\0';
	text = buf_init(buffer, sizeof(buffer));
	rules_addpage(&text);
	rules_addrefusal(&text, page);
	ck_assert(!text.overflowed);
}
END_TEST

/* A folder that its group may write in is shared; so is what is made in it. */
START_TEST(modes_are_inherited)
{
	char home[] = "/tmp/redeem-unit.XXXXXX";
	int dir;

	ck_assert(mkdtemp(home) != NULL);
	dir = open(home, O_RDONLY | O_DIRECTORY);
	ck_assert_uint_eq(mode_like(dir, "."), 0711);
	ck_assert_int_eq(fchmod(dir, 0771), 0);
	ck_assert_uint_eq(mode_like(dir, "."), 0771);
	ck_assert_uint_eq(mode_like(dir, "elsewhere"), 0711);
	ck_assert_int_eq(close(dir), 0);
	ck_assert_int_eq(rmdir(home), 0);
}
END_TEST

/* As buckets_all_live, at the second NOW with links that live for WINDOW. */
static bool all_live(int dir, time_t now, long window)
{
	struct settings settings = {0};
	struct site site = {0};

	settings.window = window;
	site.settings = &settings;
	site.now = now;
	return buckets_all_live(dir, &site);
}

/* What is looked for one by one, so that nothing has to be listed. [S14] */
START_TEST(live_buckets_need_no_list)
{
	const time_t before = 29000000 * 60LL, now = 29000001 * 60LL + 59;
	char home[] = "/tmp/redeem-unit.XXXXXX";
	struct stat st;
	bool counted; /* by this file system */
	int dir, file;

	ck_assert(mkdtemp(home) != NULL);
	dir = open(home, O_RDONLY | O_DIRECTORY);
	ck_assert(!all_live(dir, now, 120)); /* for none does */
	ck_assert_int_eq(mkdirat(dir, "29000001", 0700), 0);
	ck_assert_int_eq(fstat(dir, &st), 0);
	counted = st.st_nlink == 3;
	ck_assert_int_eq(mkdirat(dir, "29000003", 0700), 0);
	ck_assert_int_eq(all_live(dir, now, 120), counted);
	/* what is no directory is no bucket */
	file = openat(dir, "29000002", O_WRONLY | O_CREAT, 0600);
	ck_assert_int_eq(close(file), 0);
	ck_assert_int_eq(all_live(dir, now, 120), counted);
	/* one that is over, or is to live longer, or is none */
	ck_assert_int_eq(mkdirat(dir, "29000000", 0700), 0);
	ck_assert(!all_live(dir, now, 120));
	ck_assert(!all_live(dir, before, 120));
	ck_assert_int_eq(all_live(dir, before, 180), counted);
	ck_assert_int_eq(mkdirat(dir, "press", 0700), 0);
	ck_assert(!all_live(dir, before, 180));
	ck_assert_int_eq(unlinkat(dir, "press", AT_REMOVEDIR), 0);
	/* a symbolic link is none either: it must not make up for one */
	ck_assert_int_eq(unlinkat(dir, "29000002", 0), 0);
	ck_assert_int_eq(symlinkat("29000001", dir, "29000002"), 0);
	ck_assert(!all_live(dir, now, 120));
	/* sixteen minutes, and no more */
	ck_assert_int_eq(all_live(dir, before, 16 * 60L - 1), counted);
	ck_assert(!all_live(dir, before, 16 * 60L));
	ck_assert_int_eq(unlinkat(dir, "29000000", AT_REMOVEDIR), 0);
	ck_assert_int_eq(unlinkat(dir, "29000001", AT_REMOVEDIR), 0);
	ck_assert_int_eq(unlinkat(dir, "29000002", 0), 0);
	ck_assert_int_eq(unlinkat(dir, "29000003", AT_REMOVEDIR), 0);
	ck_assert_int_eq(close(dir), 0);
	ck_assert_int_eq(rmdir(home), 0);
}
END_TEST

/* Where only the owner may enter, the web server cannot. */
START_TEST(others_may_enter)
{
	char home[] = "/tmp/redeem-unit.XXXXXX";
	char path[sizeof(home) + 8];

	ck_assert(mkdtemp(home) != NULL);
	(void)snprintf(path, sizeof(path), "%s/below", home);
	ck_assert_int_eq(mkdir(path, 0711), 0);
	ck_assert(!others_enter(path));
	ck_assert_int_eq(chmod(home, 0711), 0);
	ck_assert(others_enter(path));
	ck_assert_int_eq(chmod(path, 0700), 0);
	ck_assert(!others_enter(path));
	ck_assert_int_eq(rmdir(path), 0);
	ck_assert_int_eq(rmdir(home), 0);
}
END_TEST

static const struct {
	const char *name, *type;
} type_cases[] = {
    {"a.zip", "application/zip"},
    {"a.b.Flac", "audio/flac"},
    {"a.txt.zip", "application/zip"},
    {"zip", "application/octet-stream"},
    {"a.zipx", "application/octet-stream"},
    {"a.", "application/octet-stream"},
    {"a.tar.gz", "application/octet-stream"},
    {"A.JPG", "image/jpeg"},
};

START_TEST(files_have_types)
{
	ck_assert_str_eq(media_type(type_cases[_i].name), type_cases[_i].type);
}
END_TEST

START_TEST(names_are_given_to_browsers)
{
	char buffer[200];
	struct buf text = buf_init(buffer, sizeof(buffer));

	buf_adddisposition(
	    &text, disposition_cases[_i].name, disposition_cases[_i].always);
	ck_assert_str_eq(buffer, disposition_cases[_i].value);
}
END_TEST

/* RFC 9110, 14.1.2; length -1: there is no such part */
static const struct {
	const char *range;
	int64_t size, first, length;
} range_cases_of_files[] = {
    {"", 1000, 0, 1000},
    {"bytes=0-499", 1000, 0, 500},
    {"bytes=500-999", 1000, 500, 500},
    {"bytes=-500", 1000, 500, 500},
    {"bytes=500-", 1000, 500, 500},
    {"bytes=0-0", 1000, 0, 1},
    {"bytes=-1", 1000, 999, 1},
    {"Bytes=0-9", 1000, 0, 10},
    {"bytes=0-9999", 1000, 0, 1000},
    {"bytes=-9999", 1000, 0, 1000},
    {"bytes=999-", 1000, 999, 1},
    {"bytes=1000-", 1000, 0, -1},
    {"bytes=1000-1001", 1000, 0, -1},
    {"bytes=-0", 1000, 0, -1},
    {"bytes=5000000000-5000000009", 6000000000, 5000000000, 10},
    /* several, or what is not understood: all of it */
    {"bytes=0-1,4-5", 1000, 0, 1000},
    {"bytes=9-5", 1000, 0, 1000},
    {"bytes=5", 1000, 0, 1000},
    {"bytes=-", 1000, 0, 1000},
    {"bytes=a-b", 1000, 0, 1000},
    {"bytes=1-x", 1000, 0, 1000},
    {"bytes=+1-2", 1000, 0, 1000},
    {"bytes=1--2", 1000, 0, 1000},
    {"bytes=99999999999999999999-", 1000, 0, 1000},
    {"items=0-5", 1000, 0, 1000},
    {"bytes=0-5", 0, 0, 0},
};

START_TEST(ranges_are_read)
{
	int64_t first, length;
	bool there = range_parse(range_cases_of_files[_i].range,
			 range_cases_of_files[_i].size, &first,
			 &length) != RANGE_BEHIND;

	ck_assert(there == (range_cases_of_files[_i].length >= 0));
	if (!there)
		return;
	ck_assert_int_eq(first, range_cases_of_files[_i].first);
	ck_assert_int_eq(length, range_cases_of_files[_i].length);
}
END_TEST

#define KEY "0123456789abcdef0123456789abcdef"
static struct shop shop; /* too large for the stack */

static void shop_set_up(const char *more)
{
	static char text[SETTINGS_MAX];
	struct buf conf = buf_init(text, sizeof(text));

	buf_adds(&conf, "home: /h\n");
	buf_adds(&conf, more);
	ck_assert(parse_settings(&shop.settings, text));
	shop_begin(&shop);
	memcpy(shop.request.script, "/r.cgi", sizeof("/r.cgi"));
	shop.site.now = 1700000000;
}

/* The path that the delivery gives out for ITEM, without the script's. */
static const char *given_path(time_t end, const struct item *item)
{
	static char buffer[LOCATION_SIZE];
	struct buf text = buf_init(buffer, sizeof(buffer));
	struct link link = {0, "0123456789abcdef0123456789abcdef", ""};

	link.end = end;
	deliveries[shop.settings.delivery].address(
	    &shop.site, &link, item, &text);
	ck_assert(!text.overflowed);
	ck_assert_int_eq(strncmp(buffer, "/r.cgi/", 7), 0);
	return buffer + strlen("/r.cgi");
}

static enum outcome opened_as(const char *path)
{
	struct link link;
	struct span what;
	enum outcome outcome;

	shop.request.path = path;
	outcome = signed_path_parse(
	    &shop.site, shop.request.path, &what, &link);
	shop.request.path = "";
	return outcome;
}

static const struct item sold = {"files/a/b.zip", "b.zip", 3};

/* [S16] */
START_TEST(signed_links_open)
{
	struct link link = {0, "", ""};
	struct span what;

	shop_set_up("delivery: cgi\nkey: " KEY "\n");
	shop.request.path = given_path(1700000000, &sold);
	ck_assert_int_eq(
	    signed_path_parse(&shop.site, shop.request.path, &what, &link),
	    OUTCOME_FILE);
	ck_assert(span_is(what, "a/b.zip"));
	shop.request.path = given_path(1700000001, NULL);
	ck_assert_int_eq(
	    signed_path_parse(&shop.site, shop.request.path, &what, &link),
	    OUTCOME_LIST);
	ck_assert_str_eq(link.token, "0123456789abcdef0123456789abcdef");
	ck_assert_int_eq(link.end, 1700000001);
	/* the second after its end */
	ck_assert_int_eq(
	    opened_as(given_path(1699999999, &sold)), OUTCOME_LINK_OVER);
	ck_assert_int_eq(
	    opened_as(given_path(1699999999, NULL)), OUTCOME_LINK_OVER);
	/* far from now */
	ck_assert_int_eq(
	    opened_as(given_path((time_t)4102444800, &sold)), OUTCOME_FILE);
}
END_TEST

/* [S16]: one character more, less, or other, anywhere */
START_TEST(changed_links_are_refused)
{
	char path[LOCATION_SIZE];
	size_t length, i;

	shop_set_up("delivery: cgi\nkey: " KEY "\n");
	length = strlen(given_path(1700000000, _i == 0 ? &sold : NULL));
	for (i = 0; i < length; i++) {
		memcpy(path, given_path(1700000000, _i == 0 ? &sold : NULL),
		    length + 1);
		path[i] = path[i] == '1' ? '2' : '1';
		ck_assert_int_eq(opened_as(path), OUTCOME_LINK_WRONG);
		memmove(path + i, path + i + 1, length - i);
		ck_assert_int_eq(opened_as(path), OUTCOME_LINK_WRONG);
	}
	memcpy(path, given_path(1700000000, _i == 0 ? &sold : NULL), length);
	memcpy(path + length, "1", 2);
	ck_assert_int_eq(opened_as(path), OUTCOME_LINK_WRONG);
	memcpy(path + length, "/", 2);
	ck_assert_int_eq(opened_as(path), OUTCOME_LINK_WRONG);
}
END_TEST

/* Signed by another key, or for another kind: the list's is no file's. */
START_TEST(other_signatures_are_refused)
{
	static const struct item as_list = {
	    "files/0123456789abcdef0123456789abcdef/downloads.html",
	    "downloads.html", 1};
	char path[LOCATION_SIZE];
	struct buf text = buf_init(path, sizeof(path));

	shop_set_up("delivery: cgi\nkey: " KEY "x\n");
	buf_adds(&text, given_path(1700000000, &sold));
	shop_set_up("delivery: cgi\nkey: " KEY "\n");
	ck_assert_int_eq(opened_as(path), OUTCOME_LINK_WRONG);
	ck_assert_int_eq(
	    opened_as(given_path(1700000000, &as_list)), OUTCOME_FILE);
	ck_assert_int_eq(opened_as(given_path(1700000000, NULL)), OUTCOME_LIST);
	ck_assert_int_eq(opened_as(""), OUTCOME_NONE);
	ck_assert_int_eq(opened_as("/"), OUTCOME_NONE);
	ck_assert_int_eq(opened_as("/x"), OUTCOME_LINK_WRONG);
	ck_assert_int_eq(opened_as("////"), OUTCOME_LINK_WRONG);
	shop_set_up("secure: /s\n");
	ck_assert_int_eq(opened_as("/x"), OUTCOME_NONE);
}
END_TEST

/* The macs were made by another program: HMAC-SHA256 and MD5 of openssl. */
START_TEST(secdownload_links)
{
	static const struct item item = {
	    "files/first light.zip", "first light.zip", 3};
	struct link link = {0x5e0be100 + 120, "", ""};
	char buffer[LOCATION_SIZE];
	struct buf text = buf_init(buffer, sizeof(buffer));

	shop_set_up(
	    "delivery: secdownload\nprefix: /dl/\nsecret: verysecret\n");
	deliveries[DELIVERY_SECDOWNLOAD].address(
	    &shop.site, &link, &item, &text);
	ck_assert_str_eq(buffer,
	    "/dl/SkqqASr11XerBalB9vgbmwyOx9HPbiDDcsCRHAocyko/5e0be100/"
	    "first%20light.zip");
	shop_set_up("delivery: secdownload\nprefix: /dl\nsecret: verysecret\n"
		    "algorithm: md5\n");
	text = buf_init(buffer, sizeof(buffer));
	deliveries[DELIVERY_SECDOWNLOAD].address(
	    &shop.site, &link, &item, &text);
	ck_assert_str_eq(buffer,
	    "/dl/ddf4f417e95c832fe1b5918dc8e56767/5e0be100/first%20light.zip");
}
END_TEST

/* The example of Amazon's page on signatures in the query. */
START_TEST(s3_signs_as_amazon_does)
{
	char buffer[LOCATION_SIZE];
	struct buf text = buf_init(buffer, sizeof(buffer));

	shop_set_up("delivery: s3\nwindow: 86400\ns3-style: virtual\n"
		    "s3-endpoint: https://s3.amazonaws.com\n"
		    "s3-region: us-east-1\ns3-bucket: examplebucket\n"
		    "s3-key: AKIAIOSFODNN7EXAMPLE\n"
		    "s3-secret: wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n");
	s3_presign(&shop.settings, 1369353600, 86400, "test.txt", NULL, &text);
	ck_assert_str_eq(buffer,
	    "https://examplebucket.s3.amazonaws.com/test.txt"
	    "?X-Amz-Algorithm=AWS4-HMAC-SHA256"
	    "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2F"
	    "s3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400"
	    "&X-Amz-SignedHeaders=host&X-Amz-Signature="
	    "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
}
END_TEST

/*
 * The longest token, in base64, and a name of which each byte is encoded twice.
 */
START_TEST(s3_long_tokens_fit)
{
	static char settings[SETTINGS_MAX];
	char buffer[LOCATION_SIZE], name[NAME_SIZE];
	struct buf text = buf_init(buffer, sizeof(buffer));
	struct buf token = buf_init(settings, sizeof(settings));
	int i;

	buf_adds(&token,
	    "delivery: s3\ns3-endpoint: https://s3.example.com\n"
	    "s3-region: r\ns3-bucket: b\ns3-key: k\n"
	    "s3-secret: s\ns3-token: ");
	for (i = 0; i < 4096; i += 32)
		buf_adds(&token, "abcdefghijklmnop/ABCDEFGHIJK+012");
	buf_adds(&token, "\n");
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	shop_set_up(settings);
	s3_presign(&shop.settings, 1369353600, 60, "a.zip", name, &text);
	ck_assert(!text.overflowed);
	ck_assert(strstr(buffer, "K%2B012&X-Amz-SignedHeaders") != NULL);
}
END_TEST

static const struct {
	const char *endpoint, *style, *origin;
} origin_cases[] = {
    {"https://S3.Example.com", "path", "https://s3.example.com"},
    {"https://s3.example.com/", "virtual", "https://b.s3.example.com"},
    {"https://s3.example.com:443", "path", "https://s3.example.com"},
    {"http://s3.example.com:80", "virtual", "http://b.s3.example.com"},
    {"http://127.0.0.1:9000", "path", "http://127.0.0.1:9000"},
    {"https://s3.example.com:80", "path", "https://s3.example.com:80"},
};

START_TEST(s3_hosts)
{
	char buffer[200], conf[400];
	struct buf origin = buf_init(buffer, sizeof(buffer));
	struct buf text = buf_init(conf, sizeof(conf));

	buf_addf(&text,
	    "delivery: s3\ns3-region: r\ns3-bucket: B\ns3-key: k\ns3-secret: s"
	    "\ns3-endpoint: %s\ns3-style: %s\n",
	    origin_cases[_i].endpoint, origin_cases[_i].style);
	shop_set_up(conf);
	s3_origin(&shop.settings, &origin);
	ck_assert_str_eq(buffer, origin_cases[_i].origin);
}
END_TEST

/* Without a path of its own the program can sign no address. */
START_TEST(no_script_no_signed_link)
{
	struct link link = {1700000000, "", ""};
	char buffer[LOCATION_SIZE];
	struct buf text = buf_init(buffer, sizeof(buffer));

	shop_set_up("delivery: cgi\nkey: " KEY "\n");
	shop.request.script[0] = '\0';
	deliveries[DELIVERY_CGI].address(&shop.site, &link, &sold, &text);
	ck_assert(text.overflowed);
}
END_TEST

static const struct {
	const char *page;
	const char *made; /* with TITLE_FILES, in English, <meta> in the head */
} marker_cases[] = {
    {"<!-- redeem -->", ""},
    {"a<!-- redeem -->b", "ab"},
    {"<!-- redeem-lang --> <!-- redeem-title -->!<!-- redeem -->",
	"en Your files!"},
    /* after the marker, and more than once */
    {"<!-- redeem --><!-- redeem-title --><!-- redeem-title -->",
	"Your filesYour files"},
    /* what only looks like a marker is the owner's */
    {"<!-- redeemed --><!-- redeem-x --><!-- redeem -->",
	"<!-- redeemed --><!-- redeem-x -->"},
    {"<!-- redeem-- <!-- redeem -->", "<!-- redeem-- "},
    {"<head><!-- redeem-head --></head><!-- redeem -->", "<head><meta></head>"},
};

START_TEST(markers_are_replaced)
{
	char buffer[200];
	struct buf text = buf_init(buffer, sizeof(buffer));
	struct view view = {LANGUAGE_ENGLISH, marker_cases[_i].page, "", "", 0};
	struct filling filling = {TITLE_FILES, "<meta>"};
	const char *rest = view.template;

	while (*rest != '\0')
		rest = page_copy(&text, &view, &filling, rest);
	ck_assert_str_eq(buffer, marker_cases[_i].made);
}
END_TEST

#define FOUR_TITLES MARKER_TITLE MARKER_LANG MARKER_HEAD MARKER_TITLE

static const struct {
	const char *page;
	bool good;
} template_cases[] = {
    {"", false},
    {MARKER, true},
    {"<p>" MARKER "</p>", true},
    {"<!-- redeem-->", false},
    {"<!--redeem -->", false},
    {MARKER_TITLE MARKER_LANG MARKER_HEAD, false},
    {MARKER FOUR_TITLES FOUR_TITLES FOUR_TITLES MARKER_LANG MARKER MARKER,
	true},
    {MARKER FOUR_TITLES FOUR_TITLES FOUR_TITLES FOUR_TITLES, false},
};

START_TEST(templates_are_judged)
{
	ck_assert((template_wrong(template_cases[_i].page) == NULL) ==
	    template_cases[_i].good);
}
END_TEST

/* RFC 3629, 4 */
static const struct {
	const char *string;
	bool good;
} utf8_cases[] = {
    {"", true},
    {"plain\tand\n\x7f", true},
    {"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x8e\xb5", true},
    {"\xef\xbb\xbf", true},
    {"M\xfcller", false},
    {"\xc3", false},
    {"\xe2\x82", false},
    {"\xc0\xaf", false},
    {"\xed\xa0\x80", false},
    {"\xf5\x80\x80\x80", false},
    {"good until the end\x80", false},
};

START_TEST(utf8_is_told)
{
	ck_assert(is_utf8(utf8_cases[_i].string) == utf8_cases[_i].good);
}
END_TEST

/* ---- Codes on NFS ---- */

static const char mounts[] =
    "24 30 0:22 / /proc rw,nosuid shared:12 - proc proc rw\n"
    "30 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,nolock\n"
    "91 30 0:48 / /a rw shared:5 master:3 - nfs h:/a rw,vers=3,nolock,hard\n"
    "92 30 0:49 /x /b\\040c rw - nfs4 h:/b rw,vers=4.2,local_lock=none\n"
    "93 30 0:50 / /d rw - nfs h:/d rw,vers=3,local_lock=flock,addr=1\n"
    "94 30 0:51 / /e rw - nfs h:/e rw,local_lock=posix,nolockd\n"
    "95 30 0:52 / /f rw - nfs h:/f local_lock=all\n"
    "96 30 0:53 / /g rw - nfs h:/g rw,vers=4.0,soft\n"
    "97 30 0:54 / /h rw - nfs h:/h softerr,vers=4.1\n"
    "98 30 0:55 / /i rw - nfs h:/i rw,vers=4.2,softreval,hard";

static const struct {
	const char *device;
	bool wrong, old;
} mount_cases[] = {
    {"0:48", true, true},
    {"0:49", false, false},
    {"0:50", true, true},
    {"0:51", false, false},
    {"0:52", true, false},
    {"0:53", true, true},
    {"0:54", true, false},
    {"0:55", false, false},
    {"0:4", false, false},
    {"0:99", false, false},
};

START_TEST(mounts_are_judged)
{
	struct span options = mount_options(
	    span_of(mounts), mount_cases[_i].device);

	ck_assert((nfs_fault(options) != NULL) == mount_cases[_i].wrong);
	ck_assert(nfs_old(options) == mount_cases[_i].old);
}
END_TEST

START_TEST(mount_options_are_found)
{
	ck_assert(span_is(mount_options(span_of(mounts), "0:49"),
	    "rw,vers=4.2,local_lock=none"));
	ck_assert(span_is(mount_options(span_of(mounts), "0:99"), ""));
	ck_assert(span_is(mount_options(span_of(""), "0:49"), ""));
}
END_TEST

#define LOOP(tcase, test, table)                                               \
	tcase_add_loop_test(tcase, test, 0, (int)LENGTH(table))

/* ---- Secrets ---- */

/* Is WORD anywhere in the SIZE bytes at BYTES? */
static bool holds(const void *bytes, size_t size, const char *word)
{
	const char *rest = bytes;
	const char *end = rest + size;
	size_t length = strlen(word);

	while ((rest = memchr(rest, *word, (size_t)(end - rest))) != NULL) {
		if ((size_t)(end - rest) < length)
			return false;
		if (memcmp(rest, word, length) == 0)
			return true;
		rest++;
	}
	return false;
}

static void file_write(int dir, const char *path, const char *text)
{
	int fd = openat(dir, path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	ck_assert(fd >= 0 && write_all(fd, text, strlen(text)));
	ck_assert_int_eq(close(fd), 0);
}

/* musl's printf leaves there up to 80 bytes of what it has composed. */
#ifdef __GLIBC__
static const bool stack_is_clean = true;
#else
static const bool stack_is_clean = false;
#endif

/*
 * Looks at all of USED and of the stack for WORDS, which end with NULL. TOKEN
 * names a folder and opens nothing: paths on the stack have it.
 */
static void wiped_check(
    const struct shop *used, const char *const *words, const char *token)
{
	ck_assert(!holds(used, sizeof(*used), token));
	for (; *words != NULL; words++) {
		ck_assert_msg(!holds(used, sizeof(*used), *words),
		    "%s is still there", *words);
		if (stack_is_clean)
			ck_assert_msg(!holds(apart[0], APART_SIZE, *words),
			    "%s is still on the stack", *words);
	}
}

static struct shop *apart_shop;
static int apart_in, apart_out;
static enum outcome apart_outcome;

static void task_redeem(void)
{
	apart_outcome = redeem(apart_shop, apart_in, apart_out);
}

/* One request with the BODY, or a GET for PATH; the answer goes to file OUT. */
static enum outcome request_run(
    struct shop *used, int dir, const char *body, const char *path)
{
	char length[32];

	(void)snprintf(length, sizeof(length), "%zu", strlen(body));
	(void)setenv("REQUEST_METHOD", *body != '\0' ? "POST" : "GET", 1);
	(void)setenv("CONTENT_LENGTH", length, 1);
	(void)setenv("PATH_INFO", path, 1);
	file_write(dir, "in", body);
	apart_shop = used;
	apart_in = openat(dir, "in", O_RDONLY);
	apart_out = openat(dir, "out", O_WRONLY | O_CREAT | O_TRUNC, 0600);
	ck_assert(apart_in >= 0 && apart_out >= 0);
	run_apart(apart[0], task_redeem);
	shop_close(used);
	(void)close(apart_in);
	(void)close(apart_out);
	return apart_outcome;
}

static const char shop_code[] = "7K3M9QXA2FTF";

static const struct {
	const char *settings;
	const char *secrets[3];
	bool returns; /* links come back to the program */
} secret_cases[] = {
    {"secure: secure\n", {NULL}, false},
    {"secure: secure\nstart: file\n", {NULL}, false},
    {"delivery: cgi\nkey: Zk5fP0qLw8eX2vTn7RbYc4HdJm9sGa1u\n",
	{"Zk5fP0qLw8eX2vTn7RbYc4HdJm9sGa1u", NULL}, true},
    {"delivery: secdownload\nprefix: /dl\nsecret: Wq8rT2yU5iOp\n",
	{"Wq8rT2yU5iOp", NULL}, true},
    {"delivery: s3\ns3-endpoint: https://s3.example.com\ns3-region: eu-1\n"
     "s3-bucket: music\ns3-key: KEY\ns3-secret: Vn3bM6kL9jH\n"
     "s3-token: Dx4cF7gT1zR\n",
	{"Vn3bM6kL9jH", "Dx4cF7gT1zR", NULL}, true},
};

/* Copies what stands in TEXT from the line "link: " on into LINK. */
static void link_take(int dir, struct link *link)
{
	char text[RECORD_MAX + 1];
	struct span rest = {text, 0};
	ssize_t length;

	length = read_file(dir, "codes/7K3M9QXA2FTF", text, sizeof(text));
	ck_assert(length > 0);
	rest.length = (size_t)length;
	memset(link, 0, sizeof(*link));
	while (rest.length > 0) {
		struct span line = span_split(&rest, '\n');
		struct span key, value;

		if (line_split(line, &key, &value) && span_is(key, "link"))
			link_parse(link, value);
	}
	ck_assert_uint_eq(strlen(link->secret), HEX_SIZE - 1);
}

/* The path behind the program's in the last answer's Location. */
static void path_take(int dir, char path[PATH_SIZE])
{
	static char text[1 << 16];
	struct span rest;
	const char *found;
	ssize_t length = read_file(dir, "out", text, sizeof(text));

	ck_assert(length > 0);
	found = strstr(text, "Location: /redeem.cgi/");
	ck_assert(found != NULL);
	rest = span_of(found + strlen("Location: /redeem.cgi"));
	ck_assert(span_copy(span_split(&rest, '\n'), path, PATH_SIZE));
}

static void shop_make(int dir, const char *settings)
{
	char record[256];

	ck_assert(mkdirat(dir, "codes", 0700) == 0 || errno == EEXIST);
	ck_assert(mkdirat(dir, "files", 0700) == 0 || errno == EEXIST);
	ck_assert(mkdirat(dir, "secure", 0700) == 0 || errno == EEXIST);
	file_write(dir, "files/a.zip", "a");
	file_write(dir, "files/b.zip", "b");
	(void)snprintf(record, sizeof(record),
	    "uses: 0\nlimit: 3\nfile: a.zip\nfile: b.zip\n%*s\n", 200, "");
	file_write(dir, "codes/7K3M9QXA2FTF", record);
	file_write(dir, "conf", settings);
}

/* A buyer's ways through the shop in DIR; nothing secret is left of any. */
static void ways_check(struct shop *used, int dir, int i)
{
	static const char typed[] = "code=7k3m-9qxa-2ftf";
	const char *words[7] = {shop_code, "7k3m-9qxa-2ftf", "7k3m-9qxa-2ftg"};
	struct link link;
	char path[PATH_SIZE] = "";
	size_t count = 3, n;

	for (n = 0; secret_cases[i].secrets[n] != NULL; n++)
		words[count++] = secret_cases[i].secrets[n];
	ck_assert_int_eq(request_run(used, dir, typed, ""), OUTCOME_LINK);
	link_take(dir, &link);
	words[count++] = link.secret;
	words[count] = NULL;
	wiped_check(used, words, link.token);
	if (secret_cases[i].returns)
		path_take(dir, path);
	ck_assert_int_eq(request_run(used, dir, typed, ""), OUTCOME_LINK);
	wiped_check(used, words, link.token);
	ck_assert_int_eq(request_run(used, dir, "code=7k3m-9qxa-2ftg", ""),
	    OUTCOME_MISTYPED);
	wiped_check(used, words, link.token);
	if (!secret_cases[i].returns)
		return;
	ck_assert_int_eq(request_run(used, dir, "", path), OUTCOME_LIST);
	wiped_check(used, words, link.token);
}

/* [S16] */
START_TEST(nothing_secret_is_left)
{
	static struct shop used;
	char home[] = "/tmp/redeem-unit.XXXXXX";
	char text[1024], conf[64], remove[64];
	int dir;

	ck_assert(mkdtemp(home) != NULL);
	dir = open(home, O_RDONLY | O_DIRECTORY);
	(void)snprintf(text, sizeof(text), "home: %s\n%s", home,
	    secret_cases[_i].settings);
	(void)snprintf(conf, sizeof(conf), "%s/conf", home);
	(void)snprintf(remove, sizeof(remove), "rm -r '%s'", home);
	shop_make(dir, text);
	(void)setenv("REDEEM_CONF", conf, 1);
	(void)setenv("SCRIPT_NAME", "/redeem.cgi", 1);
	(void)setenv("CONTENT_TYPE", "application/x-www-form-urlencoded", 1);
	ways_check(&used, dir, _i);
	/* and had there been something, it would have been seen */
	memcpy(used.list_room + sizeof(used.list_room) - strlen(shop_code),
	    shop_code, strlen(shop_code));
	ck_assert(holds(&used, sizeof(used), shop_code));
	run_twice(task_careless);
	ck_assert(holds(apart[1], APART_SIZE, apart_secret));
	memset(&used, 0, sizeof(used));
	ck_assert_int_eq(close(dir), 0);
	ck_assert_int_eq(system(remove), 0);
	(void)unsetenv("REDEEM_CONF");
	(void)unsetenv("REQUEST_METHOD");
	(void)unsetenv("CONTENT_LENGTH");
	(void)unsetenv("PATH_INFO");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("redeem");
	TCase *all = tcase_create("all");
	TCase *stacks = tcase_create("stacks"); /* which have been left */
	SRunner *runner = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, all);
	suite_add_tcase(suite, stacks);
	tcase_add_test(all, text_remembers_overflow);
	tcase_add_test(all, text_prints);
	LOOP(all, html_is_escaped, html_cases);
	tcase_add_test(all, a_mark_is_three_bytes);
	tcase_add_test(all, the_end_of_a_file_is_no_signal);
	LOOP(all, urls_are_encoded, url_cases);
	LOOP(all, sizes_are_readable, size_cases);
	LOOP(all, language_is_chosen, language_cases);
	LOOP(all, dates_are_in_words, date_words);
	LOOP(all, markers_are_replaced, marker_cases);
	LOOP(all, sha256_is_right, sha256_cases);
	tcase_add_test(stacks, digests_leave_nothing);
	tcase_add_test(all, sha256_of_a_million_letters);
	LOOP(all, md5_is_right, md5_cases);
	LOOP(all, hmac_is_right, hmac_cases);
	tcase_add_test(all, same_bytes_are_the_same);
	LOOP(all, base64url_is_right, base64url_cases);
	tcase_add_test(all, http_dates);
	LOOP(all, names_are_given_to_browsers, disposition_cases);
	LOOP(all, names_stand_in_rules, rules_item_cases);
	tcase_add_test(all, rules_have_room);
	tcase_add_test(all, modes_are_inherited);
	tcase_add_test(all, live_buckets_need_no_list);
	tcase_add_test(all, others_may_enter);
	LOOP(all, files_have_types, type_cases);
	LOOP(all, ranges_are_read, range_cases_of_files);
	tcase_add_test(all, signed_links_open);
	tcase_add_loop_test(all, changed_links_are_refused, 0, 2);
	tcase_add_test(all, other_signatures_are_refused);
	tcase_add_test(all, secdownload_links);
	tcase_add_test(all, s3_signs_as_amazon_does);
	tcase_add_test(all, s3_long_tokens_fit);
	LOOP(all, s3_hosts, origin_cases);
	tcase_add_test(all, no_script_no_signed_link);
	LOOP(all, deliveries_need_their_keys, delivery_cases);
	LOOP(all, templates_are_judged, template_cases);
	LOOP(all, utf8_is_told, utf8_cases);
	LOOP(all, mounts_are_judged, mount_cases);
	tcase_add_test(all, mount_options_are_found);
	tcase_add_test(all, letters_become_numbers);
	tcase_add_loop_test(all, each_language_has_each_phrase, 0, PHRASES);
	tcase_add_loop_test(
	    all, sentences_are_whole, 0, CLOSED_AGAIN - TELL_FORM + 1);
	LOOP(all, instants_go_both_ways, instant_cases);
	LOOP(all, bad_instants_are_refused, bad_instants);
	LOOP(all, dates_are_checked, date_cases);
	LOOP(all, window_holds_when_clocks_change, range_cases);
	tcase_add_test(all, window_in_utc);
	tcase_add_test(all, settings_have_defaults);
	tcase_add_test(all, settings_are_read);
	tcase_add_test(all, settings_may_begin_with_a_mark);
	tcase_add_test(all, each_key_has_its_row);
	LOOP(all, contacts_are_checked, contact_cases);
	tcase_add_test(all, long_values_have_a_limit);
	tcase_add_test(all, zones_are_known);
	tcase_add_test(all, grace_follows_the_window);
	LOOP(all, bad_settings_are_refused, bad_settings);
	LOOP(all, forms_are_decoded, form_cases);
	LOOP(all, codes_are_folded, code_cases);
	LOOP(all, codes_are_found, paste_cases);
	LOOP(all, other_scripts_are_mistyped, foreign_codes);
	LOOP(all, check_character, check_cases);
	tcase_add_test(all, check_finds_each_wrong_character);
	tcase_add_test(all, records_are_read);
	LOOP(all, bad_records_are_refused, bad_records);
	LOOP(all, torn_lines_are_no_harm, torn_lines);
	LOOP(all, records_are_composed, compose_cases);
	tcase_add_test(all, records_never_shrink);
	tcase_add_test(all, full_records_are_noticed);
	LOOP(all, decisions, decide_cases);
	LOOP(all, cookies_are_compared, cookie_cases);
	LOOP(all, addresses_are_told_apart, address_cases);
	LOOP(all, no_address_is_no_number, no_addresses);
	tcase_add_test(all, tries_are_forgotten);
	tcase_add_test(all, fewest_tries_give_way);
	tcase_add_test(all, who_waits_stays);
	LOOP(all, names_that_may_be_sold, name_cases);
	LOOP(all, names_are_in_order, order_cases);
	LOOP(all, letters_with_marks_are_the_same, same_cases);
	LOOP(all, rows_of_letters_are_whole, letter_marks);
	LOOP(all, what_systems_leave_is_known, junk_cases);
	tcase_add_test(all, public_names_are_unique);
	tcase_add_test(all, links_differ);
	LOOP(all, only_what_is_ours_is_swept, own_cases);
	LOOP(all, secure_is_ours_by_its_rules, rules_cases);
	tcase_add_test(all, refusals_are_flattened);
	tcase_add_test(all, a_mark_tells_refusals_apart);
	tcase_add_test(all, a_new_page_has_a_new_number);
	tcase_add_test(all, refusals_wear_the_owners_page);
	tcase_add_loop_test(all, the_refusal_page_fits, 0, (int)LANGUAGES);
	LOOP(stacks, nothing_secret_is_left, secret_cases);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
