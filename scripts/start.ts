import { parseEnv } from '#lib/env.ts';
import { log } from '#lib/process/log.ts';
import { buildIfNeeded } from './build.ts';
import {
  addresses,
  gatewayPart,
  main,
  needFreePorts,
  portalPart,
  prepare,
  runParts,
  untilAnswers,
} from './supervise.ts';

await main(async () => {
  // First, so that an invalid configuration is reported before anything is built or started.
  const settings = parseEnv(process.env);
  const { portal, gateway, reach } = addresses(settings);
  await needFreePorts({ PORT: portal, GATEWAY_PORT: gateway });
  if (!settings.isProduction)
    log.warn(
      { host: settings.HOST, outbox: settings.outboxIsShown ? `${settings.PORTAL_URL}/outbox` : 'off' },
      `This is not a production setup: NODE_ENV is ${settings.NODE_ENV}. ${
        settings.outboxIsShown
          ? 'Anyone who can reach the portal can read all emails at /outbox, including password reset links.'
          : ''
      }`.trim(),
    );
  buildIfNeeded();
  const ground = await prepare();
  runParts([portalPart(portal, 'background'), gatewayPart()], ground);
  await Promise.all([untilAnswers(reach.portal('/api/health')), untilAnswers(reach.gateway('/_/healthz'))]);
  console.log(`\nPortal   ${settings.PORTAL_URL}\nGateway  ${settings.GATEWAY_URL}\n`);
});
