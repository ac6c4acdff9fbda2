import { readFileSync } from 'node:fs';
import autocannon from 'autocannon';

/** The load where wrk is not installed: url, connections, seconds. Prints what wrk.lua prints. */
const [url, connections, seconds] = process.argv.slice(2);
const { BENCH_KEYS, BENCH_HEADER, BENCH_PREFIX = '' } = process.env;
const requests = readFileSync(BENCH_KEYS, 'utf8')
  .split('\n')
  .filter(Boolean)
  .map((key) => ({ method: 'GET', headers: { [BENCH_HEADER]: BENCH_PREFIX + key } }));

let clients = 0;
const result = await autocannon({
  url,
  connections: Number(connections),
  duration: Number(seconds),
  requests: requests.slice(0, 1),
  setupClient(client) {
    // Each connection goes through its own share, otherwise all of them would use the same key at once.
    const own = requests.filter((_, index) => index % Number(connections) === clients % requests.length);
    clients++;
    if (own.length > 0) client.setRequests(own);
  },
});
console.log(
  JSON.stringify({
    answered: result['2xx'],
    seconds: result.duration,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    refused: result.non2xx,
    broken: result.errors,
  }),
);
