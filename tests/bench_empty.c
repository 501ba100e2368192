/*
 * A CGI program that does nothing but read what it is sent and answer: what the
 * web server and the kernel take for any program, against which `make bench`
 * measures redeem. In the public domain.
 */
#include <unistd.h>

int main(void)
{
	static const char answer[] =
	    "Status: 200 OK\nContent-Type: text/plain\n\n";
	char body[4096];

	/* Apache's mod_cgid cuts the answer off where its bytes are not read */
	if (read(STDIN_FILENO, body, sizeof(body)) < 0)
		return 1;
	return write(STDOUT_FILENO, answer, sizeof(answer) - 1) < 0;
}
