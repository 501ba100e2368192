/*
 * redeem - a download for whoever holds the code
 *
 * This program is in the public domain. There is no warranty.
 *
 * A record label prints a secret code on a card in every sleeve. The buyer
 * types it into a form. This CGI program (RFC 3875) counts one use of the code
 * and redirects to a link that stays valid for two minutes, and the web server
 * sends the files. There is no database and no daemon: all state is in small
 * text files, which the owner may edit with any tool that takes their lock.
 *
 *	POST code=...   find codes/CODE, lock it, decide, publish a link, write
 *	                the record back, sync it, and only then tell the buyer:
 *	303 Location:   /secure/<bucket>/<token>/<file>?<secret>
 *
 * How a link is made depends on the web server. Each way is a DELIVERY: rules
 * for Apache (section 11), links signed for this program, for lighttpd or for
 * an object store (section 12).
 *
 * START READING AT redeem(), in section 16. It answers one request from
 * beginning to end, and everything above it is there for it; main() is at the
 * very end. Functions are defined before they are used, so whatever a function
 * calls stands above it.
 *
 * A RECORD is the file of one code, at most RECORD_MAX bytes, and its name is
 * the code. This is codes/7K3M9QXA2FTF after one of three downloads:
 *
 *	uses: 1
 *	limit: 3
 *	file: first-light-mp3.zip
 *	file: first-light-flac/
 *	expires: 2027-12-31
 *	note: sleeve batch 2
 *	last: 2026-11-23T20:56:01Z
 *	link: 2026-11-23T20:58:01Z <token, 32 hex digits> <secret, 32 more>
 *
 * Lines end in LF or CRLF. "uses", "limit" and at least one "file" are
 * required; codes/format.txt explains them all. The program writes "uses",
 * "last" and "link" and leaves every other line as it is, whether it knows the
 * key or not. Blanks at the end are padding, left where the record used to be
 * longer. SETTINGS have the same grammar, in a file called .htredeem; there,
 * lines that begin with # are comments, and an unknown key is an error.
 *
 * THE SECTIONS, in the order in which data flows:
 *
 *   1  Whatever is not POSIX, each with its fallback
 *   2  Limits, and the types that sections share: settings, request, code,
 *      record, link, item, site, view, shop. A language is a row of
 *      EACH_LANGUAGE here and a block of texts in section 14
 *   3  Text in buffers, dates and times, random bytes, files, locks
 *   4  Settings: a key is a row of "keys" and a case in setting_assign
 *   5  Request: the variables and the body that the web server hands over
 *   6  Code as typed: what people type and paste becomes names of records
 *   7  Failed tries: who has sent too many has to wait
 *   8  Record: found, locked, parsed, decided upon and written back. A key of
 *      the record is a line in record_parse_line, and in tools/.record.awk
 *   9  SHA-256, HMAC, MD5
 *  10  Files for sale: what a record's "file" lines come to, which names are
 *      refused (name_wrong, run_by_servers) or passed over in a folder
 *      (name_left_behind), in which order they are listed; random links
 *  11  Delivery "apache": a link's directory, with the rules and the headers
 *      under which Apache sends its files (rules_add, and reply_file in
 *      section 14 for the same headers of ours); expired links are removed
 *  12  Deliveries "cgi", "secdownload", "s3": signed links; and the table of
 *      all deliveries
 *  13  A link that comes back to this program: is it ours, is it still open,
 *      which part of which file does it ask for
 *  14  Texts, one block for each language; pages; and the reply: the headers
 *      of every answer, and of each file that this program sends itself
 *  15  The shop opened, closed, and checked for --check
 *  16  redeem: from the form to the link
 *  17  From a shell: options, and main
 *
 * THE TESTS are in tests/, and its README says where a new one goes. unit.c
 * includes this file and has a part for each section. Otherwise: sections 4 and
 * 15, program-settings.t and program-check.t; 5, proof-hostile.t; 7,
 * program-throttle.t; 8, program-record.t; 11, link-*.t and program-ours.t; 12
 * and 13, delivery-*.t; 14, page-*.t and program-answers.t. fuzz_*.c throw
 * random input at sections 4, 5, 8, 13 and at all of them together.
 *
 * WHO OWNS WHAT. Everything that lasts longer than a function call is in one
 * struct shop, which main() has as a static variable and redeem() is given;
 * there is no other state and nothing is allocated but by libc. The structs in
 * it are borrowed by whoever is passed a pointer, until redeem() returns.
 *
 *	site.home, site.secure  opened by shop_open, closed by shop_close
 *	record.fd               opened and locked by record_open; closed, which
 *	                        unlocks it, by record_close
 *	download.fd             opened by download_open, closed by shop_close
 *	settings.text           what strings in struct settings point into;
 *	                        redeem() wipes it before it returns
 *	record.text             what spans in struct record point into, until
 *	                        the next record_open
 *	page, out, list         the owner's template, the answer, and the page
 *	                        inside a link
 *
 * A struct span points into somebody else's buffer and must not outlive it. A
 * struct buf is a buffer of fixed size that remembers when it overflowed; its
 * user checks that once, at the end. X_parse looks at text alone, X_read and
 * X_open at the disk, X_write and X_format make what their names say.
 *
 * THE LOCK. A record is changed only under an exclusive flock(2) on its file,
 * through the one descriptor that was locked. Once the lock is held, the path
 * must still name the locked file, since an editor may have put another in its
 * place; if it does not, everything starts over. Before the buyer is told, the
 * path is compared once more. No program of ours ever renames, removes or
 * truncates the file of a code in use: a process that waits for the lock would
 * then lock a file without a name, and the code could be used more often than
 * "limit" allows.
 *
 * SECURITY RULES. A line that keeps a rule names it in brackets, and so does
 * the test that proves it.
 *
 *  [S1]  What a client sends becomes part of a path only as a code: 4 to 64
 *        ASCII letters and digits, nothing else.
 *  [S2]  A use is counted only under the lock, in the file that the path names
 *        while the lock is held. Never more than "limit" uses.
 *  [S3]  The order is fixed: publish the link, write the record with one
 *        pwrite, sync it, tell the buyer. No link is disclosed before its use
 *        is counted.
 *  [S4]  If a step fails, the steps before it are undone, and the buyer hears
 *        that nothing was counted. No failure opens a way round a rule.
 *  [S5]  Token and secret are 128 bits each, from the kernel. If the kernel
 *        has none to give, there is no link.
 *  [S6]  A link's directory is built under a hidden name, .htaccess first,
 *        then gets its own name by rename, and is never written again.
 *  [S7]  The rules in .htaccess refuse when in doubt: none of them stands in an
 *        IfModule, and they compare 14 digits with < and > only.
 *  [S8]  Only POST spends. The second click within the grace is free.
 *  [S9]  Only a regular file below home/files is sold, reached without a
 *        symbolic link, and never one whose name a server might run.
 *  [S10] Whatever is echoed is escaped for where it stands. Pages allow no
 *        script, no cache, no referrer and no guessing of types.
 *  [S11] No header is built from what the client sent.
 *  [S12] What went wrong goes to stderr, one line, and never to the buyer.
 *  [S13] Settings hold as a whole or not at all: if anything in them is wrong,
 *        nothing is served and nothing is counted.
 *  [S14] Expired links are removed, a bounded number with each redemption, and
 *        nothing is ever removed that is not ours.
 *  [S15] Failed tries are counted by address; past "tries" in ten minutes that
 *        address has to wait. A mistyped code counts a tenth of one, and
 *        if the table is missing or damaged, nobody is locked out.
 *  [S16] A signature is compared in constant time. What it opens, and until
 *        when, is what was signed. Secrets in the settings are refused where
 *        others can read them, and never shown. Once the answer is sent,
 *        shop_wipe leaves nothing in struct shop of the code, the link's
 *        secrets and the settings'.
 *
 * WHAT A BUYER CAN BE TOLD. Each request comes to one enum outcome, and the
 * table "answers" in section 14 has a row for each: status, title, sentence.
 *
 *	303             here is your link
 *	200             the form; the files of a link
 *	400, 404        that is no code, is mistyped, or unknown
 *	403, 410        it is used up, expired, not yet valid; a link is closed
 *	429, 503        wait a while, then try again: nothing was counted
 *	500             this code is broken, or the shop is not set up
 *	405, 411 to 415 a request that no browser makes of our form
 */

/*
 * 1. What is not POSIX.1-2008, all of it here, with its fallback
 *
 * flock(2) is BSD's and nearly everywhere, else fcntl(2) locks; getrandom(2) is
 * Linux 3.17, arc4random(3) the BSDs'; where neither answers, /dev/urandom
 * does. macOS calls fdatasync and st_mtim by other names. Only --check asks
 * whether a file is on NFS and on which device; a system that cannot tell says
 * no. With -DREDEEM_POSIX only the fallbacks are used.
 */
#define _XOPEN_SOURCE 700
#ifndef REDEEM_POSIX
#define _DEFAULT_SOURCE 1 /* glibc, musl */
#define _DARWIN_C_SOURCE 1
#define _BSD_SOURCE 1 /* OpenBSD */
#define __BSD_VISIBLE 1 /* FreeBSD, DragonFly */
#define _NETBSD_SOURCE 1
#endif

#include <sys/types.h>

#include <sys/stat.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <arpa/inet.h>

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#ifndef REDEEM_POSIX
#include <sys/file.h>
#ifdef __linux__
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#else
#include <sys/param.h>

#include <sys/mount.h>
#include <sys/statvfs.h>
#endif
#endif

#if defined(__GNUC__) || defined(__clang__)
#define LIKE_PRINTF(template, rest)                                            \
	__attribute__((format(printf, template, rest)))
#else
#define LIKE_PRINTF(template, rest)
#endif

/* Fills BYTES from the kernel; returns how many, 0 if unsupported. */
static size_t system_random(unsigned char *bytes, size_t size)
{
#if defined(SYS_getrandom)
	long got = syscall(SYS_getrandom, bytes, size, 0);

	return got > 0 ? (size_t)got : 0;
#elif defined(__APPLE__) || defined(__FreeBSD__) || defined(__NetBSD__) ||     \
    defined(__OpenBSD__) || defined(__DragonFly__)
	arc4random_buf(bytes, size);
	return size;
#else
	(void)bytes;
	(void)size;
	return 0;
#endif
}

/* The part of a second of st_mtime, in nanoseconds; stat(2). */
static long changed_nanoseconds(const struct stat *st)
{
#if defined(__APPLE__)
	return st->st_mtimespec.tv_nsec;
#else
	return st->st_mtim.tv_nsec;
#endif
}

/* Is FD on NFS? statfs(2), which Linux and the BSDs have each in their way. */
static bool is_on_nfs(int fd)
{
#if defined(REDEEM_POSIX)
	return fd < 0;
#elif defined(__linux__)
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 && fs.f_type == 0x6969;
#elif defined(__NetBSD__)
	struct statvfs fs;

	return fstatvfs(fd, &fs) == 0 && strcmp(fs.f_fstypename, "nfs") == 0;
#else
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 && strcmp(fs.f_fstypename, "nfs") == 0;
#endif
}

/* The numbers of a device, as /proc/self/mountinfo of Linux has them. */
static void device_numbers(dev_t device, long long *high, long long *low)
{
#if defined(REDEEM_POSIX) || !defined(__linux__)
	*high = 0;
	*low = (long long)device;
#else
	*high = major(device);
	*low = minor(device);
#endif
}

/* Returns once the contents of FD are on the disk; fdatasync(2). */
static int sync_data(int fd)
{
#if defined(F_FULLFSYNC)
	if (fcntl(fd, F_FULLFSYNC) == 0)
		return 0;
	/* some file systems do not know it: fsync(2) is then what there is */
	if (errno != ENOTSUP && errno != EINVAL && errno != ENOTTY)
		return -1;
	return fsync(fd);
#else
	return fdatasync(fd);
#endif
}

/* What --version says of the locks; nothing where they are flock's. */
#if defined(LOCK_EX)
#define LOCKS_NOTE ""
#else
#define LOCKS_NOTE                                                             \
	"locks: fcntl(2), not flock(2): do not change codes with tools/code\n" \
	"or flock(1) while buyers are about, for these locks exclude "         \
	"neither\n"
#endif

/*
 * Takes the lock on FD, or says EWOULDBLOCK if another has it; to WAIT for that
 * one ends with EINTR when a signal comes. fcntl's lock is gone as soon as the
 * process closes any descriptor of the file, so none but FD may be open. [S2]
 */
static int lock_file(int fd, bool wait)
{
#if defined(LOCK_EX)
	return flock(fd, wait ? LOCK_EX : LOCK_EX | LOCK_NB);
#else
	struct flock all;

	memset(&all, 0, sizeof(all));
	all.l_type = F_WRLCK;
	all.l_whence = SEEK_SET;
	if (fcntl(fd, wait ? F_SETLKW : F_SETLK, &all) == 0)
		return 0;
	if (errno == EACCES || errno == EAGAIN)
		errno = EWOULDBLOCK;
	return -1;
#endif
}

/*
 * 2. Limits, which -D can override, and types
 */
#define VERSION "1.0"

#ifndef RECORD_MAX
#define RECORD_MAX 4096 /* bytes of a code's file */
#endif
#ifndef SETTINGS_MAX
#define SETTINGS_MAX 8192 /* bytes of .htredeem */
#endif
#ifndef BODY_MAX
#define BODY_MAX 4096 /* bytes of a form, in the body or in the query */
#endif
#ifndef PAGE_KIB
#define PAGE_KIB 64 /* of the owner's page */
#endif
#define PAGE_MAX (PAGE_KIB * 1024) /* bytes of it */
#ifndef PATH_SIZE
#define PATH_SIZE 1024 /* bytes of a path, its end included */
#endif
#ifndef ITEMS_MAX
#define ITEMS_MAX 256 /* files that one code opens */
#endif
#ifndef WAIT_SECONDS
#define WAIT_SECONDS 10L /* for a lock, or for the body of a request */
#endif
#ifndef LOG_SECONDS
#define LOG_SECONDS 5L /* that a line waits for the lock on the log */
#endif
#ifndef ATTEMPTS_MAX
#define ATTEMPTS_MAX 512 /* addresses in the table of failed tries */
#endif
#ifndef TRIES_SECONDS
#define TRIES_SECONDS 600 /* in which failed tries are counted */
#endif
#ifndef SWEEP_MAX
/*
 * Expired links that one redemption removes: to remove one takes about as long
 * as to make one, and two for each that is made are enough to catch up.
 */
#define SWEEP_MAX 2
#endif

#define S3_TOKEN_MAX 4096 /* characters of a session's token */
#define CODE_MIN 4
#define CODE_MAX 64
#define MINTED 12 /* characters of a minted code, the check included */
#define NAME_SIZE 264 /* bytes of a file's public name: NAME_MAX, a prefix */
#define RANDOM_BYTES 16 /* of a token, of a secret */
#define HEX_SIZE (2 * RANDOM_BYTES + 1)
#define DAY 86400 /* seconds */
#define APACHE_TIME_SIZE 15 /* YYYYMMDDHHMMSS */
#define LIST_PAGE "downloads.html"
#define MARKERS_MAX 16 /* in an owner's page */
#define HTML_MAX 6 /* bytes of a character that is escaped: &quot; */
#define SEND_SIZE 32768 /* bytes of a file that are in memory at once */
#define LOCATION_SIZE 8192 /* bytes of an address that opens a file */
#define COOKIE_NAME_SIZE (sizeof("redeem-") + 16)
#define COOKIE_SIZE (PATH_SIZE + 256)
#define REFUSAL_SIZE 8000 /* of a page: Apache takes lines of 8191 bytes */
#define PAGE_MARK_SIZE 128 /* of what tells such pages apart */
#define OFFER_ROOM 16384 /* for a delivery to compose in */
#define TEXT_OF(number) #number
#define TEXT(macro) TEXT_OF(macro) /* a macro's value, in quotes */
#define LENGTH(array) (sizeof(array) / sizeof(array)[0])

/* Part of a text in somebody else's buffer; does not end with a NUL. */
struct span {
	const char *bytes;
	size_t length;
};

/*
 * Text in a buffer of fixed size that always ends with a NUL. A piece that does
 * not fit is left out entirely and sets "overflowed", which users must check.
 */
struct buf {
	char *bytes;
	size_t size;
	size_t length;
	bool overflowed;
};

/* What a request comes to; the table "answers" says what a buyer is told. */
enum outcome {
	OUTCOME_NONE, /* nothing is decided yet: go on */
	OUTCOME_LINK,
	OUTCOME_FORWARD, /* a link whose bytes another server has */
	OUTCOME_FILE,
	OUTCOME_PART,
	OUTCOME_NO_PART,
	OUTCOME_LIST,
	OUTCOME_LINK_WRONG,
	OUTCOME_LINK_OVER,
	OUTCOME_FORM,
	OUTCOME_EMPTY,
	OUTCOME_MISTYPED,
	OUTCOME_UNKNOWN,
	OUTCOME_USED_UP,
	OUTCOME_EXPIRED,
	OUTCOME_NOT_YET,
	OUTCOME_BROKEN,
	OUTCOME_BAD_METHOD,
	OUTCOME_BAD_TYPE,
	OUTCOME_NO_LENGTH,
	OUTCOME_BAD_LENGTH,
	OUTCOME_TOO_LONG,
	OUTCOME_BAD_BODY,
	OUTCOME_SLOW_DOWN,
	OUTCOME_TRY_AGAIN,
	OUTCOME_NOT_SET_UP
};

/* The languages of the pages and their tags (RFC 5646); texts: section 14. */
#define EACH_LANGUAGE(ROW)                                                     \
	ROW(ENGLISH, "en")                                                     \
	ROW(FRENCH, "fr")                                                      \
	ROW(GERMAN, "de")                                                      \
	ROW(DUTCH, "nl")                                                       \
	ROW(SPANISH, "es")

#define LANGUAGE_ENUM(name, tag) LANGUAGE_##name,
#define LANGUAGE_TAG(name, tag) [LANGUAGE_##name] = (tag),
enum language { EACH_LANGUAGE(LANGUAGE_ENUM) LANGUAGES };
static const char *const languages[] = {EACH_LANGUAGE(LANGUAGE_TAG) NULL};

/* The words of settings, each list in the order of its enum. */
enum delivery_id {
	DELIVERY_APACHE,
	DELIVERY_CGI,
	DELIVERY_SECDOWNLOAD,
	DELIVERY_S3
};
static const char *const delivery_words[] = {
    [DELIVERY_APACHE] = "apache",
    [DELIVERY_CGI] = "cgi",
    [DELIVERY_SECDOWNLOAD] = "secdownload",
    [DELIVERY_S3] = "s3",
    NULL,
};

enum start { START_PAGE, START_FILE };
static const char *const start_words[] = {
    [START_PAGE] = "page",
    [START_FILE] = "file",
    NULL,
};

enum links { LINKS_SYMBOLIC, LINKS_HARD };
static const char *const links_words[] = {
    [LINKS_SYMBOLIC] = "symbolic",
    [LINKS_HARD] = "hard",
    NULL,
};

enum handoff { HANDOFF_NONE, HANDOFF_SENDFILE, HANDOFF_ACCEL };
static const char *const handoff_words[] = {
    [HANDOFF_NONE] = "none",
    [HANDOFF_SENDFILE] = "X-Sendfile",
    [HANDOFF_ACCEL] = "X-Accel-Redirect",
    NULL,
};

enum secdownload_algorithm { ALGORITHM_HMAC_SHA256, ALGORITHM_MD5 };
static const char *const algorithm_words[] = {
    [ALGORITHM_HMAC_SHA256] = "hmac-sha256",
    [ALGORITHM_MD5] = "md5",
    NULL,
};

enum s3_style { STYLE_PATH, STYLE_VIRTUAL };
static const char *const s3_style_words[] = {
    [STYLE_PATH] = "path",
    [STYLE_VIRTUAL] = "virtual",
    NULL,
};

/* The keys of .htredeem; the table "keys" in section 4 says what each takes. */
enum key_id {
	KEY_HOME,
	KEY_PAGE,
	KEY_TIMEZONE,
	KEY_LANGUAGE,
	KEY_ADDRESS,
	KEY_CONTACT,
	KEY_WINDOW,
	KEY_GRACE,
	KEY_RETRY,
	KEY_TRIES,
	KEY_START,
	KEY_DELIVERY,
	KEY_SECURE,
	KEY_URL,
	KEY_LINKS,
	KEY_CGI_KEY,
	KEY_HANDOFF,
	KEY_HANDOFF_PREFIX,
	KEY_PREFIX,
	KEY_SECRET,
	KEY_ALGORITHM,
	KEY_S3_ENDPOINT,
	KEY_S3_REGION,
	KEY_S3_BUCKET,
	KEY_S3_PREFIX,
	KEY_S3_KEY,
	KEY_S3_SECRET,
	KEY_S3_TOKEN,
	KEY_S3_STYLE,
	KEYS
};

/*
 * What .htredeem says; times are in seconds. Strings point into "text" or
 * "joined"; one that is not set is empty.
 */
struct settings {
	bool given[KEYS]; /* the file has this key */
	const char *home; /* absolute */
	const char *page; /* the owner's page: absolute, or below home */
	const char *timezone; /* as in the variable TZ */
	enum language language; /* for whoever asks for none of ours */
	const char *address; /* of the form, as the world sees it: a URL */
	const char *contact; /* of the label: a mail address or https URL */
	long window; /* that a link is valid */
	long grace; /* in which the second click is free */
	long retry; /* in which the same browser may try again; 0: never */
	long tries; /* failed, per address, in ten minutes; 0: no limit */
	enum start start; /* where the link to a single file leads */
	enum delivery_id delivery;
	struct {
		const char *secure; /* absolute */
		const char *url; /* path of secure; no slash at its end */
		enum links links;
	} apache;
	struct {
		const char *key; /* signs the links */
		enum handoff handoff;
		const char *handoff_prefix; /* URL path; no slash at its end */
	} cgi;
	struct {
		const char *prefix; /* URL path; no slash at its end */
		const char *secret;
		enum secdownload_algorithm algorithm;
	} secdownload;
	struct {
		const char *endpoint; /* http(s)://host[:port] */
		const char *region;
		const char *bucket;
		const char *prefix; /* of object keys; no slash at its end */
		const char *key; /* the access key's id */
		const char *secret;
		const char *token; /* of a session */
		enum s3_style style;
	} s3;
	char file[PATH_SIZE]; /* where it was found, for messages */
	size_t size; /* of "text", in bytes */
	char text[SETTINGS_MAX + 1]; /* what is in it, secrets included */
	char joined[2 * PATH_SIZE]; /* home and secure, where relative */
};

enum method { METHOD_OTHER, METHOD_GET, METHOD_HEAD, METHOD_POST };

/* What the client asks for, decoded. Pointers are into the environment. */
struct request {
	enum method method;
	const char *address; /* the client's, as text, or empty */
	const char *languages; /* Accept-Language, or empty */
	const char *path; /* decoded, what follows the script's; or empty */
	const char *range; /* Range, or empty */
	const char *if_range; /* If-Range, or empty */
	const char *cookies; /* Cookie, or empty */
	char script[PATH_SIZE]; /* URL path of this program, or empty */
	char typed[BODY_MAX + 1]; /* the field "code", as it was typed */
};

/*
 * A code as typed, ready to be looked up: letters and digits only. What cannot
 * be one is empty.
 */
struct code {
	char exact[CODE_MAX + 1]; /* in upper case */
	char folded[CODE_MAX + 1]; /* the same with O as 0, I and L as 1 */
	char group[MINTED + 1]; /* a minted code amid other text, folded */
};

/* What gives access to files, and until when. An empty token means no link. */
struct link {
	time_t end; /* the last second in which it is valid */
	char token[HEX_SIZE];
	char secret[HEX_SIZE];
};

/* A code's file, read and locked. Spans point into "text". */
struct record {
	int fd;
	char path[sizeof("codes/") + CODE_MAX]; /* below home */
	const char *name; /* end of "path": the code as it is stored */
	size_t size; /* on disk, in bytes */
	struct span body; /* without byte order mark and room at its end */
	long uses;
	long limit;
	long from; /* first valid day as YYYYMMDD; 0: none */
	long expires; /* last valid day; 0: none */
	struct span page; /* the code's own template; empty: none */
	time_t last; /* counted use; 0: none known */
	struct link link; /* the live one, as far as is known */
	char text[RECORD_MAX + 1];
};

/* One file for sale. */
struct item {
	char path[PATH_SIZE]; /* below home: "files/..." */
	char name[NAME_SIZE]; /* in the link */
	off_t size; /* bytes */
};

struct items {
	size_t count;
	struct item item[ITEMS_MAX];
	char reason[2 * PATH_SIZE]; /* why they cannot be sold, if so */
};

/*
 * The rules of the folder of links: of this version; with a page that is not,
 * or that knows no way back to the form; or of another version, or missing.
 */
enum rules { RULES_CURRENT, RULES_PAGE_OLD, RULES_OLD };

/* Where a delivery works. Borrowed from struct shop, which owns it all. */
struct site {
	const struct settings *settings;
	const char *script; /* URL path of this program, or empty */
	int home; /* descriptor, or -1 */
	int secure; /* descriptor, or -1 */
	enum rules rules; /* of secure */
	char secure_page[PAGE_MARK_SIZE]; /* page_mark of theirs, or empty */
	time_t now; /* of this request */
};

/* A file that this program sends, or LENGTH bytes of it from FIRST on. */
struct download {
	int fd; /* -1: none */
	int64_t size, first, length; /* bytes */
	char tag[64]; /* ETag, quotes included */
	char date[32]; /* Last-Modified */
};

/* What a page needs, whatever it says. */
struct view {
	enum language language; /* the buyer's */
	const char *template; /* the page round it all, with its markers */
	const char *action; /* URL path that the form posts to, or empty */
	const char *contact; /* a mail address or an https address, or empty */
	time_t now;
};

/*
 * Everything that one request works on: a megabyte, most of which is never
 * touched and so takes no memory. What is short stands together, and what is
 * long behind it, so that few pages are touched.
 */
struct shop {
	struct site site;
	struct view view;
	struct download download;
	long wait; /* seconds until this address may try again */
	struct buf list; /* the page that lists several files, or empty */
	struct request request;
	struct record record;
	struct settings settings;
	char cookie[COOKIE_SIZE]; /* value of Set-Cookie, or empty */
	char location[LOCATION_SIZE]; /* of a link that is given */
	struct items items;
	char reason[RECORD_MAX + 256]; /* why a code is not served */
	char refusal[REFUSAL_SIZE]; /* a link's page for those who come late */
	/* an answer; before it, what else has to be composed */
	char out[PAGE_MAX + HTML_MAX * BODY_MAX + 16384];
	char page[PAGE_MAX + 1]; /* the owner's, where there is one */
	char list_room[ITEMS_MAX * 2048]; /* of "list" */
	char refusal_of_all[REFUSAL_SIZE]; /* for the folder of links */
	char mark_of_all[PAGE_MARK_SIZE]; /* what that page depends on */
};

/*
 * 3. Text, time, random bytes, files
 */

/*
 * Overwrites what should not be left in memory. The compiler cannot know which
 * function the pointer leads to, so it leaves the call in.
 */
static void wipe(void *secret, size_t size)
{
	static void *(*const volatile overwrite)(void *, int, size_t) = memset;

	(void)overwrite(secret, 0, size);
}

/* The same for a string: no more of its buffer has been written. */
static void wipe_string(char *string)
{
	wipe(string, strlen(string));
}

/*
 * An empty text that may get SIZE bytes of BUFFER, its NUL included. What is in
 * BUFFER stays until something is added: its page need not be touched.
 */
static struct buf buf_room(char *buffer, size_t size)
{
	struct buf text = {buffer, size, 0, false};

	return text;
}

/* The same as a string, which is empty. */
static struct buf buf_init(char *buffer, size_t size)
{
	buffer[0] = '\0';
	return buf_room(buffer, size);
}

static void buf_addmem(struct buf *text, const char *bytes, size_t length)
{
	if (text->overflowed || length >= text->size - text->length) {
		text->overflowed = true;
		return;
	}
	memcpy(text->bytes + text->length, bytes, length);
	text->length += length;
	text->bytes[text->length] = '\0';
}

static void buf_adds(struct buf *text, const char *string)
{
	buf_addmem(text, string, strlen(string));
}

/* As vprintf(3): appends all that FORMAT makes, or nothing. */
LIKE_PRINTF(2, 0)
static void buf_vaddf(struct buf *buf, const char *format, va_list rest)
{
	size_t room = buf->size - buf->length;
	int length = vsnprintf(buf->bytes + buf->length, room, format, rest);

	if (buf->overflowed || length < 0 || (size_t)length >= room) {
		buf->overflowed = true;
		wipe_string(buf->bytes + buf->length);
		return;
	}
	buf->length += (size_t)length;
}

LIKE_PRINTF(2, 3)
static void buf_addf(struct buf *text, const char *format, ...)
{
	va_list rest;

	va_start(rest, format);
	buf_vaddf(text, format, rest);
	va_end(rest);
}

/* Adds what FORMAT says of a fault; it is never silence, however long. [S12] */
LIKE_PRINTF(2, 0)
static void buf_vaddfault(struct buf *text, const char *format, va_list rest)
{
	buf_vaddf(text, format, rest);
	if (text->overflowed) {
		text->overflowed = false; /* nothing of it was added */
		buf_adds(text, "a name is too long");
	}
}

/* Says on stderr, in one line, what went wrong. [S12] */
LIKE_PRINTF(1, 2)
static void complain(const char *format, ...)
{
	char line[2 * RECORD_MAX + 2];
	struct buf text = buf_init(line, sizeof(line) - 1);
	va_list rest;
	size_t i;

	buf_adds(&text, "redeem: ");
	va_start(rest, format);
	buf_vaddfault(&text, format, rest);
	va_end(rest);
	for (i = 0; i < text.length; i++)
		if (iscntrl((unsigned char)line[i]))
			line[i] = '?';
	line[text.length++] = '\n';
	/* if that fails, there is nobody else to tell */
	if (write(STDERR_FILENO, line, text.length) < 0)
		text.overflowed = true;
	wipe(line, text.length);
}

/*
 * Puts into REASON what is wrong, for the log and for complain; returns
 * OUTCOME, for the caller to return.
 */
LIKE_PRINTF(3, 4)
static enum outcome fail(
    struct buf *reason, enum outcome outcome, const char *format, ...)
{
	va_list rest;

	*reason = buf_init(reason->bytes, reason->size);
	va_start(rest, format);
	buf_vaddfault(reason, format, rest);
	va_end(rest);
	return outcome;
}

/* Will ERROR of a system call be the same when the buyer tries again? */
static bool is_lasting(int error)
{
	static const int lasting[] = {ENOENT, ENOTDIR, EISDIR, EACCES, EPERM,
	    ELOOP, ENAMETOOLONG, EINVAL, ENXIO, EROFS};
	size_t i;

	for (i = 0; i < LENGTH(lasting); i++)
		if (error == lasting[i])
			return true;
	return false;
}

/* As fail, after a system call on PATH that failed with ERROR. */
static enum outcome fail_errno(struct buf *reason, const char *path, int error)
{
	return fail(reason,
	    is_lasting(error) ? OUTCOME_BROKEN : OUTCOME_TRY_AGAIN, "%s: %s",
	    path, strerror(error));
}

/* Bytes of the UTF-8 character at the start of STRING (RFC 3629); 0 if bad. */
static size_t utf8_length(const char *string)
{
	const unsigned char *bytes = (const unsigned char *)string;
	size_t length = 1;
	size_t i;

	if (bytes[0] >= 0x80)
		length = bytes[0] < 0xe0 ? 2 : bytes[0] < 0xf0 ? 3 : 4;
	if ((bytes[0] >= 0x80 && bytes[0] < 0xc2) || bytes[0] > 0xf4)
		return 0;
	for (i = 1; i < length; i++)
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
	if ((bytes[0] == 0xe0 && bytes[1] < 0xa0) ||
	    (bytes[0] == 0xed && bytes[1] > 0x9f) ||
	    (bytes[0] == 0xf0 && bytes[1] < 0x90) ||
	    (bytes[0] == 0xf4 && bytes[1] > 0x8f))
		return 0;
	return length;
}

/* Is STRING UTF-8 from beginning to end? */
static bool is_utf8(const char *string)
{
	size_t length;

	while (*string != '\0' && (length = utf8_length(string)) > 0)
		string += length;
	return *string == '\0';
}

/*
 * Takes the first character off STRING, which is not empty: its number in
 * Unicode, or -1 for a byte that is not UTF-8.
 */
static long utf8_next(const char **string)
{
	size_t length = utf8_length(*string);
	long point = (unsigned char)**string;
	size_t i;

	if (length == 0) {
		(*string)++;
		return -1;
	}
	if (length > 1)
		point &= 0x7f >> length;
	for (i = 1; i < length; i++)
		point = point << 6 | ((*string)[i] & 0x3f);
	*string += length;
	return point;
}

/*
 * Adds STRING as HTML text or as a quoted attribute's value, in HTML_MAX bytes
 * for one of it at most. Control characters and bad UTF-8 become "?". [S10]
 */
static void buf_addhtml(struct buf *text, const char *string)
{
	while (*string != '\0') {
		size_t length = utf8_length(string);

		if (length == 0 || iscntrl((unsigned char)*string))
			buf_adds(text, "?");
		else if (*string == '&')
			buf_adds(text, "&amp;");
		else if (*string == '<')
			buf_adds(text, "&lt;");
		else if (*string == '>')
			buf_adds(text, "&gt;");
		else if (*string == '"')
			buf_adds(text, "&quot;");
		else if (*string == '\'')
			buf_adds(text, "&#39;");
		else
			buf_addmem(text, string, length);
		string += length > 0 ? length : 1;
	}
}

/*
 * Adds STRING percent-encoded, except unreserved characters (RFC 3986, 2.3) and
 * those in PLAIN.
 */
static void buf_addpercent(
    struct buf *text, const char *string, const char *plain)
{
	static const char hex[] = "0123456789ABCDEF";

	for (; *string != '\0'; string++) {
		unsigned char byte = (unsigned char)*string;

		if (byte < 0x80 &&
		    (isalnum(byte) || strchr("-_.~", byte) != NULL ||
			strchr(plain, byte) != NULL))
			buf_addmem(text, string, 1);
		else
			buf_addf(
			    text, "%%%c%c", hex[byte >> 4], hex[byte & 15]);
	}
}

/* Adds a path percent-encoded, as it stands in an address. [S11] */
static void buf_addurl(struct buf *text, const char *path)
{
	buf_addpercent(text, path, "/");
}

