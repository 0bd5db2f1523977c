// What every route of the management API reads, found in the decorators of its handler: a new field is known here by itself.
import { defaultMetadataStorage as types } from 'class-transformer/cjs/storage.js';
import { getMetadataStorage } from 'class-validator';
import { METHOD_METADATA, PATH_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RequestMethod } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';

const PLACES = { 3: 'body', 4: 'query' };

/**
 * @param {import('@nestjs/common').INestApplicationContext} app
 * @returns {Record<string, { query: string[], body: string[] }>} by 'METHOD /path/:name'; a nested field is 'parent/child'
 */
export function declaredParameters(app) {
  const found = {};
  for (const { metatype, instance } of app.get(DiscoveryService).getControllers()) {
    const prototype = Object.getPrototypeOf(instance);
    for (const name of new MetadataScanner().getAllMethodNames(prototype)) {
      const method = Reflect.getMetadata(METHOD_METADATA, prototype[name]);
      if (method === undefined) continue;
      const path = [Reflect.getMetadata(PATH_METADATA, metatype), Reflect.getMetadata(PATH_METADATA, prototype[name])].filter(
        (part) => part && part !== '/',
      );
      found[`${RequestMethod[method]} /${path.join('/')}`] = parametersOf(metatype, prototype, name);
    }
  }
  return found;
}

function parametersOf(metatype, prototype, name) {
  const found = { query: [], body: [] };
  const classes = Reflect.getMetadata('design:paramtypes', prototype, name) ?? [];
  for (const [key, { index, data }] of Object.entries(Reflect.getMetadata(ROUTE_ARGS_METADATA, metatype, name) ?? {})) {
    const place = PLACES[key.split(':')[0]];
    if (place) found[place].push(...(data === undefined ? fieldsOf(classes[index]) : [data]));
  }
  return found;
}

function fieldsOf(dto) {
  const fields = getMetadataStorage()
    .getTargetValidationMetadatas(dto, '', false, false)
    .map(({ propertyName }) => propertyName);
  return [...new Set(fields)].flatMap((field) => {
    const nested = types.findTypeMetadata(dto, field)?.typeFunction?.();
    return nested ? [field, ...fieldsOf(nested).map((inner) => `${field}/${inner}`)] : [field];
  });
}
