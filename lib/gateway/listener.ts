import type postgres from 'postgres';

type Channel = { name: string; onPayload: (payload: string) => void; onListening: () => void };

export type Listener = ReturnType<typeof openListener>;

/**
 * A connection for LISTEN. When it breaks the driver listens again by itself; when it only falls silent nobody is told, so
 * whoever notices asks for a new one.
 */
export function openListener(open: () => postgres.Sql) {
  const channels: Channel[] = [];
  let current = open();

  return {
    /** `onListening` runs at every beginning: whatever was announced before it was not heard. */
    async listen(
      name: string,
      onPayload: (payload: string) => void,
      onListening: () => void = () => {},
    ): Promise<void> {
      channels.push({ name, onPayload, onListening });
      await current.listen(name, onPayload, onListening);
    },
    async reopen(): Promise<void> {
      const silent = current;
      current = open();
      void silent.end({ timeout: 0 }).catch(() => {});
      for (const { name, onPayload, onListening } of channels)
        await current.listen(name, onPayload, onListening);
    },
    stop: () => current.end({ timeout: 1 }).catch(() => {}),
  };
}
