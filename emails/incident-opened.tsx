import type { MailProps } from '#lib/mail/enqueue.ts';
import { Action, Layout, Paragraph } from './layout.tsx';

export function IncidentOpened({ name, team, by, keyName: key, link, why }: MailProps['incident-opened']) {
  return (
    <Layout preview={`${by} reported “${key}” as compromised`} title="An API key was reported as compromised">
      <Paragraph>
        Hello {name}, {by} reported the API key “{key}” of {team} as compromised. The key is revoked. Every
        request with it is rejected.
      </Paragraph>
      <Paragraph>
        Update every app that uses this key. The incident lists its callers, checks off those that use the
        replacement, and watches for seven days who still uses the old key.
      </Paragraph>
      <Action href={link}>Open the incident</Action>
      <Paragraph>You’re receiving this email because {why}.</Paragraph>
    </Layout>
  );
}
