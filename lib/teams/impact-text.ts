import { formatCount, formatNumber, LOCALE } from '#lib/format.ts';
import type { ExceededLimit, LimitsImpact } from './retention.ts';

/** How many teams are listed by name. */
const LISTED = 20;

const utc = (at: Date): string =>
  `${new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23', timeZone: 'UTC' }).format(at)} UTC`;

/** The effect of a lower member or app limit on a team that already has more. */
export const exceededText = ({ name, what, has, max }: ExceededLimit): string =>
  what === 'members'
    ? `${name} has ${formatCount(has, 'active member')}; the new limit is ${formatNumber(max)}. Nobody is removed, but the team can’t add members until it is below the limit.`
    : `${name} has ${formatCount(has, 'app')}; the new limit is ${formatNumber(max)}. No app is removed, but the team can’t create apps until it is below the limit.`;

/** What a change deletes, in one sentence. */
export function lossText({ requests, approximate, losses, daysAfter, dueAt }: LimitsImpact): string {
  const count = `${approximate ? 'About ' : ''}${formatCount(requests, 'request')}`;
  const where = losses.length === 1 ? losses[0]!.name : formatCount(losses.length, 'team');
  return `${count} of ${where} older than ${formatCount(daysAfter, 'day')} will be deleted after ${utc(dueAt)}.`;
}

/** The impact of a change as lines of text, for the command line. */
export function impactLines(impact: LimitsImpact): string[] {
  const { losses, exceeded, daysAfter } = impact;
  const lines: string[] = [];
  if (losses.length > 0) {
    lines.push(lossText(impact), 'You can undo the change until then. The owners are notified by email.');
    for (const { name, slug, daysBefore, requests } of losses.slice(0, LISTED))
      lines.push(
        `  ${name} (${slug}): ${formatCount(requests, 'request')}, log retention ${daysBefore} to ${daysAfter} days`,
      );
    if (losses.length > LISTED) lines.push(`  … and ${formatCount(losses.length - LISTED, 'more team')}`);
  }
  return [...lines, ...exceeded.slice(0, LISTED).map(exceededText)];
}
