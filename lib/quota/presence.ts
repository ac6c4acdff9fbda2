import type postgres from 'postgres';

/** One team that this process serves, and who else does. */
export type Serving = {
  readonly teamId: string;
  /** By the monotonic clock, as all times here. */
  usedAt: number;
  /** When this process last said so, and when it heard itself. */
  announcedAt: number;
  confirmedAt: number;
  /** Other processes, and when each last said so. */
  readonly others: Map<string, number>;
};

type Options = {
  sql: postgres.Sql;
  nodeId: string;
  /** Processes with a live lease, this one included. */
  liveNodes: () => number;
  listen: (channel: string, onPayload: (payload: string) => void) => Promise<void>;
  nowMs?: () => number;
};

const CHANNEL = 'latchkey_serving';
/** Without a call for so long a process no longer counts as serving. */
const IDLE_MS = 10_000;
const ANNOUNCE_MS = 2_000;
/** Three announcements missed. */
const GONE_MS = 6_500;
/** An announcement of one's own that is not heard within this time: nobody else's would be, either. */
const ECHO_MS = 1_500;
/** The others' answers to a newcomer are on their way for so long. */
const PROBATION_MS = 250;
const FLUSH_MS = 10;
const NEVER = Number.NEGATIVE_INFINITY;
/** PostgreSQL carries 8,000 bytes in a notification; a team's id has 36. */
const TEAMS_PER_MESSAGE = 200;

export type Presence = ReturnType<typeof openPresence>;

/**
 * Which gateway processes serve a team now, told by NOTIFY: at the first call, every two seconds while calls come, and
 * in answer to a newcomer. A process takes an equal part of the team's burst limit; a newcomer, and one that does not
 * hear its own announcements, only what it would get if all processes served the team. So the sum of the parts is the
 * limit, except while an announcement travels (milliseconds; at most ANNOUNCE_MS + ECHO_MS when notifications stop
 * arriving): a process that had all of it may then have used it before others begin with their n-th parts, and the sum
 * is below twice the limit.
 */
export function openPresence({ sql, nodeId, liveNodes, listen, nowMs = () => performance.now() }: Options) {
  const served = new Map<string, Serving>();
  let unheardSince = 0;
  let flushing: NodeJS.Timeout | undefined;

  function begin(teamId: string): Serving {
    const serving: Serving = {
      teamId,
      usedAt: nowMs(),
      announcedAt: NEVER,
      confirmedAt: NEVER,
      others: new Map(),
    };
    served.set(teamId, serving);
    flushSoon();
    return serving;
  }

  /** A call came. After a pause the others no longer count on this process: it is a newcomer again. */
  function used(serving: Serving, now: number): void {
    if (now - serving.usedAt >= IDLE_MS) {
      serving.announcedAt = NEVER;
      serving.confirmedAt = NEVER;
      flushSoon();
    }
    serving.usedAt = now;
  }

  function fractionOf({ others, confirmedAt }: Serving): number {
    const nodes = Math.max(1, liveNodes());
    if (nodes === 1 && others.size === 0) return 1;
    const now = nowMs();
    let known = 1;
    for (const heardAt of others.values()) if (now - heardAt < GONE_MS) known++;
    const isDeaf = unheardSince > 0 && now - unheardSince > ECHO_MS;
    const isNew = confirmedAt === NEVER || now - confirmedAt < PROBATION_MS;
    return 1 / (isDeaf || isNew ? Math.max(nodes, known) : known);
  }

  function flushSoon(): void {
    flushing ??= setTimeout(() => {
      flushing = undefined;
      announce();
    }, FLUSH_MS).unref();
  }

  function announce(): void {
    const now = nowMs();
    const due = [...served.values()].filter(
      ({ usedAt, announcedAt }) => now - usedAt < IDLE_MS && now - announcedAt >= ANNOUNCE_MS,
    );
    for (let i = 0; i < due.length; i += TEAMS_PER_MESSAGE) {
      const part = due.slice(i, i + TEAMS_PER_MESSAGE);
      for (const serving of part) serving.announcedAt = now;
      unheardSince ||= now;
      sql.notify(CHANNEL, `${nodeId} ${part.map(({ teamId }) => teamId).join(',')}`).catch(() => {}); // Then it is not heard, either.
    }
  }

  function onPayload(payload: string): void {
    const [from = '', teams = ''] = payload.split(' ');
    const now = nowMs();
    if (from === nodeId) unheardSince = 0;
    for (const teamId of teams.split(',')) {
      const serving = served.get(teamId);
      if (!serving) continue;
      if (from === nodeId) {
        if (serving.confirmedAt === NEVER) serving.confirmedAt = now;
        continue;
      }
      const isNew = now - (serving.others.get(from) ?? NEVER) >= GONE_MS;
      serving.others.set(from, now);
      if (isNew && now - serving.usedAt < IDLE_MS) {
        serving.announcedAt = NEVER; // The newcomer hears of this process at once.
        flushSoon();
      }
    }
  }

  const timer = setInterval(announce, ANNOUNCE_MS);
  timer.unref();

  return {
    begin,
    used,
    end: (serving: Serving) => void served.delete(serving.teamId),
    fractionOf,
    /** Begins to listen; until then a process takes what it would get if all served every team. */
    start: () => listen(CHANNEL, onPayload),
    stop(): void {
      clearInterval(timer);
      clearTimeout(flushing);
    },
  };
}
