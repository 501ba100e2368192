/*
 * A CGI program that does nothing but answer: what the web server and the
 * kernel take for any program, against which `make bench` measures redeem. The
 * body of a POST it has to read, as Apache's mod_cgid cuts the answer off
 * otherwise; for a GET it does not, as to read would mean to wait for Apache to
 * say that there is nothing. In the public domain.
 */
#include <stdlib.h>
#include <unistd.h>

int main(void)
{
	static const char answer[] =
	    "Status: 200 OK\nContent-Type: text/plain\n\n";
	const char *length = getenv("CONTENT_LENGTH");
	char body[4096];

	if (length != NULL && *length != '\0' &&
	    read(STDIN_FILENO, body, sizeof(body)) < 0)
		return 1;
	return write(STDOUT_FILENO, answer, sizeof(answer) - 1) < 0;
}
