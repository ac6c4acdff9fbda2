import { formatBytes, formatCount } from '#lib/format.ts';
import type { GatewayNode, Health, NodeReport } from './read-health.ts';

/** Something an operator must act on. `place` names the process that it's about, if any. */
export type HealthProblem = { place: string | null; title: string; advice: string };

const MINUTE_MS = 60_000;
/** Under load, shipping takes half a minute. A database outage is reported through its consequences. */
const SHIPPING_LATE_MS = 5 * MINUTE_MS;
const MAIL_LATE_MS = 10 * MINUTE_MS;
const REPORT_LATE_MS = 60_000;
const ERROR_RECENT_MS = 10 * MINUTE_MS;

/** Everything that needs attention, most urgent first. `failedJobs` are titles of jobs whose last run failed. */
export function healthProblems(health: Health, failedJobs: readonly string[]): HealthProblem[] {
  const problems: HealthProblem[] = [];
  const add = (title: string, advice: string) => problems.push({ place: null, title, advice });
  if (!health.nodes.some((node) => node.isLive))
    add('No gateway is running', 'Start a gateway. Until then every API request fails.');
  for (const node of health.nodes) problems.push(...nodeProblems(node, health.now));
  const mailAgeMs = health.oldestMailAt ? health.now.getTime() - health.oldestMailAt.getTime() : 0;
  if (mailAgeMs > MAIL_LATE_MS)
    add(
      `${formatCount(health.mailsWaiting, 'email')} can’t be sent`,
      'Check the mail settings, and the portal’s log for the error.',
    );
  if (health.mailsFailed > 0)
    add(
      `${formatCount(health.mailsFailed, 'email')} failed after all attempts`,
      'Check the recipients and the mail settings.',
    );
  for (const job of failedJobs) add(`The last run of “${job}” failed`, 'See Operator, Jobs for the error.');
  return problems;
}

function nodeProblems(node: GatewayNode, now: Date): HealthProblem[] {
  const place = `process ${node.pid} on ${node.host}`;
  if (!node.isLive)
    return [
      {
        place,
        title: 'A gateway is not responding',
        advice:
          'Its lease has expired. Check whether the process and its connection to the database work. If it was stopped on purpose, start a gateway with the same DATA_DIR to ship the usage it left behind.',
      },
    ];
  return node.report ? reportProblems(node.report, now).map((problem) => ({ place, ...problem })) : [];
}

function reportProblems(report: NodeReport, now: Date): Omit<HealthProblem, 'place'>[] {
  const problems: Omit<HealthProblem, 'place'>[] = [];
  const ageMs = (at: Date | null) => (at ? now.getTime() - at.getTime() : 0);
  const { lastError, quarantinedSegments: quarantined } = report;
  if (!report.spoolWritable)
    problems.push({
      title: 'Requests can’t be recorded and get 503',
      advice: `Check the disk of DATA_DIR. ${lastError ? `Error: ${lastError}` : ''}`.trim(),
    });
  if (ageMs(report.oldestLineAt) > SHIPPING_LATE_MS)
    problems.push({
      title: `${formatBytes(report.spoolBytes)} of usage are not shipped to the database`,
      advice: lastError ? `Error: ${lastError}` : 'See the gateway’s log for the error.',
    });
  else if (report.spoolWritable && lastError && ageMs(report.lastErrorAt) < ERROR_RECENT_MS)
    problems.push({ title: 'Recording usage failed recently', advice: `Error: ${lastError}` });
  if (quarantined > 0)
    problems.push({
      title: `The database rejected ${formatCount(quarantined, 'spool segment')} (${formatBytes(report.quarantinedBytes)})`,
      advice:
        'Their requests are missing from all figures. Fix the cause, then rename each .seg.rejected file back to .seg, or delete it.',
    });
  const unreadable = report.blocked.filter(({ name }) => !name.endsWith('.rejected'));
  if (unreadable.length > 0)
    problems.push({
      title: `${formatCount(unreadable.length, 'part')} of the spool can’t be shipped`,
      advice: unreadable.map(({ name, error }) => `${name}: ${error}`).join('; '),
    });
  if (ageMs(report.reportedAt) > REPORT_LATE_MS)
    problems.push({
      title: 'A gateway stopped reporting its health',
      advice: 'See the gateway’s log for the error.',
    });
  return problems;
}
