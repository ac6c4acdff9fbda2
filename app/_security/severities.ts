import type { Tone } from '#app/_components/badge.tsx';
import type { Severity } from '#lib/posture/rules.ts';

export const SEVERITY_LOOKS: Record<Severity, { word: string; tone: Tone }> = {
  critical: { word: 'Critical', tone: 'danger' },
  high: { word: 'High', tone: 'danger' },
  medium: { word: 'Medium', tone: 'warning' },
  low: { word: 'Low', tone: 'neutral' },
};
