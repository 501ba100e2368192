/*
 * As much of the unit test framework Check as tests/unit.c uses, for where
 * there is no Check: with musl, and on machines that only qemu knows. The first
 * check that does not hold ends the run.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef void test_function(int);

typedef struct {
	int count; /* checks that held */
} Suite;
typedef Suite TCase;
typedef Suite SRunner;

enum { CK_NORMAL };

#define START_TEST(name)                                                       \
	static void name(int _i)                                               \
	{                                                                      \
		(void)_i;
#define END_TEST }

static Suite check_suite;
static const char *check_test = "";

static void check_report(const char *file, int line, const char *found)
{
	fprintf(stderr, "%s:%d: %s: %s\n", file, line, check_test, found);
	exit(EXIT_FAILURE);
}

#define ck_abort_msg(...)                                                      \
	do {                                                                   \
		char check_found[1000];                                        \
		snprintf(check_found, sizeof(check_found), __VA_ARGS__);       \
		check_report(__FILE__, __LINE__, check_found);                 \
	} while (0)
#define ck_assert_msg(good, ...)                                               \
	do {                                                                   \
		if (!(good))                                                   \
			ck_abort_msg(__VA_ARGS__);                             \
	} while (0)
#define ck_assert(good) ck_assert_msg(good, "%s", #good)

#define CHECK_NUMBERS(type, format, a, relation, b)                            \
	do {                                                                   \
		type check_a = (a), check_b = (b);                             \
		ck_assert_msg(check_a relation check_b,                        \
		    "%s %s %s: %" format ", %" format, #a, #relation, #b,      \
		    check_a, check_b);                                         \
	} while (0)
#define ck_assert_int_eq(a, b) CHECK_NUMBERS(intmax_t, PRIdMAX, a, ==, b)
#define ck_assert_int_ne(a, b) CHECK_NUMBERS(intmax_t, PRIdMAX, a, !=, b)
#define ck_assert_int_lt(a, b) CHECK_NUMBERS(intmax_t, PRIdMAX, a, <, b)
#define ck_assert_int_le(a, b) CHECK_NUMBERS(intmax_t, PRIdMAX, a, <=, b)
#define ck_assert_int_gt(a, b) CHECK_NUMBERS(intmax_t, PRIdMAX, a, >, b)
#define ck_assert_int_ge(a, b) CHECK_NUMBERS(intmax_t, PRIdMAX, a, >=, b)
#define ck_assert_uint_eq(a, b) CHECK_NUMBERS(uintmax_t, PRIuMAX, a, ==, b)
#define ck_assert_uint_ne(a, b) CHECK_NUMBERS(uintmax_t, PRIuMAX, a, !=, b)
#define ck_assert_uint_lt(a, b) CHECK_NUMBERS(uintmax_t, PRIuMAX, a, <, b)
#define ck_assert_uint_le(a, b) CHECK_NUMBERS(uintmax_t, PRIuMAX, a, <=, b)
#define ck_assert_uint_gt(a, b) CHECK_NUMBERS(uintmax_t, PRIuMAX, a, >, b)
#define ck_assert_uint_ge(a, b) CHECK_NUMBERS(uintmax_t, PRIuMAX, a, >=, b)
#define ck_assert_ptr_eq(a, b) ck_assert((a) == (b))
#define ck_assert_ptr_ne(a, b) ck_assert((a) != (b))
#define ck_assert_ptr_null(a) ck_assert((a) == NULL)
#define ck_assert_ptr_nonnull(a) ck_assert((a) != NULL)
#define ck_assert_mem_eq(a, b, size) ck_assert(memcmp(a, b, size) == 0)
#define ck_assert_mem_ne(a, b, size) ck_assert(memcmp(a, b, size) != 0)

#define CHECK_STRINGS(a, relation, b)                                          \
	do {                                                                   \
		const char *check_a = (a), *check_b = (b);                     \
		ck_assert_msg(strcmp(check_a, check_b) relation 0,             \
		    "%s %s %s: \"%.100s\", \"%.100s\"", #a, #relation, #b,     \
		    check_a, check_b);                                         \
	} while (0)
#define ck_assert_str_eq(a, b) CHECK_STRINGS(a, ==, b)
#define ck_assert_str_ne(a, b) CHECK_STRINGS(a, !=, b)

static Suite *suite_create(const char *name)
{
	printf("%s, with tests/shim/check.h\n", name);
	return &check_suite;
}

static TCase *tcase_create(const char *name)
{
	(void)name;
	return &check_suite;
}

static void suite_add_tcase(Suite *suite, TCase *tcase)
{
	suite->count = tcase->count;
}

static SRunner *srunner_create(Suite *suite)
{
	return suite;
}

/* Runs the test at once, with START up to END - 1. */
static void check_run(
    TCase *tcase, const char *name, test_function *test, int start, int end)
{
	int i;

	check_test = name;
	for (i = start; i < end; i++) {
		test(i);
		tcase->count++;
	}
}

#define tcase_add_test(tcase, test) check_run(tcase, #test, test, 0, 1)
#define tcase_add_loop_test(tcase, test, start, end)                           \
	check_run(tcase, #test, test, start, end)

/* In Check's words, for whoever reads them. */
static void srunner_run_all(SRunner *runner, int how)
{
	(void)how;
	printf("100%%: Checks: %d, Failures: 0, Errors: 0\n", runner->count);
}

static int srunner_ntests_failed(SRunner *runner)
{
	return runner->count > 0 ? 0 : 1;
}

static void srunner_free(SRunner *runner)
{
	runner->count = 0;
}
