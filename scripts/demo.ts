import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from '#db/client.ts';
import { importDocument } from '#lib/catalog/import-document.ts';
import { parseEnv } from '#lib/env.ts';
import { buildIfNeeded } from './build.ts';
import { DEMO_PASSWORD, seedDemo } from './seed-demo.ts';
import {
  gatewayPart,
  main,
  needFreePorts,
  type Part,
  portalPart,
  prepare,
  runParts,
  untilAnswers,
} from './supervise.ts';

const SAMPLE_CALL = { method: 'GET', path: '/weather/cities/lisbon/current' };

await main(async () => {
  process.env.SUPPORT_EMAIL ??= 'support@example.com'; // So that "Contact Us" is there to see.
  const { PORT, GATEWAY_PORT, DATA_DIR, isProduction } = parseEnv(process.env);
  if (isProduction)
    throw new Error('The demo makes accounts with a known password: it does not run in production.');
  const samplePort = Number(process.env.SAMPLE_PORT ?? 4010);
  await needFreePorts({ PORT, GATEWAY_PORT, SAMPLE_PORT: samplePort });
  buildIfNeeded();
  const ground = await prepare();
  const { settings } = ground;

  console.log('Preparing the demo data …');
  const { db, sql } = connect(ground.url, { max: 4 });
  const imported = await importDocument(
    {
      db,
      operator: 'operator',
      encryptionKey: settings.LATCHKEY_ENCRYPTION_KEY,
      allowPrivateUpstreams: true,
    },
    {
      source: readFileSync(join('sample', 'openapi.yaml'), 'utf8'),
      slug: 'weather',
      upstream: `http://127.0.0.1:${samplePort}`,
    },
  );
  if (!imported.ok)
    throw new Error(imported.problems.map(({ place, reason }) => `${place}: ${reason}`).join('\n'));
  const file = join(DATA_DIR, 'demo.json');
  const seeded = await seedDemo(db, sql, file);
  await sql.end();

  const demo = {
    // After a second start with other ports the file says these.
    ...seeded,
    portalUrl: settings.PORTAL_URL,
    gatewayUrl: settings.GATEWAY_URL,
    sampleCall: SAMPLE_CALL,
  };
  writeFileSync(file, `${JSON.stringify(demo, null, 2)}\n`, { mode: 0o600 });

  const sample: Part = { name: 'sample', args: ['sample/server.ts', String(samplePort)] };
  // The demo's processes may call the sample on this machine, whatever the installation allows.
  runParts(
    [sample, portalPart(PORT, 'low'), gatewayPart()],
    { ...ground.env, ALLOW_PRIVATE_UPSTREAMS: '1' },
    ground.release,
  );
  await Promise.all([
    untilAnswers(`http://127.0.0.1:${PORT}/sign-in`),
    untilAnswers(`http://127.0.0.1:${GATEWAY_PORT}/_/readyz`),
    untilAnswers(`http://127.0.0.1:${samplePort}/cities`),
  ]);
  const { sharedKey, secretKey } = demo.credential;
  for (const path of [
    '/weather/cities',
    SAMPLE_CALL.path,
    '/weather/cities/oslo/forecast?days=3',
    '/weather/cities/atlantis',
  ]) {
    await fetch(`http://127.0.0.1:${GATEWAY_PORT}${path}`, {
      headers: { 'X-Shared-Key': sharedKey, 'X-Secret-Key': secretKey },
    }).then((answer) => answer.arrayBuffer());
  }
  console.log(`
Latchkey is ready.

  Portal    ${demo.portalUrl}
  Gateway   ${demo.gatewayUrl}
  Mails     ${demo.portalUrl}/outbox

  Owner     ${demo.owner.email}
  Admin     ${demo.admin.email}
  Member    ${demo.member.email}
  Operator  ${demo.operator.email}
  Password  ${DEMO_PASSWORD}

Call the sample API through the gateway:

  curl -u '${sharedKey}:${secretKey}' ${demo.gatewayUrl}${SAMPLE_CALL.path}

All of this stands in ${file}. Ctrl-C stops everything; the data stays.
`);
});
