import { createMathPlugin } from '@streamdown/math';
import 'katex/dist/katex.min.css';

export const typesetter = createMathPlugin({ errorColor: 'var(--danger)' });
