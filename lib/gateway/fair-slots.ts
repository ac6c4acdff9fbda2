export type SlotOptions = {
  /** Requests in progress to one upstream, over all teams. */
  readonly perUpstream: number;
  /** Requests in progress to one upstream for one team. */
  readonly perTeam: number;
  /** Requests of one team that can wait for a slot of one upstream. */
  readonly queueMax: number;
  /** The longest time a request waits. */
  readonly waitMs: number;
};

type Upstream = { running: number; readonly lanes: Map<string, Slot>; readonly queued: Set<Slot> };

/** A team's share of an upstream. */
export type Slot = {
  readonly teamId: string;
  readonly upstream: Upstream;
  running: number;
  readonly waiting: Waiter[];
};

/** A place in the queue. The promise resolves to null if there was no slot in time, or if it was canceled. */
export type Waiting = { readonly slot: Promise<Slot | null>; readonly cancel: () => void };

type Waiter = Waiting & { readonly grant: (slot: Slot) => void };

export type FairSlots = ReturnType<typeof openFairSlots>;

/** Idle lanes are kept up to this number per upstream. */
const IDLE_LANES_MAX = 1_000;

/**
 * Limits concurrent requests per upstream and team. A team can use as many slots as are free (dynamic thresholds, Choudhury
 * and Hahne 1998): one busy team gets half of them, two a third each. There is always a free slot for the next team, so a
 * team with slow requests can't delay another one. Freed slots go to waiting teams in turn.
 */
export function openFairSlots({ perUpstream, perTeam, queueMax, waitMs }: SlotOptions) {
  const upstreams = new Map<string, Upstream>();

  function laneOf(origin: string, teamId: string): Slot {
    let upstream = upstreams.get(origin);
    if (!upstream) {
      upstream = { running: 0, lanes: new Map(), queued: new Set() };
      upstreams.set(origin, upstream);
    }
    let lane = upstream.lanes.get(teamId);
    if (!lane) {
      lane = { teamId, upstream, running: 0, waiting: [] };
      upstream.lanes.set(teamId, lane);
    }
    return lane;
  }

  const hasRoom = ({ running, upstream }: Slot) =>
    running < perTeam && running < perUpstream - upstream.running;

  function occupy(lane: Slot): Slot {
    lane.running++;
    lane.upstream.running++;
    return lane;
  }

  function wait(lane: Slot): Waiting {
    const { promise, resolve } = Promise.withResolvers<Slot | null>();
    const leave = () => {
      const at = lane.waiting.indexOf(waiter);
      if (at < 0) return;
      clearTimeout(timer);
      lane.waiting.splice(at, 1);
      if (lane.waiting.length === 0) lane.upstream.queued.delete(lane);
      resolve(null);
    };
    const timer = setTimeout(leave, waitMs);
    const waiter: Waiter = {
      slot: promise,
      cancel: leave,
      grant: (slot) => {
        clearTimeout(timer);
        resolve(slot);
      },
    };
    lane.waiting.push(waiter);
    lane.upstream.queued.add(lane);
    return waiter;
  }

  /** Gives free slots to waiting teams, one each in turn. */
  function serve({ queued }: Upstream): void {
    for (let granted = true; granted && queued.size > 0; ) {
      granted = false;
      for (const lane of [...queued]) {
        if (!hasRoom(lane)) continue;
        granted = true;
        queued.delete(lane);
        lane.waiting.shift()?.grant(occupy(lane));
        if (lane.waiting.length > 0) queued.add(lane);
      }
    }
  }

  return {
    /** A slot, a place in the queue, or null if the queue is full. Every slot must be released. */
    take(origin: string, teamId: string): Slot | Waiting | null {
      const lane = laneOf(origin, teamId);
      if (lane.waiting.length === 0 && hasRoom(lane)) return occupy(lane);
      return lane.waiting.length < queueMax ? wait(lane) : null;
    },
    release(lane: Slot): void {
      const { upstream } = lane;
      lane.running--;
      upstream.running--;
      if (upstream.queued.size > 0) serve(upstream);
      if (lane.running === 0 && lane.waiting.length === 0 && upstream.lanes.size > IDLE_LANES_MAX)
        upstream.lanes.delete(lane.teamId);
    },
  };
}
