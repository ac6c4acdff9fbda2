import type { TesterCredential } from './list-tester-credentials.ts';

/**
 * The credential that the tester begins with: the one that is asked for, else the first of the list that reaches the
 * endpoint and is not for Production. Another member's own key is used by choice only: null where there is none else.
 */
export function defaultCredential<
  Key extends Pick<TesterCredential, 'keyId' | 'environment' | 'reaches' | 'own' | 'memberName'>,
>(credentials: readonly Key[], asked: string | undefined): Key | null {
  const offered = credentials.filter(({ own, memberName }) => own || memberName === null);
  return (
    credentials.find(({ keyId }) => keyId === asked) ??
    offered.find(({ reaches, environment }) => reaches && environment !== 'production') ??
    offered.find(({ environment }) => environment !== 'production') ??
    offered[0] ??
    null
  );
}
