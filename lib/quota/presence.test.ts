import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { connect } from '#db/client.ts';
import { type OwnDatabase, ownDatabase } from '#tests/support/database.ts';
import { openBurst } from './burst.ts';
import { openPresence, type Presence } from './presence.ts';

let ends: (() => unknown)[] = [];
let own: OwnDatabase;
beforeEach(async () => {
  own = await ownDatabase();
});
afterEach(async () => {
  for (const end of ends.reverse()) await end();
  ends = [];
  await own.drop();
});

/** A process's burst limit, with notifications over the real database. */
async function aProcess(nodes: number, { hears = true } = {}) {
  const { sql } = connect(own.url, { max: 2 });
  const presence = openPresence({
    sql,
    nodeId: crypto.randomUUID(),
    liveNodes: () => nodes,
    listen: async (channel, onPayload) => {
      if (hears) await sql.listen(channel, onPayload);
    },
  });
  await presence.start();
  const burst = openBurst({ presence });
  ends.push(
    () => sql.end({ timeout: 1 }),
    () => presence.stop(),
    () => burst.stop(),
  );
  const part = (of = slow) => presence.fractionOf(servingOf(presence, of));
  return { burst, presence, part };
}

const slow = { teamId: crypto.randomUUID(), burstRequests: 120, burstWindowSeconds: 3_600 };
const known = new WeakMap<Presence, ReturnType<Presence['begin']>>();
const servingOf = (presence: Presence, { teamId }: typeof slow) => {
  const serving = known.get(presence) ?? presence.begin(teamId);
  known.set(presence, serving);
  return serving;
};

test('a process has the whole limit while no other serves the team', async () => {
  const one = await aProcess(3);
  await aProcess(3);
  expect(one.part(), 'until the others had time to reply').toBeCloseTo(1 / 3);
  await vi.waitFor(() => expect(one.part()).toBe(1), 2_000);
});

test('processes that serve the same team share the limit equally, and a newcomer is counted immediately', async () => {
  const processes = await Promise.all([aProcess(3), aProcess(3)]);
  for (const each of processes) each.part();
  await vi.waitFor(() => expect(processes.map((each) => each.part())).toEqual([0.5, 0.5]), 2_000);

  const third = await aProcess(3);
  expect(third.part()).toBeCloseTo(1 / 3);
  await vi.waitFor(() => expect(processes[0]!.part()).toBeCloseTo(1 / 3), { timeout: 500, interval: 5 });
});

test('a process that doesn’t receive its own announcements takes the share it would get if all served the team', async () => {
  const deaf = await aProcess(4, { hears: false });
  expect(deaf.part()).toBe(1 / 4);
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  expect(deaf.part()).toBe(1 / 4);
});

test('two processes together accept the limit, plus what one had used before the other started', async () => {
  const [one, two] = [await aProcess(2), await aProcess(2)];
  const admitted = (burst: typeof one.burst) =>
    Array.from({ length: 200 }, () => burst.take(slow)).filter(({ ok }) => ok).length;

  // Both are new: each has its half from the first request.
  expect(admitted(one.burst) + admitted(two.burst)).toBe(120);
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(admitted(one.burst) + admitted(two.burst)).toBeLessThanOrEqual(2);
});
