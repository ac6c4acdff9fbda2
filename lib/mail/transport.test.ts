import { readdirSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { expect, test } from 'vitest';
import { freePort, temporaryFolder } from '#tests/support/processes.ts';
import { resendStub } from '#tests/support/resend-stub.ts';
import { readOutbox } from './read-outbox.ts';
import { DeliveryFailed, openTransport } from './transport.ts';

const letter = {
  id: '019a0000-0000-7000-8000-000000000001',
  to: 'ada@example.com',
  from: 'Latchkey <no-reply@example.com>',
  subject: 'Grüße',
  html: '<p>Hello <b>Ada</b></p>',
  text: 'Hello Ada',
};
const nothing = {
  resendApiKey: undefined,
  resendBaseUrl: undefined,
  smtpUrl: undefined,
  outboxDir: '/dev/null',
};

test('Resend takes precedence over SMTP, and SMTP over the folder', () => {
  expect(openTransport({ ...nothing, resendApiKey: 'k', smtpUrl: 'smtp://localhost' }).name).toBe('resend');
  expect(openTransport({ ...nothing, smtpUrl: 'smtp://localhost' }).name).toBe('smtp');
  expect(openTransport(nothing).name).toBe('folder');
});

test('an error from Resend is reported without the email, with the requested wait', async () => {
  for (const [response, expected] of [
    ['busy', { message: 'Resend: rate_limit_exceeded', retryAfterMs: 0 }],
    ['broken', { message: 'Resend: internal_server_error', retryAfterMs: undefined }],
    ['hang', { message: 'the mail service did not respond in time', retryAfterMs: undefined }],
    ['cut', { message: 'Resend: application_error', retryAfterMs: undefined }],
  ] as const) {
    const stub = await resendStub(() => response);
    const transport = openTransport({ ...nothing, resendApiKey: 'k', resendBaseUrl: stub.url }, 200);

    const error = await transport.send(letter).catch((thrown: unknown) => thrown);

    expect(error, response).toBeInstanceOf(DeliveryFailed);
    expect(error, response).toMatchObject(expected);
    await stub.stop();
  }
});

/** A real SMTP server and the emails it received. The first `refusals` attempts get "try again later". */
async function smtpServer(refusals = 0) {
  const mails: { raw: string; recipients: string[] }[] = [];
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS', 'AUTH'],
    onRcptTo(_address, _session, done) {
      done(refusals-- > 0 ? Object.assign(new Error('try again later'), { responseCode: 451 }) : null);
    },
    onData(stream, session, done) {
      let raw = '';
      stream.on('data', (chunk: Buffer) => (raw += chunk.toString('latin1')));
      stream.on('end', () => {
        mails.push({ raw, recipients: session.envelope.rcptTo.map(({ address }) => address) });
        done();
      });
    },
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    mails,
    transport: openTransport({ ...nothing, smtpUrl: `smtp://127.0.0.1:${port}` }, 2_000),
    stop: () => new Promise<void>((resolve) => server.close(resolve)),
  };
}

const headersOf = (raw: string) =>
  raw
    .slice(0, raw.indexOf('\r\n\r\n'))
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n');

test('SMTP: HTML and text parts, one recipient, and the same Message-ID for every attempt', async () => {
  const server = await smtpServer(1);

  await expect(server.transport.send(letter)).rejects.toThrow('try again later');
  await server.transport.send(letter);
  await server.transport.send(letter);
  await server.stop();

  expect(server.mails).toHaveLength(2);
  for (const { raw, recipients } of server.mails) {
    expect(recipients).toEqual(['ada@example.com']);
    const headers = headersOf(raw);
    expect(headers).toContain(`Message-ID: <${letter.id}@latchkey>`);
    expect(headers).toContain('From: Latchkey <no-reply@example.com>');
    expect(headers.find((line) => line.startsWith('Content-Type:'))).toMatch('multipart/alternative');
    expect(raw).toMatch(/Content-Type: text\/plain[\s\S]*Hello Ada/);
    expect(raw).toMatch(/Content-Type: text\/html[\s\S]*<p>Hello <b>Ada<\/b><\/p>/);
  }
});

test('SMTP: a line break in a subject adds no header and no recipient', async () => {
  const server = await smtpServer();

  await server.transport.send({ ...letter, subject: 'Hello\r\nBcc: eve@example.com\r\n\r\n<script>' });
  await server.stop();

  const [mail] = server.mails;
  expect(mail?.recipients).toEqual(['ada@example.com']);
  expect(headersOf(mail!.raw).filter((line) => /^(bcc|cc|to):/i.test(line))).toEqual(['To: ada@example.com']);
});

test('SMTP: a server that never sends a greeting times out', async () => {
  const silent = createServer(() => {});
  const port = await freePort();
  await new Promise<void>((resolve) => silent.listen(port, '127.0.0.1', resolve));
  const transport = openTransport({ ...nothing, smtpUrl: `smtp://127.0.0.1:${port}` }, 200);

  await expect(transport.send(letter)).rejects.toThrow(/greeting|timeout/i);

  silent.close();
});

test('the folder has each email once, newest first, readable only by its owner', async () => {
  const folder = temporaryFolder();
  const outboxDir = join(folder.path, 'not', 'there', 'yet');
  const transport = openTransport({ ...nothing, outboxDir });
  expect(await readOutbox(outboxDir)).toEqual([]);

  const later = { ...letter, id: '019a0000-0000-7000-8000-000000000002', to: 'grace@example.com' };
  for (const mail of [letter, later, letter]) await transport.send(mail);

  const { id, to, subject, html, text } = letter;
  expect(await readOutbox(outboxDir)).toMatchObject([{ to: later.to }, { id, to, subject, html, text }]);
  expect(await readOutbox(outboxDir, 1)).toMatchObject([{ to: later.to }]);
  const names = readdirSync(outboxDir);
  expect(names).toHaveLength(2);
  for (const name of names) expect(statSync(join(outboxDir, name)).mode & 0o777).toBe(0o600);
  folder.remove();
});
