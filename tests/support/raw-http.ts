import { connect } from 'node:net';

/** Sends raw bytes and returns the response once the other side closes or is silent for `quietMs`. */
export function sendRaw(port: number, bytes: string | Buffer, quietMs = 400): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let received = '';
    let timer: NodeJS.Timeout;
    const finish = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve(received);
    };
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(finish, quietMs);
    };
    socket.on('connect', () => {
      socket.write(bytes);
      timer = setTimeout(finish, 5_000);
    });
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      wait();
    });
    socket.on('close', finish);
    socket.on('error', finish);
  });
}
