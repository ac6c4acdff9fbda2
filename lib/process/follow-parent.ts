// Loaded with `node --import` by processes that don't run our code, such as Next.
import { stopWithParent } from './parent.ts';

stopWithParent();
