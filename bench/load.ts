import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';

export type Load = {
  url: string;
  /** Name of the header that carries the key, and the text before the key. */
  header: string;
  prefix: string;
  /** A file with one key per line, used in turn. */
  keysFile: string;
};

export type LoadResult = {
  /** Responses below 400. */
  answered: number;
  seconds: number;
  p50Ms: number;
  p99Ms: number;
  /** Responses of 400 and above. */
  refused: number;
  /** Requests without a response: the connection failed, or 15 s passed. */
  broken: number;
};

export const loadTool = isInstalled('wrk') ? 'wrk' : 'autocannon';

export function isInstalled(command: string): boolean {
  return spawnSync(command, ['-v'], { stdio: 'ignore' }).error === undefined;
}

/** Sends requests over this many connections for this many seconds. Each connection waits for its response. */
export async function drive(load: Load, connections: number, seconds: number): Promise<LoadResult> {
  const wrk = [
    '-t1',
    `-c${connections}`,
    `-d${seconds}s`,
    '--timeout',
    '15s',
    '-s',
    'bench/wrk.lua',
    load.url,
  ];
  const autocannon = [join('bench', 'autocannon.mjs'), load.url, String(connections), String(seconds)];
  const child = spawn(loadTool === 'wrk' ? 'wrk' : process.execPath, loadTool === 'wrk' ? wrk : autocannon, {
    env: {
      ...process.env,
      BENCH_KEYS: load.keysFile,
      BENCH_HEADER: load.header,
      BENCH_PREFIX: load.prefix,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk));
  const code = await new Promise((resolve) => child.once('close', resolve));
  const line = output.trimEnd().split('\n').pop() ?? '';
  if (code !== 0 || !line.startsWith('{')) throw new Error(`${loadTool} failed:\n${output}`);
  return JSON.parse(line) as LoadResult; // Printed by our own script.
}
