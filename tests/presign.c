/*
 * presign WHEN SECONDS PATH NAME, for tests/scale-store.t: the address of a
 * store that the program signs, with the settings in the file $REDEEM_CONF, at
 * the time WHEN, for so many SECONDS, for the object PATH, saved as NAME.
 */
#include "../redeem.c"

int main(int argc, char **argv)
{
	static struct settings settings;
	char buffer[LOCATION_SIZE];
	struct buf text = buf_init(buffer, sizeof(buffer));

	if (argc != 5 || !settings_load(&settings, argv[0]))
		return 2;
	s3_presign(&settings, (time_t)strtol(argv[1], NULL, 10),
	    (int)strtol(argv[2], NULL, 10), argv[3], argv[4], &text);
	if (text.overflowed)
		return 1;
	puts(buffer);
	return 0;
}
