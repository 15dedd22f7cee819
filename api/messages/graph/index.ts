import './context.ts';
import './conversation.ts';
import './message.ts';
import './messageHit.ts';
import './searchMessages.ts';
