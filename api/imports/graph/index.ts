import './context.ts';
import './importConversation.ts';
import './importedConversations.ts';
