'use client';

import { useState } from 'react';
import { toast } from 'sonner';
import { idle } from '#app/_actions/action-state.ts';
import { useFormAction } from '#app/_actions/use-form-action.ts';
import { Card } from '#app/_components/card.tsx';
import { SelectField, TextAreaField, TextField } from '#app/_components/field.tsx';
import { errorsOf, FormMessage } from '#app/_components/form-message.tsx';
import { SubmitButton } from '#app/_components/submit-button.tsx';
import { receiptText } from '#app/_keys/receipt-text.ts';
import type { Receipt } from '#lib/access/epoch.ts';
import type { ClientSettings } from '#lib/catalog/set-client-settings.ts';
import { setClientSettingsAction } from './client-settings-action.ts';

const KEY_METHODS = [
  { value: 'any', label: 'Basic, Bearer or X-API-Key' },
  { value: 'x-api-key', label: 'X-API-Key' },
  { value: 'header', label: 'A header of your choice' },
  { value: 'bearer', label: 'Bearer' },
  { value: 'basic', label: 'HTTP Basic' },
] as const;

const HEADER_MODES = [
  { value: 'except', label: 'All headers except the ones listed' },
  { value: 'only', label: 'Only the headers listed' },
];

const BROWSER_ACCESS = [
  { value: 'true', label: 'On, on a key’s allowed domains' },
  { value: 'false', label: 'Off' },
];

const HEADER_HINTS = {
  except: 'One per line. Leave empty to forward all that can be forwarded.',
  only: 'One per line, such as X-Tenant. Headers that describe the body are always forwarded.',
};

/** How clients talk to an API through the gateway. */
export function ClientSettingsCard({ slug, settings }: { slug: string; settings: ClientSettings }) {
  const [method, setMethod] = useState<ClientSettings['keyMethod']>(settings.keyMethod);
  const [mode, setMode] = useState(settings.headerMode);
  const [state, action] = useFormAction<Receipt>(async (before, form) => {
    const after = await setClientSettingsAction(before, form);
    if (after.status === 'done')
      toast.success('Client settings saved', { description: receiptText(after.value, 'Applied') });
    return after;
  }, idle);
  return (
    <Card
      title="Clients"
      description="What the gateway accepts from clients of this API, and what it passes on."
    >
      <form action={action} noValidate className="flex max-w-[560px] flex-col gap-4">
        <FormMessage state={state} />
        <input type="hidden" name="slug" value={slug} />
        <SelectField
          label="How clients send their key"
          name="keyMethod"
          options={KEY_METHODS}
          value={method}
          onChange={({ target }) => setMethod(KEY_METHODS.find(({ value }) => value === target.value)!.value)}
          error={errorsOf(state, 'keyMethod')}
          hint="If your users sign in with Authorization themselves, choose another header for keys. Your API then gets their Authorization unchanged. X-Shared-Key with X-Secret-Key always works."
        />
        {method === 'header' && (
          <TextField
            label="Header for the key"
            name="keyHeader"
            required
            placeholder="X-Partner-Key"
            spellCheck={false}
            defaultValue={settings.keyHeader ?? ''}
            error={errorsOf(state, 'keyHeader')}
          />
        )}
        {method !== 'header' && <input type="hidden" name="keyHeader" value="" />}
        <SelectField
          label="Forwarded request headers"
          name="headerMode"
          options={HEADER_MODES}
          value={mode}
          onChange={({ target }) => setMode(target.value === 'only' ? 'only' : 'except')}
          error={errorsOf(state, 'headerMode')}
          hint="Cookies, partners’ keys, and headers that Latchkey or a proxy sets are never forwarded."
        />
        <TextAreaField
          label="Headers"
          name="headerNames"
          optional={mode === 'except'}
          rows={4}
          className="font-mono text-sm"
          spellCheck={false}
          autoCapitalize="none"
          defaultValue={settings.headerNames.join('\n')}
          error={errorsOf(state, 'headerNames')}
          hint={HEADER_HINTS[mode]}
        />
        <SelectField
          label="Browser access"
          name="browserAccess"
          options={BROWSER_ACCESS}
          defaultValue={String(settings.browserAccess)}
          error={errorsOf(state, 'browserAccess')}
          hint="Latchkey answers browsers (CORS) for this API. Your API doesn’t have to. Keys without allowed domains never work on web pages."
        />
        <TextAreaField
          label="Redirect hosts"
          name="redirectHosts"
          optional
          rows={2}
          className="font-mono text-sm"
          spellCheck={false}
          autoCapitalize="none"
          defaultValue={settings.redirectHosts.join('\n')}
          error={errorsOf(state, 'redirectHosts')}
          hint="Other hosts that your API redirects to, such as files.example.com or *.example.com for signed downloads. One per line, HTTPS only. Clients may send their key there. Other redirects that leave the API get 502."
        />
        <div>
          <SubmitButton state={state} pendingLabel="Saving…">
            Save client settings
          </SubmitButton>
        </div>
      </form>
    </Card>
  );
}
