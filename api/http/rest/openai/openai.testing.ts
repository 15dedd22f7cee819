import OpenAI from 'openai';

export const model = 'stand-in';
export const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: 'What is 2+2?' }];

/** Creates OpenAI's own client of the service at `url`. It doesn't retry. */
export const clientOf = (url: string, apiKey: string): OpenAI =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 });
