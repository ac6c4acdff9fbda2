import { Pool } from 'undici';

export type Sent = { path: string; status: number; code: string | null; id: string | null; atMs: number };

type LoadOptions = {
  prefix: string;
  headers: Record<string, string>;
  connections: number;
  /** One request in this many is aborted by its client after a few milliseconds. */
  oneAbortIn?: number;
};

/**
 * Keeps `connections` clients busy. Each request has its own path (`{prefix}{n}`), and its response is recorded: status 0
 * if it had no complete response.
 */
export function startLoad(origin: string, { prefix, headers, connections, oneAbortIn }: LoadOptions) {
  const pool = new Pool(origin, { connections, pipelining: 1, headersTimeout: 15_000, bodyTimeout: 15_000 });
  const sent: Sent[] = [];
  let running = true;
  let answered = 0;
  const caller = async () => {
    while (running) {
      const entry: Sent = {
        path: `${prefix}${sent.length}`,
        status: 0,
        code: null,
        id: null,
        atMs: Date.now(),
      };
      sent.push(entry);
      try {
        const aborts = oneAbortIn !== undefined && sent.length % oneAbortIn === 0;
        const signal = aborts ? AbortSignal.timeout(1 + (sent.length % 5)) : null;
        const response = await pool.request({ method: 'GET', path: entry.path, headers, signal });
        const text = await response.body.text();
        entry.id = String(response.headers['x-request-id']);
        entry.code = text.includes('"code"') ? (JSON.parse(text) as { code: string }).code : null;
        entry.status = response.statusCode;
        if (entry.status === 200) answered++;
      } catch (error) {
        if (error instanceof Error && error.name === 'TimeoutError') continue;
        await new Promise((resolve) => setTimeout(resolve, 20)); // The gateway is down and restarts soon.
      }
    }
  };
  const callers = Array.from({ length: connections }, caller);
  return {
    sent,
    /** Requests with a complete 200 response. */
    answered: () => answered,
    stop: async () => {
      running = false;
      await Promise.all(callers);
      await pool.close();
      return sent;
    },
  };
}

export type Load = ReturnType<typeof startLoad>;
