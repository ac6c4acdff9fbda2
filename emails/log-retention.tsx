import { formatCount } from '#lib/format.ts';
import type { MailProps } from '#lib/mail/enqueue.ts';
import { Action, Layout, Paragraph } from './layout.tsx';
import { utc } from './utc.ts';

type Props = MailProps['log-retention'];

export const retentionSubject = ({ team, change, daysBefore, daysAfter, requests }: Props): string =>
  change === 'lowered'
    ? `${formatCount(requests, 'request')} of ${team} will be deleted: log retention is now ${formatCount(daysAfter, 'day')}`
    : `Log retention for ${team} is ${formatCount(daysBefore, 'day')} again`;

export function LogRetention({ change, daysBefore, daysAfter, requests, dueAt, link, ...props }: Props) {
  const { name, team } = props;
  const before = formatCount(daysBefore, 'day');
  const title =
    change === 'lowered' ? `Log retention for ${team} was lowered` : `Log retention for ${team} was restored`;
  return (
    <Layout preview={title} title={title}>
      {change === 'lowered' ? (
        <>
          <Paragraph>
            Hello {name}, your operator lowered the log retention of {team} from {before} to{' '}
            {formatCount(daysAfter, 'day')}. {formatCount(requests, 'request')} in the request log will be
            deleted after {utc(dueAt)}.
          </Paragraph>
          <Paragraph>
            To keep a copy, export your requests before then. If you need a longer retention, contact your
            operator.
          </Paragraph>
          <Action href={link}>Open Request Logs</Action>
        </>
      ) : (
        <Paragraph>
          Hello {name}, your operator restored the log retention of {team} to {before}. No requests were
          deleted.
        </Paragraph>
      )}
      <Paragraph>You’re receiving this email because you’re an owner of the team.</Paragraph>
    </Layout>
  );
}
