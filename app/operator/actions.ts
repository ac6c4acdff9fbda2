'use server';

import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import type { ActionState } from '#app/_actions/action-state.ts';
import { operatorAction } from '#app/_actions/operator-action.ts';
import type { Problem } from '#lib/catalog/document-types.ts';
import { type ImportReport, importDocument } from '#lib/catalog/import-document.ts';
import { type ImportPreview, previewImport } from '#lib/catalog/preview-import.ts';
import type { DocumentSource } from '#lib/catalog/read-source.ts';
import { isUrl, readSourceFiles } from '#lib/catalog/read-source-files.ts';
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
  url: optional,
  source: z.string().optional(),
  /** `preview` changes nothing. */
  step: z.enum(['preview', 'apply']).default('apply'),
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

export type ImportStep = { preview: ImportPreview } | { report: ImportReport };

export const importApiAction = operatorAction(
  Import,
  async ({ db, operator }, input): Promise<ActionState<ImportStep>> => {
    const { LATCHKEY_ENCRYPTION_KEY, ALLOW_PRIVATE_UPSTREAMS } = env();
    const source = await readGiven(input, ALLOW_PRIVATE_UPSTREAMS);
    if ('field' in source) return { status: 'invalid', fields: { [source.field]: [source.message] } };
    const context = {
      db,
      operator,
      encryptionKey: LATCHKEY_ENCRYPTION_KEY,
      allowPrivateUpstreams: ALLOW_PRIVATE_UPSTREAMS,
    };
    const given = {
      source: { ...source, checked: true },
      upstream: input.upstream,
      ...(input.url && !input.file?.size ? { documentUrl: input.url } : {}),
      ...(input.slug ? { slug: input.slug } : {}),
      ...(input.upstreamDevelopment ? { upstreamDevelopment: input.upstreamDevelopment } : {}),
      ...(input.upstreamStaging ? { upstreamStaging: input.upstreamStaging } : {}),
      ...(input.headerName
        ? { upstreamHeader: { name: input.headerName, value: input.headerValue ?? '' } }
        : {}),
    };
    if (input.step === 'preview') {
      const previewed = await previewImport(context, given);
      return previewed.ok
        ? { status: 'done', value: { preview: previewed.preview } }
        : { status: 'invalid', fields: fieldsOf(previewed.problems) };
    }
    const imported = await importDocument(context, given);
    if (!imported.ok) return { status: 'invalid', fields: fieldsOf(imported.problems) };
    revalidatePath('/operator', 'layout');
    return { status: 'done', value: { report: imported.report } };
  },
);

/** The document from the file, the URL or the text, in this order. */
async function readGiven(
  { file, url, source }: z.output<typeof Import>,
  allowPrivate: boolean,
): Promise<DocumentSource | { field: string; message: string }> {
  if (file?.size) return { files: [{ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) }] };
  if (url) {
    if (!isUrl(url))
      return { field: 'url', message: 'Enter a URL such as https://api.example.com/openapi.yaml.' };
    const fetched = await readSourceFiles(url, { allowPrivate });
    return typeof fetched === 'string' ? { field: 'url', message: `${fetched}.` } : fetched;
  }
  if (!source?.trim())
    return { field: 'source', message: 'Choose a file, enter a URL, or paste the document.' };
  return { files: [{ name: 'document', bytes: Buffer.from(source) }] };
}

function fieldsOf(problems: readonly Problem[]): Record<string, string[]> {
  const fields: Record<string, string[]> = {};
  for (const { place, reason } of problems.slice(0, 20)) {
    const field = FIELDS[place];
    const list = fields[field ?? 'source'] ?? [];
    list.push(field ? reason : `${place}: ${reason}`);
    fields[field ?? 'source'] = list;
  }
  return fields;
}

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
