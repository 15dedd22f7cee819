import type { AnswerDefaultsService } from '../service.ts';
import type { AnswerDefaultsStore } from '../store/store.ts';

declare module '../../graph/context.ts' {
  interface Services {
    readonly answerDefaults: AnswerDefaultsService;
  }
  interface Stores {
    readonly answerDefaults: AnswerDefaultsStore;
  }
}
