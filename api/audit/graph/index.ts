import './auditAction.ts';
import './auditEvent.ts';
import './auditLog.ts';
import './context.ts';
import './passwordReset.ts';
