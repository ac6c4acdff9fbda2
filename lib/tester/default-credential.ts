import type { TesterCredential } from './list-tester-credentials.ts';

/**
 * The credential selected at first: the requested one, otherwise the first that can call the endpoint and isn't for
 * Production. Never another member's own key: null if there are no others.
 */
export function defaultCredential<
  Key extends Pick<TesterCredential, 'keyId' | 'environment' | 'reaches' | 'own' | 'memberName'>,
>(credentials: readonly Key[], requested: string | undefined): Key | null {
  const offered = credentials.filter(({ own, memberName }) => own || memberName === null);
  return (
    credentials.find(({ keyId }) => keyId === requested) ??
    offered.find(({ reaches, environment }) => reaches && environment !== 'production') ??
    offered.find(({ environment }) => environment !== 'production') ??
    offered[0] ??
    null
  );
}
