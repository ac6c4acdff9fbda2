import { apiKey } from '@better-auth/api-key';
import pg from 'pg';

/** Better Auth with keys in PostgreSQL: its defaults, without rate limits, which would end the run. */
export const options = {
  baseURL: `http://127.0.0.1:${process.env.PORT ?? 3000}`,
  secret: process.env.BETTER_AUTH_SECRET,
  database: new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 6 }),
  emailAndPassword: { enabled: true },
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  logger: { level: 'error' },
  plugins: [apiKey({ rateLimit: { enabled: false } })],
};
