import { log } from './log.ts';

/** Logs what no one catches, then ends the process. Node itself would print every property, query parameters included. */
export function logCrashes(): void {
  process.on('uncaughtException', (err, origin) => {
    log.fatal({ err, origin }, 'The process crashed');
    process.exit(1);
  });
}
