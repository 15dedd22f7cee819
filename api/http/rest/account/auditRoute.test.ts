import type { AuditEvent } from '../../../audit/auditEvent.ts';
import { newEvent } from '../../../audit/events.testing.ts';
import { startTestApp, type TestApp } from '../../testing/app.testing.ts';

describe('the audit log as CSV', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());

  const fetchCsv = async (query = '') => (await app.get(`/api/audit.csv${query}`)).text();
  const write = (...events: Partial<AuditEvent>[]) => app.stores.audit.append(events.map(newEvent));

  it('is RFC 4180 with a header line, in a file with the date in its name', async () => {
    const response = await app.get('/api/audit.csv');
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    expect(response.headers.get('content-disposition')).toMatch(
      /^attachment; filename="ziggie-audit-\d{4}-\d\d-\d\d\.csv"$/,
    );
    const [head, ...lines] = (await response.text()).split('\r\n');
    expect(head).toBe(
      'seq,at,action,outcome,username,userId,target,targetId,address,requestId,count,details,previousHash,hash,id',
    );
    // This download, the sign-in, and the administrator's creation; then the end of the last line.
    expect(lines.map((line) => line.split(',')[2])).toEqual([
      'EXPORT_AUDIT_LOG',
      'SIGN_IN',
      'CREATE_USER',
      undefined,
    ]);
  });

  it('escapes spreadsheet formulas, quotes and commas', async () => {
    await write({
      target: '=HYPERLINK("https://evil.test","a, b")',
      username: '@SUM(A1)',
      details: { a: 'b,"c' },
    });
    const csv = await fetchCsv('?username=%40sum(a1)');
    const line = csv.split('\r\n')[1] ?? '';
    expect(line).toContain(`,'@SUM(A1),,"'=HYPERLINK(""https://evil.test"",""a, b"")",`);
    expect(line).toContain(String.raw`,"{""a"":""b,\""c""}",`);
  });

  it('has only the events that the filters match', async () => {
    const at = new Date('2026-03-01T12:00:00Z');
    await write(
      { at, action: 'DELETE_MODEL', target: 'm', username: 'Eve', outcome: 'FORBIDDEN' },
      { at, action: 'DELETE_USER', target: 'm', username: 'eve' },
    );
    const actions = async (query: string) =>
      (await fetchCsv(query))
        .split('\r\n')
        .slice(1, -1)
        .map((line) => line.split(',')[2]);
    expect(await actions('?from=2026-03-01&to=2026-03-02')).toEqual(['DELETE_USER', 'DELETE_MODEL']);
    expect(await actions('?action=DELETE_USER&action=DELETE_MODEL&target=m')).toHaveLength(2);
    expect(await actions('?username=EVE&refusedOnly=true')).toEqual(['DELETE_MODEL']);
    expect(await actions('?to=2026-03-01T12:00:00Z')).toEqual([]);
  });

  it.each([
    ['from=yesterday', 'from must be a date such as 2026-11-23, or a time such as 2026-11-23T06:29:34Z.'],
    ['from=2026-02-02&to=2026-02-01', 'from must be before to.'],
    ['action=DELETE', expect.stringMatching(/^action\[0\] must be "SIGN_IN" or /)],
    ['refusedOnly=yes', 'refusedOnly must be "true" or "false".'],
    ['user=eve', 'Unknown parameter "user". Parameters: from, to, action, username, target, refusedOnly.'],
  ])('rejects ?%s by field and rule', async (query, detail) => {
    const response = await app.get(`/api/audit.csv?${query}`);
    expect([response.status, await response.json()]).toEqual([400, { detail }]);
  });

  it('is complete over many pages of the store', async () => {
    await app.stores.audit.append(Array.from({ length: 1234 }, () => newEvent({ target: 'many' })));
    expect((await fetchCsv('?target=many')).split('\r\n')).toHaveLength(1236);
  });
});
