/**
 * The fields of `GenerationEvent` that the transports may prepare without executing them: properties of the event, and those
 * fields of its generation that have the same value while the event has the same object for it (see `GenerationEvent` in
 * `watch.ts`). Left out are those that load something. A test compares them with graphql-js.
 */
export const generationEventFields = {
  field: 'generation',
  properties: [
    'offset',
    'delta',
    'cursor',
    'thinkingOffset',
    'thinkingDelta',
    'status',
    'attempt',
    'queuePosition',
  ],
  objects: {
    generation: [
      'id',
      'status',
      'model',
      'usage',
      'finishReason',
      'tools',
      'toolCallCount',
      'toolCalls',
      'cached',
      'error',
      'attempt',
      'canContinue',
      'createdAt',
      'startedAt',
      'finishedAt',
    ],
  },
} as const;
