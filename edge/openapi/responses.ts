import { errorStatus, type ErrorCode } from '../../core/wire/errors.ts'

/** A schema of `componentSchemas`, by its name. */
export const ref = (name: string): Record<string, unknown> => ({ $ref: `#/components/schemas/${name}` })
/** A response of JSON that has the schema of that name. */
export const json = (description: string, schema: string): Record<string, unknown> => ({
  description,
  content: { 'application/json': { schema: ref(schema) } },
})
/** A response of plain text. */
export const text = (description: string): Record<string, unknown> => ({
  description,
  content: { 'text/plain': { schema: { type: 'string' } } },
})

/** One response for each status, naming the codes that come under it. */
export function refusals(codes: readonly ErrorCode[]): Record<string, unknown> {
  return Object.fromEntries(
    [...groupByStatus(codes)].map(([status, names]) => [String(status), json(names.join(', '), 'Error')]),
  )
}

function groupByStatus(codes: readonly ErrorCode[]): Map<number, ErrorCode[]> {
  const groups = new Map<number, ErrorCode[]>()
  for (const code of codes) groups.set(errorStatus[code], [...(groups.get(errorStatus[code]) ?? []), code])
  return groups
}

/** What any route behind the edge's guards may refuse with. */
export const guarded: readonly ErrorCode[] = ['unauthorized', 'host-unknown', 'rate-limited', 'internal']

/** Bytes, in a request or in a response. */
export const binary = { schema: { type: 'string', format: 'binary' } }
