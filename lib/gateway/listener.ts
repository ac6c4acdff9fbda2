import type postgres from 'postgres';
import { log } from '#lib/process/log.ts';

type Channel = { name: string; onPayload: (payload: string) => void; onListening: () => void };

export type Listener = ReturnType<typeof openListener>;

/**
 * A connection for LISTEN. If it breaks, the driver reconnects. A connection that stops responding isn't detected here, so
 * the caller must check and request a new one.
 */
export function openListener(open: () => postgres.Sql) {
  const channels: Channel[] = [];
  let current = open();

  async function follow({ name, onPayload, onListening }: Channel): Promise<void> {
    let isFirst = true;
    await current.listen(name, onPayload, () => {
      if (!isFirst) log.warn({ channel: name }, 'The LISTEN connection was lost and has been restored');
      isFirst = false;
      onListening();
    });
  }

  return {
    /** `onListening` runs at every connect: notifications sent before it were missed. */
    async listen(
      name: string,
      onPayload: (payload: string) => void,
      onListening: () => void = () => {},
    ): Promise<void> {
      const channel = { name, onPayload, onListening };
      channels.push(channel);
      await follow(channel);
    },
    async reopen(): Promise<void> {
      const silent = current;
      current = open();
      silent
        .end({ timeout: 0 })
        .catch((err: unknown) => log.warn({ err }, 'Closing the silent LISTEN connection failed'));
      for (const channel of channels) await follow(channel);
    },
    stop: () =>
      current
        .end({ timeout: 1 })
        .catch((err: unknown) => log.warn({ err }, 'Closing the LISTEN connection failed')),
  };
}
