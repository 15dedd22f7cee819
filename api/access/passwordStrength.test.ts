import { weaknessOf } from './passwordStrength.ts';

describe('a new password', () => {
  it.each([
    'correct horse battery',
    'a-password-for-tests',
    'vXq9-rT2k-Lm4w',
    'jdlwkeorptzu',
    'Зимний вечер у моря',
    '紫陽花が雨に濡れている静かな朝',
  ])('can be %s', (password) => expect(weaknessOf(password)).toBeNull());

  it('is rejected with its number of characters, counted as people see them', () => {
    expect(weaknessOf('🐎🔋🐎🔋🐎🔋🐎🔋🐎🔋🐎')).toMatch(/^has 11 characters; it needs at least 12/);
  });

  it('is rejected if it would be expensive to hash', () => {
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
  ])('is rejected if it is easy to guess: %s', (password) =>
    expect(weaknessOf(password)).toMatch(/easy to guess/),
  );

  it("is rejected if it is made of its owner's names", () => {
    expect(weaknessOf('marguerite12', ['Marguerite'])).toMatch(/easy to guess/);
    expect(weaknessOf('marguerite12', ['Ada'])).toBeNull();
  });
});
