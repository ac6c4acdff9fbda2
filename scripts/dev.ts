import { devPortalPart, gatewayPart, main, needFreePorts, prepare, runParts } from './supervise.ts';

await main(async () => {
  const ground = await prepare();
  const { PORT, GATEWAY_PORT } = ground.settings;
  await needFreePorts({ PORT, GATEWAY_PORT });
  runParts([devPortalPart(PORT), gatewayPart()], ground.env, ground.release);
  console.log(
    `\nPortal   ${ground.settings.PORTAL_URL} (builds each page when it is first opened)\nGateway  ${ground.settings.GATEWAY_URL}\n`,
  );
});
