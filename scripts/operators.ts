import { addOperator, listOperators, removeOperator } from '#lib/accounts/operators.ts';
import { readSettings } from '#lib/env.ts';
import { normalizeMailbox } from '#lib/mail/address.ts';
import { withDatabase } from './with-database.ts';

const USAGE = `Usage:
  npm run operators -- list
  npm run operators -- add EMAIL      the account must exist and have a verified email address
  npm run operators -- remove EMAIL`;

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}

async function list(): Promise<void> {
  const operators = await withDatabase('read', (db) => listOperators({ db }));
  if (operators.length === 0) return console.log('No operators.');
  for (const { email, name, addedBy, hasSecondFactor } of operators)
    console.log(
      `${email} (${name}), added by ${addedBy === 'command' ? 'this command' : 'OPERATOR_EMAIL'}, ` +
        `two-factor authentication ${hasSecondFactor ? 'on' : 'off'}`,
    );
}

async function add(email: string): Promise<void> {
  const added = await withDatabase('write', (db) => addOperator({ db }, { email }));
  if (added.ok) return console.log(`${email} is an operator.`);
  if (added.reason === 'unchanged') return console.log(`${email} is already an operator.`);
  if (added.reason === 'not_verified') fail(`${email} hasn't verified their email address yet.`);
  fail(`There is no account with the address ${email}. Ask them to sign up first.`);
}

async function remove(email: string): Promise<void> {
  const { operatorEmail } = readSettings();
  if (operatorEmail && normalizeMailbox(operatorEmail) === normalizeMailbox(email))
    fail(`OPERATOR_EMAIL names ${email}. Change it and restart Latchkey instead.`);
  const removed = await withDatabase('write', (db) => removeOperator({ db }, { email }));
  if (removed.ok) return console.log(`${email} is no longer an operator.`);
  fail(
    removed.reason === 'unchanged'
      ? `${email} isn't an operator.`
      : `There is no account with the address ${email}.`,
  );
}

const [command, email, ...rest] = process.argv.slice(2);
if (rest.length > 0) fail(USAGE);
else if (command === 'list' && !email) await list();
else if (command === 'add' && email) await add(email);
else if (command === 'remove' && email) await remove(email);
else fail(USAGE);
