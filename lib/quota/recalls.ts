import type postgres from 'postgres';
import type { DayLimit } from '#lib/admission/day-limits.ts';
import { RepeatedError } from '#lib/process/repeated-error.ts';

/** One limit on one UTC day, `YYYY-MM-DD`. */
export type LimitDay = Pick<DayLimit, 'kind' | 'subjectId'> & { readonly day: string };

/** A process's reply: how much it returned, and whether it is getting more. */
export type Returned = { amount: number; isBusy: boolean };

type Options = {
  sql: postgres.Sql;
  nodeId: string;
  listen: (channel: string, onPayload: (payload: string) => void) => Promise<void>;
  /** Returns what this process holds of a limit's day and doesn't need right now. */
  returnHeld: (limitDay: LimitDay) => Promise<Returned>;
};

const CHANNEL = 'latchkey_quota';
/** A process that doesn't reply within this time isn't waited for. */
const REPLY_MS = 300;

export type Recalls = ReturnType<typeof openRecalls>;

/**
 * Lets a process that has used up its part of a limit ask all others, by NOTIFY, for what they hold and don't use. So no
 * request is rejected while another process holds the rest of the limit.
 */
export function openRecalls({ sql, nodeId, listen, returnHeld }: Options) {
  const waiting = new Map<string, (from: string, returned: Returned) => void>();
  const failures = new RepeatedError("Unused quota can't be exchanged between gateways");
  let asked = 0;

  const notify = (payload: string) =>
    sql.notify(CHANNEL, payload).then(
      () => failures.recovered(),
      (error: unknown) => failures.failed(error),
    );

  async function onPayload(payload: string): Promise<void> {
    const [verb = '', id = '', from = '', ...rest] = payload.split(' ');
    if (from === nodeId) return;
    if (verb === 'returned') {
      const [amount = '0', isBusy] = rest;
      waiting.get(id)?.(from, { amount: Number(amount), isBusy: isBusy === 'busy' });
      return;
    }
    const [kind = '', subjectId = '', day = ''] = rest;
    const returned = await returnHeld({ kind: kind as LimitDay['kind'], subjectId, day }); // An unknown kind matches nothing.
    await notify(`returned ${id} ${nodeId} ${returned.amount}${returned.isBusy ? ' busy' : ''}`);
  }

  /** Other live processes that have reserved part of this limit's day. */
  async function holdersOf({ kind, subjectId, day }: LimitDay): Promise<string[]> {
    const rows = await sql<{ id: string }[]>`
      select n.id from gateway_nodes n
      join quota_grants g on g.node_id = n.id and g.kind = ${kind} and g.subject_id = ${subjectId} and g.day = ${day}
      where n.id <> ${nodeId} and n.stopped_at is null and n.lease_until > now()
        and g.settled_at is null and g.granted > g.returned`;
    return rows.map(({ id }) => id);
  }

  return {
    /** Starts listening. */
    start: () =>
      listen(CHANNEL, (payload) => {
        onPayload(payload).catch((error: unknown) => failures.failed(error));
      }),
    /** Asks the others once. Resolves with false if none of them returned anything or might do so soon. */
    async recall(limitDay: LimitDay): Promise<boolean> {
      const missing = new Set(await holdersOf(limitDay));
      if (missing.size === 0) return false;
      const id = `${nodeId}:${++asked}`;
      const { promise, resolve } = Promise.withResolvers<void>();
      let isMore = false;
      waiting.set(id, (from, { amount, isBusy }) => {
        isMore ||= amount > 0 || isBusy;
        missing.delete(from);
        if (missing.size === 0) resolve();
      });
      const timer = setTimeout(resolve, REPLY_MS);
      await notify(`recall ${id} ${nodeId} ${limitDay.kind} ${limitDay.subjectId} ${limitDay.day}`);
      await promise;
      clearTimeout(timer);
      waiting.delete(id);
      return isMore;
    },
  };
}
