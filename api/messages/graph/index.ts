import './context.ts';
import './conversation.ts';
import './editAnswer.ts';
import './message.ts';
import './messageHit.ts';
import './rateMessage.ts';
import './searchMessages.ts';
