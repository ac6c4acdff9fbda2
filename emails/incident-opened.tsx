import type { MailProps } from '#lib/mail/enqueue.ts';
import { Action, Layout, Paragraph } from './layout.tsx';
import { inert } from './team.tsx';

export function IncidentOpened({ link, why, ...props }: MailProps['incident-opened']) {
  const [name, team, by, key] = [inert(props.name), inert(props.team), inert(props.by), inert(props.keyName)];
  return (
    <Layout preview={`${by} reports “${key}” as compromised`} title="An API key is compromised">
      <Paragraph>
        Hello {name}, {by} reports that the API key “{key}” of {team} may be known to others. The key is
        revoked: every call with it is refused.
      </Paragraph>
      <Paragraph>
        Whatever used this key needs the replacement. The incident shows who called with it, ticks off who has
        moved, and watches for seven days who still tries.
      </Paragraph>
      <Action href={link}>Open the incident</Action>
      <Paragraph>You get this mail because {why}.</Paragraph>
    </Layout>
  );
}
