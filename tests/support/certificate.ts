import { generateKeyPairSync, sign } from 'node:crypto';

/** A self-signed certificate, generated per run, so the repository contains no key. */
export type Certificate = { key: string; cert: string };

/** For one DNS name; negative `endsInDays` makes an expired one. X.509 in DER (RFC 5280), ECDSA on P-256. */
export function aCertificate(name: string, { endsInDays = 1 } = {}): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(oid('06082a8648ce3d040302')); // ecdsa-with-SHA256
  const who = sequence(der(0x31, sequence(oid('0603550403'), der(0x0c, Buffer.from(name)))));
  const alternatives = sequence(oid('0603551d11'), der(0x04, sequence(der(0x82, Buffer.from(name)))));
  const content = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))), // Version 3.
    der(0x02, Buffer.from([1])),
    algorithm,
    who,
    sequence(utcTime(-10), utcTime(endsInDays)),
    who,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(alternatives)),
  );
  const signature = der(0x03, Buffer.from([0]), sign('sha256', content, privateKey));
  const body = sequence(content, algorithm, signature).toString('base64').replace(/.{64}/g, '$&\n');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`,
  };
}

function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const sequence = (...parts: Buffer[]): Buffer => der(0x30, ...parts);
const oid = (hex: string): Buffer => Buffer.from(hex, 'hex');

const utcTime = (days: number): Buffer =>
  der(
    0x17,
    Buffer.from(
      `${new Date(Date.now() + days * 86_400_000).toISOString().slice(2, 19).replace(/[-:T]/g, '')}Z`,
    ),
  );
