-- What wrk sends for `make bench`: POST of the lines of a file, each line once,
-- or GET. Says in $BENCH_RESULT how many answers came, how long that took, how
-- many of them had a status of 400 or more, how many connections failed, and
-- where in the file the next run is to go on. In the public domain.
--
--	wrk -s bench.lua URL -- close|keep FILE POSITION
--	wrk -s bench.lua URL -- close|keep

local sender

function setup(thread)
	sender = thread
end

function init(args)
	wrk.headers["Accept-Language"] = "en"
	if args[1] == "close" then
		wrk.headers["Connection"] = "close"
	end
	if args[2] then
		lines = assert(io.open(args[2]))
		lines:seek("set", tonumber(args[3]))
		wrk.method = "POST"
		wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
	end
	form = wrk.format()
end

function request()
	if not lines then
		return form
	end
	local line = lines:read()
	if not line then
		lines:seek("set", 0)
		line = lines:read()
	end
	position = lines:seek()
	return wrk.format(nil, nil, nil, line)
end

function done(summary)
	local errors = summary.errors
	local result = assert(io.open(os.getenv("BENCH_RESULT"), "w"))

	result:write(string.format("%d %d %d %d %d\n", summary.requests,
		summary.duration, errors.status,
		errors.connect + errors.read + errors.write + errors.timeout,
		sender:get("position") or 0))
	result:close()
end
