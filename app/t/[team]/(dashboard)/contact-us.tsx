import { Mail } from 'lucide-react';
import { buttonStyle } from '#app/_components/button-style.ts';
import { Card } from '#app/_components/card.tsx';

/** A link to the operator's support address. Shown only if SUPPORT_EMAIL is set. */
export function ContactUs({ email }: { email: string | undefined }) {
  if (!email) return null;
  return (
    <Card title="Need help?" description="Questions about the API, keys or your plan.">
      <a href={`mailto:${email}`} className={buttonStyle('secondary', 'md')}>
        <Mail aria-hidden="true" />
        Contact Us
      </a>
    </Card>
  );
}
