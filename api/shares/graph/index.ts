import './context.ts';
import './revokeShare.ts';
import './share.ts';
import './shareConversation.ts';
import './sharedConversation.ts';