/* Adds the instant WHEN as 2026-11-23T20:56:01Z. */
static void buf_addinstant(struct buf *text, time_t when)
{
	struct tm tm;

	if (gmtime_r(&when, &tm) == NULL) {
		text->overflowed = true;
		return;
	}
	buf_addf(text, "%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900,
	    tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

/* Adds the day and time of WHEN for HTTP (RFC 9110, 5.6.7). */
static void buf_addhttpdate(struct buf *text, time_t when)
{
	static const char days[7][4] = {
	    "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May",
	    "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	struct tm tm;

	if (gmtime_r(&when, &tm) == NULL) {
		text->overflowed = true;
		return;
	}
	buf_addf(text, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[tm.tm_wday],
	    tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour,
	    tm.tm_min, tm.tm_sec);
}

static struct span span_of(const char *string)
{
	struct span span = {string, strlen(string)};

	return span;
}

static bool span_is(struct span span, const char *word)
{
	return span.length == strlen(word) &&
	    memcmp(span.bytes, word, span.length) == 0;
}

/* Compares SPAN with lower-case WORD, ignoring ASCII case. */
static bool equals_nocase(struct span span, const char *word)
{
	size_t i;

	for (i = 0; i < span.length && word[i] != '\0'; i++)
		if (tolower((unsigned char)span.bytes[i]) != word[i])
			return false;
	return i == span.length && word[i] == '\0';
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct span span_trim(struct span span)
{
	while (span.length > 0 && is_blank(span.bytes[span.length - 1]))
		span.length--;
	while (span.length > 0 && is_blank(*span.bytes)) {
		span.bytes++;
		span.length--;
	}
	return span;
}

/* Copies SPAN into BUFFER as a string; false if it does not fit. */
static bool span_copy(struct span span, char *buffer, size_t size)
{
	struct buf text = buf_init(buffer, size);

	buf_addmem(&text, span.bytes, span.length);
	return !text.overflowed;
}

/* Cuts REST at the first END and returns what came before it, or all of it. */
static struct span span_split(struct span *rest, char end)
{
	const char *found = memchr(rest->bytes, end, rest->length);
	struct span piece = *rest;

	if (found != NULL) {
		piece.length = (size_t)(found - rest->bytes);
		rest->bytes = found + 1;
		rest->length -= piece.length + 1;
	} else {
		rest->bytes += rest->length;
		rest->length = 0;
	}
	return piece;
}

/*
 * Skips a byte order mark in UTF-8 at the start of TEXT, which editors on
 * Windows write. It stays in the file.
 */
static struct span bom_skip(struct span text)
{
	if (text.length >= 3 && memcmp(text.bytes, "\xef\xbb\xbf", 3) == 0) {
		text.bytes += 3;
		text.length -= 3;
	}
	return text;
}

/* Splits a line "key: value"; false if there is no colon. */
static bool line_split(struct span line, struct span *key, struct span *value)
{
	struct span rest = line;

	*key = span_trim(span_split(&rest, ':'));
	*value = span_trim(rest);
	return key->length < line.length && rest.bytes > line.bytes &&
	    rest.bytes[-1] == ':';
}

/* Parses one to nine decimal digits; false unless MIN <= NUMBER <= MAX. */
static bool number_parse(struct span span, long min, long max, long *number)
{
	long value = 0;
	size_t i;

	if (span.length == 0 || span.length > 9)
		return false;
	for (i = 0; i < span.length; i++) {
		if (!isdigit((unsigned char)span.bytes[i]))
			return false;
		value = value * 10 + (span.bytes[i] - '0');
	}
	*number = value;
	return value >= min && value <= max;
}

/* Parses one to 18 decimal digits, for seconds and bytes. */
static bool int64_parse(struct span span, int64_t *number)
{
	size_t i;

	if (span.length == 0 || span.length > 18)
		return false;
	*number = 0;
	for (i = 0; i < span.length; i++) {
		if (!isdigit((unsigned char)span.bytes[i]))
			return false;
		*number = *number * 10 + (span.bytes[i] - '0');
	}
	return true;
}

/* Days from 1970-01-01 to a Gregorian date, 1970 or later. */
static int64_t days_since_1970(int64_t year, int64_t month, int64_t day)
{
	/* years begin in March here, so the leap day is the last day */
	int64_t y = month > 2 ? year : year - 1;
	int64_t m = month > 2 ? month - 3 : month + 9;
	int64_t years = 365 * y + y / 4 - y / 100 + y / 400;

	return years + (153 * m + 2) / 5 + day - 1 - 719468;
}

/* Converts TM to seconds since 1970 as if it were UTC, as timegm(3) does. */
static int64_t tm_seconds(const struct tm *tm)
{
	int64_t days = days_since_1970(
	    tm->tm_year + 1900LL, tm->tm_mon + 1LL, tm->tm_mday);
	int64_t minutes = (days * 24 + tm->tm_hour) * 60 + tm->tm_min;

	return minutes * 60 + tm->tm_sec;
}

/* Parses a date such as 2027-12-31 into a number such as 20271231. */
static bool date_parse(struct span span, long *date)
{
	static const int days[] = {
	    31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	struct span rest = span;
	long y, m, d;
	bool leap;

	if (span.length != 10 || span.bytes[4] != '-' || span.bytes[7] != '-' ||
	    !number_parse(span_split(&rest, '-'), 1970, 9999, &y) ||
	    !number_parse(span_split(&rest, '-'), 1, 12, &m) ||
	    !number_parse(rest, 1, 31, &d))
		return false;
	leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
	*date = (y * 100 + m) * 100 + d;
	return d <= days[m - 1] + (m == 2 && leap ? 1 : 0);
}

/* Parses an instant in the format of buf_addinstant. */
static bool instant_parse(struct span span, time_t *when)
{
	struct span clock = span;
	struct span day = span_split(&clock, 'T');
	long date, h, m, s;
	int64_t days;

	if (clock.length != 9 || clock.bytes[2] != ':' ||
	    clock.bytes[5] != ':' || clock.bytes[8] != 'Z' ||
	    !date_parse(day, &date))
		return false;
	clock.length--;
	if (!number_parse(span_split(&clock, ':'), 0, 23, &h) ||
	    !number_parse(span_split(&clock, ':'), 0, 59, &m) ||
	    !number_parse(clock, 0, 60, &s))
		return false;
	days = days_since_1970(date / 10000, date / 100 % 100, date % 100);
	*when = (time_t)(days * DAY + h * 3600 + m * 60 + s);
	return true;
}

/* The local date at WHEN as a number such as 20271231; 0 if unknown. */
static long local_day(time_t when)
{
	struct tm tm;

	if (localtime_r(&when, &tm) == NULL)
		return 0;
	return ((tm.tm_year + 1900L) * 100 + tm.tm_mon + 1) * 100 + tm.tm_mday;
}

/* What a server in our time zone shows as %{TIME} at WHEN. */
static bool apache_time(
    time_t when, struct tm *tm, char shown[APACHE_TIME_SIZE])
{
	struct buf text = buf_init(shown, APACHE_TIME_SIZE);

	if (localtime_r(&when, tm) == NULL)
		return false;
	buf_addf(&text, "%04d%02d%02d%02d%02d%02d", tm->tm_year + 1900,
	    tm->tm_mon + 1, tm->tm_mday, tm->tm_hour, tm->tm_min, tm->tm_sec);
	return text.length == APACHE_TIME_SIZE - 1;
}

/*
 * The least and the greatest local time from START to END, both included.
 * If the clocks change in between, these are not the times of START and END, so
 * every second is tried. [S7]
 */
static bool apache_time_range(time_t start, time_t end,
    char min[APACHE_TIME_SIZE], char max[APACHE_TIME_SIZE])
{
	struct tm first, last;
	char shown[APACHE_TIME_SIZE];
	time_t when;

	if (!apache_time(start, &first, min) || !apache_time(end, &last, max))
		return false;
	if (tm_seconds(&last) - tm_seconds(&first) == end - start)
		return true;
	for (when = start; when <= end; when++) {
		if (!apache_time(when, &last, shown))
			return false;
		if (strcmp(shown, min) < 0)
			memcpy(min, shown, APACHE_TIME_SIZE);
		if (strcmp(shown, max) > 0)
			memcpy(max, shown, APACHE_TIME_SIZE);
	}
	return true;
}

/* Seconds of the monotonic clock; 0 if it cannot be read. */
static time_t monotonic_seconds(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
		return 0;
	return now.tv_sec;
}

/* Reads until SIZE bytes are there or the file ends; -1 with errno. */
static ssize_t read_all(int fd, char *buffer, size_t size)
{
	size_t length = 0;

	while (length < size) {
		ssize_t got = read(fd, buffer + length, size - length);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		length += (size_t)got;
	}
	return (ssize_t)length;
}

/* Writes everything, waiting if FD is a non-blocking pipe that is full. */
static bool write_all(int fd, const char *bytes, size_t length)
{
	while (length > 0) {
		struct pollfd ready = {fd, POLLOUT, 0};
		ssize_t put = write(fd, bytes, length);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0 && errno == EAGAIN &&
		    (poll(&ready, 1, -1) >= 0 || errno == EINTR))
			continue;
		if (put <= 0)
			return false;
		bytes += put;
		length -= (size_t)put;
	}
	return true;
}

/* Writes all from the start of the file in one call; false with errno. */
static bool pwrite_whole(int fd, const void *bytes, size_t length)
{
	ssize_t put;

	do
		put = pwrite(fd, bytes, length, 0);
	while (put < 0 && errno == EINTR);
	if (put >= 0 && (size_t)put != length)
		errno = ENOSPC;
	return put == (ssize_t)length;
}

/* Makes a new file below DIR that all may read; a descriptor, or -1. */
static int file_create(int dir, const char *path)
{
	return openat(dir, path,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
}

/* Makes a new file below DIR and writes TEXT into it; false with errno. */
static bool write_file(int dir, const char *path, const struct buf *text)
{
	int fd = file_create(dir, path);
	bool written;

	if (fd < 0)
		return false;
	written = !text->overflowed && write_all(fd, text->bytes, text->length);
	return close(fd) == 0 && written;
}

/*
 * Reads a file of at most SIZE - 1 bytes below DIR as a string. -1 with errno:
 * EFBIG if it is longer, EILSEQ if there is a NUL in it.
 */
static ssize_t read_file(int dir, const char *path, char *buffer, size_t size)
{
	int fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
	ssize_t length;
	int error;

	if (fd < 0)
		return -1;
	/* read(2) returns all of a regular file, unless interrupted */
	do
		length = read(fd, buffer, size);
	while (length < 0 && errno == EINTR);
	error = errno;
	if (close(fd) != 0 && length >= 0) {
		error = errno;
		length = -1;
	}
	if (length == (ssize_t)size) {
		error = EFBIG;
		length = -1;
	} else if (length >= 0 && memchr(buffer, 0, (size_t)length) != NULL) {
		error = EILSEQ;
		length = -1;
	}
	buffer[length > 0 ? length : 0] = '\0';
	errno = error;
	return length;
}

/* Opens a directory that the settings name: it may be a symbolic link. */
static int directory_open(const char *path)
{
	return openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* What to say of an ERROR of read_file. */
static const char *read_error(int error)
{
	return error == EILSEQ ?
	    "is not plain text: save it as UTF-8 instead of UTF-16" :
	    strerror(error);
}

/* Opens the directory PATH below DIR, no symbolic link; -1 with errno. */
static int folder_open(int dir, const char *path)
{
	return openat(
	    dir, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/*
 * Opens the directory PATH below DIR to list its names; "." lists DIR itself.
 * NULL with errno; dir_close closes it.
 */
static DIR *dir_open(int dir, const char *path)
{
	int fd = folder_open(dir, path);
	DIR *list = fd >= 0 ? fdopendir(fd) : NULL;

	if (fd >= 0 && list == NULL)
		(void)close(fd);
	return list;
}

/*
 * Puts the next name of LIST into NAME, without "." and ".."; it is valid until
 * the next call. Returns 1, 0 at the end, or -1 with errno.
 */
static int dir_next(DIR *list, const char **name)
{
	const struct dirent *entry;

	do {
		errno = 0;
		entry = readdir(list);
		if (entry == NULL)
			return errno == 0 ? 0 : -1;
		*name = entry->d_name;
	} while (strcmp(*name, ".") == 0 || strcmp(*name, "..") == 0);
	return 1;
}

static void dir_close(DIR *list)
{
	if (list != NULL)
		(void)closedir(list);
}

/* Fills BYTES with random bytes from the kernel; false if it has none. [S5] */
static bool random_bytes(unsigned char *bytes, size_t size)
{
	struct stat st;
	bool filled;
	int fd;

	if (system_random(bytes, size) == size)
		return true;
	fd = openat(
	    AT_FDCWD, "/dev/urandom", O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return false;
	filled = fstat(fd, &st) == 0 && S_ISCHR(st.st_mode) &&
	    read_all(fd, (char *)bytes, size) == (ssize_t)size;
	return close(fd) == 0 && filled;
}

/* Writes the SIZE bytes at BYTES as lower-case hexadecimal digits. */
static void hex_write(const unsigned char *bytes, size_t size, char *hex)
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < size; i++) {
		hex[2 * i] = digits[bytes[i] >> 4];
		hex[2 * i + 1] = digits[bytes[i] & 15];
	}
	hex[2 * size] = '\0';
}

/* Does nothing: SIGALRM only has to interrupt the blocked lock call. */
static void on_alarm(int signal)
{
	(void)signal;
}

/*
 * Sends us a SIGALRM every SECONDS, or none if 0. It repeats because the first
 * may arrive just before the call that it is to interrupt.
 */
static bool alarm_set(time_t seconds)
{
	struct itimerval timer = {{seconds, 0}, {seconds, 0}};

	return setitimer(ITIMER_REAL, &timer, NULL) == 0;
}

/*
 * Lets SIGALRM interrupt system calls, and keeps the signal mask in OLD. A CGI
 * program inherits the mask of the thread that started it, and mod_cgi under a
 * threaded MPM starts it with all signals blocked.
 */
static bool alarm_unblock(sigset_t *old)
{
	struct sigaction action;
	sigset_t set;

	memset(&action, 0, sizeof(action));
	action.sa_handler = on_alarm;
	return sigemptyset(&action.sa_mask) == 0 && sigemptyset(&set) == 0 &&
	    sigaddset(&set, SIGALRM) == 0 &&
	    sigaction(SIGALRM, &action, NULL) == 0 &&
	    sigprocmask(SIG_UNBLOCK, &set, old) == 0;
}

/*
 * Takes the lock on FD, waiting until DEADLINE (monotonic seconds) at most.
 * False with errno, which is ETIMEDOUT at the deadline. [S2]
 */
static bool lock_until(int fd, time_t deadline)
{
	sigset_t mask;
	bool locked;
	int error;

	if (lock_file(fd, false) == 0)
		return true;
	if (errno != EWOULDBLOCK && errno != EINTR)
		return false;
	if (!alarm_unblock(&mask) || !alarm_set(1))
		return false;
	do
		locked = lock_file(fd, true) == 0;
	while (!locked && errno == EINTR && monotonic_seconds() < deadline);
	error = errno == EINTR ? ETIMEDOUT : errno;
	if (!alarm_set(0) || sigprocmask(SIG_SETMASK, &mask, NULL) != 0)
		return false;
	errno = error;
	return locked;
}

/*
 * 4. Settings
 *
 * A key is a row of "keys", which says what its value must be; a line of the
 * file becomes a struct value; setting_assign puts that where it belongs.
 */

enum kind {
	KIND_FOLDER, /* a path: absolute, or below the folder of the settings */
	KIND_FILE, /* any path */
	KIND_URL, /* the path of a URL; slashes at its end are dropped */
	KIND_ORIGIN, /* http(s)://host[:port]; a slash at its end is dropped */
	KIND_ADDRESS, /* http(s)://host[:port]/path */
	KIND_CONTACT, /* a mail address or an https URL */
	KIND_ZONE, /* of the time-zone database, or as in TZ */
	KIND_TEXT, /* printable ASCII without blanks */
	KIND_PREFIX, /* the same; slashes at its end are dropped */
	KIND_NAME, /* letters, digits, dots, dashes, underscores */
	KIND_SECRET, /* as KIND_TEXT, but nobody else may read the file [S16] */
	KIND_NUMBER,
	KIND_WORD
};

struct key {
	const char *name;
	enum kind kind;
	bool required; /* always */
	const char *needed_by; /* the delivery that cannot do without */
	long min, max; /* of a number; of a secret's length */
	const char *const *words; /* ended by NULL; the value is an index */
};

static const struct key keys[] = {
    [KEY_HOME] = {.name = "home", .kind = KIND_FOLDER, .required = true},
    [KEY_PAGE] = {.name = "page", .kind = KIND_FILE},
    [KEY_TIMEZONE] = {.name = "timezone", .kind = KIND_ZONE},
    [KEY_LANGUAGE] = {.name = "language",
	.kind = KIND_WORD,
	.words = languages},
    [KEY_ADDRESS] = {.name = "address", .kind = KIND_ADDRESS},
    [KEY_CONTACT] = {.name = "contact", .kind = KIND_CONTACT},
    [KEY_WINDOW] = {.name = "window",
	.kind = KIND_NUMBER,
	.min = 1,
	.max = DAY},
    [KEY_GRACE] = {.name = "grace", .kind = KIND_NUMBER, .max = DAY},
    /* browsers keep no cookie longer (RFC 6265bis, 5.5) */
    [KEY_RETRY] = {.name = "retry", .kind = KIND_NUMBER, .max = 400L * DAY},
    [KEY_TRIES] = {.name = "tries", .kind = KIND_NUMBER, .max = 100000},
    [KEY_START] = {.name = "start", .kind = KIND_WORD, .words = start_words},
    [KEY_DELIVERY] = {.name = "delivery",
	.kind = KIND_WORD,
	.words = delivery_words},

    [KEY_SECURE] = {.name = "secure",
	.kind = KIND_FOLDER,
	.needed_by = "apache"},
    [KEY_URL] = {.name = "url", .kind = KIND_URL},
    [KEY_LINKS] = {.name = "links", .kind = KIND_WORD, .words = links_words},

    [KEY_CGI_KEY] = {.name = "key",
	.kind = KIND_SECRET,
	.needed_by = "cgi",
	.min = 32,
	.max = 128},
    [KEY_HANDOFF] = {.name = "handoff",
	.kind = KIND_WORD,
	.words = handoff_words},
    [KEY_HANDOFF_PREFIX] = {.name = "handoff-prefix", .kind = KIND_URL},

    [KEY_PREFIX] = {.name = "prefix",
	.kind = KIND_URL,
	.needed_by = "secdownload"},
    [KEY_SECRET] = {.name = "secret",
	.kind = KIND_SECRET,
	.needed_by = "secdownload",
	.min = 8,
	.max = 128},
    [KEY_ALGORITHM] = {.name = "algorithm",
	.kind = KIND_WORD,
	.words = algorithm_words},

    [KEY_S3_ENDPOINT] = {.name = "s3-endpoint",
	.kind = KIND_ORIGIN,
	.needed_by = "s3"},
    [KEY_S3_REGION] = {.name = "s3-region",
	.kind = KIND_NAME,
	.needed_by = "s3"},
    [KEY_S3_BUCKET] = {.name = "s3-bucket",
	.kind = KIND_NAME,
	.needed_by = "s3"},
    [KEY_S3_PREFIX] = {.name = "s3-prefix", .kind = KIND_PREFIX},
    [KEY_S3_KEY] = {.name = "s3-key", .kind = KIND_TEXT, .needed_by = "s3"},
    [KEY_S3_SECRET] = {.name = "s3-secret",
	.kind = KIND_SECRET,
	.needed_by = "s3",
	.min = 1,
	.max = PATH_SIZE},
    [KEY_S3_TOKEN] = {.name = "s3-token",
	.kind = KIND_SECRET,
	.min = 1,
	.max = S3_TOKEN_MAX},
    [KEY_S3_STYLE] = {.name = "s3-style",
	.kind = KIND_WORD,
	.words = s3_style_words},
};

/* A value of the kind that its key has: a number, a word's index, or text. */
struct value {
	long number;
	const char *string;
};

/* Puts VALUE where the rest of the program looks for it. */
static void setting_assign(
    struct settings *settings, enum key_id key, struct value value)
{
	const char *string = value.string;
	long number = value.number;

	switch (key) {
	case KEY_HOME: settings->home = string; break;
	case KEY_PAGE: settings->page = string; break;
	case KEY_TIMEZONE: settings->timezone = string; break;
	case KEY_LANGUAGE: settings->language = (enum language)number; break;
	case KEY_ADDRESS: settings->address = string; break;
	case KEY_CONTACT: settings->contact = string; break;
	case KEY_WINDOW: settings->window = number; break;
	case KEY_GRACE: settings->grace = number; break;
	case KEY_RETRY: settings->retry = number; break;
	case KEY_TRIES: settings->tries = number; break;
	case KEY_START: settings->start = (enum start)number; break;
	case KEY_DELIVERY: settings->delivery = (enum delivery_id)number; break;
	case KEY_SECURE: settings->apache.secure = string; break;
	case KEY_URL: settings->apache.url = string; break;
	case KEY_LINKS: settings->apache.links = (enum links)number; break;
	case KEY_CGI_KEY: settings->cgi.key = string; break;
	case KEY_HANDOFF: settings->cgi.handoff = (enum handoff)number; break;
	case KEY_HANDOFF_PREFIX: settings->cgi.handoff_prefix = string; break;
	case KEY_PREFIX: settings->secdownload.prefix = string; break;
	case KEY_SECRET: settings->secdownload.secret = string; break;
	case KEY_ALGORITHM:
		settings->secdownload.algorithm = (enum secdownload_algorithm)
		    number;
		break;
	case KEY_S3_ENDPOINT: settings->s3.endpoint = string; break;
	case KEY_S3_REGION: settings->s3.region = string; break;
	case KEY_S3_BUCKET: settings->s3.bucket = string; break;
	case KEY_S3_PREFIX: settings->s3.prefix = string; break;
	case KEY_S3_KEY: settings->s3.key = string; break;
	case KEY_S3_SECRET: settings->s3.secret = string; break;
	case KEY_S3_TOKEN: settings->s3.token = string; break;
	case KEY_S3_STYLE: settings->s3.style = (enum s3_style)number; break;
	case KEYS: break;
	}
}

static void settings_default(struct settings *settings)
{
	struct value empty = {0, ""};
	int key;

	for (key = 0; key < KEYS; key++) {
		setting_assign(settings, (enum key_id)key, empty);
		settings->given[key] = false;
	}
	settings->size = 0;
	settings->apache.url = "/secure";
	settings->window = 120;
	settings->retry = DAY;
	settings->tries = 30;
}

/*
 * A URL path made of characters that need no quoting anywhere. Two slashes at
 * its start would make it the name of another host (RFC 3986, 4.2).
 */
static bool is_url_path(const char *string)
{
	if (string[0] != '/' || string[1] == '/')
		return false;
	for (; *string != '\0'; string++)
		if ((unsigned char)*string >= 0x80 ||
		    (!isalnum((unsigned char)*string) &&
			strchr("-._~/%", *string) == NULL))
			return false;
	return true;
}

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

/*
 * Returns the length of http(s)://host[:port] at the start of STRING (RFC 6454,
 * 6.2), or 0 if there is no such thing.
 */
static size_t origin_length(const char *string)
{
	const char *host = string;

	if (strncmp(host, "http://", 7) == 0)
		host += 7;
	else if (strncmp(host, "https://", 8) == 0)
		host += 8;
	else
		return 0;
	if (!isalnum((unsigned char)*host))
		return 0;
	host += strspn(host, LETTERS DIGITS ".-");
	if (*host == ':') {
		size_t digits = strspn(++host, DIGITS);

		/* browsers write no other port than a plain one in Host */
		if (digits == 0 || digits > 5 || *host == '0')
			return 0;
		host += digits;
	}
	return (size_t)(host - string);
}

/* Is STRING an address of a form: an origin and a plain path, if any? */
static bool is_address(const char *string)
{
	size_t length = origin_length(string);
	const char *path = string + length;

	return length > 0 && (*path == '\0' || is_url_path(path));
}

/*
 * Is STRING a mail address, or an https URL? Only what every mail program and
 * browser takes as it is: no quotes, blanks or brackets. [S10]
 */
static bool is_contact(const char *string)
{
	size_t length = origin_length(string);
	const char *rest = string + length;

	if (length > 0)
		return strncmp(string, "https:", 6) == 0 &&
		    (*rest == '\0' || *rest == '/') &&
		    rest[strspn(rest, LETTERS DIGITS "-._~/%?=&+,;:@!*()#")] ==
		    '\0';
	length = strspn(string, LETTERS DIGITS "._+-");
	rest = string + length + 1;
	return length > 0 && string[length] == '@' &&
	    isalnum((unsigned char)*rest) && strchr(rest, '.') != NULL &&
	    rest[strspn(rest, LETTERS DIGITS ".-")] == '\0';
}

/* May STRING appear in a URL unescaped? */
static bool is_name(const char *string)
{
	return string[strspn(string, LETTERS DIGITS "-._")] == '\0';
}

/* Is STRING printable ASCII without blanks? */
static bool is_printable(const char *string)
{
	while (*string > ' ' && *string < 0x7f)
		string++;
	return *string == '\0';
}

/*
 * Is ZONE a rule such as CET-1CEST or <+03>-3, which needs no database: a name
 * of three letters or more, then how far it is from UTC (POSIX.1-2008, 8.3)?
 */
static bool is_zone_rule(const char *zone)
{
	size_t name = strspn(zone, LETTERS);

	if (zone[0] == '<') {
		name = strspn(zone + 1, LETTERS DIGITS "+-");
		if (name < 3 || zone[1 + name] != '>')
			return false;
		name += 2;
	}
	zone += name;
	zone += *zone == '+' || *zone == '-';
	return name >= 3 && isdigit((unsigned char)*zone);
}

/*
 * A name of the zone database must be in the database: libc silently uses UTC
 * for one that it does not find.
 */
static bool zone_known(const char *zone)
{
	char path[PATH_SIZE + 32];
	struct buf text = buf_init(path, sizeof(path));
	struct stat st;

	if (strcmp(zone, "UTC") == 0 || is_zone_rule(zone))
		return true;
	if (zone[0] == '.' || zone[0] == '/' || strstr(zone, "..") != NULL)
		return false;
	buf_addf(&text, "/usr/share/zoneinfo/%s", zone);
	return !text.overflowed && access(path, R_OK) == 0 &&
	    stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* What is wrong with STRING as an endpoint of a store; NULL if nothing is. */
static const char *endpoint_wrong(const char *string)
{
	size_t length = origin_length(string);

	if (length > 0 && strcmp(string + length, "/") == 0)
		return NULL;
	if (length > 0 && string[length] == '/')
		return "must have no path: links are signed for a host alone";
	return length > 0 && string[length] == '\0' ?
	    NULL :
	    "must look like https://s3.example.com";
}

/* What is wrong with STRING as a value of KEY; NULL if nothing is. */
static const char *string_wrong(const struct key *key, const char *string)
{
	bool good = true;
	const char *wrong = NULL;

	switch (key->kind) {
	case KIND_URL:
		good = is_url_path(string);
		wrong = "must be a plain URL path, such as /secure";
		break;
	case KIND_ORIGIN: return endpoint_wrong(string);
	case KIND_ADDRESS:
		good = is_address(string);
		wrong = "must look like https://label.example/cgi-bin/redeem";
		break;
	case KIND_CONTACT:
		good = is_contact(string);
		wrong = "must be a mail address, or begin with https://";
		break;
	case KIND_ZONE:
		good = zone_known(string);
		wrong = "no such time zone on this machine";
		break;
	case KIND_NAME:
		good = is_name(string);
		wrong = "must be letters, digits, dots, dashes, underscores";
		break;
	case KIND_TEXT:
	case KIND_PREFIX:
	case KIND_SECRET:
		good = is_printable(string);
		wrong = "must be printable ASCII characters without blanks";
		break;
	case KIND_FOLDER:
	case KIND_FILE:
	case KIND_NUMBER:
	case KIND_WORD: break;
	}
	return good ? NULL : wrong;
}

/* Returns the index of STRING in WORDS, or -1. */
static long word_index(const char *string, const char *const *words)
{
	long index;

	for (index = 0; words[index] != NULL; index++)
		if (strcmp(string, words[index]) == 0)
			return index;
	return -1;
}

static void words_list(struct buf *out, const char *const *words)
{
	for (; *words != NULL; words++)
		buf_addf(out, "%s%s", *words,
		    words[1] == NULL     ? "" :
			words[2] == NULL ? " or " :
					   ", ");
}

/* Drops slashes from the end of URL, so that a path can follow it. */
static void drop_slashes(char *url)
{
	size_t length = strlen(url);

	while (length > 0 && url[length - 1] == '/')
		url[--length] = '\0';
}

/* A number, or one of the words; if neither, WRONG says what it must be. */
static void number_value_parse(const struct key *key, const char *string,
    struct value *value, struct buf *wrong)
{
	if (key->kind == KIND_WORD) {
		value->number = word_index(string, key->words);
		if (value->number >= 0)
			return;
		buf_adds(wrong, "must be ");
		words_list(wrong, key->words);
	} else if (!number_parse(
		       span_of(string), key->min, key->max, &value->number)) {
		buf_addf(wrong, "must be a number from %ld to %ld", key->min,
		    key->max);
	}
}

/*
 * Parses STRING as a value of KEY. What is wrong with it is added to WRONG,
 * which never gets the value itself: it may be a secret. [S16]
 */
static void value_parse(
    const struct key *key, char *string, struct value *value, struct buf *wrong)
{
	long max = key->kind == KIND_SECRET ? key->max : PATH_SIZE - 1;
	long length = (long)strlen(string);
	const char *reason;

	if (length == 0) {
		buf_adds(wrong, "the value is missing");
	} else if (key->kind == KIND_NUMBER || key->kind == KIND_WORD) {
		number_value_parse(key, string, value, wrong);
	} else if (length > max) {
		buf_addf(wrong, "must not be longer than %ld characters", max);
	} else if (key->kind == KIND_SECRET && length < key->min) {
		buf_addf(wrong, "must have at least %ld characters", key->min);
	} else {
		reason = string_wrong(key, string);
		if (reason != NULL)
			buf_adds(wrong, reason);
		if (key->kind == KIND_URL || key->kind == KIND_ORIGIN ||
		    key->kind == KIND_PREFIX)
			drop_slashes(string);
		value->string = string;
	}
}

/* Returns the key of this name, or KEYS. */
static enum key_id key_find(struct span name)
{
	int key = 0;

	while (key < KEYS && !span_is(name, keys[key].name))
		key++;
	return (enum key_id)key;
}

/*
 * Can NAME be a mistyped key? If not, it may be part of a secret whose line has
 * lost its colon, and must not be shown. [S16]
 */
static bool resembles_key(struct span name)
{
	size_t i;

	for (i = 0; i < name.length; i++)
		if (!isalpha((unsigned char)name.bytes[i]) &&
		    name.bytes[i] != '-' && name.bytes[i] != '_')
			return false;
	return name.length > 0 && name.length <= 20;
}

/*
 * Takes over one line of settings->text: neither blank nor a comment. Ends its
 * value with NUL. False, with a complaint, if it is wrong.
 */
static bool settings_parse_line(
    struct settings *settings, int number, struct span line)
{
	struct span name, text;
	struct value value = {0, ""};
	char buffer[256];
	struct buf wrong = buf_init(buffer, sizeof(buffer));
	enum key_id key;
	char *string;

	if (!line_split(line, &name, &text) ||
	    ((key = key_find(name)) == KEYS && !resembles_key(name))) {
		complain("%s:%d: must be a key, a colon and a value",
		    settings->file, number);
		return false;
	}
	string = settings->text + (text.bytes - settings->text);
	string[text.length] = '\0';
	if (key == KEYS)
		buf_adds(&wrong, "there is no such key");
	else if (settings->given[key])
		buf_adds(&wrong, "is set twice");
	else
		value_parse(&keys[key], string, &value, &wrong);
	if (wrong.length > 0) {
		complain("%s:%d: %.*s: %s", settings->file, number,
		    (int)name.length, name.bytes, buffer);
		return false;
	}
	settings->given[key] = true;
	setting_assign(settings, key, value);
	return true;
}

/*
 * Parses settings->text. False if anything in it is wrong; complaints then name
 * the file, the line and the key. [S13]
 */
static bool settings_parse(struct settings *settings)
{
	struct span rest = bom_skip(span_of(settings->text));
	bool good = true;
	int number;

	for (number = 1; rest.length > 0; number++) {
		struct span line = span_trim(span_split(&rest, '\n'));

		if (line.length > 0 && *line.bytes != '#')
			good = settings_parse_line(settings, number, line) &&
			    good;
	}
	return good;
}

/* Is KEY missing, though it or the delivery in use is nothing without it? */
static bool key_missing(const struct settings *settings, int key)
{
	const char *delivery = delivery_words[settings->delivery];

	if (settings->given[key])
		return false;
	if (key == KEY_HANDOFF_PREFIX)
		return settings->cgi.handoff == HANDOFF_ACCEL;
	return keys[key].required ||
	    (keys[key].needed_by != NULL &&
		strcmp(keys[key].needed_by, delivery) == 0);
}

/*
 * Makes *PATH absolute: a relative one is below the folder of the settings'
 * file, wherever symbolic links to that file may be. The new path goes to ROOM.
 */
static bool path_join(
    const struct settings *settings, const char **path, struct buf *room)
{
	const char *joined = room->bytes + room->length;
	char *folder;

	if (**path == '/' || **path == '\0')
		return true;
	folder = realpath(settings->file, NULL);
	if (folder == NULL) {
		complain("%s: %s", settings->file, strerror(errno));
		return false;
	}
	*strrchr(folder, '/') = '\0';
	buf_addf(room, "%s/%s", folder, *path);
	buf_addmem(room, "", 1);
	free(folder);
	*path = joined;
	if (room->overflowed)
		complain("%s: %s", settings->file, strerror(ENAMETOOLONG));
	return !room->overflowed;
}

/* Checks that nothing is missing, and sets what depends on other settings. */
static bool settings_complete(struct settings *settings)
{
	struct buf room = buf_room(settings->joined, sizeof(settings->joined));
	bool good = true;
	int key;

	for (key = 0; key < KEYS; key++) {
		if (key_missing(settings, key)) {
			complain("%s: %s: is required", settings->file,
			    keys[key].name);
			good = false;
		}
	}
	if (!settings->given[KEY_GRACE])
		settings->grace = settings->window;
	return good && path_join(settings, &settings->home, &room) &&
	    path_join(settings, &settings->apache.secure, &room);
}

/* False, with a complaint, if there are secrets that others can read. [S16] */
static bool settings_hidden(const struct settings *settings)
{
	bool secrets = false;
	struct stat st;
	int key;

	for (key = 0; key < KEYS; key++)
		if (keys[key].kind == KIND_SECRET && settings->given[key])
			secrets = true;
	if (!secrets)
		return true;
	if (stat(settings->file, &st) != 0) {
		complain("%s: %s", settings->file, strerror(errno));
		return false;
	}
	if ((st.st_mode & (S_IROTH | S_IWOTH)) == 0)
		return true;
	complain("%s: others can read the secrets in it: chmod o-rwx",
	    settings->file);
	return false;
}

/* Returns a variable of the environment, or "". */
static const char *env(const char *name)
{
	const char *value = getenv(name);

	return value != NULL ? value : "";
}

/* Reads the file FOLDER NAME into settings->text; as read_file. */
static ssize_t settings_read(
    struct settings *settings, struct span folder, const char *name)
{
	struct buf path = buf_init(settings->file, sizeof(settings->file));
	ssize_t length;

	buf_addmem(&path, folder.bytes, folder.length);
	buf_adds(&path, name);
	if (path.overflowed) {
		errno = ENAMETOOLONG;
		return -1;
	}
	length = read_file(
	    AT_FDCWD, path.bytes, settings->text, sizeof(settings->text));
	settings->size = length < 0 ? sizeof(settings->text) : (size_t)length;
	return length;
}

/*
 * Reads the settings' file: $REDEEM_CONF, else .htredeem in the folder of
 * PROGRAM, else .htredeem in the current folder. Only a file that is not there
 * is passed over. As read_file.
 */
static ssize_t settings_find(struct settings *settings, const char *program)
{
	const char *conf = env("REDEEM_CONF");
	const char *slash = strrchr(program, '/');
	struct span folder = {program, 0};

	if (*conf != '\0')
		return settings_read(settings, folder, conf);
	if (slash != NULL) {
		ssize_t length;

		folder.length = (size_t)(slash - program) + 1;
		length = settings_read(settings, folder, ".htredeem");
		if (length >= 0 || errno != ENOENT)
			return length;
		folder.length = 0;
	}
	return settings_read(settings, folder, ".htredeem");
}

/* Sets the time zone that the settings name. */
static bool zone_use(const struct settings *settings)
{
	if (settings->timezone[0] == '\0')
		return true;
	if (setenv("TZ", settings->timezone, 1) != 0) {
		complain("TZ: %s", strerror(errno));
		return false;
	}
	tzset();
	return true;
}

/*
 * Finds and reads the settings of PROGRAM, a path; false, with complaints, if
 * anything in them is wrong. [S13]
 */
static bool settings_load(struct settings *settings, const char *program)
{
	settings_default(settings);
	if (settings_find(settings, program) < 0) {
		complain("%s: %s", settings->file, read_error(errno));
		return false;
	}
	return settings_parse(settings) && settings_complete(settings) &&
	    settings_hidden(settings) && zone_use(settings);
}

/*
 * 5. Request
 */

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *found = c != '\0' ?
	    strchr(digits, tolower((unsigned char)c)) :
	    NULL;

	return found != NULL ? (int)(found - digits) : -1;
}

/*
 * Decodes application/x-www-form-urlencoded. A malformed escape is kept as it
 * is, and NUL is dropped. BUFFER must hold SPAN and a NUL.
 */
static void form_decode(struct span span, char *buffer)
{
	size_t i, length = 0;

	for (i = 0; i < span.length; i++) {
		char c = span.bytes[i];
		int high = -1, low = -1;

		if (c == '%' && span.length - i > 2) {
			high = hex_digit(span.bytes[i + 1]);
			low = hex_digit(span.bytes[i + 2]);
		}
		if (high >= 0 && low >= 0) {
			c = (char)(high * 16 + low);
			i += 2;
		} else if (c == '+') {
			c = ' ';
		}
		if (c != '\0')
			buffer[length++] = c;
	}
	buffer[length] = '\0';
}

/* Decodes the first field NAME of FORM into VALUE; empty if there is none. */
static void form_field(struct span form, const char *name, char *value)
{
	while (form.length > 0) {
		struct span field = span_split(&form, '&');
		struct span key = span_split(&field, '=');

		form_decode(key, value);
		if (strcmp(value, name) == 0) {
			form_decode(field, value);
			return;
		}
	}
	value[0] = '\0';
}

/*
 * Waits for some of the body and reads at most SIZE bytes of it. Returns how
 * many, 0 at its end or at DEADLINE (monotonic seconds).
 */
static size_t body_read_some(int in, char *buffer, size_t size, time_t deadline)
{
	for (;;) {
		struct pollfd ready = {in, POLLIN, 0};
		time_t left = deadline - monotonic_seconds();
		ssize_t got;

		if (left <= 0)
			return 0;
		if (poll(&ready, 1, (int)left * 1000) < 0 && errno != EINTR)
			return 0;
		if (ready.revents == 0)
			continue;
		got = read(in, buffer, size);
		if (got >= 0)
			return (size_t)got;
		if (errno != EINTR && errno != EAGAIN)
			return 0;
	}
}

/*
 * Reads up to LENGTH bytes of body into BUFFER, fewer only if it ends before.
 * Returns how many, or -1 if that takes longer than WAIT_SECONDS.
 */
static long body_read(int in, char *buffer, long length)
{
	time_t deadline = monotonic_seconds() + WAIT_SECONDS;
	long have = 0;

	while (have < length) {
		size_t got = body_read_some(
		    in, buffer + have, (size_t)(length - have), deadline);

		if (got == 0)
			return monotonic_seconds() < deadline ? have : -1;
		have += (long)got;
	}
	return have;
}

/*
 * Does the request have a body of unknown length? It was sent in chunks (RFC
 * 9112, 7.1); the server removes them, and we read until it ends.
 */
static bool body_is_chunked(void)
{
	return *env("CONTENT_LENGTH") == '\0' &&
	    *env("HTTP_TRANSFER_ENCODING") != '\0';
}

/*
 * Reads and discards a body that nobody needs: some servers (Apache's mod_cgid)
 * cut our answer off if we leave it unread. Reads no more than CONTENT_LENGTH
 * (RFC 3875, 4.2), since there may be no end of file after it.
 */
static void body_skip(int in)
{
	time_t deadline = monotonic_seconds() + WAIT_SECONDS;
	const char *given = env("CONTENT_LENGTH");
	struct span digits = {given, strlen(given)};
	char buffer[BODY_MAX];
	long left = 0;

	if (body_is_chunked())
		left = LONG_MAX;
	else if (!number_parse(digits, 0, LONG_MAX, &left))
		return;
	while (left > 0) {
		size_t limit = left < BODY_MAX ? (size_t)left : BODY_MAX;
		size_t got = body_read_some(in, buffer, limit, deadline);

		if (got == 0)
			return;
		wipe(buffer, got);
		left -= (long)got;
	}
}

static bool is_form_type(const char *type)
{
	static const char wanted[] = "application/x-www-form-urlencoded";
	size_t i;

	for (i = 0; wanted[i] != '\0'; i++)
		if (tolower((unsigned char)type[i]) != wanted[i])
			return false;
	return type[i] == '\0' || type[i] == ';' || is_blank(type[i]);
}

/*
 * Says how many bytes of body to read: CONTENT_LENGTH, or one more than allowed
 * if the body was sent in chunks.
 */
static enum outcome body_length(long *length)
{
	const char *given = env("CONTENT_LENGTH");

	*length = BODY_MAX + 1;
	if (body_is_chunked())
		return OUTCOME_NONE;
	if (*given == '\0')
		return OUTCOME_NO_LENGTH;
	if (given[strspn(given, "0123456789")] != '\0')
		return OUTCOME_BAD_LENGTH;
	return number_parse(span_of(given), 0, BODY_MAX, length) ?
	    OUTCOME_NONE :
	    OUTCOME_TOO_LONG;
}

/* Reads the form in the body. OUTCOME_NONE, or what is wrong with it. */
static enum outcome request_body(struct request *request, int in)
{
	char body[BODY_MAX + 1];
	struct span form = {body, 0};
	enum outcome outcome;
	long length, got;

	if (!is_form_type(env("CONTENT_TYPE")))
		return OUTCOME_BAD_TYPE;
	outcome = body_length(&length);
	if (outcome != OUTCOME_NONE)
		return outcome;
	got = body_read(in, body, length);
	if (got > BODY_MAX)
		outcome = OUTCOME_TOO_LONG;
	else if (got < 0 || (got < length && !body_is_chunked()))
		outcome = OUTCOME_BAD_BODY;
	if (outcome == OUTCOME_NONE) {
		form.length = (size_t)got;
		form_field(form, "code", request->typed);
	}
	wipe(body, got < 0 ? sizeof(body) : (size_t)got);
	return outcome;
}

/*
 * The program's path goes into pages and rules, so it is kept only if none of
 * its characters needs quoting; without it, forms post back to their own
 * address.
 */
static void request_script(struct request *request)
{
	struct buf script = buf_init(request->script, sizeof(request->script));

	if (is_url_path(env("SCRIPT_NAME")))
		buf_adds(&script, env("SCRIPT_NAME"));
}

/* Reads the variables, and the body of a POST from IN. */
static enum outcome request_parse(struct request *request, int in)
{
	const char *method = env("REQUEST_METHOD");
	const char *query = env("QUERY_STRING");
	struct span form = {query, strlen(query)};

	request->typed[0] = '\0';
	request->address = env("REMOTE_ADDR");
	request->languages = env("HTTP_ACCEPT_LANGUAGE");
	request->path = env("PATH_INFO");
	request->range = env("HTTP_RANGE");
	request->if_range = env("HTTP_IF_RANGE");
	request->cookies = env("HTTP_COOKIE");
	request->method = METHOD_OTHER;
	request_script(request);
	if (strcmp(method, "POST") == 0) {
		request->method = METHOD_POST;
		return request_body(request, in);
	}
	if (strcmp(method, "GET") == 0)
		request->method = METHOD_GET;
	else if (strcmp(method, "HEAD") == 0)
		request->method = METHOD_HEAD;
	else
		return OUTCOME_BAD_METHOD;
	if (form.length <= BODY_MAX)
		form_field(form, "code", request->typed);
	return OUTCOME_NONE;
}

/* Reads the request as the server passes it (RFC 3875), the body from IN. */
static enum outcome request_read(struct request *request, int in)
{
	enum outcome outcome = request_parse(request, in);

	if (request->method != METHOD_POST ||
	    (outcome != OUTCOME_NONE && outcome != OUTCOME_BAD_BODY))
		body_skip(in);
	return outcome;
}

/*
 * 6. Code as typed
 */

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/*
 * Verifies the check character of a minted code: Luhn mod 32 (ISO/IEC 7812-1,
 * annex B, in base 32).
 */
static bool check_fits(const char *code)
{
	size_t sum = 0;
	size_t i;

	for (i = 0; i < MINTED; i++) {
		const char *found = strchr(alphabet, code[i]);
		size_t product;

		if (found == NULL)
			return false;
		product = (size_t)(found - alphabet);
		/* from the right: the check counts once, its neighbour twice */
		if ((MINTED - 1 - i) % 2 == 1)
			product *= 2;
		sum += product / 32 + product % 32;
	}
	return sum % 32 == 0;
}

/* Blanks, dashes, quotes and invisible characters beyond ASCII. */
static const struct {
	long first, last;
} dropped[] = {
    {0x00a0, 0x00a0}, /* no-break space */
    {0x00ad, 0x00ad}, /* soft hyphen */
    {0x2000, 0x206f}, /* General Punctuation */
    {0x2212, 0x2212}, /* minus sign */
    {0x3000, 0x3000}, /* ideographic space */
    {0xfeff, 0xfeff}, /* byte order mark */
};

#define DROPPED ' '
#define FOREIGN '?'

/*
 * The letter or digit that POINT stands for in a code; DROPPED if it does not
 * matter, FOREIGN if it belongs to another script or is -1, for bad UTF-8.
 */
static char code_letter(long point)
{
	size_t i;

	if (point >= 0xff01 && point <= 0xff5e) /* full-width ASCII */
		point -= 0xff01 - '!';
	if (point >= 0x0660 && point <= 0x0669) /* Arabic-Indic digits */
		point -= 0x0660 - '0';
	if (point >= 0x06f0 && point <= 0x06f9)
		point -= 0x06f0 - '0';
	if (point == 0xd8 || point == 0xf8) /* O with stroke */
		return '0';
	if (point == 0x130 || point == 0x131) /* I with and without a dot */
		return 'I';
	if (point >= 0 && point < 0x80)
		return isalnum((int)point) ? (char)toupper((int)point) :
					     DROPPED;
	for (i = 0; i < LENGTH(dropped); i++)
		if (point >= dropped[i].first && point <= dropped[i].last)
			return DROPPED;
	return FOREIGN;
}

static char code_fold(char letter)
{
	switch (letter) {
	case 'O': return '0';
	case 'I':
	case 'L': return '1';
	default: return letter;
	}
}

/*
 * Maps each character typed by code_letter; of a pasted address, only what
 * follows "code=".
 */
static void code_clean(const char *typed, char clean[BODY_MAX + 1])
{
	const char *field = strstr(typed, "code=");
	size_t length = 0;

	if (field != NULL)
		typed = field + strlen("code=");
	while (*typed != '\0' && length < BODY_MAX) {
		if (field != NULL &&
		    (*typed == '&' || *typed == '#' || is_blank(*typed)))
			break;
		clean[length++] = code_letter(utf8_next(&typed));
	}
	clean[length] = '\0';
}

/* Takes all of CLEAN as the code; false if too short or too long. [S1] */
static bool code_whole(struct code *code, const char *clean)
{
	size_t length = 0;

	for (; *clean != '\0'; clean++) {
		if (*clean == DROPPED)
			continue;
		if (length == CODE_MAX)
			return false;
		code->exact[length] = *clean;
		code->folded[length++] = code_fold(*clean);
	}
	return length >= CODE_MIN;
}

/*
 * Does CLEAN begin with a minted code that ends where a word ends? Then GROUP
 * is that code.
 */
static bool code_group(const char *clean, char group[MINTED + 1])
{
	size_t length = 0;

	for (; length < MINTED && *clean != '\0' && *clean != FOREIGN; clean++)
		if (*clean != DROPPED)
			group[length++] = code_fold(*clean);
	group[length] = '\0';
	return length == MINTED && (*clean == '\0' || *clean == DROPPED) &&
	    check_fits(group);
}

/* Finds the first minted code in CLEAN that begins where a word begins. */
static void code_find_group(struct code *code, const char *clean)
{
	const char *word = clean;

	for (; *word != '\0'; word++)
		if (*word != DROPPED && *word != FOREIGN &&
		    (word == clean || word[-1] == DROPPED ||
			word[-1] == FOREIGN) &&
		    code_group(word, code->group))
			return;
	code->group[0] = '\0';
}

/*
 * Parses what people type and paste. Spaces and dashes of any kind don't
 * matter, nor does an address or words around the code. OUTCOME_NONE if there
 * is something to look up; OUTCOME_MISTYPED if it cannot be a code because it
 * has letters of another script.
 */
static enum outcome code_parse(struct code *code, const char *typed)
{
	char clean[BODY_MAX + 1];
	enum outcome outcome = OUTCOME_NONE;
	bool foreign;

	memset(code, 0, sizeof(*code));
	code_clean(typed, clean);
	foreign = strchr(clean, FOREIGN) != NULL;
	if (foreign || !code_whole(code, clean))
		memset(code, 0, sizeof(*code));
	code_find_group(code, clean);
	if (code->exact[0] == '\0' && code->group[0] == '\0')
		outcome = foreign ? OUTCOME_MISTYPED : OUTCOME_EMPTY;
	wipe_string(clean);
	return outcome;
}

/* Does CODE look like a minted code with a character wrong? */
static bool code_mistyped(const struct code *code)
{
	return strlen(code->folded) == MINTED && code->group[0] == '\0';
}

/*
 * 7. Failed tries
 *
 * home/attempts is a table of fixed size. It holds, for each address that has
 * lately sent codes in vain, how many it sent and since when. Addresses are
 * stored as hashes with a key of the table's own. Clients without an address
 * share one entry with a higher limit. When the table is full, the entry with
 * the fewest tries gives way, but never one at its limit; so a client with more
 * addresses than the table has entries is not slowed. A missing or damaged
 * table is replaced by an empty one. Writers lock it. Readers don't: the worst
 * that a read during a write can do is to miss one try.
 */
#define FAILED_TRY 10 /* in the table's unit; a mistyped code counts 1 */
#define NOWHERE_PATIENCE 10 /* times the limit of one address */

struct attempt {
	uint64_t id; /* of an address */
	int64_t since; /* time of the first failed try */
	int64_t count; /* in tenths of a failed try; 0: a free entry */
};

struct attempts {
	char magic[8];
	uint64_t key; /* random */
	struct attempt nowhere; /* all clients without an address */
	struct attempt entry[ATTEMPTS_MAX];
};

static const char attempts_magic[8] = "redeem2";

/* Mixes all bits of VALUE; never returns 0. */
static uint64_t hash64(uint64_t value)
{
	int round;

	for (round = 0; round < 4; round++) {
		value ^= value >> 32;
		value *= 0xd6e8feb86659fd93u;
	}
	value ^= value >> 32;
	return value != 0 ? value : 1;
}

/*
 * Copies ADDRESS without its port: 192.0.2.1:80 and [2001:db8::1]:80, as some
 * proxies write them. BUFFER is empty if it does not fit.
 */
static void address_copy(const char *address, char buffer[INET6_ADDRSTRLEN])
{
	struct span rest = span_of(address);
	struct span host = rest;

	if (*address == '[') {
		rest = span_of(address + 1);
		host = span_split(&rest, ']');
	} else if (strchr(address, '.') != NULL &&
	    strchr(address, ':') == strrchr(address, ':')) {
		host = span_split(&rest, ':');
	}
	if (!span_copy(host, buffer, INET6_ADDRSTRLEN))
		buffer[0] = '\0';
}

/*
 * Hashes the client's address with the table's KEY; 0 if ADDRESS is not one. An
 * IPv4 address is one client, also when written as IPv6 (RFC 4291, 2.5.5.2). Of
 * IPv6 only the first 64 bits count, since a customer gets a whole /64.
 */
static uint64_t client_id(const char *address, uint64_t key)
{
	static const unsigned char mapped[12] = {
	    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
	char host[INET6_ADDRSTRLEN];
	unsigned char bytes[16];
	size_t i, first = 0, count = 8;
	uint64_t number;

	address_copy(address, host);
	if (inet_pton(AF_INET, host, bytes) == 1) {
		count = 4;
	} else if (inet_pton(AF_INET6, host, bytes) != 1) {
		return 0;
	} else if (memcmp(bytes, mapped, sizeof(mapped)) == 0) {
		first = sizeof(mapped);
		count = 4;
	}
	number = count;
	for (i = first; i < first + count; i++)
		number = number << 8 | bytes[i];
	return hash64(key ^ hash64(number));
}

/*
 * Is ENTRY in use at NOW? It is for TRIES_SECONDS after its first try. One from
 * the future (the clock was set back) is not, nor is one that makes no sense.
 */
static bool attempt_counts(const struct attempt *entry, time_t now)
{
	return entry->count > 0 && entry->count < INT32_MAX &&
	    entry->since <= now && entry->since > now - TRIES_SECONDS;
}

/* The limit of client ID, in the table's unit, if addresses have TRIES. */
static int64_t attempts_limit(uint64_t id, long tries)
{
	int64_t limit = (int64_t)tries * FAILED_TRY;

	return id == 0 ? limit * NOWHERE_PATIENCE : limit;
}

/* The entry in use of client ID, or NULL. */
static struct attempt *attempts_find(
    struct attempts *table, uint64_t id, time_t now)
{
	size_t i;

	if (id == 0)
		return attempt_counts(&table->nowhere, now) ? &table->nowhere :
							      NULL;
	for (i = 0; i < ATTEMPTS_MAX; i++)
		if (table->entry[i].id == id &&
		    attempt_counts(&table->entry[i], now))
			return &table->entry[i];
	return NULL;
}

/*
 * The entry for a new client: one not in use, else the one with the fewest
 * tries, of these the oldest. NULL if all are at LIMIT.
 */
static struct attempt *attempts_place(
    struct attempts *table, int64_t limit, time_t now)
{
	struct attempt *fewest = &table->entry[0];
	size_t i;

	for (i = 0; i < ATTEMPTS_MAX; i++) {
		struct attempt *entry = &table->entry[i];

		if (!attempt_counts(entry, now))
			return entry;
		if (entry->count < fewest->count ||
		    (entry->count == fewest->count &&
			entry->since < fewest->since))
			fewest = entry;
	}
	return fewest->count < limit ? fewest : NULL;
}

/*
 * Adds COUNT tenths of a failed try to client ID. A new client is not counted
 * if no entry gives way.
 */
static void attempts_count(
    struct attempts *table, uint64_t id, long tries, int64_t count, time_t now)
{
	struct attempt *entry = attempts_find(table, id, now);

	if (entry == NULL) {
		entry = id == 0 ?
		    &table->nowhere :
		    attempts_place(table, attempts_limit(id, tries), now);
		if (entry == NULL)
			return;
		entry->id = id;
		entry->since = now;
		entry->count = 0;
	}
	entry->count += count;
}

/* Opens the table with FLAGS; -1 with errno. Does not block on a FIFO. */
static int attempts_open(int home, int flags)
{
	return openat(home, "attempts",
	    flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
}

/* Reads the table, or an empty one if it is damaged; false with errno. */
static bool attempts_read(int fd, struct attempts *table)
{
	ssize_t length = read_all(fd, (char *)table, sizeof(*table));

	if (length != (ssize_t)sizeof(*table) ||
	    memcmp(table->magic, attempts_magic, sizeof(table->magic)) != 0)
		memset(table, 0, sizeof(*table));
	return length >= 0;
}

/*
 * Seconds until the client at ADDRESS may try again; 0 means now. TRIES is the
 * limit, 0 for none. A table that cannot be read keeps nobody out. [S15]
 */
static long attempts_wait(int home, const char *address, long tries, time_t now)
{
	struct attempts table;
	const struct attempt *entry;
	uint64_t id;
	int fd;

	if (tries == 0)
		return 0;
	fd = attempts_open(home, O_RDONLY);
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0 || !attempts_read(fd, &table)) {
		complain("attempts: %s", strerror(errno));
		memset(&table, 0, sizeof(table));
	}
	if (fd >= 0)
		(void)close(fd);
	id = client_id(address, table.key);
	entry = attempts_find(&table, id, now);
	if (entry == NULL || entry->count < attempts_limit(id, tries))
		return 0;
	return (long)(entry->since + TRIES_SECONDS - now);
}

/* Gives TABLE a key if it is an empty one. */
static bool attempts_begin(struct attempts *table)
{
	unsigned char key[sizeof(table->key)];

	if (table->magic[0] != '\0')
		return true;
	if (!random_bytes(key, sizeof(key)))
		return false;
	memcpy(table->magic, attempts_magic, sizeof(table->magic));
	memcpy(&table->key, key, sizeof(key));
	return true;
}

/* As attempts_count, in the table open as FD; false with errno. */
static bool attempts_update(
    int fd, const char *address, long tries, int64_t count, time_t now)
{
	struct attempts table;

	if (!lock_until(fd, monotonic_seconds() + 1) ||
	    !attempts_read(fd, &table) || !attempts_begin(&table))
		return false;
	attempts_count(
	    &table, client_id(address, table.key), tries, count, now);
	return pwrite_whole(fd, &table, sizeof(table)) &&
	    ftruncate(fd, (off_t)sizeof(table)) == 0;
}

/*
 * Adds COUNT tenths of a failed try to the client at ADDRESS. A failure is only
 * worth a complaint. [S15]
 */
static void attempts_add(
    int home, const char *address, long tries, int64_t count, time_t now)
{
	int fd;

	if (tries == 0 || count == 0)
		return;
	fd = attempts_open(home, O_RDWR | O_CREAT);
	if (fd < 0 || !attempts_update(fd, address, tries, count, now))
		complain("attempts: %s", strerror(errno));
	if (fd >= 0)
		(void)close(fd);
}

/* Can failed tries be counted? False with errno. Creates nothing. */
static bool attempts_usable(int home)
{
	struct attempts table;
	int fd = attempts_open(home, O_RDWR);
	bool good;

	if (fd < 0)
		return errno == ENOENT &&
		    faccessat(home, ".", W_OK | X_OK, 0) == 0;
	good = attempts_read(fd, &table);
	return close(fd) == 0 && good;
}

/*
 * 8. Record
 */

/* Parses the value of a "link" line; an incomplete one is no link. */
static void link_parse(struct link *link, struct span value)
{
	struct span end = span_split(&value, ' ');
	struct span token = span_split(&value, ' ');
	size_t i;

	memset(link, 0, sizeof(*link));
	if (token.length != HEX_SIZE - 1 || value.length != HEX_SIZE - 1 ||
	    !instant_parse(end, &link->end))
		return;
	for (i = 0; i < HEX_SIZE - 1; i++)
		if (hex_digit(token.bytes[i]) < 0 ||
		    hex_digit(value.bytes[i]) < 0)
			return;
	memcpy(link->token, token.bytes, HEX_SIZE - 1);
	memcpy(link->secret, value.bytes, HEX_SIZE - 1);
}

/* Parses a number that may be set once; what is wrong with it, or NULL. */
static const char *count_parse(long *count, struct span value)
{
	if (*count >= 0)
		return "is set twice";
	return number_parse(value, 0, 999999, count) ?
	    NULL :
	    "not a number up to 999999";
}

/* The same for a day. */
static const char *day_parse(long *day, struct span value)
{
	if (*day != 0)
		return "is set twice";
	return date_parse(value, day) ? NULL : "not a day such as 2027-12-31";
}

/*
 * Parses one line of a record; what is wrong with it, or NULL. A damaged "last"
 * or "link" is ignored: it only decides whether a second click is free. "uses",
 * "limit", "from" and "expires" may stand there only once, since nobody can
 * tell which line is meant; of "page", "last" and "link" the last line holds.
 */
static const char *record_parse_line(
    struct record *record, struct span key, struct span value)
{
	if (span_is(key, "uses"))
		return count_parse(&record->uses, value);
	if (span_is(key, "limit"))
		return count_parse(&record->limit, value);
	if (span_is(key, "from"))
		return day_parse(&record->from, value);
	if (span_is(key, "expires"))
		return day_parse(&record->expires, value);
	if (span_is(key, "file") && value.length == 0)
		return "the value is missing";
	if (span_is(key, "page"))
		record->page = value;
	if (span_is(key, "last") && !instant_parse(value, &record->last))
		record->last = 0;
	if (span_is(key, "link"))
		link_parse(&record->link, value);
	return NULL;
}

/* Gets the next value of "file" from REST; false at the end. */
static bool record_file(struct span *rest, struct span *file)
{
	while (rest->length > 0) {
		struct span line = span_trim(span_split(rest, '\n'));
		struct span key;

		if (line_split(line, &key, file) && span_is(key, "file"))
			return true;
	}
	return false;
}

/* The required key that RECORD lacks, or NULL. */
static const char *record_missing(const struct record *record)
{
	struct span rest = record->body;
	struct span file;

	if (record->uses < 0)
		return "uses";
	if (record->limit < 0)
		return "limit";
	return record_file(&rest, &file) ? NULL : "file";
}

/*
 * Parses record->body. OUTCOME_NONE, or OUTCOME_BROKEN with line and key in
 * REASON.
 */
static enum outcome record_parse(struct record *record, struct buf *reason)
{
	struct span rest = record->body;
	const char *missing;
	int number;

	record->uses = record->limit = -1;
	record->from = record->expires = 0;
	record->page = span_of("");
	record->last = 0;
	memset(&record->link, 0, sizeof(record->link));
	for (number = 1; rest.length > 0; number++) {
		struct span line = span_trim(span_split(&rest, '\n'));
		const char *wrong = NULL;
		struct span key, value;

		if (line_split(line, &key, &value))
			wrong = record_parse_line(record, key, value);
		if (wrong != NULL)
			return fail(reason, OUTCOME_BROKEN, "%s:%d: %.*s: %s",
			    record->path, number, (int)key.length, key.bytes,
			    wrong);
	}
	missing = record_missing(record);
	return missing == NULL ?
	    OUTCOME_NONE :
	    fail(reason, OUTCOME_BROKEN, "%s: %s: is required", record->path,
		missing);
}

/*
 * Does PATH below DIR still name the file with the status ST? If not, errno is
 * ENOENT (no such file now), EAGAIN (another file) or as set by fstatat(2).
 */
static bool is_named(int dir, const char *path, const struct stat *st)
{
	struct stat named;

	if (fstatat(dir, path, &named, AT_SYMLINK_NOFOLLOW) != 0)
		return false;
	errno = S_ISREG(named.st_mode) ? EAGAIN : EINVAL;
	return S_ISREG(st->st_mode) && st->st_dev == named.st_dev &&
	    st->st_ino == named.st_ino;
}

/* Does ERROR mean that somebody renamed, removed or replaced a file? */
static bool is_replaced(int error)
{
	return error == ENOENT || error == EAGAIN || error == ESTALE;
}

/*
 * Opens and locks codes/NAME, waiting until DEADLINE (monotonic seconds) at
 * most. Once the lock is held, the path must still name that file. NAME comes
 * from code_parse. False with errno; ENOENT if there is no such code. [S1] [S2]
 */
static bool record_lock(
    struct record *record, int home, const char *name, time_t deadline)
{
	struct buf path = buf_init(record->path, sizeof(record->path));
	struct stat st;

	buf_addf(&path, "codes/%s", name);
	record->name = record->path + strlen("codes/");
	for (;;) {
		record->fd = openat(home, record->path,
		    O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
		if (record->fd < 0)
			return false;
		if (lock_until(record->fd, deadline) &&
		    fstat(record->fd, &st) == 0 &&
		    is_named(home, record->path, &st)) {
			record->size = (size_t)st.st_size;
			return true;
		}
		int error = errno;
		(void)close(record->fd);
		record->fd = -1;
		errno = error;
		/* replaced while we waited for the lock: try the new file */
		if (!is_replaced(error) || monotonic_seconds() >= deadline)
			return false;
	}
}

/*
 * Does the path still name the locked file? False with errno, as is_named.
 *
 * NFS believes a name that it has looked up for up to a minute, when another
 * host has long put another file there. To open the folder makes it ask the
 * server (close-to-open, nfs(5)); where that fails, belief has to do. [S2]
 */
static bool record_in_place(const struct record *record, int home)
{
	int codes = openat(home, "codes", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat st;

	if (codes >= 0)
		(void)close(codes);
	return fstat(record->fd, &st) == 0 && is_named(home, record->path, &st);
}

static void record_close(struct record *record)
{
	if (record->fd >= 0 && close(record->fd) != 0)
		complain("%s: %s", record->path, strerror(errno));
	record->fd = -1;
}

/*
 * The text without a byte order mark at its start and the padding at its end,
 * which is everything after the last line that is not blank.
 */
static struct span record_body(const char *text, size_t size)
{
	struct span body = {text, size};
	const char *end;

	while (body.length > 0 && is_blank(text[body.length - 1]))
		body.length--;
	end = memchr(text + body.length, '\n', size - body.length);
	if (end != NULL)
		body.length = (size_t)(end - text) + 1;
	return bom_skip(body);
}

/*
 * Reads and parses the locked file. OUTCOME_NONE, or what is wrong, with the
 * REASON.
 */
static enum outcome record_read(struct record *record, struct buf *reason)
{
	ssize_t length;

	if (record->size > RECORD_MAX)
		return fail(reason, OUTCOME_BROKEN, "%s: longer than %d bytes",
		    record->path, RECORD_MAX);
	length = read_all(record->fd, record->text, record->size);
	if (length != (ssize_t)record->size)
		return fail_errno(
		    reason, record->path, length < 0 ? errno : EIO);
	if (memchr(record->text, 0, record->size) != NULL)
		return fail(reason, OUTCOME_BROKEN, "%s: %s", record->path,
		    read_error(EILSEQ));
	record->body = record_body(record->text, record->size);
	return record_parse(record, reason);
}

/*
 * Finds the record of CODE (as typed, then as people misread it, then amid
 * other text), locks it and reads it. OUTCOME_NONE if that succeeds; otherwise
 * REASON says what is wrong, if anything is. record_close must follow in any
 * case.
 */
static enum outcome record_open(struct record *record, int home,
    const struct code *code, time_t deadline, struct buf *reason)
{
	const char *const names[] = {code->exact, code->folded, code->group};
	bool locked = false;
	int error;
	size_t i;

	errno = ENOENT;
	for (i = 0; !locked && errno == ENOENT && i < LENGTH(names); i++)
		if (names[i][0] != '\0' &&
		    (i == 0 || strcmp(names[i], names[i - 1]) != 0))
			locked = record_lock(record, home, names[i], deadline);
	if (locked)
		return record_read(record, reason);
	error = errno;
	/* a missing code is the buyer's mistake, a missing folder is ours */
	if (faccessat(home, "codes", X_OK, 0) != 0)
		return fail(
		    reason, OUTCOME_TRY_AGAIN, "codes: %s", strerror(errno));
	return error == ENOENT ? OUTCOME_UNKNOWN :
				 fail_errno(reason, record->path, error);
}

enum decision {
	GIVE_COUNTED, /* a new link, and one use */
	GIVE_FREE, /* a new link for a use that is counted already */
	GIVE_SAME, /* the link of the last use */
	REFUSE_USED_UP,
	REFUSE_EXPIRED,
	REFUSE_NOT_YET
};

/*
 * Is this a second click, or a second attempt, that costs nothing? Anybody's is
 * within the grace period; OURS, the browser that the last use was counted for,
 * has longer. If the clock was set back since, the last use is in the future;
 * what counts is how far away it is. [S8]
 */
static bool is_second_click(const struct record *record,
    const struct settings *settings, time_t now, bool ours)
{
	time_t age = now > record->last ? now - record->last :
					  record->last - now;

	return record->last != 0 &&
	    (age < settings->grace || (ours && age < settings->retry));
}

/*
 * Is the link open, and was it given after the last use was counted? Then it is
 * free for anybody, but no new link is made, or this could go on forever. [S8]
 */
static bool is_given_again(
    const struct record *record, const struct settings *settings, time_t now)
{
	time_t left = record->link.end - now;

	return record->last != 0 && record->link.token[0] != '\0' &&
	    record->link.end > record->last + settings->window && left >= 0 &&
	    left <= settings->window;
}

/*
 * Decides what RECORD entitles its buyer to at NOW, on the local day TODAY.
 * OURS: the browser is the one that the last use was counted for. Pure: looks
 * at nothing else and changes nothing. [S2] [S8]
 */
static enum decision decide(const struct record *record,
    const struct settings *settings, time_t now, long today, bool ours)
{
	time_t left = record->link.end - now;

	/* revoked, even if its last use was a moment ago */
	if (record->limit == 0)
		return REFUSE_USED_UP;
	if (is_second_click(record, settings, now, ours)) {
		if (record->link.token[0] != '\0' && left <= settings->window &&
		    2 * left >= settings->window)
			return GIVE_SAME;
		return GIVE_FREE;
	}
	if (is_given_again(record, settings, now))
		return GIVE_SAME;
	if (record->uses >= record->limit)
		return REFUSE_USED_UP;
	if (record->expires != 0 && record->expires < today)
		return REFUSE_EXPIRED;
	if (record->from != 0 && record->from > today)
		return REFUSE_NOT_YET;
	return GIVE_COUNTED;
}

/* The values that a redemption writes into a record. */
struct change {
	long uses;
	time_t last;
	const struct link *link;
};

enum { MANAGED_USES = 1, MANAGED_LAST = 2, MANAGED_LINK = 4, MANAGED_ALL = 7 };

#define MANAGED_ROOM 192 /* bytes that these lines take, at most */

static int managed_line(struct span line)
{
	struct span key, value;

	if (!line_split(line, &key, &value))
		return 0;
	if (span_is(key, "uses"))
		return MANAGED_USES;
	if (span_is(key, "last"))
		return MANAGED_LAST;
	return span_is(key, "link") ? MANAGED_LINK : 0;
}

static void managed_format(
    struct buf *text, int own, const struct change *change)
{
	if (own == MANAGED_USES)
		buf_addf(text, "uses: %ld", change->uses);
	if (own == MANAGED_LAST) {
		buf_adds(text, "last: ");
		buf_addinstant(text, change->last);
	}
	if (own == MANAGED_LINK) {
		buf_adds(text, "link: ");
		buf_addinstant(text, change->link->end);
		buf_addf(
		    text, " %s %s", change->link->token, change->link->secret);
	}
}

/*
 * Formats the record with CHANGE in it: our own lines where they were, or at
 * the end; every other line byte for byte. Pads with blanks up to the old size,
 * so that one write replaces all of the old record.
 */
static void record_format(
    struct buf *text, const struct record *record, const struct change *change)
{
	struct span rest = record->body;
	const char *end = "\n";
	int missing = MANAGED_ALL;
	int own;

	buf_addmem(
	    text, record->text, (size_t)(record->body.bytes - record->text));
	while (rest.length > 0) {
		struct span line = span_split(&rest, '\n');

		/* a last line without an end gets that of the line before */
		if (rest.bytes[-1] == '\n')
			end = "\n";
		if (line.length > 0 && line.bytes[line.length - 1] == '\r') {
			end = "\r\n";
			line.length--;
		}
		own = managed_line(line);
		if (own != 0 && (missing & own) == 0)
			continue;
		missing &= ~own;
		if (own != 0)
			managed_format(text, own, change);
		else
			buf_addmem(text, line.bytes, line.length);
		buf_adds(text, end);
	}
	for (own = MANAGED_USES; own <= MANAGED_LINK; own *= 2) {
		if ((missing & own) == 0)
			continue;
		managed_format(text, own, change);
		buf_adds(text, end);
	}
	while (!text->overflowed && text->length + 1 < record->size)
		buf_adds(text, " ");
	if (text->length < record->size)
		buf_adds(text, "\n");
}

/*
 * Puts the old record back, with one pwrite again and blanks as far as the file
 * has grown. The new one may be on the disk already, so this is synced, too.
 * Nobody has been told anything yet. [S4]
 */
static void record_restore(struct record *record)
{
	char old[RECORD_MAX + 1];
	struct stat st;
	size_t length = record->size;

	memset(old, ' ', sizeof(old));
	memcpy(old, record->text, record->size);
	if (fstat(record->fd, &st) == 0 && st.st_size > (off_t)length &&
	    st.st_size <= RECORD_MAX) {
		length = (size_t)st.st_size;
		old[length - 1] = '\n';
	}
	if (!pwrite_whole(record->fd, old, length) ||
	    sync_data(record->fd) != 0)
		complain("%s: not restored: %s", record->path, strerror(errno));
	wipe(old, sizeof(old));
}

/*
 * Has RECORD room for what CHANGE makes of it? Most have: they are short, or
 * have all lines already.
 */
static bool record_has_room(
    const struct record *record, const struct change *change)
{
	char buffer[RECORD_MAX + 1];
	struct buf text = buf_init(buffer, sizeof(buffer));
	bool room;

	if (record->size + MANAGED_ROOM <= RECORD_MAX)
		return true;
	record_format(&text, record, change);
	room = !text.overflowed;
	wipe(buffer, text.length);
	return room;
}

/*
 * Writes CHANGE into the locked record and syncs it. On failure complains, puts
 * the old record back and returns false. [S3] [S4]
 */
static bool record_write(struct record *record, const struct change *change)
{
	char buffer[RECORD_MAX + 1];
	struct buf text = buf_init(buffer, sizeof(buffer));
	bool written = false;

	record_format(&text, record, change);
	if (text.overflowed) {
		complain("%s: no room for another line", record->path);
	} else {
		written = pwrite_whole(record->fd, text.bytes, text.length) &&
		    sync_data(record->fd) == 0;
		if (!written) {
			complain("%s: %s", record->path, strerror(errno));
			record_restore(record);
		}
	}
	wipe(buffer, text.length);
	return written;
}

/*
 * 9. Digests: SHA-256 (FIPS 180-4), HMAC with it (RFC 2104), MD5 (RFC 1321)
 *
 * SHA-256 and MD5 both work on blocks of 16 words and end with the length of
 * the message. They differ in how a block is compressed into the state and in
 * the byte order of words.
 */
#define DIGEST_BLOCK 64 /* bytes */
#define SHA256_SIZE 32 /* bytes of a digest */
#define MD5_SIZE 16

struct algorithm {
	size_t size; /* bytes of a digest */
	bool big; /* the greatest byte of a word comes first */
	uint32_t start[8];
	void (*compress)(uint32_t *state, const uint32_t *block);
};

struct digest {
	const struct algorithm *algorithm;
	uint32_t state[8];
	uint64_t length; /* bytes taken in */
	unsigned char block[DIGEST_BLOCK]; /* the bytes of the last one */
};

static uint32_t rotl32(uint32_t word, unsigned bits)
{
	return word << bits | word >> (32 - bits);
}

static uint32_t rotr32(uint32_t word, unsigned bits)
{
	return word >> bits | word << (32 - bits);
}

/* FIPS 180-4, 4.2.2: from the cube roots of the first 64 primes */
static const uint32_t sha256_words[64] = {0x428a2f98, 0x71374491, 0xb5c0fbcf,
    0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
    0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7,
    0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
    0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
    0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
    0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e,
    0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
    0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c,
    0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee,
    0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
    0xc67178f2};

/* One of the 64 steps, FIPS 180-4, 6.2.2: a is v[0], h is v[7]. */
static void sha256_step(uint32_t *v, uint32_t word)
{
	uint32_t e = rotr32(v[4], 6) ^ rotr32(v[4], 11) ^ rotr32(v[4], 25);
	uint32_t a = rotr32(v[0], 2) ^ rotr32(v[0], 13) ^ rotr32(v[0], 22);
	uint32_t choice = (v[4] & v[5]) ^ (~v[4] & v[6]);
	uint32_t majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);
	uint32_t first = v[7] + e + choice + word;

	memmove(v + 1, v, 7 * sizeof(*v));
	v[4] += first;
	v[0] = first + a + majority;
}

static void sha256_compress(uint32_t *state, const uint32_t *block)
{
	uint32_t w[64], v[8];
	size_t i;

	memcpy(w, block, DIGEST_BLOCK);
	for (i = 16; i < 64; i++) {
		uint32_t a = w[i - 15], b = w[i - 2];

		w[i] = w[i - 16] + w[i - 7] +
		    (rotr32(a, 7) ^ rotr32(a, 18) ^ a >> 3) +
		    (rotr32(b, 17) ^ rotr32(b, 19) ^ b >> 10);
	}
	memcpy(v, state, sizeof(v));
	for (i = 0; i < 64; i++)
		sha256_step(v, w[i] + sha256_words[i]);
	for (i = 0; i < 8; i++)
		state[i] += v[i];
	wipe(w, sizeof(w));
	wipe(v, sizeof(v));
}

/* RFC 1321, 3.4: 2^32 times the sine of 1, 2, ... 64 */
static const uint32_t md5_words[64] = {0xd76aa478, 0xe8c7b756, 0x242070db,
    0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501, 0x698098d8,
    0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e,
    0x49b40821, 0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d,
    0x02441453, 0xd8a1e681, 0xe7d3fbc8, 0x21e1cde6, 0xc33707d6, 0xf4d50d87,
    0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a, 0xfffa3942,
    0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60,
    0xbebfbc70, 0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039,
    0xe6db99e5, 0x1fa27cf8, 0xc4ac5665, 0xf4292244, 0x432aff97, 0xab9423a7,
    0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1, 0x6fa87e4f,
    0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb,
    0xeb86d391};

/* Step I of 64, RFC 1321, 3.4, where V is a, b, c and d. */
static void md5_step(uint32_t *v, const uint32_t *block, size_t i)
{
	static const unsigned char turns[4][4] = {
	    {7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
	uint32_t b = v[1], c = v[2], d = v[3];
	const uint32_t mixed[] = {
	    (b & c) | (~b & d), (d & b) | (~d & c), b ^ c ^ d, c ^ (b | ~d)};
	const size_t places[] = {i, 5 * i + 1, 3 * i + 5, 7 * i};
	size_t round = i / 16;
	uint32_t sum = v[0] + mixed[round] + block[places[round] % 16] +
	    md5_words[i];

	v[0] = d;
	v[3] = c;
	v[2] = b;
	v[1] = b + rotl32(sum, turns[round][i % 4]);
}

static void md5_compress(uint32_t *state, const uint32_t *block)
{
	uint32_t v[4];
	size_t i;

	memcpy(v, state, sizeof(v));
	for (i = 0; i < 64; i++)
		md5_step(v, block, i);
	for (i = 0; i < 4; i++)
		state[i] += v[i];
	wipe(v, sizeof(v));
}

static const struct algorithm sha256 = {SHA256_SIZE, true,
    {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c,
	0x1f83d9ab, 0x5be0cd19},
    sha256_compress};
static const struct algorithm md5 = {MD5_SIZE, false,
    {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0, 0, 0, 0}, md5_compress};

static void digest_begin(
    struct digest *digest, const struct algorithm *algorithm)
{
	memset(digest, 0, sizeof(*digest));
	digest->algorithm = algorithm;
	memcpy(digest->state, algorithm->start, sizeof(digest->state));
}

/* The shift, in bits, of byte POS of a block within its word. */
static unsigned byte_shift(const struct digest *digest, size_t pos)
{
	unsigned in_word = (unsigned)(pos % 4);

	return 8 * (digest->algorithm->big ? 3 - in_word : in_word);
}

static void digest_block(struct digest *digest)
{
	uint32_t words[DIGEST_BLOCK / 4] = {0};
	size_t i;

	for (i = 0; i < DIGEST_BLOCK; i++)
		words[i / 4] |= (uint32_t)digest->block[i]
		    << byte_shift(digest, i);
	digest->algorithm->compress(digest->state, words);
	wipe(words, sizeof(words));
}

/* Hashes LENGTH more bytes. */
static void digest_add(struct digest *digest, const void *bytes, size_t length)
{
	const unsigned char *next = bytes;

	while (length-- > 0) {
		digest->block[digest->length++ % DIGEST_BLOCK] = *next++;
		if (digest->length % DIGEST_BLOCK == 0)
			digest_block(digest);
	}
}

/* Writes the digest of all bytes added, and wipes the state. */
static void digest_end(struct digest *digest, unsigned char *result)
{
	static const unsigned char first = 0x80, more = 0;
	uint64_t bits = digest->length * 8;
	bool big = digest->algorithm->big;
	size_t i;

	digest_add(digest, &first, 1);
	while (digest->length % DIGEST_BLOCK != DIGEST_BLOCK - 8)
		digest_add(digest, &more, 1);
	for (i = 0; i < 8; i++) {
		unsigned char byte = (unsigned char)(bits >>
		    (8 * (big ? 7 - i : i)));

		digest_add(digest, &byte, 1);
	}
	for (i = 0; i < digest->algorithm->size; i++)
		result[i] = (unsigned char)(digest->state[i / 4] >>
		    byte_shift(digest, i));
	wipe(digest, sizeof(*digest));
}

/* SHA-256 of FIRST and then SECOND; RESULT may be where SECOND lies. */
static void sha256_of(
    struct span first, struct span second, unsigned char result[SHA256_SIZE])
{
	struct digest digest;

	digest_begin(&digest, &sha256);
	digest_add(&digest, first.bytes, first.length);
	digest_add(&digest, second.bytes, second.length);
	digest_end(&digest, result);
}

/* HMAC-SHA256 of MESSAGE under KEY, which may have any length. */
static void hmac(
    struct span key, struct span message, unsigned char mac[SHA256_SIZE])
{
	unsigned char pad[DIGEST_BLOCK] = {0};
	struct span padded = {(const char *)pad, DIGEST_BLOCK};
	struct span inner = {(const char *)mac, SHA256_SIZE};
	size_t i;

	if (key.length > DIGEST_BLOCK)
		sha256_of(key, span_of(""), pad);
	else
		memcpy(pad, key.bytes, key.length);
	for (i = 0; i < DIGEST_BLOCK; i++)
		pad[i] ^= 0x36;
	sha256_of(padded, message, mac);
	for (i = 0; i < DIGEST_BLOCK; i++)
		pad[i] ^= 0x36 ^ 0x5c;
	sha256_of(padded, inner, mac);
	wipe(pad, sizeof(pad));
}

/* Compares SIZE bytes in constant time. */
static bool equal_const_time(const char *left, const char *right, size_t size)
{
	volatile unsigned char differ = 0;
	size_t i;

	for (i = 0; i < size; i++)
		differ |= (unsigned char)(left[i] ^ right[i]);
	return differ == 0;
}

/* Adds SIZE bytes in base64url without padding (RFC 4648, 5). */
static void buf_addbase64url(
    struct buf *text, const unsigned char *bytes, size_t size)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789-_";
	uint32_t bits = 0;
	unsigned have = 0;
	size_t i;

	for (i = 0; i < size; i++) {
		bits = bits << 8 | bytes[i];
		for (have += 8; have >= 6; have -= 6)
			buf_addmem(text, &digits[bits >> (have - 6) & 63], 1);
	}
	if (have > 0)
		buf_addmem(text, &digits[bits << (6 - have) & 63], 1);
}

/* The name of the cookie for CODE, which does not give the code away. */
static void cookie_name(const char *code, char name[COOKIE_NAME_SIZE])
{
	static const char prefix[] = "redeem-";
	unsigned char bytes[SHA256_SIZE];

	sha256_of(span_of(code), span_of(""), bytes);
	memcpy(name, prefix, sizeof(prefix));
	hex_write(bytes, 8, name + strlen(prefix));
}

/*
 * 10. What a code sells, and a link to it
 */

/*
 * Extensions that some servers run instead of sending. tools/.sale.sh has the
 * same list, as "runnable", so that mint refuses what is refused here.
 */
static const char *const run_by_servers[] = {"php", "php3", "php4", "php5",
    "php6", "php7", "php8", "phps", "phtml", "phar", "pht", "cgi", "fcgi",
    "fpl", "pl", "py", "pyc", "rb", "sh", "shtml", "shtm", "stm", "asp", "aspx",
    "jsp", "jspx", "cfm", "lua"};

/* Why a file called NAME is not sold, or NULL if it is. [S9] */
static const char *name_wrong(const char *name)
{
	struct span rest = span_of(name);
	size_t i;

	if (!is_utf8(name))
		return "its name is not UTF-8";
	for (i = 0; i < rest.length; i++)
		if (iscntrl((unsigned char)name[i]))
			return "there is a control character in its name";
	if (rest.length == 0 || *name == '.')
		return "a file of this name is never sold";
	/* Apache looks at every extension, so it might run x.php.zip too */
	span_split(&rest, '.');
	while (rest.length > 0) {
		struct span extension = span_split(&rest, '.');

		for (i = 0; i < LENGTH(run_by_servers); i++)
			if (equals_nocase(extension, run_by_servers[i]))
				return "a server might run a file of this name";
	}
	return NULL;
}

/*
 * Is NAME one that systems leave behind in folders: a hidden file, a leftover
 * of Windows, macOS or an editor, an unfinished upload? These are not for sale.
 */
static bool name_left_behind(const char *name)
{
	static const char *const whole[] = {
	    "thumbs.db", "desktop.ini", "icon\r"};
	static const char *const ends[] = {"~", ".part", ".filepart"};
	size_t length = strlen(name), i;

	for (i = 0; i < LENGTH(whole); i++)
		if (equals_nocase(span_of(name), whole[i]))
			return true;
	for (i = 0; i < LENGTH(ends); i++)
		if (length >= strlen(ends[i]) &&
		    equals_nocase(
			span_of(name + length - strlen(ends[i])), ends[i]))
			return true;
	return *name == '.';
}

/*
 * Letters that Unicode can write in two ways: composed, or as a plain letter
 * and a mark (NFC and NFD). They look the same, and names from a Mac often
 * arrive in the other form. The Nth letter of "composed" is the Nth of "plain"
 * with "mark". Enough for European languages and kana.
 */
static const struct {
	const char *mark, *composed, *plain;
} letter_marks[] = {
    {"\xcc\x80", "ÀÈÌÒÙàèìòùǸǹ", "AEIOUaeiouNn"},
    {"\xcc\x81", "ÁÉÍÓÚÝáéíóúýĆćĹĺŃńŔŕŚśŹź", "AEIOUYaeiouyCcLlNnRrSsZz"},
    {"\xcc\x82", "ÂÊÎÔÛâêîôûĈĉĜĝĤĥĴĵŜŝŴŵŶŷ", "AEIOUaeiouCcGgHhJjSsWwYy"},
    {"\xcc\x83", "ÃÑÕãñõĨĩŨũ", "ANOanoIiUu"},
    {"\xcc\x84", "ĀāĒēĪīŌōŪū", "AaEeIiOoUu"},
    {"\xcc\x86", "ĂăĔĕĞğĬĭŎŏŬŭЙй", "AaEeGgIiOoUuИи"},
    {"\xcc\x87", "ĊċĖėĠġİŻż", "CcEeGgIZz"},
    {"\xcc\x88", "ÄËÏÖÜäëïöüÿŸЁёЇї", "AEIOUaeiouyYЕеІі"},
    {"\xcc\x8a", "ÅåŮů", "AaUu"},
    {"\xcc\x8b", "ŐőŰű", "OoUu"},
    {"\xcc\x8c", "ČčĎďĚěŇňŘřŠšŤťŽž", "CcDdEeNnRrSsTtZz"},
    {"\xcc\xa6", "ȘșȚț", "SsTt"},
    {"\xcc\xa7", "ÇçĢģĶķĻļŅņŖŗŞşŢţ", "CcGgKkLlNnRrSsTt"},
    {"\xcc\xa8", "ĄąĘęĮįŲų", "AaEeIiUu"},
    {"\xe3\x82\x99",
	"がぎぐげござじずぜぞだぢづでどばびぶべぼ"
	"ガギグゲゴザジズゼゾダヂヅデドバビブベボヴ",
	"かきくけこさしすせそたちつてとはひふへほ"
	"カキクケコサシスセソタチツテトハヒフヘホウ"},
    {"\xe3\x82\x9a", "ぱぴぷぺぽパピプペポ", "はひふへほハヒフヘホ"},
};

/* Adds CHARACTER as plain letter and mark; false if it is not in ROW. */
static bool buf_addletter(struct buf *text, struct span character, size_t row)
{
	const char *composed = letter_marks[row].composed;
	const char *plain = letter_marks[row].plain;

	while (*composed != '\0') {
		size_t length = utf8_length(composed);

		if (length == character.length &&
		    memcmp(composed, character.bytes, length) == 0) {
			buf_addmem(text, plain, utf8_length(plain));
			buf_adds(text, letter_marks[row].mark);
			return true;
		}
		composed += length;
		plain += utf8_length(plain);
	}
	return false;
}

/* Adds CHARACTER as plain letter and mark; false if it is no such letter. */
static bool buf_addmarked(struct buf *text, struct span character)
{
	size_t row;

	/* none of them is ASCII */
	for (row = 0; character.length > 1 && row < LENGTH(letter_marks); row++)
		if (buf_addletter(text, character, row))
			return true;
	return false;
}

/* Adds NAME with its letters decomposed; bytes that are not UTF-8 as is. */
static void buf_adddecomposed(struct buf *text, const char *name)
{
	while (*name != '\0') {
		size_t length = utf8_length(name);
		struct span character = {name, length > 0 ? length : 1};

		if (!buf_addmarked(text, character))
			buf_addmem(text, name, character.length);
		name += character.length;
	}
}

/* Are these the same name, whether its letters are composed or not? */
static bool same_name(const char *left, const char *right)
{
	char first[3 * PATH_SIZE], second[3 * PATH_SIZE];
	struct buf one = buf_init(first, sizeof(first));
	struct buf two = buf_init(second, sizeof(second));

	buf_adddecomposed(&one, left);
	buf_adddecomposed(&two, right);
	return !one.overflowed && !two.overflowed && strcmp(first, second) == 0;
}

/* Notes why ITEMS cannot be sold, for a reason that waiting will not mend. */
LIKE_PRINTF(2, 3)
static enum outcome items_broken(struct items *items, const char *format, ...)
{
	struct buf text = buf_init(items->reason, sizeof(items->reason));
	va_list rest;

	va_start(rest, format);
	buf_vaddfault(&text, format, rest);
	va_end(rest);
	return OUTCOME_BROKEN;
}

/* Is errno ERROR at PATH for the owner to mend, or will it pass? */
static enum outcome items_failed(
    struct items *items, const char *path, int error)
{
	if (is_lasting(error))
		return items_broken(items, "%s: %s", path, strerror(error));
	complain("%s: %s", path, strerror(error));
	return OUTCOME_TRY_AGAIN;
}

/* Adds the file PATH ("files/..."). OUTCOME_NONE if it may be sold. [S9] */
static enum outcome items_add(struct items *items, const char *path, off_t size)
{
	struct item *item = &items->item[items->count];
	const char *wrong = name_wrong(strrchr(path, '/') + 1);
	struct buf text;

	if (items->count == ITEMS_MAX)
		return items_broken(
		    items, "%s: more than %d files", path, ITEMS_MAX);
	/* a link's address may have the folders, too */
	if (wrong == NULL && !is_utf8(path))
		wrong = "its name is not UTF-8";
	if (wrong != NULL)
		return items_broken(items, "%s: %s", path, wrong);
	text = buf_init(item->path, sizeof(item->path));
	buf_adds(&text, path);
	if (text.overflowed)
		return items_broken(items, "%s: too long a path", path);
	item->size = size;
	items->count++;
	return OUTCOME_NONE;
}

/* Compares names as people do: 2 comes before 10. */
static int compare_counting(const char *left, const char *right)
{
	static const char digits[] = "0123456789";
	const char *l = left, *r = right;

	while (*l != '\0' && *r != '\0') {
		if (isdigit((unsigned char)*l) && isdigit((unsigned char)*r)) {
			size_t length, other;
			int order;

			l += strspn(l, "0");
			r += strspn(r, "0");
			length = strspn(l, digits);
			other = strspn(r, digits);
			if (length != other)
				return length < other ? -1 : 1;
			order = memcmp(l, r, length);
			if (order != 0)
				return order;
			l += length;
			r += length;
		} else if (*l++ != *r++) {
			return (unsigned char)l[-1] < (unsigned char)r[-1] ?
			    -1 :
			    1;
		}
	}
	if (*l != *r)
		return *l == '\0' ? -1 : 1;
	return strcmp(left, right);
}

static int by_path(const void *left, const void *right)
{
	return compare_counting(((const struct item *)left)->path,
	    ((const struct item *)right)->path);
}

/* Adds the file NAME of the folder PATH, open as FD. */
static enum outcome items_add_from(
    struct items *items, int fd, const char *path, const char *name)
{
	char buffer[PATH_SIZE];
	struct buf text = buf_init(buffer, sizeof(buffer));
	struct stat st;

	if (name_left_behind(name))
		return OUTCOME_NONE;
	buf_addf(&text, "%s/%s", path, name);
	if (text.overflowed)
		return items_broken(items, "%s: too long a path", path);
	if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return items_failed(items, buffer, errno);
	return S_ISREG(st.st_mode) ? items_add(items, buffer, st.st_size) :
				     OUTCOME_NONE;
}

/* Adds all files of the folder PATH, sorted. */
static enum outcome items_add_folder(
    struct items *items, int home, const char *path)
{
	enum outcome outcome = OUTCOME_NONE;
	DIR *list = dir_open(home, path);
	size_t first = items->count;
	const char *name;
	int more = list != NULL ? 1 : -1;

	while (outcome == OUTCOME_NONE && more > 0 &&
	    (more = dir_next(list, &name)) > 0)
		outcome = items_add_from(items, dirfd(list), path, name);
	if (more < 0)
		outcome = items_failed(items, path, errno);
	else if (outcome == OUTCOME_NONE && items->count == first)
		outcome = items_broken(
		    items, "%s: there is no file in this folder", path);
	dir_close(list);
	if (outcome == OUTCOME_NONE)
		qsort(&items->item[first], items->count - first,
		    sizeof(items->item[0]), by_path);
	return outcome;
}

/*
 * Does PATH ("files/...") have only plain names, and no folder on the way that
 * is something else, as a symbolic link? Cuts off a slash at its end. [S9]
 */
static bool path_plain(int home, char *path)
{
	char *slash = path + strlen(path) - 1;
	struct stat st;

	if (*slash == '/')
		*slash = '\0';
	if (strstr(path, "/.") != NULL || strstr(path, "//") != NULL ||
	    path[strlen(path) - 1] == '/')
		return false;
	for (slash = strchr(path, '/'); (slash = strchr(slash + 1, '/'));) {
		bool strange;

		*slash = '\0';
		strange = fstatat(home, path, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    !S_ISDIR(st.st_mode);
		*slash = '/';
		if (strange)
			return false;
	}
	return true;
}

/* Appends to TEXT, a folder's path, the name in it that is the same as PART. */
static bool path_respell_part(int home, struct buf *text, const char *part)
{
	DIR *list = dir_open(home, text->bytes);
	const char *name;
	bool found = false;

	while (list != NULL && !found && dir_next(list, &name) > 0) {
		found = same_name(name, part);
		if (found)
			buf_addf(text, "/%s", name);
	}
	dir_close(list);
	return found && !text->overflowed;
}

/* Spells PATH ("files/...") as the disk does; false if it is not there. */
static bool path_respell(int home, char path[PATH_SIZE])
{
	char buffer[PATH_SIZE], part[PATH_SIZE];
	struct buf text = buf_init(buffer, sizeof(buffer));
	struct span rest = span_of(path);
	struct span first = span_split(&rest, '/');

	buf_addmem(&text, first.bytes, first.length);
	while (rest.length > 0)
		if (!span_copy(span_split(&rest, '/'), part, sizeof(part)) ||
		    !path_respell_part(home, &text, part))
			return false;
	memcpy(path, buffer, text.length + 1);
	return true;
}

/* Adds what one "file" line of a record names. [S9] */
static enum outcome items_add_entry(
    struct items *items, int home, struct span file)
{
	char path[PATH_SIZE] = "files/";
	size_t start = strlen(path);
	struct stat st;
	int error = 0;

	if (!span_copy(file, path + start, sizeof(path) - start) ||
	    path[start] == '\0' || !path_plain(home, path))
		return items_broken(items,
		    "file: %.*s: not a plain path below files",
		    (int)file.length, file.bytes);
	if (fstatat(home, path, &st, AT_SYMLINK_NOFOLLOW) != 0)
		error = errno;
	if (error == ENOENT && path_respell(home, path) &&
	    path_plain(home, path) &&
	    fstatat(home, path, &st, AT_SYMLINK_NOFOLLOW) == 0)
		error = 0;
	if (error != 0)
		return items_failed(items, path, error);
	if (S_ISDIR(st.st_mode))
		return items_add_folder(items, home, path);
	if (!S_ISREG(st.st_mode))
		return items_broken(items, "%s: not a regular file", path);
	return items_add(items, path, st.st_size);
}

static bool name_taken(const struct items *items, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strcmp(items->item[i].name, items->item[count].name) == 0)
			return true;
	return strcmp(items->item[count].name, LIST_PAGE) == 0;
}

/*
 * Gives each item its public name: its file's, or "2-name" and so on where two
 * folders have a file of that name. NAME_SIZE always has room for it.
 */
static void items_name(struct items *items)
{
	size_t i;

	for (i = 0; i < items->count; i++) {
		struct item *item = &items->item[i];
		const char *name = strrchr(item->path, '/') + 1;
		struct buf text = buf_init(item->name, sizeof(item->name));
		int number = 2;

		buf_adds(&text, name);
		while (name_taken(items, i)) {
			text = buf_init(item->name, sizeof(item->name));
			buf_addf(&text, "%d-%s", number++, name);
		}
	}
}

/*
 * Collects all that RECORD sells. OUTCOME_NONE if it is all there; for
 * OUTCOME_BROKEN items->reason says why not; OUTCOME_TRY_AGAIN after a
 * complaint.
 */
static enum outcome items_collect(
    struct items *items, int home, const struct record *record)
{
	enum outcome outcome = OUTCOME_NONE;
	struct span rest = record->body;
	struct span file;

	items->count = 0;
	while (outcome == OUTCOME_NONE && record_file(&rest, &file))
		outcome = items_add_entry(items, home, file);
	if (outcome == OUTCOME_NONE)
		items_name(items);
	return outcome;
}

/*
 * Media types of what labels sell: a phone then saves a song as a song. All
 * else is application/octet-stream.
 */
static const struct {
	const char *extension, *type;
} media_types[] = {
    {"aif", "audio/x-aiff"},
    {"aiff", "audio/x-aiff"},
    {"flac", "audio/flac"},
    {"jpeg", "image/jpeg"},
    {"jpg", "image/jpeg"},
    {"m4a", "audio/mp4"},
    {"mp3", "audio/mpeg"},
    {"mp4", "video/mp4"},
    {"ogg", "audio/ogg"},
    {"opus", "audio/ogg"},
    {"pdf", "application/pdf"},
    {"png", "image/png"},
    {"txt", "text/plain"},
    {"wav", "audio/wav"},
    {"zip", "application/zip"},
};

static const char *media_type(const char *name)
{
	const char *dot = strrchr(name, '.');
	size_t i;

	for (i = 0; dot != NULL && i < LENGTH(media_types); i++)
		if (equals_nocase(span_of(dot + 1), media_types[i].extension))
			return media_types[i].type;
	return "application/octet-stream";
}

/*
 * Adds a Content-Disposition that saves the file as NAME (RFC 6266, appendix
 * D). "filename" has ASCII only, for old clients; "filename*" has the whole
 * name, if they differ or ALWAYS.
 */
static void buf_adddisposition(struct buf *text, const char *name, bool always)
{
	const char *c;

	buf_adds(text, "attachment; filename=\"");
	for (c = name; *c != '\0'; c++) {
		unsigned char byte = (unsigned char)*c;
		bool plain = byte < 0x80 && !iscntrl(byte) &&
		    strchr("\"\\%/", byte) == NULL;

		buf_addmem(text, plain ? c : "_", 1);
		always = always || !plain;
	}
	buf_adds(text, "\"");
	if (always) {
		buf_adds(text, "; filename*=UTF-8''");
		buf_addpercent(text, name, "");
	}
}

/*
 * Can ITEM be sent from home/files? Only the program's own right to read it is
 * checked; a server that runs as another user may have less.
 */
static enum outcome files_examine(
    const struct site *site, struct items *items, const struct item *item)
{
	if (faccessat(site->home, item->path, R_OK, 0) != 0)
		return items_failed(items, item->path, errno);
	if (item->size == 0)
		return items_broken(items, "%s: empty", item->path);
	return OUTCOME_NONE;
}

/* Draws a new link, which nobody can guess; false after a complaint. [S5] */
static bool link_draw(struct link *link, time_t end)
{
	unsigned char bytes[2 * RANDOM_BYTES];

	if (!random_bytes(bytes, sizeof(bytes))) {
		complain("no random bytes to be had from the kernel");
		return false;
	}
	link->end = end;
	hex_write(bytes, RANDOM_BYTES, link->token);
	hex_write(bytes + RANDOM_BYTES, RANDOM_BYTES, link->secret);
	wipe(bytes, sizeof(bytes));
	return true;
}

/* The minute in which LINK expires: the name of its bucket. */
static long long link_bucket(const struct link *link)
{
	return (long long)link->end / 60;
}

/*
 * What a delivery publishes. "refusal" is the page for those who come late or
 * with a wrong secret, as page_flatten makes it; empty where it is the same as
 * that of all. "list" is the page inside the link, or empty where a single file
 * is sent at once. "room" is for what has to be composed; its contents are
 * nobody's.
 */
struct offer {
	const struct link *link;
	const struct items *items;
	const char *refusal;
	const char *refusal_of_all; /* for links that are gone */
	const char *mark_of_all; /* of that page, or empty */
	const struct buf *list;
	char *room; /* OFFER_ROOM bytes */
};

/*
 * A way to let buyers have the files: one row of "deliveries" for each word of
 * the setting "delivery". The rest of the program calls what is here and does
 * not know which delivery is in use. ITEM is one of the files, or NULL for the
 * page that lists them.
 */
struct delivery {
	/*
	 * Opens the folders that it needs besides home. False, and nothing
	 * written, after a complaint: not set up. NULL: home will do.
	 */
	bool (*open)(struct site *);
	/*
	 * Can ITEM be delivered? As items_collect; done before a use is
	 * counted.
	 */
	enum outcome (*examine)(
	    const struct site *, struct items *, const struct item *);
	/* Makes the link work. False, and nothing left, after a complaint. */
	bool (*publish)(const struct site *, const struct offer *);
	/* Does a published link still open ITEM? No complaint. */
	bool (*alive)(
	    const struct site *, const struct link *, const struct item *);
	/* Undoes publish. */
	void (*withdraw)(const struct site *, const struct link *);
	/*
	 * Adds the URL of ITEM as it stands in Location. The buffer overflows
	 * if there is none, or no room for it.
	 */
	void (*address)(const struct site *, const struct link *,
	    const struct item *, struct buf *);
	/* Adds the URL of ITEM as it stands in the page. NULL: the same. */
	void (*listed)(const struct site *, const struct link *,
	    const struct item *, struct buf *);
	/*
	 * Adds the URL at which another server sends ITEM, good for a minute.
	 * The buffer overflows as above. NULL: this host sends it.
	 */
	void (*forward)(const struct site *, const struct item *, struct buf *);
	/* Removes a bounded number of expired links. */
	void (*sweep)(const struct site *);
	/* Returns the key that signs links to this program. NULL: none do. */
	const char *(*key)(const struct settings *);

	/* For --check: a word for the folder that links are kept in. */
	const char *folder;
	/* For --check: adds the path of that folder. */
	void (*folder_path)(const struct settings *, struct buf *);
	/* For --check: why links cannot work there, or NULL. NULL: they can. */
	const char *(*unfit)(const struct site *);
	/* For --check: what comes before the time. */
	const char *clock;
};

/*
 * 11. Delivery "apache"
 *
 * secure/<bucket>/<token>/ with .htaccess and the files as links. While it is
 * built, the directory is called .<token>.
 */
struct path {
	char path[64 + HEX_SIZE + NAME_SIZE];
};

/* The path, below secure, of NAME in the link's directory. */
static struct path apache_path(
    const struct link *link, const char *hidden, const char *name)
{
	struct path path = {""};
	struct buf text = buf_init(path.path, sizeof(path.path));

	buf_addf(&text, "%lld/", link_bucket(link));
	buf_adds(&text, hidden);
	buf_adds(&text, link->token);
	if (*name != '\0') {
		buf_adds(&text, "/");
		buf_adds(&text, name);
	}
	return path;
}

/*
 * WHAT IS OURS in the folders for links, here and in "lists": a bucket is a
 * real directory named by eight digits, the minute in which its links expire,
 * not before 2020. In it, a name of 32 hexadecimal digits, or of a dot and 32,
 * is a link. Nothing else is ever removed. The tools keep the same rule. [S14]
 */
#define BUCKET_DIGITS 8
#define BUCKET_FIRST 26297280L /* 2020-01-01 00:00 UTC, in minutes since 1970 */
#define BUCKET_LAST 99999999L
#define BUCKETS_MAX 64 /* of those that are over, looked at by one sweep */
#define LIVE_MAX 16 /* buckets with live links, looked for one by one */

/* Is NAME that of a bucket, for a minute up to LAST? */
static bool is_bucket(const char *name, long last)
{
	long minute;

	return strlen(name) == BUCKET_DIGITS &&
	    number_parse(span_of(name), BUCKET_FIRST, last, &minute);
}

static bool is_expired_bucket(const char *name, time_t now)
{
	return is_bucket(name, (long)(now / 60) - 1);
}

static bool is_link_name(const char *name)
{
	if (*name == '.')
		name++;
	return strspn(name, "0123456789abcdef") == HEX_SIZE - 1 &&
	    name[HEX_SIZE - 1] == '\0';
}

/* Is DIR empty, except for buckets that an interrupted first link left? */
static bool apache_unused(int dir)
{
	DIR *list = dir_open(dir, ".");
	struct stat st;
	const char *name;
	int more = -1;

	while (list != NULL && (more = dir_next(list, &name)) > 0)
		if (!is_bucket(name, BUCKET_LAST) ||
		    fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
		    !S_ISDIR(st.st_mode))
			break;
	dir_close(list);
	return more == 0;
}

/*
 * The rules of secure: a line of SECURE_MARK and the version that wrote them,
 * what refuses everything, and a page, with a line of PAGE_MARK and page_mark's
 * text before it. A link whose page would be the same has none: Apache takes
 * that of the folder above. Version 1.0 wrote no marks at first. The tools have
 * the same rule, is_our_rules. The number in PAGE_MARK is to be raised when the
 * built-in page or these rules change: a unit test notices.
 */
#define MARK_ROOM 512 /* bytes in which both marks must be */
#define SECURE_MARK "# redeem "
#define PAGE_MARK "\n# page 1 "
#define REFUSAL_START "ErrorDocument 403 \""
#define SECURE_RULES "RewriteEngine On\nRewriteRule ^ - [F]\n"

/* Did this program write RULES? Without a mark it has to be all of them. */
static bool rules_ours(const char *rules)
{
	static const char page[] = REFUSAL_START "<!DOCTYPE html>";
	const size_t length = strlen(SECURE_RULES) - 1;

	if (strncmp(rules, SECURE_MARK, strlen(SECURE_MARK)) == 0) {
		rules += strlen(SECURE_MARK);
		rules += strspn(rules, "0123456789.");
		return isdigit((unsigned char)rules[-1]) &&
		    (*rules == '\n' || *rules == '\0' ||
			strncmp(rules, "\r\n", 2) == 0);
	}
	if (strncmp(rules, SECURE_RULES, length) != 0)
		return false;
	rules += length;
	if (*rules == '\0' || strcmp(rules, "\n") == 0)
		return true;
	if (*rules++ != '\n' || strncmp(rules, page, strlen(page)) != 0)
		return false;
	rules += strcspn(rules, "\n");
	return *rules == '\0' || rules[1] == '\0';
}

/*
 * Reads secure/.htaccess as a string, of marked rules only the first bytes; -1
 * with errno.
 */
static ssize_t apache_read_mark(int secure, char *buffer, size_t size)
{
	int fd = openat(secure, ".htaccess",
	    O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	ssize_t length;

	if (fd < 0)
		return -1;
	length = read_all(fd, buffer, MARK_ROOM);
	if (length == MARK_ROOM &&
	    strncmp(buffer, SECURE_MARK, strlen(SECURE_MARK)) != 0) {
		ssize_t rest = read_all(
		    fd, buffer + length, size - 1 - (size_t)length);

		length = rest < 0 ? -1 : length + rest;
	}
	buffer[length > 0 ? length : 0] = '\0';
	return close(fd) == 0 ? length : -1;
}

/* Notes what the rules of secure say of themselves. */
static void apache_read_rules(struct site *site)
{
	static const char now[] = SECURE_MARK VERSION "\n";
	char rules[MARK_ROOM + 1];
	const char *page;
	struct span rest;

	site->rules = RULES_OLD;
	if (apache_read_mark(site->secure, rules, sizeof(rules)) < 0 ||
	    strncmp(rules, now, strlen(now)) != 0)
		return;
	page = strstr(rules, PAGE_MARK);
	if (page == NULL) {
		site->rules = strstr(rules, REFUSAL_START) != NULL ?
		    RULES_PAGE_OLD :
		    RULES_CURRENT;
		return;
	}
	site->rules = RULES_CURRENT;
	rest = span_of(page + strlen(PAGE_MARK));
	if (!span_copy(span_split(&rest, '\n'), site->secure_page,
		sizeof(site->secure_page)))
		site->secure_page[0] = '\0';
}

/*
 * Is secure ours: does it have our rules, or nothing in it? Any other folder,
 * the document root above all, would be closed to its visitors and swept.
 * False, and nothing written, after a complaint.
 */
static bool apache_claim(const struct site *site)
{
	const char *secure = site->settings->apache.secure;
	char rules[REFUSAL_SIZE + MARK_ROOM];

	if (apache_read_mark(site->secure, rules, sizeof(rules)) >= 0) {
		if (rules_ours(rules))
			return true;
		complain("secure: %s: its .htaccess was not written by redeem: "
			 "name a folder that is for links alone",
		    secure);
	} else if (errno != ENOENT) {
		complain("secure: %s/.htaccess: %s", secure, strerror(errno));
	} else if (apache_unused(site->secure)) {
		return true;
	} else {
		complain("secure: %s: is not empty: name a folder that is for "
			 "links alone",
		    secure);
	}
	return false;
}

static bool apache_open(struct site *site)
{
	const char *secure = site->settings->apache.secure;

	site->secure = directory_open(secure);
	if (site->secure < 0) {
		complain("%s: %s", secure, strerror(errno));
		return false;
	}
	apache_read_rules(site);
	return site->rules != RULES_OLD || apache_claim(site);
}

/* What a page may not do: scripts, plugins, a frame round it. [S10] */
#define PAGE_POLICY                                                            \
	"script-src 'none'; object-src 'none'; base-uri 'none'; "              \
	"frame-ancestors 'none'"

#define RULES_MOST (REFUSAL_SIZE + 4096) /* added at once: a page, a file */
#define RULES_FLUSH (OFFER_ROOM - RULES_MOST) /* kept before a write */

/* Keeps out the rewriting of folders above, from Apache 2.4.8 on. */
#define RULES_ALONE                                                            \
	"<IfModule mod_version.c>\n"                                           \
	"<IfVersion > 2.4.7>\n"                                                \
	"RewriteOptions IgnoreInherit\n"                                       \
	"</IfVersion>\n"                                                       \
	"</IfModule>\n"

/*
 * The headers of the page for refusals, in secure and in the links below it,
 * whose rules say "redeem-open" where they do not refuse. (Where Apache then
 * cannot open the file, its page has no such headers.) FilesMatch "" as in
 * rules_add.
 */
#define RULES_HEADERS                                                          \
	"<FilesMatch \"\">\n"                                                  \
	"<IfModule mod_headers.c>\n"                                           \
	"Header always set Cache-Control no-store env=!redeem-open\n"          \
	"Header always set Referrer-Policy no-referrer env=!redeem-open\n"     \
	"Header always set X-Content-Type-Options nosniff env=!redeem-open\n"  \
	"Header always set Content-Security-Policy \"" PAGE_POLICY             \
	"\" env=!redeem-open\n"                                                \
	"</IfModule>\n"                                                        \
	"</FilesMatch>\n"

/* Adds the page for refusals, which page_flatten has made, if any. */
static void rules_addrefusal(struct buf *rules, const char *refusal)
{
	if (*refusal == '\0')
		return;
	buf_adds(rules, REFUSAL_START);
	buf_adds(rules, refusal);
	buf_adds(rules, "\"\n");
}

/*
 * Adds the rules of one link. What refuses comes first and stands in no
 * IfModule, so that a server without mod_rewrite answers 500 and not the file.
 * They need no more than AllowOverride FileInfo, and hold on Apache 2.2. [S7]
 *
 * The site's own rules, in the folders above, must not undo them. IgnoreInherit
 * answers RewriteOptions InheritDown; FilesMatch "" is merged after, and so
 * wins over, the site's FilesMatch; "Header always" is a second table of
 * headers, the only one where Apache refuses; RemoveEncoding answers
 * AddEncoding, which makes browsers unpack archives.
 */
static void rules_add(struct buf *rules, const char *secret,
    const char min[APACHE_TIME_SIZE], const char max[APACHE_TIME_SIZE])
{
	buf_addf(rules,
	    "RewriteEngine On\n"
	    "RewriteCond %%{TIME} <%s [OR]\n"
	    "RewriteCond %%{TIME} >%s [OR]\n"
	    "RewriteCond %%{QUERY_STRING} !^%s$\n",
	    min, max, secret);
	buf_adds(rules,
	    "RewriteRule ^ - [F]\n"
	    "RewriteRule ^$|(^|/)\\. - [F]\n"
	    "RewriteRule ^ - [E=redeem-open:1]\n"
	    "RewriteRule ^ - [E=no-gzip:1,E=no-brotli:1]\n" RULES_ALONE
	    "<IfModule mod_mime.c>\n"
	    "RemoveEncoding .gz .tgz .Z .bz2 .xz .br .zst\n"
	    "</IfModule>\n"
	    "<FilesMatch \"\">\n"
	    "SetHandler default-handler\n"
	    "ForceType application/octet-stream\n"
	    "<IfModule mod_headers.c>\n"
	    "Header set Content-Disposition attachment\n"
	    "Header set Cache-Control \"private, no-store\"\n"
	    "Header always unset Cache-Control\n"
	    "Header always set Cache-Control no-store env=!redeem-open\n"
	    "Header unset Expires\n"
	    "Header set Referrer-Policy no-referrer\n"
	    "Header always unset Referrer-Policy\n"
	    "Header always set Referrer-Policy no-referrer env=!redeem-open\n"
	    "Header set X-Content-Type-Options nosniff\n"
	    "Header set X-Robots-Tag \"noindex, nofollow\"\n"
	    "</IfModule>\n"
	    "</FilesMatch>\n");
}

/* Adds a pattern for <Files "..."> that matches NAME and no other. */
static void rules_addpattern(struct buf *rules, const char *name)
{
	for (; *name != '\0'; name++) {
		if (*name ==
		    '\\') /* quoted once for Apache, once for fnmatch */
			buf_adds(rules, "[\\\\\\\\]");
		else if (*name == '"')
			buf_adds(rules, "\\\"");
		else if (strchr("*?[$~", *name) != NULL)
			buf_addf(rules, "[%c]", *name);
		else
			buf_addmem(rules, name, 1);
	}
}

/* Adds VALUE as it stands between the quotes of a Header line. */
static void rules_addvalue(struct buf *rules, const char *value)
{
	for (; *value != '\0'; value++) {
		if (*value == '"')
			buf_adds(rules, "\\\"");
		else if (*value == '%')
			buf_adds(rules, "%%");
		else if (*value == '$') /* Apache puts in ${VARIABLES} */
			buf_adds(rules, "_");
		else
			buf_addmem(rules, value, 1);
	}
}

/*
 * Adds the type and the name of ITEM. Both need mod_headers: without
 * "attachment", a browser would show what has a type of its own.
 */
static void rules_additem(struct buf *rules, const struct item *item)
{
	char value[4 * NAME_SIZE + 64];
	struct buf disposition = buf_init(value, sizeof(value));

	buf_adddisposition(&disposition, item->name, true);
	buf_adds(rules, "<IfModule mod_headers.c>\n<Files \"");
	rules_addpattern(rules, item->name);
	buf_addf(rules, "\">\nForceType %s\nHeader set Content-Disposition \"",
	    media_type(item->name));
	rules_addvalue(rules, value);
	buf_adds(rules, "\"\n</Files>\n</IfModule>\n");
	rules->overflowed = rules->overflowed || disposition.overflowed;
}

/* Adds the exceptions for the page inside the link: shown, not saved. */
static void rules_addpage(struct buf *rules)
{
	buf_adds(rules,
	    "<Files " LIST_PAGE ">\n"
	    "ForceType \"text/html; charset=utf-8\"\n"
	    "<IfModule mod_headers.c>\n"
	    "Header unset Content-Disposition\n"
	    "Header set Content-Security-Policy \"" PAGE_POLICY "\"\n"
	    "</IfModule>\n"
	    "</Files>\n");
}

/* Writes RULES to FD and empties them, once they exceed MOST bytes. */
static bool rules_flush(struct buf *rules, int fd, size_t limit)
{
	if (rules->overflowed) {
		errno = EOVERFLOW;
		return false;
	}
	if (rules->length <= limit)
		return true;
	if (!write_all(fd, rules->bytes, rules->length))
		return false;
	wipe(rules->bytes, rules->length);
	*rules = buf_init(rules->bytes, rules->size);
	return true;
}

/* Writes the rules of OFFER's link to FD; false with errno. */
static bool rules_write(
    int fd, const struct site *site, const struct offer *offer)
{
	char least[APACHE_TIME_SIZE], greatest[APACHE_TIME_SIZE];
	struct buf rules = buf_init(offer->room, OFFER_ROOM);
	const struct items *items = offer->items;
	bool good = apache_time_range(
	    site->now, offer->link->end, least, greatest);
	size_t i;

	if (!good)
		errno = EOVERFLOW;
	rules_add(&rules, offer->link->secret, least, greatest);
	for (i = 0; good && i < items->count; i++) {
		rules_additem(&rules, &items->item[i]);
		good = rules_flush(&rules, fd, RULES_FLUSH);
	}
	if (offer->list->length > 0)
		rules_addpage(&rules);
	rules_addrefusal(&rules, offer->refusal);
	good = good && rules_flush(&rules, fd, 0);
	wipe(rules.bytes, rules.length);
	return good;
}

/* Links ITEM into the hidden directory; false with errno. */
static bool apache_link(
    const struct site *site, const struct link *link, const struct item *item)
{
	struct path path = apache_path(link, ".", item->name);
	char target[2 * PATH_SIZE];
	struct buf text = buf_init(target, sizeof(target));

	if (site->settings->apache.links == LINKS_HARD)
		return linkat(site->home, item->path, site->secure, path.path,
			   0) == 0;
	buf_addf(&text, "%s/%s", site->settings->home, item->path);
	return !text.overflowed &&
	    symlinkat(target, site->secure, path.path) == 0;
}

/*
 * Writes the rules of secure if they are missing or old: they forbid all but
 * what a link's own rules allow. Written in the hidden directory and renamed,
 * so that secure has all of them or none. [S4] [S7]
 */
static bool apache_forbid(const struct site *site, const struct offer *offer)
{
	struct buf rules = buf_room(offer->room, OFFER_ROOM);
	struct path draft;

	if (site->rules == RULES_CURRENT ||
	    (site->rules == RULES_PAGE_OLD && offer->mark_of_all[0] == '\0'))
		return true;
	draft = apache_path(offer->link, ".", ".htaccess");
	buf_adds(&rules, SECURE_MARK VERSION "\n" SECURE_RULES RULES_ALONE);
	if (offer->mark_of_all[0] != '\0')
		buf_addf(&rules, PAGE_MARK "%s\n", offer->mark_of_all);
	rules_addrefusal(&rules, offer->refusal_of_all);
	buf_adds(&rules, RULES_HEADERS);
	return write_file(site->secure, draft.path, &rules) &&
	    renameat(site->secure, draft.path, site->secure, ".htaccess") == 0;
}

/* The path, below secure, of the bucket of LINK. */
static struct path apache_bucket(const struct link *link)
{
	struct path path = {""};
	struct buf text = buf_init(path.path, sizeof(path.path));

	buf_addf(&text, "%lld", link_bucket(link));
	return path;
}

/*
 * The mode of directories made in PATH: shared with its group if PATH is, for
 * owner and program are then two users, and each sweeps what the other made.
 */
static mode_t mode_like(int dir, const char *path)
{
	struct stat st;

	return fstatat(dir, path, &st, 0) == 0 && (st.st_mode & S_IWGRP) != 0 ?
	    0771 :
	    0711;
}

/*
 * Makes the directory HIDDEN, and its bucket if that is missing; tries twice,
 * as apache_withdraw may remove the bucket in between.
 */
static bool apache_begin(
    const struct site *site, const struct link *link, const char *hidden)
{
	struct path bucket = apache_bucket(link);
	mode_t mode = mode_like(site->secure, ".");
	int more;

	for (more = 1; more >= 0; more--) {
		if (mkdirat(site->secure, bucket.path, mode) != 0 &&
		    errno != EEXIST)
			return false;
		if (mkdirat(site->secure, hidden, mode) == 0)
			return true;
		if (errno != ENOENT)
			return false;
	}
	return false;
}

/* Writes the rules into the hidden directory; false with errno. */
static bool apache_rules(const struct site *site, const struct offer *offer)
{
	struct path file = apache_path(offer->link, ".", ".htaccess");
	int fd = file_create(site->secure, file.path);
	bool written;

	if (fd < 0)
		return false;
	written = rules_write(fd, site, offer);
	return close(fd) == 0 && written;
}

/* Puts the page that lists several files into the hidden directory. */
static bool apache_list(const struct site *site, const struct offer *offer)
{
	struct path file = apache_path(offer->link, ".", LIST_PAGE);

	return write_file(site->secure, file.path, offer->list);
}

/* Fills the directory HIDDEN, rules first, and gives it its name. [S6] */
static bool apache_fill(
    const struct site *site, const struct offer *offer, const char *hidden)
{
	struct path folder = apache_path(offer->link, "", "");
	size_t i;

	if (!apache_rules(site, offer))
		return false;
	for (i = 0; i < offer->items->count; i++)
		if (!apache_link(site, offer->link, &offer->items->item[i]))
			return false;
	if (offer->list->length > 0 && !apache_list(site, offer))
		return false;
	return renameat(site->secure, hidden, site->secure, folder.path) == 0;
}

/*
 * Removes the link PATH below DIR: a directory with what is in it, or a page.
 * Others may be doing the same. The rules go last, once all that they guard is
 * gone, so a kill on the way leaves no file unguarded. False if PATH remains.
 * [S7]
 */
static bool remove_link(int dir, const char *path)
{
	DIR *list = dir_open(dir, path);
	const char *name;
	bool guarding = false;
	int more;

	if (list == NULL)
		return unlinkat(dir, path, 0) == 0 || errno == ENOENT;
	while ((more = dir_next(list, &name)) > 0)
		if (strcmp(name, ".htaccess") != 0 &&
		    unlinkat(dirfd(list), name, 0) != 0 && errno != ENOENT)
			guarding = true;
	if (more == 0 && !guarding)
		(void)unlinkat(dirfd(list), ".htaccess", 0);
	dir_close(list);
	return unlinkat(dir, path, AT_REMOVEDIR) == 0 || errno == ENOENT;
}

/*
 * Removes the links in the bucket BUCKET of DIR, at most ALLOWED, and then the
 * bucket if it is empty; returns how many links may still be removed. Gives up
 * at the first link that cannot be removed.
 */
static int remove_bucket(int dir, const char *bucket, int allowed)
{
	DIR *list = dir_open(dir, bucket);
	const char *name;
	int more = -1;

	while (
	    list != NULL && allowed > 0 && (more = dir_next(list, &name)) > 0) {
		if (!is_link_name(name))
			continue;
		if (!remove_link(dirfd(list), name))
			break;
		allowed--;
	}
	dir_close(list);
	if (more == 0)
		(void)unlinkat(dir, bucket, AT_REMOVEDIR);
	return allowed;
}

/*
 * Do links live, and are their buckets all the directories in DIR? Then there
 * is nothing to list. Each directory in it adds one to its link count, which is
 * 2 without them; find(1) relies on that, too. Where they are not counted, the
 * count is 1, as with btrfs, or always 2, and then this is false; so it is
 * where links live for so long that a list is no more work.
 */
static bool buckets_all_live(int dir, const struct site *site)
{
	long minute = (long)(site->now / 60);
	long last = (long)((site->now + site->settings->window) / 60);
	nlink_t live = 2;
	struct stat st;

	if (last - minute >= LIVE_MAX)
		return false;
	for (; minute <= last; minute++) {
		char name[24];
		struct buf text = buf_init(name, sizeof(name));

		buf_addf(&text, "%ld", minute);
		if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISDIR(st.st_mode))
			live++;
	}
	return live > 2 && fstat(dir, &st) == 0 && st.st_nlink == live;
}

/*
 * Removes expired links below DIR, at most SWEEP_MAX: a bucket is a minute, and
 * when it is over, so is each link in it. Starts at a random bucket, usually
 * among the first, now and then among all, so that buckets which cannot be
 * removed, however many, never block the others for good. [S14]
 */
static void remove_expired(int dir, const struct site *site)
{
	char bucket[BUCKETS_MAX][BUCKET_DIGITS + 1];
	unsigned short draw[2] = {0, 0}; /* no more than a fair choice */
	size_t count = 0, most = BUCKETS_MAX, i;
	int allowed = SWEEP_MAX;
	const char *name;
	DIR *list;

	if (buckets_all_live(dir, site))
		return;
	list = dir_open(dir, ".");
	(void)random_bytes((unsigned char *)draw, sizeof(draw));
	if (draw[0] % 16 == 0)
		most += draw[1];
	while (list != NULL && count < most && dir_next(list, &name) > 0)
		if (is_expired_bucket(name, site->now))
			memcpy(bucket[count++ % BUCKETS_MAX], name,
			    sizeof(bucket[0]));
	if (count > BUCKETS_MAX)
		count = BUCKETS_MAX; /* the last ones */
	for (i = 0; i < count && allowed > 0; i++)
		allowed = remove_bucket(
		    dirfd(list), bucket[(draw[1] + i) % count], allowed);
	dir_close(list);
}

static void apache_sweep(const struct site *site)
{
	remove_expired(site->secure, site);
}

static void apache_folder(const struct settings *settings, struct buf *text)
{
	buf_adds(text, settings->apache.secure);
}

static const char *apache_unfit(const struct site *site)
{
	struct stat home, secure;

	if (site->settings->apache.links == LINKS_HARD &&
	    fstat(site->home, &home) == 0 &&
	    fstat(site->secure, &secure) == 0 && home.st_dev != secure.st_dev)
		return "hard links need home and secure on one file system";
	return NULL;
}

static bool apache_publish(const struct site *site, const struct offer *offer)
{
	struct path hidden = apache_path(offer->link, ".", "");

	if (apache_begin(site, offer->link, hidden.path) &&
	    apache_forbid(site, offer) && apache_fill(site, offer, hidden.path))
		return true;
	complain("secure/%s: %s", hidden.path, strerror(errno));
	(void)remove_link(site->secure, hidden.path);
	return false;
}

/* What ITEM is called in a link's directory. */
static const char *apache_name(const struct item *item)
{
	return item != NULL ? item->name : LIST_PAGE;
}

static bool apache_alive(
    const struct site *site, const struct link *link, const struct item *item)
{
	struct path path = apache_path(link, "", apache_name(item));
	struct stat st;

	return fstatat(site->secure, path.path, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static void apache_withdraw(const struct site *site, const struct link *link)
{
	struct path path = apache_path(link, "", "");
	struct path bucket = apache_bucket(link);

	(void)remove_link(site->secure, path.path);
	(void)unlinkat(site->secure, bucket.path, AT_REMOVEDIR);
}

static void apache_address(const struct site *site, const struct link *link,
    const struct item *item, struct buf *text)
{
	struct path path = apache_path(link, "", apache_name(item));

	buf_adds(text, site->settings->apache.url);
	buf_adds(text, "/");
	buf_addurl(text, path.path);
	buf_addf(text, "?%s", link->secret);
}

/* Relative: the page lies beside the files. */
static void apache_listed(const struct site *site, const struct link *link,
    const struct item *item, struct buf *text)
{
	(void)site;
	buf_addurl(text, item->name);
	buf_addf(text, "?%s", link->secret);
}

/*
 * 12. Deliveries "cgi", "secdownload" and "s3"
 *
 * Their addresses carry a signature that the sender of the bytes checks, so
 * nothing has to be made on the disk but the page inside the link. It lies in
 * home/lists/<bucket>/<token>, and this program shows it, at an address that it
 * signs itself:
 *
 *	SCRIPT_NAME/<end>/<mac>/<token>/downloads.html
 *
 * "end" is in seconds since 1970; "mac" is HMAC-SHA256, in hexadecimal, of what
 * signature_make puts together. [S16]
 */
#define MAC_SIZE (2 * SHA256_SIZE + 1)

/* Kinds of what is signed; a signature of one never fits the other. */
static const char sign_file[] = "file";
static const char sign_list[] = "list";

/* Signs that WHAT, of this KIND, opens until END; false if it is too long. */
static bool signature_make(const char *key, const char *kind, struct span end,
    struct span what, char mac[MAC_SIZE])
{
	unsigned char bytes[SHA256_SIZE];
	char buffer[PATH_SIZE + 64];
	struct buf text = buf_init(buffer, sizeof(buffer));
	struct span message = {buffer, 0};

	buf_addf(&text, "%s ", kind);
	buf_addmem(&text, end.bytes, end.length);
	buf_adds(&text, " ");
	buf_addmem(&text, what.bytes, what.length);
	message.length = text.length;
	hmac(span_of(key), message, bytes);
	hex_write(bytes, sizeof(bytes), mac);
	return !text.overflowed;
}

/*
 * Adds the address at which this program serves WHAT, of this KIND. A program
 * at "/" must not have two slashes there, which begin the name of a host.
 */
static void signed_address(const struct site *site, const char *key,
    const char *kind, time_t end, const char *what, struct buf *text)
{
	const char *script = site->script;
	size_t length = strlen(script);
	char digits[24];
	struct buf number = buf_init(digits, sizeof(digits));
	char mac[MAC_SIZE];

	buf_addf(&number, "%lld", (long long)end);
	if (script[0] == '\0')
		complain("SCRIPT_NAME: not a plain path");
	if (script[0] == '\0' ||
	    !signature_make(key, kind, span_of(digits), span_of(what), mac)) {
		text->overflowed = true;
		return;
	}
	while (length > 0 && script[length - 1] == '/')
		length--;
	buf_addmem(text, script, length);
	buf_addf(text, "/%s/%s/", digits, mac);
	buf_addurl(text, what);
}

/* The path, below home, of the PAGE of LINK, or else of its bucket. */
static struct path list_path(const struct link *link, bool page)
{
	struct path path = {""};
	struct buf text = buf_init(path.path, sizeof(path.path));

	buf_addf(&text, "lists/%lld", link_bucket(link));
	if (page)
		buf_addf(&text, "/%s", link->token);
	return path;
}

/* Makes the folder PATH below home unless it exists; false with errno. */
static bool list_folder(const struct site *site, const char *path, mode_t mode)
{
	return mkdirat(site->home, path, mode) == 0 || errno == EEXIST;
}

/*
 * Keeps the page inside the link, if there is one. Tries twice, as
 * list_withdraw or a sweep may remove its folders in between.
 */
static bool list_publish(const struct site *site, const struct offer *offer)
{
	struct path bucket = list_path(offer->link, false);
	struct path page = list_path(offer->link, true);
	bool done = offer->list->length == 0;
	int more;

	for (more = 1; !done && more >= 0; more--) {
		if (!list_folder(site, "lists", 0700) ||
		    !list_folder(
			site, bucket.path, mode_like(site->home, "lists")))
			break;
		done = write_file(site->home, page.path, offer->list);
		if (!done && errno != ENOENT)
			break;
	}
	if (!done) {
		complain("%s: %s", page.path, strerror(errno));
		(void)unlinkat(site->home, page.path, 0);
	}
	return done;
}

static bool list_alive(
    const struct site *site, const struct link *link, const struct item *item)
{
	struct path page = list_path(link, true);
	struct stat st;

	return item != NULL ||
	    fstatat(site->home, page.path, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static void list_withdraw(const struct site *site, const struct link *link)
{
	struct path bucket = list_path(link, false);
	struct path page = list_path(link, true);

	(void)unlinkat(site->home, page.path, 0);
	(void)unlinkat(site->home, bucket.path, AT_REMOVEDIR);
}

static void list_address(const struct site *site, const char *key,
    const struct link *link, struct buf *text)
{
	signed_address(site, key, sign_list, link->end, link->token, text);
	buf_adds(text, "/" LIST_PAGE);
}

/* The path of ITEM below home/files. */
static const char *item_path(const struct item *item)
{
	return item->path + strlen("files/");
}

/* Adds the address at which this program serves ITEM, or the page. */
static void own_address(const struct site *site, const char *key,
    const struct link *link, const struct item *item, struct buf *text)
{
	if (item == NULL)
		list_address(site, key, link, text);
	else
		signed_address(
		    site, key, sign_file, link->end, item_path(item), text);
}

static void list_sweep(const struct site *site)
{
	int fd = folder_open(site->home, "lists");

	if (fd < 0)
		return;
	remove_expired(fd, site);
	(void)close(fd);
}

static void list_folder_path(const struct settings *settings, struct buf *text)
{
	buf_addf(text, "%s/lists", settings->home);
}

/*
 * Delivery "cgi": this program sends the bytes, or has the server send them.
 */

static void cgi_address(const struct site *site, const struct link *link,
    const struct item *item, struct buf *text)
{
	own_address(site, site->settings->cgi.key, link, item, text);
}

/*
 * Delivery "secdownload": addresses as lighttpd's mod_secdownload checks them,
 * <prefix>/<mac>/<time>/<path>. The time, 8 hexadecimal digits, is when the
 * link was given; the server adds the window, which it must know.
 */
static void secdownload_mac(const struct settings *settings, const char *hex,
    const char *path, struct buf *text)
{
	unsigned char bytes[SHA256_SIZE];
	char buffer[PATH_SIZE + 32];
	struct buf message = buf_init(buffer, sizeof(buffer));
	struct digest digest;

	if (settings->secdownload.algorithm == ALGORITHM_HMAC_SHA256) {
		buf_addf(&message, "/%s/%s", hex, path);
		hmac(span_of(settings->secdownload.secret), span_of(buffer),
		    bytes);
		buf_addbase64url(text, bytes, SHA256_SIZE);
	} else {
		char mac[2 * MD5_SIZE + 1];

		buf_addf(&message, "/%s%s", path, hex);
		digest_begin(&digest, &md5);
		digest_add(&digest, settings->secdownload.secret,
		    strlen(settings->secdownload.secret));
		digest_add(&digest, buffer, message.length);
		digest_end(&digest, bytes);
		hex_write(bytes, MD5_SIZE, mac);
		buf_adds(text, mac);
	}
	text->overflowed = text->overflowed || message.overflowed;
}

/*
 * What md5 signs has nothing between path and time, so a link to "mix0" would
 * open "mix" as well, with the 0 moved into the time.
 */
static enum outcome secdownload_examine(
    const struct site *site, struct items *items, const struct item *item)
{
	char last = item->path[strlen(item->path) - 1];

	if (site->settings->secdownload.algorithm == ALGORITHM_MD5 &&
	    hex_digit(last) >= 0)
		return items_broken(items,
		    "%s: md5 signs no name that ends in a hexadecimal digit: "
		    "set algorithm: hmac-sha256",
		    item->path);
	return files_examine(site, items, item);
}

static void secdownload_address(const struct site *site,
    const struct link *link, const struct item *item, struct buf *text)
{
	const struct settings *settings = site->settings;
	uint64_t given = (uint64_t)(link->end - settings->window);
	unsigned char bytes[4];
	char hex[2 * sizeof(bytes) + 1];
	size_t i;

	if (item == NULL) {
		list_address(site, settings->secdownload.secret, link, text);
		return;
	}
	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(given >> 8 * (3 - i));
	hex_write(bytes, sizeof(bytes), hex);
	buf_addf(text, "%s/", settings->secdownload.prefix);
	secdownload_mac(settings, hex, item_path(item), text);
	buf_addf(text, "/%s/", hex);
	buf_addurl(text, item_path(item));
}

/*
 * Delivery "s3": presigned addresses of an object store, AWS Signature Version
 * 4 in the query. What is signed, and in which order, is in Amazon's "Signature
 * Calculations for the Authorization Header" and "Using Query Parameters".
 */

/* Adds the host as browsers send it in Host: without the default port. */
static void s3_host(const struct settings *settings, struct buf *text)
{
	const char *host = strstr(settings->s3.endpoint, "://") + 3;
	bool secure = strncmp(settings->s3.endpoint, "https", 5) == 0;
	const char *port = strchr(host, ':');
	bool usual = port != NULL && strcmp(port, secure ? ":443" : ":80") == 0;
	size_t start = text->length, i;

	if (settings->s3.style == STYLE_VIRTUAL)
		buf_addf(text, "%s.", settings->s3.bucket);
	buf_addmem(text, host, usual ? (size_t)(port - host) : strlen(host));
	for (i = start; i < text->length; i++)
		text->bytes[i] = (char)tolower((unsigned char)text->bytes[i]);
}

static void s3_origin(const struct settings *settings, struct buf *text)
{
	bool secure = strncmp(settings->s3.endpoint, "https", 5) == 0;

	buf_adds(text, secure ? "https://" : "http://");
	s3_host(settings, text);
}

/* Adds the path of the object PATH, encoded as it is signed and asked for. */
static void s3_path(
    const struct settings *settings, const char *path, struct buf *text)
{
	const char *prefix = settings->s3.prefix;

	prefix += strspn(prefix, "/");
	if (settings->s3.style == STYLE_PATH) {
		buf_adds(text, "/");
		buf_addurl(text, settings->s3.bucket);
	}
	if (*prefix != '\0') {
		buf_adds(text, "/");
		buf_addurl(text, prefix);
	}
	buf_adds(text, "/");
	buf_addurl(text, path);
}

/* What a signature is good for. */
struct s3_scope {
	int seconds; /* that it holds */
	char stamp[32]; /* when it begins: 20130524T000000Z */
	char name[3 * PATH_SIZE]; /* day/region/s3/aws4_request */
};

static bool s3_scope(
    const struct settings *settings, time_t when, struct s3_scope *scope)
{
	struct buf instant = buf_init(scope->stamp, sizeof(scope->stamp));
	struct buf text = buf_init(scope->name, sizeof(scope->name));
	struct tm tm;

	if (gmtime_r(&when, &tm) == NULL)
		return false;
	buf_addf(&instant, "%04d%02d%02dT%02d%02d%02dZ", tm.tm_year + 1900,
	    tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
	buf_addf(&text, "%.*s/%s/s3/aws4_request", 8, scope->stamp,
	    settings->s3.region);
	return !text.overflowed;
}

/* Adds the query without its signature, sorted by name. */
static void s3_query(const struct settings *settings,
    const struct s3_scope *scope, const char *name, struct buf *text)
{
	char buffer[4 * NAME_SIZE + 64];
	struct buf disposition = buf_init(buffer, sizeof(buffer));

	buf_adds(text, "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=");
	buf_addpercent(text, settings->s3.key, "");
	buf_adds(text, "%2F");
	buf_addpercent(text, scope->name, "");
	buf_addf(text, "&X-Amz-Date=%s&X-Amz-Expires=%d", scope->stamp,
	    scope->seconds);
	if (settings->s3.token[0] != '\0') {
		buf_adds(text, "&X-Amz-Security-Token=");
		buf_addpercent(text, settings->s3.token, "");
	}
	buf_adds(text, "&X-Amz-SignedHeaders=host");
	if (name != NULL) {
		buf_adddisposition(&disposition, name, false);
		buf_adds(text, "&response-content-disposition=");
		buf_addpercent(text, buffer, "");
	}
	text->overflowed = text->overflowed || disposition.overflowed;
}

/* Signs MESSAGE with the key of the day, region and service. */
static void s3_sign(const struct settings *settings,
    const struct s3_scope *scope, struct span message, char mac[MAC_SIZE])
{
	char start[PATH_SIZE + 8];
	struct buf text = buf_init(start, sizeof(start));
	unsigned char bytes[SHA256_SIZE];
	struct span key = {(const char *)bytes, SHA256_SIZE};
	struct span rest = span_of(scope->name);

	buf_addf(&text, "AWS4%s", settings->s3.secret);
	hmac(span_of(start), span_split(&rest, '/'), bytes);
	while (rest.length > 0)
		hmac(key, span_split(&rest, '/'), bytes);
	hmac(key, message, bytes);
	hex_write(bytes, SHA256_SIZE, mac);
	wipe(start, sizeof(start));
	wipe(bytes, sizeof(bytes));
}

/* Signs a request for WHERE with QUERY, both encoded; false if too long. */
static bool s3_signature(const struct settings *settings,
    const struct s3_scope *scope, const char *where, const char *query,
    char mac[MAC_SIZE])
{
	char request_at[18 * PATH_SIZE], message_at[4 * PATH_SIZE];
	struct buf request = buf_init(request_at, sizeof(request_at));
	struct buf message = buf_init(message_at, sizeof(message_at));
	unsigned char bytes[SHA256_SIZE];

	buf_addf(&request, "GET\n%s\n%s\nhost:", where, query);
	s3_host(settings, &request);
	buf_adds(&request, "\n\nhost\nUNSIGNED-PAYLOAD");
	sha256_of(span_of(request.bytes), span_of(""), bytes);
	hex_write(bytes, SHA256_SIZE, mac);
	buf_addf(&message, "AWS4-HMAC-SHA256\n%s\n%s\n%s", scope->stamp,
	    scope->name, mac);
	s3_sign(settings, scope, span_of(message.bytes), mac);
	wipe(request.bytes, request.length);
	return !request.overflowed && !message.overflowed;
}

/*
 * Adds a link to the object PATH that opens from WHEN on for SECONDS, and is
 * saved as NAME; without a NAME, as the store calls it. TEXT overflows if there
 * is no such link.
 */
static void s3_presign(const struct settings *settings, time_t when,
    int seconds, const char *path, const char *name, struct buf *text)
{
	char where_at[8 * PATH_SIZE], query_at[8 * PATH_SIZE];
	struct buf where = buf_init(where_at, sizeof(where_at));
	struct buf query = buf_init(query_at, sizeof(query_at));
	char mac[MAC_SIZE];
	struct s3_scope scope;

	scope.seconds = seconds;
	s3_path(settings, path, &where);
	if (s3_scope(settings, when, &scope))
		s3_query(settings, &scope, name, &query);
	else
		query.overflowed = true;
	s3_origin(settings, text);
	if (where.overflowed || query.overflowed ||
	    !s3_signature(settings, &scope, where.bytes, query.bytes, mac))
		text->overflowed = true;
	else
		buf_addf(text, "%s?%s&X-Amz-Signature=%s", where.bytes,
		    query.bytes, mac);
	wipe(query.bytes, query.length); /* it has the session's token */
}

/*
 * Pages have an address of this program, as with "cgi", and only a tap on it
 * gets the store's, for a minute. So nobody can pass on the store's address,
 * and a late tap gets our page and not the store's XML.
 */
#define FORWARD_SECONDS 60

static void s3_forward(
    const struct site *site, const struct item *item, struct buf *text)
{
	s3_presign(site->settings, site->now, FORWARD_SECONDS, item_path(item),
	    item->name, text);
}

/* There must be room for the address to forward to. */
static enum outcome s3_examine(
    const struct site *site, struct items *items, const struct item *item)
{
	char buffer[LOCATION_SIZE];
	struct buf address = buf_init(buffer, sizeof(buffer));

	s3_forward(site, item, &address);
	wipe(buffer, address.length);
	return address.overflowed ?
	    items_broken(items, "%s: its address is too long", item->path) :
	    OUTCOME_NONE;
}

static void s3_address(const struct site *site, const struct link *link,
    const struct item *item, struct buf *text)
{
	own_address(site, site->settings->s3.secret, link, item, text);
}

/* Does the server send the file once this program has named it? */
static bool is_handed_over(const struct settings *settings)
{
	return settings->cgi.handoff != HANDOFF_NONE;
}

/*
 * Adds the header that names ITEM to the server. lighttpd decodes an X-Sendfile
 * path, Apache's mod_xsendfile does not. No name has a control character. [S9]
 */
static void handoff_header(
    const struct settings *settings, const struct item *item, struct buf *text)
{
	bool apache = strncmp(env("SERVER_SOFTWARE"), "Apache", 6) == 0;

	if (settings->cgi.handoff == HANDOFF_SENDFILE && apache) {
		buf_addf(text, "X-Sendfile: %s/%s", settings->home, item->path);
	} else if (settings->cgi.handoff == HANDOFF_SENDFILE) {
		buf_adds(text, "X-Sendfile: ");
		buf_addurl(text, settings->home);
		buf_adds(text, "/");
		buf_addurl(text, item->path);
	} else {
		buf_addf(text, "X-Accel-Redirect: %s/",
		    settings->cgi.handoff_prefix);
		buf_addurl(text, item_path(item));
	}
	buf_adds(text, "\n");
}

static const char *cgi_key(const struct settings *settings)
{
	return settings->cgi.key;
}

static const char *secdownload_key(const struct settings *settings)
{
	return settings->secdownload.secret;
}

static const char *s3_key(const struct settings *settings)
{
	return settings->s3.secret;
}

static const struct delivery deliveries[] = {
    [DELIVERY_APACHE] =
	{
	    .open = apache_open,
	    .examine = files_examine,
	    .publish = apache_publish,
	    .alive = apache_alive,
	    .withdraw = apache_withdraw,
	    .address = apache_address,
	    .listed = apache_listed,
	    .sweep = apache_sweep,
	    .folder = "secure",
	    .folder_path = apache_folder,
	    .unfit = apache_unfit,
	    .clock = "the server's %{TIME} must now be",
	},
    [DELIVERY_CGI] =
	{
	    .examine = files_examine,
	    .publish = list_publish,
	    .alive = list_alive,
	    .withdraw = list_withdraw,
	    .address = cgi_address,
	    .sweep = list_sweep,
	    .key = cgi_key,
	    .folder = "lists",
	    .folder_path = list_folder_path,
	    .clock = "it must now be",
	},
    [DELIVERY_SECDOWNLOAD] =
	{
	    .examine = secdownload_examine,
	    .publish = list_publish,
	    .alive = list_alive,
	    .withdraw = list_withdraw,
	    .address = secdownload_address,
	    .sweep = list_sweep,
	    .key = secdownload_key,
	    .folder = "lists",
	    .folder_path = list_folder_path,
	    .clock = "it must now be",
	},
    [DELIVERY_S3] =
	{
	    .examine = s3_examine,
	    .publish = list_publish,
	    .alive = list_alive,
	    .withdraw = list_withdraw,
	    .address = s3_address,
	    .forward = s3_forward,
	    .sweep = list_sweep,
	    .key = s3_key,
	    .folder = "lists",
	    .folder_path = list_folder_path,
	    .clock = "it must now be",
	},
};

/* The delivery that the settings choose. */
static const struct delivery *delivery_of(const struct settings *settings)
{
	return &deliveries[settings->delivery];
}

/* Can all ITEMS be delivered? As items_collect. */
static enum outcome items_examine(const struct site *site, struct items *items)
{
	const struct delivery *delivery = delivery_of(site->settings);
	enum outcome outcome = OUTCOME_NONE;
	size_t i;

	for (i = 0; outcome == OUTCOME_NONE && i < items->count; i++)
		if (delivery->examine != NULL)
			outcome = delivery->examine(
			    site, items, &items->item[i]);
	return outcome;
}

/*
 * 13. A link that comes back to this program
 */

/* Is MAC the signature of WHAT? As signature_make. [S16] */
static bool signature_verify(const char *key, const char *kind, struct span end,
    struct span what, struct span mac)
{
	char right[MAC_SIZE];
	bool fits = mac.length == MAC_SIZE - 1 &&
	    signature_make(key, kind, end, what, right) &&
	    equal_const_time(mac.bytes, right, MAC_SIZE - 1);

	wipe(right, sizeof(right));
	return fits;
}

/*
 * Reads a signed PATH, "/<end>/<mac>/<what>", as it follows the script's. For
 * OUTCOME_FILE, WHAT is a path below home/files; for OUTCOME_LIST, LINK has the
 * token and end of a page. OUTCOME_NONE if this delivery signs none. [S16]
 */
static enum outcome signed_path_parse(const struct site *site, const char *path,
    struct span *what, struct link *link)
{
	const struct delivery *delivery = delivery_of(site->settings);
	struct span rest = span_of(path);
	struct span end, mac, token;
	int64_t seconds;
	bool is_file, is_list;

	if (delivery->key == NULL || rest.length < 2)
		return OUTCOME_NONE;
	if (span_split(&rest, '/').length > 0)
		return OUTCOME_LINK_WRONG;
	end = span_split(&rest, '/');
	mac = span_split(&rest, '/');
	*what = rest;
	token = span_split(&rest, '/');
	if (!int64_parse(end, &seconds))
		return OUTCOME_LINK_WRONG;
	is_file = signature_verify(
	    delivery->key(site->settings), sign_file, end, *what, mac);
	is_list = signature_verify(delivery->key(site->settings), sign_list,
		      end, token, mac) &&
	    span_is(rest, LIST_PAGE) &&
	    span_copy(token, link->token, sizeof(link->token)) &&
	    is_link_name(link->token);
	link->end = (time_t)seconds;
	if (!is_file && !is_list)
		return OUTCOME_LINK_WRONG;
	if (seconds < site->now)
		return OUTCOME_LINK_OVER;
	return is_file ? OUTCOME_FILE : OUTCOME_LIST;
}

/* The part of a file that a request asks for. */
enum range { RANGE_NONE, RANGE_PART, RANGE_BEHIND };

/*
 * Reads one range (RFC 9110, 14.1.2) of a file of SIZE bytes. Several ranges,
 * or one that makes no sense, count as none. A range that covers the whole file
 * is a part, too: players ask for "0-" to see whether they can seek.
 */
static enum range range_parse(
    const char *range, int64_t size, int64_t *first, int64_t *length)
{
	struct span rest = span_of(range);
	struct span unit = span_split(&rest, '=');
	struct span from = span_trim(span_split(&rest, '-'));
	struct span to = span_trim(rest);
	int64_t start = 0, last = size - 1;

	*first = 0;
	*length = size;
	if (!equals_nocase(unit, "bytes") || strchr(range, '-') == NULL ||
	    size == 0)
		return RANGE_NONE;
	if (from.length == 0) {
		/* the last bytes, or all where there are not as many */
		if (!int64_parse(to, &start))
			return RANGE_NONE;
		start = start < size ? size - start : 0;
	} else if (!int64_parse(from, &start) ||
	    (to.length > 0 && (!int64_parse(to, &last) || last < start))) {
		return RANGE_NONE;
	}
	if (start >= size)
		return RANGE_BEHIND;
	*first = start;
	*length = (last < size ? last + 1 : size) - start;
	return RANGE_PART;
}

/* Sets DOWNLOAD to all of the open file that ST describes. */
static bool download_whole(struct download *download, const struct stat *st)
{
	struct buf tag = buf_init(download->tag, sizeof(download->tag));
	struct buf date = buf_init(download->date, sizeof(download->date));

	download->size = download->length = st->st_size;
	download->first = 0;
	buf_addf(&tag, "\"%lld-%lld-%ld\"", (long long)st->st_size,
	    (long long)st->st_mtime, changed_nanoseconds(st));
	buf_addhttpdate(&date, st->st_mtime);
	return !tag.overflowed && !date.overflowed;
}

/*
 * Makes the file WHAT, below home/files, the only item. As items_collect. [S9]
 */
static enum outcome items_add_one(
    struct items *items, int home, struct span what)
{
	enum outcome outcome;

	items->count = 0;
	outcome = items_add_entry(items, home, what);
	if (outcome != OUTCOME_NONE)
		return outcome;
	if (items->count != 1)
		return items_broken(
		    items, "%s: not a regular file", items->item[0].path);
	items_name(items);
	return OUTCOME_NONE;
}

/* Opens the only item, to be sent whole. As items_collect. [S9] */
static enum outcome download_open(
    struct download *download, struct items *items, int home)
{
	const char *path = items->item[0].path;
	struct stat st;

	download->fd = openat(
	    home, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (download->fd < 0 || fstat(download->fd, &st) != 0)
		return items_failed(items, path, errno);
	if (!S_ISREG(st.st_mode))
		return items_broken(items, "%s: not a regular file", path);
	return download_whole(download, &st) ? OUTCOME_NONE : OUTCOME_TRY_AGAIN;
}

/*
 * Narrows DOWNLOAD to the range that REQUEST asks for, unless the file has
 * changed since (If-Range: RFC 9110, 13.1.5).
 */
static enum range download_range(
    struct download *download, const struct request *request)
{
	if (request->method != METHOD_GET ||
	    (*request->if_range != '\0' &&
		strcmp(request->if_range, download->tag) != 0 &&
		strcmp(request->if_range, download->date) != 0))
		return RANGE_NONE;
	return range_parse(request->range, download->size, &download->first,
	    &download->length);
}

/* Reads the page of LINK as a string; its length, or -1 with errno. */
static ssize_t list_read(
    int home, const struct link *link, char *buffer, size_t size)
{
	struct path page = list_path(link, true);

	return read_file(home, page.path, buffer, size);
}

/*
 * 14. Pages and reply
 */

enum phrase {
	TITLE_FORM,
	TITLE_CHECK,
	TITLE_REFUSED,
	TITLE_USED_UP,
	TITLE_EXPIRED,
	TITLE_FILES,
	TITLE_CLOSED,
	FORM_LABEL,
	FORM_HINT,
	FORM_BUTTON,
	CONTACT,
	TELL_FORM,
	TELL_EMPTY,
	TELL_MISTYPED,
	TELL_UNKNOWN,
	TELL_USED_UP,
	TELL_USED_UP_LAST,
	TELL_EXPIRED,
	TELL_NOT_YET,
	TELL_BROKEN,
	TELL_USE_FORM,
	TELL_TOO_LONG,
	TELL_NOT_WHOLE,
	TELL_SLOW_DOWN,
	TELL_SLOW_DOWN_ONE,
	TELL_TRY_AGAIN,
	TELL_NOT_SET_UP,
	FILES_TAP,
	FILES_STARTED,
	FILES_OPEN,
	FILES_OPEN_ONE,
	FILES_OPEN_SHORT,
	FILES_OPEN_LONG,
	FILES_BEGUN,
	FILES_RETRY,
	LEFT_MANY,
	LEFT_ONE,
	LEFT_NONE,
	CLOSED_WHY,
	CLOSED_AGAIN,
	DAY_ONE,
	AS_DATE,
	AS_TIME,
	DECIMAL_POINT,
	UNIT_BYTES,
	UNIT_KILO,
	UNIT_MEGA,
	UNIT_GIGA,
	JANUARY,
	FEBRUARY,
	MARCH,
	APRIL,
	MAY,
	JUNE,
	JULY,
	AUGUST,
	SEPTEMBER,
	OCTOBER,
	NOVEMBER,
	DECEMBER,
	PHRASES
};

/*
 * All that a buyer reads, one block for each language: HTML in UTF-8, without
 * backslashes. $1, $2 and $3 are filled in: for used-up the date and the time,
 * for expired and not-yet the date, for slow-down the minutes, for FILES_OPEN
 * the minutes and the time, for FILES_OPEN_LONG and FILES_RETRY the date and
 * the time, for LEFT a number, for AS_DATE day, month and year, for AS_TIME
 * hours and minutes.
 *
 * A language is a block here and a row in EACH_LANGUAGE. A block with a phrase
 * missing or twice does not compile.
 */
#define ENGLISH(SAY)                                                            \
	SAY(TITLE_FORM, "Your download")                                        \
	SAY(TITLE_CHECK, "Check your code")                                     \
	SAY(TITLE_REFUSED, "No download yet")                                   \
	SAY(TITLE_USED_UP, "No more downloads")                                 \
	SAY(TITLE_EXPIRED, "Code expired")                                      \
	SAY(TITLE_FILES, "Your files")                                          \
	SAY(TITLE_CLOSED, "This link is closed")                                \
	SAY(FORM_LABEL, "Your code")                                            \
	SAY(FORM_HINT, "Capitals, spaces and dashes don’t matter.")             \
	SAY(FORM_BUTTON, "Download")                                            \
	SAY(CONTACT, "Contact the label")                                       \
	SAY(TELL_FORM, "Please enter the code from your card.")                 \
	SAY(TELL_EMPTY,                                                         \
	    "This code is not complete. Please enter all the letters and "      \
	    "digits from your card.")                                           \
	SAY(TELL_MISTYPED,                                                      \
	    "One character seems to be mistyped. Please compare the code "      \
	    "with your card.")                                                  \
	SAY(TELL_UNKNOWN,                                                       \
	    "We don’t recognise this code. Please compare it with your "      \
	    "card.")                                                            \
	SAY(TELL_USED_UP,                                                       \
	    "All downloads of this code have been used. If that wasn’t you, " \
	    "please ask the label.")                                            \
	SAY(TELL_USED_UP_LAST,                                                  \
	    "All downloads of this code have been used, the last one on $1 "    \
	    "at $2. If that wasn’t you, please ask the label.")                 \
	SAY(TELL_EXPIRED,                                                       \
	    "This code has expired. Its last day was $1. Please ask the "       \
	    "label what can be done.")                                          \
	SAY(TELL_NOT_YET,                                                       \
	    "This code will work from $1. No download was lost. Please come "   \
	    "back then.")                                                       \
	SAY(TELL_BROKEN,                                                        \
	    "Something is wrong with this download, and trying again will "     \
	    "not help. No download was lost. Please tell the label.")           \
	SAY(TELL_USE_FORM, "That did not work. Please use this form.")          \
	SAY(TELL_TOO_LONG,                                                      \
	    "That was too long for a code. Please enter only what is on "       \
	    "your card.")                                                       \
	SAY(TELL_NOT_WHOLE,                                                     \
	    "Part of your code was lost on the way. Please send it again.")     \
	SAY(TELL_SLOW_DOWN,                                                     \
	    "Too many wrong codes came from your connection. Please wait $1 "   \
	    "minutes, then try again.")                                         \
	SAY(TELL_SLOW_DOWN_ONE,                                                 \
	    "Too many wrong codes came from your connection. Please wait "      \
	    "one minute, then try again.")                                      \
	SAY(TELL_TRY_AGAIN,                                                     \
	    "The shop is busy. No download was lost. Please try again in a "    \
	    "moment.")                                                          \
	SAY(TELL_NOT_SET_UP,                                                    \
	    "The shop is not ready yet. No download was lost. Please come "     \
	    "back later.")                                                      \
	SAY(FILES_TAP, "Tap each file to save it.")                             \
	SAY(FILES_STARTED,                                                      \
	    "Your download has started. If it hasn’t, tap the file.")           \
	SAY(FILES_OPEN, "This page works for $1 minutes, until $2.")            \
	SAY(FILES_OPEN_ONE, "This page works for one minute, until $2.")        \
	SAY(FILES_OPEN_SHORT,                                                   \
	    "This page works for less than a minute, until $2.")                \
	SAY(FILES_OPEN_LONG, "This page works until $1, $2.")                   \
	SAY(FILES_BEGUN, "A download that has begun by then will finish.")      \
	SAY(FILES_RETRY,                                                        \
	    "If a download breaks off, enter your code again in this "          \
	    "browser before $1, $2: that costs nothing.")                       \
	SAY(LEFT_MANY, "After this, your code has $1 downloads left.")          \
	SAY(LEFT_ONE, "After this, your code has one download left.")           \
	SAY(LEFT_NONE, "This is the last download of your code.")               \
	SAY(CLOSED_WHY,                                                         \
	    "Links only work for a short time. This one has expired, or part "  \
	    "of it is missing.")                                                \
	SAY(CLOSED_AGAIN,                                                       \
	    "For a new link, enter your code again. In the browser that you "   \
	    "used before, or only a moment later, that usually costs "          \
	    "nothing; otherwise it uses one download.")                         \
	SAY(DAY_ONE, "1")                                                       \
	SAY(AS_DATE, "$1 $2 $3")                                                \
	SAY(AS_TIME, "$1:$2")                                                   \
	SAY(DECIMAL_POINT, ".")                                                 \
	SAY(UNIT_BYTES, "B")                                                    \
	SAY(UNIT_KILO, "kB")                                                    \
	SAY(UNIT_MEGA, "MB")                                                    \
	SAY(UNIT_GIGA, "GB")                                                    \
	SAY(JANUARY, "January")                                                 \
	SAY(FEBRUARY, "February")                                               \
	SAY(MARCH, "March")                                                     \
	SAY(APRIL, "April")                                                     \
	SAY(MAY, "May")                                                         \
	SAY(JUNE, "June")                                                       \
	SAY(JULY, "July")                                                       \
	SAY(AUGUST, "August")                                                   \
	SAY(SEPTEMBER, "September")                                             \
	SAY(OCTOBER, "October")                                                 \
	SAY(NOVEMBER, "November")                                               \
	SAY(DECEMBER, "December")

#define FRENCH(SAY)                                                                \
	SAY(TITLE_FORM, "Votre téléchargement")                                    \
	SAY(TITLE_CHECK, "Vérifiez votre code")                                    \
	SAY(TITLE_REFUSED, "Pas encore de téléchargement")                         \
	SAY(TITLE_USED_UP, "Code épuisé")                                          \
	SAY(TITLE_EXPIRED, "Code expiré")                                          \
	SAY(TITLE_FILES, "Vos fichiers")                                           \
	SAY(TITLE_CLOSED, "Ce lien n’est plus valable")                            \
	SAY(FORM_LABEL, "Votre code")                                              \
	SAY(FORM_HINT,                                                             \
	    "Majuscules, espaces et tirets n’ont pas d’importance.")               \
	SAY(FORM_BUTTON, "Télécharger")                                            \
	SAY(CONTACT, "Contacter le label")                                         \
	SAY(TELL_FORM, "Saisissez le code imprimé sur votre carte.")               \
	SAY(TELL_EMPTY,                                                            \
	    "Ce code est incomplet. Saisissez toutes les lettres et tous "         \
	    "les chiffres de votre carte.")                                        \
	SAY(TELL_MISTYPED,                                                         \
	    "Il y a sans doute une faute de frappe. Comparez le code avec "        \
	    "celui de votre carte.")                                               \
	SAY(TELL_UNKNOWN,                                                          \
	    "Nous ne connaissons pas ce code. Comparez-le avec celui de "          \
	    "votre carte.")                                                        \
	SAY(TELL_USED_UP,                                                          \
	    "Tous les téléchargements de ce code ont été utilisés. Si ce "    \
	    "n’était pas vous, écrivez au label.")                                 \
	SAY(TELL_USED_UP_LAST,                                                     \
	    "Tous les téléchargements de ce code ont été utilisés, le "       \
	    "dernier le $1 à $2. Si ce n’était pas vous, écrivez au label.")       \
	SAY(TELL_EXPIRED,                                                          \
	    "Ce code a expiré : il était valable jusqu’au $1. Demandez "      \
	    "au label ce qui est possible.")                                       \
	SAY(TELL_NOT_YET,                                                          \
	    "Ce code sera valable à partir du $1. Aucun téléchargement "        \
	    "n’est perdu. Revenez à cette date.")                                  \
	SAY(TELL_BROKEN,                                                           \
	    "Ce téléchargement a un problème, et réessayer n’y changera "    \
	    "rien. Aucun téléchargement n’est perdu. Prévenez le label.")          \
	SAY(TELL_USE_FORM, "Cela n’a pas fonctionné. Utilisez ce formulaire.")     \
	SAY(TELL_TOO_LONG,                                                         \
	    "C’était trop long pour un code. Saisissez seulement celui de "     \
	    "votre carte.")                                                        \
	SAY(TELL_NOT_WHOLE,                                                        \
	    "Votre code ne nous est pas parvenu en entier. Envoyez-le "            \
	    "encore une fois.")                                                    \
	SAY(TELL_SLOW_DOWN,                                                        \
	    "Trop de codes erronés ont été envoyés depuis votre "              \
	    "connexion. Attendez $1 minutes, puis réessayez.")                     \
	SAY(TELL_SLOW_DOWN_ONE,                                                    \
	    "Trop de codes erronés ont été envoyés depuis votre "              \
	    "connexion. Attendez une minute, puis réessayez.")                     \
	SAY(TELL_TRY_AGAIN,                                                        \
	    "Le service est momentanément saturé. Aucun téléchargement "       \
	    "n’est perdu. Réessayez dans un instant.")                             \
	SAY(TELL_NOT_SET_UP,                                                       \
	    "Le service n’est pas encore prêt. Aucun téléchargement n’est " \
	    "perdu. Revenez plus tard.")                                           \
	SAY(FILES_TAP, "Touchez chaque fichier pour l’enregistrer.")               \
	SAY(FILES_STARTED,                                                         \
	    "Le téléchargement a commencé. Sinon, touchez le fichier.")            \
	SAY(FILES_OPEN,                                                            \
	    "Cette page fonctionne pendant $1 minutes, jusqu’à $2.")               \
	SAY(FILES_OPEN_ONE,                                                        \
	    "Cette page fonctionne pendant une minute, jusqu’à $2.")               \
	SAY(FILES_OPEN_SHORT,                                                      \
	    "Cette page fonctionne moins d’une minute, jusqu’à $2.")               \
	SAY(FILES_OPEN_LONG, "Cette page fonctionne jusqu’au $1 à $2.")            \
	SAY(FILES_BEGUN,                                                           \
	    "Un téléchargement commencé avant ira jusqu’au bout.")                 \
	SAY(FILES_RETRY,                                                           \
	    "Si un téléchargement s’interrompt, saisissez de nouveau "         \
	    "votre code dans ce navigateur avant le $1 à $2 : cela ne "          \
	    "coûte rien.")                                                         \
	SAY(LEFT_MANY, "Après celui-ci, il vous reste $1 téléchargements.")        \
	SAY(LEFT_ONE, "Après celui-ci, il vous reste un téléchargement.")          \
	SAY(LEFT_NONE, "C’est le dernier téléchargement de votre code.")           \
	SAY(CLOSED_WHY,                                                            \
	    "Un lien ne fonctionne que peu de temps. Celui-ci a "                  \
	    "expiré, ou il en manque une partie.")                                 \
	SAY(CLOSED_AGAIN,                                                          \
	    "Pour un nouveau lien, saisissez de nouveau votre code. "              \
	    "Dans le même navigateur, ou juste après, cela ne coûte en "        \
	    "général rien ; sinon, cela compte comme un téléchargement.")          \
	SAY(DAY_ONE, "1er")                                                        \
	SAY(AS_DATE, "$1 $2 $3")                                                   \
	SAY(AS_TIME, "$1 h $2")                                                    \
	SAY(DECIMAL_POINT, ",")                                                    \
	SAY(UNIT_BYTES, "o")                                                       \
	SAY(UNIT_KILO, "ko")                                                       \
	SAY(UNIT_MEGA, "Mo")                                                       \
	SAY(UNIT_GIGA, "Go")                                                       \
	SAY(JANUARY, "janvier")                                                    \
	SAY(FEBRUARY, "février")                                                   \
	SAY(MARCH, "mars")                                                         \
	SAY(APRIL, "avril")                                                        \
	SAY(MAY, "mai")                                                            \
	SAY(JUNE, "juin")                                                          \
	SAY(JULY, "juillet")                                                       \
	SAY(AUGUST, "août")                                                        \
	SAY(SEPTEMBER, "septembre")                                                \
	SAY(OCTOBER, "octobre")                                                    \
	SAY(NOVEMBER, "novembre")                                                  \
	SAY(DECEMBER, "décembre")

#define GERMAN(SAY)                                                            \
	SAY(TITLE_FORM, "Dein Download")                                       \
	SAY(TITLE_CHECK, "Prüfe deinen Code")                                  \
	SAY(TITLE_REFUSED, "Noch kein Download")                               \
	SAY(TITLE_USED_UP, "Kein Download mehr")                               \
	SAY(TITLE_EXPIRED, "Code abgelaufen")                                  \
	SAY(TITLE_FILES, "Deine Dateien")                                      \
	SAY(TITLE_CLOSED, "Dieser Link gilt nicht mehr")                       \
	SAY(FORM_LABEL, "Dein Code")                                           \
	SAY(FORM_HINT,                                                         \
	    "Groß- und Kleinschreibung, Leerzeichen und Striche sind egal.")   \
	SAY(FORM_BUTTON, "Herunterladen")                                      \
	SAY(CONTACT, "Kontakt zum Label")                                      \
	SAY(TELL_FORM, "Bitte gib den Code von deiner Karte ein.")             \
	SAY(TELL_EMPTY,                                                        \
	    "Der Code ist unvollständig. Bitte gib alle Buchstaben und "      \
	    "Ziffern von deiner Karte ein.")                                   \
	SAY(TELL_MISTYPED,                                                     \
	    "Da ist wohl ein Tippfehler drin. Bitte vergleiche den "           \
	    "Code mit deiner Karte.")                                          \
	SAY(TELL_UNKNOWN,                                                      \
	    "Diesen Code kennen wir nicht. Bitte vergleiche ihn mit deiner "   \
	    "Karte.")                                                          \
	SAY(TELL_USED_UP,                                                      \
	    "Alle Downloads dieses Codes sind verbraucht. Wenn du das nicht "  \
	    "warst, frag bitte beim Label nach.")                              \
	SAY(TELL_USED_UP_LAST,                                                 \
	    "Alle Downloads dieses Codes sind verbraucht, der letzte am $1 "   \
	    "um $2. Wenn du das nicht warst, frag bitte beim Label nach.")     \
	SAY(TELL_EXPIRED,                                                      \
	    "Dieser Code ist abgelaufen; er galt bis zum $1. Bitte frag "      \
	    "beim Label nach, was noch geht.")                                 \
	SAY(TELL_NOT_YET,                                                      \
	    "Dieser Code gilt ab dem $1. Es ging kein Download "               \
	    "verloren. Bitte komm dann wieder.")                               \
	SAY(TELL_BROKEN,                                                       \
	    "Mit diesem Download stimmt etwas nicht, und ein neuer "           \
	    "Versuch ändert daran nichts. Es ging kein Download "             \
	    "verloren. Bitte sag dem Label Bescheid.")                         \
	SAY(TELL_USE_FORM,                                                     \
	    "Das hat nicht geklappt. Bitte nimm dieses Formular.")             \
	SAY(TELL_TOO_LONG,                                                     \
	    "Das war zu lang für einen Code. Bitte gib nur ein, was auf "     \
	    "deiner Karte steht.")                                             \
	SAY(TELL_NOT_WHOLE,                                                    \
	    "Dein Code kam nicht vollständig bei uns an. Bitte schick ihn "   \
	    "noch einmal.")                                                    \
	SAY(TELL_SLOW_DOWN,                                                    \
	    "Über deine Verbindung kamen zu viele falsche Codes. Bitte "      \
	    "warte $1 Minuten und versuch es dann noch einmal.")               \
	SAY(TELL_SLOW_DOWN_ONE,                                                \
	    "Über deine Verbindung kamen zu viele falsche Codes. Bitte "      \
	    "warte eine Minute und versuch es dann noch einmal.")              \
	SAY(TELL_TRY_AGAIN,                                                    \
	    "Gerade ist viel los. Es ging kein Download verloren. "            \
	    "Bitte versuch es gleich noch einmal.")                            \
	SAY(TELL_NOT_SET_UP,                                                   \
	    "Hier ist noch nicht alles bereit. Es ging kein Download "         \
	    "verloren. Bitte komm später wieder.")                             \
	SAY(FILES_TAP, "Tippe jede Datei an, um sie zu speichern.")            \
	SAY(FILES_STARTED,                                                     \
	    "Dein Download hat begonnen. Wenn nicht, tippe die Datei an.")     \
	SAY(FILES_OPEN, "Diese Seite gilt $1 Minuten lang, bis $2.")           \
	SAY(FILES_OPEN_ONE, "Diese Seite gilt eine Minute lang, bis $2.")      \
	SAY(FILES_OPEN_SHORT,                                                  \
	    "Diese Seite gilt weniger als eine Minute, bis $2.")               \
	SAY(FILES_OPEN_LONG, "Diese Seite gilt bis zum $1, $2.")               \
	SAY(FILES_BEGUN,                                                       \
	    "Downloads, die bis dahin begonnen haben, laufen zu Ende.")        \
	SAY(FILES_RETRY,                                                       \
	    "Bricht ein Download ab, gib deinen Code bis zum $1, $2, in "      \
	    "diesem Browser noch einmal ein: Das kostet nichts.")              \
	SAY(LEFT_MANY, "Danach bleiben dir mit deinem Code $1 Downloads.")     \
	SAY(LEFT_ONE, "Danach bleibt dir mit deinem Code ein Download.")       \
	SAY(LEFT_NONE, "Das ist der letzte Download deines Codes.")            \
	SAY(CLOSED_WHY,                                                        \
	    "Ein Link gilt nur für kurze Zeit. Dieser ist abgelaufen, "       \
	    "oder es fehlt ein Stück davon.")                                  \
	SAY(CLOSED_AGAIN,                                                      \
	    "Für einen neuen Link gib deinen Code noch einmal ein. Im "       \
	    "selben Browser oder gleich danach kostet das meist nichts; "      \
	    "sonst verbraucht es einen Download.")                             \
	SAY(DAY_ONE, "1")                                                      \
	SAY(AS_DATE, "$1. $2 $3")                                              \
	SAY(AS_TIME, "$1:$2 Uhr")                                              \
	SAY(DECIMAL_POINT, ",")                                                \
	SAY(UNIT_BYTES, "B")                                                   \
	SAY(UNIT_KILO, "kB")                                                   \
	SAY(UNIT_MEGA, "MB")                                                   \
	SAY(UNIT_GIGA, "GB")                                                   \
	SAY(JANUARY, "Januar")                                                 \
	SAY(FEBRUARY, "Februar")                                               \
	SAY(MARCH, "März")                                                     \
	SAY(APRIL, "April")                                                    \
	SAY(MAY, "Mai")                                                        \
	SAY(JUNE, "Juni")                                                      \
	SAY(JULY, "Juli")                                                      \
	SAY(AUGUST, "August")                                                  \
	SAY(SEPTEMBER, "September")                                            \
	SAY(OCTOBER, "Oktober")                                                \
	SAY(NOVEMBER, "November")                                              \
	SAY(DECEMBER, "Dezember")

#define DUTCH(SAY)                                                             \
	SAY(TITLE_FORM, "Je download")                                         \
	SAY(TITLE_CHECK, "Controleer je code")                                 \
	SAY(TITLE_REFUSED, "Nog geen download")                                \
	SAY(TITLE_USED_UP, "Geen downloads meer")                              \
	SAY(TITLE_EXPIRED, "Code verlopen")                                    \
	SAY(TITLE_FILES, "Je bestanden")                                       \
	SAY(TITLE_CLOSED, "Deze link werkt niet meer")                         \
	SAY(FORM_LABEL, "Je code")                                             \
	SAY(FORM_HINT, "Hoofdletters, spaties en streepjes maken niet uit.")   \
	SAY(FORM_BUTTON, "Downloaden")                                         \
	SAY(CONTACT, "Neem contact op met het label")                          \
	SAY(TELL_FORM, "Vul de code van je kaartje in.")                       \
	SAY(TELL_EMPTY,                                                        \
	    "Deze code is niet volledig. Vul alle letters en cijfers van je "  \
	    "kaartje in.")                                                     \
	SAY(TELL_MISTYPED,                                                     \
	    "Er lijkt een tikfout in te zitten. Vergelijk de code met je "     \
	    "kaartje.")                                                        \
	SAY(TELL_UNKNOWN,                                                      \
	    "Deze code kennen we niet. Vergelijk hem met je kaartje.")         \
	SAY(TELL_USED_UP,                                                      \
	    "Alle downloads van deze code zijn gebruikt. Was jij dat "         \
	    "niet? Neem dan contact op met het label.")                        \
	SAY(TELL_USED_UP_LAST,                                                 \
	    "Alle downloads van deze code zijn gebruikt, de laatste op "       \
	    "$1 om $2. Was jij dat niet? Neem dan contact op met het "         \
	    "label.")                                                          \
	SAY(TELL_EXPIRED,                                                      \
	    "Deze code is verlopen; hij was geldig tot en met $1. "            \
	    "Vraag het label wat er nog mogelijk is.")                         \
	SAY(TELL_NOT_YET,                                                      \
	    "Deze code werkt vanaf $1. Je bent geen download kwijt. "          \
	    "Kom dan terug.")                                                  \
	SAY(TELL_BROKEN,                                                       \
	    "Er is iets mis met deze download, en opnieuw proberen "           \
	    "helpt niet. Je bent geen download kwijt. Laat het aan het "       \
	    "label weten.")                                                    \
	SAY(TELL_USE_FORM, "Dat lukte niet. Gebruik dit formulier.")           \
	SAY(TELL_TOO_LONG,                                                     \
	    "Dat was te lang voor een code. Vul alleen in wat op je kaartje "  \
	    "staat.")                                                          \
	SAY(TELL_NOT_WHOLE,                                                    \
	    "Je code is niet volledig aangekomen. Stuur hem nog een keer.")    \
	SAY(TELL_SLOW_DOWN,                                                    \
	    "Er kwamen te veel foute codes van jouw verbinding. Wacht $1 "     \
	    "minuten en probeer het dan opnieuw.")                             \
	SAY(TELL_SLOW_DOWN_ONE,                                                \
	    "Er kwamen te veel foute codes van jouw verbinding. Wacht een "    \
	    "minuut en probeer het dan opnieuw.")                              \
	SAY(TELL_TRY_AGAIN,                                                    \
	    "Het is even druk. Je bent geen download kwijt. Probeer "          \
	    "het zo nog eens.")                                                \
	SAY(TELL_NOT_SET_UP,                                                   \
	    "Nog niet alles staat klaar. Je bent geen download kwijt. "        \
	    "Kom later terug.")                                                \
	SAY(FILES_TAP, "Tik op elk bestand om het op te slaan.")               \
	SAY(FILES_STARTED,                                                     \
	    "Je download is begonnen. Zo niet, tik dan op het bestand.")       \
	SAY(FILES_OPEN, "Deze pagina werkt $1 minuten, tot $2.")               \
	SAY(FILES_OPEN_ONE, "Deze pagina werkt één minuut, tot $2.")           \
	SAY(FILES_OPEN_SHORT, "Deze pagina werkt nog geen minuut, tot $2.")    \
	SAY(FILES_OPEN_LONG, "Deze pagina werkt tot $1 om $2.")                \
	SAY(FILES_BEGUN, "Een download die dan al loopt, gaat gewoon door.")   \
	SAY(FILES_RETRY,                                                       \
	    "Breekt een download af, vul je code dan vóór $1 om $2 in "      \
	    "deze browser opnieuw in: dat kost niets.")                        \
	SAY(LEFT_MANY, "Hierna heeft je code nog $1 downloads.")               \
	SAY(LEFT_ONE, "Hierna heeft je code nog één download.")                \
	SAY(LEFT_NONE, "Dit is de laatste download van je code.")              \
	SAY(CLOSED_WHY,                                                        \
	    "Een link werkt maar kort. Deze is verlopen, of er ontbreekt "     \
	    "een stuk.")                                                       \
	SAY(CLOSED_AGAIN,                                                      \
	    "Vul voor een nieuwe link je code nog eens in. In dezelfde "       \
	    "browser, of vlak daarna, kost dat meestal niets; anders kost "    \
	    "het een download.")                                               \
	SAY(DAY_ONE, "1")                                                      \
	SAY(AS_DATE, "$1 $2 $3")                                               \
	SAY(AS_TIME, "$1.$2 uur")                                              \
	SAY(DECIMAL_POINT, ",")                                                \
	SAY(UNIT_BYTES, "B")                                                   \
	SAY(UNIT_KILO, "kB")                                                   \
	SAY(UNIT_MEGA, "MB")                                                   \
	SAY(UNIT_GIGA, "GB")                                                   \
	SAY(JANUARY, "januari")                                                \
	SAY(FEBRUARY, "februari")                                              \
	SAY(MARCH, "maart")                                                    \
	SAY(APRIL, "april")                                                    \
	SAY(MAY, "mei")                                                        \
	SAY(JUNE, "juni")                                                      \
	SAY(JULY, "juli")                                                      \
	SAY(AUGUST, "augustus")                                                \
	SAY(SEPTEMBER, "september")                                            \
	SAY(OCTOBER, "oktober")                                                \
	SAY(NOVEMBER, "november")                                              \
	SAY(DECEMBER, "december")

#define SPANISH(SAY)                                                           \
	SAY(TITLE_FORM, "Tu descarga")                                         \
	SAY(TITLE_CHECK, "Comprueba tu código")                                \
	SAY(TITLE_REFUSED, "Aún no hay descarga")                              \
	SAY(TITLE_USED_UP, "No quedan descargas")                              \
	SAY(TITLE_EXPIRED, "Código caducado")                                  \
	SAY(TITLE_FILES, "Tus archivos")                                       \
	SAY(TITLE_CLOSED, "Este enlace ya no funciona")                        \
	SAY(FORM_LABEL, "Tu código")                                           \
	SAY(FORM_HINT,                                                         \
	    "No importan las mayúsculas, los espacios ni los guiones.")        \
	SAY(FORM_BUTTON, "Descargar")                                          \
	SAY(CONTACT, "Contactar con el sello")                                 \
	SAY(TELL_FORM, "Escribe el código de tu tarjeta.")                     \
	SAY(TELL_EMPTY,                                                        \
	    "El código está incompleto. Escribe todas las letras y cifras "  \
	    "de tu tarjeta.")                                                  \
	SAY(TELL_MISTYPED,                                                     \
	    "Parece que hay un carácter equivocado. Compara el código "      \
	    "con el de tu tarjeta.")                                           \
	SAY(TELL_UNKNOWN,                                                      \
	    "No reconocemos este código. Compáralo con el de tu "            \
	    "tarjeta.")                                                        \
	SAY(TELL_USED_UP,                                                      \
	    "Ya se han usado todas las descargas de este código. Si no "      \
	    "fuiste tú, escribe al sello discográfico.")                       \
	SAY(TELL_USED_UP_LAST,                                                 \
	    "Ya se han usado todas las descargas de este código, la última " \
	    "el $1 a las $2. Si no fuiste tú, escribe al sello "              \
	    "discográfico.")                                                   \
	SAY(TELL_EXPIRED,                                                      \
	    "Este código ha caducado: valía hasta el $1. Pregunta al sello " \
	    "discográfico qué se puede hacer.")                                \
	SAY(TELL_NOT_YET,                                                      \
	    "Este código funciona a partir del $1. No has perdido "           \
	    "ninguna descarga. Vuelve entonces.")                              \
	SAY(TELL_BROKEN,                                                       \
	    "Hay un problema con esta descarga y volver a intentarlo "         \
	    "no servirá. No has perdido ninguna descarga. Avisa al "          \
	    "sello discográfico.")                                             \
	SAY(TELL_USE_FORM, "Eso no ha funcionado. Usa este formulario.")       \
	SAY(TELL_TOO_LONG,                                                     \
	    "Era demasiado largo para un código. Escribe solo el de tu "      \
	    "tarjeta.")                                                        \
	SAY(TELL_NOT_WHOLE, "Tu código no llegó completo. Envíalo otra vez.")  \
	SAY(TELL_SLOW_DOWN,                                                    \
	    "Han llegado demasiados códigos erróneos desde tu "              \
	    "conexión. Espera $1 minutos y vuelve a intentarlo.")              \
	SAY(TELL_SLOW_DOWN_ONE,                                                \
	    "Han llegado demasiados códigos erróneos desde tu "              \
	    "conexión. Espera un minuto y vuelve a intentarlo.")               \
	SAY(TELL_TRY_AGAIN,                                                    \
	    "Ahora mismo hay mucha actividad. No has perdido ninguna "         \
	    "descarga. Inténtalo de nuevo en un momento.")                     \
	SAY(TELL_NOT_SET_UP,                                                   \
	    "La tienda aún no está lista. No has perdido ninguna "           \
	    "descarga. Vuelve más tarde.")                                     \
	SAY(FILES_TAP, "Toca cada archivo para guardarlo.")                    \
	SAY(FILES_STARTED, "La descarga ha empezado. Si no, toca el archivo.") \
	SAY(FILES_OPEN,                                                        \
	    "Esta página funciona durante $1 minutos, hasta las $2.")          \
	SAY(FILES_OPEN_ONE,                                                    \
	    "Esta página funciona durante un minuto, hasta las $2.")           \
	SAY(FILES_OPEN_SHORT,                                                  \
	    "Esta página funciona menos de un minuto, hasta las $2.")          \
	SAY(FILES_OPEN_LONG, "Esta página funciona hasta el $1 a las $2.")     \
	SAY(FILES_BEGUN, "Una descarga ya empezada sigue hasta el final.")     \
	SAY(FILES_RETRY,                                                       \
	    "Si una descarga se interrumpe, escribe otra vez tu código en "   \
	    "este navegador antes del $1 a las $2: no cuesta nada.")           \
	SAY(LEFT_MANY, "Después de esta te quedan $1 descargas.")              \
	SAY(LEFT_ONE, "Después de esta te queda una descarga.")                \
	SAY(LEFT_NONE, "Esta es la última descarga de tu código.")             \
	SAY(CLOSED_WHY,                                                        \
	    "Un enlace solo funciona durante poco tiempo. Este ha "            \
	    "caducado o le falta una parte.")                                  \
	SAY(CLOSED_AGAIN,                                                      \
	    "Para otro enlace, escribe de nuevo tu código. En el mismo "      \
	    "navegador, o justo después, no suele costar nada; si no, gasta " \
	    "una descarga.")                                                   \
	SAY(DAY_ONE, "1")                                                      \
	SAY(AS_DATE, "$1 de $2 de $3")                                         \
	SAY(AS_TIME, "$1:$2")                                                  \
	SAY(DECIMAL_POINT, ",")                                                \
	SAY(UNIT_BYTES, "B")                                                   \
	SAY(UNIT_KILO, "kB")                                                   \
	SAY(UNIT_MEGA, "MB")                                                   \
	SAY(UNIT_GIGA, "GB")                                                   \
	SAY(JANUARY, "enero")                                                  \
	SAY(FEBRUARY, "febrero")                                               \
	SAY(MARCH, "marzo")                                                    \
	SAY(APRIL, "abril")                                                    \
	SAY(MAY, "mayo")                                                       \
	SAY(JUNE, "junio")                                                     \
	SAY(JULY, "julio")                                                     \
	SAY(AUGUST, "agosto")                                                  \
	SAY(SEPTEMBER, "septiembre")                                           \
	SAY(OCTOBER, "octubre")                                                \
	SAY(NOVEMBER, "noviembre")                                             \
	SAY(DECEMBER, "diciembre")

/*
 * Every phrase is a member of the struct that checks its language: a member
 * twice is an error, and with one missing the array has no valid size.
 */
#define PHRASE_MEMBER(phrase, text) char phrase;
#define PHRASE_ROW(phrase, text) [phrase] = (text),
#define LANGUAGE_CHECK(name, tag)                                              \
	struct name##_phrases {                                                \
		name(PHRASE_MEMBER)                                            \
	};                                                                     \
	typedef char                                                           \
	    name##_whole[sizeof(struct name##_phrases) == PHRASES ? 1 : -1];
#define LANGUAGE_ROW(name, tag) [LANGUAGE_##name] = {name(PHRASE_ROW)},

EACH_LANGUAGE(LANGUAGE_CHECK)
static const char *const phrases[LANGUAGES][PHRASES] = {
    EACH_LANGUAGE(LANGUAGE_ROW)};

/*
 * Reads the weight of a language, "q=0.8", in thousandths (RFC 9110, 12.4.2);
 * 1000 where there is none, 0 if it is not a weight.
 */
static long weight_parse(struct span weight)
{
	struct span name = span_trim(span_split(&weight, '='));
	struct span whole = span_trim(span_split(&weight, '.'));
	long ones, part = 0;
	size_t i;

	if (name.length == 0)
		return 1000;
	weight = span_trim(weight);
	if (!equals_nocase(name, "q") || !number_parse(whole, 0, 1, &ones) ||
	    weight.length > 3 ||
	    (weight.length > 0 && !number_parse(weight, 0, 999, &part)))
		return 0;
	for (i = weight.length; i < 3; i++)
		part *= 10;
	return ones == 1 ? 1000 : part;
}

/*
 * The language for whoever sent Accept-Language ACCEPT (RFC 9110, 12.5.4): the
 * one of the greatest weight, the first of equals; FALLBACK for "*", and where
 * none of ours is asked for. "fr-CA" is French (RFC 4647, 3.4), and so is the
 * "fr_CA" of some clients.
 */
static enum language language_choose(const char *accept, enum language fallback)
{
	struct span rest = {accept, strlen(accept)};
	enum language chosen = fallback;
	long max = 0;

	while (rest.length > 0) {
		struct span weight = span_split(&rest, ',');
		struct span range = span_split(&weight, ';');
		struct span language = span_split(&range, '-');
		struct span primary = span_trim(span_split(&language, '_'));
		enum language found = span_is(primary, "*") ? fallback :
							      LANGUAGES;
		long q = weight_parse(weight);
		int i;

		for (i = 0; i < LANGUAGES; i++)
			if (equals_nocase(primary, languages[i]))
				found = (enum language)i;
		if (found < LANGUAGES && q > max) {
			chosen = found;
			max = q;
		}
	}
	return chosen;
}

/* Adds PHRASE, with ONE, TWO and THREE for its $1, $2 and $3. */
static void buf_addsentence(struct buf *out, enum language language,
    enum phrase phrase, const char *one, const char *two, const char *three)
{
	const char *const given[] = {one, two, three};
	const char *rest = phrases[language][phrase];
	const char *mark;

	while ((mark = strchr(rest, '$')) != NULL) {
		buf_addmem(out, rest, (size_t)(mark - rest));
		buf_adds(out, given[mark[1] - '1']);
		rest = mark + 2;
	}
	buf_adds(out, rest);
}

/* Adds a phrase that has nothing to be put in. */
static void buf_addphrase(
    struct buf *out, enum language language, enum phrase phrase)
{
	buf_adds(out, phrases[language][phrase]);
}

/* A part of a sentence, made apart. */
struct phrase_arg {
	char string[64];
};

static struct phrase_arg arg_number(long value, int width)
{
	struct phrase_arg part = {""};
	struct buf text = buf_init(part.string, sizeof(part.string));

	buf_addf(&text, "%0*ld", width, value);
	return part;
}

/* The day of TM, as 23 November 2026. */
static struct phrase_arg arg_date(enum language language, const struct tm *tm)
{
	struct phrase_arg part = {""};
	struct buf text = buf_init(part.string, sizeof(part.string));
	enum phrase month = (enum phrase)(JANUARY + tm->tm_mon);
	struct phrase_arg day = arg_number(tm->tm_mday, 1);
	struct phrase_arg year = arg_number(tm->tm_year + 1900, 1);

	buf_addsentence(&text, language, AS_DATE,
	    tm->tm_mday == 1 ? phrases[language][DAY_ONE] : day.string,
	    phrases[language][month], year.string);
	return part;
}

/* The time of TM, without its seconds. */
static struct phrase_arg arg_time(enum language language, const struct tm *tm)
{
	struct phrase_arg part = {""};
	struct buf text = buf_init(part.string, sizeof(part.string));
	struct phrase_arg hours = arg_number(tm->tm_hour, 2);
	struct phrase_arg minutes = arg_number(tm->tm_min, 2);

	buf_addsentence(
	    &text, language, AS_TIME, hours.string, minutes.string, "");
	return part;
}

/* Adds a size in units of 1000, as phones and shops show it: 4.7 MB. */
static void buf_addsize(struct buf *out, enum language language, off_t size)
{
	enum phrase unit = UNIT_BYTES;
	long long one = 1;

	while (size / one >= 1000 && unit < UNIT_GIGA) {
		one *= 1000;
		unit++;
	}
	buf_addf(out, "%lld", (long long)size / one);
	if (unit > UNIT_BYTES && size < 10 * one) {
		buf_addphrase(out, language, DECIMAL_POINT);
		buf_addf(out, "%lld", (long long)size % one * 10 / one);
	}
	buf_adds(out, "&nbsp;");
	buf_addphrase(out, language, unit);
}

/* Where the keyboard is when a page has come. */
enum focus { FOCUS_NONE, FOCUS_CODE, FOCUS_BUTTON };

/*
 * What a buyer can be told: the status (RFC 9110, 15), and of a page the title
 * and the sentence. A row without a word has no page.
 */
static const struct answer {
	const char *status;
	const char *header; /* one more, with its end of line, or NULL */
	const char *word; /* data-outcome, or NULL */
	enum phrase title;
	enum phrase sentence;
	enum focus focus;
	bool invalid; /* there is something to correct in the field */
	bool ask; /* the label can help; another code is the lesser hope */
} answers[] = {
    [OUTCOME_LINK] = {.status = "303 See Other"},
    [OUTCOME_FORWARD] = {.status = "303 See Other"},
    [OUTCOME_FILE] = {.status = "200 OK"},
    [OUTCOME_PART] = {.status = "206 Partial Content"},
    [OUTCOME_NO_PART] = {.status = "416 Range Not Satisfiable"},
    [OUTCOME_LIST] = {.status = "200 OK",
	.word = "files",
	.title = TITLE_FILES,
	.sentence = FILES_TAP},
    [OUTCOME_LINK_WRONG] = {.status = "403 Forbidden",
	.word = "link-closed",
	.title = TITLE_CLOSED,
	.sentence = CLOSED_WHY},
    [OUTCOME_LINK_OVER] = {.status = "410 Gone",
	.word = "link-closed",
	.title = TITLE_CLOSED,
	.sentence = CLOSED_WHY},
    [OUTCOME_FORM] = {.status = "200 OK",
	.word = "form",
	.title = TITLE_FORM,
	.sentence = TELL_FORM,
	.focus = FOCUS_CODE},
    [OUTCOME_EMPTY] = {.status = "400 Bad Request",
	.word = "empty",
	.title = TITLE_CHECK,
	.sentence = TELL_EMPTY,
	.focus = FOCUS_CODE,
	.invalid = true},
    [OUTCOME_MISTYPED] = {.status = "404 Not Found",
	.word = "mistyped",
	.title = TITLE_CHECK,
	.sentence = TELL_MISTYPED,
	.focus = FOCUS_CODE,
	.invalid = true},
    [OUTCOME_UNKNOWN] = {.status = "404 Not Found",
	.word = "unknown",
	.title = TITLE_CHECK,
	.sentence = TELL_UNKNOWN,
	.focus = FOCUS_CODE,
	.invalid = true},
    [OUTCOME_USED_UP] = {.status = "410 Gone",
	.word = "used-up",
	.title = TITLE_USED_UP,
	.sentence = TELL_USED_UP,
	.ask = true},
    [OUTCOME_EXPIRED] = {.status = "410 Gone",
	.word = "expired",
	.title = TITLE_EXPIRED,
	.sentence = TELL_EXPIRED,
	.ask = true},
    [OUTCOME_NOT_YET] = {.status = "403 Forbidden",
	.word = "not-yet",
	.title = TITLE_REFUSED,
	.sentence = TELL_NOT_YET,
	.ask = true},
    [OUTCOME_BROKEN] = {.status = "500 Internal Server Error",
	.word = "broken",
	.title = TITLE_REFUSED,
	.sentence = TELL_BROKEN,
	.ask = true},
    [OUTCOME_BAD_METHOD] = {.status = "405 Method Not Allowed",
	.header = "Allow: GET, HEAD, POST\n",
	.word = "bad-request",
	.title = TITLE_REFUSED,
	.sentence = TELL_USE_FORM,
	.focus = FOCUS_CODE},
    [OUTCOME_BAD_TYPE] = {.status = "415 Unsupported Media Type",
	.word = "bad-request",
	.title = TITLE_REFUSED,
	.sentence = TELL_USE_FORM,
	.focus = FOCUS_CODE},
    [OUTCOME_NO_LENGTH] = {.status = "411 Length Required",
	.word = "bad-request",
	.title = TITLE_REFUSED,
	.sentence = TELL_USE_FORM,
	.focus = FOCUS_CODE},
    [OUTCOME_BAD_LENGTH] = {.status = "400 Bad Request",
	.word = "bad-request",
	.title = TITLE_REFUSED,
	.sentence = TELL_USE_FORM,
	.focus = FOCUS_CODE},
    [OUTCOME_TOO_LONG] = {.status = "413 Content Too Large",
	.word = "bad-request",
	.title = TITLE_CHECK,
	.sentence = TELL_TOO_LONG,
	.focus = FOCUS_CODE,
	.invalid = true},
    [OUTCOME_BAD_BODY] = {.status = "400 Bad Request",
	.word = "bad-request",
	.title = TITLE_REFUSED,
	.sentence = TELL_NOT_WHOLE,
	.focus = FOCUS_CODE},
    [OUTCOME_SLOW_DOWN] = {.status = "429 Too Many Requests",
	.word = "slow-down",
	.title = TITLE_REFUSED,
	.sentence = TELL_SLOW_DOWN},
    [OUTCOME_TRY_AGAIN] = {.status = "503 Service Unavailable",
	.word = "try-again",
	.title = TITLE_REFUSED,
	.sentence = TELL_TRY_AGAIN,
	.focus = FOCUS_CODE},
    [OUTCOME_NOT_SET_UP] = {.status = "500 Internal Server Error",
	.word = "not-set-up",
	.title = TITLE_REFUSED,
	.sentence = TELL_NOT_SET_UP},
};

/*
 * Where a template has the form, message or links; its title; its language; in
 * its head, what starts a download.
 */
#define MARKER_START "<!-- redeem"
#define MARKER "<!-- redeem -->"
#define MARKER_HEAD "<!-- redeem-head -->"
#define MARKER_TITLE "<!-- redeem-title -->"
#define MARKER_LANG "<!-- redeem-lang -->"

/*
 * The built-in look: a sleeve on paper, with the record half out. Each colour
 * stands once for light and once for dark; browsers without custom properties
 * show black on white. Text has 4.5:1 against its background, edges 3:1 (WCAG
 * 2.2, 1.4.3 and 1.4.11).
 */
static const char built_in_page[] =
    "<!DOCTYPE html>\n"
    "<html lang=\"" MARKER_LANG "\">\n"
    "<head>\n"
    "<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, "
    "initial-scale=1\">\n"
    "<meta name=\"robots\" content=\"noindex\">\n"
    "<meta name=\"referrer\" content=\"no-referrer\">\n"
    "<title>" MARKER_TITLE "</title>\n" MARKER_HEAD "<style>\n"
    ":root{"
    "color-scheme:light dark;"
    "--paper:#efebe3;"
    "--sleeve:#fffdf9;"
    "--field:#fff;"
    "--ink:#23201c;"
    "--quiet:#625c51;"
    "--line:#d8d1c3;"
    "--edge:#7d7566;"
    "--groove:#6b6457;"
    "--label:#d2692f;"
    "--accent:#b4501d;"
    "--wrong:#b3261e;"
    "--alert:#fbebe8;"
    "--button:#23201c;"
    "--hover:#453f36;"
    "--shade:rgba(60,45,20,.08)"
    "}\n"
    "@media (prefers-color-scheme:dark){\n"
    ":root{"
    "--paper:#131210;"
    "--sleeve:#1d1b18;"
    "--field:#131210;"
    "--ink:#ece6da;"
    "--quiet:#b3aa9b;"
    "--line:#37332c;"
    "--edge:#8d8474;"
    "--groove:#8d8474;"
    "--accent:#f2a36b;"
    "--wrong:#ff8a7a;"
    "--alert:#3b1f1a;"
    "--button:#ece6da;"
    "--hover:#fff;"
    "--shade:transparent"
    "}\n"
    "}\n"
    "body{"
    "font:1.125rem/1.5 system-ui,-apple-system,sans-serif;"
    "margin:0;"
    "padding:1.5rem min(1.25rem,5vw) 3rem;"
    "background:var(--paper);"
    "color:var(--ink);"
    "overflow-wrap:break-word"
    "}\n"
    "main{"
    "max-width:28rem;"
    "margin:0 auto"
    "}\n"
    "svg{"
    "display:block;"
    "width:6.5rem;"
    "height:3.25rem;"
    "margin:0 0 0 1.25rem;"
    "stroke:var(--groove)"
    "}\n"
    ".vinyl{"
    "fill:#23201c;"
    "stroke:none"
    "}\n"
    ".label{"
    "fill:var(--label);"
    "stroke:none"
    "}\n"
    ".sleeve{"
    "padding:1.5rem min(1.25rem,6vw);"
    "border:1px solid var(--line);"
    "border-radius:.25rem;"
    "background:var(--sleeve);"
    "box-shadow:0 .5rem 1.5rem var(--shade)"
    "}\n"
    "h1{"
    "font:1.75rem/1.15 Iowan Old Style,Palatino "
    "Linotype,Palatino,Georgia,serif;"
    "font-size:clamp(1.5rem,8.5vw,2.25rem);"
    "letter-spacing:-.01em;"
    "margin:0 0 .75rem"
    "}\n"
    "p{"
    "margin:0 0 1rem"
    "}\n"
    "label{"
    "font-weight:600"
    "}\n"
    "form{"
    "display:grid;"
    "grid-template-columns:minmax(0,1fr)"
    "}\n"
    "input{"
    "font:1.3rem/1.3 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;"
    "box-sizing:border-box;"
    "min-width:0;"
    "padding:.75rem;"
    "margin:.4rem 0 .5rem;"
    "border:2px solid var(--edge);"
    "border-radius:.25rem;"
    "background:var(--field);"
    "color:var(--ink);"
    "text-transform:uppercase;"
    "scroll-margin-top:calc(100vh - 6rem)"
    "}\n"
    "input[aria-invalid]{"
    "border-color:var(--wrong)"
    "}\n"
    "button,#redeem-contact{"
    "display:block;"
    "font:inherit;"
    "font-weight:600;"
    "text-align:center;"
    "text-decoration:none;"
    "padding:.85rem min(.85rem,4vw);"
    "overflow-wrap:anywhere;"
    "hyphens:auto;"
    "border:2px solid transparent;"
    "border-radius:.25rem;"
    "background:var(--button);"
    "color:var(--sleeve);"
    "cursor:pointer"
    "}\n"
    ".redeem-second{"
    "margin-top:2rem"
    "}\n"
    ".redeem-second button{"
    "border-color:var(--edge);"
    "background:transparent;"
    "color:var(--ink)"
    "}\n"
    ":focus-visible{"
    "outline:3px solid var(--accent);"
    "outline-offset:2px"
    "}\n"
    "#redeem-hint,.redeem-note,#redeem-left,.redeem-size{"
    "font-size:.9375rem;"
    "color:var(--quiet)"
    "}\n"
    "#redeem-hint{"
    "margin-bottom:1.25rem"
    "}\n"
    "#redeem-message{"
    "margin:0 0 1.25rem"
    "}\n"
    "#redeem-message p,#redeem-left{"
    "margin-bottom:0"
    "}\n"
    "[role=alert]{"
    "padding:.75rem 1rem;"
    "border-left:.25rem solid var(--wrong);"
    "background:var(--alert)"
    "}\n"
    "ul{"
    "list-style:none;"
    "margin:0 0 1rem;"
    "padding:0;"
    "border-top:1px solid var(--line)"
    "}\n"
    "li{"
    "border-bottom:1px solid var(--line)"
    "}\n"
    "li a{"
    "display:block;"
    "padding:.8rem 0;"
    "color:var(--ink);"
    "font-weight:600;"
    "text-decoration-color:var(--accent);"
    "text-underline-offset:.2em;"
    "overflow-wrap:anywhere"
    "}\n"
    ".redeem-size{"
    "display:inline-block;"
    "width:100%;"
    "font-weight:400"
    "}\n"
    "@media (hover:hover){\n"
    "button:hover,#redeem-contact:hover{"
    "background:var(--hover);"
    "color:var(--sleeve)"
    "}\n"
    "li a:hover{"
    "text-decoration-thickness:.15em"
    "}\n"
    "}\n"
    "@media (max-height:20rem){\n"
    "svg{"
    "display:none"
    "}\n"
    "body,.sleeve{"
    "padding-top:.5rem"
    "}\n"
    "h1{"
    "font-size:1.25rem"
    "}\n"
    "#redeem-message{"
    "margin-bottom:.5rem"
    "}\n"
    "}\n"
    "@media (min-width:34rem) and (min-height:30rem){\n"
    "body{"
    "padding-top:9vh"
    "}\n"
    ".sleeve{"
    "padding:2.25rem 2.5rem 2.5rem"
    "}\n"
    "svg{"
    "margin-left:2.5rem"
    "}\n"
    "}\n"
    "</style>\n"
    "</head>\n"
    "<body>\n"
    "<main>\n"
    "<svg viewBox=\"0 0 104 52\" aria-hidden=\"true\">"
    "<path class=\"vinyl\" d=\"M0 52a52 52 0 0 1 104 0z\"/>"
    "<path fill=\"none\" d=\"M7 52a45 45 0 0 1 90 0M13 52a39 39 0 0 1 78 "
    "0M19 52a33 33 0 0 1 66 0M25 52a27 27 0 0 1 54 0\"/>"
    "<path class=\"label\" d=\"M34 52a18 18 0 0 1 36 0z\"/>"
    "</svg>\n"
    "<div class=\"sleeve\">\n"
    "<h1>" MARKER_TITLE "</h1>\n" MARKER "</div>\n"
    "</main>\n"
    "</body>\n"
    "</html>\n";

/* What one page says, and the facts that its sentence needs. */
struct message {
	enum outcome outcome;
	const char *typed; /* shown again in the field */
	time_t last; /* counted use of the code; 0: none known */
	long day; /* the code's first or last, as YYYYMMDD */
	long wait; /* seconds until the next try */
};

/* What is put in place of a template's markers. */
struct filling {
	enum phrase title;
	const char *head; /* elements, or empty */
};

/* The next marker in TEXT, or NULL. */
static const char *marker_next(const char *text)
{
	while ((text = strchr(text, '<')) != NULL &&
	    strncmp(text, MARKER_START, strlen(MARKER_START)) != 0)
		text++;
	return text;
}

/* Adds what stands for MARK, a marker's text; returns its length, 0 if none. */
static size_t page_fill(struct buf *out, const struct view *view,
    const struct filling *filling, const char *mark)
{
	if (strncmp(mark, MARKER_TITLE, strlen(MARKER_TITLE)) == 0) {
		buf_addphrase(out, view->language, filling->title);
		return strlen(MARKER_TITLE);
	}
	if (strncmp(mark, MARKER_LANG, strlen(MARKER_LANG)) == 0) {
		buf_adds(out, languages[view->language]);
		return strlen(MARKER_LANG);
	}
	if (strncmp(mark, MARKER_HEAD, strlen(MARKER_HEAD)) == 0) {
		buf_adds(out, filling->head);
		return strlen(MARKER_HEAD);
	}
	return 0;
}

/*
 * Adds the template from REST on, up to MARKER or its end, with its markers
 * filled; returns what comes after MARKER.
 */
static const char *page_copy(struct buf *out, const struct view *view,
    const struct filling *filling, const char *rest)
{
	const char *mark;

	while ((mark = marker_next(rest)) != NULL) {
		size_t length;

		buf_addmem(out, rest, (size_t)(mark - rest));
		if (strncmp(mark, MARKER, strlen(MARKER)) == 0)
			return mark + strlen(MARKER);
		length = page_fill(out, view, filling, mark);
		if (length == 0)
			buf_addmem(out, mark, length = 1);
		rest = mark + length;
	}
	buf_adds(out, rest);
	return rest + strlen(rest);
}

/* Begins a page; returns the rest of the template. */
static const char *page_begin(
    struct buf *out, const struct view *view, const struct filling *filling)
{
	const char *rest = page_copy(out, view, filling, view->template);

	/* browsers obey it in the body of a template without a marker, too */
	if (strstr(view->template, MARKER_HEAD) == NULL)
		buf_adds(out, filling->head);
	/* the owner's page may be in another language than what stands in it */
	buf_addf(out, "<div id=\"redeem\" lang=\"%s\">\n",
	    languages[view->language]);
	return rest;
}

static void page_end(struct buf *out, const struct view *view,
    const struct filling *filling, const char *rest)
{
	buf_adds(out, "</div>\n");
	while (*rest != '\0')
		rest = page_copy(out, view, filling, rest);
}

/* Adds what MESSAGE means, and what to do. */
static void page_sentence(
    struct buf *out, const struct view *view, const struct message *message)
{
	enum phrase phrase = answers[message->outcome].sentence;
	long minutes = (message->wait + 59) / 60;
	struct phrase_arg one = {""}, two = {""};
	struct tm tm;

	memset(&tm, 0, sizeof(tm));
	if (phrase == TELL_USED_UP && message->last > 0 &&
	    localtime_r(&message->last, &tm) != NULL) {
		phrase = TELL_USED_UP_LAST;
		one = arg_date(view->language, &tm);
		two = arg_time(view->language, &tm);
	} else if (phrase == TELL_EXPIRED || phrase == TELL_NOT_YET) {
		tm.tm_year = (int)(message->day / 10000 - 1900);
		tm.tm_mon = (int)(message->day / 100 % 100 - 1);
		tm.tm_mday = (int)(message->day % 100);
		one = arg_date(view->language, &tm);
	} else if (phrase == TELL_SLOW_DOWN) {
		one = arg_number(minutes, 1);
		if (minutes <= 1)
			phrase = TELL_SLOW_DOWN_ONE;
	}
	buf_addsentence(
	    out, view->language, phrase, one.string, two.string, "");
	if (phrase == CLOSED_WHY) {
		buf_adds(out, " ");
		buf_addphrase(out, view->language, CLOSED_AGAIN);
	}
}

/* The message, which screen readers read out when it is not the plain form. */
static void page_message(
    struct buf *out, const struct view *view, const struct message *message)
{
	buf_addf(out, "<div id=\"redeem-message\"%s><p data-outcome=\"%s\">",
	    message->outcome == OUTCOME_FORM ? "" : " role=\"alert\"",
	    answers[message->outcome].word);
	page_sentence(out, view, message);
	buf_adds(out, "</p></div>\n");
}

/* The way to the label, where the owner has given one. [S10] */
static void page_contact(struct buf *out, const struct view *view)
{
	if (view->contact[0] == '\0')
		return;
	buf_addf(out, "<p><a id=\"redeem-contact\" href=\"%s",
	    strchr(view->contact, ':') == NULL ? "mailto:" : "");
	buf_addhtml(out, view->contact);
	buf_adds(out, "\">");
	buf_addphrase(out, view->language, CONTACT);
	buf_adds(out, "</a></p>\n");
}

/* The field for the code, with what was typed still in it. [S10] */
static void page_field(struct buf *out, const struct answer *answer,
    const char *typed, enum focus focus)
{
	buf_adds(out,
	    "<input id=\"redeem-code\" name=\"code\" type=\"text\" required"
	    " autocomplete=\"off\" autocapitalize=\"characters\""
	    " autocorrect=\"off\" spellcheck=\"false\""
	    " aria-describedby=\"redeem-message redeem-hint\"");
	if (answer->invalid)
		buf_adds(out, " aria-invalid=\"true\"");
	if (focus == FOCUS_CODE)
		buf_adds(out, " autofocus");
	buf_adds(out, " value=\"");
	buf_addhtml(out, typed);
	buf_adds(out, "\">\n");
}

/* The form; where the label is asked first, it comes second. */
static void page_form(
    struct buf *out, const struct view *view, const struct message *message)
{
	const struct answer *answer = &answers[message->outcome];
	enum focus focus = answer->focus;

	/* a code that came with the address needs only a press */
	if (message->outcome == OUTCOME_FORM && message->typed[0] != '\0')
		focus = FOCUS_BUTTON;
	buf_addf(out,
	    "<form id=\"redeem-form\"%s method=\"post\" action=\"%s\">\n"
	    "<label for=\"redeem-code\">",
	    answer->ask ? " class=\"redeem-second\"" : "", view->action);
	buf_addphrase(out, view->language, FORM_LABEL);
	buf_adds(out, "</label>\n");
	page_field(out, answer, message->typed, focus);
	buf_adds(out, "<p id=\"redeem-hint\">");
	buf_addphrase(out, view->language, FORM_HINT);
	buf_addf(out, "</p>\n<button id=\"redeem-button\" type=\"submit\"%s>",
	    focus == FOCUS_BUTTON ? " autofocus" : "");
	buf_addphrase(out, view->language, FORM_BUTTON);
	buf_adds(out, "</button>\n</form>\n");
}

/* A whole page with a message and the form. */
static void page_answer(
    struct buf *out, const struct view *view, const struct message *message)
{
	const struct answer *answer = &answers[message->outcome];
	struct filling filling = {answer->title, ""};
	const char *rest = page_begin(out, view, &filling);
	bool closed = answer->title == TITLE_CLOSED;

	page_message(out, view, message);
	if (answer->ask)
		page_contact(out, view);
	/* inside a link, a form would post to the link */
	if (!closed || view->action[0] != '\0')
		page_form(out, view, message);
	page_end(out, view, &filling, rest);
}

/* What a link gives, as its page says it. */
struct given {
	const struct link *link;
	const struct items *items;
	long left; /* downloads after this one */
	time_t free_until; /* in the buyer's browser; 0: not at all */
};

/* Until when the page of LINK works, and how long that is. */
static void page_until(
    struct buf *out, const struct view *view, const struct link *link)
{
	long minutes = (long)(link->end - view->now) / 60;
	struct phrase_arg first = arg_number(minutes, 1);
	enum phrase phrase = minutes == 1 ? FILES_OPEN_ONE : FILES_OPEN;
	char buffer[128];
	struct buf time = buf_init(buffer, sizeof(buffer));
	struct tm tm;

	if (localtime_r(&link->end, &tm) == NULL) {
		out->overflowed = true;
		return;
	}
	if (minutes < 1)
		phrase = FILES_OPEN_SHORT;
	if (minutes > 120) {
		phrase = FILES_OPEN_LONG;
		first = arg_date(view->language, &tm);
	}
	buf_adds(&time, "<time datetime=\"");
	buf_addinstant(&time, link->end);
	buf_addf(&time, "\">%s</time>", arg_time(view->language, &tm).string);
	buf_addsentence(out, view->language, phrase, first.string, buffer, "");
}

/* Adds the address of ITEM as it stands in the page of LINK. [S10] */
static void page_address(struct buf *out, const struct site *site,
    const struct link *link, const struct item *item)
{
	const struct delivery *delivery = delivery_of(site->settings);
	char buffer[LOCATION_SIZE];
	struct buf address = buf_init(buffer, sizeof(buffer));

	if (delivery->listed != NULL)
		delivery->listed(site, link, item, &address);
	else
		delivery->address(site, link, item, &address);
	buf_addhtml(out, buffer);
	out->overflowed = out->overflowed || address.overflowed;
	wipe(buffer, address.length);
}

/* The files of a link, each with its size and the address that opens it. */
static void page_files(struct buf *out, const struct view *view,
    const struct site *site, const struct given *given)
{
	size_t i;

	buf_adds(out, "<ul id=\"redeem-files\">\n");
	for (i = 0; i < given->items->count; i++) {
		const struct item *item = &given->items->item[i];

		buf_adds(out, "<li><a href=\"");
		page_address(out, site, given->link, item);
		buf_adds(out, "\">");
		buf_addhtml(out, item->name);
		buf_adds(out, " <span class=\"redeem-size\">");
		buf_addsize(out, view->language, item->size);
		buf_adds(out, "</span></a></li>\n");
	}
	buf_adds(out, "</ul>\n");
}

/* What is left after this, and that a download which breaks off is free. */
static void page_left(
    struct buf *out, const struct view *view, const struct given *given)
{
	struct phrase_arg number = arg_number(given->left, 1);
	struct tm tm;

	buf_adds(out, "<p class=\"redeem-note\">");
	buf_addphrase(out, view->language, FILES_BEGUN);
	if (given->free_until > view->now &&
	    localtime_r(&given->free_until, &tm) != NULL) {
		struct phrase_arg date = arg_date(view->language, &tm);
		struct phrase_arg clock = arg_time(view->language, &tm);

		buf_adds(out, " <span id=\"redeem-retry\">");
		buf_addsentence(out, view->language, FILES_RETRY, date.string,
		    clock.string, "");
		buf_adds(out, "</span>");
	}
	buf_adds(out, "</p>\n<p id=\"redeem-left\">");
	/* the owner may have lowered the limit since this use was counted */
	buf_addsentence(out, view->language,
	    given->left < 1      ? LEFT_NONE :
		given->left == 1 ? LEFT_ONE :
				   LEFT_MANY,
	    number.string, "", "");
	buf_adds(out, "</p>\n");
}

/*
 * The page inside a link: its files, and what else there is to know. A single
 * file starts by itself, without a script.
 */
static void page_list(struct buf *out, const struct view *view,
    const struct site *site, const struct given *given)
{
	bool one = given->items->count == 1;
	struct filling filling = {one ? TITLE_FORM : TITLE_FILES, ""};
	char buffer[LOCATION_SIZE + 64];
	struct buf head = buf_init(buffer, sizeof(buffer));
	const char *rest;

	if (one) {
		buf_adds(
		    &head, "<meta http-equiv=\"refresh\" content=\"0;url=");
		page_address(&head, site, given->link, &given->items->item[0]);
		buf_adds(&head, "\">\n");
	}
	filling.head = buffer;
	rest = page_begin(out, view, &filling);
	buf_adds(out, "<div id=\"redeem-message\"><p data-outcome=\"files\">");
	buf_addphrase(out, view->language, one ? FILES_STARTED : FILES_TAP);
	buf_adds(out, " ");
	page_until(out, view, given->link);
	buf_adds(out, "</p></div>\n");
	page_files(out, view, site, given);
	page_left(out, view, given);
	page_end(out, view, &filling, rest);
	out->overflowed = out->overflowed || head.overflowed;
	wipe(buffer, head.length);
}

/*
 * Adds the character at the start of STRING in ASCII, as &#NUMBER; where it has
 * to be (HTML, 13.5); returns its length in bytes.
 */
static size_t buf_addascii(struct buf *out, const char *string)
{
	size_t length = utf8_length(string), i;
	long point = (unsigned char)*string;

	if (length <= 1) {
		buf_adds(out, length == 1 ? (char[]){*string, '\0'} : "?");
		return 1;
	}
	point &= 0x7f >> length;
	for (i = 1; i < length; i++)
		point = point << 6 | (string[i] & 0x3f);
	buf_addf(out, "&#%ld;", point);
	return length;
}

/* Characters at the start of STRING that page_flatten leaves as they are. */
static size_t plain_length(const char *string)
{
	static const bool special[128] = {['\0'] = true,
	    ['\t'] = true,
	    ['\n'] = true,
	    ['\r'] = true,
	    ['"'] = true,
	    ['$'] = true,
	    ['%'] = true,
	    ['\\'] = true};
	const unsigned char *rest = (const unsigned char *)string;

	while (*rest < sizeof(special) && !special[*rest])
		rest++;
	return (size_t)(rest - (const unsigned char *)string);
}

/*
 * Adds PAGE as one line for ErrorDocument "...", in ASCII, as Apache names a
 * charset of its own. There ${ begins a variable, and since 2.4.13 a dollar and
 * a digit are what an expression has matched: such a dollar is written as a
 * number. A backslash quotes, and since 2.4.13 %{ begins a variable: false for
 * a page that has these, or that does not fit.
 */
static bool page_flatten(struct buf *out, const char *page)
{
	while (*page != '\0') {
		size_t plain = plain_length(page);

		buf_addmem(out, page, plain);
		page += plain;
		if (*page == '\\' || (page[0] == '%' && page[1] == '{'))
			return false;
		if (*page == '"') {
			buf_addmem(out, "\\\"", 2);
			page++;
		} else if (*page == '$') {
			buf_adds(out,
			    page[1] == '{' || isdigit((unsigned char)page[1]) ?
				"&#36;" :
				"$");
			page++;
		} else if (is_blank(*page)) {
			buf_addmem(out, " ", 1);
			page++;
		} else if (*page != '\0') {
			page += buf_addascii(out, page);
		}
	}
	return !out->overflowed;
}

/*
 * The page of a link that is over or wrong, as one line that Apache can hold:
 * in the template of VIEW, else in the built-in one. SCRATCH is room for the
 * page as it was.
 */
static bool page_refusal(
    struct buf *out, const struct view *view, char *scratch, size_t size)
{
	struct message message = {OUTCOME_LINK_OVER, "", 0, 0, 0};
	struct view plain = *view;
	struct buf page = buf_init(scratch, size);

	page_answer(&page, view, &message);
	if (!page.overflowed && page_flatten(out, page.bytes))
		return true;
	plain.template = built_in_page;
	page = buf_init(scratch, size);
	*out = buf_init(out->bytes, out->size);
	page_answer(&page, &plain, &message);
	return !page.overflowed && page_flatten(out, page.bytes);
}

/*
 * What the built-in page for refusals depends on: two of them are the same if
 * this is. Empty where the page knows no way back; PAGE_OTHER where it is an
 * owner's, or that is too much to say.
 */
#define PAGE_OTHER "other"
static void page_mark(const struct view *view, char mark[PAGE_MARK_SIZE])
{
	struct buf text = buf_init(mark, PAGE_MARK_SIZE);

	if (view->action[0] == '\0')
		return;
	if (view->template == built_in_page)
		buf_addf(
		    &text, "%s %s", languages[view->language], view->action);
	if (text.length == 0 || text.overflowed)
		memcpy(mark, PAGE_OTHER, sizeof(PAGE_OTHER));
}

/* Does the page for refusals of VIEW stand in the rules of all links? */
static bool page_is_of_all(const struct view *view, const struct site *site)
{
	char mark[PAGE_MARK_SIZE];

	page_mark(view, mark);
	return mark[0] != '\0' && strcmp(mark, PAGE_OTHER) != 0 &&
	    strcmp(mark, site->secure_page) == 0;
}

/* Headers that all pages have. [S10] */
static const char page_headers[] = "Content-Type: text/html; charset=utf-8\n"
				   "Cache-Control: no-store\n"
				   "Vary: Accept-Language\n"
				   "Referrer-Policy: no-referrer\n"
				   "X-Content-Type-Options: nosniff\n"
				   "X-Robots-Tag: noindex\n"
				   "Content-Security-Policy: " PAGE_POLICY;

/*
 * Adds these headers. Forms lead nowhere else, but for those of an owner's page
 * (a newsletter, a payment), and where the answer to ours leads to another
 * host: some browsers ask that of redirects, too (CSP 3, 6.4.2).
 */
static void reply_headers(struct buf *out, const struct shop *shop)
{
	bool away = delivery_of(&shop->settings)->forward != NULL &&
	    shop->settings.start == START_FILE;

	buf_adds(out, page_headers);
	if (shop->view.template == built_in_page && !away)
		buf_adds(out, "; form-action 'self'");
	buf_adds(out, "\n");
}

/* The facts of this request that a page may need. */
static struct message message_of(const struct shop *shop, enum outcome outcome)
{
	struct message message = {outcome, shop->request.typed,
	    shop->record.last, shop->record.expires, shop->wait};

	if (outcome == OUTCOME_NOT_YET)
		message.day = shop->record.from;
	return message;
}

/*
 * Writes a whole answer into OUT: status, headers, page. "Status" comes first:
 * a server takes "Location" alone for a redirect of its own (RFC 3875, 6.2.2).
 */
static void reply_page(
    struct buf *out, const struct shop *shop, enum outcome outcome)
{
	const struct answer *answer = &answers[outcome];
	struct message message = message_of(shop, outcome);

	buf_addf(out, "Status: %s\n%s", answer->status,
	    answer->header != NULL ? answer->header : "");
	reply_headers(out, shop);
	buf_addf(out, "Content-Language: %s\n", languages[shop->view.language]);
	if (outcome == OUTCOME_SLOW_DOWN || outcome == OUTCOME_TRY_AGAIN)
		buf_addf(out, "Retry-After: %ld\n",
		    outcome == OUTCOME_SLOW_DOWN ? shop->wait : WAIT_SECONDS);
	buf_adds(out, "\n");
	if (shop->request.method != METHOD_HEAD)
		page_answer(out, &shop->view, &message);
}

/* The answer that gives a link; its address is encoded already. [S11] */
static void reply_link(struct buf *out, const struct shop *shop)
{
	buf_addf(out, "Status: %s\nLocation: %s\n",
	    answers[OUTCOME_LINK].status, shop->location);
	if (shop->cookie[0] != '\0')
		buf_addf(out, "Set-Cookie: %s\n", shop->cookie);
	buf_adds(out,
	    "Cache-Control: no-store\nReferrer-Policy: no-referrer\n"
	    "Content-Type: text/plain\n\n");
}

/* The headers of a file, or of a part of it. */
static void reply_file(
    struct buf *out, const struct shop *shop, enum outcome outcome)
{
	const struct settings *settings = &shop->settings;
	const struct download *download = &shop->download;
	const struct item *item = &shop->items.item[0];

	buf_addf(out,
	    "Status: %s\nContent-Type: %s\n"
	    "Cache-Control: private, no-store\nReferrer-Policy: no-referrer\n"
	    "X-Content-Type-Options: nosniff\n"
	    "X-Robots-Tag: noindex, nofollow\nContent-Disposition: ",
	    answers[outcome].status, media_type(item->name));
	buf_adddisposition(out, item->name, true);
	buf_adds(out, "\n");
	if (is_handed_over(settings))
		handoff_header(settings, item, out);
	else
		buf_addf(out,
		    "Accept-Ranges: bytes\nETag: %s\nLast-Modified: %s\n"
		    "Content-Length: %lld\n",
		    download->tag, download->date, (long long)download->length);
	if (outcome == OUTCOME_PART)
		buf_addf(out, "Content-Range: bytes %lld-%lld/%lld\n",
		    (long long)download->first,
		    (long long)(download->first + download->length - 1),
		    (long long)download->size);
	buf_adds(out, "\n");
}

/* The answer where a part is asked for that the file does not have. */
static void reply_no_part(struct buf *out, const struct shop *shop)
{
	buf_addf(out,
	    "Status: %s\nContent-Range: bytes */%lld\nCache-Control: no-store\n"
	    "Content-Type: text/plain\nContent-Length: 0\n\n",
	    answers[OUTCOME_NO_PART].status, (long long)shop->download.size);
}

/* What comes before the page that lists several files. */
static void reply_list(struct buf *out, const struct shop *shop)
{
	buf_addf(out, "Status: %s\n", answers[OUTCOME_LIST].status);
	reply_headers(out, shop);
	buf_adds(out, "\n");
}

/* Sends the bytes of an open file; false with errno. */
static bool send_bytes(int out, const struct download *download)
{
	char buffer[SEND_SIZE];
	int64_t pos = download->first, end = pos + download->length;

	while (pos < end) {
		size_t limit = end - pos < SEND_SIZE ? (size_t)(end - pos) :
						       SEND_SIZE;
		ssize_t got = pread(download->fd, buffer, limit, (off_t)pos);

		if (got < 0 && errno == EINTR)
			continue;
		if (got == 0)
			errno = EIO; /* it has become shorter */
		if (got <= 0 || !write_all(out, buffer, (size_t)got))
			return false;
		pos += got;
	}
	return true;
}

/* Puts an answer together, as far as it is in memory. */
static void reply_format(
    struct buf *out, const struct shop *shop, enum outcome outcome)
{
	switch (outcome) {
	case OUTCOME_LINK:
	case OUTCOME_FORWARD: reply_link(out, shop); break;
	case OUTCOME_FILE:
	case OUTCOME_PART: reply_file(out, shop, outcome); break;
	case OUTCOME_NO_PART: reply_no_part(out, shop); break;
	case OUTCOME_LIST: reply_list(out, shop); break;
	default: reply_page(out, shop, outcome); break;
	}
}

/* Sends what follows the answer's headers, if it is not there already. */
static bool reply_send_rest(
    int out, const struct shop *shop, enum outcome outcome)
{
	if (shop->request.method != METHOD_GET)
		return true;
	if (outcome == OUTCOME_LIST)
		return write_all(out, shop->list.bytes, shop->list.length);
	if ((outcome == OUTCOME_FILE || outcome == OUTCOME_PART) &&
	    !is_handed_over(&shop->settings))
		return send_bytes(out, &shop->download);
	return true;
}

/* Sends the answer; false with errno if it did not get through whole. */
static bool reply_send(int out, struct shop *shop, enum outcome outcome)
{
	struct buf reply = buf_init(shop->out, sizeof(shop->out));

	reply_format(&reply, shop, outcome);
	if (reply.overflowed)
		complain("an answer did not fit");
	return write_all(out, reply.bytes, reply.length) &&
	    reply_send_rest(out, shop, outcome);
}

/*
 * 15. The shop: opened, closed, checked
 *
 * Without settings that hold, and the page and folders that they name, a shop
 * is not set up, and whatever is asked of it, this is the answer. The log of
 * errors then has what --check would call WRONG, as far as that can be told
 * without writing anything.
 */

/* What main calls, and the tests, which include this file without main. */
enum outcome redeem(struct shop *shop, int in, int out);
void shop_close(struct shop *shop);
int shell(struct shop *shop, const char *program, const char *option);

/* What is wrong with PAGE as a template, or NULL. */
static const char *template_wrong(const char *page)
{
	const char *mark = page;
	int markers = 0;

	if (strstr(page, MARKER) == NULL)
		return "has no " MARKER;
	while ((mark = marker_next(mark)) != NULL) {
		mark++;
		markers++;
	}
	return markers > MARKERS_MAX ? "has too many markers" : NULL;
}

/*
 * Makes the owner's page PATH below DIR the template. Returns what is wrong
 * with it, or NULL; if anything is, the template is the built-in one. [S13]
 */
static const char *template_load(struct shop *shop, int dir, const char *path)
{
	const char *wrong;

	shop->view.template = built_in_page;
	if (read_file(dir, path, shop->page, sizeof(shop->page)) < 0)
		return errno == EFBIG ? "is over " TEXT(PAGE_KIB) " KiB" :
					read_error(errno);
	wrong = template_wrong(shop->page);
	if (wrong == NULL)
		shop->view.template = bom_skip(span_of(shop->page)).bytes;
	return wrong;
}

/* As template_load, of the page that the settings name; else the built-in. */
static const char *page_load(struct shop *shop)
{
	const char *name = shop->settings.page;
	char path[2 * PATH_SIZE];
	struct buf text = buf_init(path, sizeof(path));

	shop->view.template = built_in_page;
	if (*name == '\0')
		return NULL;
	if (*name != '/')
		buf_addf(&text, "%s/", shop->settings.home);
	buf_adds(&text, name);
	return template_load(shop, AT_FDCWD, path);
}

/* What came of opening a shop. */
struct opened {
	const char *page; /* what is wrong with it, or NULL */
	int home; /* an error number, or 0 */
	bool delivery; /* if not, there was a complaint */
};

/* Opens what the settings name, as far as that is possible. */
static struct opened shop_open(struct shop *shop)
{
	const struct delivery *delivery = delivery_of(&shop->settings);
	struct opened opened = {NULL, 0, true};

	shop->site.home = directory_open(shop->settings.home);
	if (shop->site.home < 0)
		opened.home = errno;
	if (delivery->open != NULL)
		opened.delivery = delivery->open(&shop->site);
	/* last, since what is wrong may be strerror's, until its next call */
	opened.page = page_load(shop);
	return opened;
}

static void descriptor_close(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

void shop_close(struct shop *shop)
{
	descriptor_close(&shop->site.home);
	descriptor_close(&shop->site.secure);
	descriptor_close(&shop->download.fd);
}

/*
 * Wipes all that SHOP still holds of the code, of the link's secrets and of the
 * settings' once the answer is sent. What else had them, on the stack, each
 * function has wiped itself; what libc leaves there is out of its reach (musl's
 * printf: up to 80 bytes of text). [S16]
 */
static void shop_wipe(struct shop *shop)
{
	wipe(shop->request.typed, sizeof(shop->request.typed));
	wipe(&shop->record, sizeof(shop->record));
	shop->record.fd = -1;
	wipe_string(shop->location);
	wipe_string(shop->cookie);
	wipe_string(shop->out);
	wipe(shop->list.bytes, shop->list.length);
	wipe(shop->settings.text, shop->settings.size);
}

/* Initialises SHOP: nothing is open, nothing known. */
static void shop_begin(struct shop *shop)
{
	shop->site.home = shop->site.secure = -1;
	shop->site.rules = RULES_CURRENT;
	shop->site.secure_page[0] = '\0';
	shop->download.fd = -1;
	shop->site.settings = &shop->settings;
	shop->site.script = shop->request.script;
	shop->request.script[0] = '\0';
	shop->request.languages = "";
	shop->record.last = 0;
	shop->view.language = LANGUAGE_ENGLISH;
	shop->view.template = built_in_page;
	shop->view.action = shop->request.script;
	shop->view.contact = "";
	shop->location[0] = shop->cookie[0] = '\0';
	shop->out[0] = '\0';
	shop->list = buf_room(shop->list_room, sizeof(shop->list_room));
	shop->wait = 0;
	(void)umask(0);
}

/*
 * What pages need of settings and request. Where the world's address of the
 * form is known, it is that, whatever a proxy has made of SCRIPT_NAME.
 */
static void view_of_settings(struct shop *shop)
{
	const struct settings *settings = &shop->settings;
	const char *host = strstr(settings->address, "://");
	const char *path = host != NULL ? strchr(host + 3, '/') : NULL;

	shop->view.language = language_choose(
	    shop->request.languages, settings->language);
	shop->view.contact = settings->contact;
	if (path != NULL && is_url_path(path))
		shop->site.script = shop->view.action = path;
}

/*
 * Who hears of a check: the shell all of it, the log of errors what is WRONG.
 */
enum audience { FOR_SHELL, FOR_LOG };

/* Prints one line: a MARK, WHAT it is about, the rest. */
LIKE_PRINTF(4, 0)
static bool check_vline(enum audience to, const char *mark, const char *what,
    const char *format, va_list rest)
{
	char line[3 * PATH_SIZE];
	struct buf text = buf_init(line, sizeof(line));

	buf_addf(&text, "%-6s %-10s", mark, what);
	buf_vaddfault(&text, format, rest);
	if (to == FOR_LOG) {
		complain("%s", line);
		return true;
	}
	buf_adds(&text, "\n");
	return write_all(STDOUT_FILENO, line, text.length);
}

/* Prints one --check line; returns GOOD. */
LIKE_PRINTF(4, 5)
static bool check_line(
    enum audience to, bool good, const char *what, const char *format, ...)
{
	va_list rest;
	bool printed = true;

	va_start(rest, format);
	if (to == FOR_SHELL || !good)
		printed = check_vline(
		    to, good ? "ok" : "WRONG", what, format, rest);
	va_end(rest);
	return printed && good;
}

/* Prints a --check line about what is not wrong, but could be better. */
LIKE_PRINTF(2, 3)
static void advise(const char *what, const char *format, ...)
{
	va_list rest;

	va_start(rest, format);
	(void)check_vline(FOR_SHELL, "advice", what, format, rest);
	va_end(rest);
}

/* Can other users of this machine reach the directory PATH? */
static bool others_enter(const char *path)
{
	char part[PATH_SIZE];
	struct buf text = buf_init(part, sizeof(part));
	struct stat st;
	char *slash;

	buf_adds(&text, path);
	while ((slash = strrchr(part, '/')) != NULL && slash != part) {
		if (stat(part, &st) == 0 && (st.st_mode & S_IXOTH) == 0)
			return false;
		*slash = '\0';
	}
	return true;
}

/* Makes a file among the codes, locks and syncs it. False with errno. */
static bool try_code(int home)
{
	static const char name[] = "codes/.check";
	bool good;
	int fd, error;

	(void)unlinkat(home, name, 0);
	fd = openat(home, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return false;
	good = lock_until(fd, 0) && pwrite_whole(fd, "x", 1) &&
	    sync_data(fd) == 0;
	error = errno;
	if (close(fd) != 0 || unlinkat(home, name, 0) != 0) {
		error = errno;
		good = false;
	}
	errno = error;
	return good;
}

/* Nobody else may list or change the codes; we can write, lock and sync. */
static bool check_codes(enum audience to, const struct site *site)
{
	const char *home = site->settings->home;
	struct stat st;
	bool good;

	if (fstatat(site->home, "codes", &st, 0) != 0 || !S_ISDIR(st.st_mode))
		return check_line(
		    to, false, "codes", "%s/codes: no such directory", home);
	if ((st.st_mode & (S_IROTH | S_IWOTH)) != 0 && others_enter(home))
		return check_line(to, false, "codes",
		    "others can list them: chmod 700 %s/codes", home);
	if (to == FOR_LOG)
		return true;
	good = try_code(site->home);
	return check_line(to, good, "codes",
	    "can%s be written, locked and synced%s%s", good ? "" : "not",
	    good ? "" : ": ", good ? "" : strerror(errno));
}

/* The folder of what is sold can be read. */
static bool check_files(enum audience to, const struct site *site)
{
	bool good = faccessat(site->home, "files", R_OK | X_OK, 0) == 0;

	return check_line(to, good, "files", "%s/files%s%s",
	    site->settings->home, good ? "" : ": ",
	    good ? "" : strerror(errno));
}

/* The log can be written, or created if there is none. */
static bool check_log(enum audience to, const struct site *site)
{
	int fd = openat(site->home, "log",
	    O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	/* if it were created here, it would be this user's */
	bool good = fd >= 0 ?
	    close(fd) == 0 :
	    errno == ENOENT && faccessat(site->home, ".", W_OK | X_OK, 0) == 0;

	if (!good)
		return check_line(to, false, "log", "%s/log: %s",
		    site->settings->home, strerror(errno));
	return check_line(to, true, "log", "can be written");
}

/* The table of failed tries; without it nobody is slowed. [S15] */
static bool check_attempts(enum audience to, const struct site *site)
{
	bool good = attempts_usable(site->home);

	return check_line(to, good, "attempts", "%s/attempts%s%s",
	    site->settings->home, good ? ": can be written" : ": ",
	    good ? "" : strerror(errno));
}

/*
 * Finds the options of the mount with the device DEVICE, such as "0:48", in the
 * text of /proc/self/mountinfo (proc(5)); empty if it is not there.
 */
static struct span mount_options(struct span table, const char *device)
{
	struct span none = {"", 0};

	while (table.length > 0) {
		struct span line = span_split(&table, '\n');
		struct span field = line;
		int i;

		(void)span_split(&line, ' ');
		(void)span_split(&line, ' ');
		if (!span_is(span_split(&line, ' '), device))
			continue;
		/* any number of fields, then "-", type, source, options */
		while (field.length > 0 && !span_is(field, "-"))
			field = span_split(&line, ' ');
		for (i = 0; i < 3; i++)
			field = span_split(&line, ' ');
		return field;
	}
	return none;
}

/* Mount options of NFS with which uses are lost or links given twice: nfs(5) */
static const struct {
	const char *option, *why;
} nfs_faults[] = {
    {"nolock", "other machines do not see locks: mount it without nolock"},
    {"local_lock=flock",
	"other machines do not see locks: "
	"mount it without local_lock"},
    {"local_lock=all",
	"other machines do not see locks: "
	"mount it without local_lock"},
    {"soft",
	"uses are lost when the server is slow: mount it with hard, "
	"not soft"},
    {"softerr",
	"uses are lost when the server is slow: mount it with hard, "
	"not softerr"},
};

/* Returns what is wrong with mount OPTIONS of NFS, or NULL. */
static const char *nfs_fault(struct span options)
{
	while (options.length > 0) {
		struct span option = span_split(&options, ',');
		size_t i;

		for (i = 0; i < LENGTH(nfs_faults); i++)
			if (span_is(option, nfs_faults[i].option))
				return nfs_faults[i].why;
	}
	return NULL;
}

/* Is it a version of NFS that keeps a crowd waiting? */
static bool nfs_old(struct span options)
{
	while (options.length > 0) {
		struct span option = span_split(&options, ',');

		if (span_is(option, "vers=2") || span_is(option, "vers=3") ||
		    span_is(option, "vers=4.0"))
			return true;
	}
	return false;
}

/* What was seen with codes on NFS: README, "Growing". */
static void advise_nfs(bool old)
{
	advise("locks",
	    "export it with sync: a server with async that crashes forgets "
	    "uses");
	advise("locks",
	    "set fs.leases-enable=0 on the server: a delegation may hold up "
	    "another machine for minutes");
	advise("locks",
	    "a code that was asked for before it was minted on another machine "
	    "stays unknown for half a minute");
	if (old)
		advise("locks",
		    "mount it with vers=4.1 or 4.2: with older ones a crowd is "
		    "told to try again, and with 3 a code stays locked until a "
		    "machine that vanished is back");
}

/* Checks the mount OPTIONS of codes on NFS, which other machines use, too. */
static bool check_nfs(enum audience to, struct span options)
{
	const char *why = nfs_fault(options);

	if (why != NULL)
		(void)check_line(
		    to, false, "locks", "codes are on NFS, and %s", why);
	else
		(void)check_line(to, true, "locks",
		    "codes are on NFS, with locks on the server");
	if (to == FOR_SHELL)
		advise_nfs(nfs_old(options));
	return why == NULL;
}

/* Reads the table of mounts; each read(2) gives a page of it at most. */
static struct span mounts_read(char *buffer, size_t size)
{
	struct span table = {buffer, 0};
	int fd = openat(AT_FDCWD, "/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
	ssize_t length;

	if (fd < 0)
		return table;
	length = read_all(fd, buffer, size);
	(void)close(fd);
	table.length = length > 0 ? (size_t)length : 0;
	return table;
}

/* If codes are on NFS, other machines must see our locks. */
static bool check_locks(enum audience to, const struct site *site)
{
	char table[PAGE_MAX], device[48];
	struct buf text = buf_init(device, sizeof(device));
	struct span options;
	struct stat st;
	long long high, low;
	int fd = openat(
	    site->home, "codes", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool nfs = fd >= 0 && fstat(fd, &st) == 0 && is_on_nfs(fd);

	if (fd >= 0)
		(void)close(fd);
	if (!nfs)
		return true;
	device_numbers(st.st_dev, &high, &low);
	buf_addf(&text, "%lld:%lld", high, low);
	options = mount_options(mounts_read(table, sizeof(table)), device);
	if (options.length == 0)
		return check_line(to, false, "locks",
		    "codes are on NFS, and how it is mounted cannot be seen");
	return check_nfs(to, options);
}

/*
 * Makes a link with no file in it, as for a buyer, and takes it back. With
 * Apache the first link writes the rules of secure, with a page for buyers who
 * come too late; SCRIPT_NAME or "address" tells it the way back to the form.
 */
static bool try_link(struct shop *shop)
{
	const struct site *site = &shop->site;
	const struct delivery *delivery = delivery_of(site->settings);
	struct buf refusal = buf_init(shop->refusal, sizeof(shop->refusal));
	struct link link = {0, "", ""};
	char mark[PAGE_MARK_SIZE];
	struct offer offer = {&link, &shop->items, shop->refusal, shop->refusal,
	    mark, &shop->list, shop->out};
	bool lists = faccessat(site->home, "lists", F_OK, 0) == 0;
	bool good;

	shop->items.count = 0;
	request_script(&shop->request);
	buf_adds(&shop->list, "a page");
	page_mark(&shop->view, mark);
	good = page_refusal(
		   &refusal, &shop->view, shop->out, sizeof(shop->out)) &&
	    link_draw(&link, site->now + site->settings->window) &&
	    delivery->publish(site, &offer);
	if (good)
		delivery->withdraw(site, &link);
	/* left behind, it would be this user's and not the program's */
	if (!lists)
		(void)unlinkat(site->home, "lists", AT_REMOVEDIR);
	return good;
}

/* The delivery's folder: it could be OPENED, and links can be made in it. */
static bool check_delivery(enum audience to, struct shop *shop, bool opened)
{
	const struct delivery *delivery = delivery_of(&shop->settings);
	char folder[2 * PATH_SIZE];
	struct buf path = buf_init(folder, sizeof(folder));
	bool good = opened && (to == FOR_LOG || try_link(shop));

	delivery->folder_path(&shop->settings, &path);
	return check_line(to, good, delivery->folder, "%s: links can%s be kept",
	    folder, good ? "" : "not");
}

/* Can the delivery do here what its settings ask for? */
static bool check_fit(enum audience to, const struct site *site)
{
	const struct delivery *delivery = delivery_of(site->settings);
	const char *why = delivery->unfit != NULL ? delivery->unfit(site) :
						    NULL;

	return why == NULL || check_line(to, false, "links", "%s", why);
}

/* Shows the clock and the time zone, which must be the web server's. */
static bool check_clock(enum audience to, const struct site *site)
{
	static const time_t first_release = 1767225600; /* 2026-01-01 */
	char shown[APACHE_TIME_SIZE];
	struct tm tm;
	long minutes;

	if (!apache_time(site->now, &tm, shown))
		return check_line(to, false, "clock", "cannot be shown");
	minutes = (long)(tm_seconds(&tm) - site->now) / 60;
	return check_line(to, site->now >= first_release, "clock",
	    "%s %s (UTC%c%02ld:%02ld)", delivery_of(site->settings)->clock,
	    shown, minutes < 0 ? '-' : '+', labs(minutes) / 60,
	    labs(minutes) % 60);
}

/* The owner's page, with what was WRONG when it was read, or NULL. */
static bool check_page(enum audience to, const struct view *view,
    const char *page, const char *wrong)
{
	if (*page == '\0')
		return check_line(to, true, "page", "built in");
	if (wrong == NULL && !is_utf8(view->template))
		wrong = "is not UTF-8, so umlauts and accents are garbled";
	return check_line(to, wrong == NULL, "page", "%s%s%s", page,
	    wrong == NULL ? "" : ": ", wrong == NULL ? "" : wrong);
}

/* Checks what was OPENED, and all that a redemption needs besides. */
static bool check_shop(
    enum audience to, struct shop *shop, struct opened opened)
{
	const struct site *site = &shop->site;
	const struct settings *settings = &shop->settings;
	bool home = opened.home == 0;
	bool good = check_page(to, &shop->view, settings->page, opened.page);

	good = check_line(to, home, "home", "%s%s%s", settings->home,
		   home ? "" : ": ", home ? "" : strerror(opened.home)) &&
	    good;
	if (home) {
		good = check_codes(to, site) && good;
		good = check_locks(to, site) && good;
		good = check_files(to, site) && good;
		good = check_log(to, site) && good;
		good = check_attempts(to, site) && good;
	}
	if (home || !opened.delivery)
		good = check_delivery(to, shop, opened.delivery) && good;
	if (home && opened.delivery)
		good = check_fit(to, site) && good;
	return check_clock(to, site) && good;
}

/*
 * Reads and opens all that answers need. If that fails, the log of errors gets
 * all that is wrong, and the shop is not set up. [S13]
 */
static bool shop_load(struct shop *shop)
{
	bool good = settings_load(&shop->settings, env("SCRIPT_FILENAME"));
	struct opened opened;

	view_of_settings(shop);
	if (!good)
		return check_line(
		    FOR_LOG, false, "settings", "%s", shop->settings.file);
	opened = shop_open(shop);
	if (opened.page == NULL && opened.home == 0 && opened.delivery)
		return true;
	return check_shop(FOR_LOG, shop, opened) && false;
}

/*
 * 16. redeem: from the form to the link
 */

/*
 * Appends LINE to the open log, whole or not at all: if the disk fills up in
 * the middle of it, that part is cut off, unless another line follows it
 * already.
 */
static bool log_append(int fd, const struct buf *line)
{
	ssize_t put;
	struct stat st;
	off_t end;
	int error;

	do
		put = write(fd, line->bytes, line->length);
	while (put < 0 && errno == EINTR);
	if (put == (ssize_t)line->length)
		return true;
	error = put < 0 ? errno : ENOSPC;
	end = lseek(fd, 0, SEEK_CUR);
	if (put > 0 && end >= put && fstat(fd, &st) == 0 && st.st_size == end &&
	    ftruncate(fd, end - put) != 0)
		error = errno;
	errno = error;
	return false;
}

/*
 * Appends LINE to home/log under a lock, without which lines get lost if
 * several hosts write over NFS. A log that cannot be locked or written stops
 * nothing.
 * Closed while the record's lock is still held, so that other hosts see it.
 */
static void log_add(int home, const struct buf *line)
{
	int fd = openat(home, "log",
	    O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK,
	    0600);

	if (fd < 0) {
		complain("log: %s", strerror(errno));
		return;
	}
	if (!lock_until(fd, monotonic_seconds() + LOG_SECONDS))
		complain("log: not locked: %s", strerror(errno));
	if (!log_append(fd, line))
		complain("log: %s", strerror(errno));
	if (close(fd) != 0)
		complain("log: %s", strerror(errno));
}

/* Begins a line on the record for the log: when, WORD and the code. */
static struct buf log_begin(struct shop *shop, const char *word)
{
	struct buf line = buf_init(shop->out, sizeof(shop->out));

	buf_addinstant(&line, shop->site.now);
	buf_addf(&line, " %s %s ", word, shop->record.name);
	return line;
}

/* Ends LINE and adds it to the log. */
static void log_end(const struct shop *shop, struct buf *line)
{
	buf_adds(line, "\n");
	if (line->overflowed)
		complain("log: no room for a line");
	else
		log_add(shop->site.home, line);
	wipe(line->bytes, line->length);
}

/* Logs WORD with the uses that are counted, the limit, and what is sold. */
static void log_uses(struct shop *shop, const char *word, long uses)
{
	struct buf line = log_begin(shop, word);
	struct span rest = shop->record.body;
	struct span file;

	buf_addf(&line, "%ld/%ld", uses, shop->record.limit);
	while (record_file(&rest, &file)) {
		char name[RECORD_MAX + 1];

		buf_adds(&line, " ");
		if (span_copy(file, name, sizeof(name)))
			buf_addurl(&line, name);
	}
	log_end(shop, &line);
}

/* Logs that the code is broken, and for what REASON, in one line. */
static void log_broken(struct shop *shop, const char *reason)
{
	struct buf line = log_begin(shop, "broken");

	buf_addpercent(&line, reason, " :/");
	log_end(shop, &line);
}

/*
 * The page of a code's own, around what its buyer sees from now on; without it,
 * that of the settings.
 */
static void view_of_record(struct shop *shop)
{
	struct span page = shop->record.page;
	char path[PATH_SIZE];
	const char *wrong;

	if (page.length == 0)
		return;
	if (!span_copy(page, path, sizeof(path)) || path[0] == '/')
		wrong = "must be a path below the home";
	else
		wrong = template_load(shop, shop->site.home, path);
	if (wrong == NULL)
		return;
	complain("%.*s: page: %s", (int)page.length, page.bytes, wrong);
	(void)page_load(shop);
}

/*
 * Before that: what a folder of links says where a link is gone, if that must
 * be written. It is nobody's own page, in the language of the settings.
 */
static void view_of_all(struct shop *shop)
{
	struct view view = shop->view;
	struct buf refusal = buf_room(
	    shop->refusal_of_all, sizeof(shop->refusal_of_all));

	if (shop->site.rules == RULES_CURRENT)
		return;
	view.language = language_choose("", shop->settings.language);
	page_mark(&view, shop->mark_of_all);
	if (!page_refusal(&refusal, &view, shop->out, sizeof(shop->out)))
		shop->refusal_of_all[0] = shop->mark_of_all[0] = '\0';
}

/* What a link opens first: its one file, or NULL for its page. */
static const struct item *first_item(const struct shop *shop)
{
	return shop->settings.start == START_FILE && shop->items.count == 1 ?
	    &shop->items.item[0] :
	    NULL;
}

/* Will the browser get a cookie? Only where it cannot go to all of the site. */
static bool sets_cookie(const struct shop *shop)
{
	return shop->settings.retry > 0 && shop->site.script[0] != '\0';
}

/* The page inside the link that CHANGE gives, if it has one. */
static void give_list(struct shop *shop, const struct change *change)
{
	struct given given = {change->link, &shop->items,
	    shop->record.limit - change->uses,
	    sets_cookie(shop) ? change->last + shop->settings.retry : 0};

	shop->list = buf_room(shop->list_room, sizeof(shop->list_room));
	if (first_item(shop) == NULL)
		page_list(&shop->list, &shop->view, &shop->site, &given);
}

/*
 * Publishes a new link and counts it, in this order; if the second part fails,
 * the first is undone. OUTCOME_LINK if the buyer may be told, OUTCOME_NONE if
 * all must start over, for an editor has put another file in the record's place
 * meanwhile, so that nothing is counted there. REASON gets what is wrong with
 * the code. [S2] [S3] [S4]
 */
static enum outcome give(
    struct shop *shop, const struct change *change, struct buf *reason)
{
	const struct delivery *delivery = delivery_of(&shop->settings);
	bool alike = page_is_of_all(&shop->view, &shop->site);
	struct buf refusal = buf_room(shop->refusal, sizeof(shop->refusal));
	struct offer offer = {change->link, &shop->items,
	    alike ? "" : shop->refusal, shop->refusal_of_all, shop->mark_of_all,
	    &shop->list, shop->out};
	int error;

	if (!record_has_room(&shop->record, change))
		return fail(reason, OUTCOME_BROKEN,
		    "%s: no room for what a use adds", shop->record.path);
	give_list(shop, change);
	if ((!alike &&
		!page_refusal(
		    &refusal, &shop->view, shop->out, sizeof(shop->out))) ||
	    shop->list.overflowed) {
		complain("%s: no room for its pages", shop->record.path);
		return OUTCOME_TRY_AGAIN;
	}
	if (!delivery->publish(&shop->site, &offer))
		return OUTCOME_TRY_AGAIN;
	if (!record_write(&shop->record, change)) {
		delivery->withdraw(&shop->site, change->link);
		return OUTCOME_TRY_AGAIN;
	}
	if (record_in_place(&shop->record, shop->site.home))
		return OUTCOME_LINK;
	error = errno;
	delivery->withdraw(&shop->site, change->link);
	if (is_replaced(error))
		return OUTCOME_NONE;
	complain("%s: %s", shop->record.path, strerror(error));
	record_restore(&shop->record);
	return OUTCOME_TRY_AGAIN;
}

/*
 * Do COOKIES, the header of that name, hold the secret of the link that RECORD
 * has? Then its last use was counted for this browser. [S16]
 */
static bool cookie_is_ours(const char *cookies, const struct record *record)
{
	struct span rest = span_of(cookies);
	char name[COOKIE_NAME_SIZE];
	bool found = false;

	if (rest.length == 0 || record->link.token[0] == '\0')
		return false;
	cookie_name(record->name, name);
	while (rest.length > 0) {
		struct span value = span_trim(span_split(&rest, ';'));

		if (span_is(span_split(&value, '='), name) &&
		    value.length == HEX_SIZE - 1 &&
		    equal_const_time(
			value.bytes, record->link.secret, HEX_SIZE - 1))
			found = true;
	}
	return found;
}

/* Does the world reach the form over HTTPS? */
static bool is_https(const struct settings *settings)
{
	return equals_nocase(span_of(env("HTTPS")), "on") ||
	    strcmp(env("REQUEST_SCHEME"), "https") == 0 ||
	    strncmp(settings->address, "https:", 6) == 0;
}

/*
 * The cookie by which the browser that a use was counted for has its link again
 * (RFC 6265). Without a path of its own it would go to all the site.
 */
static void cookie_format(struct shop *shop, const struct link *link)
{
	struct buf cookie = buf_init(shop->cookie, sizeof(shop->cookie));
	char name[COOKIE_NAME_SIZE];

	if (!sets_cookie(shop))
		return;
	cookie_name(shop->record.name, name);
	buf_addf(&cookie,
	    "%s=%s; Max-Age=%ld; Path=%s; HttpOnly; "
	    "SameSite=Strict%s",
	    name, link->secret, shop->settings.retry, shop->site.script,
	    is_https(&shop->settings) ? "; Secure" : "");
	if (cookie.overflowed)
		shop->cookie[0] = '\0';
}

/*
 * Gives the record's link again, or a new one as CHANGE says. OUTCOME_NONE if
 * all must start over; REASON gets what is wrong with the code. [S3]
 */
static enum outcome serve_code(struct shop *shop, enum decision decision,
    struct change *change, struct buf *reason)
{
	const struct delivery *delivery = delivery_of(&shop->settings);
	struct buf location = buf_init(shop->location, sizeof(shop->location));
	struct link link = shop->record.link;
	bool fresh = decision != GIVE_SAME ||
	    !delivery->alive(&shop->site, &link, first_item(shop));
	enum outcome outcome = OUTCOME_LINK;

	if (fresh && !link_draw(&link, shop->site.now + shop->settings.window))
		return OUTCOME_TRY_AGAIN;
	change->link = &link;
	/* before anything is counted: an address may be too long to be told */
	delivery->address(&shop->site, &link, first_item(shop), &location);
	if (location.overflowed)
		outcome = OUTCOME_TRY_AGAIN;
	else if (fresh)
		outcome = give(shop, change, reason);
	if (outcome == OUTCOME_LINK)
		cookie_format(shop, &link);
	change->link = NULL;
	wipe(&link, sizeof(link));
	return outcome;
}

/* Refuses what the record that is open and locked does not entitle to. */
static enum outcome refuse_code(struct shop *shop, enum decision decision)
{
	static const struct {
		enum outcome outcome;
		const char *word;
	} refusals[] = {
	    [REFUSE_USED_UP] = {OUTCOME_USED_UP, "used-up"},
	    [REFUSE_EXPIRED] = {OUTCOME_EXPIRED, "expired"},
	    [REFUSE_NOT_YET] = {OUTCOME_NOT_YET, "not-yet"},
	};

	log_uses(shop, refusals[decision].word, shop->record.uses);
	return refusals[decision].outcome;
}

/*
 * Serves the record that is open and locked. OUTCOME_NONE if all must start
 * over; REASON gets what is wrong with the code.
 */
static enum outcome serve(struct shop *shop, struct buf *reason)
{
	const struct record *record = &shop->record;
	const struct site *site = &shop->site;
	enum decision decision = decide(record, &shop->settings, site->now,
	    local_day(site->now),
	    cookie_is_ours(shop->request.cookies, record));
	struct change change = {record->uses, record->last, NULL};
	enum outcome outcome;

	view_of_all(shop);
	view_of_record(shop);
	if (decision != GIVE_COUNTED && decision != GIVE_FREE &&
	    decision != GIVE_SAME)
		return refuse_code(shop, decision);
	outcome = items_collect(&shop->items, site->home, record);
	if (outcome == OUTCOME_NONE)
		outcome = items_examine(site, &shop->items);
	if (outcome == OUTCOME_BROKEN)
		return fail(reason, outcome, "%s", shop->items.reason);
	if (outcome != OUTCOME_NONE)
		return outcome;
	if (decision == GIVE_COUNTED) {
		change.uses++;
		change.last = site->now;
	}
	outcome = serve_code(shop, decision, &change, reason);
	if (outcome == OUTCOME_LINK)
		log_uses(shop, decision == GIVE_COUNTED ? "redeemed" : "again",
		    change.uses);
	return outcome;
}

/*
 * Tenths of a failed try that OUTCOME counts as. A code that is used up or
 * expired is one, or whoever has it could fill the log; a mistyped one cannot
 * be told from a wrong one that an owner made by hand. [S15]
 */
static int64_t failed_tries(enum outcome outcome)
{
	switch (outcome) {
	case OUTCOME_UNKNOWN:
	case OUTCOME_USED_UP:
	case OUTCOME_EXPIRED: return FAILED_TRY;
	case OUTCOME_MISTYPED: return 1;
	default: return 0;
	}
}

/*
 * Looks CODE up and serves it under its lock. OUTCOME_NONE if all must start
 * over with the file that is now in the place of the record's. [S2]
 */
static enum outcome redeem_once(
    struct shop *shop, const struct code *code, time_t deadline)
{
	struct record *record = &shop->record;
	struct buf reason = buf_room(shop->reason, sizeof(shop->reason));
	enum outcome outcome = record_open(
	    record, shop->site.home, code, deadline, &reason);

	shop->site.now = shop->view.now = time(NULL);
	if (outcome == OUTCOME_NONE)
		outcome = serve(shop, &reason);
	if (reason.length > 0) {
		complain("%s", reason.bytes);
		if (outcome == OUTCOME_BROKEN)
			log_broken(shop, reason.bytes);
	}
	record_close(record);
	return outcome;
}

/* The same, starting over where that must be. */
static enum outcome redeem_code(struct shop *shop, const struct code *code)
{
	time_t deadline = monotonic_seconds() + WAIT_SECONDS;
	enum outcome outcome;

	/* a file that was replaced may have had a page of its own */
	while ((outcome = redeem_once(shop, code, deadline)) == OUTCOME_NONE &&
	    monotonic_seconds() < deadline)
		(void)page_load(shop);
	if (outcome == OUTCOME_NONE) {
		complain("codes: %s: replaced again and again",
		    code->exact[0] != '\0' ? code->exact : code->group);
		return OUTCOME_TRY_AGAIN;
	}
	if (outcome == OUTCOME_LINK)
		delivery_of(&shop->settings)->sweep(&shop->site);
	if (outcome == OUTCOME_UNKNOWN && code_mistyped(code))
		return OUTCOME_MISTYPED;
	return outcome;
}

/* Serves the code that was typed, unless its sender has to wait. [S15] */
static enum outcome redeem_typed(struct shop *shop)
{
	const struct request *request = &shop->request;
	const struct site *site = &shop->site;
	long tries = shop->settings.tries;
	struct code code;
	enum outcome outcome = code_parse(&code, request->typed);

	if (outcome == OUTCOME_NONE) {
		shop->wait = attempts_wait(
		    site->home, request->address, tries, site->now);
		outcome = shop->wait > 0 ? OUTCOME_SLOW_DOWN :
					   redeem_code(shop, &code);
		attempts_add(site->home, request->address, tries,
		    failed_tries(outcome), site->now);
	}
	wipe(&code, sizeof(code));
	return outcome;
}

/* The answer for ITEM where another server has it. */
static enum outcome serve_forward(struct shop *shop, const struct item *item)
{
	struct buf location = buf_init(shop->location, sizeof(shop->location));

	delivery_of(&shop->settings)->forward(&shop->site, item, &location);
	return location.overflowed ?
	    items_broken(
		&shop->items, "%s: its address is too long", item->path) :
	    OUTCOME_FORWARD;
}

/* The answer for the file WHAT, or the part of it that is asked for. */
static enum outcome serve_file(struct shop *shop, struct span what)
{
	enum outcome outcome = items_add_one(
	    &shop->items, shop->site.home, what);

	if (outcome == OUTCOME_NONE &&
	    delivery_of(&shop->settings)->forward != NULL)
		outcome = serve_forward(shop, &shop->items.item[0]);
	else if (outcome == OUTCOME_NONE)
		outcome = download_open(
		    &shop->download, &shop->items, shop->site.home);
	if (outcome == OUTCOME_BROKEN)
		complain("%s", shop->items.reason);
	if (outcome != OUTCOME_NONE)
		return outcome;
	if (is_handed_over(&shop->settings))
		return OUTCOME_FILE;
	switch (download_range(&shop->download, &shop->request)) {
	case RANGE_BEHIND: return OUTCOME_NO_PART;
	case RANGE_PART: return OUTCOME_PART;
	case RANGE_NONE: break;
	}
	return OUTCOME_FILE;
}

/* The answer for the page of LINK that lists several files. */
static enum outcome serve_list(struct shop *shop, const struct link *link)
{
	ssize_t length = list_read(
	    shop->site.home, link, shop->list_room, sizeof(shop->list_room));

	if (length >= 0) {
		shop->list.length = (size_t)length;
		return OUTCOME_LIST;
	}
	if (errno == ENOENT) /* swept, or never told */
		return OUTCOME_LINK_OVER;
	complain("lists: %s", strerror(errno));
	return OUTCOME_TRY_AGAIN;
}

/* Serves a link that has come back to this program; else the form. [S16] */
static enum outcome serve_link(struct shop *shop)
{
	struct link link = {0, "", ""};
	enum outcome outcome;
	struct span what;

	outcome = signed_path_parse(
	    &shop->site, shop->request.path, &what, &link);
	if (outcome == OUTCOME_NONE)
		return OUTCOME_FORM;
	if (outcome == OUTCOME_FILE)
		return serve_file(shop, what);
	return outcome == OUTCOME_LIST ? serve_list(shop, &link) : outcome;
}

/* What a good request comes to. [S8] */
static enum outcome serve_request(struct shop *shop)
{
	if (shop->request.method == METHOD_POST)
		return redeem_typed(shop);
	return serve_link(shop);
}

/*
 * Answers one request: variables of the environment, body from IN, answer to
 * OUT. Returns the outcome. Modes are given with each file that is made, so
 * the umask is out of the way. SHOP need not hold anything before; afterwards
 * shop_close closes what it has open, if the process does not end.
 */
enum outcome redeem(struct shop *shop, int in, int out)
{
	enum outcome outcome;

	shop_begin(shop);
	outcome = request_read(&shop->request, in);
	shop->site.now = shop->view.now = time(NULL);
	if (!shop_load(shop))
		outcome = OUTCOME_NOT_SET_UP;
	else if (outcome == OUTCOME_NONE)
		outcome = serve_request(shop);
	/* a client that disconnects mid-download is not worth logging */
	if (!reply_send(out, shop, outcome) &&
	    (outcome == OUTCOME_LINK || errno != EPIPE))
		complain("the answer was not sent: %s", strerror(errno));
	shop_wipe(shop);
	return outcome;
}

/*
 * 17. From a shell: options, and main
 */

/*
 * Checks the shop of PROGRAM, the path by which it was called, unless a
 * server's variable names another. Returns the exit status: 1 if anything is
 * wrong.
 */
static int check(struct shop *shop, const char *program)
{
	const struct settings *settings = &shop->settings;
	const char *script = env("SCRIPT_FILENAME");
	bool good;

	shop_begin(shop);
	shop->site.now = time(NULL);
	good = check_line(FOR_SHELL,
	    settings_load(&shop->settings, *script != '\0' ? script : program),
	    "settings", "%s", settings->file);
	if (good) {
		view_of_settings(shop);
		(void)check_line(FOR_SHELL, true, "delivery", "%s",
		    delivery_words[settings->delivery]);
		good = check_shop(FOR_SHELL, shop, shop_open(shop));
	}
	shop_close(shop);
	shop_wipe(shop);
	return good ? 0 : 1;
}

static const char usage[] =
    "redeem " VERSION ": a download for whoever holds the code\n"
    "\n"
    "Your web server runs this program as a CGI. From a shell:\n"
    "\n"
    "  redeem --check    checks settings, folders, permissions, clock and\n"
    "                    time zone; the exit status is 1 if anything is wrong\n"
    "  redeem --page     prints the built-in page, to begin your own with\n"
    "  redeem --version  prints the version\n"
    "  redeem --help     prints this\n"
    "\n"
    "Settings are in $REDEEM_CONF, else in .htredeem beside the program, else\n"
    "in .htredeem in the current folder. README says what they mean.\n";

static bool print(int fd, const char *text)
{
	return write_all(fd, text, strlen(text));
}

/*
 * Does what the one OPTION of PROGRAM, a path, asks for. Returns the exit
 * status: 1 if anything is wrong, 2 if there is no such option.
 */
int shell(struct shop *shop, const char *program, const char *option)
{
	if (strcmp(option, "--check") == 0)
		return check(shop, program);
	if (strcmp(option, "--page") == 0)
		return !print(STDOUT_FILENO, built_in_page);
	if (strcmp(option, "--version") == 0)
		return !print(STDOUT_FILENO, "redeem " VERSION "\n" LOCKS_NOTE);
	if (strcmp(option, "--help") == 0)
		return !print(STDOUT_FILENO, usage);
	(void)print(STDERR_FILENO, usage);
	return 2;
}

/* Tests bring a main of their own. */
#ifndef REDEEM_NO_MAIN

/*
 * Makes sure that descriptors 0, 1 and 2 are in use: if one is closed, the next
 * file opened would get its number, and a complaint could be written into a
 * record. What takes its place cannot be written to, and exists in a jail, too.
 * False if that fails. [S12]
 */
static bool descriptors_take(void)
{
	int fd;

	/* open gives the lowest number that is free (POSIX.1-2008, 2.14) */
	for (fd = 0; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
		    open("/", O_RDONLY) != fd)
			return false;
	return true;
}

int main(int argc, char **argv)
{
	static struct shop shop;

	if (!descriptors_take())
		return 1;
	/* no reader and no room are errors to undo, not an end half-way [S4] */
	if (signal(SIGPIPE, SIG_IGN) == SIG_ERR ||
	    signal(SIGXFSZ, SIG_IGN) == SIG_ERR)
		complain("signals: %s", strerror(errno));
	/* a server passes a query without "=" as arguments: RFC 3875, 4.4 */
	if (getenv("GATEWAY_INTERFACE") != NULL ||
	    (argc < 2 && getenv("REQUEST_METHOD") != NULL)) {
		(void)redeem(&shop, STDIN_FILENO, STDOUT_FILENO);
		return 0;
	}
	return shell(&shop, argc > 0 ? argv[0] : "", argc == 2 ? argv[1] : "");
}
#endif
