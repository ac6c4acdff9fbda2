import type { Severity } from '#lib/posture/rules.ts';
import type { Tone } from '../../../_components/badge.tsx';

export const SEVERITY_LOOKS: Record<Severity, { word: string; tone: Tone }> = {
  critical: { word: 'Critical', tone: 'danger' },
  high: { word: 'High', tone: 'danger' },
  medium: { word: 'Medium', tone: 'warning' },
  low: { word: 'Low', tone: 'neutral' },
};
