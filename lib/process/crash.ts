import { log } from './log.ts';

/** Logs uncaught errors, then ends the process. Node itself would print every property, including query parameters. */
export function logCrashes(): void {
  process.on('uncaughtException', (err, origin) => {
    log.fatal({ err, origin }, 'The process crashed');
    process.exit(1);
  });
}
