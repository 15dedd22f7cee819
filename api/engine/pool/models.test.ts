import type { EngineModel } from '../engine.ts';
import { unionOf } from './models.ts';

const model: EngineModel = {
  name: 'a:latest',
  digest: 'one',
  size: 1,
  modifiedAt: new Date(0),
  family: null,
  parameterSize: null,
  quantization: null,
  contextLength: 8_192,
  capabilities: ['completion', 'tools'],
  loaded: false,
  canContinue: true,
};

describe('the models of several backends', () => {
  it('have only the common capabilities, if they differ under one name', () => {
    const other = {
      ...model,
      digest: 'other',
      contextLength: 4_096,
      capabilities: ['completion'],
      loaded: true,
      canContinue: false,
    };
    const unknown = { ...model, contextLength: null };
    const holders = [
      { name: 'http://one', models: [model] },
      { name: 'http://other', models: [other] },
      { name: 'http://third', models: [unknown] },
    ];
    expect(unionOf(holders)).toEqual([
      { ...other, digest: 'one', backends: ['http://one', 'http://other', 'http://third'] },
    ]);
  });
});
