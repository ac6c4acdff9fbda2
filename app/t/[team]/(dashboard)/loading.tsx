import { PageSkeleton } from '../../../_components/skeleton.tsx';

export default function Loading() {
  return <PageSkeleton />;
}
