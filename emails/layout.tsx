import {
  Body,
  Button,
  Container,
  Head,
  Heading,
  Hr,
  Html,
  Preview,
  Section,
  Text,
} from '@react-email/components';
import type { ReactNode } from 'react';

const font = '-apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, Helvetica, Arial, sans-serif';
const text = { fontSize: 15, lineHeight: '24px', color: '#27272a', margin: '0 0 16px' };

/** The frame of every email. */
export function Layout({
  preview,
  title,
  children,
}: {
  preview: string;
  title: string;
  children: ReactNode;
}) {
  return (
    <Html lang="en">
      <Head />
      <Preview>{preview}</Preview>
      <Body style={{ backgroundColor: '#f4f4f5', fontFamily: font, margin: 0, padding: '32px 12px' }}>
        <Container
          style={{
            backgroundColor: '#ffffff',
            border: '1px solid #e4e4e7',
            borderRadius: 8,
            maxWidth: 600,
            padding: '32px',
          }}
        >
          <Text style={{ ...text, fontWeight: 600, color: '#18181b', margin: '0 0 24px' }}>Latchkey</Text>
          <Heading as="h1" style={{ fontSize: 20, lineHeight: '28px', color: '#18181b', margin: '0 0 16px' }}>
            {title}
          </Heading>
          {children}
          <Hr style={{ borderColor: '#e4e4e7', margin: '24px 0 16px' }} />
          <Text style={{ ...text, fontSize: 13, lineHeight: '20px', color: '#71717a', margin: 0 }}>
            Latchkey never asks for your password or secret keys by email.
          </Text>
        </Container>
      </Body>
    </Html>
  );
}

export function Paragraph({ children }: { children: ReactNode }) {
  return <Text style={text}>{children}</Text>;
}

/** The main action as a button, followed by its URL. The plain-text part has the URL once. */
export function Action({ href, children }: { href: string; children: ReactNode }) {
  return (
    <Section style={{ margin: '8px 0 16px' }}>
      <Button
        href={href}
        style={{
          backgroundColor: '#4a44d4',
          borderRadius: 6,
          color: '#ffffff',
          fontSize: 15,
          fontWeight: 600,
          padding: '11px 18px',
        }}
      >
        {children}
      </Button>
      <Text
        data-skip-in-text="true"
        style={{
          ...text,
          fontSize: 13,
          lineHeight: '20px',
          color: '#71717a',
          margin: '16px 0 0',
          wordBreak: 'break-all',
        }}
      >
        Or open this link: {href}
      </Text>
    </Section>
  );
}
