import './answerDefaults.ts';
import './context.ts';
import './setAnswerDefaults.ts';
