import { Link, Text } from '@react-email/components';
import type { MailProps } from '#lib/mail/enqueue.ts';
import { Action, Layout, Paragraph } from './layout.tsx';

type Props = MailProps['notification'];

export const notificationSubject = ({ items, team }: Props): string =>
  items.length === 1 ? items[0]!.title : `${items.length} notifications from ${team}`;

const small = { fontSize: 14, lineHeight: '22px', color: '#52525b', margin: 0 };

/** Events of a team: a single one with a button, or several with a link each. */
export function Notification({ name, team, items, settingsLink, why }: Props) {
  const [only] = items;
  const one = items.length === 1 && only ? only : null;
  const title = one ? one.title : `${items.length} notifications from ${team}`;
  return (
    <Layout preview={title} title={title}>
      <Paragraph>
        Hello {name}, {one ? `in ${team}: ${one.body}` : `here’s what’s new in ${team}:`}
      </Paragraph>
      {one ? (
        <Action href={one.link}>View details</Action>
      ) : (
        items.map((item) => (
          <Text key={item.link + item.title} style={{ ...small, margin: '0 0 16px' }}>
            <Link href={item.link} style={{ color: '#4a44d4', fontWeight: 600 }}>
              {item.title}
            </Link>
            <br />
            {item.body}
          </Text>
        ))
      )}
      <Paragraph>
        You’re receiving this email because {why}. Choose what you’re notified about:{' '}
        <Link href={settingsLink} style={{ color: '#4a44d4' }}>
          {settingsLink}
        </Link>
      </Paragraph>
    </Layout>
  );
}
