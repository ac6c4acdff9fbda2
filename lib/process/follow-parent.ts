// Loaded with `node --import` by processes whose code is not ours, such as Next.
import { stopWithParent } from './parent.ts';

stopWithParent();
