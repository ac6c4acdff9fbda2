import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { options } from './better-auth-options.mjs';

/** Creates Better Auth's tables, one user and one key, and prints the key. */
const { runMigrations } = await getMigrations(options);
await runMigrations();
const auth = betterAuth(options);
const { user } = await auth.api.signUpEmail({
  body: { name: 'Bench', email: 'bench@example.com', password: 'a long enough password' },
});
const { key } = await auth.api.createApiKey({ body: { name: 'bench', userId: user.id } });
console.log(key);
await options.database.end();
