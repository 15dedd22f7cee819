import './allApiKeys.ts';
import './apiKey.ts';
import './context.ts';
import './createApiKey.ts';
import './revokeApiKey.ts';
