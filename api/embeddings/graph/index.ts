import './context.ts';
import './embed.ts';
