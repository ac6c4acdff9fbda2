import type { AccessChange } from '#lib/access/epoch.ts';

type Options = {
  /** Applies one change. Once it resolves, the change counts as acknowledged. */
  readonly apply: (change: AccessChange) => void | Promise<void>;
  /** Applies "anything may have changed" after a missed notification. */
  readonly applyAll: () => void | Promise<void>;
  /** The database was restored to an earlier state. `applyAll` follows. */
  readonly onRestored?: (() => void | Promise<void>) | undefined;
  readonly acknowledge: (epoch: number) => Promise<void>;
  readonly reset: (epoch: number) => Promise<void>;
};

/** Applies access changes one at a time, in the order of their epochs, and acknowledges them. */
export function followEpochs({ apply, applyAll, onRestored, acknowledge, reset }: Options) {
  let applied = -1;
  let acknowledged = -1;
  let queue: Promise<void> = Promise.resolve();

  function enqueue(step: () => Promise<void>): Promise<void> {
    const done = queue.then(step);
    queue = done.catch(() => {}); // The caller gets the error. The next renewal catches up with the epoch.
    return done;
  }

  async function confirm(): Promise<void> {
    await acknowledge(applied);
    acknowledged = applied;
  }

  /**
   * An epoch found in the database without a notification: it's unknown what changed, so everything is dropped. A failed
   * acknowledgment is repeated, because someone is waiting for it.
   */
  async function catchUp(epoch: number, hasLapsed: boolean): Promise<void> {
    if (epoch > applied || hasLapsed) {
      await applyAll();
      applied = Math.max(applied, epoch);
    }
    if (acknowledged < applied) await confirm();
  }

  async function startOver(epoch: number): Promise<void> {
    await onRestored?.();
    await applyAll();
    applied = epoch;
    await reset(applied);
    acknowledged = applied;
  }

  async function onNotice(payload: string): Promise<void> {
    const [epochText = '', kind = '', id = ''] = payload.split(' ');
    const epoch = Number(epochText);
    if (!Number.isSafeInteger(epoch) || epoch <= applied) return;
    if (epoch > applied + 1) await applyAll();
    else await apply({ kind: kind as AccessChange['kind'], id }); // An unknown kind drops nothing but keeps the order.
    applied = epoch;
    await confirm();
  }

  return {
    /** What has been applied and acknowledged, to compare with the next renewal. */
    state: () => ({ applied, acknowledged }),
    notice: (payload: string) => enqueue(() => onNotice(payload)),
    catchUp: (epoch: number, hasLapsed: boolean) => enqueue(() => catchUp(epoch, hasLapsed)),
    startOver: (epoch: number) => enqueue(() => startOver(epoch)),
  };
}
