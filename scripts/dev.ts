import { parseEnv } from '#lib/env.ts';
import {
  addresses,
  devPortalPart,
  gatewayPart,
  main,
  needFreePorts,
  prepare,
  runParts,
} from './supervise.ts';

await main(async () => {
  const { portal, gateway } = addresses(parseEnv(process.env));
  await needFreePorts({ PORT: portal, GATEWAY_PORT: gateway });
  const ground = await prepare();
  runParts([devPortalPart(portal), gatewayPart()], ground);
  const { PORTAL_URL, GATEWAY_URL } = ground.settings;
  console.log(
    `\nPortal   ${PORTAL_URL} (each page is built when you first open it)\nGateway  ${GATEWAY_URL}\n`,
  );
});
