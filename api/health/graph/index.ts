import './context.ts';
import './health.ts';
