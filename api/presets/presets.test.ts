import { startTestApp, type TestApp } from '../http/testing/app.testing.ts';

const fields = `id source viewerCanChange
  current { version definition { name title template workflow yaml outputSchema variables { name type required } } }
  versions { version }`;

interface PresetNode {
  readonly id: string;
  readonly source: string;
  readonly viewerCanChange: boolean;
  readonly current: {
    readonly version: number;
    readonly definition: { readonly name: string; readonly title: string; readonly yaml: string };
  };
  readonly versions: readonly { readonly version: number }[];
}

const greet = { name: 'greet', title: 'Greet', template: 'Hello' };

describe('presets on a running server', () => {
  let app: TestApp;
  let member: string;
  let other: string;
  beforeAll(async () => {
    app = await startTestApp();
    member = (await app.signUp('member')).token;
    other = (await app.signUp('other')).token;
  });
  afterAll(() => app.stop());

  const run = async (mutation: string, input: object, token?: string) => {
    const query = `mutation ($input: ${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input!) {
      ${mutation}(input: $input) { ${mutation === 'deletePreset' ? 'deletedPresetId' : `preset { ${fields} }`} }
    }`;
    const { data, errors } = await app.graphql<Record<string, { readonly preset: PresetNode } | null>>(
      query,
      { input },
      token,
    );
    return { preset: data?.[mutation]?.preset, error: errors?.[0] };
  };
  const create = async (definition: object, token?: string): Promise<PresetNode> => {
    const { preset, error } = await run('createPreset', { definition }, token);
    if (!preset) throw new Error(error?.message);
    return preset;
  };
  const list = async (args: string, token = member) => {
    const query = `{ presets(${args}) { edges { cursor node { id source current { definition { name } } } } pageInfo { hasNextPage endCursor } } }`;
    const { data } = await app.graphql<{
      readonly presets: {
        readonly edges: readonly { readonly node: PresetNode }[];
        readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
      };
    }>(query, {}, token);
    return {
      names: data?.presets.edges.map(({ node }) => node.current.definition.name),
      page: data?.presets.pageInfo,
    };
  };

  it('are listed with the built-in ones by title, in pages, and found by words and source', async () => {
    const builtIn = [
      'docker',
      'error-explanation',
      'agent-healing',
      'code-review',
      'meeting-summary',
      'translate',
    ];
    expect((await list('source: BUILT_IN')).names).toEqual(builtIn);
    const first = await list('first: 5, source: BUILT_IN');
    expect(first).toMatchObject({ names: builtIn.slice(0, 5), page: { hasNextPage: true } });
    expect((await list(`source: BUILT_IN, after: "${first.page?.endCursor}"`)).names).toEqual(['translate']);
    expect((await list('search: "stack TRACE"')).names).toEqual(['error-explanation']);
    expect((await list('search: "no such words"')).names).toEqual([]);
    const found = await app.graphql<{ preset: PresetNode }>(
      `{ preset(name: "code-review") { ${fields} } }`,
      {},
      member,
    );
    expect(found.data?.preset).toMatchObject({
      source: 'BUILT_IN',
      viewerCanChange: false,
      current: { version: 1, definition: { workflow: 'CODE_REVIEW', outputSchema: { type: 'object' } } },
    });
    const { data } = await app.graphql(
      'query ($id: ID!) { node(id: $id) { id __typename } }',
      { id: found.data?.preset.id },
      member,
    );
    expect(data).toMatchObject({ node: { __typename: 'Preset' } });
  });

  it('are seen by their owner only, until an administrator shares them', async () => {
    const own = await create({ ...greet, name: 'own' }, member);
    expect(own).toMatchObject({ source: 'PERSONAL', viewerCanChange: true });
    expect((await list('source: PERSONAL', other)).names).toEqual([]);
    const theft = await run('updatePreset', { id: own.id, definition: greet }, other);
    expect(theft.error?.extensions.code).toBe('NOT_FOUND');
    const sharing = await run('updatePreset', { id: own.id, shared: true }, member);
    expect(sharing.error?.extensions.code).toBe('FORBIDDEN');

    const shared = await create({ ...greet, name: 'for-all' });
    expect((await run('updatePreset', { id: shared.id, shared: true })).preset?.source).toBe('SHARED');
    expect((await list('source: SHARED', other)).names).toEqual(['for-all']);
    const change = await run('updatePreset', { id: shared.id, definition: greet }, other);
    expect(change.error).toMatchObject({
      message: expect.stringContaining('Only administrators may share presets'),
      extensions: { code: 'FORBIDDEN' },
    });
    const deletion = await run('deletePreset', { id: shared.id }, other);
    expect(deletion.error?.extensions.code).toBe('FORBIDDEN');
    const copy = await run('duplicatePreset', { id: shared.id }, other);
    expect(copy.preset).toMatchObject({
      source: 'PERSONAL',
      current: { definition: { name: 'for-all-2', title: 'Greet (copy)' } },
    });
    const viewer = await app.signUp('reader', 'VIEWER');
    const reading = await run('createPreset', { definition: greet }, viewer.token);
    expect(reading.error?.extensions.code).toBe('FORBIDDEN');
    expect((await list('source: SHARED', viewer.token)).names).toEqual(['for-all']);
  });

  it('keep their versions, which can be compared', async () => {
    const { id } = await create({ ...greet, name: 'versions' }, member);
    const changed = { ...greet, name: 'versions', title: 'Greet warmly', template: 'Hello there' };
    const { preset } = await run('updatePreset', { id, definition: changed }, member);
    expect(preset).toMatchObject({ current: { version: 2 }, versions: [{ version: 2 }, { version: 1 }] });
    const changes = 'changes(from: 1, to: 2) { field before after }';
    const query = `query ($id: ID!) { node(id: $id) { ... on Preset { ${changes} } } }`;
    const { data } = await app.graphql(query, { id }, member);
    expect(data).toEqual({
      node: {
        changes: [
          { field: 'title', before: 'Greet', after: 'Greet warmly' },
          { field: 'template', before: 'Hello', after: 'Hello there' },
        ],
      },
    });
    for (let version = 3; version <= 22; version += 1) {
      await run('updatePreset', { id, definition: { ...changed, title: `Version ${version}` } }, member);
    }
    const kept = await app.graphql<{ preset: PresetNode }>(
      `{ preset(name: "versions") { ${fields} } }`,
      {},
      member,
    );
    expect(kept.data?.preset.versions.map(({ version }) => version)).toEqual(
      Array.from({ length: 20 }, (_, index) => 22 - index),
    );
  });

  it('are exported and imported as YAML, built-in ones under another name', async () => {
    const found = await app.graphql<{ preset: PresetNode }>(
      `{ preset(name: "meeting-summary") { ${fields} } }`,
      {},
      member,
    );
    const yaml = found.data?.preset.current.definition.yaml ?? '';
    const taken = await run('importPreset', { yaml }, member);
    expect(taken.error).toMatchObject({
      message: 'A built-in preset has the name "meeting-summary". Choose another name.',
      extensions: { code: 'CONFLICT' },
    });
    const renamed = yaml.replace('name: meeting-summary', 'name: minutes');
    const { preset } = await run('importPreset', { yaml: renamed }, member);
    expect(preset?.current.definition).toMatchObject({
      name: 'minutes',
      yaml: renamed,
      workflow: 'MEETING_SUMMARY',
    });
    const broken = await run('importPreset', { yaml: `${renamed}\n  : [` }, member);
    expect(broken.error).toMatchObject({
      message: expect.stringMatching(/^The YAML is not valid\. .*line \d+/),
      extensions: { code: 'BAD_USER_INPUT', field: 'yaml' },
    });
  });

  it('are not exported by the hundred in one operation', async () => {
    const list = '{ presets(first: 100) { edges { node { current { definition { yaml } } } } } }';
    const { errors } = await app.graphql(list, {}, member);
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['TOO_COMPLEX']);
  });

  it('are previewed with their tokens', async () => {
    const preview = async (definition: object, variables: object) =>
      app.graphql(
        `query ($definition: PresetDefinitionInput!, $variables: JSON) {
          presetPreview(definition: $definition, variables: $variables) { systemPrompt prompt model tokens }
        }`,
        { definition, variables },
        member,
      );
    const definition = {
      ...greet,
      template: 'Hello {{who}}',
      variables: [{ name: 'who', label: 'Who', type: 'TEXT' }],
    };
    expect((await preview(definition, { who: '<Ada>' })).data).toMatchObject({
      presetPreview: { prompt: 'Hello <Ada>', model: 'stand-in:latest', tokens: expect.any(Number) },
    });
    const missing = await preview(definition, {});
    expect(missing.errors?.[0]).toMatchObject({
      message: 'variables.who is missing. Fill in "Who".',
      extensions: { code: 'BAD_USER_INPUT', field: 'variables.who' },
    });
  });

  it('are in the export of their owner, and deleted with them', async () => {
    const leaving = await app.signUp('leaving');
    await create({ ...greet, name: 'mine' }, leaving.token);
    const response = await fetch(`${app.url}/api/account/export`, {
      headers: { Authorization: `Bearer ${leaving.token}` },
    });
    const exported = await response.json();
    expect(exported.presets).toMatchObject([{ versions: [{ definition: { name: 'mine' } }] }]);
    const [, userId = ''] = Buffer.from(leaving.id, 'base64').toString().split(':');
    await app.graphql('mutation ($id: ID!) { deleteUser(input: { id: $id }) { __typename } }', {
      id: leaving.id,
    });
    expect(await app.stores.presets.ofOwner(userId)).toEqual([]);
  });
});
