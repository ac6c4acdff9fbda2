import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import nodemailer from 'nodemailer';
import { Resend } from 'resend';

export type Letter = { id: string; to: string; from: string; subject: string; html: string; text: string };

/** The email could not be sent. `retryAfterMs` is the wait that the service asked for. */
export class DeliveryFailed extends Error {
  override name = 'DeliveryFailed';
  readonly retryAfterMs: number | undefined;

  constructor(message: string, retryAfterMs?: number) {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}

export type Transport = { name: 'resend' | 'smtp' | 'folder'; send(letter: Letter): Promise<void> };

type Options = {
  resendApiKey?: string | undefined;
  resendBaseUrl?: string | undefined;
  smtpUrl?: string | undefined;
  /** Where emails are written when neither is set. */
  outboxDir: string;
};

const TIMEOUT_MS = 15_000;

/** How emails are sent: Resend, SMTP, or the outbox folder. */
export function openTransport(options: Options, timeoutMs = TIMEOUT_MS): Transport {
  const { resendApiKey, resendBaseUrl, smtpUrl, outboxDir } = options;
  if (resendApiKey) return resendTransport(resendApiKey, resendBaseUrl, timeoutMs);
  if (smtpUrl) return smtpTransport(smtpUrl, timeoutMs);
  return folderTransport(outboxDir);
}

function resendTransport(apiKey: string, baseUrl: string | undefined, timeoutMs: number): Transport {
  const resend = new Resend(apiKey, baseUrl ? { baseUrl } : undefined);
  return {
    name: 'resend',
    async send({ id, ...letter }) {
      // The key makes a retry safe when a response was lost: Resend remembers it for 24 hours.
      const sending = resend.emails.send(letter, { idempotencyKey: id });
      const response = await Promise.race([sending, timeout(timeoutMs)]);
      if (!response.error) return;
      const wait = Number(response.headers?.['retry-after']);
      throw new DeliveryFailed(
        `Resend: ${response.error.name}`,
        Number.isFinite(wait) ? wait * 1000 : undefined,
      );
    },
  };
}

function smtpTransport(url: string, timeoutMs: number): Transport {
  const mailer = nodemailer.createTransport({
    url,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
  });
  return {
    name: 'smtp',
    async send({ id, ...letter }) {
      // The same Message-ID for every attempt lets the receiving side drop a duplicate.
      await mailer.sendMail({ ...letter, messageId: `<${id}@latchkey>` });
    },
  };
}

function folderTransport(folder: string): Transport {
  return {
    name: 'folder',
    async send(letter) {
      await mkdir(folder, { recursive: true });
      const path = join(folder, `${letter.id}.json`);
      await writeFile(
        `${path}.part`,
        JSON.stringify({ ...letter, sentAt: new Date().toISOString() }, null, 2),
        { mode: 0o600 },
      );
      await rename(`${path}.part`, path);
    },
  };
}

function timeout(timeoutMs: number): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(
      () => reject(new DeliveryFailed('the mail service did not respond in time')),
      timeoutMs,
    ).unref();
  });
}
