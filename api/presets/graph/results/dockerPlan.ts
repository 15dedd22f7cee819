import { CommandNameRef, RiskRef } from '../../../docker/graph/command.ts';
import { builder } from '../../../graph/builder.ts';
import type { DockerPlan, PlannedCommand, RejectedCommand } from '../../workflows/dockerPlan/dockerPlan.ts';

const PlannedCommandRef = builder.objectRef<PlannedCommand>('PlannedDockerCommand').implement({
  description: 'A command of a plan. It has not run.',
  fields: (t) => ({
    command: t.exposeString('command', { description: 'The command as a person would type it.' }),
    name: t.expose('name', { type: CommandNameRef, description: 'The kind of the command.' }),
    container: t.exposeString('container', {
      nullable: true,
      description: 'The container; null if the command concerns none.',
    }),
    lines: t.exposeInt('lines', {
      nullable: true,
      description: 'The last lines of `LOGS`; null for others.',
    }),
    explanation: t.exposeString('explanation', { description: 'Why the model proposes it.' }),
    risk: t.expose('risk', { type: RiskRef, description: 'The harm it can do, by its kind.' }),
    readOnly: t.exposeBoolean('readOnly', {
      description: 'Whether it only reads: `runDockerCommand` runs it. Others need `requestDockerCommand`.',
    }),
  }),
});

const RejectedCommandRef = builder.objectRef<RejectedCommand>('RejectedDockerCommand').implement({
  description: 'A command that the model proposed and the service left out of the plan.',
  fields: (t) => ({
    command: t.exposeString('command', { description: 'The proposed command.' }),
    reason: t.exposeString('reason', { description: 'Why it was left out.' }),
  }),
});

export const DockerPlanRef = builder.objectRef<DockerPlan>('DockerPlan').implement({
  description: 'A plan of Docker commands.',
  fields: (t) => ({
    summary: t.exposeString('summary', { description: 'What the plan does, or what the output shows.' }),
    commands: t.field({
      type: [PlannedCommandRef],
      description: 'The commands, in order: at most 5.',
      resolve: ({ commands }) => commands,
    }),
    rejected: t.field({
      type: [RejectedCommandRef],
      description: 'Proposed commands that go beyond the request or the list of allowed commands.',
      resolve: ({ rejected }) => rejected,
    }),
  }),
});
