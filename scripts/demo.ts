import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from '#db/client.ts';
import { importDocument } from '#lib/catalog/import-document.ts';
import { parseEnv } from '#lib/env.ts';
import { buildIfNeeded } from './build.ts';
import { DEMO_PASSWORD, seedDemo } from './seed-demo.ts';
import {
  addresses,
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
  process.env.SUPPORT_EMAIL ??= 'support@example.com'; // So that the demo shows "Contact Us".
  const configured = parseEnv(process.env);
  const { DATA_DIR } = configured;
  if (configured.isProduction)
    throw new Error('The demo creates accounts with a known password, so it does not run in production.');
  const samplePort = Number(process.env.SAMPLE_PORT ?? 4010);
  const { portal, gateway, reach } = addresses(configured);
  await needFreePorts({
    PORT: portal,
    GATEWAY_PORT: gateway,
    SAMPLE_PORT: { host: '127.0.0.1', port: samplePort },
  });
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
    // A second start can have other ports.
    ...seeded,
    portalUrl: settings.PORTAL_URL,
    gatewayUrl: settings.GATEWAY_URL,
    sampleCall: SAMPLE_CALL,
  };
  writeFileSync(file, `${JSON.stringify(demo, null, 2)}\n`, { mode: 0o600 });

  const sample: Part = { name: 'sample', args: ['sample/server.ts', String(samplePort)] };
  // The demo can call the sample on this machine, regardless of the settings.
  runParts([sample, portalPart(portal, 'low'), gatewayPart()], {
    ...ground,
    env: { ...ground.env, ALLOW_PRIVATE_UPSTREAMS: '1' },
  });
  await Promise.all([
    untilAnswers(reach.portal('/api/ready')),
    untilAnswers(reach.gateway('/_/readyz')),
    untilAnswers(`http://127.0.0.1:${samplePort}/cities`),
  ]);
  const { sharedKey, secretKey } = demo.credential;
  for (const path of [
    '/weather/cities',
    SAMPLE_CALL.path,
    '/weather/cities/oslo/forecast?days=3',
    '/weather/cities/atlantis',
  ]) {
    await fetch(reach.gateway(path), {
      headers: { 'X-Shared-Key': sharedKey, 'X-Secret-Key': secretKey },
    }).then((response) => response.arrayBuffer());
  }
  console.log(`
Latchkey is ready.

  Portal    ${demo.portalUrl}
  Gateway   ${demo.gatewayUrl}
  Emails    ${demo.portalUrl}/outbox

  Owner     ${demo.owner.email}
  Admin     ${demo.admin.email}
  Member    ${demo.member.email}
  Operator  ${demo.operator.email}
  Password  ${DEMO_PASSWORD}

Call the sample API through the gateway:

  curl -u '${sharedKey}:${secretKey}' ${demo.gatewayUrl}${SAMPLE_CALL.path}

All of this is also in ${file}. Press Ctrl-C to stop. The data stays.
`);
});
