import { createSecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import tls from 'node:tls';
import type { Dispatcher } from 'undici';
import { afterEach, expect, test } from 'vitest';
import { aCertificate, type Certificate } from '#tests/support/certificate.ts';
import { openUpstreams } from './upstreams.ts';

const systemCertificates = tls.getCACertificates('default');
let ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.reverse()) await end();
  ends = [];
  tls.setDefaultCACertificates(systemCertificates);
});

/** An upstream that prefers HTTP/2, as most do. */
async function anUpstream(certificate: Certificate) {
  const versions: string[] = [];
  const server = createSecureServer({ ...certificate, allowHTTP1: true }, (request, response) => {
    versions.push(request.httpVersion);
    response.writeHead(302, {
      Location: 'https://evil.test/',
      'Content-Type': 'text/plain',
      'X-Two': ['a', 'b'],
    });
    response.end('hello');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  ends.push(() => server.close());
  const { port } = server.address() as AddressInfo; // TCP, just opened.
  return { origin: `https://localhost:${port}`, versions };
}

type Seen = { status: number; rawHeaders: Dispatcher.DispatchController['rawHeaders']; body: string };

function call(origin: string): Promise<Seen | Error> {
  const upstreams = openUpstreams({
    allowPrivateUpstreams: true,
    connectTimeoutMs: 1_000,
    firstByteTimeoutMs: 1_000,
    idleTimeoutMs: 1_000,
    connectionsPerOrigin: 8,
  });
  ends.push(() => upstreams.close());
  const seen: Seen = { status: 0, rawHeaders: undefined, body: '' };
  return new Promise((done) => {
    upstreams.dispatch(
      origin,
      { method: 'GET', path: '/', headers: ['accept', '*/*'] },
      {
        onRequestStart: () => {},
        onResponseStart(controller, status) {
          Object.assign(seen, { status, rawHeaders: controller.rawHeaders });
        },
        onResponseData(_controller, chunk) {
          seen.body += chunk;
        },
        onResponseEnd: () => done(seen),
        onResponseError: (_controller, error) => done(error),
      },
    );
  });
}

test('an upstream that offers HTTP/2 gets HTTP/1.1, and all of its headers arrive', async () => {
  const certificate = aCertificate('localhost');
  tls.setDefaultCACertificates([certificate.cert]);
  const { origin, versions } = await anUpstream(certificate);

  const seen = await call(origin);

  if (seen instanceof Error) throw seen;
  expect(versions).toEqual(['1.1']);
  expect(seen).toMatchObject({ status: 302, body: 'hello' });
  const names = Array.isArray(seen.rawHeaders) ? seen.rawHeaders.map(String) : [];
  expect(names).toEqual(expect.arrayContaining(['Location', 'https://evil.test/', 'Content-Type', 'a', 'b']));
});

test('an untrusted, mismatched or expired certificate is rejected (ASVS 12.3.2)', async () => {
  const codes: unknown[] = [];
  for (const [certificate, isTrusted] of [
    [aCertificate('localhost'), false],
    [aCertificate('other.test'), true],
    [aCertificate('localhost', { endsInDays: -1 }), true],
  ] as const) {
    tls.setDefaultCACertificates(isTrusted ? [certificate.cert] : systemCertificates);
    const { origin, versions } = await anUpstream(certificate);

    const seen = await call(origin);

    codes.push(seen instanceof Error && 'code' in seen ? seen.code : seen);
    expect(versions).toEqual([]);
  }
  expect(codes).toEqual(['DEPTH_ZERO_SELF_SIGNED_CERT', 'ERR_TLS_CERT_ALTNAME_INVALID', 'CERT_HAS_EXPIRED']);
});
