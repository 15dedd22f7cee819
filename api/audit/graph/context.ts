import type { AuditLog } from '../service.ts';

declare module '../../graph/context.ts' {
  interface Services {
    readonly auditLog: AuditLog;
  }
}
