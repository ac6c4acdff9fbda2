import { Section, Text } from '@react-email/components';
import type { MailProps } from '#lib/mail/enqueue.ts';
import { Action, Layout, Paragraph } from './layout.tsx';
import { inert, utc } from './team.tsx';

type Props = MailProps['key-exposed'];

const small = { fontSize: 14, lineHeight: '22px', color: '#52525b', margin: 0 };

const SUBJECTS = {
  revoked: (name: string) => `Your API key “${name}” was found and is revoked`,
  dead: (name: string) => `Your dead API key “${name}” was found`,
  works: (name: string) => `Your API key “${name}” was found: replace it now`,
  typed: (name: string) => `The secret of your API key “${name}” was typed into a form`,
} as const;

export const exposedSubject = ({ keyName, outcome }: Props): string => SUBJECTS[outcome](keyName);

const TITLES = {
  revoked: 'A secret key was found, and is revoked',
  dead: 'A secret key was found that works no more',
  works: 'A secret key was found, and still works',
  typed: 'A secret key was typed into a form',
} as const;

const NEXT = {
  revoked:
    'It is refused everywhere from now on, as your team wants it for keys found in public. Make a new key and put it into your applications. The place was told to us by others: open it with care.',
  dead: 'Every call with it is refused already, so nothing is at risk. Remove it where it was found, and keep the new one elsewhere.',
  works:
    'Whoever has seen it can use it. Rotate the key, put the new one into your applications, then revoke the old one. The place was told to us by others: open it with care.',
  typed:
    'The form was refused and nothing of it is stored, so the key still works. But it was at hand where it should not be: if you do not know why, rotate it.',
} as const;

export function KeyExposed({ outcome, source, place, note, sharedKey, foundAt, link, ...props }: Props) {
  const [name, team, keyName] = [inert(props.name), inert(props.team), inert(props.keyName)];
  return (
    <Layout preview={TITLES[outcome]} title={TITLES[outcome]}>
      <Paragraph>
        Hello {name}, the secret key of this key of {team} was seen where it should not be:
      </Paragraph>
      <Section style={{ borderLeft: '3px solid #d4d4d8', margin: '0 0 16px', padding: '2px 0 2px 14px' }}>
        <Text style={{ ...small, fontSize: 15, fontWeight: 600, color: '#18181b' }}>{keyName}</Text>
        <Text
          style={{ ...small, fontFamily: 'ui-monospace, Menlo, Consolas, monospace', wordBreak: 'break-all' }}
        >
          {sharedKey}
        </Text>
        <Text style={{ ...small, wordBreak: 'break-all' }}>
          {source}
          {place && `: ${inert(place)}`}
        </Text>
        {note && <Text style={small}>{inert(note)}</Text>}
        <Text style={small}>{utc(foundAt)}</Text>
      </Section>
      <Paragraph>{NEXT[outcome]}</Paragraph>
      <Action href={link}>See the key</Action>
      <Paragraph>You get this mail because {props.why}.</Paragraph>
    </Layout>
  );
}
