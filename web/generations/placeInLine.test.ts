import { placeInLine } from './GenerationProgress.tsx';

it.each([
  [null, 'Waiting in line'],
  [0, 'Next in line'],
  [1, 'Next in line'],
  [2, '2nd in line'],
  [3, '3rd in line'],
  [11, '11th in line'],
  [21, '21st in line'],
])('the place of position %s is “%s”', (position, expected) => {
  expect(placeInLine(position)).toBe(expected);
});
