import { Link, Text } from '@react-email/components';
import type { MailProps } from '#lib/mail/enqueue.ts';
import { Action, Layout, Paragraph } from './layout.tsx';
import { inert } from './team.tsx';

type Props = MailProps['notification'];

export const notificationSubject = ({ items, team }: Props): string =>
  items.length === 1 ? items[0]!.title : `${items.length} things to look at in ${team}`;

const small = { fontSize: 14, lineHeight: '22px', color: '#52525b', margin: 0 };

/** What happened in a team: one thing with its button, or several with a link each. */
export function Notification({ items, settingsLink, ...props }: Props) {
  const [name, team] = [inert(props.name), inert(props.team)];
  const [only] = items;
  const one = items.length === 1 && only ? only : null;
  const title = one ? inert(one.title) : `${items.length} things to look at in ${team}`;
  return (
    <Layout preview={title} title={title}>
      <Paragraph>
        Hello {name}, {one ? `this concerns ${team}: ${inert(one.body)}` : `this concerns ${team}:`}
      </Paragraph>
      {one ? (
        <Action href={one.link}>See the evidence</Action>
      ) : (
        items.map((item) => (
          <Text key={item.link + item.title} style={{ ...small, margin: '0 0 16px' }}>
            <Link href={item.link} style={{ color: '#4a44d4', fontWeight: 600 }}>
              {inert(item.title)}
            </Link>
            <br />
            {inert(item.body)}
          </Text>
        ))
      )}
      <Paragraph>
        You get this mail because {inert(props.why)}. What you are told of is your choice:{' '}
        <Link href={settingsLink} style={{ color: '#4a44d4' }}>
          {settingsLink}
        </Link>
      </Paragraph>
    </Layout>
  );
}
