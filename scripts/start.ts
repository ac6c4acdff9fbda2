import { parseEnv } from '#lib/env.ts';
import { buildIfNeeded } from './build.ts';
import {
  gatewayPart,
  main,
  needFreePorts,
  portalPart,
  prepare,
  runParts,
  untilAnswers,
} from './supervise.ts';

await main(async () => {
  // Before anything is built or started: a wrong configuration is told at once.
  const { PORT, GATEWAY_PORT } = parseEnv(process.env);
  await needFreePorts({ PORT, GATEWAY_PORT });
  buildIfNeeded();
  const ground = await prepare();
  runParts([portalPart(PORT, 'background'), gatewayPart()], ground.env, ground.release);
  await Promise.all([
    untilAnswers(`http://127.0.0.1:${PORT}/sign-in`),
    untilAnswers(`http://127.0.0.1:${GATEWAY_PORT}/_/healthz`),
  ]);
  console.log(`\nPortal   ${ground.settings.PORTAL_URL}\nGateway  ${ground.settings.GATEWAY_URL}\n`);
});
