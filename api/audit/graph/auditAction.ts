import { builder } from '../../graph/builder.ts';
import { type AuditAction, auditActions } from '../auditEvent.ts';

export const AuditActionRef = builder.enumType('AuditAction', {
  description: 'What was done, or tried.',
  values: Object.fromEntries(
    Object.entries(auditActions).map(([name, description]) => [name, { description }]),
  ) as Record<AuditAction, { description: string }>,
});
