'use client';

import { Plus } from 'lucide-react';
import { useId, useState } from 'react';
import { toast } from 'sonner';
import { type ActionState, idle } from '#app/_actions/action-state.ts';
import { useFormAction } from '#app/_actions/use-form-action.ts';
import { Button } from '#app/_components/button.tsx';
import { Callout } from '#app/_components/callout.tsx';
import { SelectField, TextAreaField } from '#app/_components/field.tsx';
import { errorsOf, FormMessage } from '#app/_components/form-message.tsx';
import { SubmitButton } from '#app/_components/submit-button.tsx';
import { receiptText } from './receipt-text.ts';
import { type Restrictions, restrictKeyAction } from './restrict-action.ts';

type RestrictedKey = {
  keyId: string;
  name: string;
  allowedIps: readonly string[];
  allowedDomains: readonly string[];
  originRequired: boolean;
};

const WITHOUT_DOMAIN = [
  { value: 'true', label: 'Reject: only web pages use this key' },
  { value: 'false', label: 'Accept: servers use this key too' },
];

const lines = (entries: readonly string[]) => entries.join('\n');

/** Where a key can be used from. `currentIp` is the reader's IP address, or null if it is unknown. */
export function RestrictionsForm({
  team,
  credential,
  currentIp,
}: {
  team: string;
  credential: RestrictedKey;
  currentIp: string | null;
}) {
  const [ips, setIps] = useState(lines(credential.allowedIps));
  const [domains, setDomains] = useState(lines(credential.allowedDomains));
  const [state, action] = useFormAction(async (before: ActionState<Restrictions>, form: FormData) => {
    const next = await restrictKeyAction(team, before, form);
    if (next.status !== 'done') return next;
    setIps(lines(next.value.allowedIps));
    setDomains(lines(next.value.allowedDomains));
    showSaved(credential.name, next.value);
    return next;
  }, idle);

  return (
    <form action={action} noValidate className="flex flex-col gap-5">
      <FormMessage state={state} />
      <input type="hidden" name="keyId" value={credential.keyId} />
      <div className="flex flex-col gap-2">
        <TextAreaField
          label="Allowed IPs"
          name="allowedIps"
          rows={3}
          value={ips}
          onChange={(event) => setIps(event.target.value)}
          spellCheck={false}
          autoComplete="off"
          className="font-mono text-sm"
          error={errorsOf(state, 'allowedIps')}
          hint="One IPv4 or IPv6 address or CIDR range per line, at most 50. Requests from other addresses are rejected. Leave empty to allow all."
        />
        <CurrentIp ip={currentIp} onAdd={(ip) => setIps((text) => withLine(text, ip))} />
      </div>
      <TextAreaField
        label="Allowed domains"
        name="allowedDomains"
        rows={3}
        value={domains}
        onChange={(event) => setDomains(event.target.value)}
        spellCheck={false}
        autoComplete="off"
        className="font-mono text-sm"
        error={errorsOf(state, 'allowedDomains')}
        hint={
          <>
            One per line: <code className="font-mono">shop.example.com</code>, or{' '}
            <code className="font-mono">*.example.com</code> for its subdomains; at most 50. Web pages on
            these domains can use the key. If you leave it empty, any Origin is accepted, but browsers can’t
            read the responses.{' '}
            <strong className="font-medium text-ink">Only affects browsers. Not a security control.</strong>{' '}
            Other programs can claim any domain, so restrict the IP addresses too.
          </>
        }
      />
      <SelectField
        label="Requests without a domain"
        name="originRequired"
        options={WITHOUT_DOMAIN}
        defaultValue={String(credential.originRequired)}
        error={errorsOf(state, 'originRequired')}
        hint="Servers, scripts and mobile apps send no Origin header. This has no effect without allowed domains."
      />
      {domains.trim() !== '' && (
        <Callout tone="warning" title="Everyone who opens the page can copy this key">
          Browsers keep other sites from using it, but a copied key works anywhere. Use a separate key for web
          pages, connect its app only to endpoints that any visitor may use, and set a daily limit. Never use
          a secret key that your servers rely on.
        </Callout>
      )}
      <div className="flex flex-wrap justify-end gap-2">
        <SubmitButton state={state} pendingLabel="Saving…">
          Save restrictions
        </SubmitButton>
      </div>
    </form>
  );
}

function CurrentIp({ ip, onAdd }: { ip: string | null; onAdd: (ip: string) => void }) {
  const id = useId();
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
      <Button size="sm" disabled={ip === null} aria-describedby={id} onClick={() => ip && onAdd(ip)}>
        <Plus aria-hidden="true" />
        Add my current IP
      </Button>
      <p id={id} className="min-w-0 flex-1 basis-56 text-sm text-muted">
        {ip ? (
          <>
            Your browser’s IP address is <code className="font-mono break-all">{ip}</code>.
          </>
        ) : (
          'Your IP address is unknown: no trusted proxy in front of the portal reports it.'
        )}
      </p>
    </div>
  );
}

/** The text with one more line, unless it is already there. */
function withLine(text: string, line: string): string {
  const entries = text.split(/[\s,;]+/).filter(Boolean);
  return entries.includes(line) ? text : lines([...entries, line]);
}

function showSaved(name: string, { receipt }: Restrictions): void {
  if (!receipt) {
    toast.success('No changes');
    return;
  }
  const say = receipt.confirmed === receipt.gateways ? toast.success : toast.warning;
  say(`Restrictions of “${name}” saved`, {
    description: receiptText(receipt, 'Applied'),
    duration: 10_000,
  });
}
