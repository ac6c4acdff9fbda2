import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { NO_ENV_FILES } from '../scripts/supervise.ts';
import type { Candidate } from './candidates.ts';

/** A gateway ships everything in its spool before it exits. */
const STOP_MS = 180_000;

const running = new Set<ChildProcess>();
// Nothing keeps running after the run, however it ends.
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export type Running = {
  pid: number;
  output: () => string;
  hasEnded: () => boolean;
  stop: () => Promise<void>;
};

/** Starts a process that `stop` stops. `output` is the end of what it has printed. */
export function start({ command, args, env }: Pick<Candidate, 'command' | 'args' | 'env'>): Running {
  const { PATH, HOME } = process.env;
  const child: ChildProcess = spawn(command, args, {
    // No other environment variables: they could change how a candidate behaves.
    env: { NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', PATH, HOME, ...NO_ENV_FILES, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  running.add(child);
  child.once('close', (code, signal) => {
    running.delete(child);
    output += `(ended: ${signal ?? code})`;
  });
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      output = (output + chunk).slice(-4_000);
    });
  const ended = new Promise((resolve) => child.once('close', resolve));
  child.once('error', (error) => (output += error.message));
  const hasEnded = () => child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
  return {
    pid: child.pid ?? 0,
    output: () => output,
    hasEnded,
    async stop() {
      if (hasEnded()) return;
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      await ended;
      clearTimeout(timer);
    },
  };
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }; // A TCP socket has a port.
      probe.close(() => resolve(port));
    });
  });
}
