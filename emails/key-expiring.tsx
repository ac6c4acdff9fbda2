import { Link, Section, Text } from '@react-email/components';
import { LOCALE } from '#lib/format.ts';
import type { MailProps } from '#lib/mail/enqueue.ts';
import { Action, Layout, Paragraph } from './layout.tsx';
import { utc } from './utc.ts';

type Props = MailProps['key-expiring'];
type Key = Props['keys'][number];

const small = { fontSize: 14, lineHeight: '22px', color: '#52525b', margin: 0 };

export function expiringSubject({ keys, team }: Props): string {
  const [first] = keys;
  if (keys.length !== 1 || !first) return `${keys.length} API keys in ${team} expire soon`;
  return first.ended
    ? `Your API key “${first.name}” expired`
    : `Your API key “${first.name}” expires on ${day(first.endsAt)}`;
}

const day = (iso: string) =>
  new Intl.DateTimeFormat(LOCALE, { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(iso));

export function KeyExpiring({ name, team, keys, link, why }: Props) {
  const title = keys.length === 1 ? titleOf(keys[0]) : `API keys in ${team} expire soon`;
  return (
    <Layout preview={title} title={title}>
      <Paragraph>
        Hello {name}, {keys.length === 1 ? `this key of ${team} needs` : `these keys of ${team} need`} your
        attention. Requests with an expired key are rejected.
      </Paragraph>
      {keys.map((key) => (
        <OneKey key={key.sharedKey} of={key} withLink={keys.length > 1} />
      ))}
      <Paragraph>
        Rotate a key before it expires. The new key works immediately, and the old one keeps working while you
        update your apps. If you don’t need a key, let it expire.
      </Paragraph>
      <Action href={link}>{keys.length === 1 ? 'Rotate the key' : 'See your API keys'}</Action>
      <Paragraph>You’re receiving this email because {why}.</Paragraph>
    </Layout>
  );
}

const titleOf = (key: Key | undefined) => (key?.ended ? 'An API key expired' : 'An API key expires soon');

function OneKey({ of: key, withLink }: { of: Key; withLink: boolean }) {
  return (
    <Section style={{ borderLeft: '3px solid #d4d4d8', margin: '0 0 16px', padding: '2px 0 2px 14px' }}>
      <Text style={{ ...small, fontSize: 15, fontWeight: 600, color: '#18181b' }}>{key.name}</Text>
      <Text
        style={{ ...small, fontFamily: 'ui-monospace, Menlo, Consolas, monospace', wordBreak: 'break-all' }}
      >
        {key.sharedKey}
      </Text>
      <Text style={small}>
        {key.application}, {key.environment}
      </Text>
      <Text style={{ ...small, fontWeight: 600 }}>
        {key.ended ? 'Expired on' : 'Expires on'} {utc(key.endsAt)}
      </Text>
      {withLink && (
        <Text style={small}>
          <Link href={key.link}>Rotate this key</Link>
        </Text>
      )}
    </Section>
  );
}
