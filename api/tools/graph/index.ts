import './context.ts';
import './tool.ts';
import './toolCall.ts';
