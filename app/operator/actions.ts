'use server';

import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import type { ActionState } from '#app/_actions/action-state.ts';
import { operatorAction } from '#app/_actions/operator-action.ts';
import { type ImportReport, importDocument } from '#lib/catalog/import-document.ts';
import { removeApi } from '#lib/catalog/remove-api.ts';
import { env } from '#lib/env.ts';
import { SetDailyQuota, setDailyQuota } from '#lib/teams/set-daily-quota.ts';

const TOO_LONG = 'Enter at most 2,000 characters.';
const optional = z
  .string()
  .trim()
  .max(2_000, TOO_LONG)
  .transform((value) => value || undefined)
  .optional();

const UPSTREAM_REQUIRED = 'Enter the API’s URL, such as https://api.example.com.';
const Import = z.object({
  file: z.instanceof(File).optional(),
  source: z.string().optional(),
  slug: optional,
  upstream: z.string({ error: UPSTREAM_REQUIRED }).trim().min(1, UPSTREAM_REQUIRED).max(2_000, TOO_LONG),
  upstreamDevelopment: optional,
  upstreamStaging: optional,
  headerName: optional,
  headerValue: z.string().max(8_000, 'Enter at most 8,000 characters.').optional(),
});

const FIELDS: Record<string, string> = {
  upstream: 'upstream',
  'upstream-dev': 'upstreamDevelopment',
  'upstream-staging': 'upstreamStaging',
  'upstream-header': 'headerName',
  slug: 'slug',
};

export const importApiAction = operatorAction(
  Import,
  async ({ db, operator }, input): Promise<ActionState<ImportReport>> => {
    const source = input.file?.size ? await input.file.text() : (input.source ?? '');
    if (!source.trim())
      return { status: 'invalid', fields: { source: ['Choose a file or paste the document.'] } };
    const { LATCHKEY_ENCRYPTION_KEY, ALLOW_PRIVATE_UPSTREAMS } = env();
    const imported = await importDocument(
      {
        db,
        operator,
        encryptionKey: LATCHKEY_ENCRYPTION_KEY,
        allowPrivateUpstreams: ALLOW_PRIVATE_UPSTREAMS,
      },
      {
        source,
        upstream: input.upstream,
        ...(input.slug ? { slug: input.slug } : {}),
        ...(input.upstreamDevelopment ? { upstreamDevelopment: input.upstreamDevelopment } : {}),
        ...(input.upstreamStaging ? { upstreamStaging: input.upstreamStaging } : {}),
        ...(input.headerName
          ? { upstreamHeader: { name: input.headerName, value: input.headerValue ?? '' } }
          : {}),
      },
    );
    if (imported.ok) {
      revalidatePath('/operator', 'layout');
      return { status: 'done', value: imported.report };
    }
    const fields: Record<string, string[]> = {};
    for (const { place, reason } of imported.problems.slice(0, 20)) {
      const field = FIELDS[place];
      const list = fields[field ?? 'source'] ?? [];
      list.push(field ? reason : `${place}: ${reason}`);
      fields[field ?? 'source'] = list;
    }
    return { status: 'invalid', fields };
  },
);

export const removeApiAction = operatorAction(
  z.object({ slug: z.string().regex(/^[a-z0-9-]{1,63}$/) }),
  async (context, input) => {
    const removed = await removeApi(context, input);
    if (!removed.ok) return { status: 'refused', message: 'This API is no longer in the catalog.' };
    revalidatePath('/operator', 'layout');
    return { status: 'done', value: removed.receipt };
  },
);

export const setDailyQuotaAction = operatorAction(SetDailyQuota, async (context, input) => {
  const set = await setDailyQuota(context, input);
  if (!set.ok) return { status: 'refused', message: 'This team no longer exists.' };
  revalidatePath('/operator/teams');
  return { status: 'done', value: input.dailyQuota };
});
