'use client';

import { useRouter } from 'next/navigation';
import { toast } from 'sonner';
import { idle } from '#app/_actions/action-state.ts';
import { Button } from '#app/_components/button.tsx';
import { DangerDialog } from '#app/_components/danger-dialog.tsx';
import { removeApiAction } from '#app/operator/actions.ts';
import { formatCount } from '#lib/format.ts';

export function RemoveApi({
  slug,
  title,
  applications,
}: {
  slug: string;
  title: string;
  applications: number;
}) {
  const router = useRouter();
  async function remove() {
    const form = new FormData();
    form.set('slug', slug);
    const state = await removeApiAction(idle, form);
    if (state.status !== 'done') return state;
    toast.success(
      `${title} removed. Rejected on ${state.value.confirmed} of ${state.value.gateways} gateways.`,
    );
    router.push('/operator');
    return state;
  }
  return (
    <DangerDialog
      trigger={<Button variant="danger">Remove</Button>}
      title={`Remove ${title}?`}
      description={`Requests to it are rejected immediately, which affects ${formatCount(applications, 'app')}. Their connections are kept and come back if you import the API again under the same name.`}
      confirmLabel="Remove API"
      onConfirm={remove}
    />
  );
}
