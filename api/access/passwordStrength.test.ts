import { weaknessOf } from './passwordStrength.ts';

describe('a new password', () => {
  it.each([
    'correct horse battery',
    'a-password-for-tests',
    'vXq9-rT2k-Lm4w',
    'jdlwkeorptzu',
    'Зимний вечер у моря',
    '紫陽花が雨に濡れている静かな朝',
  ])('may be %s', (password) => expect(weaknessOf(password)).toBeNull());

  it('says how many characters it lacks, counted as people see them', () => {
    expect(weaknessOf('🐎🔋🐎🔋🐎🔋🐎🔋🐎🔋🐎')).toMatch(/^has 11 characters: it needs 12 at least/);
  });

  it('is not longer than what is cheap to hash', () => {
    expect(weaknessOf('x'.repeat(1025))).toMatch(/longer than 1024 bytes/);
  });

  it.each([
    'password1234',
    'Password123!',
    'P@$$w0rd1234',
    '123456789012',
    'qwertyuiop12',
    'aaaaaaaaaaaa',
    'abababababab',
    'abcdefghijkl',
    'iloveyou2024',
    'Summer2026!!',
    'adminadmin123',
    'letmeinletmein',
    'ziggiechat123',
    'changeme12345',
  ])('is not one of those that are guessed first: %s', (password) =>
    expect(weaknessOf(password)).toMatch(/guessed first/),
  );

  it('is not made of what its owner is called', () => {
    expect(weaknessOf('marguerite12', ['Marguerite'])).toMatch(/guessed first/);
    expect(weaknessOf('marguerite12', ['Ada'])).toBeNull();
  });
});
