import { z } from 'zod'

// Everything comes as text, whichever way it comes.

export const text = z.string().min(1, 'must not be empty')

/** From `least` on where that is given. */
export const wholeNumber = (most: number, least = 0): z.ZodType<number> =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value <= most, `must be at most ${most}`)
    .refine((value) => value >= least, `must be at least ${least}`)

export const isOn = z
  .enum(['true', 'false', ''], 'must be true or false')
  .transform((value) => value !== 'false')

export const list = z.string().transform((value) =>
  value
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== ''),
)

export const origins = list.refine(
  (values) => values.every((value) => URL.canParse(value) && new URL(value).origin === value),
  'must be origins like https://example.org, with commas between them',
)

/** With a password and a number of a database where there are any; `rediss` is Redis over TLS. */
export const redisUrl = z
  .string()
  .refine(
    (value) => URL.canParse(value) && ['redis:', 'rediss:'].includes(new URL(value).protocol),
    'must be like redis://host:6379',
  )

export const oneOf = <const Name extends string>(names: readonly Name[], problem: string): z.ZodType<Name> =>
  z.enum(names, problem)
