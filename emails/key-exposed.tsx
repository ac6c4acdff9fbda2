import { Section, Text } from '@react-email/components';
import type { MailProps } from '#lib/mail/enqueue.ts';
import { Action, Layout, Paragraph } from './layout.tsx';
import { utc } from './utc.ts';

type Props = MailProps['key-exposed'];

const small = { fontSize: 14, lineHeight: '22px', color: '#52525b', margin: 0 };

const SUBJECTS = {
  revoked: (name: string) => `Your API key “${name}” was found in public and is now revoked`,
  dead: (name: string) => `Your inactive API key “${name}” was found in public`,
  works: (name: string) => `Your API key “${name}” was found in public: replace it now`,
  typed: (name: string) => `The secret key of “${name}” was entered in a form`,
} as const;

export const exposedSubject = ({ keyName, outcome }: Props): string => SUBJECTS[outcome](keyName);

const TITLES = {
  revoked: 'A secret key was found in public and is now revoked',
  dead: 'An inactive secret key was found in public',
  works: 'A secret key was found in public and still works',
  typed: 'A secret key was entered in a form',
} as const;

const NEXT = {
  revoked:
    'Your team’s key policy revokes keys that are found in public. Create a new key and update your apps. We didn’t verify the location above, so be careful when you open it.',
  dead: 'The key was already inactive, so no request can use it. Remove it from the location above.',
  works:
    'Anyone who has seen it can use it. Rotate the key, update your apps, then revoke the old key. We didn’t verify the location above, so be careful when you open it.',
  typed:
    'We rejected the form and didn’t store the key, so it still works. If you don’t know why it was entered there, rotate it.',
} as const;

export function KeyExposed(props: Props) {
  const { outcome, source, place, note, sharedKey, foundAt, link, name, team, keyName } = props;
  return (
    <Layout preview={TITLES[outcome]} title={TITLES[outcome]}>
      <Paragraph>
        Hello {name}, we found the secret key of this API key of {team}:
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
          {place && `: ${place}`}
        </Text>
        {note && <Text style={small}>{note}</Text>}
        <Text style={small}>{utc(foundAt)}</Text>
      </Section>
      <Paragraph>{NEXT[outcome]}</Paragraph>
      <Action href={link}>View the key</Action>
      <Paragraph>You’re receiving this email because {props.why}.</Paragraph>
    </Layout>
  );
}
