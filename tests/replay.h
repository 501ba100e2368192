/*
 * A main for the harnesses where there is no libFuzzer: cc with -DFUZZ_REPLAY
 * is enough. Each argument is a folder of inputs. One that is called
 * OUTCOME.NAME is a seed and must come to that outcome; others are only run.
 * With --outcomes it lists the outcomes that the harness knows.
 */

/* Reads the file PATH; its length. BYTES has room for SIZE. */
static size_t input_read(const char *path, char *bytes, size_t size)
{
	int fd = open(path, O_RDONLY);
	ssize_t length = fd >= 0 ? read_all(fd, bytes, size) : -1;

	if (length < 0 || (size_t)length == size || close(fd) != 0) {
		(void)fprintf(stderr, "%s: cannot be read\n", path);
		exit(2);
	}
	return (size_t)length;
}

/* Runs the input PATH, called NAME; false if it came to something else. */
static bool input_run(const char *path, const char *name)
{
	static char bytes[1 << 20];
	size_t length = input_read(path, bytes, sizeof(bytes));
	size_t wanted = strcspn(name, ".");

	outcome_reached = "";
	(void)LLVMFuzzerTestOneInput((const uint8_t *)bytes, length);
	if (name[wanted] == '\0' ||
	    (strncmp(name, outcome_reached, wanted) == 0 &&
		outcome_reached[wanted] == '\0'))
		return true;
	(void)printf("%s: came to %s\n", path, outcome_reached);
	return false;
}

/* Runs all that is in the folder PATH; how many came to something else. */
static size_t folder_run(const char *path, size_t *inputs)
{
	DIR *folder = opendir(path);
	const struct dirent *entry;
	size_t wrong = 0;

	if (folder == NULL) {
		(void)fprintf(stderr, "%s: cannot be read\n", path);
		exit(2);
	}
	while ((entry = readdir(folder)) != NULL) {
		char file[4096];
		int length = snprintf(
		    file, sizeof(file), "%s/%s", path, entry->d_name);

		assert(length > 0 && (size_t)length < sizeof(file));
		if (*entry->d_name == '.')
			continue;
		++*inputs;
		wrong += !input_run(file, entry->d_name);
	}
	(void)closedir(folder);
	return wrong;
}

int main(int argc, char **argv)
{
	size_t inputs = 0, wrong = 0;
	size_t i;
	int arg;

	if (argc == 2 && strcmp(argv[1], "--outcomes") == 0) {
		for (i = 0; outcome_known(i) != NULL; i++)
			(void)puts(outcome_known(i));
		return 0;
	}
	(void)LLVMFuzzerInitialize(&argc, &argv);
	for (arg = 1; arg < argc; arg++)
		wrong += folder_run(argv[arg], &inputs);
	(void)printf("%zu inputs, %zu not as named\n", inputs, wrong);
	return wrong > 0 ? 1 : 0;
}
