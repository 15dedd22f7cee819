import { builder } from '../../graph/builder.ts';
import { type AuditAction, auditActions } from '../auditEvent.ts';

export const AuditActionRef = builder.enumType('AuditAction', {
  description: 'The action of an audit event. The action may have failed: see `outcome`.',
  values: Object.fromEntries(
    Object.entries(auditActions).map(([name, description]) => [name, { description }]),
  ) as Record<AuditAction, { description: string }>,
});
