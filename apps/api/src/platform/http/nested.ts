import { applyDecorators } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsArray, IsObject, ValidateNested } from 'class-validator';

type Dto = new () => object;

const NESTED = 'behalf:nested';

/** A field that holds one object of this shape. A list is none, though class-validator's own nesting takes it for one. */
export const Nested = (dto: () => Dto) => applyDecorators(Reflect.metadata(NESTED, dto), Type(dto), ValidateNested(), IsObject());

/** A field that holds a list of objects of this shape, none of them a list in turn. */
export const NestedList = (dto: () => Dto) =>
  applyDecorators(Reflect.metadata(NESTED, dto), Type(dto), ValidateNested({ each: true }), IsObject({ each: true }), IsArray());

/** The shape of the objects that a field holds; undefined where it holds none. */
export function nestedIn(dto: Dto, field: string): Dto | undefined {
  return (Reflect.getMetadata(NESTED, dto.prototype as object, field) as (() => Dto) | undefined)?.();
}
