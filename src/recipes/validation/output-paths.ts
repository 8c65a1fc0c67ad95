import { z } from 'zod'

/**
 * Whether a value that fits a schema can have anything at a path. True whenever the schema leaves it open;
 * false only for what its outputs, parsed by it, certainly never hold.
 */
export function mayHavePath(schema: unknown, path: readonly (string | number)[]): boolean {
  const [key, ...rest] = path
  if (key === undefined) return true
  if (schema instanceof z.ZodObject) {
    const { shape, catchall } = schema.def
    if (Object.hasOwn(shape, String(key))) return mayHavePath(shape[String(key)], rest)
    return catchall !== undefined && !(catchall instanceof z.ZodNever)
  }
  if (schema instanceof z.ZodArray) return /^\d+$/.test(String(key)) && mayHavePath(schema.element, rest)
  if (schema instanceof z.ZodRecord) return mayHavePath(schema.valueType, rest)
  if (schema instanceof z.ZodUnion) return schema.options.some((option) => mayHavePath(option, path))
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault) {
    return mayHavePath(schema.unwrap(), path)
  }
  return !SCALARS.some((scalar) => schema instanceof scalar)
}

const SCALARS = [z.ZodString, z.ZodStringFormat, z.ZodNumber, z.ZodBoolean, z.ZodNull, z.ZodLiteral, z.ZodEnum]
