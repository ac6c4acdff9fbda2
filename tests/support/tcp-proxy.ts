import { connect, createServer, type Socket } from 'node:net';
import { freePort } from './processes.ts';

/** A loopback port that forwards to another one and can be cut, blocked or redirected while in use. */
export async function tcpProxy(targetPort: number) {
  let target = targetPort;
  let refusing = false;
  let hung = false;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    if (refusing) return void client.resetAndDestroy();
    const upstream = connect(target, '127.0.0.1');
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on('data', (chunk) => {
        if (!hung) to.write(chunk);
      });
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    port,
    /** Breaks every connection and rejects new ones until `restore`. */
    cut: () => {
      refusing = true;
      for (const socket of sockets) socket.destroy();
    },
    /** Keeps connections open and forwards nothing. Swallowed bytes are lost. */
    hang: () => {
      hung = true;
    },
    restore: (newTarget = target) => {
      target = newTarget;
      refusing = false;
      if (hung) for (const socket of sockets) socket.destroy();
      hung = false;
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
