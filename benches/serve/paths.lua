-- Asks for the addresses of a file by turns. A line is an address and, after a tab, what the browser has.
local requests = {}
for line in io.lines(os.getenv("PATHS")) do
  local path, tag = line:match("^([^\t]*)\t?(.*)$")
  local headers = { ["Host"] = os.getenv("HOST") }
  if os.getenv("ACCEPT") ~= "" then headers["Accept-Encoding"] = os.getenv("ACCEPT") end
  if tag ~= "" then headers["If-None-Match"] = tag end
  local body = os.getenv("BODY")
  if body then
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    requests[#requests + 1] = wrk.format("POST", path, headers, body)
  else
    requests[#requests + 1] = wrk.format("GET", path, headers)
  end
end

local next = 0
function request()
  next = next % #requests + 1
  return requests[next]
end

function done(summary, latency, _)
  local errors = summary.errors
  io.write(string.format("RESULT %d %d %d %d %d %d %d\n", summary.requests, summary.duration, summary.bytes,
    latency:percentile(50), latency:percentile(99), errors.status,
    errors.connect + errors.read + errors.write + errors.timeout))
end
