-- Sends the keys in BENCH_KEYS (a file, one a line) in turn, as "BENCH_HEADER: BENCH_PREFIX<key>", and prints
-- one line of JSON. Every candidate is driven by this same script, so it costs all of them alike.
local requests, turn = {}, 0

function init()
  local header, prefix = os.getenv('BENCH_HEADER'), os.getenv('BENCH_PREFIX') or ''
  for key in io.lines(os.getenv('BENCH_KEYS')) do
    requests[#requests + 1] = wrk.format('GET', nil, { [header] = prefix .. key })
  end
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end

function done(summary, latency)
  local failed = summary.errors
  io.write(string.format(
    '\n{"answered":%d,"seconds":%f,"p50Ms":%f,"p99Ms":%f,"refused":%d,"broken":%d}\n',
    summary.requests - failed.status, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    failed.status, failed.connect + failed.read + failed.write + failed.timeout))
end
