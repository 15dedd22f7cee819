import './attachment.ts';
import './context.ts';
import './deleteAttachment.ts';
import './message.ts';
import './source.ts';
import './uploadAttachment.ts';
