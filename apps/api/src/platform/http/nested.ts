import { applyDecorators } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsArray, IsObject, ValidateNested } from 'class-validator';

type Dto = new () => object;

/** A field that holds one object of this shape. A list is none, though class-validator's own nesting takes it for one. */
export const Nested = (dto: () => Dto) => applyDecorators(Type(dto), ValidateNested(), IsObject());

/** A field that holds a list of objects of this shape, none of them a list in turn. */
export const NestedList = (dto: () => Dto) =>
  applyDecorators(Type(dto), ValidateNested({ each: true }), IsObject({ each: true }), IsArray());
