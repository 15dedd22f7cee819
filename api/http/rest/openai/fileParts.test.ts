import { pdfOf } from '../../../attachments/reading/documents.testing.ts';
import { startTestApp, type TestApp } from '../../testing/app.testing.ts';

describe('files in requests of OpenAI’s API', () => {
  let server: TestApp;
  beforeAll(async () => {
    server = await startTestApp();
  });
  afterAll(() => server.stop());

  const pdf = `data:application/pdf;base64,${pdfOf(['Sales fell']).toString('base64')}`;
  const document = '<document name="a.pdf" format="PDF" pages="1">\n[Page 1]\nSales fell\n</document>';
  const lastMessage = () => (server.standin.chats.at(-1) as { messages: object[] }).messages.at(-1);
  const chat = (file: object) =>
    server.post('/v1/chat/completions', {
      model: 'stand-in',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'file', file },
            { type: 'text', text: 'What fell?' },
          ],
        },
      ],
    });

  it('are read in chat completions', async () => {
    const response = await chat({ filename: 'a.pdf', file_data: pdf });
    expect([response.status, await response.json()]).toMatchObject([200, { object: 'chat.completion' }]);
    expect(lastMessage()).toEqual({ role: 'user', content: `${document}\nWhat fell?` });
  });

  it('are read in responses', async () => {
    const response = await server.post('/v1/responses', {
      model: 'stand-in',
      store: false,
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_file', filename: 'a.pdf', file_data: pdf },
            { type: 'input_text', text: 'What fell?' },
          ],
        },
      ],
    });
    expect([response.status, await response.json()]).toMatchObject([200, { object: 'response' }]);
    expect(lastMessage()).toEqual({ role: 'user', content: `${document}\nWhat fell?` });
  });

  it.each([
    [{ filename: 'a.pdf', file_data: Buffer.from('%PDF-1.7 x').toString('base64') }, /"a.pdf" is damaged/],
    [{ file_data: 'https://example.com/a.pdf' }, /other URLs are not fetched/],
    [{ file_id: 'file-123' }, /file_data/],
  ])('are rejected with the reason: %#', async (file, message) => {
    const response = await chat(file);
    const { error } = await response.json();
    expect([response.status, error.message]).toEqual([400, expect.stringMatching(message)]);
  });
});
