# Runs a test in a browser; sourced by the tests that do, after lib.sh, once the
# shop is there. Each has a script for node beside it, which prints TAP.

need chromium chromedriver node

# Chromium leaves things in home and temporary directories: give it ours.
chromedriver_run()
{
	HOME=$tmp/browser TMPDIR=$tmp/browser
	export HOME TMPDIR
	exec chromedriver --port="$port"
}

# Chromium goes when chromedriver has gone, but it takes its time, and writes until
# then. What it was given to write in comes from a file, or grep would find itself.
browser_gone()
{
	! grep -lsF -f "$tmp/browser.name" /proc/[0-9]*/cmdline
}

# Something longer than a name without blanks, for a list of files.
second_file()
{
	head -c 200000 /dev/urandom >"$shop/home/files/Second Light.flac"
	chmod 644 "$shop/home/files/Second Light.flac"
	shop_own
}

# browse SERVER SCRIPT ARGUMENT...: runs node's SCRIPT on the shop, while SERVER
# serves it; its status is that of the test.
browse()
{
	axe=$top/build/npm/node_modules/axe-core/axe.min.js
	[ -r "$axe" ] || skip_all 'axe-core is not there; see tests/install'
	serve "$1"
	shift
	base=http://127.0.0.1:$port
	mkdir "$tmp/browser"
	printf '%s\n' "$tmp/browser/" >"$tmp/browser.name"
	at_end 'await 20 browser_gone'
	serve chromedriver_run
	BASE=$base DRIVER=http://127.0.0.1:$port SHOP=$shop CGI=$cgi SCRATCH=$tmp AXE=$axe \
		CHROMIUM=$(command -v chromium) timeout 300 node "$@" &
	walker=$!
	at_end "stop $walker"
	wait "$walker"
}
