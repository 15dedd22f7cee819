import SchemaBuilder, {
  BasePlugin,
  type FieldRequiredness,
  type InputType,
  type PothosInputFieldConfig,
  type SchemaTypes,
} from '@pothos/core';
import { type Bounds, describeBounds, maxLengths } from './bounds.ts';

declare global {
  export namespace PothosSchemaTypes {
    interface Plugins<Types extends SchemaTypes> {
      bounds: BoundsPlugin<Types>;
    }
    interface InputFieldOptions<
      Types extends SchemaTypes = SchemaTypes,
      Type extends InputType<Types> | [InputType<Types>] = InputType<Types> | [InputType<Types>],
      Req extends FieldRequiredness<Type> = FieldRequiredness<Type>,
    > {
      /** The limits of the value. The default for an id is `maxLengths.id`. */
      bounds?: Bounds;
    }
  }
}

/** Adds the `bounds` of arguments and input fields to their extensions and descriptions. */
class BoundsPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override onInputFieldConfig(config: PothosInputFieldConfig<Types>): PothosInputFieldConfig<Types> {
    const { type, bounds = type === 'ID' ? { maxLength: maxLengths.id } : undefined } = config.pothosOptions;
    if (!bounds) return config;
    return {
      ...config,
      description: [config.description, describeBounds(bounds)].filter(Boolean).join(' '),
      extensions: { ...config.extensions, bounds },
    };
  }
}

SchemaBuilder.registerPlugin('bounds', BoundsPlugin);
