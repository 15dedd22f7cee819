import './attachment.ts';
import './context.ts';
import './deleteAttachment.ts';
import './message.ts';
import './uploadAttachment.ts';
