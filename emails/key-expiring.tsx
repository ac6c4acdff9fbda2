import { Link, Section, Text } from '@react-email/components';
import type { MailProps } from '#lib/mail/enqueue.ts';
import { Action, Layout, Paragraph } from './layout.tsx';
import { inert, utc } from './team.tsx';

type Props = MailProps['key-expiring'];
type Key = Props['keys'][number];

const small = { fontSize: 14, lineHeight: '22px', color: '#52525b', margin: 0 };

export function expiringSubject({ keys, team }: Props): string {
  const [first] = keys;
  if (keys.length !== 1 || !first) return `${keys.length} API keys of ${team} need a new end`;
  return first.ended
    ? `Your API key “${first.name}” has ended`
    : `Your API key “${first.name}” ends on ${day(first.endsAt)}`;
}

const day = (iso: string) =>
  new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(iso));

export function KeyExpiring({ keys, link, why, ...props }: Props) {
  const [name, team] = [inert(props.name), inert(props.team)];
  const title = keys.length === 1 ? titleOf(keys[0]) : `API keys of ${team} end`;
  return (
    <Layout preview={title} title={title}>
      <Paragraph>
        Hello {name}, {keys.length === 1 ? `this key of ${team} needs` : `these keys of ${team} need`} your
        attention. Once a key has ended, every call with it is refused.
      </Paragraph>
      {keys.map((key) => (
        <OneKey key={key.sharedKey} of={key} withLink={keys.length > 1} />
      ))}
      <Paragraph>
        Rotate a key in time: its successor works at once, and the old key goes on working while you put the
        new one into your applications. A key that nobody needs can be left to end.
      </Paragraph>
      <Action href={link}>{keys.length === 1 ? 'Rotate the key' : 'See your API keys'}</Action>
      <Paragraph>You get this mail because {why}.</Paragraph>
    </Layout>
  );
}

const titleOf = (key: Key | undefined) => (key?.ended ? 'An API key has ended' : 'An API key ends soon');

function OneKey({ of: key, withLink }: { of: Key; withLink: boolean }) {
  return (
    <Section style={{ borderLeft: '3px solid #d4d4d8', margin: '0 0 16px', padding: '2px 0 2px 14px' }}>
      <Text style={{ ...small, fontSize: 15, fontWeight: 600, color: '#18181b' }}>{inert(key.name)}</Text>
      <Text
        style={{ ...small, fontFamily: 'ui-monospace, Menlo, Consolas, monospace', wordBreak: 'break-all' }}
      >
        {key.sharedKey}
      </Text>
      <Text style={small}>
        {inert(key.application)}, {key.environment}
      </Text>
      <Text style={{ ...small, fontWeight: 600 }}>
        {key.ended ? 'Ended on' : 'Ends on'} {utc(key.endsAt)}
      </Text>
      {withLink && (
        <Text style={small}>
          <Link href={key.link}>Rotate this key</Link>
        </Text>
      )}
    </Section>
  );
}
