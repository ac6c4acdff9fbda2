import type postgres from 'postgres';
import { RepeatedError } from '#lib/process/repeated-error.ts';

/** A team that this process serves, and the other processes that do. */
export type Serving = {
  readonly teamId: string;
  /** By the monotonic clock, like all times here. */
  usedAt: number;
  /** When this process last announced it, and when it received its own announcement. */
  announcedAt: number;
  confirmedAt: number;
  /** Other processes, and when each last announced it. */
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
/** Without a request for this long, a process no longer counts as serving the team. */
const IDLE_MS = 10_000;
const ANNOUNCE_MS = 2_000;
/** Three announcements missed. */
const GONE_MS = 6_500;
/** A process that doesn't receive its own announcement within this time receives no others either. */
const ECHO_MS = 1_500;
/** The time allowed for the other processes' replies to a newcomer. */
const PROBATION_MS = 250;
const FLUSH_MS = 10;
const NEVER = Number.NEGATIVE_INFINITY;
/** A PostgreSQL notification can have 8,000 bytes. A team's ID has 36. */
const TEAMS_PER_MESSAGE = 200;

export type Presence = ReturnType<typeof openPresence>;

/**
 * Which gateway processes serve a team, announced by NOTIFY: at the first request, every two seconds during requests, and
 * in reply to a newcomer. Each process takes an equal share of the team's burst limit. A newcomer, and a process that
 * doesn't receive its own announcements, takes only the share it would get if all processes served the team. So the sum of
 * the shares is the limit, except while an announcement travels (milliseconds; at most ANNOUNCE_MS + ECHO_MS when
 * notifications stop arriving). Meanwhile the sum stays below twice the limit.
 */
export function openPresence({ sql, nodeId, liveNodes, listen, nowMs = () => performance.now() }: Options) {
  const served = new Map<string, Serving>();
  const notify = announcer(sql, nodeId);
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

  /** Call it for each request. After a pause this process is a newcomer again, because the others have dropped it. */
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
      notify(part.map(({ teamId }) => teamId));
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
        serving.announcedAt = NEVER; // So that the newcomer learns of this process immediately.
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
    /** Starts listening. Until then, this process takes the share it would get if all processes served every team. */
    start: () => listen(CHANNEL, onPayload),
    stop(): void {
      clearInterval(timer);
      clearTimeout(flushing);
    },
  };
}

/** Sends announcements. If one fails, this process doesn't receive it either, and takes the smaller share. */
function announcer(sql: postgres.Sql, nodeId: string) {
  const failures = new RepeatedError("Gateways can't announce which teams they serve");
  return (teamIds: string[]): void => {
    sql.notify(CHANNEL, `${nodeId} ${teamIds.join(',')}`).then(
      () => failures.recovered(),
      (error: unknown) => failures.failed(error),
    );
  };
}
