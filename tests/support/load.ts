import { Pool } from 'undici';

export type Sent = { path: string; status: number; code: string | null; id: string | null; atMs: number };

type LoadOptions = {
  prefix: string;
  headers: Record<string, string>;
  connections: number;
  /** Of so many calls one is given up by its client a few milliseconds in. */
  oneAbortIn?: number;
};

/**
 * Keeps `connections` callers busy, each call with a path of its own (`{prefix}{n}`), and writes down what each one
 * got: status 0 when it got no whole answer.
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
        const answer = await pool.request({ method: 'GET', path: entry.path, headers, signal });
        const text = await answer.body.text();
        entry.id = String(answer.headers['x-request-id']);
        entry.code = text.includes('"code"') ? (JSON.parse(text) as { code: string }).code : null;
        entry.status = answer.statusCode;
        if (entry.status === 200) answered++;
      } catch (error) {
        if (error instanceof Error && error.name === 'TimeoutError') continue;
        await new Promise((resolve) => setTimeout(resolve, 20)); // Down: it will be back.
      }
    }
  };
  const callers = Array.from({ length: connections }, caller);
  return {
    sent,
    /** Calls that got a whole 200. */
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
