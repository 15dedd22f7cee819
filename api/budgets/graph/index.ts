import './context.ts';
import './holding.ts';
import './holdings.ts';
