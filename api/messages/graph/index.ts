import './context.ts';
import './conversation.ts';
import './message.ts';
